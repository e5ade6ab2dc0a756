"""While the store is away, people who wait for an answer hear so, once per outage, straight through the channel.

Guards the rule that nobody meets silence. Nothing is confirmed and nothing is written here: when the store is back, the
update itself gets its real answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from bot.messages.message import Incoming, Outgoing
from bot.runtime.channel import Channel, TryLater
from bot.runtime.logs import where
from bot.screens.resident.outage_notice import Notice

PATIENCE = 3.0
"""How many seconds a person waits for the store before they hear that something is wrong."""

LOOK_SECONDS = 2.0
"""How often, during an outage, we look for more people who wait."""

MOST = 10_000
"""The most notices in one outage: more people than a wijk has."""

_log = structlog.get_logger("outage")

Look = Callable[[], Awaitable[Sequence[Incoming]]]


class Unavailable(Exception):
    """The update was not taken, because the store is away or there is too much at once: it must come again."""


class Outage:
    """Watches how long people wait for the store of one wijk, and tells them. Lives in one loop.

    `notice` words what a person hears, without the store. In one outage a person hears of the outage once, and of each
    danger that they speak of once.
    """

    def __init__(
        self,
        channel: Channel,
        notice: Callable[[Incoming], Notice | None],
        *,
        patience: float = PATIENCE,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._channel, self._notice = channel, notice
        self._patience, self._look_seconds = patience, look_seconds
        self._since: float | None = None
        self._told: set[tuple[str, str]] = set()
        self._waiting: list[Incoming] = []
        self._telling: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self, waiting: Sequence[Incoming], look: Look | None = None) -> Iterator[None]:
        """Tell these people when they wait long for the store; they wait as long as the block lasts.

        `look` gives all who wait now, and is asked again and again until the block ends. A block that ends well ends
        the outage; after one that ends with Unavailable it goes on.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        timer = loop.call_later(self._patience, self._tell, began, waiting, look)
        try:
            yield
        except Unavailable:
            self._since = self._since or began
            if loop.time() >= self._since + self._patience:
                self._tell(began, waiting)
            raise
        except BaseException:
            self._hush()
            raise
        else:
            if self._since is not None:
                _log.info("the store is back", seconds=round(loop.time() - self._since, 1), told=len(self._told))
                self._hush()
                self._since = None
                self._told.clear()
        finally:
            timer.cancel()

    def _tell(self, began: float, waiting: Sequence[Incoming], look: Look | None = None) -> None:
        """Begin to tell these people, one after another, and those whom `look` finds."""
        self._since = self._since or began
        self._waiting.extend(waiting)
        if self._telling is None:
            _log.error("people wait for the store and are told so", waiting=len(waiting))
            self._telling = asyncio.create_task(self._keep_telling(look), name="outage")

    def _hush(self) -> None:
        """Tell nobody any more."""
        self._waiting.clear()
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    async def _keep_telling(self, look: Look | None) -> None:
        while self._waiting or look is not None:
            waiting, self._waiting = self._waiting, []
            for incoming, notice in self._worded(waiting):
                # One after another: that is about as fast as Telegram lets one bot write to many.
                await self._say(incoming, notice)
            if look is not None:
                await asyncio.sleep(self._look_seconds)
                self._waiting.extend(await look())
        self._telling = None

    def _worded(self, waiting: Sequence[Incoming]) -> list[tuple[Incoming, Notice]]:
        """Word the notice of each person who was not told yet; people who speak of danger come first."""
        worded = []
        for incoming in waiting:
            try:
                notice = self._notice(incoming)
            except Exception as error:
                _log.error("no notice could be made", id=incoming.id, error=where(error))
                continue
            if notice is None or (incoming.sender, notice.danger) in self._told or len(self._told) >= MOST:
                continue
            self._told.add((incoming.sender, notice.danger))
            worded.append((incoming, notice))
        return sorted(worded, key=lambda each: not each[1].danger)

    async def _say(self, incoming: Incoming, notice: Notice) -> None:
        """Tell one person in a window over the tapped button, or else by a message.

        A person whom the message could not reach yet is told when they are seen again.
        """
        if incoming.query and notice.alert and await self._channel.answer(incoming.query, notice.alert, alert=True):
            return
        if not notice.text:
            return
        try:
            outcome = await self._channel.send(Outgoing(0, incoming.conversation, notice.text, notice.buttons))
        except Exception as error:
            _log.error("a notice could not be sent", id=incoming.id, error=where(error))
            return
        if isinstance(outcome, TryLater):
            self._told.discard((incoming.sender, notice.danger))
