"""Join: an invitation makes a person a member of a partner, or a coordinator. Dutch only, except for a refusal."""

from __future__ import annotations

from dataclasses import replace

from bot.content.loaded import Content
from bot.leads.recipients import inbox_name
from bot.messages.buttons import DashboardTap, InboxTap
from bot.messages.card import Card, Choice, Rows
from bot.messages.turn import NOTHING, Outcome, Turn
from db.people import invitations, members
from db.records import audit


def join(content: Content, turn: Turn, code: str) -> Outcome:
    """Use an invitation: once, by one person, within its days, and only into a role that the desk's table lets join."""
    wijk, phrase = turn.wijk, content.words.phrase
    invitation = invitations.use(turn.tx, wijk.id, code, turn.me, turn.now)
    if invitation is None or not content.desk.may("join", invitation.role):
        turn.say(turn.me, Card(phrase(turn.language, "notices.invitation_used"), replaces="invitation_used"))
        return NOTHING
    name = turn.incoming.name.strip() or phrase("nl", "desk.someone")
    members.join(turn.tx, wijk.id, turn.me, invitation.partner, invitation.role, name, turn.now)
    audit.add(turn.tx, wijk.id, turn.me, "member.joined", turn.now)
    if turn.place is not None and turn.place.language is None:
        turn.place = replace(turn.place, language="nl")
    rows: Rows = ((Choice(phrase("nl", "coordinator.inbox"), InboxTap()),),)
    text = phrase("nl", "desk.joined", partner=inbox_name(content, turn, invitation.partner))
    if content.desk.may("dashboard.home", invitation.role):
        text = phrase("nl", "desk.joined_coordinator", wijk=wijk.name)
        rows = ((Choice(phrase("nl", "coordinator.partners"), DashboardTap()),), *rows)
    turn.say(turn.me, Card(text, rows))
    return Outcome(wijk_changed=True, answered=True)
