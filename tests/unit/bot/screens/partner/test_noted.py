"""Private notes: who writes and reads them, how long they stay, and what is never kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages.ticks import ForgetWhatIsDue
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import ChartTap
from flows.model.names import NOTE
from tests import simulated
from tests.simulated import CONTENT, NOW, Clock
from tests.unit.bot.screens.partner.room import Room, put

WORDS = "Belt liever niet"


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def noted(room: Room, lead: Lead, *texts: str) -> Lead:
    """Ans notes this on the lead, one after another."""
    for text in texts or (WORDS,):
        room.do(room.ans, lead, "note")
        room.sim.type(room.ans, text)
    return simulated.lead(room.sim, lead.id)


def test_readers_of_the_inbox_see_a_note_on_the_lead_and_nobody_else_hears_of_it(room: Room) -> None:
    lead = noted(room, room.handed_over())
    assert f"📝 woensdag 25 november 14:02: {WORDS}" in room.do(room.bep, lead, "view")
    for person in (room.omar, room.ria, room.fatma):
        assert WORDS not in room.do(person, lead, "view")
        assert WORDS not in str(person.chat)


def test_a_note_is_no_move(room: Room) -> None:
    before = room.handed_over()
    after = noted(room, before)
    assert (after.version, after.status, after.due_at) == (before.version, before.status, before.due_at)


def test_the_last_three_notes_stay(room: Room) -> None:
    lead = noted(room, room.handed_over(), "kwart voor twee", "b", "c", "d")
    assert [text for _, text in lead.notes or ()] == ["b", "c", "d"]
    assert simulated.found(room.sim.store, "kwart voor twee") == []


@pytest.mark.parametrize("how", ["decline.other", "fail.other"])
def test_notes_go_when_the_lead_goes_to_the_coordinator(room: Room, how: str) -> None:
    lead = room.handed_over()
    if how.startswith("fail"):
        room.do(room.ans, lead, "accept")
    lead = noted(room, lead)
    room.do(room.ans, lead, how)
    assert simulated.lead(room.sim, lead.id).notes is None
    assert WORDS not in room.do(room.ria, lead, "view")
    assert simulated.found(room.sim.store, WORDS) == []


@pytest.mark.parametrize("how", ["erased", "old"])
def test_notes_go_with_the_lead(room: Room, how: str) -> None:
    lead = noted(room, room.handed_over())
    if how == "erased":
        room.sim.hear(room.fatma, ChartTap("erase", "yes", simulated.place(room.sim, room.fatma).revision))
    else:
        room.do(room.ans, lead, "accept")
        room.do(room.ans, lead, "complete.helped")
        room.sim.handle.now = Clock(NOW + timedelta(days=31))
        while any(room.sim.handle.tick(ForgetWhatIsDue()).done.values()):
            pass
    assert simulated.lead(room.sim, lead.id).notes is None
    assert simulated.found(room.sim.store, WORDS) == []


def test_a_note_is_encrypted(room: Room) -> None:
    noted(room, room.handed_over())
    with room.sim.store.read() as tx:
        (kept,) = tx.exec_driver_sql("SELECT notes FROM leads").scalars().all()
    assert WORDS not in kept


def test_the_resident_finds_the_notes_among_what_is_kept_of_them(room: Room) -> None:
    noted(room, room.handed_over())
    room.sim.type(room.fatma, "/mijngegevens")
    assert any(f"Een notitie van wie je helpt: {WORDS}" in each.text for each in room.fatma.news)


@pytest.mark.parametrize("who", ["omar", "ria", "fatma"])
def test_nobody_else_notes_anything(room: Room, who: str) -> None:
    lead = room.handed_over()
    person = getattr(room, who)
    room.do(person, lead, "note")
    room.sim.type(person, WORDS)
    assert simulated.lead(room.sim, lead.id).notes is None


def test_nothing_is_noted_on_a_lead_that_ended(room: Room) -> None:
    room.handed_over()
    for status in sorted({*CONTENT.desk.statuses} - CONTENT.desk.open):
        lead = put(room.sim, room.fatma, status)
        room.do(room.ans, lead, "note")
        assert simulated.place(room.sim, room.ans).step != NOTE, status


def test_a_note_that_is_typed_after_the_lead_fell_stays_nowhere(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "note")
    room.do(room.bep, lead, "decline.other")
    room.sim.type(room.ans, WORDS)
    assert simulated.found(room.sim.store, WORDS) == []


def test_an_old_button_begins_no_note(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.bep, lead, "accept")
    room.sim.press(room.ans, None, simulated.under(lead, "note", lead.version))
    room.sim.type(room.ans, WORDS)
    assert simulated.found(room.sim.store, WORDS) == []


@pytest.mark.parametrize("words", ["BSN 123456782", "x" * 201])
def test_a_number_that_nobody_may_keep_and_a_long_text_are_refused(room: Room, words: str) -> None:
    assert noted(room, room.handed_over(), words).notes is None
    assert simulated.place(room.sim, room.ans).step == NOTE


def test_a_cry_in_a_note_rings_and_is_kept_only_when_its_writer_says_so_once_more(room: Room) -> None:
    lead = noted(room, room.handed_over(), "het ruikt naar gas")
    assert lead.notes is None
    assert any(CONTENT.words.phrase("nl", "own_words.unsaid_on_lead") in each.text for each in room.ans.news)
    simulated.go(room.sim, room.ans, "_add")
    assert [text for _, text in simulated.lead(room.sim, lead.id).notes or ()] == ["het ruikt naar gas"]
