"""What a coordinator does about members: a one-time link with which a person joins. Dutch only."""

from __future__ import annotations

from bot.content.loaded import Content
from bot.messages.card import Card
from bot.messages.links import INVITATION, link
from bot.messages.turn import Turn
from db.people import invitations
from db.people.members import Member
from db.records import audit


def invite(content: Content, turn: Turn, maker: Member, organisation: str, role: str, username: str) -> None:
    """Make a link to the bot `username` for one person; it is shown once and can never be read back."""
    partner = turn.wijk.partners.get(organisation)
    name = partner.name if partner else content.words.phrase("nl", "packet.coordinator")
    code = invitations.make(turn.tx, turn.wijk.id, organisation, role, maker.person, turn.now)
    audit.add(turn.tx, turn.wijk.id, maker.person, "invitation.made", turn.now)
    address = link(username, f"{INVITATION}{code}")
    turn.say(turn.me, Card(content.words.phrase("nl", "coordinator.invitation", partner=name, link=address)))
