"""Deadlines: working days and office hours, without weekends and holidays, and without the days off of a partner.

The holidays are computed here: the library that knows them loads those of every country, which takes half a second and
25 MB. A test keeps ours equal to that library's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from bot.content.loaded import ZONE
from flows.model.wijk import Hours, Partner
from flows.walk.help import Help

OPENS, CLOSES = time(9), time(17)
"""Office hours of a partner whose own hours nobody filled in, and of the coordinator."""

URGENT_HOURS = 4
"""In how many office hours the coordinator takes what cannot wait."""

USUAL = 5
"""In how many working days the coordinator gets in touch."""

OFFICE = (Hours((0, 1, 2, 3, 4), OPENS, CLOSES),)


@cache
def _free_days(year: int) -> frozenset[date]:
    """Return the public holidays. King's Day is on the 26th when the 27th is a Sunday; the fifth of May is one every
    five years.
    """
    easter = _easter(year)
    moving = (easter + timedelta(days=days) for days in (-2, 0, 1, 39, 49, 50))  # Good Friday, Easter, Ascension, …
    king = 26 if date(year, 4, 27).weekday() == 6 else 27
    fixed = [(1, 1), (4, king), (12, 25), (12, 26), *([(5, 5)] if year % 5 == 0 else [])]
    return frozenset([*moving, *(date(year, month, day) for month, day in fixed)])


def free_day(day: date) -> bool:
    """Return whether this is a public holiday, on which a door may be closed whatever its hours say."""
    return day in _free_days(day.year)


def _easter(year: int) -> date:
    """Return Easter Sunday, by the rule of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    month, day = divmod(epact + sunday - 7 * ((golden + 11 * epact + 22 * sunday) // 451) + 114, 31)
    return date(year, month, day + 1)


def works(day: date, partner: Partner | None = None) -> bool:
    """Return whether people work on that day: at this partner, or in the wijk."""
    return bool(_periods(day, partner))


def working_days(start: datetime, days: int, partner: Partner | None = None) -> datetime:
    """Return the end of the working day that many working days after the day of `start`, at this partner.

    With 0 it is the first working day that is not over at `start`.
    """
    day = start.astimezone(ZONE).date()
    left = days
    while left or not _ends_after(day, partner, start):
        day += timedelta(days=1)
        left -= left > 0 and works(day, partner)
    return datetime.combine(day, _periods(day, partner)[-1][1], ZONE)


def office_hours(start: datetime, hours: int, partner: Partner | None = None) -> datetime:
    """Return the moment that many office hours of this partner after `start`; no other time counts."""
    day, left = start.astimezone(ZONE).date(), timedelta(hours=hours)
    while True:
        for opens, closes in _periods(day, partner):
            begins = max(start.astimezone(UTC), datetime.combine(day, opens, ZONE).astimezone(UTC))
            ends = datetime.combine(day, closes, ZONE).astimezone(UTC)
            if begins < ends:
                if begins + left <= ends:
                    return (begins + left).astimezone(ZONE)
                left -= ends - begins
        day += timedelta(days=1)


def _periods(day: date, partner: Partner | None) -> list[tuple[time, time]]:
    """Return when people work on that day, from early to late; periods that touch are one."""
    if day in _free_days(day.year) or (partner is not None and partner.away(day)):
        return []
    rows = partner.hours if partner is not None and partner.hours else OFFICE
    found: list[tuple[time, time]] = []
    for opens, closes in sorted((each.opens, each.closes) for each in rows if day.weekday() in each.days):
        if found and opens <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], closes)
        else:
            found.append((opens, closes))
    return found


def _ends_after(day: date, partner: Partner | None, moment: datetime) -> bool:
    """Return whether people still work on that day after this moment."""
    periods = _periods(day, partner)
    return bool(periods) and datetime.combine(day, periods[-1][1], ZONE) > moment


def open_at(hours: tuple[Hours, ...], now: datetime) -> bool:
    """Return whether that moment falls within one of these hours."""
    local = now.astimezone(ZONE)
    return any(local.weekday() in each.days and each.opens <= local.time() < each.closes for each in hours)


def claim_by(start: datetime, each: Help, partner: Partner | None) -> datetime:
    """Return the moment before which a member of this partner must take a lead, and never later than they call.

    It is also the moment at which the coordinator looks, when nobody took it.
    """
    here = _calendar(partner)
    if each.urgent:
        taken = office_hours(start, partner.urgent_claim_hours if partner else URGENT_HOURS, here)
    else:
        taken = working_days(start, claim_days(each, partner), here)
    return min(taken, contact_by(start, each, [partner] if partner else []) or taken)


def contact_by(start: datetime, each: Help, people: Sequence[Partner]) -> datetime | None:
    """Return the moment before which the resident has heard from all these partners, each by its own calendar.

    None while one of them reads its inbox and did not agree to its days: nobody promises for somebody else.
    """
    if any(one.staffed and not one.agreed for one in people):
        return None
    return max(
        (working_days(start, contact_days(each, one), _calendar(one)) for one in people),
        default=working_days(start, contact_days(each, None)),
    )


def passed_on(start: datetime, partner: Partner, *, urgent: bool) -> tuple[datetime, datetime | None]:
    """Return before when a partner takes what is passed on to it, and before when the resident hears from it.

    The second is None while the partner did not agree to its days.
    """
    here = _calendar(partner)
    hours, days = partner.urgent_claim_hours, partner.urgent_contact_days if urgent else partner.contact_days
    taken = office_hours(start, hours, here) if urgent else working_days(start, partner.claim_days, here)
    if not partner.agreed:
        return taken, None
    told = working_days(start, days, here)
    return min(taken, told), told


def claim_days(each: Help, partner: Partner | None) -> int:
    """Return the working days in which a member must take the lead: the row's own, else the partner's."""
    return next((o.days[0] for o in each.offers if o.days), partner.claim_days if partner else 2)


def contact_days(each: Help, partner: Partner | None) -> int:
    """Return the working days to the first contact: the row's own, else the partner's; never fewer than it agreed to.

    What cannot wait has the partner's days for that.
    """
    if each.urgent:
        return partner.urgent_contact_days if partner else 1
    row = next((o.days[1] for o in each.offers if o.days), 0)
    if partner is None:
        return row or USUAL
    return max(row, partner.least_days) if row else partner.contact_days


def _calendar(partner: Partner | None) -> Partner | None:
    """Return whose days count: the partner's, or nobody's own while the coordinator reads its inbox or looks first."""
    return partner if partner is not None and partner.staffed and partner.agreed else None
