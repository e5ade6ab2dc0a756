"""Members and invitations on the command line: by handle, and never by an address."""

from __future__ import annotations

import re

import pytest

from bot.demo.simulator import Simulator
from bot.runtime.processes.members import invitation_lines, member_lines, remove_member, take_back
from bot.runtime.processes.open import Opened
from bot.settings import SettingsError
from db.people import members
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, WIJK

pytestmark = pytest.mark.both_stores

HANDLE = re.compile(r"[0-9a-z]{8}")


@pytest.fixture
def opened(store: Store) -> Opened:
    return Opened({WIJK: CONTENT}, store)


@pytest.fixture
def sim(store: Store) -> Simulator:
    return simulated.simulator(store)


def handle_of(line: str) -> str:
    found = HANDLE.match(line)
    assert found is not None, line
    return found[0]


def test_members_are_listed_by_a_handle_and_their_name_without_an_address(opened: Opened, sim: Simulator) -> None:
    assert list(member_lines(opened)) == []
    simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    simulated.member(sim, "balans", "telegram:2001", "Ans")
    lines = list(member_lines(opened))
    assert ["  Ans  " in line for line in lines] == [True, False]
    assert not any(trace in line for line in lines for trace in ("telegram", "2001", "2004"))
    assert {handle_of(line) for line in lines} == {each.handle for each in everybody(opened)}


def test_who_is_removed_is_no_member_and_the_messages_about_it_wait(opened: Opened, sim: Simulator) -> None:
    simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    simulated.member(sim, "balans", "telegram:2001", "Ans")
    handle = next(each.handle for each in everybody(opened) if each.name == "Ans")
    assert remove_member(opened, handle) == "Ans is no longer a member of smitsveen/balans."
    assert [each.name for each in everybody(opened)] == ["Ria"]
    with pytest.raises(SettingsError, match="is no handle of a member"):
        remove_member(opened, handle)


def test_the_only_coordinator_is_not_removed(opened: Opened, sim: Simulator) -> None:
    simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    (ria,) = everybody(opened)
    with pytest.raises(SettingsError, match="Ria is the only coordinator"):
        remove_member(opened, ria.handle)
    assert everybody(opened) == [ria]


def test_an_invitation_that_was_taken_back_lets_nobody_in(opened: Opened, sim: Simulator) -> None:
    code = simulated.invitation(sim, "balans")
    (line,) = invitation_lines(opened)
    assert code not in line
    assert take_back(opened, handle_of(line)) == "The invitation for smitsveen/balans does not work any more."
    assert list(invitation_lines(opened)) == []
    with pytest.raises(SettingsError, match="is no handle of an open invitation"):
        take_back(opened, handle_of(line))
    ans = sim.person("telegram:2001", "Ans")
    sim.type(ans, f"/start i_{code}")
    assert everybody(opened) == []


def everybody(opened: Opened) -> list[members.Member]:
    with opened.store.read() as tx:
        return members.who_joined(tx, WIJK)
