"""How many leads are open, for those who read an inbox and for the coordinator; how often one was tried; what was done.

What was done are words from a list on the lead, which are only counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text, update

from db.tables import COMPLETED, lead_events, leads

WAITING = ("sent", "declined", "unsuccessful")
"""At these statuses nobody has a lead."""

_c = leads.c


@dataclass(frozen=True, slots=True)
class Completed:
    """One lead that was completed: how it ended, and what was done. Leads of one visit share `visit`."""

    visit: str
    outcome: str | None
    done: list[str] | None


class Open(NamedTuple):
    """How many leads are open in an inbox, and since when the oldest."""

    inbox: str
    many: int
    oldest: datetime


class Moved(NamedTuple):
    """How many leads came, were taken and were completed."""

    new: int
    taken: int
    done: int


def count_of_inbox(tx: Connection, wijk: str, inbox: str) -> int:
    """Count the open leads of this inbox."""
    open_ones = (
        select(func.count()).select_from(leads).where(_c.wijk == wijk, _c.inbox == inbox, _c.closed_at.is_(None))
    )
    return int(tx.execute(open_ones).scalar_one())


def inboxes(tx: Connection, wijk: str) -> list[str]:
    """Return the inboxes in which open leads lie."""
    found = select(_c.inbox).where(_c.wijk == wijk, _c.inbox > "", _c.closed_at.is_(None)).distinct()
    return sorted(tx.execute(found).scalars())


def count_open(tx: Connection, wijk: str) -> int:
    """Count the open leads of the whole wijk."""
    in_any = _c.inbox > ""  # always true; without it SQLite would not count in the index of open leads
    open_ones = select(func.count()).select_from(leads).where(_c.wijk == wijk, in_any, _c.closed_at.is_(None))
    return int(tx.execute(open_ones).scalar_one())


def open_by_inbox(tx: Connection, wijk: str) -> list[Open]:
    """Count the open leads of each inbox that has any, the fullest first."""
    in_any, many, oldest = _c.inbox > "", func.count(), func.min(_c.created_at)
    found = select(_c.inbox, many, oldest).where(_c.wijk == wijk, in_any, _c.closed_at.is_(None))
    return [Open(*row) for row in tx.execute(found.group_by(_c.inbox).order_by(many.desc(), _c.inbox))]


def since(tx: Connection, wijk: str, moment: datetime) -> Moved:
    """Count the moves since this moment by which a lead came, was taken from an inbox, and was completed."""
    e = lead_events.c
    found = select(e.before, e.after, func.count()).where(e.wijk == wijk, e.at >= moment).group_by(e.before, e.after)
    moves = [tuple(row) for row in tx.execute(found)]
    new = sum(many for before, _, many in moves if before is None)
    taken = sum(many for before, after, many in moves if after == "accepted" and before in WAITING)
    return Moved(new, taken, sum(many for _, after, many in moves if after == "completed"))


def tries(tx: Connection, wijk: str, lead: int) -> int:
    """Count how often members tried in vain to reach the resident of this lead."""
    e = lead_events.c
    tried = select(func.count()).where(e.wijk == wijk, e.lead == lead, e.reason == "try")
    return int(tx.execute(tried).scalar_one())


def note_done(tx: Connection, wijk: str, id: int, version: int, done: Sequence[str]) -> bool:
    """Note what was done on a lead that is still at this version; return whether it is. It is no move."""
    here = (_c.wijk == wijk, _c.id == id, _c.version == version)
    return tx.execute(update(leads).where(*here).values(done=list(done)).returning(_c.id)).first() is not None


def completed(tx: Connection, wijk: str, since: datetime, until: datetime) -> list[Completed]:
    """Return the leads that were completed from `since` on and before `until`, the first first; of nobody."""
    these = (_c.wijk == wijk, text(COMPLETED), _c.closed_at >= since, _c.closed_at < until)
    found = select(_c.code, _c.together, _c.reason, _c.done).where(*these).order_by(_c.closed_at)
    return [Completed(together or code, outcome, done) for code, together, outcome, done in tx.execute(found)]
