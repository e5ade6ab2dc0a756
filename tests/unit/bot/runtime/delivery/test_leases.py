"""One sender per bot: a lease, a channel that closes with it, and others who take over from one that hung or left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from time import monotonic

import pytest

from bot.messages.message import Outgoing, to_dict
from bot.runtime.channel import Outcome, Sent
from bot.runtime.delivery import leases as room
from bot.runtime.delivery.backlog import Backlog
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.delivery.leases import Delivery, LeasedChannel, LeaseHolder
from bot.runtime.delivery.rate_limit import RateLimit, Rates
from bot.runtime.writer import Writer
from db.queue import leases, outbox
from db.store import Store
from tests.unit.bot.runtime.clockwork import Clockwork
from tests.unit.bot.runtime.line import NO_HURRY, UNLIMITED, nobody, until

pytestmark = pytest.mark.both_stores

WIJKEN = ("smitsveen", "de_eng", "soesterberg", "klaarwater")
SHARED = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


class Postman:
    """A channel that writes down what it was given. While `shut` is set it waits."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, message: Outgoing) -> Outcome:
        await self.open.wait()
        self.sent.append(message.id)
        return Sent(message.id)


class Side:
    """One process: a lease holder with a postman for each wijk."""

    def __init__(self, store: Store, wijken: tuple[str, ...]) -> None:
        self.store, self.writer = store, Writer()
        self.postmen = {wijk: Postman() for wijk in wijken}
        self.leases = LeaseHolder(
            store, {wijk: Delivery(postman, self.writer, nobody, NO_HURRY) for wijk, postman in self.postmen.items()}
        )

    def says(self, wijk: str, *ids: int) -> None:
        """What a turn does: into the outbox, and the notification."""
        put(self.store, wijk, *ids)
        self.leases.committed(wijk)

    @property
    def sends(self) -> set[str]:
        return set(self.leases._sending)


def put(store: Store, wijk: str, *ids: int, to: str = "telegram:1001") -> None:
    now = datetime.now(UTC)
    with store.write() as tx:
        said = [outbox.Message(id, to, to_dict(Outgoing(id, to, "Dag")), now) for id in ids]
        outbox.add(tx, wijk, said, now)


def waiting(store: Store, wijk: str) -> int:
    with store.read() as tx:
        return outbox.count(tx, wijk)


@asynccontextmanager
async def side(store: Store, *wijken: str) -> AsyncIterator[Side]:
    one = Side(store, wijken or WIJKEN[:1])
    await one.leases.start()
    try:
        yield one
    finally:
        await one.leases.close()
        one.writer.close()


async def test_what_waits_and_what_is_committed_later_goes_out_in_order(store: Store) -> None:
    put(store, "smitsveen", 1, 2)
    async with side(store) as one:
        await until(lambda: one.postmen["smitsveen"].sent == [1, 2])
        one.says("smitsveen", 3)
        await until(lambda: len(one.postmen["smitsveen"].sent) == 3)
        one.says("smitsveen", 4, 5)
        await until(lambda: len(one.postmen["smitsveen"].sent) == 5)
    assert one.postmen["smitsveen"].sent == [1, 2, 3, 4, 5]
    assert waiting(store, "smitsveen") == 0


@SHARED
async def test_one_sends_and_the_other_rings(store: Store, store_url: str, open_stores: Callable[[str], Store]) -> None:
    async with side(store) as one:
        await until(lambda: one.sends == {"smitsveen"})
        async with side(open_stores(store_url)) as two:
            began = monotonic()
            for number in range(1, 6):
                two.says("smitsveen", number)
                await until(lambda n=number: len(one.postmen["smitsveen"].sent) == n)  # type: ignore[misc]
            assert monotonic() - began < room.LOOK_SECONDS  # heard, not found by looking
            assert (one.postmen["smitsveen"].sent, two.postmen["smitsveen"].sent) == ([1, 2, 3, 4, 5], [])
            assert two.sends == set()


@SHARED
async def test_who_leaves_is_followed_at_once(
    store: Store, store_url: str, open_stores: Callable[[str], Store]
) -> None:
    async with side(open_stores(store_url)) as two:
        await until(lambda: two.sends == {"smitsveen"})
        async with side(store) as one:
            await two.leases.close()
            began = monotonic()
            await until(lambda: one.sends == {"smitsveen"})
            assert monotonic() - began < room.LEASE_SECONDS
            one.says("smitsveen", 7)
            await until(lambda: one.postmen["smitsveen"].sent == [7])


@SHARED
async def test_who_died_is_followed_within_seconds(store: Store) -> None:
    with store.write() as tx:
        assert leases.take(tx, "smitsveen", "somebody who died", 0.5)
    async with side(store) as one:
        assert one.sends == set()
        await until(lambda: one.sends == {"smitsveen"})


@SHARED
async def test_a_lease_that_was_lost_ends_the_sending_before_another_call(store: Store) -> None:
    async with side(store) as one:
        await until(lambda: one.sends == {"smitsveen"})
        with store.write() as tx:
            leases.release(tx, one.leases._holder)
            assert leases.take(tx, "smitsveen", "another", 3600)
        await until(lambda: one.sends == set())
        one.says("smitsveen", 1)
        for _ in range(100):
            await asyncio.sleep(0)
        assert one.postmen["smitsveen"].sent == []
    assert waiting(store, "smitsveen") == 1


@SHARED
async def test_processes_that_start_together_divide_the_wijken(
    store: Store, store_url: str, open_stores: Callable[[str], Store]
) -> None:
    async with side(store, *WIJKEN) as one, side(open_stores(store_url), *WIJKEN) as two:
        await until(lambda: one.sends | two.sends == set(WIJKEN))
        assert one.sends.isdisjoint(two.sends)
        assert one.sends
        assert two.sends


@SHARED
@pytest.mark.parametrize("later", range(10))
async def test_who_leaves_while_an_outbox_is_read_for_the_first_time_does_not_look_at_it_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, later: int
) -> None:
    reading, go_on = asyncio.Event(), asyncio.Event()
    coming: list[asyncio.Task[None]] = []
    close = Backlog.close

    async def refill(backlog: Backlog) -> None:
        reading.set()
        await go_on.wait()

    async def closes(backlog: Backlog) -> None:
        await close(backlog)
        coming.append(asyncio.create_task(comes_back()))

    async def comes_back() -> None:
        for _ in range(later):
            await asyncio.sleep(0)
        go_on.set()

    monkeypatch.setattr(Backlog, "refill", refill)
    monkeypatch.setattr(Backlog, "close", closes)
    before = asyncio.all_tasks()
    one = Side(store, WIJKEN[:1])
    await one.leases.start()
    await reading.wait()
    await one.leases.close()
    one.writer.close()
    assert asyncio.all_tasks() == before


@SHARED
async def test_who_leaves_while_a_lease_is_lost_finishes_that_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing, go_on = asyncio.Event(), asyncio.Event()
    close = Deliverer.close

    async def slowly(deliverer: Deliverer, grace: float = 5.0) -> None:
        closing.set()
        await go_on.wait()
        await close(deliverer, grace)

    monkeypatch.setattr(Deliverer, "close", slowly)
    before = asyncio.all_tasks()
    one = Side(store, WIJKEN[:1])
    await one.leases.start()
    await until(lambda: one.sends == {"smitsveen"})
    with store.write() as tx:
        leases.release(tx, one.leases._holder)
        assert leases.take(tx, "smitsveen", "another", 3600)
    await closing.wait()
    leaving = asyncio.create_task(one.leases.close())
    for _ in range(100):
        await asyncio.sleep(0)
    go_on.set()
    await leaving
    one.writer.close()
    assert asyncio.all_tasks() == before


async def test_behind_the_fence_nothing_is_sent_after_the_lease(store: Store) -> None:
    postman, writer = Postman(), Writer()
    leased = LeasedChannel(postman, until=monotonic() - 1)
    put(store, "smitsveen", 1)
    deliverer = Deliverer(store, "smitsveen", leased, writer, nobody)
    await deliverer.start()
    for _ in range(100):
        await asyncio.sleep(0)
    await deliverer.close(grace=0.01)
    writer.close()
    assert postman.sent == []
    assert waiting(store, "smitsveen") == 1


async def test_who_takes_over_gives_telegram_a_moment_and_then_sends(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clockwork()
    rates = Rates(overall=4)
    monkeypatch.setattr(room, "RateLimit", partial(RateLimit, clock=clock, call_later=clock.call_later))
    put(store, "smitsveen", 1, 2)
    for person in range(10, 16):
        put(store, "smitsveen", person, to=f"telegram:{person}")
    writer, postman = Writer(), Postman()
    sender = room._Delivering(store, "smitsveen", Delivery(postman, writer, nobody, rates), monotonic() + 3600)
    await sender.deliverer.start()
    for second in range(4):
        await sender.deliverer.flush()
        assert len(postman.sent) == min(8, 4 * second)
        clock.pass_by(1.0)
    await sender.close(1.0)
    writer.close()
    assert [set(postman.sent[:4]), set(postman.sent[4:])] == [{1, 10, 11, 12}, {2, 13, 14, 15}]


async def test_a_nudge_at_the_very_end_does_not_hold_up_the_end(store: Store) -> None:
    postman, writer = Postman(), Writer()
    deliverer = Deliverer(store, "smitsveen", postman, writer, nobody, UNLIMITED, look_seconds=3600)
    await deliverer.start()
    await asyncio.sleep(0)
    deliverer.nudge()
    await asyncio.sleep(0)
    await asyncio.wait_for(deliverer.close(), 60)
    writer.close()


async def test_more_than_fits_in_memory_comes_later_and_in_order(store: Store) -> None:
    postman, writer = Postman(), Writer()
    deliverer = Deliverer(store, "smitsveen", postman, writer, nobody, UNLIMITED, held=4, look_seconds=3600)
    await deliverer.start()
    postman.open.clear()
    for number in range(1, 21):
        put(store, "smitsveen", number)
        deliverer.nudge()
        for _ in range(10):
            await asyncio.sleep(0)
    postman.open.set()
    await until(lambda: len(postman.sent) == 20)
    assert postman.sent == list(range(1, 21))
    await deliverer.close()
    writer.close()
