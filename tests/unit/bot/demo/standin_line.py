"""A line to the stand-in for tests: a world with a clock that stands still, and the library's own bot on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import telegram
from telegram.request import HTTPXRequest

from bot.demo.phones.person import Person
from bot.demo.standin.server import standin_app
from bot.demo.standin.world.account import Account
from bot.demo.standin.world.world import World

NOON = 1_795_000_000.0


class Clock:
    """Stands still until a test moves it."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class Line:
    """Everything that a test of the stand-in touches."""

    world: World
    clock: Clock
    account: Account
    bot: telegram.Bot
    web: httpx.AsyncClient

    async def listened(self) -> None:
        """Until the bot waits in a long poll."""
        await until(lambda: self.account.bell.waiting)

    def resident(self, id: int = 1001, name: str = "Fatma", language: str = "nl") -> Person:
        """Somebody who has written to the bot, and was heard."""
        person = self.world.person(id, name, language)
        person.start()
        self.account.queue.clear()
        return person


def library_bot(account: Account, base: str, **httpx_kwargs: Any) -> telegram.Bot:
    """The library's bot, with a request class of its own for polling, as it has in real life."""
    requests = [HTTPXRequest(httpx_kwargs=httpx_kwargs) for _ in range(2)]
    return telegram.Bot(
        account.token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=requests[0],
        get_updates_request=requests[1],
    )


def message_of(update: telegram.Update) -> telegram.Message:
    """The new message that this update is."""
    assert update.message is not None
    return update.message


def texts_of(updates: Sequence[telegram.Update]) -> list[str | None]:
    """What was said, where every update is a new message."""
    return [message_of(update).text for update in updates]


@asynccontextmanager
async def open_line(**options: Any) -> AsyncIterator[Line]:
    """A new world and a bot on it, in this process."""
    clock = Clock()
    world = World(clock=clock)
    account = world.bot()
    transport = httpx.ASGITransport(standin_app(world, **options))
    bot = library_bot(account, "http://testserver", transport=transport)
    async with bot, httpx.AsyncClient(transport=transport, base_url="http://testserver") as web:
        yield Line(world, clock, account, bot, web)


async def until(true: Callable[[], object]) -> None:
    """Let the others go on until that is so; fails when it never is."""
    for _ in range(10_000):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never happened")
