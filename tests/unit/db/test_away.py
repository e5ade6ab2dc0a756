"""What each engine raises when the store is away, and what it raises when the fault lies in what was asked.

The errors are real ones. `docs/troubles.md` has them as a table, and every row of it is provoked here.
"""

from __future__ import annotations

import re
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import exc, text
from sqlalchemy.engine import make_url

from db.store import Store, Tx, is_away, open_store
from db.tables import metadata, updates
from tests.e2e.process import ROOT

SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

Case = tuple[str, Callable[[Store], Any], bool]
"""What happens, how it is provoked, and whether the store is away then."""

ROW = {"wijk": "w", "channel": "c", "id": 1, "seen_at": "2026-11-25 13:02:00.000000"}


def driver(tx: Tx) -> Any:
    """The connection of the driver below."""
    return tx.connection.dbapi_connection


def write(store: Store, **other: Any) -> None:
    """Write a row."""
    with store.write() as tx:
        names = ", ".join(ROW)
        values = {**ROW, **other}
        tx.execute(text(f"INSERT INTO updates ({names}) VALUES (:wijk, :channel, :id, :seen_at)"), values)


def run(store: Store, *statements: str) -> None:
    with store.write() as tx:
        for each in statements:
            tx.exec_driver_sql(each)


def read_all(store: Store) -> None:
    with store.read() as tx:
        for table in metadata.sorted_tables:
            tx.execute(table.select()).all()


def written_on(store: Store, prepare: Callable[[Any], Any]) -> None:
    """Write on a connection that was prepared so."""
    with store.write() as tx:
        prepare(driver(tx))
    write(store)


def path_of(store: Store) -> Path:
    return Path(str(store.writer.url.database))


def with_file(store: Store, change: Callable[[Path], Any]) -> None:
    """Open the store anew after its file was changed so."""
    file = path_of(store)
    store.close()
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
    change(file)
    read_all(store)
    write(store)


def truncated(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size // 2)


def held_by_another(store: Store) -> None:
    other = sqlite3.connect(path_of(store), isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with store.writer.connect() as tx:
            driver(tx).execute("PRAGMA busy_timeout=1")
        write(store)
    finally:
        other.close()


def without_room_to_grow(store: Store) -> None:
    """As on a disk that fails: files of this process may not grow for a moment."""
    write(store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path_of(store).stat().st_size // 2, hard))
    try:
        write(store, id=2, channel="x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def pages_are_out(store: Store) -> None:
    with store.writer.connect() as tx:
        driver(tx).execute("PRAGMA max_page_count=1")
    run(store, *(f"CREATE TABLE ballast_{number} (what)" for number in range(200)))


def nobody_gives_a_connection_back(store: Store) -> None:
    cast(Any, store.writer.pool)._timeout = 0.01
    with ExitStack() as stack:
        for _ in range(11):
            stack.enter_context(store.writer.connect())


def vanished(store: Store) -> None:
    write(store)
    path_of(store).unlink()
    write(store, id=2)


def twice(store: Store) -> None:
    write(store)
    write(store)


def broken_off(connection: Any) -> None:
    connection.set_progress_handler(lambda: 1, 1)


def only_reading(store: Store) -> None:
    run(store, "SET TRANSACTION READ ONLY", "DELETE FROM updates")


def slow(store: Store) -> None:
    run(store, "SET LOCAL statement_timeout = 1", "SELECT pg_sleep(9)")


def only_this_connection_reads(connection: Any) -> None:
    connection.execute("PRAGMA query_only=ON")


ON_SQLITE: list[Case] = [
    ("the disk is full", pages_are_out, True),
    ("the disk fails", without_room_to_grow, True),
    ("the store only reads", lambda store: written_on(store, only_this_connection_reads), True),
    ("another process holds the lock", held_by_another, True),
    ("the file is no database", lambda store: with_file(store, lambda file: file.write_bytes(b"x" * 9999)), True),
    ("the file is damaged", lambda store: with_file(store, truncated), True),
    ("the folder is gone", lambda store: with_file(store, lambda file: shutil.rmtree(file.parent)), True),
    ("the file is gone, or another one", vanished, True),
    ("access is denied", lambda store: written_on(store, lambda it: it.set_authorizer(lambda *_: 1)), True),
    ("a statement is broken off", lambda store: written_on(store, broken_off), True),
    ("the connection is closed", lambda store: closed(store), True),
    ("no connection is free", nobody_gives_a_connection_back, True),
    ("the file is empty or made anew", lambda store: with_file(store, lambda file: file.unlink()), False),
    ("the row is there already", twice, False),
    ("no such table", lambda store: run(store, "DELETE FROM nowhere"), False),
    ("a fault in the statement", lambda store: run(store, "SELEKT"), False),
    ("a number beyond 64 bits", lambda store: write(store, id=2**63), False),
    ("half of a surrogate pair", lambda store: write(store, channel="\ud83d"), False),
    ("a value of a wrong type", lambda store: write(store, channel=[]), False),
    ("a commit that a reference forbids", lambda store: dangling(store), False),
]  # fmt: skip


def closed(store: Store) -> None:
    with store.write() as tx:
        driver(tx).close()
        tx.execute(updates.select())


def dangling(store: Store) -> None:
    run(
        store,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO child VALUES (7)",
    )


def raised(code: str) -> Callable[[Store], None]:
    """PostgreSQL raises any code when it is asked to; the driver makes of it what it always makes."""
    return lambda store: run(store, f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")


def sent_away(store: Store) -> None:
    with store.write() as tx, store.reader.connect() as other:
        other.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (driver(tx).info.backend_pid,)).all()
        tx.execute(updates.select())


def locked_table(store: Store) -> None:
    with store.write() as one, store.write() as two:
        one.exec_driver_sql("LOCK TABLE updates")
        two.exec_driver_sql("SET LOCAL lock_timeout = 1")
        two.execute(updates.select())


def at(**change: Any) -> Callable[[Store], None]:
    """A store at another address."""

    def provoke(store: Store) -> None:
        other = open_store(store.writer.url.set(**change).render_as_string(hide_password=False))
        try:
            write(other)
        finally:
            other.close()

    return provoke


ON_POSTGRESQL: list[Case] = [
    ("the server only reads (a failover)", only_reading, True),
    ("the server ends our connection", sent_away, True),
    ("nobody listens", at(host="127.0.0.1", port=1, query={}), True),
    ("the database is gone", at(database="nowhere"), True),
    ("a statement takes too long", slow, True),
    ("a row stays locked", locked_table, True),
    ("access is denied", lambda store: run(store, "SET LOCAL ROLE pg_monitor", "DELETE FROM updates"), True),
    ("no connection is free", nobody_gives_a_connection_back, True),
    *((f"class {code[:2]}", raised(code), True) for code in (
        "08006", "28000", "40001", "40P01", "53100", "53200", "53300", "57P01", "57P02", "57P03", "57P05", "58030",
        "58P01", "F0000", "XX000", "XX001", "XX002",
    )),
    ("idle in a transaction for too long", raised("25P03"), True),
    ("a transaction takes too long", raised("25P04"), True),
    ("the row is there already", twice, False),
    ("no such table", lambda store: run(store, "DELETE FROM nowhere"), False),
    ("a fault in the statement", lambda store: run(store, "SELEKT"), False),
    ("a number beyond 64 bits", lambda store: write(store, id=2**63), False),
    ("half of a surrogate pair", lambda store: write(store, channel="\ud83d"), False),
    ("a value of a wrong type", lambda store: write(store, seen_at="x"), False),
    ("NUL in a text", lambda store: write(store, channel="a\0b"), False),
    ("going on after an error", lambda store: gone_on(store), False),
    ("a limit of the program", raised("54000"), False),
    ("a rule of a table (RAISE)", raised("P0001"), False),
    ("not supported", raised("0A000"), False),
]  # fmt: skip


def gone_on(store: Store) -> None:
    with store.write() as tx:
        with pytest.raises(exc.ProgrammingError):
            tx.exec_driver_sql("DELETE FROM nowhere")
        tx.execute(updates.select())


def told(error: BaseException) -> tuple[str, str]:
    """The kind of the error, and the code that its driver tells."""
    cause: Any = error.orig if isinstance(error, exc.DBAPIError) else error
    return type(error).__name__, getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "—"


@contextmanager
def fresh(stock: Any) -> Iterator[Store]:
    """A store that may be broken, in a folder of its own, which may go."""
    file = Path(str(make_url(stock.copy("sqlite", nothing)).database))
    own = file.parent / f"{file.stem}-alone"
    own.mkdir()
    shutil.copy(file, own)
    store = open_store(f"sqlite:///{own / file.name}")
    try:
        yield store
    finally:
        store.close()


def nothing(_store: Store) -> None:
    """Fill a store with nothing."""


def rows(engine: str) -> dict[str, tuple[str, str, str]]:
    """The table in the docs: what happens, and then kind, code and how it is taken."""
    written = (ROOT / "docs" / "troubles.md").read_text("utf-8")
    found = re.findall(
        rf"^\| {engine} \| ([^|]+) \| `(\w+)` \| `?([^|`]+)`? \| (away|asked wrongly) \|$", written, re.M
    )
    return {what: (kind, code, taken) for what, kind, code, taken in found}


def held(store_of: Callable[[], Any], engine: str, cases: list[Case]) -> None:
    """Every case raises what the table says, and is taken as it says; the table holds no other."""
    seen: dict[str, set[tuple[str, str, str]]] = {}
    for what, provoke, away in cases:
        with store_of() as store:
            with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is what we ask
                provoke(store)
            assert is_away(raised.value) is away, (what, told(raised.value))
        seen.setdefault(what, set()).add((*told(raised.value), "away" if away else "asked wrongly"))
    table = rows(engine)
    assert table.keys() == seen.keys()
    for what, (kind, code, taken) in table.items():
        for one in seen[what]:
            same = one[1].startswith(code[:-1]) if code.endswith("…") else one[1] == code
            assert (one[0], same, one[2]) == (kind, True, taken), (what, one)


@SQLITE
def test_what_sqlite_raises_is_taken_as_the_table_says(engine: str, stock: Any) -> None:
    assert engine == "sqlite"
    held(lambda: fresh(stock), "SQLite", ON_SQLITE)


@POSTGRESQL
def test_what_postgresql_raises_is_taken_as_the_table_says(store: Store) -> None:
    held(lambda: nullcontext(store), "PostgreSQL", ON_POSTGRESQL)


def test_what_a_pool_raises_and_what_has_no_code_is_told_by_its_kind() -> None:
    for error in (exc.OperationalError, exc.InterfaceError):
        assert is_away(error("x", {}, Exception()))
    for other in (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.InternalError):
        assert not is_away(other("x", {}, Exception()))
    assert is_away(exc.InternalError("x", {}, Exception(), connection_invalidated=True))
    assert is_away(exc.TimeoutError())
    assert is_away(exc.PendingRollbackError())
    for strange in (TimeoutError(), ConnectionError(), LookupError(), MemoryError()):
        assert not is_away(strange)


@SQLITE
def test_a_commit_that_failed_keeps_nobody_from_the_next_transaction(store: Store) -> None:
    with pytest.raises(exc.IntegrityError):
        dangling(store)
    run(store, "CREATE TABLE after_that (what)")
    with pytest.raises(exc.OperationalError, match="no such table: child"):
        run(store, "DELETE FROM child")


@POSTGRESQL
def test_after_a_failover_the_connections_to_the_server_that_only_reads_are_left(store: Store) -> None:
    database = store.writer.url.database
    run(store, f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    store.writer.dispose()
    with pytest.raises(exc.InternalError):
        write(store)
    with store.writer.connect() as tx:
        tx.exec_driver_sql("SET TRANSACTION READ WRITE")
        tx.exec_driver_sql(f"ALTER DATABASE {database} RESET default_transaction_read_only")
        tx.commit()
    with pytest.raises(exc.InternalError):
        write(store)
    write(store)
