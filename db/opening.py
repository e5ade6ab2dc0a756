"""Whether a store can be used at all, looked at once, at the start: there, whole, not newer than the code, readable.

Guards the rule that a start that would fail later fails now: under another key everybody the bot knows would meet
silence, and a store of a newer version would be damaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from db import keys, migrations
from db.store import Store
from db.types import encrypted

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


def holds_anything(store: Store) -> bool:
    """Return whether something is stored that only its key opens. Works at every revision.

    Raises StoreRefused when the store cannot be opened, or is newer than this version of the bot.
    """
    with _refused(), store.read() as tx:
        newer = migrations.newer(tx)
        if newer:
            raise StoreRefused(
                f"a newer version of the bot has used it (revision {newer}, this one knows {migrations.HEAD})"
            )
        return keys.holds_anything(tx)


def keys_are_here(store: Store) -> bool:
    """Return whether this process has every key with which something in the store is encrypted.

    The store has noted them; one that did not yet is read whole. Works at every revision.
    """
    with _refused(), store.read() as tx:
        needed = keys.noted(tx) or keys.found(tx)
        return needed <= set(encrypted.names()) or not keys.holds_anything(tx)


def bring_up_to_date(store: Store, now: datetime) -> None:
    """Make or change the tables, and note the keys. Raises StoreRefused when the store cannot be written.

    The key that encrypts from now on is noted before anything can be encrypted with it. Raises KeyMissing when only
    the new tables show that a key is missing.
    """
    with _refused():
        store.migrate()
        store.try_to_write()  # a store that is up to date may lie on a disk that is read-only
        with store.write() as tx:
            if not keys.holds_anything(tx):
                keys.forget(tx)
            elif not keys.noted(tx):
                found = keys.found(tx)
                if "" in found:
                    raise encrypted.KeyMissing("no secret key of this process opens what is stored")
                keys.note(tx, sorted(found), now)
            keys.note(tx, encrypted.names()[:1], now)


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
