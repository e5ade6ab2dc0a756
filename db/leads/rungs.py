"""How far the ladder of an open lead was climbed, and when to look at it again.

Guards the rule that nothing is done twice: a rung is noted in the statement that asks whether it was noted before, so a
restart or a second process finds it done.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from db.leads.leads import COLUMNS, Lead
from db.tables import leads

_c = leads.c
_WAITING = (
    select(*COLUMNS)
    .where(_c.wijk == bindparam("wijk"), _c.closed_at.is_(None), _c.look_at <= bindparam("now"))
    .order_by(_c.look_at, _c.id)
    .limit(bindparam("limit"))
)


def to_look_at(tx: Connection, wijk: str, now: datetime, limit: int) -> list[Lead]:
    """Return at most `limit` open leads at which it is time to look, those that wait longest first."""
    return [Lead(*row) for row in tx.execute(_WAITING, {"wijk": wijk, "now": now, "limit": limit})]


def note(
    tx: Connection, wijk: str, lead: Lead, rung: int, look_at: datetime, contact_by: datetime | None = None
) -> bool:
    """Note how far the ladder of this lead is climbed now; False when it changed since it was read.

    `contact_by` is a new day that its resident is told; without one what was promised stays.
    """
    values = {"rung": rung, "look_at": look_at, **({"contact_by": contact_by} if contact_by else {})}
    same = _c.version == lead.version, _c.rung == lead.rung, _c.look_at == lead.look_at
    done = tx.execute(update(leads).where(_c.wijk == wijk, _c.id == lead.id, *same).values(**values))
    return done.rowcount == 1
