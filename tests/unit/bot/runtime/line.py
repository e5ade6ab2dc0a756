"""A stand-in on a real socket, and the smallest bot that a poller can serve: it repeats what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from bot.demo.standin.server import standin_app
from bot.demo.standin.world.world import TOKEN, World
from bot.messages.message import Button, Incoming, Outgoing, to_row
from bot.messages.ticks import Tick, Ticked
from bot.runtime.channel import Channel
from bot.runtime.delivery.rate_limit import RateLimit, Rates
from bot.runtime.intake.outage import DANGER_PATIENCE, PATIENCE, Outage
from bot.runtime.telegram.channel import Telegram
from bot.screens.resident.outage_notice import Notice
from db.queue import outbox, updates
from db.store import Store, Tx
from flows.model.heard import ChartTap, Command, Text

WIJK = "smitsveen"
NO_HURRY = Rates(10**6, 10**6)
"""Rates that nobody notices."""

UNLIMITED = partial(RateLimit, rates=NO_HURRY)
"""A rate limit that nobody notices, for a deliverer."""

OPEN = ((Button("Tik", "toy.tap:yes:1"),),)


def at_once(_tries: int) -> float:
    """A wait that is hardly one."""
    return 0.001


async def until(true: Callable[[], bool], patience: float = 60.0) -> None:
    """Lets everybody else go on until this is true; TimeoutError after so many seconds."""
    async with asyncio.timeout(patience):
        while not true():  # noqa: ASYNC110 - what is waited for does not tell
            await asyncio.sleep(0)


@asynccontextmanager
async def served(world: World, port: int = 0) -> AsyncIterator[str]:
    """The address of that world's Bot API: uvicorn's own protocol, without the slow start and end of its server."""
    config = uvicorn.Config(standin_app(world), lifespan="off", log_level="critical")
    config.load()
    state = ServerState()
    protocol: Any = config.http_protocol_class
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(config=config, server_state=state, app_state={}), "127.0.0.1", port
    )
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for call in list(state.tasks):
            call.cancel()
        if state.tasks:
            await asyncio.wait(list(state.tasks))


@asynccontextmanager
async def connected(world: World, client: str = "httptools", token: str = TOKEN) -> AsyncIterator[Telegram]:
    """Our channel, open, on a world that has that bot."""
    world.bot()
    async with served(world) as address:
        channel = Telegram(token, address, client)
        await channel.open()
        try:
            yield channel
        finally:
            await channel.close()


def wait_a_moment(incoming: Incoming) -> Notice | None:
    """What the parrot says while the store is away. Typed words with `gas` in them are a danger."""
    match incoming.heard:
        case Text(text=text) if "gas" in text:
            return Notice("Ga naar buiten.", danger="gas")
    return Notice("Even geduld.", "Even geduld!" if incoming.query else "")


def outage(channel: Channel, patience: float = PATIENCE, danger: float = DANGER_PATIENCE) -> Outage:
    """Tells people who wait longer than these seconds (`danger`: in danger), and looks all the time who else came."""
    return Outage(channel, wait_a_moment, patience=patience, danger_patience=danger, look_seconds=0.001)


def put(store: Store, messages: Sequence[Outgoing], due: datetime | None = None) -> Sequence[Outgoing]:
    """Commits these messages to the outbox, as a turn does."""
    now = datetime.now(UTC)
    with store.write() as tx:
        rows = [replace(to_row(one), due=due or now) for one in messages]
        outbox.add(tx, WIJK, rows, now)
    return messages


def waiting(store: Store) -> int:
    """How many messages are in the outbox."""
    with store.read() as tx:
        return outbox.count(tx, WIJK)


def nobody(_tick: Tick, _within: Tx | None = None) -> Ticked:
    """Where everybody can be reached and nothing is too old, no tick leads to anything."""
    return Ticked()


class Parrot:
    """Repeats typed words, edits a card when its button is tapped, in one transaction per group.

    `heard` counts what was committed. `trouble` is called before the transaction ends and may raise.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.groups: list[list[Incoming]] = []
        self.trouble: Callable[[Sequence[Incoming]], None] = lambda batch: None
        self._loop = asyncio.get_running_loop()
        self._progress = asyncio.Condition()
        self._count = 0

    def __call__(self, batch: Sequence[Incoming], extra: Callable[[Tx], None] | None = None) -> list[Outgoing]:
        now = datetime.now(UTC)
        with self.store.write() as tx:
            if extra is not None:
                extra(tx)
            new = updates.claim(tx, WIJK, "telegram", [one.id for one in batch], now)
            fresh = {one.id: one for one in batch if one.id in new}
            made = [said for one in fresh.values() for said in self.reply(one)]
            outbox.add(tx, WIJK, [to_row(one) for one in made], now)
            self.trouble(batch)
        self.groups.append(list(batch))
        asyncio.run_coroutine_threadsafe(self._note(len(batch)), self._loop)
        return made

    def reply(self, one: Incoming) -> list[Outgoing]:
        match one.heard:
            case Text(text=text):
                return [Outgoing(one.id * 16, one.conversation, text, OPEN, card=True)]
            case Command(name=name, argument=argument):
                return [Outgoing(one.id * 16, one.conversation, f"{name} {argument}", OPEN)]
            case ChartTap(answer=answer):
                return [Outgoing(one.id * 16, one.conversation, f"{answer} {one.id}", OPEN, edit=one.message)]
        return []

    async def _note(self, count: int) -> None:
        async with self._progress:
            self._count += count
            self._progress.notify_all()

    async def heard(self, count: int) -> None:
        """Returns when so many updates were committed; TimeoutError after ten seconds."""
        async with self._progress:
            await asyncio.wait_for(self._progress.wait_for(lambda: self._count >= count), 60)
