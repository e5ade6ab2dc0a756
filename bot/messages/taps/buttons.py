"""How a button carries a tap: callback data of at most 64 bytes.

The only place that knows the format. Guards two rules: any callback data decodes to something harmless, and a button
that acts on a lead carries the random token of that lead. After yesterday's backup was put back, a row number or a
short code may belong to another lead.
"""

from __future__ import annotations

import re

from bot.messages.taps.members import (
    AvailabilityTap,
    CallTap,
    DashboardTap,
    DaysTap,
    InboxTap,
    JoinTap,
    LeadTap,
    LeaveTap,
    MemberTap,
    PassTap,
    RegisterTap,
    WhoTap,
)
from bot.messages.taps.residents import (
    PARTS,
    ChangeTap,
    DoorTap,
    HelpTap,
    HideTap,
    ListenTap,
    MineTap,
    NewsTap,
    NoticesTap,
    NoticeTap,
    OpenTap,
    ReplyTap,
    ReturnTap,
    SayTap,
    SendAnywayTap,
    SendTap,
    YesTap,
)
from bot.messages.taps.visits import PlanTap, VisitTap
from bot.messages.taps.visits import read as visit_tap
from bot.messages.taps.visits import write as write_visit
from bot.messages.taps.written import base36, day, number
from flows.model.heard import ChartTap, NoTap, StopHelpTap

OWN = ("language", "danger", "erase", "help")
"""The names of the buttons that the walk itself draws; the names of the steps of charts have a dot."""

_ForTalk = ReplyTap | SendAnywayTap | SendTap | SayTap | ListenTap
_ForResidents = ChartTap | StopHelpTap | HelpTap | NoticeTap | DoorTap | VisitTap | _ForTalk
Tap = _ForResidents | MemberTap | NoTap
"""Everything that a button can mean."""

_CHART = re.compile(r"([a-z0-9_.]*):([A-Za-z0-9_+.\-]*):([0-9a-z]{1,13})(?::([0-9a-f]{8}))?")
_LEAD = re.compile(r"lead:([0-9a-f]{16})\.([a-z_]+)(?:\.([a-z0-9_]+))?:([0-9a-z]{1,13})")
_PASS = re.compile(
    r"(pass|bring)(_back)?:([0-9a-f]{16})\.([a-z0-9_]*)\.([a-z_]*)\.([a-z]*)\.([0-9]{0,3}):([0-9a-z]{1,13})"
)
_YES = re.compile(r"pass_(yes|no|talk):([0-9a-f]{16}):0")
_INBOX = re.compile(r"desk:(inbox|new|mine|ours|waiting|done|settings)([0-9]{0,6}):0")
_DIGEST = re.compile(r"desk:digest_(ask|[0-9]{1,2}):0")
_DASHBOARD = re.compile(r"dashboard:([a-z_]+)(?:\.([a-z0-9_]+))?(?:\.([a-z0-9_]+))?:0")
_HELP = re.compile(r"my_help:([0-9]{1,6}):0")
_LEAVE = re.compile(r"leave(_sure)?:([0-9a-z]{8}):0")
_JOIN = re.compile(r"join_(both|move|no):([0-9A-Z]{12}):0")
_AVAILABLE = re.compile(r"available:([0-9a-z]{8})(?:\.([a-z]+))?(?:\.(weeks|days)?([0-9]{4}-[0-9]{2}-[0-9]{2}))?:0")
_DAYS = re.compile(r"days:([0-9a-z]{8})\.([0-9]{1,2})(?:\.([0-9a-f]{16}))?:0")
_CALL = re.compile(r"call:([0-9a-f]{16})(?:\.([a-z_]+))?:0")
_REGISTER = re.compile(r"register:([a-z]{1,12})\.([0-9a-f]{16})?\.([a-z0-9_]{0,24}):([0-9a-z]{1,13})")
_WHO = re.compile(r"who:([a-z]{1,8})\.([a-z0-9_]{0,44}):0")
_REPLY = re.compile(r"reply:([0-9a-f]{16}):0")
_SEND = re.compile(r"send_anyway:([0-9a-f]{16}):([0-9a-z]{1,13})")
_OFFER = re.compile(r"send:([0-9a-f]{16})?:([0-9a-z]{1,13})")
_SAY = re.compile(
    r"say(_sure)?:([0-9a-f]{16})\.([0-9]{0,2})\.([a-z_]{0,16})\.([0-9]{4}-[0-9]{2}-[0-9]{2})?\.([a-z]?):([0-9a-z]{1,13})"
)
_LISTEN = re.compile(r"listen:([0-9a-f]{16}):0")
_OPEN = re.compile(r"open:([0-9a-f]{16}):0")
_CHANGE = re.compile(r"change:([0-9a-f]{16}):0:([0-9a-f]{8})")
_MINE = re.compile(r"mine:([0-9a-f]{16})\.([a-z_]+):([0-9a-z]{1,13})")
_NOTICES = re.compile(r"notices:(yes|no):0")
_DOOR: dict[str, DoorTap] = {"door:hide:0": HideTap(), "door:open:0": ReturnTap(), "door:news:0": NewsTap()}
_STOP = re.compile(r"(stop_help|withdraw):([0-9a-f]{16}):([0-9a-z]{1,13})")
_OLD = (
    (re.compile(r"lead\.[0-9]+:.*"), InboxTap()),
    (re.compile(r"desk:.*"), InboxTap()),
    (re.compile(r"office:.*"), DashboardTap()),
    (re.compile(r"(?:reply|stop_help|withdraw):.*"), ChartTap("help", "_help")),
)
"""Callback data that older versions sent, and what it means now. None of it acts on a lead."""


def encode(tap: Tap) -> str:
    """Return the callback data of a button with this tap; `decode` gives the same tap back."""
    match tap:
        case ChartTap(step, answer, revision, mark):
            return f"{step}:{answer}:{base36(revision)}{':' + mark if mark else ''}"
        case StopHelpTap(lead, revision, sure):
            return f"{'withdraw' if sure else 'stop_help'}:{lead}:{base36(revision)}"
        case LeadTap(lead, move, reason, version):
            return f"lead:{lead}.{move}{'.' + reason if reason else ''}:{base36(version)}"
        case PassTap(lead, to, why, asks, version, offset, back, keeps):
            act = ("bring" if keeps else "pass") + ("_back" if back else "")
            return f"{act}:{lead}.{to}.{why}.{asks}.{offset or ''}:{base36(version)}"
        case YesTap(token, answer):
            return f"pass_{answer}:{token}:0"
        case InboxTap(offset, digest, shows):
            return f"desk:digest_{digest}:0" if digest else f"desk:{shows or 'inbox'}{offset or ''}:0"
        case DashboardTap(act, subject, value):
            return f"dashboard:{'.'.join(part for part in (act, subject, value) if part)}:0"
        case HelpTap(offset):
            return f"my_help:{offset}:0"
        case LeaveTap(handle, sure):
            return f"leave{'_sure' if sure else ''}:{handle}:0"
        case JoinTap(code, choice):
            return f"join_{choice}:{code}:0"
        case AvailabilityTap(handle, state, until, pick):
            return f"available:{handle}{'.' + state if state else ''}{f'.{pick}{until}' if until else ''}:0"
        case DaysTap(handle, days, lead):
            return f"days:{handle}.{days}{'.' + lead if lead else ''}:0"
        case CallTap(call, said):
            return f"call:{call}{'.' + said if said else ''}:0"
        case RegisterTap(act, token, value, version):
            return f"register:{act}.{token}.{value}:{base36(version)}"
        case WhoTap(act, value):
            return f"who:{act}.{value}:0"
        case ReplyTap(lead):
            return f"reply:{lead}:0"
        case SendAnywayTap(lead, revision):
            return f"send_anyway:{lead}:{base36(revision)}"
        case SendTap(lead, revision):
            return f"send:{lead}:{base36(revision)}"
        case SayTap(lead, phrase, on, part, page, sure, revision):
            where = "" if page < 0 else page
            return f"say{'_sure' if sure else ''}:{lead}.{where}.{phrase}.{on or ''}.{part[:1]}:{base36(revision)}"
        case ListenTap(token):
            return f"listen:{token}:0"
        case OpenTap(token):
            return f"open:{token}:0"
        case NoticesTap(named):
            return f"notices:{'yes' if named else 'no'}:0"
        case ChangeTap(lead, mark):
            return f"change:{lead}:0:{mark}"
        case MineTap(lead, act, version):
            return f"mine:{lead}.{act}:{base36(version)}"
        case VisitTap() | PlanTap():
            return write_visit(tap)
        case HideTap() | ReturnTap() | NewsTap():
            return next(data for data, door in _DOOR.items() if door == tap)
        case NoTap():
            return "::0"


def decode(data: str) -> Tap:
    """Return the tap in this callback data.

    Data that no version ever sent is a `NoTap`; data that an older version sent leads somewhere harmless.
    """
    if (found := _CHART.fullmatch(data)) and _of_the_walk(found[1]) and (revision := number(found[3])) >= 0:
        return ChartTap(found[1], found[2], revision, found[4] or "")
    if (found := _LEAD.fullmatch(data)) and (version := number(found[4])) >= 0:
        return LeadTap(found[1], found[2], found[3] or "", version)
    if (found := _PASS.fullmatch(data)) and (version := number(found[8])) >= 0:
        back, keeps = found[2] is not None, found[1] == "bring"
        return PassTap(found[3], found[4], found[5], found[6], version, int(found[7] or 0), back, keeps)
    if found := _YES.fullmatch(data):
        return YesTap(found[2], found[1])
    if found := _INBOX.fullmatch(data):
        return InboxTap(int(found[2] or 0), shows=found[1].removeprefix("inbox"))
    if found := _DIGEST.fullmatch(data):
        return InboxTap(digest=found[1])
    if found := _DASHBOARD.fullmatch(data):
        return DashboardTap(found[1], found[2] or "", found[3] or "")
    if found := _HELP.fullmatch(data):
        return HelpTap(int(found[1]))
    if found := _LEAVE.fullmatch(data):
        return LeaveTap(found[2], sure=found[1] is not None)
    if found := _JOIN.fullmatch(data):
        return JoinTap(found[2], found[1])
    if found := _AVAILABLE.fullmatch(data):
        until = day(found[4])
        return AvailabilityTap(found[1], found[2] or "", until, (found[3] or "") if until else "")
    if found := _DAYS.fullmatch(data):
        return DaysTap(found[1], int(found[2]), found[3] or "")
    if found := _CALL.fullmatch(data):
        return CallTap(found[1], found[2] or "")
    if (found := _REGISTER.fullmatch(data)) and (version := number(found[4])) >= 0:
        return RegisterTap(found[1], found[2] or "", found[3], version)
    if found := _WHO.fullmatch(data):
        return WhoTap(found[1], found[2])
    if data in _DOOR:
        return _DOOR[data]
    if (visit := visit_tap(data)) is not None:
        return visit
    if found := _REPLY.fullmatch(data):
        return ReplyTap(found[1])
    if (found := _SEND.fullmatch(data)) and (revision := number(found[2])) >= 0:
        return SendAnywayTap(found[1], revision)
    if (found := _OFFER.fullmatch(data)) and (revision := number(found[2])) >= 0:
        return SendTap(found[1] or "", revision)
    if (found := _SAY.fullmatch(data)) and (revision := number(found[7])) >= 0:
        part = next((each for each in PARTS if each[:1] == found[6]), "")
        sure, page = found[1] is not None, int(found[3] or -1)
        return SayTap(found[2], found[4], day(found[5]), part, page, sure, revision)
    if found := _LISTEN.fullmatch(data):
        return ListenTap(found[1])
    if found := _OPEN.fullmatch(data):
        return OpenTap(found[1])
    if found := _NOTICES.fullmatch(data):
        return NoticesTap(found[1] == "yes")
    if found := _CHANGE.fullmatch(data):
        return ChangeTap(found[1], found[2])
    if (found := _MINE.fullmatch(data)) and (version := number(found[3])) >= 0:
        return MineTap(found[1], found[2], version)
    if (found := _STOP.fullmatch(data)) and (revision := number(found[3])) >= 0:
        return StopHelpTap(found[2], revision, sure=found[1] == "withdraw")
    return next((tap for pattern, tap in _OLD if pattern.fullmatch(data)), NoTap())


def _of_the_walk(step: str) -> bool:
    """Return whether the walk draws this: a step of a chart, or its own. `lead.12` was a lead in older versions."""
    return ("." in step and not step.startswith("lead.")) or step in OWN
