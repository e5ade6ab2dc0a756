"""How a visit moves: times are proposed, ticked, chosen, moved, cancelled; and afterwards whether it took place.

Guards three rules: of two who tap at once one wins, an agreed time stands until there is a new one, and no resident is
asked at night (`docs/decisions/0044-the-visit.md`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.content.loaded import Content
from bot.leads.clocks import moves
from bot.leads.clocks.times import awake, next_morning
from bot.leads.deadlines import working_days
from bot.leads.visits.slots import over_at, reminds_at
from bot.leads.visits.telling import (
    agenda,
    ask_helper,
    ask_resident,
    new_times,
    party,
    resident_language,
    stands,
    tell_helper,
    tell_helpers,
    tell_resident,
)
from bot.messages.card import Choice, Rows
from bot.messages.taps.visits import VisitTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.consent import visits
from db.leads.consent.visits import AGAIN, CANCELLED, CHOSEN, DONE, MISSED, OVER, PROPOSED, TICKED, Visit
from db.leads.lead import Lead
from db.records import audit

NOBODY, COULD_NOT = "nobody", "could_not"
"""Why a visit did not take place: the resident was not there, or who would come."""

OF_THE_SLOT = ("remind", "over", "who")
"""The clocks of an agreed time, which go on while others are proposed."""

SOON = timedelta(hours=2)
"""Who is visited so soon after the morning hears at night that nobody comes."""


def current(turn: Turn, lead: Lead) -> Visit | None:
    """Return the visit of this lead that is not over yet, or None."""
    found = visits.of_lead(turn.tx, turn.wijk.id, lead.id)
    return found if found is not None and found.status not in OVER else None


def propose(content: Content, turn: Turn, lead: Lead, other: Lead | None, slots: Sequence[datetime]) -> Visit | None:
    """Propose these times, by who has this lead: to who comes along, if somebody does, else to the resident.

    Of a visit that is not over yet they are new times, and who comes stays. None when it changed meanwhile.
    """
    before, proposed = current(turn, lead), tuple(sorted(slots))
    asked = before is not None and before.status in (PROPOSED, TICKED)
    if asked and before is not None and (before.lead, before.slots) == (lead.id, proposed):
        return before  # a second tap proposes nothing twice
    if before is None:
        _tell_first(content, turn, lead, other)
        fresh = Visit("", lead.id, other.id if other else None, lead.resident or "", PROPOSED, sequence=-1)
        before = visits.add(turn.tx, turn.wijk.id, fresh)
    along = before.other if before.lead == lead.id else before.lead
    status, fits = (PROPOSED, ()) if along is not None else (TICKED, proposed)
    clocks = (_waits if along is not None else _asks)(content, turn, before, proposed)
    visit = visits.change(
        turn.tx,
        turn.wijk.id,
        before,
        lead=lead.id,
        other=along,
        status=status,
        slots=proposed,
        fits=fits,
        known=before.known or (status == TICKED and awake(turn.now)),
        gone=None,
        clocks=clocks,
    )
    if visit is None:
        return None
    audit.add(turn.tx, turn.wijk.id, turn.me, "visit.proposed", turn.now, lead.id)
    beside = leads.get(turn.tx, turn.wijk.id, along) if along is not None else None
    if beside is not None:
        ask_helper(content, turn, visit, beside)
    elif awake(turn.now):
        ask_resident(content, turn, visit)
    return visit


def fits(content: Content, turn: Turn, visit: Visit, ticked: Sequence[datetime]) -> Visit | None:
    """Note which times suit the other helper, and ask the resident; without one the proposer proposes others."""
    if not ticked:
        new = _change(turn, visit, status=AGAIN, fits=(), clocks=_waits(content, turn, visit))
        lead = leads.get(turn.tx, turn.wijk.id, visit.lead) if new is not None else None
        if new is not None and lead is not None:
            tell_helper(content, turn, new, lead, "none_fits", rows=new_times(content, lead))
        return new
    known, clocks = visit.known or awake(turn.now), _asks(content, turn, visit, ticked)
    new = _change(turn, visit, status=TICKED, fits=tuple(ticked), known=known, clocks=clocks)
    if new is not None and awake(turn.now):
        ask_resident(content, turn, new)
    return new


def is_taken(content: Content, turn: Turn, visit: Visit, slot: datetime) -> bool:
    """Return whether the resident agreed on another visit about that time."""
    own = leads.of_resident(turn.tx, turn.wijk.id, visit.resident)
    found = (visits.of_lead(turn.tx, turn.wijk.id, each.id) for each in own if each.closed_at is None)
    times = [stands(each, turn.now) for each in found if each is not None and each.token != visit.token]
    length = timedelta(minutes=content.desk.visit.minutes)
    return any(each is not None and abs(each - slot) < length for each in times)


def choose(content: Content, turn: Turn, visit: Visit, slot: datetime) -> Visit | None:
    """Agree on this time: those who come read it, with a file for their calendar, and that counts as contact.

    None when somebody else comes then, for other help.
    """
    if is_taken(content, turn, visit, slot):
        return None
    moved = visit.sequence >= 0
    remind = reminds_at(slot, turn.now)
    clocks = {"over": over_at(content, slot), **({"remind": remind} if remind else {})}
    values = {"status": CHOSEN, "slot": slot, "sequence": visit.sequence + 1, "known": False}
    new = _change(turn, visit, slots=(), fits=(), clocks=clocks, **values)
    if new is None:
        return None
    for lead in party(turn, new):
        move = content.desk.move("contact", lead.status, "partner")
        if move is not None:
            moves.move(content, turn, lead, move.to, actor=lead.assignee or "system", reason="visit")
    tell_helpers(content, turn, new, "moved" if moved else "agreed", rows=agenda(content, new, "nl"))
    return new


def other_time(content: Content, turn: Turn, visit: Visit) -> Visit | None:
    """Ask those who come for other times, because none of these suits the resident; an agreed one stands."""
    new = _change(turn, visit, status=AGAIN, slots=(), fits=(), known=True, clocks=_waits(content, turn, visit))
    if new is not None:
        for lead in party(turn, new):
            tell_helper(content, turn, new, lead, "again", rows=new_times(content, lead))
    return new


def keep(content: Content, turn: Turn, visit: Visit) -> Visit | None:
    """Let the agreed time stand; those who come read it."""
    clocks = {name: each for name, each in visit.clocks.items() if name in OF_THE_SLOT}
    new = _change(turn, visit, status=CHOSEN, slots=(), fits=(), known=False, clocks=clocks)
    if new is not None:
        tell_helpers(content, turn, new, "kept")
    return new


def cancel(content: Content, turn: Turn, visit: Visit) -> Visit | None:
    """Call a visit off: all others read it. At night the resident reads it in the morning, unless it is too soon, or
    other times are proposed before.
    """
    by_resident, slot = turn.me == visit.resident, stands(visit, turn.now)
    tells = not by_resident and (visit.known or slot is not None)
    morning = next_morning(turn.now)
    now = awake(turn.now) or soon(turn, visit)
    clocks = {"tell": morning} if tells and not now else {}
    new = _change(turn, visit, status=CANCELLED, sequence=visit.sequence + (visit.sequence >= 0), clocks=clocks)
    if new is None:
        return None
    key = ("no_thanks" if by_resident else "no_visit") if slot is None else "off_resident" if by_resident else "off"
    tell_helpers(content, turn, new, key, rows=agenda(content, new, "nl") if slot else ())
    if tells and now:
        tell_cancelled(content, turn, new)
    return new


def soon(turn: Turn, visit: Visit) -> bool:
    """Return whether this visit is so soon that who is visited must hear it at night, too."""
    slot = stands(visit, turn.now)
    return slot is not None and slot < next_morning(turn.now) + SOON


def tell_cancelled(content: Content, turn: Turn, visit: Visit) -> None:
    """Tell the resident that a visit is off, or that the times do not count any more."""
    if visit.slot is None or visit.slot <= turn.now:
        tell_resident(content, turn, visit, "visit.no_more")
        return
    rows = agenda(content, visit, resident_language(turn, visit))
    tell_resident(content, turn, visit, "visit.cancelled", [visit.slot], rows)


def took_place(content: Content, turn: Turn, visit: Visit) -> Visit | None:
    """Note that the visit took place."""
    return _change(turn, visit, status=DONE, slots=(), fits=(), clocks={})


def missed(content: Content, turn: Turn, visit: Visit, why: str) -> Visit | None:
    """Note that it did not: `nobody` was at home, or who would come `could_not`. The resident hears a kind word.

    Its time is past and done with: of new ones nobody is asked whether it was.
    """
    clocks = dict(_waits(content, turn, visit)) if why == COULD_NOT else {}
    clocks.pop("over", None)
    if not awake(turn.now):
        clocks[why] = next_morning(turn.now)
    known = why == COULD_NOT
    new = _change(turn, visit, status=MISSED, slot=None, slots=(), fits=(), known=known, clocks=clocks)
    if new is not None:
        tell_helpers(content, turn, new, f"was_{why}")
        if why not in clocks:
            tell_missed(content, turn, new, why)
    return new


def tell_missed(content: Content, turn: Turn, visit: Visit, why: str) -> None:
    """Tell the resident that nobody was at home, and how to ask for another time; or that nobody could come."""
    label = content.words.phrase(resident_language(turn, visit), "visit.other")
    other: Rows = ((Choice(label, VisitTap(visit.token, "other", 0, visit.version)),),)
    tell_resident(content, turn, visit, f"visit.{why}", rows=other if why == NOBODY else ())


def _tell_first(content: Content, turn: Turn, lead: Lead, other: Lead | None) -> None:
    """Tell the resident of a visit that was called off at night, before a new one takes its place."""
    found = (visits.of_lead(turn.tx, turn.wijk.id, each.id) for each in (lead, other) if each is not None)
    for visit in {each.token: each for each in found if each is not None}.values():
        if visit.status == CANCELLED and "tell" in visit.clocks:
            tell_cancelled(content, turn, visit)


def _change(turn: Turn, visit: Visit, **values: object) -> Visit | None:
    """Change a visit by hand: that one half comes no more is known to who does, and needs no word of the clock."""
    return visits.change(turn.tx, turn.wijk.id, visit, gone=None, **values)


def _waits(content: Content, turn: Turn, visit: Visit, slots: Sequence[datetime] = ()) -> Mapping[str, datetime]:
    """Return the clocks while an answer is waited for, until the last time is over; those of the agreed time go on."""
    kept = {name: each for name, each in visit.clocks.items() if name in OF_THE_SLOT}
    answer = working_days(turn.now, content.desk.visit.answer)
    return {**kept, "wait": min([answer, *slots[-1:]])}


def _asks(content: Content, turn: Turn, visit: Visit, slots: Sequence[datetime]) -> Mapping[str, datetime]:
    """Return the clocks when the resident is asked: now, or at night in the morning."""
    clocks = _waits(content, turn, visit, slots)
    return clocks if awake(turn.now) else {**clocks, "tell": next_morning(turn.now)}
