"""Clocks of a promise: working days, office hours, holidays, and the hour that moves twice a year (pitfall 36)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest
from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.loaded import ZONE
from bot.leads.deadlines import CLOSES, OPENS, contact_days, office_hours, open_at, urgent_days, working_days, works
from flows.model.chart import Outcome
from flows.model.wijk import Hours, Partner
from flows.walk.advice import Help
from tests.simulated import CONTENT

moments = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def local(text: str) -> datetime:
    """A moment on the clock of the wijk."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-25 14:02", 0, "2026-11-25"),
        ("2026-11-25 14:02", 1, "2026-11-26"),
        ("2026-11-25 14:02", 2, "2026-11-27"),
        ("2026-11-25 14:02", 3, "2026-11-30"),
        ("2026-11-25 14:02", 5, "2026-12-02"),
        ("2026-11-28 11:00", 0, "2026-11-30"),
        ("2026-11-28 11:00", 1, "2026-11-30"),
        ("2026-11-29 23:59", 1, "2026-11-30"),
        ("2026-12-24 16:00", 1, "2026-12-28"),
        ("2026-12-31 09:00", 1, "2027-01-04"),
        ("2027-04-26 09:00", 1, "2027-04-28"),
        ("2027-03-26 09:00", 1, "2027-03-30"),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(start: str, days: int, end: str) -> None:
    assert working_days(local(start), days) == local(f"{end} 17:00")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-25 09:00", 4, "2026-11-25 13:00"),
        ("2026-11-25 13:00", 4, "2026-11-25 17:00"),
        ("2026-11-25 14:02", 4, "2026-11-26 10:02"),
        ("2026-11-25 06:00", 4, "2026-11-25 13:00"),
        ("2026-11-25 17:00", 4, "2026-11-26 13:00"),
        ("2026-11-25 22:00", 4, "2026-11-26 13:00"),
        ("2026-11-27 16:00", 4, "2026-11-30 12:00"),
        ("2026-11-28 12:00", 4, "2026-11-30 13:00"),
        ("2026-12-24 16:59", 4, "2026-12-28 12:59"),
        ("2026-11-25 09:00", 20, "2026-11-27 13:00"),
    ],
)
def test_office_hours_run_only_while_people_work(start: str, hours: int, end: str) -> None:
    assert office_hours(local(start), hours) == local(end)


def test_the_clock_of_the_wijk_counts_and_not_that_of_the_machine() -> None:
    """23:30 in UTC is the next day in the wijk, in winter and in summer."""
    assert working_days(datetime(2026, 11, 25, 23, 30, tzinfo=UTC), 1) == local("2026-11-27 17:00")
    assert working_days(datetime(2026, 6, 24, 22, 30, tzinfo=UTC), 1) == local("2026-06-26 17:00")


@pytest.mark.parametrize(
    ("before", "after", "utc"),
    [("2028-03-24 15:00", "2028-03-27 11:00", 9), ("2026-10-23 15:00", "2026-10-26 11:00", 10)],
)
def test_when_the_hour_moves_the_office_still_opens_at_nine(before: str, after: str, utc: int) -> None:
    end = office_hours(local(before), 4)
    assert end == local(after)
    assert end.astimezone(UTC).hour == utc


@settings(max_examples=200)
@given(moments, st.integers(0, 20))
def test_a_deadline_in_days_ends_a_working_day_and_never_comes_too_early(start: datetime, days: int) -> None:
    end = working_days(start, days)
    assert works(end.date())
    assert end.timetz().replace(tzinfo=None) == CLOSES
    between = (start.astimezone(ZONE).date() + timedelta(days=n) for n in range(1, 60))
    passed = sum(works(day) for day in between if day <= end.date())
    assert passed == days or (days == 0 and passed <= 1)
    assert working_days(start, days + 1) >= end


@settings(max_examples=200)
@given(moments, st.integers(1, 24))
def test_a_deadline_in_hours_lies_in_office_hours_and_later_for_who_comes_later(start: datetime, hours: int) -> None:
    end = office_hours(start, hours)
    assert works(end.date())
    assert OPENS <= end.time() <= CLOSES
    assert end - start >= timedelta(hours=hours)
    assert office_hours(start + timedelta(hours=1), hours) >= end


OPEN = (Hours((1, 2, 3), time(9), time(12)), Hours((3,), time(14), time(16)))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-24 09:00", True),
        ("2026-11-24 08:59", False),
        ("2026-11-24 11:59", True),
        ("2026-11-24 12:00", False),
        ("2026-11-23 10:00", False),
        ("2026-11-26 13:00", False),
        ("2026-11-26 14:00", True),
        ("2026-11-26 16:00", False),
    ],
)
def test_a_door_with_two_rows_of_hours_is_open_within_them(moment: str, is_open: bool) -> None:
    assert open_at(OPEN, local(moment)) is is_open
    assert open_at(OPEN, local(moment).astimezone(UTC)) is is_open
    assert not open_at((), local(moment))


def test_our_holidays_are_those_of_the_library_that_knows_them_all() -> None:
    """2020 to 2060, every weekday."""
    free = country_holidays("NL", years=range(2020, 2061))
    days = (date(2020, 1, 1) + timedelta(days=n) for n in range((date(2061, 1, 1) - date(2020, 1, 1)).days))
    assert [day for day in days if day.weekday() < 5 and works(day) == (day in free)] == []


def partner(contact_days: int, urgent_contact_days: int) -> Partner:
    return replace(
        next(iter(CONTENT.wijk.partners.values())), contact_days=contact_days, urgent_contact_days=urgent_contact_days
    )


def test_who_comes_together_comes_as_soon_as_the_slowest_can() -> None:
    """A promise that only the faster one keeps is broken."""
    people = [partner(5, 1), partner(10, 3), partner(2, 2)]
    offer = next(
        each
        for step in CONTENT.charts.steps.values()
        if isinstance(step, Outcome)
        for each in step.offers
        if not each.days
    )
    for order in permutations(people):
        assert contact_days(Help((offer,), ()), list(order)) == 10
        assert urgent_days(list(order)) == 3
    own = replace(offer, days=(1, 4))
    assert contact_days(Help((own,), ()), people) == 4, "the row's own days count first"
    assert (contact_days(Help((offer,), ()), []), urgent_days([])) == (5, 1)
