"""What a member says about their organisation: open, full or paused, and until which day. Dutch only."""

from __future__ import annotations

from datetime import date, timedelta

from bot.content.loaded import Content
from bot.leads.members.availability import WEEKS, last_day, set_state, today
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import AvailabilityTap, InboxTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.partner.days import AgreedDays
from db.leads import counts
from db.people.members import Member
from flows.model.wijk import STATES, Partner
from flows.walk.advice import receiver

LONGEST = timedelta(days=366)
"""How long a partner may stay full or paused; one that stays away longer has left."""

PAGE = 8
"""Weeks on one page, when the day is another one."""


class Availability:
    """Draws how a partner stands, and carries out what its member says."""

    def __init__(self, content: Content) -> None:
        self.content, self.words, self.agreed = content, content.words, AgreedDays(content)

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.words.phrase("nl", f"desk.{key}", **fields)

    def state(self, state: str) -> str:
        """Return the word for a state, which is the coordinator's too."""
        return self.words.phrase("nl", f"coordinator.{state}")

    def button(self, turn: Turn, member: Member, *, alone: bool) -> Choice | None:
        """Return the button that leads here from the inbox; none for who may not say it."""
        partner = turn.wijk.partners.get(member.organisation)
        if partner is None or not self.content.desk.may("availability", member.role):
            return None
        key = "availability" if alone else "availability_of"
        text = self.phrase(key, partner=partner.name, state=self.state(partner.state))
        return Choice(text, AvailabilityTap(member.handle))

    def hears(self, turn: Turn, member: Member, tap: AvailabilityTap) -> Outcome:
        """Carry out a tap: set a state until a day, ask for that day, or show how the partner stands."""
        partner, day, now = turn.wijk.partners[member.organisation], tap.day, today(turn)
        possible = day is not None and now <= day <= now + LONGEST
        if tap.state == "open":
            set_state(self.content, turn, member, partner, "open", None)
        elif tap.state not in STATES:
            self.answer(turn, self.card(turn, member, partner))
            return NOTHING
        elif not possible or day is None:
            self.answer(turn, self.asks(turn, member, partner, tap.state))
            return NOTHING
        elif tap.pick:
            card = self.weeks if tap.pick == "weeks" else self.days
            self.answer(turn, card(turn, member, partner, tap.state, day))
            return NOTHING
        else:
            set_state(self.content, turn, member, partner, tap.state, day)
        self.answer(turn, self.card(turn, member, turn.wijk.partners[partner.id]))
        return Outcome(wijk_changed=True)

    def card(self, turn: Turn, member: Member, partner: Partner) -> Card:
        """Draw how the partner stands, who comes in its place, and what else can be said."""
        count = counts.count_of_inbox(turn.tx, turn.wijk.id, partner.id)
        until = last_day(self.content, partner)
        text = self.phrase(
            "availability_card", partner=partner.name, state=self.state(partner.state), until=until, open=count
        )
        if partner.state != "open":
            following = turn.wijk.partners.get(receiver(turn.wijk, partner.id))
            name = following.name if following else self.words.phrase("nl", "packet.coordinator")
            lines = [text, *([self.phrase("availability_stay")] if count else [])]
            text = "\n".join([*lines, self.phrase("availability_next", next=name)])
        rows: Rows = tuple(
            (Choice(self.phrase(f"set_{state}"), AvailabilityTap(member.handle, state)),)
            for state in STATES
            if state != partner.state
        )
        if partner.state != "open":
            rows = (*rows, (Choice(self.phrase("until_other"), AvailabilityTap(member.handle, partner.state)),))
        days = self.agreed.button(turn, member)
        return self.drawn(text, (*rows, *([(days,)] if days else [])), Choice(self.phrase("back"), InboxTap()))

    def asks(self, turn: Turn, member: Member, partner: Partner, state: str) -> Card:
        """Ask until which day: in some weeks, or another one."""
        rows: Rows = tuple(
            (Choice(self.phrase(key, count=each, day=self.words.day("nl", day)), tap),)
            for each in WEEKS
            for key in ["until_week" if each == "1" else "until_weeks"]
            for day in [today(turn) + timedelta(weeks=int(each))]
            for tap in [AvailabilityTap(member.handle, state, day)]
        )
        other = AvailabilityTap(member.handle, state, today(turn), "weeks")
        return self.until(member, partner, state, (*rows, (Choice(self.phrase("until_other"), other),)))

    def weeks(self, turn: Turn, member: Member, partner: Partner, state: str, first: date) -> Card:
        """List the weeks from this day on, and the way to later ones."""
        monday, end = first - timedelta(days=first.weekday()), today(turn) + LONGEST
        starts = [monday + timedelta(weeks=number) for number in range(PAGE + 1)]
        rows: Rows = tuple(
            (Choice(self.phrase("week_of", day=self.words.day("nl", each)), tap),)
            for each in starts[:PAGE]
            if each <= end
            for tap in [AvailabilityTap(member.handle, state, max(each, today(turn)), "days")]
        )
        if starts[PAGE] <= end:
            later = AvailabilityTap(member.handle, state, starts[PAGE], "weeks")
            rows = (*rows, (Choice(self.words.phrase("nl", "nav.next"), later),))
        return self.until(member, partner, state, rows)

    def days(self, turn: Turn, member: Member, partner: Partner, state: str, first: date) -> Card:
        """List the days of one week, from today on."""
        monday = first - timedelta(days=first.weekday())
        rows: Rows = tuple(
            (Choice(self.words.day("nl", day), AvailabilityTap(member.handle, state, day)),)
            for number in range(7)
            for day in [monday + timedelta(days=number)]
            if today(turn) <= day <= today(turn) + LONGEST
        )
        return self.until(member, partner, state, rows)

    def until(self, member: Member, partner: Partner, state: str, rows: Rows) -> Card:
        """Draw the question for a day, with the way back to how the partner stands."""
        text = self.phrase("until_when", partner=partner.name, state=self.state(state))
        return self.drawn(text, rows, Choice(self.words.phrase("nl", "nav.back"), AvailabilityTap(member.handle)))

    def drawn(self, text: str, rows: Rows, back: Choice) -> Card:
        """Draw a card of this screen."""
        return Card(text, (*rows, (back,)), replaces="own_availability")

    def answer(self, turn: Turn, card: Card) -> None:
        """Answer the member where they tapped, or with a new message."""
        turn.say(turn.me, card, edit=turn.incoming.message)
