"""Who does what in the wijk: every organisation, and a card of each. Dutch only.

Guards the rule that whoever works nowhere here sees nothing of it, and that nothing of a resident or a lead is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.content.doors import opening
from bot.content.loaded import Content
from bot.leads.members.availability import last_day, today, within
from bot.messages.card import Card, Choice
from bot.messages.taps.members import InboxTap, WhoTap
from bot.messages.turn import Turn
from db.people.members import Member
from flows.model.wijk import Partner
from flows.texts.lines import SCREEN, WIDTH, lines

ACT = "who"
"""The act of the desk's table that lets somebody read who does what."""

PAGE = 6
"""Organisations on one page."""


class WhoDoesWhat:
    """Draws who does what for members, wijkverbinders and coordinators."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of this screen, in Dutch."""
        return self.content.words.phrase("nl", f"who.{key}", **fields)

    def hears(self, turn: Turn, memberships: Sequence[Member], tap: WhoTap) -> None:
        """Show a sender with these memberships what they tapped."""
        if not any(self.content.desk.may(ACT, each.role) for each in memberships):
            turn.say(turn.me, Card(self.content.words.phrase("nl", "desk.no_member"), replaces="no_member"))
            return
        partner = turn.wijk.partners.get(tap.value) if tap.act == "view" else None
        offset = int(tap.value) if tap.value.isdecimal() else 0
        card = self.one(turn, partner) if partner else self.listed(turn, offset)
        turn.say(turn.me, card, edit=turn.incoming.message)

    def listed(self, turn: Turn, offset: int) -> Card:
        """Draw the organisations of the wijk, each with how it stands now, a page at a time."""
        found = list(turn.wijk.partners.values())
        offset = offset if offset < len(found) else 0
        rows = [(self.line(each),) for each in found[offset : offset + PAGE]]
        if len(found) > PAGE:
            following = offset + PAGE if offset + PAGE < len(found) else 0
            rows.append((Choice(self.content.words.phrase("nl", "nav.next"), WhoTap(value=str(following))),))
        rows.append((Choice(self.content.words.phrase("nl", "nav.back"), InboxTap()),))
        return Card(self.phrase("title", wijk=turn.wijk.name), tuple(rows), replaces=ACT)

    def line(self, partner: Partner) -> Choice:
        """Return the button of one organisation, cut off so that how it stands is always read."""
        state = self.state(partner)
        room = WIDTH - len(self.phrase("line", partner="", state=state))
        name = partner.name if len(partner.name) <= room else partner.name[: room - 1].rstrip() + "…"
        return Choice(self.phrase("line", partner=name, state=state), WhoTap("view", partner.id))

    def state(self, partner: Partner) -> str:
        """Return how an organisation stands, in the word that its members read."""
        return self.content.words.phrase("nl", f"coordinator.{partner.state}")

    def one(self, turn: Turn, partner: Partner) -> Card:
        """Draw one organisation: what it does here, how it stands, its door, and when that was asked.

        What the wijk itself says about a service is added while the card stays on one screen.
        """
        text = self.told(turn, partner, own_words=True)
        if lines(text) > SCREEN:
            text = self.told(turn, partner, own_words=False)
        return Card(text, ((Choice(self.phrase("back"), WhoTap()),),), replaces=ACT)

    def told(self, turn: Turn, partner: Partner, *, own_words: bool) -> str:
        """Return what is known of an organisation, as its file and the switches of the wijk have it."""
        parts = [
            self.phrase("name", partner=partner.name, what=partner.what),
            *self.services(turn, partner, own_words=own_words),
            *([self.phrase("free")] if partner.free else []),
            self.phrase("state", state=self.state(partner), until=last_day(self.content, partner)),
            *([] if partner.staffed else [self.phrase("unread")]),
            *([self.phrase("days", days=within(self.content, partner))] if partner.agreed else []),
            *self.door(turn, partner),
            self.phrase("checked", checked=self.checked(partner.known.checked)),
        ]
        return "\n".join(parts)

    def services(self, turn: Turn, partner: Partner, *, own_words: bool) -> list[str]:
        """Return what an organisation does in this wijk, a line for each service."""
        found, places = [], self.content.places(turn.wijk, "nl")
        for key, words in self.content.charts.services.items():
            service = turn.wijk.services.get(key)
            if service is None or service.partner != partner.id:
                continue
            text = self.content.words.fill("nl", f"services.{key}", words, places)
            said = " ".join(service.say.split()) if own_words else ""
            found.append(self.phrase("service", service=f"{text}. {said}" if said else text))
        return found

    def door(self, turn: Turn, partner: Partner) -> list[str]:
        """Return where to walk in and when, and the number of the wijk's own that belongs to an organisation."""
        found, door, line = [], turn.wijk.places.get(partner.place), turn.wijk.lines.get(partner.line)
        if door is not None:
            key = "door" if door.address else "door_of"
            found.append(self.phrase(key, place=door.name, address=door.address))
            found.append(opening(self.content, door, "nl", today(turn)))
        if line is not None and line.phone and not line.shared:
            found.append(self.phrase("phone", line=line.name, phone=line.phone))
        return found

    def checked(self, known: date | int) -> str:
        """Return when somebody last asked whether this is true: a day, a year, or not yet."""
        if isinstance(known, date):
            return f"{known:%d-%m-%Y}"
        return str(known) if known else self.phrase("never")
