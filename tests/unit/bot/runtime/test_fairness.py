"""One chat that floods the bot, and two hundred that ask something: they wait at most twice as long as without it.

The real bot on long polling, and a Telegram that counts strictly. A test turns the clock of both: what is measured is
who is made to wait for whom, and not how quick the machine is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest

from bot.demo.phones.person import Person
from bot.demo.standin.world.world import World
from bot.handle import Handle
from bot.messages.message import Outgoing
from bot.runtime.channel import Outcome, Sent
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.delivery.rate_limit import RateLimit
from bot.runtime.intake.batches import INSIST, Batches
from bot.runtime.intake.polling import Poller
from bot.runtime.telegram.channel import Telegram
from bot.runtime.writer import Writer
from db.store import Store
from tests.simulated import CONTENT
from tests.unit.bot.runtime.clockwork import Clockwork
from tests.unit.bot.runtime.line import WIJK, connected, nobody, outage, until
from tests.unit.bot.runtime.running import serve

pytestmark = pytest.mark.slow

QUIET = 200
PATIENCE = 120.0
"""Seconds of the turned clock after which somebody is not served at all."""


class Line:
    """A channel that notes when each chat got its first message, and which chats were held off."""

    def __init__(self, channel: Telegram, clock: Clockwork) -> None:
        self._channel, self._clock = channel, clock
        self.first: dict[str, float] = {}
        self.held_off: set[str] = set()

    async def send(self, message: Outgoing) -> Outcome:
        outcome = await self._channel.send(message)
        if isinstance(outcome, Sent):
            self.first.setdefault(message.reached_at, self._clock())
        else:
            self.held_off.add(message.reached_at)
        return outcome


class Street:
    """The bot, those who ask, and a clock that goes on when nobody can do anything before it does."""

    def __init__(self, world: World, clock: Clockwork, line: Line, poller: Poller, deliverer: Deliverer) -> None:
        self.world, self.clock, self.line, self.poller, self.deliverer = world, clock, line, poller, deliverer

    async def settle(self) -> None:
        """Return when everything that was said is handled, and all is sent that may be sent now."""
        await until(lambda: not self.world.bot().queue and self.poller._poll is not None)
        await until(lambda: not self.deliverer._running)

    async def waits(self, asked: Sequence[Person], again: Callable[[], None] = lambda: None) -> list[float]:
        """Let these people send /start at once; return how long each waited. `again` happens in every second."""
        began = second = self.clock()
        for person in asked:
            person.start()
        addresses = [f"telegram:{person.id}" for person in asked]
        await self.settle()
        while not self.line.first.keys() >= set(addresses) and self.clock() < began + PATIENCE:
            if self.clock() >= second + 1.0:
                second += 1.0
                again()
            self.clock.on()
            await self.settle()
        return sorted(self.line.first.get(address, began + PATIENCE) - began for address in addresses)


@asynccontextmanager
async def street(store: Store) -> AsyncIterator[Street]:
    clock, writer = Clockwork(), Writer()
    world = World(clock=clock)
    async with connected(world) as channel:
        world.bot().faults.strict(burst=6)
        handle, line = Handle(CONTENT, store), Line(channel, clock)
        limit = partial(RateLimit, clock=clock, call_later=clock.call_later)
        deliverer = Deliverer(store, WIJK, line, writer, nobody, limit, clock=clock)
        batches = Batches(
            store, WIJK, channel, writer, handle, handle.apology, outage(channel, 600.0, 600.0), INSIST,
            deliverer.accept, extra=deliverer.in_batch,
        )  # fmt: skip
        poller = Poller(channel, batches)
        task = asyncio.create_task(serve(poller, deliverer))
        try:
            yield Street(world, clock, line, poller, deliverer)
        finally:
            poller.stop()
            await task
            writer.close()


def p95(waits: Sequence[float]) -> float:
    return sorted(waits)[len(waits) * 95 // 100 - 1]


def hoi(noisy: Sequence[Person], many: int) -> None:
    for number in range(many):
        noisy[number % len(noisy)].say("hoi")


def cry(noisy: Sequence[Person], many: int) -> None:
    for number in range(many):
        noisy[number % len(noisy)].say(("ik ruik gas", "brand in huis")[number // len(noisy) % 2])


def ask_for_everything(noisy: Sequence[Person], many: int) -> None:
    words = ("/start", "/mijngegevens", "/hulp", "/postvak", "/menu", "/onzin")
    for number in range(many):
        noisy[number % len(noisy)].say(words[number // len(noisy) % len(words)])


NOISE: dict[str, tuple[int, int, Callable[[Sequence[Person], int], None]]] = {
    "one says hoi 2,000 times": (1, 2000, hoi),
    "one cries 300 times, for two dangers": (1, 300, cry),
    "five cry 230 times in a second": (5, 230, cry),
    "one asks for everything that there is": (1, 300, ask_for_everything),
}


@pytest.mark.parametrize("noise", NOISE)
async def test_who_asks_something_waits_at_most_twice_as_long_beside_a_flood(store: Store, noise: str) -> None:
    chats, many, say = NOISE[noise]
    async with street(store) as here:
        quiet = await here.waits([here.world.person() for _ in range(QUIET)])
        assert 5.0 < p95(quiet) < 7.0, "two hundred at thirty a second"
        here.clock.pass_by(60.0)
        await here.settle()
        noisy = [here.world.person() for _ in range(chats)]
        say(noisy, many)
        beside = await here.waits([here.world.person() for _ in range(QUIET)], lambda: say(noisy, 5 * chats))
    assert p95(beside) <= 2 * p95(quiet)
    assert not here.line.held_off, "by a 429"
    assert {f"telegram:{person.id}" for person in noisy} <= here.line.first.keys(), "nor is the flood left without"


async def test_a_cry_beside_a_flood_is_answered_within_a_second(store: Store) -> None:
    async with street(store) as here:
        noisy = [here.world.person() for _ in range(5)]
        hoi(noisy, 500)
        cry(noisy, 230)
        for _ in range(QUIET):
            here.world.person().start()
        await here.settle()
        for _ in range(10):
            person = here.world.person()
            person.say("ik ruik gas")
            began = here.clock()
            await here.settle()
            while f"telegram:{person.id}" not in here.line.first:
                here.clock.on()
                await here.settle()
            assert here.line.first[f"telegram:{person.id}"] <= began + 1.0
