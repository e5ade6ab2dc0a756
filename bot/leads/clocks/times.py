"""When the clock looks at a lead: the day before, at the moment, at the second moment; and when people are awake."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.content.loaded import ZONE
from bot.leads.deadlines import URGENT_HOURS, office_hours, working_days, works
from flows.model.wijk import Partner

WAKES, SLEEPS = time(9), time(20)
"""Between these hours people hear what happened by itself, unless it cannot wait."""

FAR = 15
"""So many days before a day at most its working days are looked for."""


def asks_at(due: datetime, partner: Partner | None) -> datetime:
    """Return when the member of a lead is asked: at nine, on the last working day before the day that it is due.

    Of a partner that has been away for weeks, the last working day of the wijk.
    """
    before = [due.astimezone(ZONE).date() - timedelta(days=days) for days in range(1, FAR)]
    theirs = (day for day in before if works(day, partner))
    day = next(theirs, None) or next(day for day in before if works(day))
    return datetime.combine(day, WAKES, ZONE)


def first_look(
    owner: str, due: datetime, contact_by: datetime | None, now: datetime, partner: Partner | None
) -> datetime:
    """Return when to look first: to ask its member, when there is time for that, or when a promise would pass."""
    asks = asks_at(due, partner) if owner in ("inbox", "assignee") else due
    first = asks if now < asks else due
    return min(first, contact_by) if contact_by is not None and contact_by > now else first


def second_moment(now: datetime, contact_by: datetime | None, urgent: bool) -> datetime:
    """Return the moment after a due one: a working day later, some hours when it cannot wait.

    Never after the day that the resident was told, if that is still to come.
    """
    second = office_hours(now, URGENT_HOURS) if urgent else working_days(now, 1)
    return min(second, contact_by) if contact_by is not None and contact_by > now else second


def awake(now: datetime) -> bool:
    """Return whether people may be told now what happened by itself."""
    return WAKES <= now.astimezone(ZONE).time() < SLEEPS


def next_morning(now: datetime) -> datetime:
    """Return the next nine in the morning."""
    local = now.astimezone(ZONE)
    day = local.date() + timedelta(days=int(local.time() >= WAKES))
    return datetime.combine(day, WAKES, ZONE)
