"""When a visit can be: on working days, at the hours of the table, as clocks in the wijk show them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.leads.visits.slots import days, hours, over_at, possible, reminds_at
from bot.messages.ticks import LookAtLeads
from bot.messages.turn import Turn
from db.people.conversations import Conversation
from db.store import Store
from tests.simulated import CONTENT
from tests.unit.bot.leads.visits.house import House, at


def begins(day: date) -> list[str]:
    return [f"{each:%H:%M}" for each in hours(CONTENT, day)]


def test_the_same_hour_is_another_moment_in_summer() -> None:
    assert begins(date(2027, 3, 26)) == ["08:00", "09:30", "12:00", "13:30", "15:00", "18:00"]
    assert begins(date(2027, 3, 29)) == ["07:00", "08:30", "11:00", "12:30", "14:00", "17:00"]
    assert begins(date(2026, 10, 23))[0] == "07:00"
    assert begins(date(2026, 10, 26))[0] == "08:00"


@pytest.mark.parametrize(
    ("now", "first", "missing"),
    [
        (datetime(2026, 11, 25, 13, tzinfo=UTC), date(2026, 11, 26), {date(2026, 11, 28), date(2026, 11, 29)}),
        (datetime(2026, 12, 21, 13, tzinfo=UTC), date(2026, 12, 22), {date(2026, 12, 25), date(2027, 1, 1)}),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), date(2026, 11, 27), set()),  # it is Thursday there already
    ],
)
def test_a_visit_is_on_a_working_day_from_tomorrow_on(
    store: Store, now: datetime, first: date, missing: set[date]
) -> None:
    house = House(store, together=False)
    with store.read() as tx:
        wijk = house.sim.handle.wijk(tx, now)
        turn = Turn(tx, LookAtLeads(), "", "", wijk, CONTENT.words, now, Conversation(""), None)
        found = days(CONTENT, turn, house.lead)
        assert len(possible(CONTENT, turn, house.lead)) == 6 * len(found)
    assert found[0] == first
    assert not set(found) & missing
    assert all(each.weekday() < 5 for each in found)
    assert found[-1] <= first + timedelta(days=CONTENT.desk.visit.days)


def test_the_reminder_comes_at_nine_the_day_before_while_that_is_to_come() -> None:
    assert reminds_at(at(1, 19), at(25, 12)) == at(30, 9)
    assert reminds_at(at(1, 9), at(30, 9)) is None
    assert reminds_at(at(1, 9), at(1, 8)) is None


def test_it_is_asked_two_hours_later_or_in_the_morning() -> None:
    assert over_at(CONTENT, at(1, 10, 30)) == at(1, 12, 30)
    assert over_at(CONTENT, at(1, 19)) == at(2, 9)
