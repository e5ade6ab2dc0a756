"""A whole bot on long polling in this process: a stand-in, a poller, a deliverer, and who handles between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import text

from bot.demo.phones.person import Person
from bot.demo.standin.world.world import World
from bot.handle import Handle, clock
from bot.messages.message import Incoming, Outgoing
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.intake.batches import Batches, Handler, Retry
from bot.runtime.intake.outage import Outage
from bot.runtime.intake.polling import Poller
from bot.runtime.processes.polling import receive_and_deliver
from bot.runtime.signals import stop_on_signals
from bot.runtime.telegram.channel import Telegram
from bot.runtime.writer import Writer
from db.store import Store, Tx
from tests.simulated import CONTENT
from tests.unit.bot.runtime.line import OPEN, UNLIMITED, WIJK, Parrot, at_once, connected, nobody, outage, until

Apology = Callable[[Tx, Incoming], list[Outgoing]]
H = TypeVar("H", bound=Handler)


@dataclass
class Running(Generic[H]):
    """What a test may touch of it. `parrot` is whoever handles, also when that is the real one."""

    world: World
    channel: Telegram
    parrot: H
    poller: Poller
    deliverer: Deliverer
    outage: Outage
    task: asyncio.Task[None]

    async def settle(self: Running[Parrot], count: int) -> None:
        """Returns when so many updates were committed and all that can be sent was sent."""
        await self.parrot.heard(count)
        await until(lambda: self.poller._poll is not None)
        await self.deliverer.flush()

    async def stop(self) -> None:
        """Everything in hand is finished."""
        self.poller.stop()
        await asyncio.wait_for(self.task, 60)


def sorry(_tx: Tx, incoming: Incoming) -> list[Outgoing]:
    return [Outgoing(incoming.id * 16 + 15, incoming.conversation, "Sorry, dat ging mis.", OPEN)]


@asynccontextmanager
async def running(store: Store, world: World, parrot: Parrot | None = None) -> AsyncIterator[Running[Parrot]]:
    """The parrot."""
    parrot = parrot or Parrot(store)
    async with (
        connected(world) as channel,
        _started(store, world, channel, parrot, sorry, outage(channel)) as bot,
    ):
        yield bot


@asynccontextmanager
async def serving(store: Store, world: World, now: Callable[[], datetime] = clock) -> AsyncIterator[Running[Handle]]:
    """The real bot with the real charts, by that clock."""
    async with connected(world) as channel, serving_on(store, world, channel, now) as bot:
        yield bot


@asynccontextmanager
async def serving_on(
    store: Store, world: World, channel: Telegram, now: Callable[[], datetime] = clock
) -> AsyncIterator[Running[Handle]]:
    """The real bot on a channel that is open."""
    handle = Handle(CONTENT, store, now=now)
    told = Outage(channel, handle.notices, handle.notices.sorry, look_seconds=0.001)
    async with _started(store, world, channel, handle, handle.apology, told, now) as bot:
        yield bot


@asynccontextmanager
async def _started(
    store: Store,
    world: World,
    channel: Telegram,
    handle: H,
    apology: Apology,
    told: Outage,
    now: Callable[[], datetime] = clock,
) -> AsyncIterator[Running[H]]:
    writer = Writer()
    tick = handle.tick if isinstance(handle, Handle) else nobody
    deliverer = Deliverer(store, WIJK, channel, writer, tick, UNLIMITED, backoff=at_once, now=now)
    batches = Batches(
        store, WIJK, channel, writer, handle, apology, told, Retry(at_once), deliverer.accept,
        extra=deliverer.in_batch, now=now,
    )  # fmt: skip
    poller = Poller(channel, batches, backoff=at_once)
    task = asyncio.create_task(serve(poller, deliverer))
    bot = Running(world, channel, handle, poller, deliverer, told, task)
    try:
        yield bot
    finally:
        await bot.stop()
        writer.close()


async def serve(poller: Poller, deliverer: Deliverer) -> None:
    """Until it is stopped, also by a signal."""
    with stop_on_signals(poller.stop):
        await receive_and_deliver(poller, deliverer)


def texts(person: Person) -> list[str]:
    """What the bot said in that chat."""
    return [one["text"] for one in person.chat().shown if one["from"]["is_bot"]]


def failures(store: Store) -> list[Any]:
    """What could not be handled: id and reason."""
    with store.read() as tx:
        return list(tx.execute(text("SELECT id, reason FROM failures ORDER BY id")).all())
