"""What waits for the coordinator, each in one line: what fell, came back, is in danger, or cannot be delivered. Dutch.

Guards the rule that the coordinator reads where something waits, never who was late, and nothing of a lead that a
partner has but its topics. The lines have no topics: nothing takes them back when a resident stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.content.loaded import ZONE, Content
from bot.leads.afterwards.again import ELSE, NOT_YET
from bot.leads.clocks import ladder, moves
from bot.leads.consent.answers import ASKER, EVERYBODY
from bot.leads.members.departure import CLOSED
from bot.leads.members.reachability import only_chat
from bot.leads.packet import topic_line
from bot.leads.recipients import inbox_name, reads
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import DashboardTap, LeadTap
from bot.messages.turn import Turn
from db.leads import leads, rungs
from db.leads.consent import passings
from db.leads.lead import Lead
from db.people.members import Member
from flows.model.desk import Move
from flows.model.wijk import COORDINATOR

MOST = 200
"""So many leads are looked at; more would not be decided in a day."""

PAGE = 8
"""Lines on one page of the whole list."""

BACK = ("silent", "returned", ladder.FETCHED, ELSE, CLOSED)
"""The reasons of a lead that came back to the coordinator."""


class Waits(NamedTuple):
    """One lead that waits for the coordinator, and the key of the words for why."""

    lead: Lead
    why: str


class Waiting:
    """Draws what waits for the coordinator, and brings a lead to them that waits elsewhere."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the dashboard, in Dutch."""
        return self.content.words.phrase("nl", f"coordinator.{key}", **fields)

    def found(self, turn: Turn) -> list[Waits]:
        """Return what waits: what cannot wait first, then what is due first."""
        known = rungs.for_coordinator(turn.tx, turn.wijk.id, ladder.TOLD, MOST)
        return [Waits(lead, why) for lead in known if lead.packet is not None and (why := self.why(turn, lead))]

    def why(self, turn: Turn, lead: Lead) -> str:
        """Return the key of the words for why this lead waits for the coordinator; empty when it does not."""
        asked, mine = passings.of_lead(turn.tx, turn.wijk.id, lead.id), lead.inbox == COORDINATOR
        if asked is not None and (asked.said or asked.rung >= (ASKER if mine else EVERYBODY)):
            return "why_talk" if asked.said else "why_no_yes"
        if mine and lead.assignee is None:
            came = NOT_YET if lead.reason == NOT_YET else "back" if lead.reason in BACK else "new"
            why = f"why_{lead.status}" if self.content.desk.falls(lead.status) else f"why_{came}"
            return "" if asked is not None else why
        if (lead.rung or 0) >= ladder.TOLD:
            return "why_danger" if moves.promises(self.content, lead.status) else "why_going"
        return "why_away" if only_chat(lead) and lead.resident and not reads(turn, lead.resident) else ""

    def rows(self, turn: Turn, found: list[Waits], offset: int, page: int) -> Rows:
        """Return a button for each of these leads, from `offset` on, and one to the rest."""
        rows: Rows = tuple((self.button(turn, each),) for each in found[offset : offset + page])
        if len(found) > offset + page:
            more = DashboardTap("waiting", str(offset + page))
            rows = (*rows, (Choice(self.phrase("waiting_more", count=len(found) - offset - page), more),))
        return rows

    def button(self, turn: Turn, each: Waits) -> Choice:
        """Return one line: to the lead itself, or to what can be done about one that waits elsewhere."""
        lead = each.lead
        text = self.phrase(
            "waiting_line",
            mark="❗ " if lead.urgent else "",
            code=lead.code,
            why=self.phrase(each.why),
            at="" if lead.inbox == COORDINATOR else f" · {inbox_name(self.content, turn, lead.inbox)}",
        )
        if lead.inbox == COORDINATOR:
            return Choice(text, LeadTap(lead.token, "view", version=lead.version))
        return Choice(text, DashboardTap("lead", lead.token))

    def list(self, turn: Turn, offset: int) -> Card:
        """Draw the whole list, a page at a time."""
        found = self.found(turn)
        offset = offset if offset < len(found) else 0
        back = (Choice(self.phrase("back"), DashboardTap()),)
        return Card(
            self.phrase("waiting_title", count=len(found)),
            (*self.rows(turn, found, offset, PAGE), back),
            replaces="dashboard",
        )

    def elsewhere(self, turn: Turn, token: str) -> Card | None:
        """Draw what the coordinator may know of a lead that a partner has, and the button that brings it here."""
        each = self.one(turn, token)
        if each is None:
            return None
        lead = each.lead
        day = (lead.contact_by or lead.due_at or turn.now).astimezone(ZONE).date()
        text = self.phrase(
            "waiting_there",
            code=lead.code,
            topics=topic_line(self.content, lead.topic, "nl"),
            why=self.phrase(each.why),
            partner=inbox_name(self.content, turn, lead.inbox),
            deadline=self.content.words.day("nl", day),
        )
        rows: Rows = tuple(
            (Choice(move.label, DashboardTap("fetch", lead.token, f"{lead.version}_{move.name}")),)
            for move in (self.decisions() if self.can_fetch(lead) else ())
        )
        return Card(text, (*rows, (Choice(self.phrase("back"), DashboardTap()),)), replaces="dashboard")

    def fetch(self, turn: Turn, by: Member, token: str, version: str, move: Move) -> Lead | None:
        """Bring a lead to the coordinator, who makes this move with it; None when it does not wait there any more.

        Its resident reads who helps now, from the move itself where that takes it.
        """
        each = self.one(turn, token)
        if each is None or str(each.lead.version) != version or not self.can_fetch(each.lead):
            return None
        reason, tells = ladder.FETCHED, not move.takes
        return ladder.hand_over(self.content, turn, each.lead, by.person, reason, tell="leads.fetched", tells=tells)

    def decisions(self) -> Sequence[Move]:
        """Return the moves that a coordinator makes with a lead as it is when it was brought to them."""
        return self.content.desk.buttons(self.content.desk.moves_by_name["return"].to, "coordinator")

    def can_fetch(self, lead: Lead) -> bool:
        """Return whether this lead can be brought to the coordinator: not while it waits until a day."""
        return lead.owner != "system" and lead.status in self.content.desk.moves_by_name["return"].sources

    def one(self, turn: Turn, token: str) -> Waits | None:
        """Return this lead if it waits for the coordinator at a partner, and is not their own as a resident."""
        lead = leads.by_token(turn.tx, turn.wijk.id, token)
        if lead is not None and lead.resident == turn.sender:
            return None
        if lead is None or lead.closed_at is not None or lead.packet is None or lead.inbox == COORDINATOR:
            return None
        why = self.why(turn, lead)
        return Waits(lead, why) if why else None
