"""The door of the desk: who the sender is here, and what they may do by the table of `flows/desk.toml`. Dutch only.

Guards the rule that a member of one partner never sees or changes another's lead: every tap is checked afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.content.loaded import Content
from bot.leads.consent.bringing import BRING
from bot.leads.consent.passing import MOVES
from bot.messages.card import Card
from bot.messages.taps.members import (
    AvailabilityTap,
    CallTap,
    DashboardTap,
    DaysTap,
    InboxTap,
    JoinTap,
    LeadTap,
    LeaveTap,
    MemberTap,
    PassTap,
    RegisterTap,
    WhoTap,
)
from bot.messages.taps.visits import PlanTap, VisitTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.coordinator.dashboard import Dashboard
from bot.screens.partner.acts.bringing import BringingIn
from bot.screens.partner.acts.visit import Visiting
from bot.screens.partner.availability import Availability
from bot.screens.partner.calls import hears_of_a_call
from bot.screens.partner.days import AgreedDays
from bot.screens.partner.inbox import Inbox
from bot.screens.partner.join import answer, ask_to_leave, leave
from bot.screens.partner.lead import LeadScreen
from bot.screens.partner.passing import PassingOn
from bot.screens.register.screen import Register
from bot.screens.who.screen import WhoDoesWhat
from db.people import members
from db.people.members import Member


class Desk:
    """Brings a member's tap to its screen, and tells a sender who is no member so.

    `choose` picks each character of the code of a lead that is passed on.
    """

    def __init__(self, content: Content, username: str, choose: Callable[[str], str]) -> None:
        self.content = content
        self.inbox, self.lead = Inbox(content), LeadScreen(content)
        self.dashboard = Dashboard(content, username, self.hears)
        self.passing, self.bringing = PassingOn(content, self.lead, choose), BringingIn(content, self.lead)
        self.register, self.who = Register(content), WhoDoesWhat(content)
        self.visiting = Visiting(content, self.lead)
        self.availability, self.days = Availability(content), AgreedDays(content)

    def hears(self, turn: Turn, heard: MemberTap | VisitTap) -> Outcome:
        """Carry out what a member taps."""
        if isinstance(heard, JoinTap):  # as the link itself: it is the code that lets somebody in
            return answer(self.content, turn, heard)
        memberships = members.of(turn.tx, turn.wijk.id, turn.sender)
        if not memberships:
            turn.say(turn.me, Card(self.content.words.phrase("nl", "desk.no_member"), replaces="no_member"))
            return NOTHING
        match heard:
            case RegisterTap():
                return self.register.hears(turn, memberships, heard)
            case WhoTap():
                self.who.hears(turn, memberships, heard)
            case InboxTap(digest="", shows=shows) if shows != "settings" and not self.inbox.reads(memberships):
                return self.register.hears(turn, memberships, RegisterTap())
            case InboxTap(digest=hour) if hour:
                self.inbox.hears_of_digest(turn, memberships, hour)
            case InboxTap(offset, shows=shows):
                self.inbox.show(turn, memberships, shows, offset)
            case LeadTap(token, move, version=version) if move == BRING:
                self.bringing.hears(turn, memberships, PassTap(token, version=version, keeps=True))
            case LeadTap(token, move, version=version) if move in MOVES:
                self.passing.hears(turn, memberships, PassTap(token, version=version))
            case PlanTap():
                self.visiting.plans(turn, memberships, heard)
            case VisitTap():
                self.visiting.hears(turn, memberships, heard)
            case PassTap(keeps=True):
                self.bringing.hears(turn, memberships, heard)
            case PassTap():
                self.passing.hears(turn, memberships, heard)
            case LeadTap() if self.days.comes_first(turn, memberships, heard):
                pass
            case LeadTap():
                self.lead.hears(turn, memberships, heard)
            case CallTap():
                return hears_of_a_call(self.content, turn, memberships, heard)
            case DashboardTap():
                return self.dashboard.hears(turn, memberships, heard)
            case AvailabilityTap(handle):
                own = _own(memberships, handle)
                if own is None or self.availability.button(turn, own, alone=True) is None:
                    self.inbox.show(turn, memberships)
                else:
                    return self.availability.hears(turn, own, heard)
            case DaysTap(handle):
                own = _own(memberships, handle)
                if own is None or self.days.partner_of(turn, own) is None:
                    self.inbox.show(turn, memberships)
                else:
                    return self.days.hears(turn, own, heard)
            case LeaveTap(handle, sure):
                own = _own(memberships, handle)
                if own is None or not self.content.desk.may("leave", own.role):
                    self.inbox.show(turn, memberships)
                elif sure:
                    return leave(self.content, turn, own)
                else:
                    ask_to_leave(self.content, turn, own)
        return NOTHING


def _own(memberships: Sequence[Member], handle: str) -> Member | None:
    """Return the membership that a tap names, or None when it has ended."""
    return next((each for each in memberships if each.handle == handle), None)
