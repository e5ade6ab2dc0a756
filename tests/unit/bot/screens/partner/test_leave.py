"""A member who works elsewhere is asked before they join, and a member can end their membership themselves."""

from __future__ import annotations

import re

import pytest

from bot.demo.simulator import Person
from bot.messages.taps.members import JoinTap, LeaveTap
from db.people import members
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, WIJK, go
from tests.unit.bot.screens.partner.room import Room


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", f"desk.{key}", **fields)


def works_at(room: Room, person: Person) -> list[str]:
    with room.sim.store.read() as tx:
        return [each.organisation for each in members.of(tx, WIJK, person.id)]


def opens(room: Room, person: Person, code: str) -> str:
    return "\n".join(each.text for each in room.sim.type(person, f"/start i_{code}"))


@pytest.mark.both_stores
@pytest.mark.parametrize(
    ("answer", "then"), [("join_both", ["balans", "eas"]), ("join_move", ["eas"]), ("join_no", ["balans"])]
)
def test_a_member_of_another_organisation_is_asked_first(room: Room, answer: str, then: list[str]) -> None:
    code = simulated.invitation(room.sim, "eas")
    assert opens(room, room.ans, code) == phrase("join_asks", here="Stichting Balans", there="Energie Actief Soest")
    assert works_at(room, room.ans) == ["balans"]
    go(room.sim, room.ans, answer)
    assert works_at(room, room.ans) == then
    cor = room.sim.person("telegram:3001", "Cor")
    opens(room, cor, code)
    assert works_at(room, cor) == (["eas"] if answer == "join_no" else [])


def test_a_second_tap_on_yes_says_the_same_and_does_nothing(room: Room) -> None:
    code = simulated.invitation(room.sim, "eas")
    opens(room, room.ans, code)
    message = room.ans.card.id
    for _ in range(2):
        room.sim.hear(room.ans, JoinTap(code, "both"), message)
        assert room.ans.chat[message].text == phrase("joined", partner="Energie Actief Soest")
    assert works_at(room, room.ans) == ["balans", "eas"]


def test_the_coordinator_who_taps_her_own_link_is_told_what_it_is_and_it_stays_unused(room: Room) -> None:
    (card,) = room.sim.press(room.ria, None, "dashboard:invite.balans:0")
    found = re.search(r"i_([0-9A-Z]{12})", card.text)
    assert found
    assert opens(room, room.ria, found[1]) == phrase("own_link")
    assert works_at(room, room.ria) == ["coordinator"]
    cor = room.sim.person("telegram:3001", "Cor")
    opens(room, cor, found[1])
    assert works_at(room, cor) == ["balans"]


def test_whoever_is_there_already_leaves_the_link_for_somebody_else(room: Room) -> None:
    code = simulated.invitation(room.sim, "balans")
    assert opens(room, room.ans, code) == phrase("joined_already", partner="Stichting Balans")
    cor = room.sim.person("telegram:3001", "Cor")
    opens(room, cor, code)
    assert works_at(room, cor) == ["balans"]


def test_a_resident_with_running_help_joins_and_keeps_their_help(room: Room) -> None:
    lead = room.handed_over()
    code = simulated.invitation(room.sim, "eas")
    assert opens(room, room.fatma, code).startswith(phrase("joined", partner="Energie Actief Soest"))
    assert works_at(room, room.fatma) == ["eas"]
    assert lead.code in room.sim.type(room.fatma, "/hulp")[0].text


def test_a_deputy_who_is_invited_as_coordinator_becomes_one(room: Room) -> None:
    dewi = room.sim.person("telegram:2005", "Dewi")
    opens(room, dewi, simulated.invitation(room.sim, "coordinator", "deputy"))
    opens(room, dewi, simulated.invitation(room.sim, "coordinator"))
    with room.sim.store.read() as tx:
        assert [each.role for each in members.of(tx, WIJK, dewi.id)] == ["coordinator"]
    assert opens(room, dewi, simulated.invitation(room.sim, "coordinator", "deputy")).startswith("Je hoort al bij")


@pytest.mark.parametrize("choice", ["both", "move", "no"])
def test_a_code_that_somebody_made_up_opens_nothing(room: Room, choice: str) -> None:
    before = simulated.everything(room.sim.store)["memberships"]
    (told, *_) = room.sim.hear(room.omar, JoinTap("22222222ABCD", choice))
    assert told.text == CONTENT.words.phrase("nl", "notices.invitation_used")
    assert simulated.everything(room.sim.store)["memberships"] == before


def test_a_member_leaves_in_two_taps_and_may_change_their_mind(room: Room) -> None:
    room.sim.type(room.ans, "/postvak")
    go(room.sim, room.ans, "settings", "leave", "inbox")
    assert works_at(room, room.ans) == ["balans"]
    go(room.sim, room.ans, "settings", "leave", "leave_sure")
    assert works_at(room, room.ans) == []
    assert phrase("left", partner="Stichting Balans") in [each.text for each in room.ans.chat.values()]
    assert "Ans hoort niet meer bij Stichting Balans" in str(room.ria.news)


@pytest.mark.parametrize("sure", [False, True])
def test_nobody_ends_the_membership_of_somebody_else_by_this_tap(room: Room, sure: bool) -> None:
    with room.sim.store.read() as tx:
        handle = members.of(tx, WIJK, room.ans.id)[0].handle
    for person in (room.bep, room.omar, room.ria, room.fatma):
        room.sim.hear(person, LeaveTap(handle, sure))
    assert works_at(room, room.ans) == ["balans"]
    room.sim.hear(room.ans, LeaveTap(handle, True))
    room.sim.hear(room.ans, LeaveTap(handle, True))
    simulated.joins(room.sim, room.ans, "balans")
    room.sim.hear(room.ans, LeaveTap(handle, True))
    assert works_at(room, room.ans) == ["balans"], "an old button ends no new membership"
