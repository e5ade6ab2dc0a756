"""The clock of visits: it reminds the day before, says that no answer came, asks how it was, and tells who goes on.

Guards the rule that nothing is said twice: each moment is crossed out in the statement that asks whether it was.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.leads.clocks.times import awake, next_morning
from bot.leads.deadlines import working_days
from bot.leads.visits.agreeing import COULD_NOT, NOBODY, soon, tell_cancelled, tell_missed
from bot.leads.visits.telling import (
    REMIND,
    ask_resident,
    new_times,
    over,
    party,
    resident_language,
    stands,
    tell_helper,
    tell_helpers,
    tell_resident,
)
from bot.messages.card import Choice
from bot.messages.taps.residents import ReplyTap
from bot.messages.turn import Turn
from db.leads.consent import visits
from db.leads.consent.visits import AGAIN, ALL, CANCELLED, CHOSEN, DONE, MISSED, PROPOSED, PROPOSER, TICKED, Visit

ORDER = ("tell", NOBODY, COULD_NOT, "remind", "who", "over", "wait", "late")
"""The clocks of a visit; of those that are due the first one goes first."""


def look(content: Content, turn: Turn, limit: int) -> int:
    """Do what is due for visits, one thing for each; return for how many."""
    found = visits.due(turn.tx, turn.wijk.id, turn.now, limit)
    for visit in found:
        if visit.gone and (awake(turn.now) or soon(turn, visit)):
            settle(content, turn, visit)
        elif not awake(turn.now):
            morning = next_morning(turn.now)
            later = {name: max(each, morning) for name, each in visit.clocks.items()}
            visits.cross(turn.tx, turn.wijk.id, visit, later)
        else:
            name = next(each for each in ORDER if each in visit.clocks and visit.clocks[each] <= turn.now)
            rest = {key: each for key, each in visit.clocks.items() if key != name}
            if (now := visits.cross(turn.tx, turn.wijk.id, visit, rest)) is not None:
                _do(content, turn, now, name)
    return len(found)


def settle(content: Content, turn: Turn, visit: Visit) -> Visit:
    """Let a visit go on with the half that is left, or end it, and tell the resident and who goes on.

    At night it waits for the morning, unless its resident taps, or the visit is too soon for that.
    """
    if not (awake(turn.now) or turn.me == visit.resident or soon(turn, visit)):
        return visit
    slot, status = stands(visit, turn.now), visit.status
    clocks = {name: each for name, each in visit.clocks.items() if name != "tell"}
    if visit.gone == ALL:
        took_place = slot is None and status == CHOSEN
        sequence = visit.sequence + (visit.sequence >= 0 and not took_place)
        ends = DONE if took_place else CANCELLED
        new = _settled(turn, visit, status=ends, clocks={}, sequence=sequence)
        if visit.known or slot is not None:
            tell_cancelled(content, turn, new)
            tell_helpers(content, turn, new, "ended")
        return new
    if status in (PROPOSED, TICKED):
        left = visit.fits if status == TICKED else visit.slots if visit.gone != PROPOSER else ()
        asks = any(each > turn.now for each in left)
        status, fits = (TICKED, left) if asks else (AGAIN, ())
        clocks = clocks if asks else {"wait": working_days(turn.now, content.desk.visit.answer), **clocks}
        new = _settled(turn, visit, status=status, fits=fits, known=visit.known or asks, clocks=clocks)
    else:
        new = _settled(turn, visit, clocks=clocks)
    for lead in party(turn, new):
        if lead.assignee != turn.me:
            key = "alone" if slot is not None else "alone_times"
            rows = new_times(content, lead) if status == AGAIN else ()
            tell_helper(content, turn, new, lead, key, rows=rows)
    if slot is not None:
        tell_resident(content, turn, new, "visit.goes_on", [slot])
    if status == TICKED:
        ask_resident(content, turn, new)
    return new


def _settled(turn: Turn, visit: Visit, **values: object) -> Visit:
    return visits.change(turn.tx, turn.wijk.id, visit, gone=None, **values) or visit


def _do(content: Content, turn: Turn, visit: Visit, name: str) -> None:
    """Do what one clock says."""
    slot = stands(visit, turn.now)
    match name:
        case "tell" if visit.status == TICKED:
            _ask(content, turn, visit)
        case "tell" if visit.status == CANCELLED:
            tell_cancelled(content, turn, visit)
        case "nobody" | "could_not" if visit.status == MISSED:
            tell_missed(content, turn, visit, name)
        case "remind" if slot is not None:
            tell_resident(content, turn, visit, REMIND, [slot])
            tell_helpers(content, turn, visit, "remind")
        case "who" if slot is not None:
            tell_resident(content, turn, visit, "visit.goes_on", [slot])
        case "over" if visit.status not in (CANCELLED, DONE, MISSED):
            for lead in party(turn, visit)[:1]:
                tell_helper(
                    content, turn, visit, lead, "was_it", rows=(*over(content, visit), *new_times(content, lead))
                )
        case "wait" if visit.status in (PROPOSED, TICKED, AGAIN, MISSED):
            for lead in party(turn, visit)[:1]:
                rows = new_times(content, lead)
                tell_helper(content, turn, visit, lead, f"waits_{visit.status}", rows=rows)
            if visit.status != TICKED and visit.known:  # they were told that there would be new times
                late = working_days(turn.now, content.desk.visit.answer)
                visits.cross(turn.tx, turn.wijk.id, visit, {**visit.clocks, "late": late})
        case "late" if visit.status in (PROPOSED, AGAIN, MISSED):
            _late(content, turn, visit)
        case _:
            pass


def _ask(content: Content, turn: Turn, visit: Visit) -> None:
    """Ask the resident in the morning; when all times have passed, who proposed them hears that others are needed."""
    if any(each > turn.now for each in visit.fits):
        now = visits.change(turn.tx, turn.wijk.id, visit, known=True)
        ask_resident(content, turn, now or visit)
        return
    clocks = {**visit.clocks, "wait": working_days(turn.now, content.desk.visit.answer)}
    again = visits.change(turn.tx, turn.wijk.id, visit, status=AGAIN, slots=(), fits=(), clocks=clocks)
    for lead in party(turn, visit)[:1]:
        tell_helper(content, turn, again or visit, lead, "waits_again", rows=new_times(content, lead))


def _late(content: Content, turn: Turn, visit: Visit) -> None:
    """Tell a resident who was told of new times that there are none yet, and how to ask; and who would propose them."""
    for lead in party(turn, visit)[:1]:
        ask = Choice(content.words.phrase(resident_language(turn, visit), "relay.reply"), ReplyTap(lead.token))
        tell_resident(content, turn, visit, "visit.late", rows=((ask,),))
        tell_helper(content, turn, visit, lead, f"waits_{visit.status}", rows=new_times(content, lead))
