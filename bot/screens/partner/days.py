"""Within how many working days an organisation gets in touch: its member is asked at the first login. Dutch only.

Guards the rule that no resident reads a day to which nobody agreed.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loaded import Content
from bot.leads.members.availability import agreed_days, in_days, turn_switches, within
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import DaysTap, InboxTap, LeadTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.partner.acts.hands import GIVE
from db.leads import leads
from db.people.members import Member
from flows.model.wijk import Partner

POSSIBLE = (3, 5, 10, 15, 20)
"""The working days that an organisation can choose, besides those of the files."""

TAKES = ("accept", GIVE)
"""What lets a resident read a day."""


class AgreedDays:
    """Asks an organisation for its days, and notes what a member says."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.content.words.phrase("nl", f"desk.{key}", **fields)

    def button(self, turn: Turn, member: Member) -> Choice | None:
        """Return the button that leads to the question; none for who may not answer it."""
        partner = self.partner_of(turn, member)
        if partner is None:
            return None
        text = self.phrase("days_agreed" if partner.agreed else "days_open", days=within(self.content, partner))
        return Choice(text, DaysTap(member.handle))

    def ask_first(self, turn: Turn, member: Member) -> None:
        """Ask a member at the first login of their organisation, below what they read just now."""
        partner = self.partner_of(turn, member)
        if partner is not None and not partner.agreed:
            turn.say(turn.me, self.question(partner, member, DaysTap(member.handle)))

    def comes_first(self, turn: Turn, memberships: Sequence[Member], tap: LeadTap) -> bool:
        """Ask who would take a lead for their organisation before it agreed to its days: with it goes a day."""
        lead = leads.by_token(turn.tx, turn.wijk.id, tap.lead) if tap.move in TAKES else None
        member = next((each for each in memberships if lead and each.organisation == lead.inbox), None)
        partner = self.partner_of(turn, member) if member else None
        if lead is None or member is None or partner is None or partner.agreed:
            return False
        note = self.phrase("days_first", code=lead.code)
        question = self.question(partner, member, DaysTap(member.handle, lead=lead.token), note)
        turn.say(turn.me, question, edit=turn.incoming.message)
        return True

    def hears(self, turn: Turn, member: Member, tap: DaysTap) -> Outcome:
        """Note the days that a member said, or ask for them."""
        partner = self.partner_of(turn, member)
        if partner is None:
            return NOTHING
        if tap.days not in possible(self.content, partner):
            turn.say(turn.me, self.question(partner, member, tap), edit=turn.incoming.message)
            return NOTHING
        turn_switches(self.content, turn, member, {f"partner.{partner.id}.contact_days": tap.days})
        now = turn.wijk.partners[partner.id]
        text = self.phrase(
            "days_done",
            days=within(self.content, now),
            urgent=in_days(self.content, now.urgent_contact_days),
        )
        back = Choice(self.phrase("back"), InboxTap())
        seen = Choice(self.phrase("view"), LeadTap(tap.lead, "view"))
        rows: Rows = ((seen,), (back,)) if tap.lead else ((back,),)
        turn.say(turn.me, Card(text, rows, replaces="days"), edit=turn.incoming.message)
        return Outcome(wijk_changed=True)

    def question(self, partner: Partner, member: Member, tap: DaysTap, note: str = "") -> Card:
        """Draw the question: yes to the days of now, or more of them; who agreed before may choose any."""
        text = self.phrase(
            "days_ask",
            partner=partner.name,
            days=within(self.content, partner),
            urgent=in_days(self.content, partner.urgent_contact_days),
        )
        mine = agreed_days(self.content, partner)
        others = [each for each in possible(self.content, partner) if each != mine]
        if not partner.agreed:
            others = [each for each in others if each > mine][:1]
        said = [(self.phrase("days_yes"), mine)]
        said += [(self.phrase("days_rather", days=in_days(self.content, each)), each) for each in others]
        rows: Rows = tuple((Choice(label, DaysTap(member.handle, each, tap.lead)),) for label, each in said)
        return Card("\n\n".join([*([note] if note else []), text]), rows, replaces="days")

    def partner_of(self, turn: Turn, member: Member) -> Partner | None:
        """Return the partner for which this member may speak, or None."""
        may = self.content.desk.may("availability", member.role)
        return turn.wijk.partners.get(member.organisation) if may else None


def possible(content: Content, partner: Partner) -> list[int]:
    """Return the numbers of days that an organisation can choose."""
    return sorted({*POSSIBLE, agreed_days(content, partner)})
