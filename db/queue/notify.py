"""Wakes the other processes that share one PostgreSQL: something was put in an outbox, or a lease came free.

Guards the rule that a notification carries no content and nothing depends on it: a process that misses one looks a
little later. It is sent outside of every turn's transaction, because PostgreSQL lets only one notifying transaction
commit at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import text

from db.store import Store

CHANNEL = "koppelkans"
LOOK_SECONDS = 0.5
"""Seconds between two checks of the listener whether it must stop."""

_NOTIFY = text("SELECT pg_notify(:channel, wijk) FROM unnest(CAST(:wijken AS text[])) AS wijk")


def notify(store: Store, wijken: Iterable[str]) -> None:
    """Notify once for each of these wijken; "" stands for a lease that came free. PostgreSQL only."""
    with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        line.execute(_NOTIFY, {"channel": CHANNEL, "wijken": list(wijken)})


def listen(store: Store, heard: Callable[[str], None], stopped: Callable[[], bool]) -> None:
    """Call `heard` for every notification until `stopped` is true; raise the store's error when the line breaks.

    It blocks: give it a thread of its own. When it begins to listen it calls `heard` with "", for what came before.
    """
    with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        line.exec_driver_sql(f"LISTEN {CHANNEL}")
        driver: Any = line.connection.dbapi_connection
        try:
            heard("")
            while not stopped():
                for notice in driver.notifies(timeout=LOOK_SECONDS):
                    heard(notice.payload)
        finally:
            line.invalidate()  # nobody else may get a connection that listens
