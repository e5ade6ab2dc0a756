"""The command menu of a member: it comes with the first membership, follows the roles, and goes with the last one."""

from __future__ import annotations

import pytest

from bot.leads.members.menus import OF_EVERYBODY, menu
from bot.messages.message import Outgoing, from_row, to_row
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import CONTENT, go
from tests.unit.bot.screens.partner.room import Room


@pytest.mark.parametrize(
    ("roles", "own"),
    [
        (["partner"], ["postvak", "wiedoetwat", "koppelkansen"]),
        (["coordinator"], ["postvak", "coordinator", "wiedoetwat", "koppelkansen"]),
        (["deputy"], ["postvak", "coordinator", "wiedoetwat", "koppelkansen"]),
        (["connector"], ["wiedoetwat", "koppelkansen"]),
        (["partner", "coordinator"], ["postvak", "coordinator", "wiedoetwat", "koppelkansen"]),
    ],
)
def test_a_menu_has_the_commands_of_the_roles_and_those_that_everybody_needs(roles: list[str], own: list[str]) -> None:
    commands = dict(menu(CONTENT, roles))
    assert [*commands] == [*own, *OF_EVERYBODY]
    assert {"gevaar", "start", "taal", "privacy", "mijngegevens", "verwijder", "stop"} <= {*commands}
    assert commands["koppelkansen"] == "Koppelkansen"
    assert all(0 < len(does) <= 256 for does in commands.values())


def test_a_person_without_a_role_has_the_menu_of_everybody() -> None:
    assert menu(CONTENT, []) == ()


def test_a_menu_follows_the_memberships_and_goes_with_the_last_one(store: Store) -> None:
    room = Room(store)
    assert room.fatma.menu == ()
    assert room.ans.menu[0][0] == "postvak"
    assert "coordinator" not in dict(room.ans.menu)
    simulated.joins(room.sim, room.ans, "coordinator")
    assert "coordinator" in dict(room.ans.menu)
    room.sim.type(room.ans, "/verwijder")
    go(room.sim, room.ans, "erase:yes")
    assert room.ans.menu == ()


def test_whoever_reads_the_chat_again_gets_their_menu_again(store: Store) -> None:
    room = Room(store)
    room.sim.hear(room.ans, Blocked(True))
    room.ans.menu = ()
    room.sim.hear(room.ans, Blocked(False))
    assert "postvak" in dict(room.ans.menu)


def test_a_menu_is_no_message_and_the_newest_is_enough(store: Store) -> None:
    room = Room(store)
    seen = len(room.ans.chat)
    simulated.joins(room.sim, room.ans, "eas")
    assert len(room.ans.chat) == seen + 1
    kept = Outgoing(1, room.ans.id, "", menu=(("postvak", "Postvak"),), replaces="menu", priority=1)
    assert from_row(to_row(kept)) == kept
    assert from_row(to_row(Outgoing(2, room.ans.id, "", menu=()))).menu == ()
    assert from_row(to_row(Outgoing(3, room.ans.id, "Dag"))).menu is None
