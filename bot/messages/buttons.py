"""The taps as typed values, and how a button carries them: callback data of at most 64 bytes.

The only place that knows the format. Guards two rules: any callback data decodes to something harmless, and a button
that acts on a lead carries the random token of that lead. After yesterday's backup was put back, a row number or a
short code may belong to another lead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from flows.model.heard import ChartTap, NoTap, StopHelpTap

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LARGEST = 2**63 - 1
"""The largest number that a store can look for."""

OWN = ("language", "danger", "erase", "help")
"""The names of the buttons that the walk itself draws; the names of the steps of charts have a dot."""


@dataclass(frozen=True, slots=True)
class LeadTap:
    """A button under a lead: its token, a move of the desk's table, the reason, the version it was drawn for."""

    lead: str
    move: str
    reason: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class InboxTap:
    """A tap that opens the member's inbox, from the lead at `offset` on."""

    offset: int = 0


@dataclass(frozen=True, slots=True)
class DashboardTap:
    """An act of the coordinator's dashboard, on a partner or a switch (`subject`), with the new `value`."""

    act: str = "home"
    subject: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReplyTap:
    """A tap with which a resident answers the member who helps them with this lead."""

    lead: str


@dataclass(frozen=True, slots=True)
class SendAnywayTap:
    """Send the words about this lead that rang the alarm; `revision` is that of the place it was drawn for."""

    lead: str
    revision: int = 0


MemberTap = LeadTap | InboxTap | DashboardTap
"""The taps of buttons that only members and coordinators are shown."""

Tap = ChartTap | StopHelpTap | ReplyTap | SendAnywayTap | MemberTap | NoTap
"""Everything that a button can mean."""

_CHART = re.compile(r"([a-z0-9_.]*):([A-Za-z0-9_+.\-]*):([0-9a-z]{1,13})(?::([0-9a-f]{8}))?")
_LEAD = re.compile(r"lead:([0-9a-f]{16})\.([a-z_]+)(?:\.([a-z0-9_]+))?:([0-9a-z]{1,13})")
_INBOX = re.compile(r"desk:inbox([0-9]{0,6}):0")
_DASHBOARD = re.compile(r"dashboard:([a-z_]+)(?:\.([a-z0-9_]+))?(?:\.([a-z0-9_]+))?:0")
_REPLY = re.compile(r"reply:([0-9a-f]{16}):0")
_SEND = re.compile(r"send_anyway:([0-9a-f]{16}):([0-9a-z]{1,13})")
_STOP = re.compile(r"(stop_help|withdraw):([0-9a-f]{16}):([0-9a-z]{1,13})")
_OLD = (
    (re.compile(r"lead\.[0-9]+:.*"), InboxTap()),
    (re.compile(r"desk:.*"), InboxTap()),
    (re.compile(r"office:.*"), DashboardTap()),
    (re.compile(r"(?:reply|stop_help|withdraw):.*"), ChartTap("help", "_help")),
)
"""Callback data about leads, by number or code, that older versions sent, and what it means now. None of it acts on a
lead."""


def encode(tap: Tap) -> str:
    """Return the callback data of a button with this tap; `decode` gives the same tap back."""
    match tap:
        case ChartTap(step, answer, revision, mark):
            return f"{step}:{answer}:{base36(revision)}{':' + mark if mark else ''}"
        case StopHelpTap(lead, revision, sure):
            return f"{'withdraw' if sure else 'stop_help'}:{lead}:{base36(revision)}"
        case LeadTap(lead, move, reason, version):
            return f"lead:{lead}.{move}{'.' + reason if reason else ''}:{base36(version)}"
        case InboxTap(offset):
            return f"desk:inbox{offset or ''}:0"
        case DashboardTap(act, subject, value):
            return f"dashboard:{'.'.join(part for part in (act, subject, value) if part)}:0"
        case ReplyTap(lead):
            return f"reply:{lead}:0"
        case SendAnywayTap(lead, revision):
            return f"send_anyway:{lead}:{base36(revision)}"
        case NoTap():
            return "::0"


def decode(data: str) -> Tap:
    """Return the tap in this callback data.

    Data that no version ever sent is a `NoTap`; data that an older version sent leads somewhere harmless.
    """
    if (found := _CHART.fullmatch(data)) and _of_the_walk(found[1]) and (revision := _number(found[3])) >= 0:
        return ChartTap(found[1], found[2], revision, found[4] or "")
    if (found := _LEAD.fullmatch(data)) and (version := _number(found[4])) >= 0:
        return LeadTap(found[1], found[2], found[3] or "", version)
    if found := _INBOX.fullmatch(data):
        return InboxTap(int(found[1] or 0))
    if found := _DASHBOARD.fullmatch(data):
        return DashboardTap(found[1], found[2] or "", found[3] or "")
    if found := _REPLY.fullmatch(data):
        return ReplyTap(found[1])
    if (found := _SEND.fullmatch(data)) and (revision := _number(found[2])) >= 0:
        return SendAnywayTap(found[1], revision)
    if (found := _STOP.fullmatch(data)) and (revision := _number(found[3])) >= 0:
        return StopHelpTap(found[2], revision, sure=found[1] == "withdraw")
    return next((tap for pattern, tap in _OLD if pattern.fullmatch(data)), NoTap())


@lru_cache(maxsize=4096)
def base36(number: int) -> str:
    """Return a whole number of 0 or more in base 36."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits


def _of_the_walk(step: str) -> bool:
    """Return whether the walk draws this: a step of a chart, or its own. `lead.12` was a lead in older versions."""
    return ("." in step and not step.startswith("lead.")) or step in OWN


def _number(written: str) -> int:
    """Return the number that was written in base 36; -1 when it is larger than a store can look for."""
    number = int(written, 36)
    return number if number <= LARGEST else -1
