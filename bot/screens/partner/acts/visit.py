"""What a member does with a visit: propose times, say which suit, call it off, and say how it was. Dutch only.

Guards the rule that only who comes does anything: who took one of its leads, while that is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.content.loaded import ZONE, Content
from bot.leads.consent.together import known_beside
from bot.leads.recipients import closing, inbox_name, reads
from bot.leads.visits import agreeing, slots
from bot.leads.visits.agreeing import current
from bot.leads.visits.clock import settle
from bot.leads.visits.ics import calendar_file
from bot.leads.visits.telling import (
    agenda,
    line,
    moment,
    new_times,
    over,
    party,
    stands,
    status_line,
    ticking,
    with_whom,
)
from bot.messages.card import Card, Choice, Rows, arranged
from bot.messages.taps.members import InboxTap, LeadTap
from bot.messages.taps.visits import ALONE, PlanTap, VisitTap
from bot.messages.turn import Turn
from bot.screens.partner.lead import LeadScreen
from db.leads import calls, leads
from db.leads.consent import visits
from db.leads.consent.visits import MISSED, OVER, PROPOSED, TICKED, Visit
from db.leads.lead import Lead
from db.people.members import Member

WIDE, HOUR_WIDE = 18, 8
"""Two days, and two hours, stand side by side when neither has more characters than this."""

MARK = 4
"""The characters of a token by which a button names the lead of who comes along."""


class Visiting:
    """Draws the times and the visit for a member, and carries out what they tap."""

    def __init__(self, content: Content, lead: LeadScreen) -> None:
        self.content, self.lead = content, lead

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk about visits, in Dutch."""
        return self.content.words.phrase("nl", f"desk.visit_{key}" if key else "desk.visit", **fields)

    def plans(self, turn: Turn, memberships: Sequence[Member], tap: PlanTap) -> None:
        """Let a member choose times, one tap after another, and propose them; else show how the lead stands."""
        lead = leads.by_token(turn.tx, turn.wijk.id, tap.lead)
        role, member = self.lead.seat(memberships, lead)
        if lead is None or lead.resident == turn.sender or not may_visit(self.content, lead, member, role):
            self.lead.hears(turn, memberships, LeadTap(tap.lead, "view"))
            return
        if lead.version != tap.version:
            note = self.content.words.phrase("nl", "desk.too_late", code=lead.code)
            self.lead.card.show(turn, member, lead, role, note)
            return
        if (visit := current(turn, lead)) is not None and visit.gone:
            settle(self.content, turn, visit)
        offered = slots.possible(self.content, turn, lead)
        chosen = tuple(sorted({each for each in tap.slots if each in offered}))
        tap = replace(tap, slots=chosen)
        others = self.along(turn, lead)
        other = next((each for each in others if each.token.startswith(tap.beside)), None) if tap.beside else None
        if current(turn, lead) is None and others and other is None and tap.beside != ALONE:
            self.answer(turn, lead, self.phrase("with", code=lead.code), self.who(turn, lead, others))
        elif tap.sends and chosen:
            visit = agreeing.propose(self.content, turn, lead, other, chosen)
            sent = "sent" if visit is not None and visit.status == PROPOSED else "asked"
            self.answer(turn, lead, self.phrase(sent, code=lead.code, times=self.listed(chosen)))
        elif tap.day in slots.days(self.content, turn, lead) and tap.day is not None:
            day = self.content.words.day("nl", tap.day)
            text = self.phrase("hour", chosen=self.chosen(turn, lead, chosen), day=day)
            self.answer(turn, lead, text, self.hours(tap, tap.day, offered))
        elif not offered:
            self.answer(turn, lead, self.phrase("no_days", code=lead.code, count=self.content.desk.visit.days))
        else:
            self.answer(turn, lead, self.chosen(turn, lead, chosen), self.days(turn, lead, tap))

    def along(self, turn: Turn, lead: Lead) -> list[Lead]:
        """Return the leads of whoever can come along: who may know of each other, and have no visit of their own."""
        known = known_beside(turn, lead)
        return [each for each in known if each.assignee and each.assignee != turn.me and current(turn, each) is None]

    def who(self, turn: Turn, lead: Lead, others: Sequence[Lead]) -> Rows:
        """Return the rows that ask who comes along."""
        named = [(self.phrase("together", partner=inbox_name(self.content, turn, each.inbox)), each) for each in others]
        rows = [(Choice(label, self.tap(lead, each.token[:MARK])),) for label, each in named]
        return (*rows, (Choice(self.phrase("on_my_own"), self.tap(lead, ALONE)),))

    def tap(self, lead: Lead, beside: str) -> PlanTap:
        """Return what a button to the days carries."""
        return PlanTap(lead.token, beside, version=lead.version)

    def chosen(self, turn: Turn, lead: Lead, chosen: Sequence[datetime]) -> str:
        """Return the text above the days and hours: what was chosen so far, and the time that stands."""
        visit = current(turn, lead)
        stood = (
            [self.phrase("stands", moment=moment(self.content, "nl", visit.slot))]
            if (visit is not None and visit.slot is not None and stands(visit, turn.now))
            else []
        )
        return "\n".join([self.phrase("when", code=lead.code, count=slots.MOST), *stood, self.listed(chosen)]).rstrip()

    def listed(self, chosen: Sequence[datetime]) -> str:
        """Return these times, a line each."""
        return "\n".join(f"• {moment(self.content, 'nl', each)}" for each in chosen)

    def days(self, turn: Turn, lead: Lead, tap: PlanTap) -> Rows:
        """Return the days that can be chosen, and the button that proposes what was."""
        words = self.content.words
        days = [
            Choice(words.short_day("nl", each), replace(tap, day=each, sends=False))
            for each in slots.days(self.content, turn, lead)
        ]
        sends: Rows = ()
        if tap.slots:
            anew = replace(tap, slots=(), day=None, sends=False)
            sends = (
                (Choice(self.phrase("send"), replace(tap, day=None, sends=True)), Choice(self.phrase("anew"), anew)),
            )
        return (*sends, *(arranged(days, rtl=False, wide=WIDE) if len(tap.slots) < slots.MOST else ()))

    def hours(self, tap: PlanTap, day: date, offered: Sequence[datetime]) -> Rows:
        """Return the hours of a day: a tap chooses one and shows the days, a tap on a chosen one takes it away."""
        found = []
        for each in (one for one in slots.hours(self.content, day) if one in offered):
            has = each in tap.slots
            left = tuple(one for one in tap.slots if one != each) if has else (*tap.slots, each)
            label = f"{each.astimezone(ZONE):%H:%M}"
            if len(left) <= slots.MOST:
                now = replace(tap, slots=left, day=None, sends=False)
                found.append(Choice(f"✓ {label}" if has else label, now))
        back = Choice(self.phrase("other_day"), replace(tap, day=None, sends=False))
        return (*arranged(found, rtl=False, wide=HOUR_WIDE), (back,))

    def hears(self, turn: Turn, memberships: Sequence[Member], tap: VisitTap) -> None:
        """Carry out what a member who comes taps; who does not come is sent away."""
        visit = visits.by_token(turn.tx, turn.wijk.id, tap.visit)
        if visit is not None and visit.gone:
            visit = settle(self.content, turn, visit)
        lead = self.mine(turn, memberships, visit)
        if visit is None or lead is None:
            key = "not_yours" if visit is not None else "visit_gone"
            gone = closing(self.content, self.content.words.phrase("nl", f"desk.{key}"))
            turn.say(turn.me, gone, edit=turn.incoming.message)
        elif tap.act == "agenda":
            self.gives_file(turn, visit, lead)
        elif tap.act == "view":
            self.show(turn, visit, lead)
        elif tap.version != visit.version:
            self.show(turn, visit, lead, self.content.words.phrase("nl", "desk.too_late", code=lead.code))
        else:
            self.does(turn, visit, lead, tap)

    def mine(self, turn: Turn, memberships: Sequence[Member], visit: Visit | None) -> Lead | None:
        """Return the lead of this visit that the sender has now, if there is one."""
        found = party(turn, visit) if visit is not None else []
        if visit is not None and visit.status == PROPOSED:
            found = found[::-1]  # of one who has both leads it is asked, too, what fits
        for lead in found:
            role, member = self.lead.seat(memberships, lead)
            if lead.resident != turn.sender and may_visit(self.content, lead, member, role):
                return lead
        return None

    def does(self, turn: Turn, visit: Visit, lead: Lead, tap: VisitTap) -> None:
        """Change a visit as the member says, if it stands so that they can; then show how it stands."""
        content, now, past = self.content, turn.now, visit.slot is not None and visit.slot <= turn.now
        asked = slots.asked_at(now)
        ticked = [each for number, each in enumerate(visit.slots) if tap.value >> number & 1 and each > asked]
        ticks = visit.status == PROPOSED and lead.id == visit.other
        new: Visit | None = visit
        note = ""
        match tap.act:
            case "tick" if ticks:
                turn.say(
                    turn.me, ticking(content, turn, visit, lead, tap.value), edit=turn.incoming.message, lead=lead.id
                )
                return
            case "fits" if ticks and ticked:
                new = agreeing.fits(content, turn, visit, ticked)
                note = self.phrase("fits_sent")
            case "none" if ticks:
                new = agreeing.fits(content, turn, visit, ())
                note = self.phrase("none_sent")
            case "phone" if self.by_phone(turn, visit) and tap.value < len(visit.fits) and visit.fits[tap.value] > now:
                calls.drop(turn.tx, turn.wijk.id, visit.lead)
                new = agreeing.choose(content, turn, visit, visit.fits[tap.value])
            case "keep" if self.by_phone(turn, visit) and visit.slot is not None and not past:
                calls.drop(turn.tx, turn.wijk.id, visit.lead)
                new = agreeing.keep(content, turn, visit)
            case "cancel" if visit.status not in OVER and not past:
                self.answer(turn, lead, self.sure(turn, visit, lead), self.sure_rows(visit))
                return
            case "cancel_yes" if visit.status not in OVER and not past:
                new = agreeing.cancel(content, turn, visit)
            case "done" if past and visit.status not in OVER:
                new = agreeing.took_place(content, turn, visit)
            case "nobody" | "could_not" if past and visit.status not in (*OVER, MISSED):
                new = agreeing.missed(content, turn, visit, tap.act)
            case _:
                pass
        if new is None:
            new = visits.by_token(turn.tx, turn.wijk.id, visit.token) or visit
            note = content.words.phrase("nl", "desk.too_late", code=lead.code)
        self.show(turn, new, leads.get(turn.tx, turn.wijk.id, lead.id) or lead, note)

    def by_phone(self, turn: Turn, visit: Visit) -> bool:
        """Return whether who comes may note what a resident chose by telephone: while they do not read the chat."""
        return visit.status == TICKED and not reads(turn, visit.resident)

    def show(self, turn: Turn, visit: Visit, lead: Lead, note: str = "") -> None:
        """Show a member how a visit stands, and what they can do with it now."""
        if visit.status == PROPOSED and lead.id == visit.other:
            card = ticking(self.content, turn, visit, lead, 0)
            self.answer(turn, lead, "\n\n".join([*filter(None, [note]), card.text]), card.choices)
            return
        slot, past = stands(visit, turn.now), visit.slot is not None and visit.slot <= turn.now
        how = status_line(self.content, turn, visit, "nl", "desk.visit_")
        lines = [lead.code, *(how or [line(self.content, turn, visit, lead, f"is_{visit.status}")])]
        lines += with_whom(self.content, turn, visit, lead)
        if visit.status in (PROPOSED, TICKED):
            lines.append(self.listed(visit.fits or visit.slots))
        rows: list[tuple[Choice, ...]] = []
        if self.by_phone(turn, visit):
            lines.append(self.phrase("phone"))
            for number, each in enumerate(visit.fits):
                label = f"📞 {moment(self.content, 'nl', each)}"
                rows.append((Choice(label, VisitTap(visit.token, "phone", number, visit.version)),))
            if slot is not None:
                keep = self.content.words.phrase("nl", "visit.keep")
                rows.append((Choice(f"📞 {keep}", VisitTap(visit.token, "keep", 0, visit.version)),))
        if past and visit.status not in (*OVER, MISSED):
            rows += over(self.content, visit)
        if slot is not None:
            rows += agenda(self.content, visit, "nl")
        rows += new_times(self.content, lead) if visit.status not in OVER else ()
        if visit.status not in OVER and not past:
            rows.append((Choice(self.phrase("cancel"), VisitTap(visit.token, "cancel", 0, visit.version)),))
        self.answer(turn, lead, "\n\n".join([*filter(None, [note]), "\n".join(filter(None, lines))]), tuple(rows))

    def sure(self, turn: Turn, visit: Visit, lead: Lead) -> str:
        """Return the question whether the visit must be called off."""
        slot = stands(visit, turn.now)
        return line(self.content, turn, visit, lead, "sure" if slot else "sure_times", slot)

    def sure_rows(self, visit: Visit) -> Rows:
        """Return the yes to that question."""
        return ((Choice(self.phrase("cancel_yes"), VisitTap(visit.token, "cancel_yes", 0, visit.version)),),)

    def gives_file(self, turn: Turn, visit: Visit, lead: Lead) -> None:
        """Give a member the file for their calendar, which they may take along."""
        file = calendar_file(self.content, visit, "nl", turn.now)
        if file is None:
            self.show(turn, visit, lead)
            return
        card = Card(self.content.words.phrase("nl", "visit.file"), free=True)
        turn.out.append(replace(card.message(turn.me, self.content.words, "nl"), attachment=file))

    def answer(self, turn: Turn, lead: Lead, text: str, rows: Rows = ()) -> None:
        """Answer a member where they tapped, with the way back to the lead and to the inbox."""
        back = Choice(self.content.words.phrase("nl", "nav.back"), LeadTap(lead.token, "view", version=lead.version))
        inbox = Choice(self.content.words.phrase("nl", "desk.back"), InboxTap())
        turn.say(turn.me, Card(text, (*rows, (back, inbox))), edit=turn.incoming.message, lead=lead.id)


def may_visit(content: Content, lead: Lead, member: Member, role: str) -> bool:
    """Return whether this member may propose a visit: they have the lead, and it is open."""
    has = lead.assignee == member.person and lead.packet is not None and lead.closed_at is None
    return has and content.desk.may("lead.visit", role)
