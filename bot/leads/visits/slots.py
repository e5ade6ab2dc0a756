"""When a visit can be: the hours of the desk's table, on the working days of who proposes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.content.loaded import ZONE, Content
from bot.leads.clocks.times import WAKES, awake, next_morning
from bot.leads.deadlines import works
from bot.messages.turn import Turn
from db.leads.lead import Lead

MOST = 3
"""So many times are proposed at once."""


def days(content: Content, turn: Turn, lead: Lead) -> list[date]:
    """Return the days from tomorrow on, on which the organisation that has this lead works."""
    today, partner = turn.now.astimezone(ZONE).date(), turn.wijk.partners.get(lead.inbox)
    ahead = (today + timedelta(days=count) for count in range(1, content.desk.visit.days + 1))
    return [each for each in ahead if works(each, partner)]


def hours(content: Content, day: date) -> list[datetime]:
    """Return the moments of this day at which a visit can begin, as the clocks of the wijk show them."""
    return [datetime.combine(day, each, ZONE).astimezone(UTC) for each in content.desk.visit.hours]


def possible(content: Content, turn: Turn, lead: Lead) -> list[datetime]:
    """Return all moments that who has this lead can propose now: those that the resident reads before they pass."""
    found = (each for day in days(content, turn, lead) for each in hours(content, day))
    return [each for each in found if each > asked_at(turn.now)]


def asked_at(now: datetime) -> datetime:
    """Return when a resident is asked what is to be asked now: at night in the morning."""
    return now if awake(now) else next_morning(now)


def reminds_at(slot: datetime, now: datetime) -> datetime | None:
    """Return when all are reminded: in the morning of the day before, if that is still to come."""
    morning = datetime.combine(slot.astimezone(ZONE).date() - timedelta(days=1), WAKES, ZONE)
    return morning if morning > now else None


def over_at(content: Content, slot: datetime) -> datetime:
    """Return when it is asked whether the visit took place: an hour after its end, or in the morning."""
    ended = slot + timedelta(minutes=content.desk.visit.minutes) + timedelta(hours=1)
    return ended if awake(ended) else next_morning(ended)
