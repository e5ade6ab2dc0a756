"""A person stops reading the chat (they blocked the bot, or their account is gone), or reads it again.

Guards two rules: people who count on the chat hear once that it ended, and how to go on with what the resident agreed
to share; and no notice holds a number or an address, because only an open card can be blanked later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.content.loaded import Content
from bot.leads.packet import topic_line
from bot.leads.recipients import holders, inbox_name, leave_inbox, partner_name, readers, reads, tell_coordinators
from bot.leads.status import running
from bot.messages.buttons import InboxTap, LeadTap
from bot.messages.card import Card, Choice
from bot.messages.message import Outgoing
from bot.messages.turn import NOTHING, Outcome, Turn
from db.leads import leads
from db.leads.leads import Lead
from db.people import addresses, conversations, members
from db.people.members import Member
from db.queue import outbox
from db.store import Tx
from flows.model.wijk import COORDINATOR

WAYS = ("phone", "address")
"""The fields of a packet by which a resident can be reached without the chat."""


def left(content: Content, turn: Turn) -> Outcome:
    """Tell everybody who counts on this person, the first time only, that they cannot be reached any more.

    Messages that wait for them are dropped. A person who never chose a language is forgotten: nothing of theirs is
    worth keeping.
    """
    outbox.drop_for(turn.tx, turn.wijk.id, turn.me)
    if not turn.conversation.language:
        conversations.forget(turn.tx, turn.wijk.id, turn.me)
        return Outcome(forgotten=True)
    if not turn.conversation.blocked:
        _note(turn, blocked=True)
        for member in members.of(turn.tx, turn.wijk.id, turn.me):
            _member_left(content, turn, member)
        for lead in running(content, turn):
            _resident_left(content, turn, lead)
    return NOTHING


def returned(content: Content, turn: Turn) -> bool:
    """Note that this person reads the chat; if they were away before, tell everybody who was told so.

    True when they are back and help runs for them, which they may want to see.
    """
    if not turn.conversation.blocked:
        return False
    _note(turn, blocked=False)
    memberships = members.of(turn.tx, turn.wijk.id, turn.me)
    for member in memberships:
        for person in readers(turn, COORDINATOR):
            if person != turn.me:
                turn.say(person, Card(_of_member(content, turn, member, "member_back")))
    if memberships:
        inbox = Choice(content.words.phrase("nl", "coordinator.inbox"), InboxTap())
        turn.say(turn.me, Card(content.words.phrase("nl", "desk.welcome_back"), ((inbox,),)))
    found = running(content, turn)
    again = content.words.phrase("nl", "desk.reads_again")
    for lead in found:
        _tell(content, turn, lead, again)
        if _only_chat(lead):
            tell_coordinators(turn, Card(f"{lead.code}\n{again}"))
    return bool(found)


def away(content: Content, turn: Turn, lead: Lead) -> str:
    """Return what the holders of this lead must know while its resident does not read the chat; else an empty text."""
    if lead.resident is None or reads(turn, lead.resident):
        return ""
    way = _other_way(lead) or ("coordinator" if _fell(lead) else "chat")
    return "\n".join(content.words.phrase("nl", f"desk.{key}") for key in ("away", f"away_{way}"))


def away_card(content: Content, turn: Turn, lead: Lead) -> Card:
    """Return what `away` says as a notice, with a button to the lead."""
    return _card(content, lead, away(content, turn, lead))


def addresses_of(
    tx: Tx, wijk: str, out: Sequence[Outgoing], here: Mapping[str, str], blocked: Collection[str]
) -> dict[str, str]:
    """Return where the readers of these messages are reached; a person who reads nothing or has no address is left out.

    `here` holds the addresses of the people whose turns were taken, `blocked` those among them who read nothing.
    """
    known = {person: address for person, address in here.items() if person not in blocked}
    others = {each.to for each in out if ":" not in each.to and each.to not in here}
    return known | addresses.reached(tx, wijk, others)


def _note(turn: Turn, *, blocked: bool) -> None:
    """Write this to the store at once, so that everybody who is told now is a person who reads the chat."""
    conversations.set_blocked(turn.tx, turn.wijk.id, turn.me, blocked)
    turn.conversation = replace(turn.conversation, blocked=blocked)


def _resident_left(content: Content, turn: Turn, lead: Lead) -> None:
    _tell(content, turn, lead, away(content, turn, lead))
    if _only_chat(lead):
        text = content.words.phrase(
            "nl",
            "desk.away_partner",
            code=lead.code,
            topics=topic_line(content, lead.topic, "nl"),
            partner=partner_name(content, turn, lead),
        )
        tell_coordinators(turn, Card(text), lead=lead.id)


def _member_left(content: Content, turn: Turn, member: Member) -> None:
    """Tell the coordinators, with the leads that this member had taken; leave the inbox when it has no readers now."""
    text = _of_member(content, turn, member, "member_away")
    taken = [lead for lead in leads.taken_by(turn.tx, turn.wijk.id, turn.me) if lead.inbox == member.organisation]
    if taken:
        codes = content.words.in_row([lead.code for lead in taken], "nl")
        text += "\n" + content.words.phrase("nl", "desk.member_taken", codes=codes)
    tell_coordinators(turn, Card(text))
    if member.organisation != COORDINATOR and not readers(turn, member.organisation):
        leave_inbox(content, turn, member.organisation)


def _tell(content: Content, turn: Turn, lead: Lead, text: str) -> None:
    """Tell the holders of this lead, or the coordinators when it fell to them."""
    for person in readers(turn, COORDINATOR) if _fell(lead) else holders(turn, lead):
        turn.say(person, _card(content, lead, text), lead=lead.id)


def _fell(lead: Lead) -> bool:
    """Return whether the lead is the coordinator's: sent there, or ended without success so that help must be found."""
    return lead.inbox == COORDINATOR or lead.closed_at is not None


def _other_way(lead: Lead) -> str:
    """Return the field of the packet by which the resident can be reached without the chat, or an empty text."""
    return next((field for field in WAYS if (lead.packet or {}).get(field)), "")


def _only_chat(lead: Lead) -> bool:
    """Return whether a partner has the lead but no way to the resident; then the coordinator must know."""
    return not _fell(lead) and not _other_way(lead)


def _of_member(content: Content, turn: Turn, member: Member, key: str) -> str:
    partner = inbox_name(content, turn, member.organisation)
    return content.words.phrase("nl", f"desk.{key}", member=member.name, partner=partner)


def _card(content: Content, lead: Lead, text: str) -> Card:
    view = Choice(content.words.phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version))
    return Card(f"{lead.code}\n{text}", ((view,),))
