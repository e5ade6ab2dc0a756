"""Giving a lead to a colleague or a volunteer without a chat, and taking one over, by buttons. Dutch only."""

from __future__ import annotations

from hashlib import sha256

from bot.content.loaded import Content
from bot.leads import relay
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from bot.screens.partner.acts import hands
from bot.screens.partner.acts.hands import GIVE, TAKE_OVER
from bot.screens.partner.lead_card import LeadCard
from db.leads.lead import Lead
from db.people.members import Member
from flows.model.names import VOLUNTEER

NEW, KNOWN, SURE = "new", "as_", "sure"
"""What a tap says besides the handle of a colleague: another volunteer, one whose name is known, or a yes."""

MOST = 8
"""So many colleagues, and so many volunteers, have a button."""


class Giving:
    """Draws to whom a lead can go within its inbox, and carries out what a member taps."""

    def __init__(self, content: Content, card: LeadCard) -> None:
        self.content, self.words, self.card = content, content.words, card

    def hears(self, turn: Turn, member: Member, lead: Lead, role: str, tap: LeadTap) -> bool:
        """Carry out a tap; return whether there was anything to do for a lead as it is now."""
        may = {GIVE: hands.may_give, TAKE_OVER: hands.may_take_over}.get(tap.move)
        if may is None or lead.version != tap.version or not may(self.content, lead, member, role):
            return False
        if tap.move == TAKE_OVER:
            return self.takes_over(turn, member, lead, role, sure=tap.reason == SURE)
        if tap.reason == NEW:
            relay.begin(self.content, turn, lead, VOLUNTEER)
            return True
        names = {KNOWN + _key(name): name for name in hands.volunteers(turn, lead)}
        others = {each.handle: each for each in hands.colleagues(turn, lead)}
        if tap.reason in names:
            moved = hands.hand(self.content, turn, lead, member, member, GIVE, names[tap.reason])
        elif tap.reason in others:
            moved = hands.hand(self.content, turn, lead, member, others[tap.reason], GIVE)
        else:
            self.card.answer(turn, self.asks(lead, [*others.values()][:MOST], [*names.items()][:MOST]))
            return True
        return self.shows(turn, member, moved, role)

    def takes_over(self, turn: Turn, member: Member, lead: Lead, role: str, *, sure: bool) -> bool:
        """Take over what a colleague has, after asking whether the member is sure."""
        if sure:
            moved = hands.hand(self.content, turn, lead, member, member, TAKE_OVER, lead.volunteer)
            return self.shows(turn, member, moved, role)
        name = self.card.name_of(turn, lead)
        text = self.words.phrase("nl", "desk.take_over_sure", code=lead.code, member=name)
        yes = (Choice(self.words.phrase("nl", "desk.take_over_yes"), self.tap(lead, TAKE_OVER, SURE)),)
        self.card.answer(turn, Card(text, (yes, self.back(lead))))
        return True

    def asks(self, lead: Lead, others: list[Member], names: list[tuple[str, str]]) -> Card:
        """Draw the question to whom this lead goes."""
        rows: Rows = (
            *((Choice(self.words.phrase("nl", "desk.give_name", name=each.name), self.tap(lead, GIVE, each.handle)),)
              for each in others),
            *((Choice(self.words.phrase("nl", "desk.give_volunteer", name=name), self.tap(lead, GIVE, key)),)
              for key, name in names),
            (Choice(self.words.phrase("nl", "desk.give_new"), self.tap(lead, GIVE, NEW)),),
            self.back(lead),
        )  # fmt: skip
        return Card(self.words.phrase("nl", "desk.give_to", code=lead.code), rows)

    def shows(self, turn: Turn, member: Member, moved: Lead | None, role: str) -> bool:
        """Show the lead as it is now, if this member was the first."""
        if moved is not None:
            self.card.show(turn, member, moved, role)
        return moved is not None

    def back(self, lead: Lead) -> tuple[Choice, ...]:
        """Return the row that leads back to the lead."""
        return (Choice(self.words.phrase("nl", "nav.back"), self.tap(lead, "view")),)

    def tap(self, lead: Lead, move: str, reason: str = "") -> LeadTap:
        """Return what a button of this lead carries as it is now."""
        return LeadTap(lead.token, move, reason, lead.version)


def _key(name: str) -> str:
    """Return what stands for a first name in a button: names do not travel there."""
    return sha256(name.encode()).hexdigest()[:12]
