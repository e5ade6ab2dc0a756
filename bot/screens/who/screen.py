"""Who does what in the wijk: every organisation, and a card of each. Dutch only.

Guards the rule that whoever works nowhere here sees nothing of it, and that nothing of a resident or a lead is read.
Members are named only beside their own lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.content.doors import opening
from bot.content.loaded import Content
from bot.leads.members import call_for
from bot.leads.members.availability import last_day, today, within
from bot.leads.recipients import inbox_name
from bot.messages.card import Card, Choice
from bot.messages.taps.members import InboxTap, WhoTap
from bot.messages.turn import Outcome, Turn
from db.people import members
from db.people.members import Member
from flows.model.effects import Relay
from flows.model.wijk import CONNECTOR, COORDINATOR, Partner
from flows.texts.lines import SCREEN, WIDTH, lines

ACT = "who"
"""The act of the desk's table that lets somebody read who does what."""

PAGE = 6
"""Organisations on one page."""

NAMED = 3
"""Members whose lines stand on one page."""

OWN = ("mine", "write", "erase")
"""The acts on the lines of a membership, which they name by its handle."""


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
        card = self.own(turn, memberships, tap) if tap.act in OWN else self.card(turn, memberships, tap)
        if card is not None:
            turn.say(turn.me, card, edit=turn.incoming.message)

    def card(self, turn: Turn, memberships: Sequence[Member], tap: WhoTap) -> Card:
        """Draw what was tapped; whatever is not there leads to the list."""
        offset, _, organisation = tap.value.partition("_")
        if tap.act == "lines" and offset.isdecimal() and organisation in organisations(turn):
            return self.lines(turn, organisation, int(offset))
        if tap.act == "view" and tap.value in organisations(turn):
            return self.one(turn, tap.value)
        return self.listed(turn, memberships, int(tap.value) if tap.value.isdecimal() else 0)

    def own(self, turn: Turn, memberships: Sequence[Member], tap: WhoTap) -> Card | None:
        """Carry out what a member does with their own lines; a membership that is not theirs leads to the list."""
        handle, _, line = tap.value.partition("_")
        member = next((each for each in memberships if each.handle == handle), None)
        if member is None:
            return self.listed(turn, memberships, 0)
        if tap.act == "write" and line in ("0", "1"):
            call_for.begin(self.content, turn, member, int(line))
            return None
        if tap.act == "erase":
            call_for.erase(turn, member)
            member = replace(member, call_for=None)
        return self.mine(turn, memberships, member)

    def typed(self, turn: Turn, words: Relay) -> Outcome:
        """Keep the line that a member typed, and show all of theirs."""
        member = call_for.keep(self.content, turn, words)
        if member is not None:
            turn.say(turn.me, self.mine(turn, members.of(turn.tx, turn.wijk.id, turn.sender), member))
        return Outcome(answered=True)

    def mine(self, turn: Turn, memberships: Sequence[Member], member: Member) -> Card:
        """Draw what a member may be called for, who reads it, and what they can do with it."""
        said = call_for.lines(member)
        told = [self.phrase("mine_line", number=at, line=line) for at, line in enumerate(said, 1)]
        text = [
            self.phrase("mine", partner=inbox_name(self.content, turn, member.organisation)),
            *(told or [self.phrase("mine_none")]),
            "",
            self.phrase("mine_reads", name=member.name),
        ]
        rows = [
            (Choice(self.phrase("change", number=at + 1), WhoTap("write", f"{member.handle}_{at}")),)
            for at in range(len(said))
        ]
        if len(said) < call_for.MOST:
            key = "another" if said else "write"
            rows.append((Choice(self.phrase(key), WhoTap("write", f"{member.handle}_{len(said)}")),))
        if said:
            rows.append((Choice(self.phrase("erase"), WhoTap("erase", member.handle)),))
        for each in memberships[:PAGE]:
            if each.handle != member.handle:
                name = inbox_name(self.content, turn, each.organisation)
                rows.append((Choice(self.phrase("mine", partner=name), WhoTap("mine", each.handle)),))
        return Card("\n".join(text), (*rows, (Choice(self.phrase("back"), WhoTap()),)), replaces=ACT)

    def lines(self, turn: Turn, organisation: str, offset: int) -> Card:
        """Draw what the members of an organisation may be called for, some of them at a time."""
        found = self.callable(turn, organisation)
        offset = offset if offset < len(found) else 0
        text = [self.phrase("lines", partner=inbox_name(self.content, turn, organisation))]
        for each in found[offset : offset + NAMED]:
            text += [self.phrase("said", name=each.name, line=line) for line in call_for.lines(each)]
        rows = [(Choice(self.phrase("back"), WhoTap("view", organisation)),)]
        if len(found) > NAMED:
            following = offset + NAMED if offset + NAMED < len(found) else 0
            further = WhoTap("lines", f"{following}_{organisation}")
            rows.insert(0, (Choice(self.content.words.phrase("nl", "nav.next"), further),))
        return Card("\n".join(text), tuple(rows), replaces=ACT)

    def callable(self, turn: Turn, organisation: str) -> list[Member]:
        """Return the members of an organisation who said what they may be called for."""
        return [each for each in members.who_joined(turn.tx, turn.wijk.id, organisation) if each.call_for]

    def listed(self, turn: Turn, memberships: Sequence[Member], offset: int) -> Card:
        """Draw the organisations of the wijk, each with how it stands now, a page at a time."""
        found = organisations(turn)
        offset = offset if offset < len(found) else 0
        rows: list[tuple[Choice, ...]] = [(self.line(turn, each),) for each in found[offset : offset + PAGE]]
        if len(found) > PAGE:
            following = offset + PAGE if offset + PAGE < len(found) else 0
            rows.append((Choice(self.content.words.phrase("nl", "nav.next"), WhoTap(value=str(following))),))
        mine = Choice(self.phrase("mine_button"), WhoTap("mine", memberships[0].handle))
        rows.append((Choice(self.content.words.phrase("nl", "nav.back"), InboxTap()), mine))
        return Card(self.phrase("title", wijk=turn.wijk.name), tuple(rows), replaces=ACT)

    def line(self, turn: Turn, organisation: str) -> Choice:
        """Return the button of one organisation, cut off so that how it stands is always read."""
        partner = turn.wijk.partners.get(organisation)
        if partner is None:
            return Choice(inbox_name(self.content, turn, organisation), WhoTap("view", organisation))
        state = self.state(partner)
        room = WIDTH - len(self.phrase("line", partner="", state=state))
        name = partner.name if len(partner.name) <= room else partner.name[: room - 1].rstrip() + "…"
        return Choice(self.phrase("line", partner=name, state=state), WhoTap("view", partner.id))

    def state(self, partner: Partner) -> str:
        """Return how an organisation stands, in the word that its members read."""
        return self.content.words.phrase("nl", f"coordinator.{partner.state}")

    def one(self, turn: Turn, organisation: str) -> Card:
        """Draw one organisation: what it does here, how it stands, its door, and when that was asked.

        What the wijk itself says about a service is added while the card stays on one screen.
        """
        partner, name = turn.wijk.partners.get(organisation), inbox_name(self.content, turn, organisation)
        what = "connectors" if organisation == CONNECTOR else "coordinator"
        text = self.phrase("name", partner=name, what=self.phrase(what))
        if partner is not None:
            text = self.told(turn, partner, own_words=True)
            if lines(text) > SCREEN:
                text = self.told(turn, partner, own_words=False)
        rows = [(Choice(self.phrase("back"), WhoTap()),)]
        if count := len(self.callable(turn, organisation)):
            said = Choice(self.phrase("lines_button", count=count), WhoTap("lines", f"0_{organisation}"))
            rows.insert(0, (said,))
        return Card(text, tuple(rows), replaces=ACT)

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


def organisations(turn: Turn) -> list[str]:
    """Return every organisation of the wijk: its partners, then who brings neighbours in, and the coordination."""
    return [*turn.wijk.partners, CONNECTOR, COORDINATOR]
