"""What was neither handled nor recorded is never confirmed, and danger is answered whatever breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from bot.demo.standin.world.world import World
from bot.handle import Handle
from bot.messages.message import DANGER, Incoming, Outgoing
from bot.messages.turn import Outcome, Turn
from bot.runtime.intake import arrivals
from bot.runtime.intake.arrivals import Arrivals
from bot.runtime.intake.batches import GIVE_BACK, Batches
from bot.runtime.intake.door import SECRET
from bot.runtime.intake.health import Health
from bot.runtime.intake.outage import Outage, Unavailable
from bot.runtime.intake.webhook import hook_app
from bot.runtime.telegram.webhook import answer_to
from bot.runtime.writer import Writer
from bot.screens.resident.outage_notice import OutageNotices
from db.queue import outbox
from db.store import Store, Tx
from flows.model.heard import Text
from tests.simulated import CONTENT
from tests.unit.bot.runtime.line import WIJK, connected, until, waiting
from tests.unit.bot.runtime.running import Running, failures, serving, texts

pytestmark = pytest.mark.both_stores

WORD = "a-secret-of-the-tests"
GAS, HELLO = "Gaslucht?", "Kies je taal"
SORRY = CONTENT.words.phrase("nl", "notices.went_wrong", place="De Plantage")
NO_PATIENCE, PATIENT = 0.0, 3600.0


@pytest.fixture
def world() -> World:
    world = World()
    world.bot()
    return world


@pytest.fixture
def admin(store: Store, store_url: str) -> Iterator[sa.Engine]:
    """Somebody else who may do anything to the database."""
    address = make_url(store_url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    yield engine
    engine.dispose()


def switch(store: Store, query_only: str) -> None:
    with store.writer.connect() as tx:
        driver: Any = tx.connection.dbapi_connection
        driver.execute(f"PRAGMA query_only={query_only}")


@contextmanager
def only_reading(store: Store, admin: sa.Engine) -> Iterator[None]:
    """The store refuses to write in this block. On PostgreSQL it is a failover: the connections are cut, too."""
    if not store.shared:
        switch(store, "ON")
        try:
            yield
        finally:
            switch(store, "OFF")
        return
    database = store.writer.url.database
    cut = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with admin.connect() as line:
        line.exec_driver_sql(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
        line.exec_driver_sql(cut).all()
    store.reader.dispose()
    try:
        yield
    finally:
        with admin.connect() as line:
            line.exec_driver_sql("SET default_transaction_read_only = off")
            line.exec_driver_sql(f"ALTER DATABASE {database} RESET default_transaction_read_only")


@contextmanager
def nowhere_to_record(admin: sa.Engine) -> Iterator[None]:
    """In this block nothing can be recorded, and the store is there all the same."""
    with admin.connect() as line:
        line.exec_driver_sql("ALTER TABLE failures RENAME TO hidden")
    try:
        yield
    finally:
        with admin.connect() as line:
            line.exec_driver_sql("ALTER TABLE hidden RENAME TO failures")


def poisoned(handle: Handle, *words: str) -> None:
    """These words, or any, break whoever handles them."""
    usual = handle.switchboard.take

    def take(turn: Turn) -> Outcome:
        if not words or turn.incoming.heard in [Text(each) for each in words]:
            raise LookupError("gif")
        return usual(turn)

    handle.switchboard.take = take  # type: ignore[method-assign]


def said(number: int, person: int, words: str) -> bytes:
    who = {"id": person, "is_bot": False, "first_name": "Jan", "language_code": "nl"}
    message = {"message_id": number, "date": 5, "from": who, "chat": {"id": person, "type": "private"}, "text": words}
    return orjson.dumps({"update_id": number, "message": message})


@contextmanager
def patience(bot: Running[Handle], seconds: float) -> Iterator[None]:
    usual, bot.outage._patience = bot.outage._patience, seconds
    yield
    bot.outage._patience = usual


async def test_a_store_that_only_reads_loses_nothing_and_danger_is_answered_at_once(
    store: Store, world: World, admin: sa.Engine
) -> None:
    fatma, jan = world.person(), world.person()
    async with serving(store, world) as bot:
        with patience(bot, PATIENT), only_reading(store, admin):
            fatma.say("ik ruik gas")
            jan.say("hoi")
            await until(lambda: len(texts(fatma)) == 1)
            assert GAS in texts(fatma)[0]
            assert texts(jan) == [], "he has patience"
            assert len(world.bot().queue) == 2, "nothing is confirmed"
        await until(lambda: world.bot().queue == {} and waiting(store) == 0)
    assert [GAS in text for text in texts(fatma)] == [True, True]
    assert HELLO in texts(jan)[0]
    assert failures(store) == []


async def test_after_the_alarm_who_comes_later_is_told_as_well(store: Store, world: World, admin: sa.Engine) -> None:
    fatma, jan, ans = (world.person() for _ in range(3))
    async with serving(store, world) as bot:
        with patience(bot, NO_PATIENCE), only_reading(store, admin):
            fatma.say("ik ruik gas")
            await until(lambda: len(texts(fatma)) == 1)
            jan.say("hoi")
            await until(lambda: len(texts(jan)) == 1)
            ans.say("ik ruik gas")
            await until(lambda: len(texts(ans)) == 1)
            assert len(world.bot().queue) == 3
        await until(lambda: world.bot().queue == {} and waiting(store) == 0)
    assert GAS in texts(ans)[0]
    assert [len(texts(each)) for each in (fatma, jan, ans)] == [2, 2, 2]


async def test_what_can_be_neither_handled_nor_recorded_is_not_confirmed_until_it_can(
    store: Store, world: World, admin: sa.Engine
) -> None:
    fatma, jan = world.person(), world.person()
    with capture_logs() as log:
        async with serving(store, world) as bot:
            poisoned(bot.parrot, "gif", "ik ruik gas")
            with nowhere_to_record(admin), patience(bot, NO_PATIENCE):
                jan.say("gif")
                fatma.say("ik ruik gas")
                await until(lambda: len(texts(fatma)) == 1 and len(texts(jan)) == 1)
                await until(lambda: any(line["event"] == "the store is away" for line in log))
                assert GAS in texts(fatma)[0]
                assert len(world.bot().queue) == 2, "nothing is confirmed"
            await until(lambda: world.bot().queue == {} and waiting(store) == 0)
            await until(lambda: len(texts(jan)) == 2)
    assert len(failures(store)) == 2
    assert texts(jan)[1] == SORRY
    assert all(GAS in text for text in texts(fatma))


async def test_danger_is_answered_before_all_when_its_handling_fails(store: Store, world: World) -> None:
    fatma, jan = world.person(), world.person()
    made: list[Outgoing] = []
    async with serving(store, world) as bot:
        poisoned(bot.parrot)
        usual = bot.parrot.apology

        def apology(tx: Tx, incoming: Incoming) -> list[Outgoing]:
            made.extend(usual(tx, incoming))
            return made[-1:]

        bot.poller.batches._apology = apology
        jan.say("hoi")
        fatma.say("ik ruik gas")
        await until(lambda: len(texts(fatma)) == 1 and len(texts(jan)) == 1)
        await until(lambda: waiting(store) == 0)
    assert (GAS in texts(fatma)[0], texts(jan)) == (True, [SORRY])
    assert [one.priority == DANGER for one in made] == [False, True]
    assert len(failures(store)) == 2


async def test_who_cannot_even_be_told_through_the_store_is_told_without_it(store: Store, world: World) -> None:
    fatma, jan = world.person(), world.person()
    group = world.group(-5, "Flat")
    async with serving(store, world) as bot:
        poisoned(bot.parrot)
        bot.poller.batches._apology = lambda tx, incoming: [][1]
        jan.say("hoi")
        fatma.say("ik ruik gas")
        fatma.say("dag", where=group.id)
        await until(lambda: len(texts(fatma)) == 1 and len(texts(jan)) == 1 and world.bot().queue == {})
    assert (GAS in texts(fatma)[0], texts(jan)) == (True, [SORRY])
    assert len(failures(store)) == 3
    assert waiting(store) == 0


async def test_danger_does_not_wait_behind_those_who_are_told_of_the_outage_nor_is_it_refused_unheard(
    store: Store, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [world.person() for _ in range(30)]
    for person in people:
        person.start()
    fatma, jan = world.person(), world.person()
    fatma.start()
    jan.start()
    handle, writer = Handle(CONTENT, store), Writer()
    async with connected(world) as channel:
        told = Outage(channel, handle.notices, handle.notices.sorry, patience=NO_PATIENCE)
        told._tell(0.0, [heard(person.id, "hoi") for person in people])
        await until(lambda: bool(texts(people[0])))
        told.alarm([heard(jan.id, "hoi"), heard(fatma.id, "ik ruik gas")])
        await until(lambda: bool(texts(fatma)))
        assert GAS in texts(fatma)[0]
        assert not texts(people[-1])
        await until(lambda: bool(texts(people[-1])))
        assert texts(jan) == [], "he has patience"
        monkeypatch.setattr(arrivals, "WAITING", 0)
        batches = Batches(store, WIJK, channel, writer, handle, handle.apology, told, GIVE_BACK, lambda _: None)
        with pytest.raises(Unavailable):
            await Arrivals(batches).take(orjson.loads(said(1, jan.id, "ik ruik gas")))
        await until(lambda: bool(texts(jan)))
        assert GAS in texts(jan)[0]
        await until(lambda: told._telling is None)
    writer.close()


async def test_a_fault_behind_the_intake_ends_no_bot_and_leaves_nobody_waiting(store: Store, world: World) -> None:
    fatma, jan = world.person(), world.person()
    faults = [LookupError("gif")]
    async with serving(store, world) as bot:
        usual = bot.poller.batches._committed

        def committed(messages: list[Outgoing]) -> None:
            if faults:
                raise faults.pop()
            usual(messages)

        bot.poller.batches._committed = committed
        fatma.say("ik ruik gas")
        await until(lambda: not faults and len(texts(fatma)) > 0)
        assert GAS in texts(fatma)[0]
        faults.append(LookupError("gif"))
        bot.poller.batches._committed = usual  # the next fault is for the webhook alone
        batches = Batches(
            store, WIJK, bot.channel, Writer(), bot.parrot, bot.parrot.apology, bot.outage, GIVE_BACK, committed
        )  # fmt: skip
        with pytest.raises(Unavailable):
            await Arrivals(batches).take(orjson.loads(said(10**9, jan.id, "hoi")))
        batches._writer.close()
        jan.say("hoi")
        await until(lambda: world.bot().queue == {} and any(HELLO in text for text in texts(jan)))


async def test_a_look_that_fails_keeps_nobody_from_being_told(world: World) -> None:
    fatma = world.person()
    fatma.start()
    looks = [0]

    async def look() -> list[Incoming]:
        looks[0] += 1
        if looks[0] == 1:
            raise LookupError("gif")
        return [heard(fatma.id, "hoi")]

    notices = OutageNotices(CONTENT)
    async with connected(world) as channel:
        told = Outage(channel, notices, notices.sorry, patience=NO_PATIENCE, look_seconds=0.0)
        with told.watching([], look):
            await until(lambda: bool(texts(fatma)))
    assert looks[0] > 1


def heard(person: int, words: str) -> Incoming:
    address = f"telegram:{person}"
    return Incoming("telegram", person, address, address, Text(words), language="nl")


@pytest.mark.parametrize("break_it", [only_reading, lambda _store, admin: nowhere_to_record(admin)])
async def test_with_webhooks_it_comes_again_until_the_store_takes_it(
    store: Store, world: World, admin: sa.Engine, break_it: Callable[..., Any]
) -> None:
    fatma, jan = world.person(), world.person()
    fatma.start()
    jan.start()
    writer, handle = Writer(), Handle(CONTENT, store)
    poisoned(handle, "gif", "ik ruik gas")
    async with connected(world) as channel:
        told = Outage(channel, handle.notices, handle.notices.sorry)
        batches = Batches(
            store, WIJK, channel, writer, handle, handle.apology, told, GIVE_BACK, lambda _: None
        )  # fmt: skip
        app = hook_app({WIJK: Arrivals(batches)}, WORD, Health(store.try_to_write), answer_to)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as web:

            async def bring(body: bytes) -> int:
                return (await web.post(f"/hook/{WIJK}", content=body, headers={SECRET: WORD})).status_code

            gas, poison = said(10**9, fatma.id, "ik ruik gas"), said(10**9 + 1, jan.id, "gif")
            with break_it(store, admin):
                assert [await bring(each) for each in (gas, poison, gas)] == [503] * 3
                await until(lambda: len(texts(fatma)) == 1)
                assert GAS in texts(fatma)[0]
            for _ in range(2):  # the first may meet a connection that was cut
                codes = [await bring(each) for each in (gas, poison)]
            assert codes == [200, 200]
        with store.read() as tx:
            waits = [
                one.payload["text"]
                for priority in (DANGER, 0)
                for one in outbox.due(tx, WIJK, handle.now(), 9, priority)
            ]
    writer.close()
    assert len(failures(store)) == 2
    assert (len(waits), GAS in waits[0], waits[1]) == (2, True, SORRY)
