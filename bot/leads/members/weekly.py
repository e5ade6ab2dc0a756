"""The list of the week for the coordinators, on the day that they chose: what came, what was done, what waits where.

Guards two rules: it is sent once, whoever looks at the clock and however often; and nothing personal is in it, because
nothing takes it back when a resident stops.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.content.loaded import ZONE, Content
from bot.leads.clocks.times import WAKES, awake
from bot.leads.deadlines import works
from bot.leads.members.waiting import Waiting
from bot.leads.recipients import inbox_name, tell_coordinators
from bot.messages.card import Card, Choice
from bot.messages.message import REPORT
from bot.messages.taps.members import RegisterTap
from bot.messages.turn import Turn
from bot.register import week as register
from db.leads import counts
from db.records import switches
from db.store import Tx
from flows.model.wijk import COORDINATOR

DAY, SENT = "coordinator.week_day", "coordinator.week_sent"
"""The switches that say on which day the list comes, and when it came last."""

DAYS = 5
"""It can come on a Monday (0), the usual day, to a Friday (4)."""

LINES = 10
"""Leads that wait for the coordinator have a button on the list; more stand on the next page."""

NAMED = 30
"""So many organisations are named on it, those with the most first."""

WEEK = timedelta(weeks=1)


def day_of(tx: Tx, wijk: str) -> int:
    """Return on which day of the week the list comes."""
    day = switches.all(tx, wijk).get(DAY)
    return day if isinstance(day, int) and 0 <= day < DAYS else 0


def send(content: Content, turn: Turn) -> int:
    """Send the list to the coordinators when it is time and it was not sent yet; return how many lists.

    A store of which nobody knows when the last one came waits for the next day. A list that nobody could send in time
    comes later, by day; of a week without anything there is none.
    """
    if not awake(turn.now):
        return 0
    noted = switches.all(turn.tx, turn.wijk.id).get(SENT)
    last = datetime.fromisoformat(noted) if isinstance(noted, str) else None
    if last is not None and last >= moment(turn.now, day_of(turn.tx, turn.wijk.id)):
        return 0
    switches.put(turn.tx, turn.wijk.id, SENT, turn.now.isoformat(), None, turn.now)
    if last is None:
        return 0
    came = any(counts.since(turn.tx, turn.wijk.id, turn.now - WEEK))
    if came or counts.count_open(turn.tx, turn.wijk.id) or register.lines(content, turn):
        tell_coordinators(turn, card(content, turn), priority=REPORT)
    return 1


def moment(now: datetime, day: int) -> datetime:
    """Return the last moment at which a list was to come: at nine on that day, or on the first one after it to work."""
    today = now.astimezone(ZONE).date()
    for weeks in range(3):
        date = today - timedelta(days=today.weekday() - day, weeks=weeks)
        while not works(date):
            date += timedelta(days=1)
        if (found := datetime.combine(date, WAKES, ZONE)) <= now:
            return found
    return datetime.combine(today, WAKES, ZONE) - WEEK


def card(content: Content, turn: Turn) -> Card:
    """Draw the list: what came and was done in a week, what waits at whom, and a button for what waits here."""
    waiting = Waiting(content)
    found = waiting.found(turn)
    week = counts.since(turn.tx, turn.wijk.id, turn.now - WEEK)
    chances, rows = register.lines(content, turn), waiting.rows(turn, found, 0, LINES)
    if chances:
        rows = (*rows, (Choice(content.words.phrase("nl", "register.button"), RegisterTap()),))
    parts = [
        waiting.phrase("week", wijk=turn.wijk.name, new=week.new, taken=week.taken, done=week.done),
        "\n".join(open_lines(content, turn)),
        "\n".join(chances),
        waiting.phrase("waiting_title" if found else "waiting_none", count=len(found)),
    ]
    return Card("\n\n".join(each for each in parts if each), rows, replaces="week")


def open_lines(content: Content, turn: Turn) -> list[str]:
    """Say in a line each how many leads are open at which organisation, and since when; the fullest first."""
    return [
        content.words.phrase(
            "nl",
            "coordinator.open_line",
            partner=inbox_name(content, turn, each.inbox),
            count=each.many,
            day=content.words.day("nl", each.oldest.astimezone(ZONE).date()),
        )
        for each in counts.open_by_inbox(turn.tx, turn.wijk.id)[:NAMED]
        if each.inbox != COORDINATOR
    ]
