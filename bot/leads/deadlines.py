"""Deadlines: working days and office hours, without weekends and holidays.

The holidays are computed here: the library that knows them loads those of every country, which takes half a second and
25 MB. A test keeps ours equal to that library's.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

from bot.content.loaded import ZONE
from flows.model.wijk import Hours, Partner
from flows.walk.advice import Help

OPENS, CLOSES = time(9), time(17)
"""Office hours: a default to agree with the partners."""


@cache
def _free_days(year: int) -> frozenset[date]:
    """Return the public holidays that can fall on a weekday. The fifth of May is one every five years."""
    easter = _easter(year)
    moving = (easter + timedelta(days=days) for days in (-2, 1, 39, 50))  # Good Friday, Mondays, Ascension
    fixed = [(1, 1), (4, 27), (12, 25), (12, 26), *([(5, 5)] if year % 5 == 0 else [])]
    return frozenset([*moving, *(date(year, month, day) for month, day in fixed)])


def _easter(year: int) -> date:
    """Return Easter Sunday, by the rule of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    month, day = divmod(epact + sunday - 7 * ((golden + 11 * epact + 22 * sunday) // 451) + 114, 31)
    return date(year, month, day + 1)


def works(day: date) -> bool:
    """Return whether people work on that day."""
    return day.weekday() < 5 and day not in _free_days(day.year)


def working_days(start: datetime, days: int) -> datetime:
    """Return the end of the office day that many working days after the day of `start`.

    With 0 it is the first working day from `start` on.
    """
    day = start.astimezone(ZONE).date()
    left = days
    while left or not works(day):
        day += timedelta(days=1)
        left -= left > 0 and works(day)
    return datetime.combine(day, CLOSES, ZONE)


def office_hours(start: datetime, hours: int) -> datetime:
    """Return the moment that many office hours after `start`; time outside office hours does not count."""
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
    """Return whether that moment falls within one of these hours."""
    local = now.astimezone(ZONE)
    return any(local.weekday() in each.days and each.opens <= local.time() < each.closes for each in hours)


def claim_days(each: Help, partner: Partner | None) -> int:
    """Return the working days in which a member must take the lead: the row's own, else the partner's."""
    return next((o.days[0] for o in each.offers if o.days), partner.claim_days if partner else 2)


def urgent_days(people: list[Partner]) -> int:
    """Return the working days to the first contact when it cannot wait: those of the slowest partner."""
    return max((partner.urgent_contact_days for partner in people), default=1)


def contact_days(each: Help, people: list[Partner]) -> int:
    """Return the working days to the first contact: the row's own, else those of the slowest partner."""
    return next((o.days[1] for o in each.offers if o.days), max((p.contact_days for p in people), default=5))
