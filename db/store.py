"""Opens the store, and owns everything in which SQLite and PostgreSQL differ.

Guards the rule that a writing transaction never loses to another one: on SQLite it begins immediate and waits
its turn, on PostgreSQL the verbs lock the rows that they are about to change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Generic, TypeAlias, TypeVar, cast

from sqlalchemy import Connection, Engine, Executable, create_engine, event, exc, func, select, text
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from db import files, migrations

BUSY_MS = 10_000
"""How long a SQLite connection waits for another process to end its writing transaction."""

CHECKPOINT = 4000
"""How many pages (16 MB) SQLite's log may hold before it is copied back. A turn writes about eleven, mostly the same
ones: SQLite's default would hold up one turn in ninety, and cost four times the work.
"""

FROZEN_MS = 30_000
"""How long a process may hang in an open transaction, which holds up its whole wijk, before PostgreSQL ends it."""

SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOTADB,
    }
)
"""Primary result codes that speak of the file, its disk or its locks."""

POSTGRESQL_AWAY = ("08", "28", "40", "53", "55", "57", "58", "F0", "XX", "25006", "25P03", "25P04", "3D000", "42501")
"""Classes of SQLSTATE, or whole codes, that speak of the server, its disk, its locks or our access to it."""

_READ_ONLY = "25006"
_CLOCK = select(func.clock_timestamp())
_NOTHING = text("UPDATE alembic_version SET version_num = version_num WHERE 1 = 0")
"""A statement that writes no row and locks none, and that a store which only reads refuses."""

_MIGRATION_LOCK = 0x4B4F5050

Tx: TypeAlias = Connection
"""An open transaction: the first argument of every verb."""

S = TypeVar("S", bound=Executable)


class Upsert(Generic[S]):
    """An `insert … on conflict` statement, built once for each engine; `on(tx)` gives the one that fits."""

    def __init__(self, build: Callable[[Callable[[Any], Insert]], S]) -> None:
        self._postgresql = build(postgresql_insert)
        self._sqlite = build(cast(Callable[[Any], Insert], sqlite_insert))

    def on(self, tx: Connection) -> S:
        return self._postgresql if locks_rows(tx) else self._sqlite


def locks_rows(tx: Connection) -> bool:
    """Return True on PostgreSQL, where writers work side by side; on SQLite the transaction itself is the lock."""
    return tx.dialect.name == "postgresql"


def moment(tx: Connection) -> datetime:
    """Return the time by the clock that all processes over this store have in common."""
    if not locks_rows(tx):
        return datetime.now(UTC)
    now: datetime = tx.execute(_CLOCK).scalar_one()
    return now


def one_or_many(rows: list[dict[str, Any]]) -> list[dict[str, Any]] | dict[str, Any]:
    """Return these rows for a statement, a single one without the list: that is quicker, for a person who is alone."""
    return rows if len(rows) > 1 else rows[0]


def is_away(error: BaseException) -> bool:
    """Return whether the store itself failed (away, locked, full, read-only, broken), and not what was asked of it.

    The same statement may succeed later. `docs/troubles.md` has the table of what each engine raises. Where the driver
    tells no code, its connection is gone: then SQLAlchemy's kinds decide.
    """
    if isinstance(error, exc.TimeoutError | exc.DisconnectionError | exc.PendingRollbackError):
        return True
    cause: BaseException | None = error
    if isinstance(error, exc.DBAPIError):
        if error.connection_invalidated:
            return True
        cause = error.orig
    code, state = getattr(cause, "sqlite_errorcode", None), getattr(cause, "sqlstate", None)
    if isinstance(code, int):
        return code & 0xFF in SQLITE_AWAY
    if isinstance(state, str):
        return state.startswith(POSTGRESQL_AWAY)
    return isinstance(error, exc.OperationalError | exc.InterfaceError)


class Store:
    """One database with two engines: one that writes, one that only reads. Safe to share between threads."""

    def __init__(self, writer: Engine, reader: Engine, file: Path | None = None) -> None:
        self.writer = writer
        self.reader = reader
        self._file = file
        self._known: int | None = None

    @property
    def shared(self) -> bool:
        """True when several processes may work over it side by side: PostgreSQL."""
        return self.writer.dialect.name == "postgresql"

    def write(self) -> AbstractContextManager[Connection]:
        """Open a writing transaction: committed at the end, rolled back when an error leaves the block.

        On SQLite it holds the only write lock from its first moment, so keep it short and never nest it. Raises
        OperationalError when the file of the store is no longer there: what is written would be lost with it.
        """
        self._look()
        return self.writer.begin()

    def read(self) -> AbstractContextManager[Connection]:
        """Open a reading transaction, with a steady view on SQLite; the engine refuses to write in it."""
        return self.reader.begin()

    def try_to_write(self) -> None:
        """Raise what the store raises when it cannot be written: it is away, locked, or only reads. Changes nothing."""
        with self.write() as tx:
            tx.execute(_NOTHING)

    def _look(self) -> None:
        """Look whether the file is still the one that was opened; SQLite would go on in a file that has no name."""
        if self._file is None:
            return
        try:
            found = self._file.stat().st_ino
        except OSError as gone:
            raise OperationalError(None, None, gone) from None
        if self._known is None:
            self._known = found
        elif found != self._known:
            raise OperationalError(None, None, FileNotFoundError(f"{self._file.name} is another file now; start again"))

    def migrate(self) -> None:
        """Bring the tables up to date; processes that start together take turns, and a current store is left alone."""
        with self.write() as tx:
            if migrations.current(tx):
                return
        with self.rebuilding() as tx:
            if locks_rows(tx):
                tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            migrations.upgrade(tx)

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Open a transaction in which tables may be rebuilt.

        SQLite's foreign keys are off in it, because rebuilding a table would delete the rows that refer to it. All
        references are checked before the commit: RuntimeError when one is broken.
        """
        if self.writer.dialect.name != "sqlite":
            with self.writer.begin() as tx:
                yield tx
            return
        with self.writer.connect() as connection:
            switch = cast(Any, connection.connection.dbapi_connection)
            switch.execute("PRAGMA foreign_keys=OFF")  # ignored inside a transaction, so before it begins
            switch.execute("PRAGMA legacy_alter_table=ON")  # or a trigger that names the table stands in the way
            try:
                with connection.begin():
                    yield connection
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RuntimeError(f"a rebuild would break {len(broken)} references, first in {broken[0][0]}")
            finally:
                switch.execute("PRAGMA foreign_keys=ON")
                switch.execute("PRAGMA legacy_alter_table=OFF")

    def close(self) -> None:
        """Close all idle connections; call it when no transaction is open any more."""
        self.reader.dispose()
        self.writer.dispose()


def open_store(url: str) -> Store:
    """Open `sqlite:///path` or `postgresql://…`; nothing is connected yet. ValueError for any other address.

    A SQLite file is made at once, and its rights and those of its log are taken from others: ValueError when that
    cannot be done. A store in memory is refused, because its two engines would see two different databases.
    """
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite":
            return _open_sqlite(address)
        case "postgresql":
            return _open_postgresql(address.set(drivername="postgresql+psycopg"))
        case other:
            raise ValueError(f"the store must be sqlite or postgresql, not {other}")


def _engine(address: URL, **ways: Any) -> Engine:
    # An error must not carry anybody's data into a log. A connection in the pool has ended its transaction: no reset.
    return create_engine(address, hide_parameters=True, pool_reset_on_return=None, **ways)


def _open_sqlite(address: URL) -> Store:
    if not address.database or address.database == ":memory:":
        raise ValueError("a SQLite store needs a file: sqlite:///path/to/file")
    if "uri" in address.query:
        raise ValueError("a SQLite store needs a plain path: sqlite:///path/to/file")
    _close_to_others(Path(address.database))
    # One connection: writers queue in the pool instead of polling the file's lock.
    writer = _engine(address, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=60)
    reader = _engine(address, poolclass=QueuePool, pool_size=4, max_overflow=4)
    durable = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
    _sqlite_ways(writer, "BEGIN IMMEDIATE", (*durable, f"wal_autocheckpoint={CHECKPOINT}"))
    _sqlite_ways(reader, "BEGIN", ("query_only=ON",))
    return Store(writer, reader, Path(address.database))


def _close_to_others(file: Path) -> None:
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # SQLite says so when it connects
        files.make_file(file)
    for beside in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError, NotADirectoryError):  # gone with the last connection of another process
            files.close_to_others(file.with_name(file.name + beside), 0o600)


def _insist(connection: Any, pragma: str) -> None:
    """Set a pragma, again and again for as long as the store is busy (at most BUSY_MS).

    Processes that open a new store at once collide when it becomes a WAL store, and there SQLite does not wait.
    """
    until = monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute(pragma)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.01)


def _sqlite_ways(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        for pragma in pragmas:
            _insist(connection, f"PRAGMA {pragma}")

    def begun(connection: Any) -> None:
        if connection.in_transaction:  # a commit that failed leaves it open, and nothing could ever begin again
            connection.rollback()
        connection.execute(begin)

    # Not as an event: an engine with a listener for one event pays for all events, at every statement.
    engine.dialect.do_begin = begun  # type: ignore[assignment, method-assign]


def _open_postgresql(address: URL) -> Store:
    # Every connection is kept (no overflow): opening one costs more than a turn.
    ways = f"-c idle_in_transaction_session_timeout={FROZEN_MS}"
    writer = _engine(address, pool_size=10, max_overflow=0, connect_args={"options": ways})
    usual = writer.dialect.is_disconnect

    def disconnected(error: Any, connection: Any, cursor: Any) -> bool:
        # After a failover our connections lead to a server that only reads: kept, they would fail for ever.
        return usual(error, connection, cursor) or getattr(error, "sqlstate", None) == _READ_ONLY

    writer.dialect.is_disconnect = disconnected  # type: ignore[assignment, method-assign]
    reader = _engine(address, pool_size=8, max_overflow=0, execution_options={"postgresql_readonly": True})
    return Store(writer, reader)
