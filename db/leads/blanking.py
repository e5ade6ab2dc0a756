"""Blanking a lead: its content goes, and that it existed stays, to be counted.

Guards the rule that nothing about a lead outlives its content: what hangs on the lead, in any table, goes with it, as
is said beside each column (`db/types/held.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, delete, exists, select, text, update

from db.leads.lead import Lead
from db.queue import outbox
from db.tables import WITH_PACKET, consents, held_messages, leads, metadata
from db.tables import outbox as waiting
from db.types.held import Then, said_of, told_of

_c = leads.c
_CLOSED = (
    select(*[_c[field.name] for field in fields(Lead)])
    .where(_c.wijk == bindparam("wijk"), _c.closed_at < bindparam("before"), text(WITH_PACKET))
    .order_by(_c.closed_at)
    .limit(bindparam("limit"))
)


def closed_before(tx: Connection, wijk: str, moment: datetime, limit: int) -> list[Lead]:
    """Return at most `limit` leads that were closed before this moment and are not blanked, the first first."""
    return [Lead(*row) for row in tx.execute(_CLOSED, {"wijk": wijk, "before": moment, "limit": limit})]


def blank(tx: Connection, wijk: str, ids: Sequence[int], but: str = "") -> None:
    """Erase what these leads hold, whom they are about, and what hangs on them.

    What waits for the person `but`, about these leads, is still sent: the resident's own messages.
    """
    if not ids:
        return
    tx.execute(update(leads).where(_c.wijk == wijk, _c.id.in_(ids)).values(_emptied(leads)))
    yes = consents.c
    theirs = select(_c.consent).where(_c.wijk == wijk, _c.id.in_(ids), _c.consent.is_not(None))
    others = exists().where(_c.wijk == yes.wijk, _c.consent == yes.id, text("leads." + WITH_PACKET))
    tx.execute(update(consents).where(yes.wijk == wijk, yes.id.in_(theirs), ~others).values(_emptied(consents)))
    for table in metadata.sorted_tables:
        for column in (each for each in table.columns if said_of(each).blanked):
            these = (table.c.wijk == wijk, column.in_(ids))
            if said_of(column).blanked is Then.EMPTY:
                tx.execute(update(table).where(*these).values({column.name: None}))
            elif said_of(column).blanked is Then.ROW and table in (waiting, held_messages):
                outbox.drop_about(tx, wijk, ids, but)
            elif said_of(column).blanked is Then.ROW:
                tx.execute(delete(table).where(*these))


def _emptied(table: Table) -> dict[str, None]:
    """Return what is emptied in a row when its resident goes."""
    told = [each.name for each in told_of(table, table.c.resident) if said_of(each).then is Then.EMPTY]
    return dict.fromkeys(["resident", "sender", *told])
