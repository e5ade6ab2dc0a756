"""How often an entry code was used on a day: counts, never a person, and only of codes that the content knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, delete, select

from db.store import Upsert
from db.tables import link_counts

_ADD = Upsert(
    lambda insert: insert(link_counts).on_conflict_do_update(
        index_elements=["wijk", "code", "day"], set_={"count": link_counts.c.count + 1}
    )
)


def add(tx: Connection, wijk: str, code: str, day: date) -> None:
    """Count one more use of this code on this day."""
    tx.execute(_ADD.on(tx), {"wijk": wijk, "code": code, "day": day, "count": 1})


def of_code(tx: Connection, wijk: str, code: str) -> dict[date, int]:
    """Return the counts of this code by day."""
    t = link_counts.c
    counts = select(t.day, t.count.label("uses")).where(t.wijk == wijk, t.code == code).order_by(t.day)
    return {row.day: row.uses for row in tx.execute(counts)}


def forget_unknown(tx: Connection, wijk: str, known: Iterable[str], limit: int) -> int:
    """Delete the counts of at most `limit` codes that are not known; return how many rows went.

    Anybody can type anything behind `/start`, and older versions counted it.
    """
    t = link_counts.c
    typed = select(t.code).distinct().where(t.wijk == wijk, t.code.not_in(list(known))).limit(limit)
    found = tx.execute(typed).scalars().all()
    return tx.execute(delete(link_counts).where(t.wijk == wijk, t.code.in_(found))).rowcount if found else 0
