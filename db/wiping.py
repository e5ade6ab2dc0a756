"""Emptying SQLite's log after an erasure: what was erased must not be readable in it.

Values that are erased become zeros in the file (`secure_delete`), but rows that moved between pages leave copies
behind, and the log still holds the pages as they were. So the file is written anew, and the log emptied. On PostgreSQL
there is nothing to do here: `docs/privacy.md` says what vacuum, its log and backups mean.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any, cast

from sqlalchemy.exc import OperationalError

from db.store import BUSY_MS, Store


def wipe(store: Store) -> bool:
    """Write the file anew without what is free in it, and empty the log; False when that must be tried again.

    Call it outside every transaction. Somebody who reads holds on to the log, and is not waited for.
    """
    if store.shared:
        return True
    with suppress(OperationalError, sqlite3.Error), store.writer.connect() as connection:
        raw = cast(Any, connection.connection.dbapi_connection)
        raw.execute("PRAGMA busy_timeout=0")
        try:
            if not _emptied(raw):  # asked first: the file is not written anew as long as somebody reads
                return False
            raw.execute("VACUUM")
            return _emptied(raw)
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return False


def _emptied(raw: Any) -> bool:
    """Copy the log into the file and empty it; return whether nobody held on to it."""
    blocked, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not blocked
