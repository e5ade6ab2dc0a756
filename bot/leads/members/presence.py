"""A person stops reading the chat (they blocked the bot, or their account is gone), or reads it again.

Guards the rule that people who count on the chat hear once that it ended, and how to go on with what the resident
agreed to share (`docs/decisions/0014-unreachable-people.md`).
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.loaded import Content
from bot.leads import relay
from bot.leads.afterwards import asking
from bot.leads.clocks.calls import ask_what_was_lost
from bot.leads.clocks.word import Word
from bot.leads.consent import passing
from bot.leads.members.departure import SUSPENDED, blank, depart
from bot.leads.members.menus import show_menu
from bot.leads.members.reachability import away, fell, lead_card, only_chat
from bot.leads.packet import topic_line
from bot.leads.recipients import first_readers, holders, inbox_name, partner_name, tell_coordinators
from bot.leads.status import running
from bot.messages.card import Card, Choice
from bot.messages.taps.members import InboxTap
from bot.messages.turn import NOTHING, Outcome, Turn
from db.leads import calls
from db.leads.lead import Lead
from db.people import conversations, members
from db.queue import outbox
from flows.model.wijk import COORDINATOR


def left(content: Content, turn: Turn) -> Outcome:
    """Tell everybody who counts on this person, the first time only, that they cannot be reached any more.

    What a member had taken goes back at once. Messages that wait for them are dropped. A person who never chose a
    language is forgotten: nothing of theirs is worth keeping.
    """
    lost = outbox.leads_for(turn.tx, turn.wijk.id, turn.me)
    outbox.drop_for(turn.tx, turn.wijk.id, turn.me)
    if not turn.conversation.language:
        conversations.forget(turn.tx, turn.wijk.id, turn.me)
        return Outcome(forgotten=True)
    outcome = NOTHING
    if not turn.conversation.blocked:
        _note(turn, blocked=True)
        for member in members.of(turn.tx, turn.wijk.id, turn.me):
            outcome |= depart(content, turn, member, SUSPENDED).outcome
        for lead in running(content, turn):
            _resident_left(content, turn, lead)
            ask_what_was_lost(content, turn, lead, lost)
    return outcome


def returned(content: Content, turn: Turn) -> bool:
    """Note that this person reads the chat; if they were away before, tell everybody who was told so.

    Whom they wrote to is no longer before them. What they had open of leads is blanked: while they were away nothing
    could be taken from their chat. True when they are back and help runs for them, which they may want to see.
    """
    if not turn.conversation.blocked:
        return False
    _note(turn, blocked=False)
    relay.stop(content, turn)
    blank(content, turn, turn.me, everything=True)
    show_menu(content, turn, turn.me)
    memberships = members.of(turn.tx, turn.wijk.id, turn.me)
    for member in memberships:
        partner = inbox_name(content, turn, member.organisation)
        back = Card(content.words.phrase("nl", "desk.member_back", member=member.name, partner=partner))
        for person in first_readers(turn, COORDINATOR):
            if person != turn.me:
                turn.say(person, back)
    if memberships:
        inbox = Choice(content.words.phrase("nl", "coordinator.inbox"), InboxTap())
        turn.say(turn.me, Card(content.words.phrase("nl", "desk.welcome_back"), ((inbox,),)))
    found = running(content, turn)
    again = content.words.phrase("nl", "desk.reads_again")
    for lead in found:
        _tell(content, turn, lead, again)
        call = calls.of_lead(turn.tx, turn.wijk.id, lead.id)
        if call is not None and calls.done(turn.tx, turn.wijk.id, call.token):
            relay.say(content, turn, lead, Word.from_dict(call.word))
        passing.ask_again(content, turn, lead)
        if only_chat(lead):
            tell_coordinators(turn, Card(f"{lead.code}\n{again}"))
    asking.in_chat(content, turn)
    return bool(found)


def _note(turn: Turn, *, blocked: bool) -> None:
    """Write this to the store at once, so that everybody who is told now is a person who reads the chat."""
    conversations.set_blocked(turn.tx, turn.wijk.id, turn.me, blocked)
    turn.conversation = replace(turn.conversation, blocked=blocked)


def _resident_left(content: Content, turn: Turn, lead: Lead) -> None:
    _tell(content, turn, lead, away(content, turn, lead))
    if only_chat(lead):
        text = content.words.phrase(
            "nl",
            "desk.away_partner",
            code=lead.code,
            topics=topic_line(content, lead.topic, "nl"),
            partner=partner_name(content, turn, lead),
        )
        tell_coordinators(turn, Card(text), lead=lead.id)


def _tell(content: Content, turn: Turn, lead: Lead, text: str) -> None:
    """Tell the holders of this lead, or the coordinators when it fell to them."""
    for person in first_readers(turn, COORDINATOR) if fell(lead) else holders(turn, lead):
        turn.say(person, lead_card(content, lead, text), lead=lead.id)
