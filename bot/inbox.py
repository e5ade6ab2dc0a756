"""Who reads an inbox, and how they hear that something came or changed. Guards that a first notice bears no name."""

from __future__ import annotations

from datetime import datetime

from bot.card import Card, data
from bot.house import House
from bot.packet import topic_line
from bot.traffic import Button
from bot.turn import Turn
from db import conversations, leads, people
from db.leads import Lead
from flows.wijk import COORDINATOR


def partner_name(house: House, turn: Turn, lead: Lead, language: str = "nl") -> str:
    """The partner's name for that reader, or its id when the wijk no longer has it."""
    partner = turn.wijk.partners.get(lead.partner)
    return house.words.partner(language, partner) if partner else lead.partner


def tell_inbox(turn: Turn, lead: Lead, card: Card, *, but: str = "", open_at: dict[str, int] | None = None) -> None:
    """Tell everybody who has this lead before them: cards that were opened are edited, the others get a message.

    `but` already knows. `open_at` says who had it open where, when that cannot be read from the store any more.
    """
    cards = opened(turn, lead.id) if open_at is None else open_at
    for address, message in cards.items():
        if address != but:
            turn.say(address, card, edit=message)
    for address in [lead.assignee] if lead.assignee else readers(turn, lead.inbox):
        if address not in cards and address not in (but, turn.me):
            turn.say(address, card)


def notice(house: House, turn: Turn, lead: Lead) -> Card:
    """What an inbox hears first: topics, urgency and code; no name."""
    phrase = house.words.phrase
    text = phrase(
        "nl",
        "desk.new",
        topics=topic_line(house, lead.topic, "nl"),
        urgency=phrase("nl", "desk.urgent" if lead.urgent else "desk.normal"),
        code=lead.code,
        deadline=deadline(house, lead.claim_by),
    )
    if lead.inbox == COORDINATOR and lead.partner != COORDINATOR:
        text += "\n" + phrase("nl", "desk.for_coordinator", partner=partner_name(house, turn, lead))
    return Card(text, ((Button(phrase("nl", "desk.view"), data(f"lead.{lead.id}", "view", lead.version)),),))


def closing(house: House, text: str) -> Card:
    """What stands where a lead was open before: the news, and the way back to the inbox."""
    return Card(text, ((Button(house.words.phrase("nl", "desk.back"), data("desk", "inbox", 0)),),))


def deadline(house: House, moment: datetime | None) -> str:
    """A day as partners read it."""
    return house.words.day("nl", moment.date()) if moment else "-"


def readers(turn: Turn, inbox: str) -> list[str]:
    """The addresses of everybody who reads this inbox."""
    if inbox == COORDINATOR:
        return [each.address for each in people.coordinators(turn.tx, turn.wijk.id)]
    return [each.address for each in people.members_of(turn.tx, turn.wijk.id, inbox)]


def opened(turn: Turn, lead: int) -> dict[str, int]:
    """Who has this lead open, and in which message."""
    key = leads.key(lead)
    place = conversations.load(turn.tx, turn.wijk.id, [key])[key].place
    return dict(place.get("cards", {})) if place else {}
