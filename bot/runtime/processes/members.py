"""Members and invitations on the command line, for when no coordinator can do it in the chat.

Guards the rule that people are named by first name, organisation and a random handle, never by an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.content.loaded import ZONE, Content
from bot.handle import Handle, clock
from bot.messages.ticks import RemoveMember
from bot.runtime.processes.open import Opened
from bot.settings import SettingsError
from db.people import conversations, invitations, members
from db.records import audit
from flows.model.wijk import COORDINATOR


def invite_code(opened: Opened, partner: str) -> str:
    """Make a one-time code for this partner's inbox, or for a coordinator."""
    role = members.COORDINATOR if partner == COORDINATOR else members.PARTNER
    with opened.store.write() as tx:
        return invitations.make(tx, opened.content.wijk.id, partner, role, None, clock())


def member_lines(opened: Opened) -> Iterator[str]:
    """Yield a line for each member: the handle, first name, organisation, role, and since when."""
    for content in opened.contents.values():
        wijk = content.wijk.id
        with opened.store.read() as tx:
            joined = members.who_joined(tx, wijk)
            chats = conversations.look(tx, wijk, [each.person for each in joined])
        for each in sorted(joined, key=lambda one: (one.organisation, one.joined_at)):
            chat = chats.get(each.person)
            away = "  does not read the chat" if chat is not None and chat.blocked else ""
            where = _where(content, each.organisation)
            yield f"{each.handle}  {each.name}  {where}  {each.role}  since {_day(each.joined_at)}{away}"


def invitation_lines(opened: Opened) -> Iterator[str]:
    """Yield a line for each open invitation: the handle, for which organisation and role, and until when it works."""
    for content in opened.contents.values():
        with opened.store.read() as tx:
            found = invitations.open_ones(tx, content.wijk.id, clock())
        for each in found:
            where, made, until = _where(content, each.partner), _day(each.made_at), _day(each.expires_at)
            yield f"{each.handle}  {where}  {each.role}  made {made}, works until {until}"


def remove_member(opened: Opened, handle: str) -> str:
    """End the membership with this handle as a coordinator does in the chat; return what was done.

    The messages about it wait in the outbox until the bot runs. Raises SettingsError for an unknown handle, and for the
    last coordinator.
    """
    for content in opened.contents.values():
        with opened.store.read() as tx:
            member = members.by_handle(tx, content.wijk.id, handle)
        if member is None:
            continue
        if not Handle(content, opened.store).tick(RemoveMember(member.person, handle)).done.get("departed"):
            raise SettingsError(f"{member.name} is the only coordinator who reads the chat. First: koppelkans invite")
        return f"{member.name} is no longer a member of {_where(content, member.organisation)}."
    raise SettingsError(f"{handle} is no handle of a member; see: koppelkans members")


def take_back(opened: Opened, handle: str) -> str:
    """Take the invitation with this handle back; return what was done. Raises SettingsError for an unknown handle."""
    for content in opened.contents.values():
        with opened.store.write() as tx:
            gone = invitations.take_back(tx, content.wijk.id, handle, clock())
            if gone is not None:
                audit.add(tx, content.wijk.id, "system", "invitation.taken_back", clock())
                return f"The invitation for {_where(content, gone.partner)} does not work any more."
    raise SettingsError(f"{handle} is no handle of an open invitation; see: koppelkans invitations")


def _where(content: Content, organisation: str) -> str:
    return f"{content.wijk.id}/{organisation}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d}"
