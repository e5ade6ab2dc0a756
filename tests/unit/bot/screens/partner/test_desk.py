"""The door of the desk: who sees which lead, and what everybody else reads."""

from __future__ import annotations

import pytest

from bot.messages.message import Incoming
from bot.messages.taps.members import InboxTap, LeadTap
from db.store import Store
from flows.model.heard import Command
from tests import simulated
from tests.simulated import ALONE, CONTENT, go
from tests.unit.bot.screens.partner.room import Room, put
from tests.unit.flows.model.test_desk_table import STATUSES


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


SECRETS = ("Fatma", "mensen ontmoeten", "’s avonds")


@pytest.mark.parametrize("who", ["omar", "fatma"])
def test_whoever_does_not_belong_to_an_inbox_never_sees_what_is_in_it(room: Room, who: str) -> None:
    room.handed_over()
    person = getattr(room, who)
    for status in STATUSES:
        lead = put(room.sim, room.fatma, status)
        for answer in ("view", "write", "complete.helped", "nonsense"):
            told = room.do(person, lead, answer)
            assert not any(secret in told for secret in SECRETS)
            assert lead.code not in told
        assert simulated.lead(room.sim, lead.id) == lead


def test_a_lead_of_another_inbox_and_a_lead_that_does_not_exist_look_the_same(room: Room) -> None:
    lead = room.handed_over()
    one = room.do(room.omar, lead, "view")
    (other,) = room.sim.press(room.omar, room.omar.card.id, "lead:ffffffffffffffff.view:1")
    assert one == other.text == CONTENT.words.phrase("nl", "desk.not_yours")


def test_the_coordinator_sees_only_what_fell_to_the_coordinator(room: Room) -> None:
    lead = room.handed_over()
    assert "Fatma" not in room.do(room.ria, lead, "view")
    room.do(room.ans, lead, "decline.no_capacity")
    assert lead.code in room.ria.news[-1].text
    assert "Fatma" not in room.ria.news[-1].text
    assert "Fatma" in room.do(room.ria, lead, "view")


@pytest.mark.parametrize("who", ["telegram:1087968824", "telegram:1001"])
def test_only_a_linked_member_is_a_member(store: Store, who: str) -> None:
    """Pitfall 28: the id that all anonymous admins share is nobody."""
    room = Room(store)
    lead = room.handed_over()
    stranger = room.sim.person(who, "Ans")
    for heard in (Command("postvak"), InboxTap(), LeadTap(lead.token, "accept", version=1)):
        (told,) = room.sim.hear(stranger, heard)
        assert told.text == CONTENT.words.phrase("nl", "desk.no_member")
    assert simulated.lead(room.sim, lead.id) == lead


def test_a_tap_in_the_name_of_a_member_from_another_chat_shows_nothing_there(store: Store) -> None:
    room = Room(store)
    lead = room.handed_over()
    out = room.sim.handle(
        [Incoming("telegram", 9001, "telegram:666", room.ans.address, LeadTap(lead.token, "view", version=1))]
    )
    assert not any("Fatma" in each.text for each in out)


def test_a_member_may_also_be_a_resident_and_keeps_their_place(room: Room) -> None:
    room.sim.press(room.ans, None, "menu.welcome:_menu:0")
    go(room.sim, room.ans, *ALONE)
    before = simulated.place(room.sim, room.ans)
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.sim.type(room.ans, "/postvak")
    assert simulated.place(room.sim, room.ans) == before


def test_a_coordinator_who_is_also_the_partner_can_reopen_what_they_declined(room: Room) -> None:
    """They may be the only coordinator; the older membership must not hide the younger one's buttons."""
    lead = room.handed_over()
    simulated.joins(room.sim, room.ans, "coordinator")
    go(room.sim, room.ans, "inbox", "view", "decline", "decline.no_capacity")
    assert simulated.lead(room.sim, lead.id).status == "declined"
    go(room.sim, room.ans, "view", "reopen")
    assert simulated.lead(room.sim, lead.id).status == "accepted"
