"""What the clock takes: rows and values that are older than is said beside their table or column.

Guards the rule that nothing is kept longer than is said there (`db/types/held.py`). A caller that must do more than
forget, such as telling somebody, does so first and leaves the table out here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Date, Select, Table, bindparam, delete, select, text, update

from db.tables import metadata
from db.types.held import Kept, Then, Until, said_of
from db.types.utc import UtcTime

WRITTEN_OVER = "erased"
"""Stands for a person who did something and is not known any more."""


def forget(tx: Connection, wijk: str, now: datetime, limit: int, but: Collection[Table] = ()) -> Counter[str]:
    """Delete at most `limit` rows of each table that are too old or too many, and empty as many values of each kind.

    Nothing is done in the tables `but`. Return how many rows of each table were deleted or changed.
    """
    done: Counter[str] = Counter()
    for table in metadata.sorted_tables:
        if table in but:
            continue
        said: Kept = table.info["kept"]
        if said.until.after is not None:
            done[table.name] += _delete(tx, table, due(tx, wijk, table, said.until, now, limit))
        if said.most is not None:
            done[table.name] += _delete(tx, table, _too_many(tx, wijk, table, said, limit))
        for until, columns in timed(table):
            done[table.name] += empty(tx, wijk, table, until, columns, now, limit)
    return done


def timed(table: Table) -> Iterator[tuple[Until, list[Column[Any]]]]:
    """Yield each term that columns of this table have of their own, with the columns that share it."""
    terms: dict[Until, list[Column[Any]]] = {}
    for column in table.columns:
        until = said_of(column).until
        if until is not None and until.after is not None:
            terms.setdefault(until, []).append(column)
    yield from terms.items()


def empty(
    tx: Connection, wijk: str, table: Table, until: Until, columns: Sequence[Column[Any]], now: datetime, limit: int
) -> int:
    """Empty these columns, which share a term, in at most `limit` rows in which it is over; return how many."""
    rows = due(tx, wijk, table, until, now, limit, columns[0])
    values = {each.name: WRITTEN_OVER if said_of(each).then is Then.WRITTEN_OVER else None for each in columns}
    if rows:
        tx.execute(update(table).where(*_this(table)).values(values), rows)
    return len(rows)


def due(
    tx: Connection, wijk: str, table: Table, until: Until, now: datetime, limit: int, filled: Column[Any] | None = None
) -> list[dict[str, Any]]:
    """Return the keys of at most `limit` rows of which this term is over, without those that somebody has locked.

    Only rows in which the column `filled` holds something, if one is given.
    """
    if until.after is None:
        return []
    day = isinstance(table.c[until.since].type, Date)
    before: Any = (now - until.after).date() if day else now - until.after
    over = text(until.condition).bindparams(bindparam("before", before, Date() if day else UtcTime()))
    found = _keys(table, wijk).where(over).order_by(table.c[until.since]).limit(limit)
    found = found.with_for_update(skip_locked=True)
    if filled is not None:
        found = found.where(filled.is_not(None))
    return _rows(tx, found)


def _too_many(tx: Connection, wijk: str, table: Table, said: Kept, limit: int) -> list[dict[str, Any]]:
    age = table.c[said.until.since]
    return _rows(tx, _keys(table, wijk).order_by(age.desc()).offset(said.most).limit(limit))


def _delete(tx: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    if rows:
        tx.execute(delete(table).where(*_this(table)), rows)
    return len(rows)


def _keys(table: Table, wijk: str) -> Select[Any]:
    named = [column.label(f"of_{column.name}") for column in table.primary_key.columns]
    return select(*named).where(table.c.wijk == wijk)


def _this(table: Table) -> list[Any]:
    return [column == bindparam(f"of_{column.name}") for column in table.primary_key.columns]


def _rows(tx: Connection, found: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in tx.execute(found).mappings()]
