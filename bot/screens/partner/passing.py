"""A member passes a lead on: to whom, what is asked of them, and why. Dutch only.

Where the resident's yes covers it, it goes at once; else the resident is asked, and nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.content.loaded import Content
from bot.leads import relay
from bot.leads.consent import passing
from bot.leads.members.reachability import away
from bot.leads.recipients import closing, holders, inbox_name
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import InboxTap, LeadTap, PassTap
from bot.messages.turn import Turn
from bot.screens.partner.lead import LeadScreen
from db.leads import leads
from db.leads.consent import passings
from db.leads.consent.passings import Passing
from db.leads.lead import Lead
from db.people.members import Member
from flows.model.desk import Move
from flows.model.wijk import Partner

PAGE = 6
"""Organisations on one page."""


class PassingOn:
    """Asks a member to whom a lead goes, and passes it on or asks its resident. `choose` picks characters of a code."""

    def __init__(self, content: Content, lead: LeadScreen, choose: Callable[[str], str]) -> None:
        self.content, self.lead, self.choose = content, lead, choose

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.content.words.phrase("nl", f"desk.{key}", **fields)

    def hears(self, turn: Turn, memberships: Sequence[Member], tap: PassTap) -> None:
        """Carry out one tap, of a member who may pass this lead on as it stands now; else show how it stands."""
        lead = leads.by_token(turn.tx, turn.wijk.id, tap.lead)
        role, member = self.lead.seat(memberships, lead)
        drawn = {each.name for each in self.content.desk.buttons(lead.status, role)} if lead else set()
        if lead is None or lead.packet is None or lead.resident in (None, turn.sender) or not role:
            self.lead.hears(turn, memberships, LeadTap(tap.lead, "view"))
            return
        if lead.version != tap.version or drawn.isdisjoint(passing.MOVES):
            self.lead.card.show(turn, member, lead, role, self.phrase("too_late", code=lead.code))
            return
        asked, move = passings.of_lead(turn.tx, turn.wijk.id, lead.id), passing.way_on(self.content, lead)
        to = next((each for each in passing.possible(turn.wijk, lead) if each.id == tap.to), None)
        asks = tap.asks if tap.asks in move.asks else next(iter(move.asks))
        why = next(iter(move.reasons)) if len(move.reasons) == 1 else tap.why
        if asked is not None and tap.back:
            passings.end(turn.tx, turn.wijk.id, lead.id)
            self.lead.card.show(turn, member, lead, role, self.phrase("pass_taken_back"))
        elif asked is not None:
            self.answer(turn, self.waiting(turn, lead, asked), lead)
        elif to is None:
            self.answer(turn, self.targets(turn, lead, move, asks, tap.offset), lead)
        elif why not in move.reasons:
            self.answer(turn, self.reasons(lead, move, to, asks), lead)
        else:
            self.pass_on(turn, member, lead, to, why, asks)

    def pass_on(self, turn: Turn, member: Member, lead: Lead, to: Partner, why: str, asks: str) -> None:
        """Pass the lead on where the resident's yes covers it, else ask the resident, if they read the chat."""
        consent = passing.agreed(turn, lead, to.id)
        if consent is None:
            if away(self.content, turn, lead):
                text = self.phrase("pass_away", code=lead.code)
            elif passing.ask(self.content, turn, lead, to, why=why, asks=asks) is not None:
                text = self.phrase("pass_asked", code=lead.code, partner=to.name)
            else:
                text = self.phrase("too_late", code=lead.code)
            self.answer(turn, Card(text, (self.to_lead(lead), (Choice(self.phrase("back"), InboxTap()),))), lead)
            return
        others = [each for each in holders(turn, lead) if each != turn.me]
        new = passing.pass_on(
            self.content,
            turn,
            lead,
            to,
            why=why,
            asks=asks,
            consent=consent,
            by=member.person,
            tells=others,
            news="passed",
            choose=self.choose,
        )
        if new is None:
            self.lead.hears(turn, [member], LeadTap(lead.token, "view"))
            return
        told = passing.way_on(self.content, lead).tell
        key, day = (told, new.contact_by) if new.contact_by else (f"{told}_looks", new.claim_by)
        relay.tell_resident(self.content, turn, new, key, partner=to.id, member=member.name, deadline=day)
        self.answer(turn, closing(self.content, self.phrase("passed", code=lead.code, partner=to.name)))

    def targets(self, turn: Turn, lead: Lead, move: Move, asks: str, offset: int) -> Card:
        """List the organisations, a page at a time; a mark says to which the lead goes at once.

        What is asked of them stands below, and changes at a tap.
        """
        found = passing.possible(turn.wijk, lead)
        offset = offset if offset < len(found) else 0
        keys = list(move.asks)
        following = keys[(keys.index(asks) + 1) % len(keys)]
        rows: Rows = tuple(
            (Choice(self.phrase(key, partner=each.name), self.tap(lead, to=each.id, asks=asks)),)
            for each in found[offset : offset + PAGE]
            for key in ["pass_at_once" if passing.agreed(turn, lead, each.id) else "pass_asks_first"]
        )
        if len(found) > PAGE:
            further = offset + PAGE if offset + PAGE < len(found) else 0
            more = self.tap(lead, asks=asks, offset=further)
            rows = (*rows, (Choice(self.content.words.phrase("nl", "nav.next"), more),))
        if found:
            other = Choice(
                self.phrase("pass_wanted", asks=move.asks[asks]), self.tap(lead, asks=following, offset=offset)
            )
            rows = (*rows, (other,))
        return Card(self.phrase("pass_to" if found else "pass_nobody", code=lead.code), (*rows, self.to_lead(lead)))

    def reasons(self, lead: Lead, move: Move, to: Partner, asks: str) -> Card:
        """Ask why the lead goes on."""
        rows: Rows = tuple(
            (Choice(text, self.tap(lead, to=to.id, why=key, asks=asks)),) for key, text in move.reasons.items()
        )
        return Card(self.phrase("pass_why", code=lead.code, partner=to.name), (*rows, self.to_lead(lead)))

    def waiting(self, turn: Turn, lead: Lead, asked: Passing) -> Card:
        """Show what the resident is asked, with the button that takes it back."""
        back = Choice(
            self.phrase("pass_take_back", partner=inbox_name(self.content, turn, asked.to)),
            PassTap(lead.token, version=lead.version, back=True),
        )
        return Card(f"{lead.code}\n{passing.waits(self.content, turn, lead)}", ((back,), self.to_lead(lead)))

    def tap(self, lead: Lead, to: str = "", why: str = "", asks: str = "", offset: int = 0) -> PassTap:
        """Return what a button on these cards carries."""
        return PassTap(lead.token, to, why, asks, lead.version, offset)

    def to_lead(self, lead: Lead) -> tuple[Choice, ...]:
        """Return the row that leads back to the lead."""
        back = self.content.words.phrase("nl", "nav.back")
        return (Choice(back, LeadTap(lead.token, "view", version=lead.version)),)

    def answer(self, turn: Turn, card: Card, lead: Lead | None = None) -> None:
        """Answer a member where they tapped, or with a new message."""
        turn.say(turn.me, card, edit=turn.incoming.message, lead=lead.id if lead else None)
