"""`/healthz`: ok means that the store takes writes, and whoever asks gets no look of their own at it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from bot.runtime.intake.health import FRESH_SECONDS, Health
from bot.runtime.intake.webhook import hook_app
from db.store import Store
from tests.unit.bot.runtime.clockwork import Clockwork
from tests.unit.bot.runtime.line import until


@asynccontextmanager
async def door(health: Health) -> AsyncIterator[Callable[[], Awaitable[tuple[int, str]]]]:
    """Gives what `/healthz` answers: a status and a text."""
    app = hook_app({}, "a-secret-of-the-tests", health)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as web:

        async def ask() -> tuple[int, str]:
            answer = await web.get("/healthz")
            return answer.status_code, answer.text

        yield ask


def taken_away(url: str) -> None:
    """Somebody removes the file of this store."""
    Path(str(make_url(url).database)).unlink()


GOOD, AWAY = (200, "ok\n"), (503, "the store is away\n")


@pytest.mark.both_stores
async def test_a_store_that_takes_writes_is_healthy_and_nothing_in_it_changes(store: Store) -> None:
    async with door(Health(store.try_to_write)) as ask:
        assert await ask() == GOOD
    with store.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_file_that_only_reads_is_not_healthy(store_url: str) -> None:
    path = make_url(store_url).database

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)

    reads = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    async with door(Health(Store(reads, reads).try_to_write)) as ask:
        assert await ask() == AWAY


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_a_server_that_only_reads_is_not_healthy(store_url: str, open_stores: Callable[[str], Store]) -> None:
    name = make_url(store_url).database
    before, clock = open_stores(store_url), Clockwork()
    with open_stores(store_url).writer.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        async with door(Health(before.try_to_write, clock=clock)) as ask:
            assert await ask() == GOOD
            line.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
            try:
                before.close()  # the next connections are new ones, as after a failover
                clock.pass_by(FRESH_SECONDS)
                assert await ask() == AWAY
            finally:
                line.exec_driver_sql(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_store_whose_file_is_gone_is_not_healthy(store: Store, store_url: str) -> None:
    store.try_to_write()
    taken_away(store_url)
    async with door(Health(store.try_to_write)) as ask:
        assert await ask() == AWAY


async def test_a_store_that_does_not_answer_is_not_healthy_and_is_looked_at_once() -> None:
    gate, looks = threading.Event(), list[int]()

    def look() -> None:
        looks.append(1)
        gate.wait(10)

    health = Health(look, patience=0.0)
    async with door(health) as ask:
        assert [await ask() for _ in range(5)] == [AWAY] * 5
        gate.set()
        health._patience = 10.0
        assert await ask() == GOOD
        assert len(looks) == 1


async def test_all_who_ask_within_a_second_share_one_look() -> None:
    gate, looks, clock = threading.Event(), list[int](), Clockwork()

    def look() -> None:
        looks.append(1)
        gate.wait(10)

    async with door(Health(look, clock=clock)) as ask:
        asked = [asyncio.ensure_future(ask()) for _ in range(20)]
        await until(lambda: bool(looks))
        gate.set()
        assert [await one for one in asked] == [GOOD] * 20
        clock.pass_by(FRESH_SECONDS / 2)
        assert await ask() == GOOD
        assert len(looks) == 1
        clock.pass_by(FRESH_SECONDS / 2)
        assert await ask() == GOOD
        assert len(looks) == 2


async def test_a_store_that_is_back_is_healthy_at_the_next_look() -> None:
    clock, away = Clockwork(), [True]

    def look() -> None:
        if away[0]:
            raise OperationalError("x", {}, Exception("geheim"))

    async with door(Health(look, clock=clock)) as ask:
        assert await ask() == AWAY
        away[0] = False
        assert await ask() == AWAY
        clock.pass_by(FRESH_SECONDS)
        assert await ask() == GOOD
