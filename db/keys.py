"""The keys with which something in a store is encrypted, by name: noted before a key encrypts anything.

Guards the rule that a start without one of them fails at once, however few rows are under it, and without reading the
tables. Only a store from before this table is read whole, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection, Select, Text, column, delete, inspect, select, table

from db.store import Upsert
from db.tables import keys_in_use, metadata
from db.types.encrypted import EncryptedJson, EncryptedText, opener

SLICE = 1000
"""How many values are in memory at a time when a whole store is read."""

_NOTE = Upsert(lambda insert: insert(keys_in_use).on_conflict_do_nothing())


def noted(tx: Connection) -> set[str]:
    """Return the names of the keys that were noted: none in a store from before this table. Works at every revision."""
    if not inspect(tx).has_table(keys_in_use.name):
        return set()
    return set(tx.execute(select(keys_in_use.c.key)).scalars())


def note(tx: Connection, names: Iterable[str], now: datetime) -> None:
    """Note these keys, if they are not noted yet."""
    for name in names:
        tx.execute(_NOTE.on(tx), {"key": name, "since": now})


def forget(tx: Connection) -> None:
    """Forget every key: nothing is stored that is encrypted."""
    tx.execute(delete(keys_in_use))


def holds_anything(tx: Connection) -> bool:
    """Return whether an encrypted value is stored. Works at every revision."""
    return any(tx.execute(_values(*each).limit(1)).scalar() is not None for each in _encrypted(tx))


def found(tx: Connection) -> set[str]:
    """Read every encrypted value; return the names of the keys that open them, an empty one where none of ours does."""
    names = set()
    for each in _encrypted(tx):
        rows = tx.execute(_values(*each).execution_options(stream_results=True)).scalars()
        for some in rows.partitions(SLICE):
            names |= {opener(value) for value in some}
    return names


def _encrypted(tx: Connection) -> Iterator[tuple[str, str]]:
    """Every table and column of it that holds encrypted values, of those that this store has."""
    there = inspect(tx)
    for each in metadata.sorted_tables:
        if there.has_table(each.name):
            columns = {one["name"] for one in there.get_columns(each.name)}
            for field in each.columns:
                if isinstance(field.type, EncryptedText | EncryptedJson) and field.name in columns:
                    yield each.name, field.name


def _values(name: str, field: str) -> Select[str]:
    """The query for the values of a column, as they are stored."""
    here = column(field, Text)
    return select(here).select_from(table(name)).where(here.is_not(None))
