"""When somebody must have heard something: working days and office hours, without weekends and holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

from holidays import country_holidays

from bot.house import ZONE
from flows.wijk import Hours

OPENS, CLOSES = time(9), time(17)
"""Office hours: a default to agree with the partners."""


@cache
def _free_days(year: int) -> frozenset[date]:
    return frozenset(country_holidays("NL", years=year))


def works(day: date) -> bool:
    """Whether people work on that day."""
    return day.weekday() < 5 and day not in _free_days(day.year)


def working_days(start: datetime, days: int) -> datetime:
    """The end of the office day that many working days after the day of `start`; 0 is the first one from it on."""
    day = start.astimezone(ZONE).date()
    left = days
    while left or not works(day):
        day += timedelta(days=1)
        left -= left > 0 and works(day)
    return datetime.combine(day, CLOSES, ZONE)


def office_hours(start: datetime, hours: int) -> datetime:
    """That many office hours after `start`; time outside office hours does not count."""
    moment, left = start.astimezone(ZONE), timedelta(hours=hours)
    while True:
        opens = datetime.combine(moment.date(), OPENS, ZONE)
        closes = datetime.combine(moment.date(), CLOSES, ZONE)
        if works(moment.date()) and moment < closes:
            moment = max(moment, opens)
            if moment + left <= closes:
                return moment + left
            left -= closes - moment
        moment = datetime.combine(moment.date() + timedelta(days=1), OPENS, ZONE)


def open_at(hours: tuple[Hours, ...], now: datetime) -> bool:
    """Whether one of these hours holds at that moment."""
    local = now.astimezone(ZONE)
    return any(local.weekday() in each.days and each.opens <= local.time() < each.closes for each in hours)
