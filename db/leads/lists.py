"""The lists of an inbox: what is new, what its reader has, what all have, what waits, and what is done.

Guards the rule that a reader finds each open lead of their inboxes in one of the lists at least: `ours` has them all,
but those of which they are the resident: nobody helps themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, or_, select

from db.leads.lead import Lead
from db.leads.leads import COLUMNS
from db.tables import calls, leads

TODO: Final = ""
"""What is new, what the reader has, and what another reader has that is due."""

LISTS: Final = ("new", "mine", "ours", "waiting", "done")
"""All other lists, in the order in which they are named."""

Counted = Mapping[str, int]
"""How many leads each of `LISTS` has, and `TODO`."""

_c = leads.c
_FREE = _c.owner.in_(("inbox", "coordinator"))
_WAITING = _c.owner.in_(("resident", "system"))
_TO_CALL = exists().where(calls.c.wijk == _c.wijk, calls.c.lead == _c.id)
"""A word waits to be said: who has the lead must call, also while it waits."""


def of(
    tx: Connection,
    wijk: str,
    inboxes: Sequence[str],
    reader: str,
    name: str,
    since: datetime,
    due: datetime,
    limit: int = 50,
    offset: int = 0,
) -> list[Lead]:
    """Return the leads of one list of these inboxes: urgent ones first, then by the day on which they are due.

    What others have is to do when it is due by `due`. `done` has what a member took and what ended after `since`, the
    last one first.
    """
    within = (_c.wijk == wijk, _c.inbox.in_(list(inboxes)), _c.resident.is_distinct_from(reader))
    found = select(*COLUMNS).where(*within, _those(name, reader, since, due)).limit(limit).offset(offset)
    order = [_c.closed_at.desc()] if name == "done" else [_c.urgent.desc(), _c.due_at]
    return [Lead(*row) for row in tx.execute(found.order_by(*order, _c.id))]


def count(tx: Connection, wijk: str, inboxes: Sequence[str], reader: str, since: datetime, due: datetime) -> Counted:
    """Count the leads of each list of these inboxes, also of `TODO`."""
    within = (_c.wijk == wijk, _c.inbox.in_(list(inboxes)), _c.resident.is_distinct_from(reader))
    names = (TODO, *LISTS[:-1])
    open_ones = select(*[func.count().filter(_those(name, reader, since, due)) for name in names])
    counted = tx.execute(open_ones.where(*within, _c.closed_at.is_(None))).one()
    done = select(func.count()).select_from(leads).where(*within, _those("done", reader, since, due))
    return dict(zip((*names, "done"), (*counted, tx.execute(done).scalar_one()), strict=True))


def _those(name: str, reader: str, since: datetime, due: datetime) -> ColumnElement[bool]:
    """Return what holds for the leads of one list."""
    if name == "done":
        return and_(_c.assignee.is_not(None), _c.closed_at > since)
    mine = and_(_c.assignee.is_not_distinct_from(reader), or_(_c.owner == "assignee", _TO_CALL))
    new, waiting = and_(_FREE, not_(mine)), and_(_WAITING, not_(mine))
    also = {
        "new": new,
        "mine": mine,
        "waiting": waiting,
        TODO: or_(new, mine, and_(_c.owner == "assignee", _c.due_at <= due)),
    }
    return and_(_c.closed_at.is_(None), also[name]) if name in also else _c.closed_at.is_(None)
