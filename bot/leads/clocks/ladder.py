"""The ladder of an open lead: who has it is asked the day before, the coordinator hears it, and then it goes to them.

Guards three rules: silence never ends a lead, nobody is blamed by name, and no day that a resident was told passes
without a word to that resident (`docs/decisions/0032-every-promise-has-a-clock.md`).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import structlog

from bot.content.loaded import ZONE, Content
from bot.leads import relay
from bot.leads.clocks import moves
from bot.leads.clocks.times import asks_at, awake, next_morning, second_moment
from bot.leads.members.reachability import away
from bot.leads.packet import topic_line
from bot.leads.recipients import closing, first_readers, holders, inbox_name, readers, shut_out, tell_coordinators
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads import rungs
from db.leads.lead import Lead
from flows.model.wijk import COORDINATOR

ASKED, TOLD, DEPUTY = 1, 2, 3
"""The rungs: the member was asked, the coordinator was told; of the coordinator's own leads, the deputies were told.

What comes then is a move, and the ladder begins anew."""

MOST = 2
"""How often the member who took a lead may name another day; after that the coordinator calls."""

FETCHED = "fetched"
"""Why a lead came to the coordinator when one of them brought it there: that one knows."""

_log = structlog.get_logger("clock")


def climb(content: Content, turn: Turn, limit: int) -> Counter[str]:
    """Climb the ladders of the leads at which it is time to look, a rung each; return how many rungs of each kind."""
    done: Counter[str] = Counter()
    for lead in rungs.to_look_at(turn.tx, turn.wijk.id, turn.now, limit):
        done[_rung(content, turn, lead)] += 1
    return done


def hand_over(
    content: Content,
    turn: Turn,
    lead: Lead,
    actor: str,
    reason: str,
    *,
    tell: str = "",
    note: str = "",
    tells: bool = True,
) -> Lead | None:
    """Give a lead to the coordinator, tell its resident who does it now and before when, and shut out who had it.

    `tell` is what the resident reads if it is another text than usual, and nothing unless it `tells`: then the caller
    does. `note` is a line for the coordinators. None when another member was first.
    """
    before = holders(turn, lead)
    move = content.desk.moves_by_name["return"]
    moved = moves.move(content, turn, lead, move.to, actor=actor, assignee=None, reason=reason, inbox=COORDINATOR)
    if moved is None:
        return None
    shut_out(content, turn, moved)
    own = lead.inbox == COORDINATOR  # nobody else takes it over then: it only takes longer
    gone = closing(content, content.words.phrase("nl", "desk.with_coordinator", code=lead.code))
    for person in before:
        if person != turn.me and not own:
            turn.say(person, gone, kind="with_coordinator")
    if tells:
        relay.tell_resident(content, turn, moved, tell or ("leads.later" if own else move.tell), partner=lead.partner)
    text = _line(content, turn, moved, "returned", moved.contact_by)
    if (lead.postponed or 0) >= MOST:
        text += "\n" + content.words.phrase("nl", "desk.call_now")
    if note:
        text += f"\n{note}"
    knows = [turn.me] if own or reason == FETCHED else ()
    tell_coordinators(turn, _card(content, moved, text), lead=moved.id, but=knows, kind="returned")
    return moved


def _rung(content: Content, turn: Turn, lead: Lead) -> str:
    """Climb one rung of this ladder, and say which."""
    now, rung, due = turn.now, lead.rung or 0, lead.due_at or turn.now
    if not awake(now) and not lead.urgent:
        rungs.note(turn.tx, turn.wijk.id, lead, rung, next_morning(now))
        return "slept"
    if lead.owner == "resident":
        rungs.note(turn.tx, turn.wijk.id, lead, rung, now + timedelta(days=1))
        return "slept"
    if now < due and not _passed(content, turn, lead):
        return _before(content, turn, lead, rung, due)
    if lead.owner == "system" and (move := content.desk.move("unhold", lead.status, "system")):
        return _resume(content, turn, lead, move.to)
    if rung < TOLD and not (rung == ASKED and _no_more_days(content, lead)):
        return _at_the_moment(content, turn, lead)
    if rung < DEPUTY and (deputies := _deputies(content, turn, lead)):
        return _to_deputies(content, turn, lead, deputies)
    if lead.inbox == COORDINATOR or not moves.promises(content, lead.status):
        return _mute(content, turn, lead)
    hand_over(content, turn, lead, "system", "silent")
    return "returned"


def _resume(content: Content, turn: Turn, lead: Lead, to: str) -> str:
    """Let what waited go on: who took it and the resident hear before which day."""
    moved = moves.move(content, turn, lead, to, actor="system")
    if moved is None:
        return "changed"
    view = Choice(content.words.phrase("nl", "desk.view"), LeadTap(moved.token, "view", version=moved.version))
    card = Card(_line(content, turn, moved, "resumes", moved.contact_by), ((view,),))
    for person in holders(turn, moved):
        turn.say(person, card, lead=moved.id, kind="resumes")
    relay.tell_resident(content, turn, moved, "leads.resumed", partner=moved.partner)
    return "resumed"


def _before(content: Content, turn: Turn, lead: Lead, rung: int, due: datetime) -> str:
    """Ask the member who took it, or the readers of its inbox, once."""
    asks = _to_ask(lead) and turn.now >= asks_at(due, turn.wijk.partners.get(lead.inbox))
    day = lead.contact_by
    look = min(due, day) if day is not None and day > turn.now else due
    if not rungs.note(turn.tx, turn.wijk.id, lead, ASKED if asks else rung, look):
        return "changed"
    if asks:
        _ask(content, turn, lead, due)
    return "asked" if asks else "looked"


def _at_the_moment(content: Content, turn: Turn, lead: Lead) -> str:
    """Tell the coordinators that a promise is in danger, and the resident, if their day passes, before when they hear.

    The lead stays where it is; its member, or the readers of its inbox, are asked now if they were not yet.
    """
    late = _passed(content, turn, lead)
    second = second_moment(turn.now, None if late else lead.contact_by, lead.urgent)
    if not rungs.note(turn.tx, turn.wijk.id, lead, TOLD, second, second if late else None):
        return "changed"
    if late:
        relay.tell_resident(content, turn, lead, "leads.late", deadline=second)
    mine, asked = lead.inbox == COORDINATOR, holders(turn, lead) if _to_ask(lead) else []
    if asked:
        _ask(content, turn, lead, second)
    kind = "waits" if mine else "in_danger" if moves.promises(content, lead.status) else "no_answer"
    text = _line(content, turn, lead, kind, lead.contact_by if late else lead.due_at)
    if not_reading := away(content, turn, lead):
        text += f"\n{not_reading}"
    card = _card(content, lead, text) if mine else Card(text)
    tell_coordinators(turn, card, lead=lead.id, but=asked if mine else (), kind=kind)
    return "told"


def _deputies(content: Content, turn: Turn, lead: Lead) -> list[str]:
    """Return the deputies who did not hear yet of what waits for the coordinators, and for which a resident waits."""
    if lead.inbox != COORDINATOR or not moves.promises(content, lead.status):
        return []
    knew = {*first_readers(turn, COORDINATOR), lead.assignee}
    return [each for each in readers(turn, COORDINATOR) if each not in knew]


def _to_deputies(content: Content, turn: Turn, lead: Lead, deputies: list[str]) -> str:
    """Tell the deputies what no coordinator decided by its moment, with a moment of their own.

    What a coordinator had taken lies open again, so that a deputy can take it. The resident hears if their day passes.
    """
    if lead.assignee is not None:
        to = content.desk.moves_by_name["return"].to
        moved = moves.move(content, turn, lead, to, actor="system", assignee=None, reason="silent", tells=False)
        if moved is None:
            return "changed"
        lead = moved
    late = _passed(content, turn, lead)
    third = second_moment(turn.now, None if late else lead.contact_by, lead.urgent)
    if not rungs.note(turn.tx, turn.wijk.id, lead, DEPUTY, third, third if late else None):
        return "changed"
    if late:
        relay.tell_resident(content, turn, lead, "leads.later", deadline=third)
    card = _card(content, lead, _line(content, turn, lead, "for_deputy", third))
    for person in deputies:
        turn.say(person, card, lead=lead.id, kind="for_deputy")
    return "deputies"


def _mute(content: Content, turn: Turn, lead: Lead) -> str:
    """Let it wait on: what no coordinator did, and help that goes on, which nobody takes away from who gives it.

    A resident whose day is over reads which door is open.
    """
    alone = _alone(turn, lead)
    moved = moves.wait_on(content, turn, lead, alone=alone)
    if moved is None:
        return "changed"
    if alone and moves.promises(content, moved.status):
        _ask(content, turn, moved, moved.due_at or turn.now)
    elif moved.assignee != lead.assignee:
        tell_coordinators(
            turn, _card(content, moved, _line(content, turn, moved, "free", None)), lead=lead.id, kind="free"
        )
    if _passed(content, turn, lead):
        _log.error("no coordinator did in time what a resident was promised", wijk=turn.wijk.id, code=lead.code)
        relay.tell_resident(content, turn, lead, "leads.door", door=True)
    return "mute"


def _alone(turn: Turn, lead: Lead) -> bool:
    """Return whether a coordinator took this lead, and nobody else coordinates."""
    taken = lead.inbox == COORDINATOR and lead.assignee is not None
    return taken and all(each == lead.assignee for each in readers(turn, COORDINATOR))


def _passed(content: Content, turn: Turn, lead: Lead) -> bool:
    """Return whether the day that the resident was told is over, while they still wait to hear something."""
    return moves.promises(content, lead.status) and lead.contact_by is not None and lead.contact_by <= turn.now


def _to_ask(lead: Lead) -> bool:
    """Return whether the member of this lead, or the readers of its inbox, were not asked yet."""
    return (lead.rung or 0) < ASKED and lead.owner in ("inbox", "assignee")


def _no_more_days(content: Content, lead: Lead) -> bool:
    """Return whether a partner moved the day of this promise as often as it may; a coordinator is only reminded."""
    return (lead.postponed or 0) >= MOST and lead.inbox != COORDINATOR and moves.promises(content, lead.status)


def answers_to(content: Content, turn: Turn, lead: Lead, by: str = "") -> Rows:
    """Return the answers to a question, a row each: yes, another day, or give it back, if there is somebody to give to.

    The clock asks it, or somebody else: `by` is what a yes carries then.
    """
    taken = lead.owner == "assignee"
    answers = [("still", "yes") if taken else ("accept", "yes_take")]
    if taken and moves.promises(content, lead.status) and (lead.postponed or 0) < MOST:
        answers.append(("later", "other_day"))
    if not _alone(turn, lead):
        answers.append(("return", "give_back"))
    phrase, version = content.words.phrase, lead.version
    return tuple(
        (Choice(phrase("nl", f"desk.{key}"), LeadTap(lead.token, act, by if act == "still" else "", version)),)
        for act, key in answers
    )


def _ask(content: Content, turn: Turn, lead: Lead, due: datetime) -> None:
    """Ask its member, or the readers of its inbox, one question, with the answers under it."""
    going = "asks" if moves.promises(content, lead.status) else "asks_going"
    text = _line(content, turn, lead, going if lead.owner == "assignee" else "asks_inbox", due)
    for person in holders(turn, lead):
        turn.say(person, Card(text, answers_to(content, turn, lead)), lead=lead.id, kind="asks")


def _line(content: Content, turn: Turn, lead: Lead, key: str, day: datetime | None) -> str:
    return content.words.phrase(
        "nl",
        f"desk.{key}",
        code=lead.code,
        topics=topic_line(content, lead.topic, "nl"),
        partner=inbox_name(content, turn, lead.inbox),
        deadline=content.words.day("nl", (day or turn.now).astimezone(ZONE).date()),
    )


def _card(content: Content, lead: Lead, text: str) -> Card:
    view = LeadTap(lead.token, "view", version=lead.version)
    return Card(text, ((Choice(content.words.phrase("nl", "desk.view"), view),),))
