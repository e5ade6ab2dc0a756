"""How far the ladder of an open lead was climbed, and when to look at it again.

Guards the rule that nothing is done twice: a rung is noted in the statement that asks whether it was noted before, so a
restart or a second process finds it done.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, or_, select, update

from db.leads.lead import Lead
from db.leads.leads import COLUMNS
from db.tables import conversations, leads, passings

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


def for_coordinator(tx: Connection, wijk: str, told: int, limit: int) -> list[Lead]:
    """Return open leads of which the coordinator may have to decide: what cannot wait first, then what is due first.

    They lie free in the coordinator's inbox, climbed to the rung `told`, have a resident who was asked something and
    wants to talk or stays silent, or one who does not read the chat.
    """
    asked, chat = passings.c, conversations.c
    open_ones = _c.wijk == wijk, _c.closed_at.is_(None), _c.inbox > ""  # the last is always true: it finds the index
    silent = exists().where(asked.wijk == wijk, asked.lead == _c.id, asked.said.is_not(None) | (asked.rung >= told))
    gone = exists().where(chat.wijk == wijk, chat.person == _c.resident, chat.blocked)
    free = (_c.inbox == "coordinator") & _c.assignee.is_(None)
    found = select(*COLUMNS).where(*open_ones, _c.owner != "resident", or_(free, _c.rung >= told, silent, gone))
    rows = tx.execute(found.order_by(_c.urgent.desc(), _c.due_at, _c.id).limit(limit))
    return [Lead(*row) for row in rows]


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
