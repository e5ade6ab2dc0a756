"""What a member says of a call: who was reached, and what they answered. Dutch only.

Guards the rule that what a resident says by phone counts as what they say in the chat: they can stop there too, and
somebody else cannot stop it for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loaded import Content
from bot.leads.clocks import ladder, moves
from bot.leads.clocks.calls import REACHED, TRIES, next_moment, reached, text
from bot.leads.consent import handoff
from bot.leads.recipients import closing, holders, role_at
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import CallTap, LeadTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.partner.acts import asked
from db.leads import calls, leads, views
from db.leads.calls import Call
from db.leads.lead import Lead
from db.people.members import Member
from db.queue import sent_messages
from db.records import audit
from flows.model.wijk import COORDINATOR

FINE, ELSE, STOP, SURE = "fine", "else", "stop", "sure"
"""What was answered; whoever wants to stop is asked once more."""


def on_card(content: Content, turn: Turn, lead: Lead, member: Member) -> tuple[str, Rows]:
    """Return what stands on a lead while something must be said to its resident, and the button below it."""
    call = calls.of_lead(turn.tx, turn.wijk.id, lead.id)
    if call is None or not _may(content, lead, member):
        return "", ()
    called = Choice(content.words.phrase("nl", "desk.called"), CallTap(call.token))
    return text(content, turn, lead, call), ((called,),)


def hears_of_a_call(content: Content, turn: Turn, memberships: Sequence[Member], tap: CallTap) -> Outcome:
    """Carry out what a member says of a call. One that was said, or that is not theirs, shows and does nothing."""
    call = calls.by_token(turn.tx, turn.wijk.id, tap.call)
    lead = leads.get(turn.tx, turn.wijk.id, call.lead) if call is not None else None
    member = next((each for each in memberships if lead is not None and _may(content, lead, each)), None)
    if call is None or lead is None or member is None or lead.resident == turn.sender:
        return _answer(turn, closing(content, content.words.phrase("nl", "desk.call_gone")))
    if asked.asks(call):
        return _answer(turn, asked.hears(content, turn, lead, call, member, tap.said))
    who, _, answer = tap.said.partition("_")
    if who == "none":
        return _not_reached(content, turn, lead, call, member)
    if who not in REACHED:
        back = LeadTap(lead.token, "view", version=lead.version)
        return _answer(turn, _asks(content, lead, "call_who", reached(content, call), back))
    possible = (FINE, ELSE, STOP) if who == "self" else (FINE, ELSE)
    if answer == SURE and STOP in possible:
        return _stop(content, turn, lead, member)
    if answer not in possible:
        rows = tuple((_choice(content, call, who, each),) for each in possible)
        return _answer(turn, _asks(content, lead, "call_what", rows, CallTap(call.token)))
    if answer == STOP:
        sure = (_choice(content, call, who, SURE),)
        return _answer(turn, _asks(content, lead, "call_stops", (sure,), CallTap(call.token, who)))
    if not calls.done(turn.tx, turn.wijk.id, call.token):
        return _answer(turn, closing(content, content.words.phrase("nl", "desk.call_gone")))
    audit.add(turn.tx, turn.wijk.id, member.person, f"call.{tap.said}", turn.now, lead.id)
    if answer == FINE or lead.inbox == COORDINATOR:
        _tell_colleagues(content, turn, lead, member)
    if answer == FINE:
        return _ends(content, turn, lead, "call_done")
    if lead.inbox == COORDINATOR:
        return _ends(content, turn, lead, "call_yours")
    note = content.words.phrase("nl", "desk.call_else_note")
    ladder.hand_over(content, turn, lead, member.person, "wants_else", tell="leads.wants_else", note=note)
    return _ends(content, turn, lead, "with_coordinator")


def _may(content: Content, lead: Lead, member: Member) -> bool:
    """Return whether it is this member who says it: the one who took the lead, or a reader of its inbox."""
    role = role_at(content, member, lead)
    return bool(role) and content.desk.may("lead.call", member.role) and lead.assignee in (None, member.person)


def _tell_colleagues(content: Content, turn: Turn, lead: Lead, member: Member) -> None:
    """Tell the others who were asked to ring that they need not: nobody is rung twice for the same word."""
    card = closing(content, content.words.phrase("nl", "desk.call_by_colleague", code=lead.code, member=member.name))
    for person in holders(turn, lead):
        if person != turn.me:
            turn.say(person, card, lead=lead.id)


def _not_reached(content: Content, turn: Turn, lead: Lead, call: Call, member: Member) -> Outcome:
    """Count an attempt in vain; the third gives the lead to the coordinator, who tries as long as it makes sense."""
    tries, due = call.tries + 1, next_moment(turn, lead)
    if not calls.note(turn.tx, turn.wijk.id, call, due, rung=0, tries=tries):
        return _answer(turn, closing(content, content.words.phrase("nl", "desk.call_gone")))
    audit.add(turn.tx, turn.wijk.id, member.person, "call.none", turn.now, lead.id)
    if content.desk.move("try", lead.status, "partner"):
        lead = moves.attempt(content, turn, lead, member.person, "try") or lead
    if tries < TRIES or lead.inbox == COORDINATOR:
        return _ends(content, turn, lead, "call_tried", count=tries)
    note = content.words.phrase("nl", "desk.call_tries", count=tries)
    ladder.hand_over(content, turn, lead, member.person, "not_reached", note=note)
    return _ends(content, turn, lead, "with_coordinator")


def _stop(content: Content, turn: Turn, lead: Lead, member: Member) -> Outcome:
    """End the lead, as its resident said: what members can read of it is blanked, the message in hand with it."""
    tapped = turn.incoming.message
    sent = {(one.person, one.message) for one in sent_messages.of_lead(turn.tx, turn.wijk.id, lead.id)}
    sent |= {(view.member, view.message) for view in views.of_lead(turn.tx, turn.wijk.id, lead.id)}
    if not handoff.stop(content, turn, lead, member.person):
        return _answer(turn, closing(content, content.words.phrase("nl", "desk.call_gone")))
    audit.add(turn.tx, turn.wijk.id, member.person, "call.self_stop", turn.now)
    if (turn.me, tapped) not in sent:
        _ends(content, turn, lead, "withdrawn")
    return Outcome(withdrawn=(lead.id,))


def _asks(content: Content, lead: Lead, key: str, rows: Rows, back: LeadTap | CallTap) -> Card:
    """Draw a question about a call, with the way back."""
    text = f"{lead.code}\n{content.words.phrase('nl', f'desk.{key}')}"
    return Card(text, (*rows, (Choice(content.words.phrase("nl", "nav.back"), back),)))


def _choice(content: Content, call: Call, who: str, answer: str) -> Choice:
    return Choice(content.words.phrase("nl", f"desk.call_{answer}"), CallTap(call.token, f"{who}_{answer}"))


def _ends(content: Content, turn: Turn, lead: Lead, key: str, **fields: object) -> Outcome:
    return _answer(turn, closing(content, content.words.phrase("nl", f"desk.{key}", code=lead.code, **fields)))


def _answer(turn: Turn, card: Card) -> Outcome:
    turn.say(turn.me, card, edit=turn.incoming.message)
    return NOTHING
