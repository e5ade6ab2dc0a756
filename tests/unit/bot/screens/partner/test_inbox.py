"""The inbox: which leads stand in it, in which order, and for whom it opens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.simulator import Shown, Simulator
from db.store import Store
from tests.simulated import CONTENT, Clock, go
from tests.unit.bot.screens.partner.room import Room, put
from tests.unit.flows.model.test_desk_table import OPEN, STATUSES


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def at_inbox(room: Room) -> list[Shown]:
    return room.sim.type(room.ans, "/postvak")


def test_urgent_leads_stand_on_top_and_the_rest_by_age_in_pages_of_eight(room: Room) -> None:
    room.handed_over()
    made = [put(room.sim, room.fatma, "sent") for _ in range(9)]
    (page,) = at_inbox(room)
    codes = [b.text for row in page.buttons for b in row if b.data.startswith("lead:")]
    assert len(codes) == 8
    assert "10 open" in page.text
    (rest,) = go(room.sim, room.ans, "inbox8")
    assert made[-1].code in str(rest.buttons)
    assert len([b for row in rest.buttons for b in row if b.data.startswith("lead:")]) == 2


def test_an_empty_inbox_says_so(room: Room) -> None:
    (card,) = room.sim.type(room.ans, "/postvak")
    assert card.text == CONTENT.words.phrase("nl", "desk.inbox_empty", partner="Stichting Balans", count=0)


def test_an_inbox_shows_every_open_lead_and_no_closed_one(room: Room) -> None:
    room.handed_over()
    made = {status: put(room.sim, room.fatma, status).code for status in STATUSES}
    (inbox,) = room.sim.type(room.ans, "/postvak")
    assert {status for status, code in made.items() if code in str(inbox.buttons)} == set(OPEN)


def test_the_table_decides_for_whom_an_inbox_opens(room: Room) -> None:
    room.handed_over()
    desk = replace(CONTENT.desk, acts={**CONTENT.desk.acts, "inbox": ("coordinator",)})
    sim = Simulator(replace(CONTENT, desk=desk), room.sim.store, Clock())
    sim._updates = 1000
    (told,) = sim.type(sim.person(room.ans.address, "Ans"), "/postvak")
    assert told.text == CONTENT.words.phrase("nl", "desk.no_member")
    (told,) = sim.type(sim.person(room.ria.address, "Ria"), "/postvak")
    assert "Postvak" in told.text
