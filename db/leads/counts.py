"""How many leads are open, for those who read an inbox and for the coordinator; how often one was tried."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from db.tables import lead_events, leads

_c = leads.c


def count_of_inbox(tx: Connection, wijk: str, inbox: str) -> int:
    """Count the open leads of this inbox."""
    open_ones = (
        select(func.count()).select_from(leads).where(_c.wijk == wijk, _c.inbox == inbox, _c.closed_at.is_(None))
    )
    return int(tx.execute(open_ones).scalar_one())


def count_open(tx: Connection, wijk: str) -> int:
    """Count the open leads of the whole wijk."""
    in_any = _c.inbox > ""  # always true; without it SQLite would not count in the index of open leads
    open_ones = select(func.count()).select_from(leads).where(_c.wijk == wijk, in_any, _c.closed_at.is_(None))
    return int(tx.execute(open_ones).scalar_one())


def tries(tx: Connection, wijk: str, lead: int) -> int:
    """Count how often members tried in vain to reach the resident of this lead."""
    e = lead_events.c
    tried = select(func.count()).where(e.wijk == wijk, e.lead == lead, e.reason == "try")
    return int(tx.execute(tried).scalar_one())
