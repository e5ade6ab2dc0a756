"""Telegram's side of a whole country: a bot for each wijk, people in it, and updates that are brought to the doors.

It runs in a process of its own. A person who walks alone thinks before each tap; at an event all tap at once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import Any

import orjson

from tests.benchmarks.crowd import Crowd, Load, Result
from tests.benchmarks.wire import Caller, Line

SECRET = "a-secret-of-the-bench"
LINES = 100
"""How many calls to one door there are at a time."""

AT_EVENT, PAUSE = 8, 2.0
"""How many people tap at the same moment, and once in how many seconds (domain.md §6)."""

THINK = 4.0
"""Seconds, on average, that a person looks at a card before the next tap."""


@dataclass(frozen=True)
class Day:
    """How many turns a second people take in all wijken, and how many wijken hold an event."""

    name: str
    turns: float
    events: int = 0

    @property
    def asked(self) -> float:
        """Turns a second in all, if every answer came at once."""
        return self.turns + self.events * AT_EVENT / PAUSE


class Door:
    """One process of the bot, and the connections to it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: asyncio.LifoQueue[Caller] = asyncio.LifoQueue()
        for _ in range(LINES):
            self._idle.put_nowait(Caller(f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"))

    async def bring(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Bring an update; return status and body of the answer, with status 0 when the connection was cut."""
        caller = await self._idle.get()
        try:
            if caller.transport is None:
                await asyncio.get_running_loop().create_connection(lambda: caller, "127.0.0.1", self._port)
            said = await caller.call(path, body)
            return caller.status, said
        except ConnectionError:
            return 0, b""
        finally:
            self._idle.put_nowait(caller)


class Town(Crowd):
    """One wijk's bot and its people. Updates do not wait to be fetched: `bring` takes them to a door."""

    def __init__(self, wijk: str, bring: Callable[[Town, dict[str, Any]], None]) -> None:
        super().__init__()
        self.wijk, self._bring = wijk, bring

    def push(self, kind: str, body: dict[str, Any]) -> None:
        """Make a new update."""
        self._bring(self, {"update_id": next(self.numbers), kind: body})


class Country:
    """All towns, by their bot's token; `refused` counts the updates that had to be brought again."""

    def __init__(self, tokens: dict[str, str]) -> None:
        self.towns = {token: Town(wijk, self._soon) for token, wijk in tokens.items()}
        self.doors: list[Door] = []
        self.refused = 0
        self._under_way: set[asyncio.Task[None]] = set()

    async def answer(self, path: str, given: dict[str, object]) -> bytes:
        """Answer one call, on `/bot<token>/<method>`."""
        return await self.towns[path.split("/")[1].removeprefix("bot")].answer(path, given)

    def _soon(self, town: Town, update: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._take(town, update))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take(self, town: Town, update: dict[str, Any]) -> None:
        """Take an update to one door after another, until one says 200; the answer may hold a call."""
        body = orjson.dumps(update)
        while True:
            status, said = await random.choice(self.doors).bring(f"/hook/{town.wijk}", body)
            if status == 200:
                break
            self.refused += 1
            await asyncio.sleep(0.05)
        if said:
            call = orjson.loads(said)
            await town.act(call.pop("method").lower(), call)

    async def run(self, day: Day, warm: float, seconds: float, tell: Callable[[str], None]) -> dict[str, Any]:
        """Let everybody come in, walk for `warm` seconds, and then measure them; `tell` hears begin and end."""
        towns = random.sample(list(self.towns.values()), len(self.towns))
        loads = {
            town: Load("event", AT_EVENT, seconds, pause=PAUSE, early=random.uniform(0, PAUSE))
            for town in towns[: day.events]
        }
        alone = Counter(random.choices(towns[day.events :], k=round(day.turns * THINK)))
        loads |= {town: Load("alone", count, seconds, think=THINK) for town, count in alone.items()}
        for town in loads:
            town.measuring = True  # nobody hurries, from the beginning
        await asyncio.gather(*(town.come_in(load) for town, load in loads.items()))
        await asyncio.sleep(warm)
        self.refused = 0
        for town in loads:
            town.result = Result()
        tell("begin")
        start = time.perf_counter()
        await asyncio.sleep(seconds)
        took = time.perf_counter() - start
        for town in loads:
            town.measuring = town.tapping = False
        tell("end")
        found = [asdict(each) for each in await asyncio.gather(*(town.go_home() for town in loads))]
        sums = {key: sum(each[key] for each in found) for key in ("turns", "lost", "unanswered", "doubled")}
        waits = [wait for each in found for wait in each["waits"]]
        return {**sums, "seconds": took, "waits": waits, "refused": self.refused}


async def _serve(orders: Connection, tokens: dict[str, str]) -> None:
    loop = asyncio.get_running_loop()
    country = Country(tokens)
    server = await loop.create_server(lambda: Line(country.answer), "127.0.0.1", 0, backlog=4096)
    orders.send(server.sockets[0].getsockname()[1])
    while (order := await loop.run_in_executor(None, orders.recv)) is not None:
        day, warm, seconds, ports = order
        country.doors = [Door(port) for port in ports]
        orders.send(await country.run(day, warm, seconds, orders.send))


def serve(orders: Connection, tokens: dict[str, str]) -> None:
    """Run the whole process: for each order (a day, how long, the doors) send what was seen, until it gets None."""
    asyncio.run(_serve(orders, tokens))
