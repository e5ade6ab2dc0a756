"""A street: a stand-in on a real socket, the people in it, and the real bot that may die at any moment.

The stand-in runs in the loop of the test, so that nothing happens between a look and a wait.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.demo.phones.person import Person
from bot.demo.standin.server import StandinServer, standin_app
from bot.demo.standin.world.chat import buttons_of
from bot.demo.standin.world.journal import Change, Journal
from bot.demo.standin.world.world import TOKEN, World
from bot.messages.links import INVITATION
from bot.messages.taps.buttons import decode
from db.people import invitations
from db.records import switches
from db.store import Store
from flows.model.heard import ChartTap, StopHelpTap
from tests.e2e.process import PATIENCE, Process, launch

WIJK = "smitsveen"
T = TypeVar("T")


class Street:
    """The place where bot and people meet. `bot` is the process that runs now, `deaths` how often one was killed."""

    def __init__(self, world: World, address: str, store_url: str, folder: Path) -> None:
        self.world, self.address, self.store_url, self.folder = world, address, store_url, folder
        self.bots: list[Process] = []
        self.deaths = 0

    @property
    def bot(self) -> Process:
        return self.bots[-1]

    async def open(self, **settings: str) -> Process:
        """Start the bot; as soon as it is up it takes the updates that wait."""
        own = {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_BASE_URL": self.address,
            "DATABASE_URL": self.store_url,
            "DATA_DIR": str(self.folder),
            **settings,
        }
        self.bots.append(await launch("run", **own))
        return self.bot

    async def crash(self) -> None:
        """Kill the bot in the middle of whatever it does, and start it again."""
        await self.bot.kill()
        self.deaths += 1
        await self.open()

    async def close(self) -> None:
        """Stop every process that still runs."""
        for bot in self.bots:
            if bot.alive:
                await bot.kill()

    async def until(self, look: Callable[[], T | None], what: str, patience: float | None = PATIENCE) -> T:
        """Return what `look` finds, as soon as it finds something; look again after every change in the world."""
        try:
            async with asyncio.timeout(patience):
                while not (found := look()):
                    await self.world.journal.bell.wait()
                return found
        except TimeoutError:
            said = "\n".join(line for bot in self.bots for line in bot.lines[-10:])
            raise AssertionError(f"waited in vain for {what}; the bot said:\n{said}") from None

    def said_to(self, person: Person) -> list[Change]:
        """Return everything that the bot sent this person or changed on their phone, in order."""
        changes = self.world.journal.since(0)
        assert changes is not None
        return [
            change
            for change in changes
            if change.chat == person.id
            and change.kind in ("message", "edit")
            and change.facts["message"]["from"]["is_bot"]
        ]


@asynccontextmanager
async def street(store_url: str, folder: Path) -> AsyncIterator[Street]:
    """Open a street without a bot; everything in it is stopped at the end."""
    world = World()
    world.journal = Journal(keep=1_000_000)
    world.bot()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = StandinServer(world, standin_app(world))
        running = asyncio.create_task(server.serve([listener]))
        here = Street(world, f"http://127.0.0.1:{listener.getsockname()[1]}", store_url, folder)
        try:
            yield here
        finally:
            await here.close()
            server.should_exit = True
            await asyncio.wait_for(running, PATIENCE)


def invite(store: Store, partner: str) -> str:
    """Make an invitation of a partner that agreed to its days, and return what follows `/start` in its link."""
    now = datetime.now(UTC)
    with store.write() as tx:
        switches.put(tx, WIJK, f"partner.{partner}.contact_days", 5, None, now)
        return INVITATION + invitations.make(tx, WIJK, partner, "partner", None, now)


def revision_of(message: dict[str, Any]) -> int:
    """Return the revision for which the card of a resident was drawn; 0 without buttons."""
    taps = [decode(button.get("callback_data", "")) for row in buttons_of(message) for button in row]
    return max((tap.revision for tap in taps if isinstance(tap, ChartTap | StopHelpTap)), default=0)


def content(message: dict[str, Any]) -> tuple[str, str]:
    """Return what a person sees of a message."""
    return message["text"], str(message.get("reply_markup"))
