"""What a member does with one lead: the moves that the table of `flows/desk.toml` allows. Dutch only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.content.loaded import ZONE, Content
from bot.leads import notices, relay
from bot.leads.clocks import ladder, moves
from bot.leads.consent import together
from bot.leads.deadlines import working_days
from bot.leads.members.departure import tell_given_back
from bot.leads.members.reachability import away
from bot.leads.packet import topic_line
from bot.leads.recipients import (
    closing,
    deadline,
    partner_name,
    readers,
    role_at,
    shut_out,
    tell_coordinators,
    tell_inbox,
)
from bot.messages.card import Card, Choice
from bot.messages.message import NOTICE, REPORT
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from bot.screens.partner import answers
from bot.screens.partner.acts import done, noted
from bot.screens.partner.acts.given import Giving
from bot.screens.partner.answers import ANSWERS, may_answer
from bot.screens.partner.lead_card import MORE, LeadCard
from db.leads import leads, views
from db.leads.lead import KEEP, Lead
from db.people.members import Member
from flows.model.desk import Move
from flows.model.names import NOTE


class LeadScreen:
    """Carries out what a member does with one lead."""

    def __init__(self, content: Content) -> None:
        self.content, self.words, self.card = content, content.words, LeadCard(content)
        self.giving = Giving(content, self.card)

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.words.phrase("nl", f"desk.{key}", **fields)

    def hears(self, turn: Turn, memberships: Sequence[Member], tap: LeadTap) -> None:
        """Carry out a member's tap: show the lead, or move it, after asking for a reason where the table wants one.

        Nobody helps themselves: a member who is the resident of a lead does nothing with it here.
        """
        lead = leads.by_token(turn.tx, turn.wijk.id, tap.lead)
        if lead is not None and lead.resident == turn.sender:
            self.card.answer(turn, closing(self.content, self.phrase("own", code=lead.code)))
            return
        role, member = self.seat(memberships, lead)
        if lead is None or not self.content.desk.may("lead.view", role):
            self.card.answer(turn, closing(self.content, self.phrase("not_yours")))
            return
        if tap.move == "write" and self.card.may_write(lead, member, role) and not away(self.content, turn, lead):
            relay.begin(self.content, turn, lead)
            return
        if tap.move in ANSWERS and lead.packet is not None and lead.version == tap.version:
            allowed = may_answer(self.content, lead, member, role)
            card = answers.hears(self.content, turn, member, lead, tap) if allowed else None
            if card is not None:
                self.card.answer(turn, card)
                return
        if tap.move == done.DONE and lead.version == tap.version and done.may_report(self.content, lead, role):
            done.ask(self.content, turn, lead, tap.reason)
            return
        if tap.move == noted.ADD and lead.version == tap.version and noted.may_note(self.content, lead, role):
            relay.begin(self.content, turn, lead, NOTE)
            return
        if self.giving.hears(turn, member, lead, role, tap):
            return
        move = self.content.desk.move(tap.move, lead.status, role)
        if tap.move == MORE and lead.version == tap.version:
            self.card.show(turn, member, lead, role, more=True)
        elif tap.move == "view" or lead.packet is None:
            self.card.show(turn, member, lead, role)
        elif move is None or lead.version != tap.version:
            self.card.show(turn, member, lead, role, self.phrase("too_late", code=lead.code))
        elif question := self.asks(turn, lead, move, tap.reason):
            self.card.answer(turn, question)
        else:
            self.move(turn, member, lead, move, tap.reason, role)

    def asks(self, turn: Turn, lead: Lead, move: Move, reason: str) -> Card | None:
        """Return the card that asks why, or until when; None when the tap has said all that the table wants.

        A reason with weeks is `waitlist_2`.
        """
        why, _, weeks = reason.rpartition("_") if move.weeks and reason not in move.reasons else (reason, "", "")
        if move.reasons and why not in move.reasons:
            text, choices = self.phrase("why"), list(move.reasons.items())
        elif move.weeks and weeks not in map(str, possible := weeks_of(move, lead)):
            text = self.phrase("on_hold_until")
            choices = [(f"{why}_{each}", self.in_weeks(turn, each)) for each in possible]
        else:
            return None
        rows = [(Choice(label, LeadTap(lead.token, move.name, key, lead.version)),) for key, label in choices]
        back = LeadTap(lead.token, "view", version=lead.version)
        return Card(f"{lead.code}\n{text}", (*rows, (Choice(self.words.phrase("nl", "nav.back"), back),)))

    def in_weeks(self, turn: Turn, weeks: int) -> str:
        """Return the label of a button for so many weeks from now, with the day."""
        day = self.words.day("nl", goes_on(turn, weeks).astimezone(ZONE).date())
        return self.phrase("until_week" if weeks == 1 else "until_weeks", count=weeks, day=day)

    def seat(self, memberships: Sequence[Member], lead: Lead | None) -> tuple[str, Member]:
        """Return what the sender is to this lead, and by which membership; what fell needs a coordinator."""
        roles = {self.role(each, lead): each for each in reversed(memberships)}
        role = next((each for each in ("coordinator", "partner") if each in roles), "")
        return role, roles[role]

    def role(self, member: Member, lead: Lead | None) -> str:
        """Return what the member is to this lead: `partner` of its inbox, the `coordinator` it fell to, or nothing."""
        return role_at(self.content, member, lead) if lead is not None else ""

    def move(self, turn: Turn, member: Member, lead: Lead, move: Move, reason: str, role: str) -> None:
        """Carry out one move: the first of two wins; the resident hears it once, and so do members who had it open."""
        who = replace(member, name=self.card.name_of(turn, lead)) if lead.assignee and not move.takes else member
        takes = member.person if move.takes else None if move.drops else KEEP
        why, _, weeks = reason.rpartition("_") if move.weeks else (reason, "", "")
        until = goes_on(turn, int(weeks)) if weeks else None
        if move.to == lead.status:
            moved = moves.attempt(self.content, turn, lead, member.person, move.name)
        else:
            moved = moves.move(
                self.content,
                turn,
                lead,
                move.to,
                actor=member.person,
                assignee=takes,
                reason=why or None,
                until=until,
                tells="{deadline}" in self.words.phrases.get(move.tell, "") and not move.drops,
            )
        if moved is None:
            current = leads.get(turn.tx, turn.wijk.id, lead.id) or lead
            self.card.show(turn, member, current, role, self.phrase("too_late", code=lead.code))
            return
        status = self.content.desk.statuses[moved.status]
        lines = [self.phrase("moved", code=moved.code, status=status.label)]
        if "system" in move.shown and moved.contact_by:  # whoever took it reads the day, also when a colleague goes on
            lines.append(self.phrase("contact_by", deadline=deadline(self.content, moved.contact_by)))
        news = closing(self.content, "\n".join(lines))
        allowed = readers(turn, lead.inbox)
        ends, tapped = self.content.desk.closes(moved.status), turn.incoming.message
        seen = [
            view
            for view in views.of_lead(turn.tx, turn.wijk.id, moved.id)
            if view.member in allowed and (view.member != member.person or (ends and view.message != tapped))
        ]
        held = replace(moved, assignee=moved.assignee or member.person)
        if move.drops:
            tell_given_back(self.content, turn, moved, who.name, but=member.person)
        else:
            tell_inbox(turn, held, news, open_in=seen)
        if moved.inbox != lead.inbox:
            shut_out(self.content, turn, moved, seen)
        if self.content.desk.closes(moved.status) or self.content.desk.falls(moved.status):
            notices.take_back(self.content, turn, moved)
        if move.tell:
            relay.tell(self.content, turn, who, replace(moved, inbox=lead.inbox), move, until)
        now = self.role(member, moved) or role
        if move.reports and done.may_report(self.content, moved, now):
            done.ask(self.content, turn, moved)
        else:
            self.card.show(turn, member, moved, now)
        if self.content.desk.falls(moved.status):
            self.fall_back(turn, moved)
        if until is not None and (moved.urgent or (moved.postponed or 0) > ladder.MOST):
            self.waits_again(turn, member, moved)

    def waits_again(self, turn: Turn, member: Member, lead: Lead) -> None:
        """Tell the coordinators, without a name, that what cannot wait does, or that a day was moved once too often."""
        text = self.phrase(
            "held",
            code=lead.code,
            topics=topic_line(self.content, lead.topic, "nl"),
            partner=partner_name(self.content, turn, lead),
            deadline=deadline(self.content, lead.due_at),
            why=self.phrase("held_urgent" if lead.urgent else "held_often"),
        )
        tell_coordinators(turn, Card(text), lead=lead.id, but=[member.person], kind="held")

    def fall_back(self, turn: Turn, lead: Lead) -> None:
        """Tell the coordinators, without a name, which lead a partner could not do.

        They have a working day or two to find other help; unless it is urgent, people who wait for an answer go first.
        """
        together.tell_who_goes_on(self.content, turn, lead, together.known_beside(turn, lead))
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


def weeks_of(move: Move, lead: Lead) -> tuple[int, ...]:
    """Return for how many weeks this lead may wait: the fewest only, when it cannot wait."""
    return (min(move.weeks),) if lead.urgent and move.weeks else move.weeks


def goes_on(turn: Turn, weeks: int) -> datetime:
    """Return the end of the first working day so many weeks from now."""
    return working_days(turn.now + timedelta(weeks=weeks), 0)
