"""What is attacked: the real bot in a process of its own, over the stand-in, with people who must still be served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bot.demo.phones.person import Person
from bot.demo.standin.world.account import Account
from bot.demo.standin.world.world import TOKEN
from db.files import make_folder
from db.queue import outbox
from db.store import Store, open_store
from db.types import encrypted
from tests.conftest import SECRET_KEY
from tests.e2e.feeder import SECRET
from tests.e2e.process import PATIENCE, free_ports, launch
from tests.e2e.street import WIJK, Street, street

RUN, SERVE = "run", "serve"
"""The ways in which updates come: the bot fetches them, or they are brought to it."""

ANSWER_SECONDS = 10.0
"""So long somebody may wait for an answer while the bot is attacked."""

Json = dict[str, Any]


@dataclass
class Town:
    """A bot that runs, and the people around it. `port` is that of its door when updates are brought."""

    way: str
    here: Street
    store: Store
    port: int = 0
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """The bot as the stand-in knows it."""
        return self.here.world.bot()

    def stranger(self) -> Person:
        """Return somebody who never wrote to the bot."""
        return self.here.world.person()

    async def someone(self) -> Person:
        """Return somebody who began, and was answered."""
        person = self.stranger()
        await self.reaction(person, person.start)
        return person

    def send(self, person: Person, **content: Any) -> None:
        """Send a message with this content, whatever a phone would say of it; it may hold `orjson.Fragment`s."""
        self.account.hear(person.chat(), person, content)

    def push(self, kind: str, body: Any) -> None:
        """Send an update with this body, whatever it is: bytes go over the line as they are."""
        written: Any = orjson.Fragment(body if isinstance(body, bytes) else orjson.dumps(body))
        self.account.push(kind, written)

    def tap(self, person: Person, data: Any) -> str:
        """Send a tap with these callback data on a message that is gone; return the id of the query."""
        gone = {"chat": person.chat().info, "message_id": 1, "date": 0}
        return self.account.ask(person.chat(), person, gone, data)

    def said(self, person: Person) -> list[Json]:
        """Return what the bot said to this person or changed on their phone, in order."""
        return [change.facts["message"] for change in self.here.said_to(person)]

    async def reaction(
        self, person: Person, act: Callable[[], object], seconds: float = ANSWER_SECONDS, what: str = "an answer"
    ) -> list[Json]:
        """Do this, and return what the person is told then. AssertionError when that is nothing."""
        before = len(self.said(person))
        act()
        return await self.here.until(lambda: self.said(person)[before:] or None, what, seconds)

    async def danger(self, person: Person, act: Callable[[], object], what: str = "the danger card") -> None:
        """Do this, and wait until the person has a number to call."""
        before = len(self.said(person))
        act()
        await self.here.until(lambda: self._numbers_in(self.said(person)[before:]), what, ANSWER_SECONDS)

    def _numbers_in(self, messages: list[Json]) -> bool | None:
        texts = [each.get("text", "") for each in messages]
        return any(number in text for text in texts for number in ("0800-9009", "112")) or None

    async def tapped(self, person: Person, data: Any) -> None:
        """Tap, and wait until the phone does not wait any more."""
        query = self.tap(person, data)
        waiting = person.chat().waiting
        await self.here.until(
            lambda: query not in waiting or None, f"the end of waiting after {data!r}", ANSWER_SECONDS
        )

    async def serves(self) -> None:
        """Check that others are served: one begins, another one smells gas."""
        beginner, smeller = self.stranger(), self.stranger()
        await self.reaction(beginner, beginner.start, what="an answer to the /start of somebody else")
        await self.danger(smeller, lambda: smeller.say("Ik ruik gas"), "the danger card of somebody else")

    async def quiet(self, seconds: float = PATIENCE) -> None:
        """Wait until everything that came in is handled, and everything that was decided is sent."""
        try:
            async with asyncio.timeout(seconds):
                while self.account.queue or self._outbox():
                    await self.here.world.journal.bell.wait(0.1)
        except TimeoutError:
            left = f"{len(self.account.queue)} updates and {self._outbox()} messages"
            raise AssertionError(f"{left} still wait after {seconds:.0f} s") from None

    def _outbox(self) -> int:
        with self.store.read() as tx:
            return outbox.count(tx, WIJK)


@asynccontextmanager
async def town(way: str, folder: Path) -> AsyncIterator[Town]:
    """Start a bot that was never attacked; everything is stopped at the end."""
    make_folder(folder)
    url = f"sqlite:///{folder / 'koppelkans.db'}"
    async with street(url, folder) as here:
        port = 0
        if way == RUN:
            await here.open()
            await here.bot.says("the bot is up")
        else:
            (port,) = free_ports(1)
            settings = {
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_BASE_URL": here.address,
                "DATABASE_URL": url,
                "DATA_DIR": str(folder),
                "WEBHOOK_SECRET": SECRET,
                "WEBHOOK_URL": f"http://127.0.0.1:{port}",
                "KOPPELKANS_PORT": str(port),
            }
            here.bots.append(await launch("serve", **settings))
            await here.bot.says("the door is open")
            switch = await launch("webhook", "on", **settings)
            assert await switch.ended() == 0, switch.lines
        encrypted.use([SECRET_KEY])
        store = open_store(url)
        try:
            yield Town(way, here, store, port)
        finally:
            store.close()
