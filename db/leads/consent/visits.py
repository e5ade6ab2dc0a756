"""Visits: the times that who helps proposes to a resident, and the one that they agree on. One for each lead.

Guards two rules: of two people who change one at once only the first does, and whoever loses the lead comes no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from db.records.codes import new_token
from db.tables import visits

PROPOSED, TICKED, AGAIN, CHOSEN, CANCELLED, MISSED, DONE = (
    *("proposed", "ticked", "again", "chosen"),
    *("cancelled", "missed", "done"),
)
"""How a visit stands: the other helper says what fits, the resident chooses, other times are needed, it is agreed; it
does not take place, did not, or did."""

OVER = (CANCELLED, DONE)
"""Then a newer visit takes its place."""

PROPOSER, OTHER, ALL = "proposer", "other", "all"
"""Which half came no more: the one of whom the times are, the one who came along, or the last one."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. The times come from who has `lead`; who has `other` comes along; None when nobody does.

    `slots` are the times that were proposed, `fits` those of them that suit the other helper, `slot` is the one that
    was agreed: while others are proposed it stands. `known` is whether the resident knows that a time
    is sought. `clocks` says by
    name when the clock does something. `sequence` counts how often the appointment changed since it was agreed first,
    and is -1 before that; `version` counts how often anything about it changed. `gone` is which half comes no more,
    until that was told.
    """

    token: str
    lead: int
    other: int | None
    resident: str
    status: str
    sequence: int = 0
    version: int = 1
    gone: str | None = None
    slots: tuple[datetime, ...] = ()
    fits: tuple[datetime, ...] = ()
    slot: datetime | None = None
    known: bool = False
    clocks: Mapping[str, datetime] = field(default_factory=dict)


_c = visits.c
_COLUMNS = (_c.token, _c.lead, _c.other, _c.resident, _c.status, _c.sequence, _c.version, _c.gone, _c.times)
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_BY_TOKEN = _ALL.where(_c.token == bindparam("token"))
_OF_LEAD = [_ALL.where(each == bindparam("lead")) for each in (_c.lead, _c.other)]
_DUE = _ALL.where(_c.look_at <= bindparam("now")).order_by(_c.look_at, _c.token).limit(bindparam("limit"))
_ADD = insert(visits)


def add(tx: Connection, wijk: str, visit: Visit) -> Visit:
    """Keep a new visit, with a token of its own; older ones of its leads go."""
    made = replace(visit, token=new_token())
    theirs = [each for each in (visit.lead, visit.other) if each is not None]
    for column in (_c.lead, _c.other):
        tx.execute(delete(visits).where(_c.wijk == wijk, column.in_(theirs)))
    tx.execute(_ADD, {"wijk": wijk, **_row(made)})
    return made


def by_token(tx: Connection, wijk: str, token: str) -> Visit | None:
    """Return the visit that a button names, or None."""
    return _read(tx.execute(_BY_TOKEN, {"wijk": wijk, "token": token}).first())


def of_lead(tx: Connection, wijk: str, lead: int) -> Visit | None:
    """Return the visit to which who has this lead comes, or came, or None."""
    found = (_read(tx.execute(each, {"wijk": wijk, "lead": lead}).first()) for each in _OF_LEAD)
    return next((each for each in found if each is not None), None)


def due(tx: Connection, wijk: str, now: datetime, limit: int) -> list[Visit]:
    """Return at most `limit` visits at which it is time to look, those that wait longest first."""
    found = tx.execute(_DUE, {"wijk": wijk, "now": now, "limit": limit})
    return [each for row in found if (each := _read(row)) is not None]


def change(tx: Connection, wijk: str, visit: Visit, **values: Any) -> Visit | None:
    """Change what is given of a visit; None when it changed since it was read."""
    new = replace(visit, **values, version=visit.version + 1)
    same = _c.wijk == wijk, _c.token == visit.token, _c.version == visit.version
    return new if tx.execute(update(visits).where(*same).values(_row(new))).rowcount == 1 else None


def cross(tx: Connection, wijk: str, visit: Visit, clocks: Mapping[str, datetime]) -> Visit | None:
    """Note when the clock looks now, as nothing else changed: its buttons stay good. None when somebody was first."""
    new, looked = replace(visit, clocks=clocks), min(visit.clocks.values(), default=None)
    if min(clocks.values(), default=None) == looked:
        return change(tx, wijk, visit, clocks=clocks)  # by the moment alone two looks could not be told apart
    same = _c.wijk == wijk, _c.token == visit.token, _c.version == visit.version, _c.look_at == looked
    return new if tx.execute(update(visits).where(*same).values(_row(new))).rowcount == 1 else None


def leave(tx: Connection, wijk: str, lead: int, now: datetime) -> None:
    """Note that who had this lead comes no more, and let the clock look at once."""
    visit = of_lead(tx, wijk, lead)
    if visit is None or visit.status in OVER:
        return
    if visit.other is None:
        change(tx, wijk, visit, gone=ALL, clocks={"tell": now})
        return
    left = {"lead": visit.other, "gone": PROPOSER} if visit.lead == lead else {"gone": OTHER}
    change(tx, wijk, visit, **left, other=None, clocks={**visit.clocks, "tell": now})


def hand_over(tx: Connection, wijk: str, lead: int, now: datetime) -> None:
    """Note that somebody else of the same inbox comes for this lead, and let the clock say so of an agreed time."""
    visit = of_lead(tx, wijk, lead)
    if visit is not None and visit.slot is not None and visit.slot > now and visit.status not in OVER:
        cross(tx, wijk, visit, {**visit.clocks, "who": now})


def _row(visit: Visit) -> dict[str, Any]:
    times = {
        "slots": _written(visit.slots),
        "fits": _written(visit.fits),
        "slot": visit.slot.isoformat() if visit.slot else None,
        "known": visit.known,
        "clocks": {name: moment.isoformat() for name, moment in visit.clocks.items()},
    }
    plain = ("token", "lead", "other", "resident", "status", "sequence", "version", "gone")
    own = {name: getattr(visit, name) for name in plain}
    return {**own, "times": times, "look_at": min(visit.clocks.values(), default=None)}


def _read(row: Any) -> Visit | None:
    if row is None:
        return None
    *plain, times = row
    slots, fits = (tuple(map(datetime.fromisoformat, times[name])) for name in ("slots", "fits"))
    slot = datetime.fromisoformat(times["slot"]) if times["slot"] else None
    clocks = {name: datetime.fromisoformat(moment) for name, moment in times["clocks"].items()}
    token, lead, other, resident, status, sequence, version, gone = plain
    return Visit(
        token, lead, other, resident, status, sequence, version, gone, slots, fits, slot, times["known"], clocks
    )


def _written(moments: Sequence[datetime]) -> list[str]:
    return [each.isoformat() for each in moments]
