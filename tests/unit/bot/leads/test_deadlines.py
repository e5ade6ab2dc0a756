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
from bot.leads.deadlines import (
    CLOSES,
    OPENS,
    claim_by,
    contact_by,
    contact_days,
    office_hours,
    open_at,
    working_days,
    works,
)
from flows.model.chart import Outcome
from flows.model.wijk import Closure, Hours, Partner
from flows.walk.help import Help
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


PARTNER = next(iter(CONTENT.wijk.partners.values()))


def partner(*hours: Hours, **other: object) -> Partner:
    """A partner with these hours, whose inbox is read."""
    return replace(PARTNER, **{"hours": hours, "closed": (), **other})  # type: ignore[arg-type]


TUESDAYS = Hours((1,), time(9), time(12))
WITH_A_BREAK = partner(Hours((0, 3), time(13, 30), time(17)), Hours((0, 3), time(9), time(12)))
SATURDAYS = partner(Hours((5, 6), time(10), time(14)))
CHRISTMAS = Closure(date(2026, 12, 21), date(2027, 1, 3))


def test_our_holidays_are_those_of_the_library_that_knows_them_all() -> None:
    """2020 to 2060, every day, for a partner that is open all week."""
    free = country_holidays("NL", years=range(2020, 2061))
    always = partner(Hours(tuple(range(7)), OPENS, CLOSES))
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range((date(2061, 1, 1) - date(2020, 1, 1)).days)]
    assert [day for day in days if works(day, always) == (day in free)] == []
    assert [day for day in days if works(day) != (day.weekday() < 5 and day not in free)] == []


def test_kings_day_is_on_the_saturday_when_the_27th_is_a_sunday() -> None:
    assert (date(2031, 4, 27).weekday(), date(2027, 4, 27).weekday()) == (6, 1)
    assert [works(date(2031, 4, day), SATURDAYS) for day in (26, 27)] == [False, True]
    assert [works(date(2027, 4, day)) for day in (26, 27)] == [True, False]


@pytest.mark.parametrize(
    ("start", "days", "where", "end"),
    [
        ("2026-11-25 14:02", 2, partner(TUESDAYS), "2026-12-08 12:00"),
        ("2026-11-24 11:00", 1, partner(TUESDAYS), "2026-12-01 12:00"),
        ("2026-11-24 13:00", 0, partner(TUESDAYS), "2026-12-01 12:00"),
        ("2026-11-24 11:00", 0, partner(TUESDAYS), "2026-11-24 12:00"),
        ("2026-11-25 14:02", 2, WITH_A_BREAK, "2026-11-30 17:00"),
        ("2026-12-18 14:00", 1, partner(closed=(CHRISTMAS,)), "2027-01-04 17:00"),
        ("2026-12-18 14:00", 1, partner(TUESDAYS, closed=(CHRISTMAS,)), "2027-01-05 12:00"),
        ("2026-12-18 14:00", 1, partner(state="paused", until=date(2026, 12, 27)), "2026-12-28 17:00"),
        ("2026-12-18 14:00", 1, partner(state="full", until=date(2026, 12, 27)), "2026-12-21 17:00"),
        ("2026-12-24 16:00", 1, SATURDAYS, "2026-12-27 14:00"),
        ("2028-02-28 10:00", 1, partner(Hours((1,), OPENS, CLOSES)), "2028-02-29 17:00"),
        ("2028-02-28 10:00", 2, partner(), "2028-03-01 17:00"),
        ("2026-12-31 10:00", 1, partner(Hours((4,), OPENS, CLOSES)), "2027-01-08 17:00"),
    ],
)
def test_working_days_of_a_partner_are_the_days_on_which_it_works(
    start: str, days: int, where: Partner, end: str
) -> None:
    assert working_days(local(start), days, where) == local(end)


@pytest.mark.parametrize(
    ("start", "hours", "where", "end"),
    [
        ("2026-11-26 11:00", 4, WITH_A_BREAK, "2026-11-26 16:30"),
        ("2026-11-26 12:30", 1, WITH_A_BREAK, "2026-11-26 14:30"),
        ("2026-11-26 16:30", 1, WITH_A_BREAK, "2026-11-30 09:30"),
        ("2026-11-25 14:02", 4, partner(TUESDAYS), "2026-12-08 10:00"),
        ("2026-12-24 16:00", 4, partner(), "2026-12-28 12:00"),
        ("2026-12-24 16:00", 4, partner(closed=(CHRISTMAS,)), "2027-01-04 13:00"),
        ("2026-11-24 09:00", 4, partner(TUESDAYS, Hours((1,), time(11), time(14))), "2026-11-24 13:00"),
    ],
)
def test_office_hours_of_a_partner_are_its_own_and_pause_at_noon(
    start: str, hours: int, where: Partner, end: str
) -> None:
    assert office_hours(local(start), hours, where) == local(end)


@pytest.mark.parametrize(
    ("start", "end"), [("2026-03-29 00:30", "2026-03-29 05:30"), ("2026-10-25 00:30", "2026-10-25 03:30")]
)
def test_an_hour_in_the_night_that_moves_lasts_an_hour(start: str, end: str) -> None:
    """In spring there is no hour from two to three; in autumn it comes twice."""
    nightly = partner(Hours(tuple(range(7)), time(0), time(8)))
    assert office_hours(local(start), 4, nightly) == local(end)


some_hours = st.lists(
    st.builds(
        lambda days, opens, lasts: Hours(tuple(sorted(days)), time(opens), time(opens + lasts)),
        st.sets(st.integers(0, 6), min_size=1, max_size=7),
        st.integers(0, 21),
        st.integers(1, 2),
    ),
    max_size=4,
)
some_closures = st.lists(
    st.builds(
        lambda first, lasts: Closure(
            date(2026, 1, 1) + timedelta(days=first), date(2026, 1, 1) + timedelta(days=first + lasts)
        ),
        st.integers(0, 3 * 365),
        st.integers(0, 40),
    ),
    max_size=4,
)
partners = st.builds(lambda hours, closed: partner(*hours, closed=tuple(closed)), some_hours, some_closures)


@settings(max_examples=200)
@given(moments, st.integers(0, 12), st.integers(1, 24), partners, st.integers(0, 5000))
def test_a_clock_of_a_partner_ends_while_it_works_and_later_for_who_comes_later(
    start: datetime, days: int, hours: int, where: Partner, later: int
) -> None:
    after = start + timedelta(minutes=later)
    end = working_days(start, days, where)
    assert end >= start
    assert works(end.date(), where)
    assert not where.away(end.date())
    assert working_days(start, days + 1, where) > end or days == 0
    assert working_days(after, days, where) >= end
    taken = office_hours(start, hours, where)
    assert works(taken.date(), where)
    assert taken - start >= timedelta(hours=hours)
    assert not where.hours or open_at(where.hours, taken - timedelta(seconds=1))
    assert office_hours(start, hours + 1, where) > taken
    assert office_hours(after, hours, where) >= taken


@settings(max_examples=100)
@given(moments, st.lists(partners, min_size=1, max_size=3), st.booleans())
def test_a_lead_is_to_be_taken_before_its_resident_hears(start: datetime, people: list[Partner], urgent: bool) -> None:
    each = Help((replace(OFFER, urgent=urgent),), ())
    together = contact_by(start, each, people)
    assert together is not None
    for one in people:
        alone = contact_by(start, each, [one])
        assert alone is not None
        assert start <= claim_by(start, each, one) <= alone <= together


OFFER = next(
    each for step in CONTENT.charts.steps.values() if isinstance(step, Outcome) for each in step.offers if not each.days
)


def test_who_comes_together_comes_as_soon_as_the_slowest_can() -> None:
    """A promise that only the faster one keeps is broken."""
    now = local("2026-11-25 14:02")
    people = [
        partner(contact_days=5, urgent_contact_days=1),
        partner(contact_days=10, urgent_contact_days=3),
        partner(TUESDAYS, contact_days=1, urgent_contact_days=1),
    ]
    calm, urgent = Help((replace(OFFER, urgent=False),), ()), Help((replace(OFFER, urgent=True),), ())
    for order in permutations(people):
        assert contact_by(now, calm, order) == working_days(now, 10)
        assert contact_by(now, urgent, order) == local("2026-12-01 12:00")
    own = Help((replace(OFFER, urgent=False, days=(1, 6)),), ())
    assert [contact_days(own, each) for each in people] == [6, 6, 6], "the row's own days count first"
    assert contact_days(own, None) == 6
    assert contact_days(own, partner(least_days=5, contact_days=10)) == 6
    assert contact_days(own, partner(least_days=10, contact_days=10)) == 10, "never sooner than the partner agreed to"
    assert (contact_days(calm, None), contact_days(urgent, None)) == (5, 1)


def test_the_days_of_the_coordinator_count_while_nobody_reads_the_inbox() -> None:
    now, calm = local("2026-11-25 14:02"), Help((replace(OFFER, urgent=False),), ())
    slow = partner(TUESDAYS, contact_days=5)
    assert contact_by(now, calm, [slow]) == local("2026-12-29 12:00")
    assert contact_by(now, calm, [replace(slow, staffed=False)]) == working_days(now, 5)


def test_nobody_promises_a_day_for_a_partner_that_did_not_agree_to_one() -> None:
    now, calm = local("2026-11-25 14:02"), Help((replace(OFFER, urgent=False),), ())
    asked, sure = partner(TUESDAYS, agreed=False, claim_days=2), partner()
    assert contact_by(now, calm, [asked]) is contact_by(now, calm, [sure, asked]) is None
    assert claim_by(now, calm, asked) == local("2026-11-27 17:00"), "the coordinator looks, on days of the wijk"
    unread = replace(asked, staffed=False)
    assert contact_by(now, calm, [unread]) is not None, "the coordinator reads it, and promises"
