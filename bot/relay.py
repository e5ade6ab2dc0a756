"""Messages between a resident and the member who took their lead, through the bot: nobody needs the other's number.

The words stand in the outbox until they are delivered, and nowhere afterwards.
"""

from __future__ import annotations

from bot.card import Card, data
from bot.house import House
from bot.inbox import partner_name
from bot.traffic import Button
from bot.turn import Turn
from db import audit, conversations, leads, people
from db.leads import FINAL, Lead
from db.people import Member
from flows.effects import Relay
from flows.heard import Tap
from flows.place import Place
from flows.walk import WELCOME
from flows.wijk import COORDINATOR

TO_RESIDENT, TO_PARTNER = "relay.to_resident", "relay.to_partner"


def may_write(lead: Lead, member: Member) -> bool:
    """Whoever took an open lead may write to its resident."""
    return lead.assignee == member.address and lead.status not in FINAL and lead.resident is not None


def begin(house: House, turn: Turn, lead: Lead) -> None:
    """The member's next words go to the resident of this lead."""
    turn.place = house.walk.aside(turn.place or Place(WELCOME, language="nl"), TO_RESIDENT, lead.id)


def hears(house: House, turn: Turn) -> bool:
    """A resident taps *Antwoord* under a message: their next words go to whoever helps them."""
    heard = turn.incoming.heard
    if not (isinstance(heard, Tap) and heard.step == "reply"):
        return False
    lead = leads.get(turn.tx, turn.wijk.id, int(heard.answer)) if heard.answer.isdigit() else None
    if lead is None or lead.resident != turn.me or lead.status in FINAL or turn.place is None:
        turn.say(turn.me, Card(house.words.phrase(turn.language, "relay.closed")))
    else:
        turn.place = house.walk.aside(turn.place, TO_PARTNER, lead.id)
    return True


def send(house: House, turn: Turn, message: Relay) -> None:
    """Send the words on, if both may still speak about this lead; else say that it is over."""
    lead = leads.get(turn.tx, turn.wijk.id, message.lead)
    member = people.member(turn.tx, turn.wijk.id, turn.me)
    phrase = house.words.phrase
    if lead is None or lead.status in FINAL or not lead.resident or not lead.assignee:
        turn.say(turn.me, Card(phrase(turn.language, "relay.closed")))
    elif message.to == "resident" and member is not None and may_write(lead, member):
        language = _language(turn, lead)
        coordinator = lead.inbox == COORDINATOR
        text = phrase(
            language,
            "relay.message_coordinator" if coordinator else "relay.message",
            member=member.name,
            partner=partner_name(house, turn, lead, language),
            code=lead.code,
            text=message.text,
        )
        rows = (
            (Button(phrase(language, "relay.reply"), data("reply", str(lead.id), 0)),),
            (Button(phrase(language, "nav.my_help"), data(WELCOME, "_help", 0)),),
        )
        turn.say(lead.resident, Card(text, rows))
        audit.add(turn.tx, turn.wijk.id, turn.me, "message.to_resident", turn.now, lead.id)
    elif message.to == "partner" and lead.resident == turn.me:
        text = phrase("nl", "desk.message", code=lead.code, text=message.text)
        answer = Button(phrase("nl", "desk.write"), data(f"lead.{lead.id}", "write", lead.version))
        turn.say(lead.assignee, Card(text, ((answer,),)))
        audit.add(turn.tx, turn.wijk.id, "resident", "message.to_partner", turn.now, lead.id)


def _language(turn: Turn, lead: Lead) -> str:
    """The language that the resident reads now, which may be another than when the lead was made."""
    if lead.resident is None:
        return lead.language
    known = conversations.look(turn.tx, turn.wijk.id, [lead.resident]).get(lead.resident)
    return (known and known.language) or lead.language
