"""The command menu of a member: their own commands above those that everybody has. Dutch only.

A person who works nowhere any more has the menu of everybody again.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.content.loaded import Content
from bot.messages.turn import Turn
from db.people import members

OF_EVERYBODY = ("gevaar", "start", "taal", "privacy", "mijngegevens", "verwijder", "stop")
"""The commands of residents that a member needs too; danger comes first."""

OWN = {"postvak": "inbox", "coordinator": "dashboard.home", "wiedoetwat": "who", "koppelkansen": "register"}
"""The commands that only members have, and the act of the desk's table that each of them opens."""


def show_menu(content: Content, turn: Turn, person: str) -> None:
    """Give this person the menu of their memberships as they are now."""
    roles = {each.role for each in members.of(turn.tx, turn.wijk.id, person)}
    turn.set_menu(person, menu(content, roles))


def menu(content: Content, roles: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return the commands of a person with these roles, each with what it does; empty for a person without a role."""
    if not roles:
        return ()
    own = [command for command, act in OWN.items() if any(content.desk.may(act, role) for role in roles)]
    phrase = content.words.phrase
    return (
        *((command, phrase("nl", f"desk.command_{command}")) for command in own),
        *((command, phrase("nl", f"commands.{command}")) for command in OF_EVERYBODY),
    )
