"""The digest: a member who chose an hour reads once a working day what is new and what waits, and no notice of each.

Guards two rules: what cannot wait comes at once, whatever a member chose, and a digest is worked out from how things
stand when it is sent, so it never says what is not true any more. Codes and days stand in it, and nothing of anybody:
nothing takes it back when a resident stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.content.loaded import ZONE, Content
from bot.leads.deadlines import works
from bot.leads.recipients import first_readers
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import InboxTap, LeadTap
from bot.messages.turn import Turn
from bot.register import support
from bot.register.parties import own as own_organisations
from db.leads import leads
from db.leads.lead import Lead
from db.people import digests, members
from db.people.digests import Digest
from db.people.members import Member

HOURS = (8, 9, 12, 16, 20)
"""The hours that a member can choose."""

LATEST = time(21)
"""A digest that could not be sent by then waits for the next working day."""

MOST, NAMED = 200, 6
"""So many leads are looked at for one digest, and so many of them have a button."""


def next_at(now: datetime, hour: int) -> datetime:
    """Return the next moment after now at which it is that hour on a working day."""
    day = now.astimezone(ZONE).date()
    while not works(day) or datetime.combine(day, time(hour), ZONE) <= now:
        day += timedelta(days=1)
    return datetime.combine(day, time(hour), ZONE)


def choose(turn: Turn, person: str, hour: int) -> None:
    """Let this member read a digest at this hour, or each notice at once when it is none of `HOURS`."""
    if hour in HOURS:
        digests.put(turn.tx, turn.wijk.id, Digest(person, hour, next_at(turn.now, hour), turn.now))
    else:
        digests.forget(turn.tx, turn.wijk.id, person)


def begin(turn: Turn, member: Member) -> bool:
    """Let who works here for the first time read the digest of new members; return whether there is one."""
    first = members.of(turn.tx, turn.wijk.id, member.person) == [member]
    if first and turn.wijk.digest_hour in HOURS and digests.of(turn.tx, turn.wijk.id, member.person) is None:
        choose(turn, member.person, turn.wijk.digest_hour)
        return True
    return False


def send(content: Content, turn: Turn, limit: int) -> int:
    """Send the digests of which the hour has come; return how many were looked at.

    One of a day that is over, or that is almost over, is left out: what it would have said stands in the next one.
    """
    found = digests.due(turn.tx, turn.wijk.id, turn.now, limit)
    for digest in found:
        local, due = turn.now.astimezone(ZONE), digest.due_at.astimezone(ZONE)
        today = local.date() == due.date() and local.time() < LATEST
        since = turn.now if today else digest.since
        if not digests.note(turn.tx, turn.wijk.id, digest, next_at(turn.now, digest.hour), since) or not today:
            continue
        if card := _card(content, turn, digest):
            turn.say(digest.person, card)
    return len(found)


def _card(content: Content, turn: Turn, digest: Digest) -> Card | None:
    """Draw what is new, what nobody took yet, and what this member promised for today and tomorrow; None if nothing."""
    own = members.of(turn.tx, turn.wijk.id, digest.person)
    inboxes = list(dict.fromkeys(each.organisation for each in own if content.desk.may("inbox", each.role)))
    first = {each for each in inboxes if digest.person in first_readers(turn, each)}
    lying = leads.open_of_inboxes(turn.tx, turn.wijk.id, inboxes, MOST) if inboxes else []
    found = [each for each in lying if each.resident != digest.person]
    free = [each for each in found if each.assignee is None and each.owner != "system" and each.inbox in first]
    mine = [each for each in found if each.assignee == digest.person and each.owner == "assignee"]
    today = turn.now.astimezone(ZONE).date()
    said = (
        ("digest_new", [each for each in free if each.created_at >= digest.since]),
        ("digest_waits", [each for each in free if each.created_at < digest.since]),
        ("digest_today", [each for each in mine if _day(each) <= today]),
        ("digest_tomorrow", [each for each in mine if _day(each) == today + timedelta(days=1)]),
    )
    asked, helps = support.news(content, turn, own_organisations(content, own), digest.since)
    if not asked and not any(each for _, each in said):
        return None
    lines = [_line(content, key, each) for key, each in said if each]
    later = len(mine) - len(said[2][1]) - len(said[3][1])
    if later:
        lines.append(content.words.phrase("nl", "desk.digest_later", count=later))
    lines += asked
    shown = [lead for _, each in (*said[2:], *said[:2]) for lead in each][:NAMED]
    rows: Rows = tuple(
        (Choice(content.words.phrase("nl", "desk.digest_view", code=each.code), _view(each)),) for each in shown
    )
    inbox = Choice(content.words.phrase("nl", "coordinator.inbox"), InboxTap())
    text = "\n".join([content.words.phrase("nl", "desk.digest"), *lines])
    return Card(text, (*rows, *helps, (inbox,)), replaces="digest")


def _line(content: Content, key: str, found: Sequence[Lead]) -> str:
    """Return one line with these codes; of what nobody took with the day before which somebody should."""
    dated = key in ("digest_new", "digest_waits")
    codes = [f"{each.code} ({content.words.short_day('nl', _day(each))})" if dated else each.code for each in found]
    return content.words.phrase("nl", f"desk.{key}", codes=content.words.in_row(codes, "nl"))


def _day(lead: Lead) -> date:
    return (lead.due_at or lead.created_at).astimezone(ZONE).date()


def _view(lead: Lead) -> LeadTap:
    return LeadTap(lead.token, "view", version=lead.version)
