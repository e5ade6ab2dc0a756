"""The taps of a visit: the times that who helps proposes, and what the three then do with them.

`buttons.py` asks here how a button carries them. A time is the number of five minutes since 1970: five characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.messages.taps.written import base36, number

UNIT = timedelta(minutes=5)
WIDTH = 5
"""The characters of a time; so it is until the year 2545."""

START = datetime(1970, 1, 1, tzinfo=UTC)

ALONE = "none"
"""Who comes along: nobody."""


@dataclass(frozen=True, slots=True)
class PlanTap:
    """What a member chose so far to propose a visit about the lead with this token: at most three `slots`.

    `beside` is the beginning of the token of the lead of who comes along, or `ALONE`; empty when it is not said yet.
    With a `day` its hours are shown; `sends` proposes the times. `version` is that of the lead.
    """

    lead: str
    beside: str = ""
    slots: tuple[datetime, ...] = ()
    day: date | None = None
    sends: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class VisitTap:
    """What a resident, or a member who comes, does with the visit with this token.

    `value` says more: the number of a time, or of those that are ticked. `version` is that of the visit.
    """

    visit: str
    act: str
    value: int = 0
    version: int = 0


_PLAN = re.compile(
    r"plan(ned)?:([0-9a-f]{16})\.([0-9a-f]{4}|none)?\.((?:[0-9a-z]{5}){0,3})\.([0-9a-z]{4})?:([0-9a-z]{1,13})"
)
_VISIT = re.compile(r"visit:([0-9a-f]{16})\.([a-z_]{1,12})\.([0-9a-z]{1,3}):([0-9a-z]{1,13})")
_LAST = date(9999, 1, 1).toordinal()


def write(tap: PlanTap | VisitTap) -> str:
    """Return the callback data of a button with this tap."""
    if isinstance(tap, VisitTap):
        return f"visit:{tap.visit}.{tap.act}.{base36(tap.value)}:{base36(tap.version)}"
    day = base36(tap.day.toordinal()) if tap.day else ""
    return f"plan{'ned' if tap.sends else ''}:{tap.lead}.{tap.beside}.{_slots(tap.slots)}.{day}:{base36(tap.version)}"


def read(data: str) -> PlanTap | VisitTap | None:
    """Return the tap in this callback data; None when it is no tap of a visit."""
    if (found := _VISIT.fullmatch(data)) and (version := number(found[4])) >= 0:
        return VisitTap(found[1], found[2], int(found[3], 36), version)
    if (found := _PLAN.fullmatch(data)) and (version := number(found[6])) >= 0:
        written = [found[4][first : first + WIDTH] for first in range(0, len(found[4]), WIDTH)]
        slots = tuple(START + UNIT * int(each, 36) for each in written)
        ordinal = int(found[5], 36) if found[5] else 0
        day = date.fromordinal(ordinal) if 0 < ordinal < _LAST else None
        return PlanTap(found[2], found[3] or "", slots, day, found[1] is not None, version)
    return None


def _slots(slots: Sequence[datetime]) -> str:
    return "".join(base36((each - START) // UNIT).rjust(WIDTH, "0") for each in slots)
