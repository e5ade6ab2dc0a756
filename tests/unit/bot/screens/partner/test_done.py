"""What was done: ticked after the lead is completed, in few taps, by its own readers; and counted, of nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from bot.content.chores.figures import figures_command
from bot.handle import Handle
from bot.messages.ticks import ForgetWhatIsDue
from db import tables
from db.leads.lead import Lead
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, NOW, Clock, go
from tests.unit.bot.screens.partner.room import Room, put

HOME = [["home_coach", "cold"]]
MONEY = [["money_buddy", "bills"]]


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def completed(room: Room, needs: list[list[str]] | None = HOME) -> Lead:
    """A lead about this that Ans completed just now."""
    lead = room.handed_over()
    with room.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(needs=needs))
    room.do(room.ans, lead, "accept")
    room.do(room.ans, lead, "complete.helped")
    return simulated.lead(room.sim, lead.id)


def labels(room: Room) -> list[str]:
    return [each.text for row in room.ans.card.buttons for each in row]


def test_a_report_at_the_door_takes_at_most_four_taps(room: Room) -> None:
    """From the open lead on; with the third of them all is stored, and the fourth is *Klaar*."""
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.do(room.ans, lead, "view")
    taps = ("complete", "complete.helped", "done.talked", "view")
    go(room.sim, room.ans, *taps)
    after = simulated.lead(room.sim, lead.id)
    assert len(taps) <= 4
    assert (after.status, after.reason, after.done) == ("completed", "helped", ["talked"])
    assert room.ans.card.text == f"{lead.code} · afgerond"


def test_whoever_stops_at_the_ticks_has_completed_the_lead(room: Room) -> None:
    lead = completed(room)
    assert (lead.status, lead.reason, lead.done, lead.closed_at) == ("completed", "helped", None, NOW)
    assert "Fatma" not in room.ans.card.text


def test_a_tick_can_be_taken_away_and_a_double_tap_counts_once(room: Room) -> None:
    lead = completed(room)
    for answer in ("done.strips", "done.foil", "done.foil"):
        room.do(room.ans, lead, answer)
    assert simulated.lead(room.sim, lead.id).done == ["foil", "strips"]
    assert "✓ Tochtstrips" in labels(room)
    for answer in ("done.no_foil", "done.no_foil"):
        room.do(room.ans, lead, answer)
    assert simulated.lead(room.sim, lead.id).done == ["strips"]


@pytest.mark.parametrize(("needs", "home"), [(HOME, True), (MONEY, False), (None, True)])
def test_a_coach_sees_what_a_coach_does_and_a_money_helper_does_not(
    room: Room, needs: list[list[str]] | None, home: bool
) -> None:
    """Of a lead that does not say what it is about, everything can be ticked."""
    completed(room, needs)
    assert {"Formulier", "Iets anders"} <= {*labels(room)}
    assert ("Tochtstrips" in labels(room)) == home


def test_the_ticks_fit_on_a_phone_also_when_all_are_ticked(room: Room) -> None:
    lead = completed(room)
    words = CONTENT.desk.ticks({"home_coach"})
    for word in words:
        room.do(room.ans, lead, f"done.{word}")
    assert simulated.lead(room.sim, lead.id).done == sorted(words)
    assert len(room.ans.card.buttons) <= 8, "six rows, 🆘 and 🚪"


@pytest.mark.parametrize("who", ["omar", "ria", "fatma"])
def test_nobody_else_ticks_anything(room: Room, who: str) -> None:
    lead = completed(room)
    room.do(getattr(room, who), lead, "done.strips")
    assert simulated.lead(room.sim, lead.id).done is None


def test_what_is_on_no_list_is_not_kept(room: Room) -> None:
    lead = completed(room)
    for answer in ("done.geheim", "done.no_geheim", "done.no_", "done"):
        room.do(room.ans, lead, answer)
    assert simulated.lead(room.sim, lead.id).done is None


@pytest.mark.parametrize("status", sorted({*CONTENT.desk.statuses} - {"completed"}))
def test_nothing_is_ticked_under_a_lead_that_is_not_completed(room: Room, status: str) -> None:
    room.handed_over()
    lead = put(room.sim, room.fatma, status)
    room.do(room.ans, lead, "done.talked")
    assert simulated.lead(room.sim, lead.id).done is None


def test_a_tick_that_was_drawn_for_another_version_does_nothing(room: Room) -> None:
    lead = completed(room)
    room.sim.press(room.ans, room.ans.card.id, simulated.under(lead, "done.strips", lead.version - 1))
    assert simulated.lead(room.sim, lead.id).done is None


def test_after_the_lead_is_blanked_its_ticks_stand_and_nothing_is_added(room: Room) -> None:
    lead = completed(room)
    room.do(room.ans, lead, "done.strips")
    handle = Handle(CONTENT, room.sim.store, now=Clock(NOW + timedelta(days=31)))
    while any(handle.tick(ForgetWhatIsDue()).done.values()):
        pass
    told = room.do(room.ans, lead, "done.foil")
    after = simulated.lead(room.sim, lead.id)
    assert (after.packet, after.done) == (None, ["strips"])
    assert told == CONTENT.words.phrase("nl", "desk.forgotten", code=lead.code)


def test_homes_and_talks_of_a_period_are_counted_and_a_shared_visit_counts_once(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    room.handed_over()
    done = [
        ("KOP-AAA", ["foil", "strips"], 0),
        ("KOP-AAA", ["form", "strips"], 0),
        (None, ["talked"], 0),
        (None, None, 0),
        (None, ["strips"], -40),
    ]
    for together, words, days in done:
        lead = put(room.sim, room.fatma, "completed")
        values = {"together": together, "done": words, "reason": "helped", "closed_at": NOW + timedelta(days=days)}
        with room.sim.store.write() as tx:
            tx.execute(update(tables.leads).where(tables.leads.c.id == lead.id).values(values))
    figures_command(room.sim.store, [CONTENT], date(2026, 11, 1), date(2026, 11, 25))
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Smitsveen, 2026-11-01 - 2026-11-25"
    found = dict(line.strip().split(": ") for line in told[1:])
    assert (found["Woningen"], found["Gesprekken"], found["Geholpen"]) == ("1", "2", "4")
    assert (found["Bewoner zei niets"], found["Partner en bewoner verschillen"]) == ("5", "0")
    assert (found["Tochtstrips"], found["Radiatorfolie"], found["Douchekop"]) == ("2", "1", "0")
    figures_command(room.sim.store, [CONTENT], date(2026, 11, 26), date(2026, 12, 31))
    assert "Woningen: 0" in capsys.readouterr().out
