"""What happens to a koppelkans: it is named, others say yes, it is looked at again, and it ends with a result.

Guards the rule that each open one has an owner and a next review, and that whoever must know of a change is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.content.loaded import ZONE, Content
from bot.leads.deadlines import works
from bot.leads.recipients import inbox_name
from bot.messages.turn import Turn
from bot.register import notices
from bot.register.parties import present, tell
from db.records.register import opportunities
from db.records.register.opportunities import ASKED, CLOSED, NAMED, NO, NOT_NOW, RUNNING, YES, Opportunity, Party
from flows.model.wijk import COORDINATOR

WEEKS = (2, 4, 8)
"""In how many weeks a koppelkans can be looked at again."""

USUAL, SOON = 4, 2
"""In how many it is, unless its owner says otherwise; and when it goes slowly."""

RESULTS = ("worked", "partly", "failed")
"""What can have come of it."""

STOPPED = "stopped"
"""The result of one that was stopped."""

PLACES = ("session", "street", "meeting", "idea")
"""Where a koppelkans can have been named; one that reported itself was named nowhere else."""

ITSELF = "itself"

ENOUGH = 2
"""So many that said yes make it run."""

ASKS, WAKES = time(9), timedelta(days=1)


def review_at(now: datetime, weeks: int) -> datetime:
    """Return when it is asked how it goes: at nine, so many weeks from now, or on the next working day."""
    day = now.astimezone(ZONE).date() + timedelta(weeks=weeks)
    while not works(day):
        day += WAKES
    return datetime.combine(day, ASKS, ZONE)


def name(turn: Turn, owner: str, chosen: str, words: str | None = None) -> Opportunity:
    """Write down a koppelkans of this organisation, which keeps it going.

    A name from the list that is tapped twice is one koppelkans: they go on with the one of which they said no more yet.
    """
    begun = [
        each
        for each in (opportunities.open_ones(turn.tx, turn.wijk.id) if words is None else ())
        if (each.title, each.words, each.owner, each.named_in, each.pair) == (chosen, None, owner, None, None)
    ]
    if begun:
        return begun[0]
    yes = Party(owner, YES, turn.now.isoformat())
    due = review_at(turn.now, USUAL)
    return opportunities.make(
        turn.tx, turn.wijk.id, title=chosen, words=words, owner=owner, parties=(yes,), now=turn.now, due_at=due
    )


def invite(content: Content, turn: Turn, one: Opportunity, organisation: str) -> Opportunity | None:
    """Ask an organisation to take part; None when it is in it already or the koppelkans changed."""
    if one.party(organisation) is not None:
        return None
    parties = (*one.parties, Party(organisation, "", turn.now.isoformat()))
    changed = opportunities.change(turn.tx, turn.wijk.id, one, parties=parties)
    if changed is not None:
        tell(turn, [organisation], notices.invitation(content, turn, changed, organisation))
    return changed


def answer(content: Content, turn: Turn, one: Opportunity, organisation: str, said: str) -> Opportunity | None:
    """Note what an organisation said; the second yes makes it run. None when it ended or that was said before.

    Of what reported itself the first who said yes becomes the owner, and one no ends it.
    """
    before = one.party(organisation)
    if one.closed_at is not None or (before is not None and before.said == said):
        return None
    others = tuple(each for each in one.parties if each.organisation != organisation)
    now = replace(one, parties=(*others, Party(organisation, said, turn.now.isoformat())))
    to: dict[str, object] = {"parties": now.parties}
    runs = one.status != RUNNING and stands(now) == RUNNING
    if one.status != ASKED or runs:
        to["status"] = stands(now)
    if one.status == ASKED and runs:
        to |= {"owner": now.said(YES)[0], "due_at": review_at(turn.now, USUAL), "asked_at": None}
    elif one.status == ASKED and said == NO:
        to |= {"status": CLOSED, "result": NOT_NOW, "closed_at": turn.now}
    changed = opportunities.change(turn.tx, turn.wijk.id, one, **to)
    if changed is None:
        return None
    name = inbox_name(content, turn, organisation)
    if one.status == ASKED:
        if runs:
            card = notices.news(content, turn, changed, "both", name=name, day=notices.day(content, changed))
            tell(turn, [changed.owner], card)
        elif said == NO:
            tell(turn, changed.said(YES), notices.news(content, turn, changed, "joins_not", name=name))
        return changed
    key = "joins" if said == YES else "joins_not"
    heard = [changed.owner] if organisation != changed.owner else changed.said(YES)
    tell(turn, heard, notices.news(content, turn, changed, key, name=name))
    if runs:
        others_in = [each for each in changed.said(YES) if each not in (*heard, organisation)]
        tell(turn, others_in, notices.news(content, turn, changed, "runs"))
    return changed


def reviewed(turn: Turn, one: Opportunity, mood: str) -> Opportunity | None:
    """Note how it goes; it is asked again in the usual time, sooner when it goes slowly. None when it changed."""
    weeks = SOON if mood == "slow" else USUAL
    due = review_at(turn.now, weeks)
    return opportunities.change(turn.tx, turn.wijk.id, one, mood=mood, due_at=due, asked_at=None)


def look_again(turn: Turn, one: Opportunity, weeks: int) -> Opportunity | None:
    """Look at it again in so many weeks; None when it changed."""
    return opportunities.change(turn.tx, turn.wijk.id, one, due_at=review_at(turn.now, weeks), asked_at=None)


def close(content: Content, turn: Turn, one: Opportunity, result: str) -> Opportunity | None:
    """End it with a result, and tell those who take part; None when it changed."""
    changed = opportunities.change(turn.tx, turn.wijk.id, one, status=CLOSED, result=result, closed_at=turn.now)
    if changed is not None:
        said = notices.phrase(content, f"result_{result}")
        tell(turn, changed.said(YES), notices.news(content, turn, changed, "ended", result=said))
    return changed


def leave(content: Content, turn: Turn, organisation: str) -> int:
    """Take an organisation at which nobody reads any more out of what is open; return how many it owned.

    Another one that said yes goes on with it, or else the coordinator. What reported itself ends.
    """
    passed = 0
    for one in opportunities.open_ones(turn.tx, turn.wijk.id):
        if organisation not in (one.owner, *(each.organisation for each in one.parties)):
            continue
        parties = tuple(each for each in one.parties if each.organisation != organisation)
        left = replace(one, parties=parties)
        if one.status == ASKED:
            end = {"status": CLOSED, "result": NOT_NOW, "closed_at": turn.now}
            ended = opportunities.change(turn.tx, turn.wijk.id, one, parties=parties, **end)
            if ended is not None:
                name = inbox_name(content, turn, organisation)
                tell(turn, ended.said(YES), notices.news(content, turn, ended, "joins_not", name=name))
        elif one.owner != organisation:
            opportunities.change(turn.tx, turn.wijk.id, one, parties=parties, status=stands(left))
        else:
            passed += 1
            owner, due = heir(turn, left), max(one.due_at, turn.now)
            now = {"parties": parties, "status": stands(left), "due_at": due, "asked_at": None}
            changed = opportunities.change(turn.tx, turn.wijk.id, one, owner=owner, **now)
            if changed is not None:
                day = notices.day(content, changed)
                tell(turn, [owner], notices.news(content, turn, changed, "inherits", day=day))
    return passed


def stands(one: Opportunity) -> str:
    """Return whether it runs, by how many said yes, or was only named."""
    return RUNNING if len(one.said(YES)) >= ENOUGH else NAMED


def heir(turn: Turn, one: Opportunity) -> str:
    """Return who goes on with it: the first that said yes and reads what it is asked, or else the coordinator."""
    here = present(turn)
    return next((each for each in one.said(YES) if each in here), COORDINATOR)


def is_open(one: Opportunity) -> bool:
    """Return whether others may see it: what reported itself waits for the two who were asked."""
    return one.status in (NAMED, RUNNING)


def overdue(one: Opportunity, now: datetime) -> bool:
    """Return whether its owner was asked a week ago and has not answered."""
    return is_open(one) and one.asked_at is not None and one.asked_at + timedelta(weeks=1) <= now


def listed(found: Sequence[Opportunity], now: datetime) -> list[Opportunity]:
    """Return these as they are listed: overdue first, then by the day of their review."""
    return sorted((each for each in found if is_open(each)), key=lambda each: (not overdue(each, now), each.due_at))
