"""A member who has a lead brings another organisation in: which, what for, and what it is asked. Dutch only.

The resident is asked first, and nothing moves before their yes.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loaded import Content
from bot.leads.consent import bringing, passing
from bot.leads.members.reachability import away
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import InboxTap, LeadTap, PassTap
from bot.messages.turn import Turn
from bot.screens.partner.lead import LeadScreen
from db.leads import leads
from db.leads.consent import passings
from db.leads.lead import Lead
from db.people.members import Member

PAGE = 6
"""Organisations on one page."""


class BringingIn:
    """Asks a member who comes in beside them, and then the resident."""

    def __init__(self, content: Content, lead: LeadScreen) -> None:
        self.content, self.lead = content, lead

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.content.words.phrase("nl", f"desk.{key}", **fields)

    def hears(self, turn: Turn, memberships: Sequence[Member], tap: PassTap) -> None:
        """Carry out one tap, of the member who has this lead as it stands now; else show how it stands."""
        lead = leads.by_token(turn.tx, turn.wijk.id, tap.lead)
        role, member = self.lead.seat(memberships, lead)
        may = lead is not None and lead.resident not in (None, turn.sender)
        if lead is None or not may or not bringing.may_bring(self.content, lead, member, role):
            self.lead.hears(turn, memberships, LeadTap(tap.lead, "view"))
            return
        asked = passings.of_lead(turn.tx, turn.wijk.id, lead.id)
        if lead.version != tap.version:
            self.lead.card.show(turn, member, lead, role, self.phrase("too_late", code=lead.code))
        elif asked is not None and tap.back:
            passings.end(turn.tx, turn.wijk.id, lead.id)
            self.lead.card.show(turn, member, lead, role, self.phrase("pass_taken_back"))
        elif asked is not None:
            self.answer(
                turn, lead, f"{lead.code}\n{passing.waits(self.content, turn, lead)}", self.take_back(lead, asked.to)
            )
        else:
            self.ask(turn, lead, tap)

    def ask(self, turn: Turn, lead: Lead, tap: PassTap) -> None:
        """Ask what is not said yet: which organisation, and what for; then ask the resident, if they read the chat."""
        found, partners = bringing.topics(self.content, turn, lead), turn.wijk.partners
        wanted = bringing.asks(self.content)
        asks = tap.asks if tap.asks in wanted else bringing.JOIN
        topics = found.get(tap.to, {})
        topic = next(iter(topics)) if len(topics) == 1 else tap.why
        if not topics:
            self.answer(turn, lead, *self.organisations(turn, lead, list(found), asks, tap.offset))
        elif topic not in topics:
            text = self.phrase("bring_why", code=lead.code, partner=partners[tap.to].name)
            labels = {each: _capital(self.content.words.phrase("nl", f"topics.{each}")) for each in topics}
            rows = ((Choice(label, self.tap(lead, tap.to, each, asks)),) for each, label in labels.items())
            self.answer(turn, lead, text, tuple(rows))
        elif away(self.content, turn, lead):
            self.answer(turn, lead, self.phrase("bring_away", code=lead.code))
        else:
            to = partners[tap.to]
            sent = passing.ask(self.content, turn, lead, to, why=topic, asks=asks, keeps=True) is not None
            self.answer(turn, lead, self.phrase("bring_asked" if sent else "too_late", code=lead.code, partner=to.name))

    def organisations(self, turn: Turn, lead: Lead, found: Sequence[str], asks: str, offset: int) -> tuple[str, Rows]:
        """List who can come in, a page at a time; what they are asked stands below, and changes at a tap."""
        offset = offset if offset < len(found) else 0
        names = ((each, turn.wijk.partners[each].name) for each in found[offset : offset + PAGE])
        rows: list[tuple[Choice, ...]] = [
            (Choice(self.phrase("bring_partner", partner=name), self.tap(lead, each, asks=asks)),)
            for each, name in names
        ]
        if len(found) > PAGE:
            further = offset + PAGE if offset + PAGE < len(found) else 0
            rows.append(
                (Choice(self.content.words.phrase("nl", "nav.next"), self.tap(lead, asks=asks, offset=further)),)
            )
        if found:
            wanted = bringing.asks(self.content)
            keys = list(wanted)
            following = keys[(keys.index(asks) + 1) % len(keys)]
            label = self.phrase("pass_wanted", asks=wanted[asks])
            rows.append((Choice(label, self.tap(lead, asks=following, offset=offset)),))
        return self.phrase("bring_to" if found else "bring_nobody", code=lead.code), tuple(rows)

    def take_back(self, lead: Lead, to: str) -> Rows:
        """Return the row that takes back what the resident is asked."""
        partner = self.content.wijk.partners.get(to)
        label = self.phrase("bring_take_back", partner=partner.name if partner else to)
        return ((Choice(label, PassTap(lead.token, version=lead.version, back=True, keeps=True)),),)

    def tap(self, lead: Lead, to: str = "", why: str = "", asks: str = "", offset: int = 0) -> PassTap:
        """Return what a button on these cards carries."""
        return PassTap(lead.token, to, why, asks, lead.version, offset, keeps=True)

    def answer(self, turn: Turn, lead: Lead, text: str, rows: Rows = ()) -> None:
        """Answer a member where they tapped, with the way back to the lead and to the inbox."""
        back = Choice(self.content.words.phrase("nl", "nav.back"), LeadTap(lead.token, "view", version=lead.version))
        inbox = Choice(self.phrase("back"), InboxTap())
        turn.say(turn.me, Card(text, (*rows, (back, inbox))), edit=turn.incoming.message, lead=lead.id)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
