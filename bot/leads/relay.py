"""What a resident hears of their lead, and messages between them and the member who took it: nobody needs a number.

The words are in the outbox until they are delivered, and nowhere afterwards. Guards the rule that nothing is sent to a
person who does not read the chat: the writer hears so at once.
"""

from __future__ import annotations

from bot.content.loaded import ZONE, Content
from bot.leads.reachability import away_card
from bot.leads.recipients import partner_name, reads
from bot.messages.buttons import LeadTap, ReplyTap
from bot.messages.card import Card, Choice
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.leads import Lead
from db.people import conversations, members
from db.people.members import Member
from db.records import audit
from flows.model.desk import Move
from flows.model.effects import Relay
from flows.model.heard import ChartTap
from flows.model.names import MENU, NOT_SENT, TO_PARTNER, TO_RESIDENT, WELCOME
from flows.model.place import Place
from flows.model.wijk import COORDINATOR


def may_write(lead: Lead, member: Member) -> bool:
    """Return whether this member took the lead and it is open: then they may write to its resident."""
    return lead.assignee == member.person and lead.closed_at is None and lead.resident is not None


def begin(content: Content, turn: Turn, lead: Lead) -> None:
    """Let the member's next words go to the resident of this lead."""
    turn.place = content.walk.begin_at(turn.place or Place(WELCOME, language="nl"), TO_RESIDENT, lead.id)


def reply(content: Content, turn: Turn, tap: ReplyTap) -> None:
    """Let the next words of a resident who tapped *Antwoord* under a message go to the member who helps them."""
    lead = leads.by_token(turn.tx, turn.wijk.id, tap.lead)
    if lead is None or lead.resident != turn.me or lead.closed_at is not None or turn.place is None:
        turn.say(turn.me, Card(content.words.phrase(turn.language, "relay.closed"), replaces="closed"))
    else:
        turn.place = content.walk.begin_at(turn.place, TO_PARTNER, lead.id)


def send(content: Content, turn: Turn, message: Relay) -> bool:
    """Send the words on, if both may still speak about this lead and the other reads the chat; else say why not.

    Return whether they were sent.
    """
    lead = leads.get(turn.tx, turn.wijk.id, message.lead)
    member = next((each for each in members.of(turn.tx, turn.wijk.id, turn.me) if lead and may_write(lead, each)), None)
    refused = Card(content.words.phrase(turn.language, "relay.closed"))
    if lead is None or lead.closed_at is not None or not lead.resident or not lead.assignee:
        pass
    elif message.to == "resident" and member is not None:
        if reads(turn, lead.resident):
            _to_resident(content, turn, lead, member, message.text)
            return True
        refused = away_card(content, turn, lead)
    elif message.to == "partner" and lead.resident == turn.me:
        if reads(turn, lead.assignee):
            _to_partner(content, turn, lead, lead.assignee, message.text)
            return True
        refused = Card(content.words.phrase(turn.language, "relay.away"))
    turn.say(turn.me, refused)
    if turn.place is not None:
        turn.place = turn.place.moved(NOT_SENT, ())
    return False


def tell(content: Content, turn: Turn, member: Member, lead: Lead, move: Move) -> None:
    """Tell the resident about a move of this member, in the resident's own language."""
    resident = lead.resident
    if resident is None:
        return
    language = _language(turn, resident, lead)
    told, partner = move.tell, partner_name(content, turn, lead, language)
    if lead.inbox == COORDINATOR:
        by_coordinator = f"{move.tell}_coordinator"
        told = by_coordinator if by_coordinator in content.words.phrases else move.tell
        partner = content.words.phrase(language, "packet.coordinator")
    text = content.words.phrase(
        language,
        told,
        code=lead.code,
        member=member.name,
        partner=partner,
        deadline=content.words.day(language, (lead.contact_by or turn.now).astimezone(ZONE).date()),
        place=turn.wijk.places[turn.wijk.walk_in].name,
    )
    rows = tuple(
        (Choice(content.words.phrase(language, f"nav.{key}"), ChartTap(MENU, answer, 0)),)
        for key, answer in (("my_help", "_help"), ("where", "_stay"))
    )
    card = Card("\n".join(line[:1].upper() + line[1:] for line in text.split("\n")), rows)
    turn.say(resident, card, lead=lead.id, language=language)


def _to_resident(content: Content, turn: Turn, lead: Lead, member: Member, words: str) -> None:
    phrase, resident = content.words.phrase, lead.resident or ""
    language = _language(turn, resident, lead)
    text = phrase(
        language,
        "relay.message_coordinator" if lead.inbox == COORDINATOR else "relay.message",
        member=member.name,
        partner=partner_name(content, turn, lead, language),
        code=lead.code,
        text=words,
    )
    rows = (
        (Choice(phrase(language, "relay.reply"), ReplyTap(lead.token)),),
        (Choice(phrase(language, "nav.my_help"), ChartTap(WELCOME, "_help", 0)),),
    )
    turn.say(resident, Card(text, rows), lead=lead.id, language=language)
    audit.add(turn.tx, turn.wijk.id, turn.me, "message.to_resident", turn.now, lead.id)


def _to_partner(content: Content, turn: Turn, lead: Lead, assignee: str, words: str) -> None:
    phrase = content.words.phrase
    text = phrase("nl", "desk.message", code=lead.code, text=words)
    answer = Choice(phrase("nl", "desk.write"), LeadTap(lead.token, "write", version=lead.version))
    turn.say(assignee, Card(text, ((answer,),)), lead=lead.id)
    audit.add(turn.tx, turn.wijk.id, "resident", "message.to_partner", turn.now, lead.id)


def _language(turn: Turn, resident: str, lead: Lead) -> str:
    """Return the language that the resident reads now, which may have changed since the lead was made."""
    known = conversations.look(turn.tx, turn.wijk.id, [resident]).get(resident)
    return (known and known.language) or lead.language
