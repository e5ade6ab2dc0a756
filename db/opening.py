"""Whether a store can be used at all, looked at once, at the start: there, whole, not newer than the code, readable.

Guards the rule that a start that would fail later fails now: under another key everybody the bot knows would meet
silence, and a store of a newer version would be damaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Text, column, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

from db import migrations
from db.store import Store
from db.tables import metadata
from db.types.encrypted import EncryptedJson, EncryptedText

SQLITE = {
    "NOTADB": "it is not a SQLite database",
    "CORRUPT": "it is damaged; put a backup in its place",
    "READONLY": "it cannot be written: the disk, the file or its folder is read-only",
    "CANTOPEN": "it cannot be opened or made there",
    "PERM": "its file may not be used by this account",
    "AUTH": "its file may not be used by this account",
    "FULL": "the disk is full",
    "IOERR": "the disk does not answer as it should",
    "BUSY": "another process keeps it locked",
    "LOCKED": "another process keeps it locked",
}
"""What each kind of SQLite's errors means, by the name of its code without `SQLITE_` and what follows."""

POSTGRESQL = {
    "25": "it is read-only",
    "": "the server cannot be reached, has no such database, or does not let this user in",
    "42501": "this user may not make or change tables there",
    "53": "the server has no room or no connection left",
    "57": "the server is starting or stopping",
}
"""What each SQLSTATE means, by its class or whole; a connection that failed has none."""


class StoreRefused(Exception):
    """The bot cannot work on this store. The message says why, for whoever runs it, and holds nothing of anybody."""


def stored_samples(store: Store) -> list[str]:
    """Return one encrypted value of each column that holds any, as it is stored. Works at every revision.

    Raises StoreRefused when the store cannot be opened, or is newer than this version of the bot.
    """
    with _refused(), store.read() as tx:
        newer = migrations.newer(tx)
        if newer:
            raise StoreRefused(
                f"a newer version of the bot has used it (revision {newer}, this one knows {migrations.HEAD})"
            )
        return [value for name, field in _encrypted(tx) if (value := _first(tx, name, field)) is not None]


def bring_up_to_date(store: Store) -> None:
    """Make or change the tables. Raises StoreRefused when the store cannot be written."""
    with _refused():
        store.migrate()
        with store.write() as tx:  # a store that is up to date may lie on a disk that is read-only
            tx.execute(text("UPDATE alembic_version SET version_num = version_num"))


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreRefused(_reason(error)) from None


def _reason(error: DBAPIError) -> str:
    if isinstance(error.orig, OSError):
        return f"its file is not there ({type(error.orig).__name__})"
    code = str(getattr(error.orig, "sqlite_errorname", "") or "").removeprefix("SQLITE_").partition("_")[0]
    if code:
        return SQLITE.get(code, f"it cannot be used (SQLite says {code})")
    state = str(getattr(error.orig, "sqlstate", "") or "")
    return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2], f"it cannot be used (PostgreSQL says {state})")


def _encrypted(tx: Connection) -> Iterator[tuple[str, str]]:
    """Every table and column of it that holds encrypted values, of those that this store has."""
    there = inspect(tx)
    for each in metadata.sorted_tables:
        if there.has_table(each.name):
            columns = {one["name"] for one in there.get_columns(each.name)}
            for field in each.columns:
                if isinstance(field.type, EncryptedText | EncryptedJson) and field.name in columns:
                    yield each.name, field.name


def _first(tx: Connection, name: str, field: str) -> str | None:
    here = column(field, Text)
    found: str | None = tx.execute(select(here).select_from(table(name)).where(here.is_not(None)).limit(1)).scalar()
    return found
