"""Fixtures that tests share: real stores, a fresh one for each test, on both engines.

A test with a store runs on SQLite, and on PostgreSQL as well where it is marked `both_stores`: where SQL, locks or
processes can differ. `KOPPELKANS_TEST_STORES` (sqlite, postgresql or both) chooses the engines for all tests instead.
PostgreSQL comes from a wheel. All processes of one run share one server, started by the first test that asks for it;
its data lies in a fresh temporary folder until the run ends.

Nothing depends on luck: hypothesis tries the same examples each time, unless `KOPPELKANS_SEEDS=new`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import event
from sqlalchemy.engine import make_url

from db.store import Store, open_store
from db.types import encrypted
from tests.postgres import Postgres, server

POSTGRES_FOLDER = pytest.StashKey[Path]()

SECRET_KEY = "a29wcGVsa2Fucy1rb3BwZWxrYW5zLWtvcHBlbGthbnM="
"""The key of all tests, so that fingerprints are the same in each of them."""

CHOICES = {"": [], "sqlite": ["sqlite"], "postgresql": ["postgresql"], "both": ["sqlite", "postgresql"]}
CHOSEN = CHOICES[os.environ.get("KOPPELKANS_TEST_STORES", "")]

# No deadlines: how long an example takes is up to the machine.
settings.register_profile("new", database=None, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
settings.register_profile("fixed", settings.get_profile("new"), derandomize=True)
settings.load_profile(os.environ.get("KOPPELKANS_SEEDS", "fixed"))


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of this run's PostgreSQL. A process that xdist started gets it from the one that started it."""
    told: dict[str, str] = getattr(config, "workerinput", {})
    config.stash[POSTGRES_FOLDER] = Path(told.get("postgres") or tempfile.mkdtemp(prefix="postgres-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process that xdist starts where the PostgreSQL of this run is."""
    node.workerinput["postgres"] = str(node.config.stash[POSTGRES_FOLDER])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the engines of a test that does not choose them itself."""
    own = any("engine" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "engine" in metafunc.fixturenames and not own:
        both = metafunc.definition.get_closest_marker("both_stores") is not None
        metafunc.parametrize("engine", CHOSEN or CHOICES["both" if both else "sqlite"], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of an engine that was not chosen."""

    def left_out(item: pytest.Item) -> bool:
        own = getattr(item, "callspec", None)
        return bool(CHOSEN and own and own.params.get("engine", CHOSEN[0]) not in CHOSEN)

    if out := [item for item in items if left_out(item)]:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if not left_out(item)]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL if a test started it: at the end of the run, not when one of its processes has no more tests."""
    if hasattr(config, "workerinput"):
        return
    folder = config.stash[POSTGRES_FOLDER]
    if (folder / "data").exists():
        server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _secret_keys() -> None:
    encrypted.use([SECRET_KEY])


@pytest.fixture(autouse=True)
def _alone(request: pytest.FixtureRequest) -> None:
    """Watch only tests that await: no other can leave a task running, and thousands of others need no loop."""
    if iscoroutinefunction(request.function):
        request.getfixturevalue("_nothing_runs_on")


@pytest.fixture
async def _nothing_runs_on() -> AsyncIterator[None]:
    """Fail a test that leaves a task running: all tests share a loop, and the task would write in another one's log."""
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
    """Make a migrated SQLite store, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    store = open_store(f"sqlite:///{folder / 'template.db'}")
    store.migrate()
    store.close()
    yield folder / "template.db"
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[Postgres]:
    """Return the PostgreSQL server of this run."""
    postgres = Postgres(server(pytestconfig.stash[POSTGRES_FOLDER]).get_uri(), f"test_{os.getpid()}")
    yield postgres
    postgres.close()


class Stock:
    """Stores that are filled once in each process and copied for every test that asks for them."""

    def __init__(self, folder: Path, postgres: Callable[[], Postgres], migrated: Path) -> None:
        self._folder, self._postgres, self._migrated = folder, postgres, migrated
        self._filled: dict[tuple[str, Callable[[Store], None]], str] = {}
        self._count = 0

    def copy(self, engine: str, fill: Callable[[Store], None]) -> str:
        """Return the address of a store that `fill` filled and no test used yet."""
        key = engine, fill
        if key not in self._filled:
            self._filled[key] = self._new(engine)
            store = open_store(self._filled[key])
            fill(store)
            store.close()
        return self._new(engine, self._filled[key])

    def _new(self, engine: str, template: str = "") -> str:
        if engine == "postgresql":
            return self._postgres().new(*([str(make_url(template).database)] if template else []))
        self._count += 1
        path = self._folder / f"{self._count}.db"
        shutil.copy(str(make_url(template).database) if template else self._migrated, path)
        return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def stock(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """Return the stock: for tests whose stores take seconds to fill, or that need a store that was always empty."""
    return Stock(tmp_path_factory.mktemp("stock"), lambda: request.getfixturevalue("postgres"), sqlite_template)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Return the engine under test; a test that uses it, or a store, runs once for each that is chosen for it."""
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a store without tables."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    address = postgres.new(template="template1")
    yield address
    postgres.drop(address)


@pytest.fixture
def store_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a migrated store that no test used yet, for tests that start processes of their own."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "store.db")
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    address = postgres.lend()
    yield address
    postgres.take_back(address)


@pytest.fixture
def open_stores() -> Iterator[Callable[[str], Store]]:
    """Return a function that opens stores; they are closed when the test ends."""
    opened: list[Store] = []

    def open_one(url: str) -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(store_url: str, open_stores: Callable[[str], Store]) -> Store:
    """Return a migrated store with nothing in it. It does not wait for the disk; a test of that opens `store_url`."""
    store = open_stores(store_url)
    if store.writer.name == "sqlite":
        event.listen(store.writer, "connect", _hurry)
    return store


def _hurry(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
