"""What residents themselves want of their leads: to know how one stands, to be reached in another way.

Guards the rule that it moves no lead: who must do what comes next, and before when, stays.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, or_, update

from db.tables import leads

_c = leads.c


def inquire(tx: Connection, wijk: str, id: int, now: datetime, since: datetime) -> bool:
    """Note that the resident of this open lead asks how it stands; False when they asked since that moment."""
    here = (_c.wijk == wijk, _c.id == id, _c.closed_at.is_(None))
    first = or_(_c.inquired_at.is_(None), _c.inquired_at < since)
    return tx.execute(update(leads).where(*here, first).values(inquired_at=now)).rowcount == 1
