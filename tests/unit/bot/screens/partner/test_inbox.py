"""The inbox: which leads stand in it, in which order, and for whom it opens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.demo.simulator import Shown, Simulator
from bot.messages.taps.buttons import decode
from bot.messages.taps.members import DashboardTap, InboxTap, LeadTap
from bot.screens.partner.inbox import PAGE
from db import tables
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, Clock, go
from tests.unit.bot.screens.partner.room import Room, put
from tests.unit.flows.model.test_desk_table import FELL, OPEN, STATUSES


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


def pages(room: Room, offset: int) -> tuple[int, list[int]]:
    """How many leads this page of the inbox shows, and where its button for more leads."""
    (page,) = room.sim.hear(room.ans, InboxTap(offset))
    taps = [decode(b.data) for row in page.buttons for b in row]
    more = [each.offset for each in taps if isinstance(each, InboxTap) and each.offset]
    return sum(isinstance(each, LeadTap) for each in taps), more


def test_a_full_page_has_no_way_on_and_with_one_lead_more_it_has(room: Room) -> None:
    room.handed_over()
    for _ in range(PAGE - 1):
        put(room.sim, room.fatma, "sent")
    assert pages(room, 0) == (PAGE, [])
    put(room.sim, room.fatma, "sent")
    assert pages(room, 0) == (PAGE, [PAGE])
    assert pages(room, PAGE) == (1, [])


def test_each_page_leads_to_the_next(room: Room) -> None:
    room.handed_over()
    for _ in range(2 * PAGE):
        put(room.sim, room.fatma, "sent")
    assert pages(room, PAGE) == (PAGE, [2 * PAGE])
    assert pages(room, 2 * PAGE) == (1, [])


def test_what_cannot_wait_stands_first_with_a_mark_and_nothing_else_has_one(room: Room) -> None:
    room.handed_over()
    put(room.sim, room.fatma, "sent")
    urgent = put(room.sim, room.fatma, "sent")
    with room.sim.store.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == urgent.id).values(urgent=True))
    (page,) = at_inbox(room)
    lines = [b.text for row in page.buttons for b in row if b.data.startswith("lead:")]
    assert [each.startswith("❗ ") for each in lines] == [True, False, False]
    assert urgent.code in lines[0]


def test_whoever_reads_for_two_organisations_finds_the_leads_of_both_and_how_many_there_are(room: Room) -> None:
    lead = room.handed_over()
    simulated.joins(room.sim, room.omar, "balans")
    other = put(room.sim, room.fatma, "sent")
    with room.sim.store.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == other.id).values(partner="eas", inbox="eas"))
    (page,) = room.sim.type(room.omar, "/postvak")
    assert page.text == CONTENT.words.phrase(
        "nl", "desk.inbox", partner="Stichting Balans, Energie Actief Soest", count=2
    )
    assert all(code in str(page.buttons) for code in (lead.code, other.code))
    assert "1 open" in at_inbox(room)[0].text


@pytest.mark.parametrize(("who", "leads"), [("ria", True), ("ans", False)])
def test_only_a_coordinator_finds_the_way_from_the_inbox_to_the_dashboard(room: Room, who: str, leads: bool) -> None:
    (page,) = room.sim.type(getattr(room, who), "/postvak")
    assert any(isinstance(decode(b.data), DashboardTap) for row in page.buttons for b in row) == leads


def test_an_empty_inbox_says_so(room: Room) -> None:
    (card,) = room.sim.type(room.ans, "/postvak")
    assert card.text == CONTENT.words.phrase("nl", "desk.inbox_empty", partner="Stichting Balans", count=0)


def test_an_inbox_shows_every_open_lead_and_no_closed_one(room: Room) -> None:
    room.handed_over()
    made = {status: put(room.sim, room.fatma, status).code for status in STATUSES}
    for person, theirs in ((room.ans, set(OPEN) - set(FELL)), (room.ria, set(FELL))):
        (inbox,) = room.sim.type(person, "/postvak")
        assert {status for status, code in made.items() if code in str(inbox.buttons)} == theirs


def test_the_table_decides_for_whom_an_inbox_opens(room: Room) -> None:
    room.handed_over()
    desk = replace(CONTENT.desk, acts={**CONTENT.desk.acts, "inbox": ("coordinator",)})
    sim = Simulator(replace(CONTENT, desk=desk), room.sim.store, Clock())
    sim._updates = 1000
    (told,) = sim.type(sim.person(room.ans.address, "Ans"), "/postvak")
    assert told.text == CONTENT.words.phrase("nl", "desk.no_member")
    (told,) = sim.type(sim.person(room.ria.address, "Ria"), "/postvak")
    assert "Postvak" in told.text
