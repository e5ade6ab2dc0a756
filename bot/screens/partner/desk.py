"""The door of the desk: who the sender is here, and what they may do by the table of `flows/desk.toml`. Dutch only.

Guards the rule that a member of one partner never sees or changes another's lead: every tap is checked afresh.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.messages.buttons import DashboardTap, InboxTap, LeadTap
from bot.messages.card import Card
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.coordinator.dashboard import Dashboard
from bot.screens.partner.inbox import Inbox
from bot.screens.partner.lead import LeadScreen
from db.people import members


class Desk:
    """Brings a member's tap to its screen, and tells a sender who is no member so."""

    def __init__(self, content: Content, username: str) -> None:
        self.content = content
        self.inbox, self.lead, self.dashboard = Inbox(content), LeadScreen(content), Dashboard(content, username)

    def hears(self, turn: Turn, heard: LeadTap | InboxTap | DashboardTap) -> Outcome:
        """Carry out what a member taps."""
        memberships = members.of(turn.tx, turn.wijk.id, turn.sender)
        if not memberships:
            turn.say(turn.me, Card(self.content.words.phrase("nl", "desk.no_member"), replaces="no_member"))
            return NOTHING
        match heard:
            case InboxTap(offset):
                self.inbox.show(turn, memberships, offset)
            case LeadTap():
                self.lead.hears(turn, memberships, heard)
            case DashboardTap():
                return self.dashboard.hears(turn, memberships, heard)
        return NOTHING
