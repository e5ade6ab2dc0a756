"""A partner says itself that it is full or away until a day; the others know, and it ends by itself (pitfall 35)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.content.loaded import ZONE
from bot.demo.simulator import Person, Simulator
from bot.messages.taps.members import AvailabilityTap, LeaveTap
from bot.messages.ticks import OpenAgain
from db.people import members
from db.records import switches
from db.store import Store
from tests import simulated
from tests.simulated import ALONE, NOW, WIJK, Clock, go
from tests.unit.bot.screens.partner.room import Room

WEEK = date(2026, 12, 2)


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def handle(room: Room, person: Person) -> str:
    with room.sim.store.read() as tx:
        return members.of(tx, WIJK, person.id)[0].handle


def say(room: Room, person: Person, state: str = "", day: date | None = None, pick: str = "") -> str:
    """Tap this in the name of this person's own membership; gives what they then read."""
    room.hush()
    told = room.sim.hear(person, AvailabilityTap(handle(room, person), state, day, pick))
    return "\n".join(each.text for each in told)


def settled(sim: Simulator) -> dict[str, object]:
    with sim.store.read() as tx:
        return {name: value for name, value in switches.all(tx, WIJK).items() if "contact_days" not in name}


def news(person: Person) -> str:
    return "\n".join(each.text for each in person.news)


def offers(room: Room, name: str) -> str:
    """What a new resident is offered who is alone."""
    (card,) = go(room.sim, simulated.resident(room.sim, f"telegram:{name}"), *ALONE)
    return card.text


def test_full_is_five_taps_from_the_inbox_with_a_day_and_no_typing(room: Room) -> None:
    room.sim.type(room.ans, "/postvak")
    go(room.sim, room.ans, "available", "available.full", "available.full.2026-12-09")
    assert settled(room.sim) == {"partner.balans.state": "full", "partner.balans.until": "2026-12-09"}
    card = room.ans.card.text
    assert "Staat op: vol, tot en met woensdag 9 december" in card
    assert "Nieuwe bewoners krijgen nu de sociaal makelaar." in card
    assert "Stichting Balans zit nu vol." in offers(room, "3001")


def test_another_day_is_chosen_by_its_week_and_no_day_before_today_or_after_a_year(room: Room) -> None:
    room.sim.type(room.ans, "/postvak")
    go(room.sim, room.ans, "available", "available.paused", "available.paused.weeks.2026-11-25")
    shown = [decoded for row in room.ans.card.buttons for each in row if (decoded := each.data).startswith("available")]
    assert "25 november" in room.ans.card.buttons[0][0].text or "23 november" in room.ans.card.buttons[0][0].text
    assert len(shown) == 10, "eight weeks, later ones, back"
    go(room.sim, room.ans, "available.paused.weeks.2027-01-18", "available.paused.days.2027-02-01")
    go(room.sim, room.ans, "available.paused.2027-02-03")
    assert settled(room.sim)["partner.balans.until"] == "2027-02-03"
    before = settled(room.sim)
    for day in (date(2026, 11, 24), date(2028, 1, 1), date(9999, 12, 31), date(1, 1, 1)):
        assert "Tot en met welke dag?" in say(room, room.ans, "full", day)
        for pick in ("weeks", "days"):
            assert "Tot en met welke dag?" in say(room, room.ans, "full", day, pick)
    assert settled(room.sim) == before


def test_the_weeks_end_after_a_year(room: Room) -> None:
    say(room, room.ans, "full", date(2027, 11, 20), "weeks")
    texts = [each.text for row in room.ans.card.buttons for each in row]
    assert texts[0] == "Week van maandag 15 november"
    assert len([each for each in texts if each.startswith("Week")]) == 2
    say(room, room.ans, "full", date(2027, 11, 22), "days")
    days = [each.text for row in room.ans.card.buttons for each in row if "november" in each.text]
    assert days[-1] == "vrijdag 26 november"


def test_the_coordinator_and_the_colleagues_hear_it_once_and_nobody_else(room: Room) -> None:
    say(room, room.ans, "paused", WEEK)
    for person in (room.ria, room.bep):
        assert (
            news(person)
            == "🗓 Stichting Balans staat nu op: even dicht, tot en met woensdag 2 december.\nGezet door Ans."
        )
    assert not room.omar.news
    say(room, room.ans, "paused", WEEK)
    assert not room.ria.news, "a doubled tap tells nothing"
    say(room, room.ans, "open")
    assert news(room.ria) == "🗓 Stichting Balans staat nu op: open.\nGezet door Ans."


def test_a_partner_hears_what_the_coordinator_set(room: Room) -> None:
    room.sim.type(room.ria, "/coordinator")
    go(room.sim, room.ria, "partners", "partners.6", "partner.balans", "state.balans.full")
    for person in (room.ans, room.bep):
        assert "vol, tot en met woensdag 9 december.\nGezet door Ria." in news(person)


def test_who_set_it_is_in_the_audit_and_leads_stay(room: Room) -> None:
    lead = room.handed_over()
    assert "Open vragen bij jullie: 1\nDie blijven bij jullie." in say(room, room.ans, "full", WEEK)
    assert simulated.lead(room.sim, lead.id).inbox == "balans"
    assert any(
        "set.partner.balans.state" in row and room.ans.id in row
        for row in simulated.everything(room.sim.store)["audit"]
    )


def test_nobody_sets_it_for_another_partner_or_after_leaving(room: Room) -> None:
    theirs = handle(room, room.omar)
    for person, key in ((room.ans, theirs), (room.ria, handle(room, room.ria)), (room.fatma, theirs)):
        room.sim.hear(person, AvailabilityTap(key, "full", WEEK))
    own = handle(room, room.bep)
    room.sim.hear(room.bep, LeaveTap(own, sure=True))
    room.sim.hear(room.bep, AvailabilityTap(own, "full", WEEK))
    assert settled(room.sim) == {}


def test_a_member_of_two_partners_sees_a_button_for_each(room: Room) -> None:
    simulated.joins(room.sim, room.ans, "eas")
    (inbox,) = room.sim.type(room.ans, "/postvak")
    texts = [each.text for row in inbox.buttons for each in row]
    assert {"🗓 Stichting Balans: open", "🗓 Energie Actief Soest: open"} <= set(texts)


def later(room: Room, text: str) -> int:
    """Take the tick of this moment in the wijk; gives how many partners it opened."""
    for person in room.sim.people.values():
        person.news.clear()
    clock = room.sim.handle.now
    assert isinstance(clock, Clock)
    clock.moment = datetime.fromisoformat(text).replace(tzinfo=ZONE)
    ticked = room.sim.handle.tick(OpenAgain())
    room.sim.deliver(list(ticked.messages))
    return ticked.done.get("opened", 0)


def test_after_its_last_day_a_partner_is_open_and_reads_so_once_and_by_day(room: Room) -> None:
    say(room, room.ans, "full", WEEK)
    assert later(room, "2026-12-02 12:00") == 0, "the last day is not over"
    assert later(room, "2026-12-03 02:00") == 0, "nobody is woken"
    assert "Stichting Balans (mensen en activiteiten)" in offers(room, "3002"), "but it is open"
    assert later(room, "2026-12-03 09:00") == 1
    assert (
        news(room.ans) == news(room.bep) == "✅ Stichting Balans staat weer open.\nBewoners kunnen jullie weer kiezen."
    )
    assert news(room.ria) == "✅ Stichting Balans staat weer open."
    assert not room.omar.news
    assert later(room, "2026-12-03 10:00") == 0
    say(room, room.ans, "full", date(2026, 12, 10))
    assert later(room, "2026-12-11 19:59") == 1, "and the next time again"


def test_who_opened_it_before_its_last_day_is_not_told_afterwards(room: Room) -> None:
    say(room, room.ans, "full", WEEK)
    say(room, room.ans, "open")
    assert later(room, "2026-12-03 09:00") == 0


def test_the_clock_of_the_wijk_counts(room: Room) -> None:
    assert NOW.astimezone(ZONE).date() == date(2026, 11, 25)
    say(room, room.ans, "full", date(2026, 11, 25))
    assert later(room, "2026-11-25 19:59") == 0
    assert later(room, "2026-11-26 08:59") == 0
    assert later(room, "2026-11-26 20:00") == 0
    assert later(room, "2026-11-26 09:00") == 1
