"""Whether a partner is open, full or paused until a day: who sets it, who hears it, and that it ends by itself.

Guards two rules: whoever sets it, the partner and the coordinator both know; and nobody stays full because it was
forgotten.
"""

from __future__ import annotations

import secrets as dice
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from bot.content.loaded import ZONE, Content
from bot.leads import notices
from bot.leads.members.room import room_again
from bot.leads.recipients import first_readers, gathered, readers, tell_coordinators
from bot.messages.card import Card
from bot.messages.message import REPORT, Outgoing
from bot.messages.ticks import OpenAgain
from bot.messages.turn import Turn
from db.people import members
from db.people.conversations import Conversation
from db.people.members import Member
from db.records import audit, switches
from db.store import Tx
from flows.model.chart import Outcome
from flows.model.wijk import COORDINATOR, Partner, Wijk

WEEKS = ("1", "2", "4")
"""How many weeks from today a partner may stay full or paused at one tap; then it is open again."""

AWAKE = time(9), time(20)
"""Between these hours members hear what happened by itself."""


def today(turn: Turn) -> date:
    """Return the day on which this turn happens, in the wijk's own time zone."""
    return turn.now.astimezone(ZONE).date()


def set_state(content: Content, turn: Turn, by: Member, partner: Partner, state: str, until: date | None) -> None:
    """Let a member set how a partner stands; when that changes, the coordinators and the partner's others hear it."""
    last = until if state != "open" else None
    if (partner.state, partner.until) == (state, last):
        return
    switched = {f"partner.{partner.id}.state": state, f"partner.{partner.id}.until": str(last or "")}
    turn_switches(content, turn, by, switched)
    now = turn.wijk.partners[partner.id]
    text = content.words.phrase(
        "nl",
        "desk.availability_news",
        partner=partner.name,
        state=content.words.phrase("nl", f"coordinator.{now.state}"),
        until=last_day(content, now),
        member=by.name,
    )
    news = Card(text, replaces=f"availability.{partner.id}")
    others = [each for each in readers(turn, partner.id) if each != by.person]
    for person in others:
        turn.say(person, news, priority=REPORT)
    tell_coordinators(turn, news, priority=REPORT, but=[by.person, *others])
    if now.state == "open":
        room_again(content, turn, now)


def turn_switches(content: Content, turn: Turn, by: Member, values: Mapping[str, str | int]) -> None:
    """Turn these switches in the name of a member, and let the rest of the turn see the wijk as it stands now."""
    for name, value in values.items():
        switches.put(turn.tx, turn.wijk.id, name, value, by.person, turn.now)
    audit.add(turn.tx, turn.wijk.id, by.person, f"set.{next(iter(values))}", turn.now)
    settings, staffed = switches.all(turn.tx, turn.wijk.id), members.staffed(turn.tx, turn.wijk.id)
    turn.wijk = content.wijk.with_switches(settings, staffed, today(turn))


def last_day(content: Content, partner: Partner) -> str:
    """Return until when a partner is full or paused, to stand behind its state."""
    if partner.until is None:
        return ""
    return content.words.phrase("nl", "coordinator.until", day=content.words.day("nl", partner.until))


def agreed_days(content: Content, partner: Partner) -> int:
    """Return within how many working days a partner agreed to be in touch, or else what it is asked.

    That is the soonest that the charts and the files would have residents read of what it does.
    """
    if partner.least_days:
        return partner.least_days
    outcomes = [step for step in content.charts.steps.values() if isinstance(step, Outcome)]
    rows = [
        each.days[1]
        for step in outcomes
        for each in step.offers
        if each.days and not each.urgent and any(content.wijk.partner_for(one) == partner.id for one in each.to)
    ]
    return min([partner.contact_days, *rows])


def within(content: Content, partner: Partner) -> str:
    """Return the same in words."""
    return in_days(content, agreed_days(content, partner))


def in_days(content: Content, count: int) -> str:
    """Return a number of working days in words."""
    return content.words.phrase("nl", "desk.working_day" if count == 1 else "desk.working_days", count=count)


def open_again(
    content: Content, tx: Tx, wijk: Wijk, now: datetime, choose: Callable[[str], str] = dice.choice
) -> tuple[dict[str, int], list[Outgoing]]:
    """Tell each partner whose last day is over, and the coordinators, that it is open again: once, and by day.

    Return how many, and the messages. That it is open follows from the day: this only tells it, and notes which last
    day was told.
    """
    local = now.astimezone(ZONE)
    if not AWAKE[0] <= local.time() < AWAKE[1]:
        return {}, []
    turn = Turn(tx, OpenAgain(), "", "", wijk, content.words, now, Conversation(""), None, choose=choose)
    settings, done = switches.all(tx, wijk.id), 0
    for partner in wijk.partners.values():
        until, told = (settings.get(f"partner.{partner.id}.{each}") for each in ("until", "told"))
        if not isinstance(until, str) or not until or until == told or local.date() <= date.fromisoformat(until):
            continue
        switches.put(tx, wijk.id, f"partner.{partner.id}.told", until, None, now)
        done += 1
        for organisation, key in ((partner.id, "desk.open_again"), (COORDINATOR, "coordinator.open_again")):
            card = Card(content.words.phrase("nl", key, partner=partner.name), replaces=f"availability.{partner.id}")
            for person in first_readers(turn, organisation):
                turn.say(person, card, priority=REPORT)
        room_again(content, turn, partner)
    return {"opened": done}, notices.discreet(content, tx, gathered(content, turn), turn.me, now)
