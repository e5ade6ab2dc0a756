"""One lead as its member sees it, and the moves that the table of `flows/desk.toml` allows. Dutch only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.loaded import ZONE, Content
from bot.leads import relay
from bot.leads.packet import packet_lines, topic_line
from bot.leads.reachability import away
from bot.leads.recipients import closing, deadline, partner_name, readers, tell_coordinators, tell_inbox
from bot.messages.buttons import InboxTap, LeadTap
from bot.messages.card import Card, Choice
from bot.messages.message import NOTICE, REPORT
from bot.messages.turn import Turn
from db.leads import consents, disclosures, leads, views
from db.leads.leads import Lead
from db.leads.views import View
from db.people import members
from db.people.members import Member
from db.records import audit
from flows.model.desk import Move
from flows.model.wijk import COORDINATOR


class LeadScreen:
    """Draws one lead, and carries out what a member does with it."""

    def __init__(self, content: Content) -> None:
        self.content, self.words = content, content.words

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.words.phrase("nl", f"desk.{key}", **fields)

    def hears(self, turn: Turn, memberships: Sequence[Member], tap: LeadTap) -> None:
        """Carry out a member's tap: show the lead, or move it, after asking for a reason where the table wants one."""
        lead = leads.by_token(turn.tx, turn.wijk.id, tap.lead)
        roles = {self.role(each, lead): each for each in reversed(memberships)}
        role = next((each for each in ("coordinator", "partner") if each in roles), "")  # what fell needs a coordinator
        member = roles[role]
        if lead is None or not self.content.desk.may("lead.view", role):
            self.answer(turn, closing(self.content, self.phrase("not_yours")))
            return
        if tap.move == "write" and self.may_write(lead, member, role) and not away(self.content, turn, lead):
            relay.begin(self.content, turn, lead)
            return
        move = self.content.desk.move(tap.move, lead.status, role)
        if tap.move == "view" or lead.packet is None:
            self.view(turn, member, lead, role)
        elif move is None or lead.version != tap.version:
            self.view(turn, member, lead, role, self.phrase("too_late", code=lead.code))
        elif move.reasons and tap.reason not in move.reasons:
            rows = [
                (Choice(text, LeadTap(lead.token, move.name, key, lead.version)),) for key, text in move.reasons.items()
            ]
            back = LeadTap(lead.token, "view", version=lead.version)
            rows.append((Choice(self.words.phrase("nl", "nav.back"), back),))
            self.answer(turn, Card(f"{lead.code}\n{self.phrase('why')}", tuple(rows)))
        else:
            self.move(turn, member, lead, move, tap.reason, role)

    def role(self, member: Member, lead: Lead | None) -> str:
        """Return what the member is to this lead: `partner` of its inbox, the `coordinator` it fell to, or nothing."""
        if lead is None:
            return ""
        if member.role == "coordinator" and self.content.desk.falls(lead.status):
            return "coordinator"
        return "partner" if lead.inbox == member.organisation else ""

    def may_write(self, lead: Lead, member: Member, role: str) -> bool:
        """Return whether this member has the button to write to the resident of this lead."""
        return self.content.desk.may("lead.write", role) and relay.may_write(lead, member)

    def move(self, turn: Turn, member: Member, lead: Lead, move: Move, reason: str, role: str) -> None:
        """Carry out one move: the first of two wins; the resident hears it once, and so do members who had it open."""
        takes = member.person if move.takes else leads.KEEP
        moved = leads.move(
            turn.tx,
            turn.wijk.id,
            lead.id,
            lead.version,
            move.to,
            closed=self.content.desk.closes(move.to),
            now=turn.now,
            actor=member.person,
            assignee=takes,
            reason=reason or None,
            inbox=COORDINATOR if role == "coordinator" else None,
        )
        if moved is None:
            current = leads.get(turn.tx, turn.wijk.id, lead.id) or lead
            self.view(turn, member, current, role, self.phrase("too_late", code=lead.code))
            return
        status = self.content.desk.statuses[moved.status]
        self.view(turn, member, moved, self.role(member, moved) or role)
        news = closing(self.content, self.phrase("moved", code=moved.code, status=status.label))
        allowed = readers(turn, moved.inbox)
        seen = [view for view in views.of_lead(turn.tx, turn.wijk.id, moved.id) if view.member in allowed]
        held = replace(moved, assignee=moved.assignee or member.person)
        tell_inbox(turn, held, news, but=member.person, open_in=seen)
        if move.tell:
            relay.tell(self.content, turn, member, moved, move)
        if self.content.desk.falls(moved.status):
            self.fall_back(turn, moved)

    def fall_back(self, turn: Turn, lead: Lead) -> None:
        """Tell the coordinators, without a name, which lead a partner could not do.

        They have a working day or two to find other help; unless it is urgent, people who wait for an answer go first.
        """
        text = self.phrase(
            "fallback",
            code=lead.code,
            topics=topic_line(self.content, lead.topic, "nl"),
            status=self.content.desk.statuses[lead.status].label,
            partner=partner_name(self.content, turn, lead),
            reason=self.reason(lead),
        )
        view = Choice(self.phrase("view"), LeadTap(lead.token, "view", version=lead.version))
        tell_coordinators(turn, Card(text, ((view,),)), priority=NOTICE if lead.urgent else REPORT, lead=lead.id)

    def reason(self, lead: Lead) -> str:
        """Return the label of the reason that was given last."""
        labels = {key: text for move in self.content.desk.moves for key, text in move.reasons.items()}
        return labels.get(lead.reason or "", "-")

    def view(self, turn: Turn, member: Member, lead: Lead, role: str, note: str = "") -> None:
        """Show one lead to its member: the packet that was agreed to, word for word, and what can be done now."""
        back = (Choice(self.phrase("back"), InboxTap()),)
        if lead.packet is None:
            self.answer(turn, Card(self.phrase("gone", code=lead.code), (back,)))
            return
        not_reading = away(self.content, turn, lead)
        if role == "partner" and self.content.desk.statuses[lead.status].final:
            status = self.content.desk.statuses[lead.status].label
            text = self.phrase("closed", code=lead.code, status=status)
            self.answer(turn, Card("\n\n".join([text, *([self.phrase("away")] if not_reading else [])]), (back,)))
            return
        self.opened(turn, member, lead)
        consent = consents.get(turn.tx, turn.wijk.id, lead.consent) if lead.consent else None
        parts = [
            *([note] if note else []),
            self.phrase(
                "lead",
                code=lead.code,
                status=self.content.desk.statuses[lead.status].label,
                packet="\n".join(packet_lines(self.content, lead.packet, turn.wijk, "nl")),
                consented=self.words.day_and_time("nl", (consent.at if consent else lead.created_at).astimezone(ZONE)),
                deadline=deadline(self.content, lead.claim_by),
            ),
        ]
        if lead.assignee:
            parts.append(self.phrase("assigned", member=self.name_of(turn, lead)))
        if not_reading:
            parts.append(not_reading)
        rows = [
            (Choice(move.label, LeadTap(lead.token, move.name, version=lead.version)),)
            for move in self.content.desk.buttons(lead.status, role)
        ]
        if self.may_write(lead, member, role) and not not_reading:
            rows.insert(0, (Choice(self.phrase("write"), LeadTap(lead.token, "write", version=lead.version)),))
        self.answer(turn, Card("\n\n".join(parts), (*rows, back)), shows=lead.id)

    def name_of(self, turn: Turn, lead: Lead) -> str:
        """Return the name of the member who has taken this lead, as the organisation knows it."""
        found = members.of(turn.tx, turn.wijk.id, lead.assignee or "")
        here = [each for each in found if each.organisation == lead.inbox] or found
        return here[0].name if here else self.phrase("nobody")

    def opened(self, turn: Turn, member: Member, lead: Lead) -> None:
        """Note which member looked, and in which message the lead is open; a new message is noted when delivered."""
        wijk = turn.wijk.id
        if lead.first_viewed_at is None:
            leads.viewed(turn.tx, wijk, lead.id, turn.now)
        if member.person not in {view.member for view in views.of_lead(turn.tx, wijk, lead.id)}:
            audit.add(turn.tx, wijk, member.person, "lead.opened", turn.now, lead.id)
            disclosures.add(
                turn.tx,
                wijk,
                lead=lead.id,
                consent=lead.consent,
                recipient=member.organisation,
                member=member.person,
                fields=sorted(lead.packet or {}),
                packet=lead.packet or {},
                now=turn.now,
            )
        if turn.incoming.message is not None:
            views.add(turn.tx, wijk, [View(lead.id, member.person, turn.incoming.message)])

    def answer(self, turn: Turn, card: Card, *, shows: int | None = None) -> None:
        """Answer a member where they tapped, or with a new message; `shows` is the lead that is open in it."""
        turn.say(turn.me, card, edit=turn.incoming.message, lead=shows, view=shows is not None)
