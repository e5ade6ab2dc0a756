"""The inbox: the open leads of all organisations that a member reads for. Dutch only."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loaded import Content
from bot.leads.members import digest
from bot.leads.packet import topic_line
from bot.leads.recipients import inbox_name
from bot.messages.card import Card, Choice
from bot.messages.taps.members import DashboardTap, InboxTap, LeadTap, LeaveTap
from bot.messages.turn import Turn
from bot.screens.partner.availability import Availability
from bot.screens.partner.days import AgreedDays
from bot.screens.partner.join import place_name
from db.leads import counts, leads
from db.people import digests
from db.people.members import Member

PAGE = 8
"""Leads on one page of an inbox."""

NAMED = 4
"""Organisations that are named above the inbox of a member of several."""


class Inbox:
    """Draws the inbox of a member."""

    def __init__(self, content: Content) -> None:
        self.content, self.words = content, content.words
        self.availability, self.days = Availability(content), AgreedDays(content)

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.words.phrase("nl", f"desk.{key}", **fields)

    def show(self, turn: Turn, memberships: Sequence[Member], offset: int = 0) -> None:
        """Show the open leads of the organisations for which the sender may read: urgent first, then the oldest."""
        reading = [each.organisation for each in memberships if self.content.desk.may("inbox", each.role)]
        organisations = list(dict.fromkeys(reading))
        if not organisations:
            turn.say(turn.me, Card(self.phrase("no_member"), replaces="no_member"))
            return
        found = leads.open_of_inboxes(turn.tx, turn.wijk.id, organisations, PAGE + 1, offset)
        names = [inbox_name(self.content, turn, each) for each in organisations[:NAMED]]
        if len(organisations) > NAMED:
            names.append(self.phrase("others", count=len(organisations) - NAMED))
        name = self.words.in_row(names, "nl")
        rows: list[tuple[Choice, ...]] = []
        for lead in found[:PAGE]:
            text = self.phrase(
                "line",
                mark="❗ " if lead.urgent else "",
                code=lead.code,
                topics=topic_line(self.content, lead.topic, "nl"),
                status=self.content.desk.statuses[lead.status].label,
            )
            rows.append((Choice(text, LeadTap(lead.token, "view", version=lead.version)),))
        if len(found) > PAGE:
            rows.append((Choice(self.words.phrase("nl", "nav.next"), InboxTap(offset + PAGE)),))
        at_partners = [each for each in memberships if each.organisation in turn.wijk.partners]
        stands = (self.availability.button(turn, each, alone=len(at_partners) == 1) for each in at_partners[:NAMED])
        rows += [(each,) for each in stands if each is not None]
        asked = (
            self.days.button(turn, each) for each in at_partners if not turn.wijk.partners[each.organisation].agreed
        )
        rows += [(each,) for each in asked if each is not None][:NAMED]
        for each in memberships[:NAMED]:
            if self.content.desk.may("leave", each.role):
                partner = place_name(self.content, turn, each.organisation)
                rows.append((Choice(self.phrase("leave", partner=partner), LeaveTap(each.handle)),))
        rows.append((Choice(self.hour(turn), InboxTap(digest="ask")),))
        rows.append((Choice(self.phrase("refresh"), InboxTap()),))
        if any(self.content.desk.may("dashboard.home", each.role) for each in memberships):
            rows.append((Choice(self.words.phrase("nl", "coordinator.overview"), DashboardTap()),))
        key = "inbox" if found else "inbox_empty"
        count = sum(counts.count_of_inbox(turn.tx, turn.wijk.id, each) for each in organisations)
        card = Card(self.phrase(key, partner=name, count=count), tuple(rows), replaces="inbox")
        turn.say(turn.me, card, edit=turn.incoming.message)

    def hour(self, turn: Turn) -> str:
        """Return at which hour the member reads the digest, in words."""
        chosen = digests.of(turn.tx, turn.wijk.id, turn.me)
        return self.phrase("digest_hour", hour=chosen.hour) if chosen else self.phrase("digest_at_once")

    def hears_of_digest(self, turn: Turn, memberships: Sequence[Member], hour: str) -> None:
        """Note the hour that a member chose, or ask for it."""
        if hour.isdecimal() and any(self.content.desk.may("inbox", each.role) for each in memberships):
            digest.choose(turn, turn.sender, int(hour))
            self.show(turn, memberships)
            return
        said = [(self.phrase("digest_hour", hour=each), str(each)) for each in digest.HOURS]
        said.append((self.phrase("digest_at_once"), "0"))
        rows = tuple((Choice(label, InboxTap(digest=each)),) for label, each in said)
        back = Choice(self.phrase("back"), InboxTap())
        turn.say(turn.me, Card(self.phrase("digest_asks"), (*rows, (back,))), edit=turn.incoming.message)
