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

    `notice` words what a person hears, without the store, and `sorry` what they hear whose update could not be handled.
    In one outage a person hears of the outage once, and of each danger that they speak of once.
    """

    def __init__(
        self,
        channel: Channel,
        notice: Callable[[Incoming], Notice | None],
        sorry: Callable[[Incoming], Notice | None] | None = None,
        *,
        patience: float = PATIENCE,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._channel, self._notice, self._sorry = channel, notice, sorry or notice
        self._patience, self._look_seconds = patience, look_seconds
        self._since: float | None = None
        self._told: set[tuple[str, str]] = set()
        self._waiting: list[Incoming] = []
        self._look: Look | None = None
        self._telling: asyncio.Task[None] | None = None
        self._apologies: set[asyncio.Task[None]] = set()

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

    def alarm(self, waiting: Sequence[Incoming]) -> None:
        """Answer those of these people who speak of danger at once: they wait for no store, and have no patience."""
        in_danger = [incoming for incoming in waiting if (said := self._word(self._notice, incoming)) and said.danger]
        if in_danger:
            self._tell(asyncio.get_running_loop().time(), in_danger)

    def apologise(self, incoming: Incoming) -> None:
        """Tell one person that their update could not be handled, or answer their danger, without the store."""
        if (notice := self._word(self._sorry, incoming)) is not None:
            task = asyncio.create_task(self._say(incoming, notice), name="apology")
            self._apologies.add(task)
            task.add_done_callback(self._apologies.discard)

    def _tell(self, began: float, waiting: Sequence[Incoming], look: Look | None = None) -> None:
        """Begin to tell these people, one after another, and those whom `look` finds."""
        self._since = self._since or began
        self._waiting.extend(waiting)
        self._look = look or self._look
        if self._telling is None:
            _log.error("people wait for the store and are told so", waiting=len(waiting))
            self._telling = asyncio.create_task(self._keep_telling(), name="outage")

    def _hush(self) -> None:
        """Tell nobody any more."""
        self._waiting.clear()
        self._look = None
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    async def _keep_telling(self) -> None:
        to_tell: list[tuple[Incoming, Notice]] = []
        while to_tell or self._waiting or self._look is not None:
            if self._waiting:
                waiting, self._waiting = self._waiting, []
                to_tell = sorted([*to_tell, *self._worded(waiting)], key=lambda each: not each[1].danger)
            if to_tell:  # one after another: that is about as fast as Telegram lets one bot write to many
                await self._say(*to_tell.pop(0))
            elif self._look is not None:
                await asyncio.sleep(self._look_seconds)
                self._waiting.extend(await self._found())
        self._telling = None

    async def _found(self) -> Sequence[Incoming]:
        """Return who else waits; what goes wrong in looking must not keep the others from being told."""
        try:
            return await self._look() if self._look is not None else ()
        except Exception as error:
            _log.error("nobody else could be found", error=where(error))
            return ()

    def _word(self, words: Callable[[Incoming], Notice | None], incoming: Incoming) -> Notice | None:
        """Return the notice for this person; None when there is none, or none can be made."""
        try:
            return words(incoming)
        except Exception as error:
            _log.error("no notice could be made", id=incoming.id, error=where(error))
            return None

    def _worded(self, waiting: Sequence[Incoming]) -> list[tuple[Incoming, Notice]]:
        """Word the notice of each person who was not told yet."""
        worded = []
        for incoming in waiting:
            notice = self._word(self._notice, incoming)
            if notice is None or (incoming.sender, notice.danger) in self._told or len(self._told) >= MOST:
                continue
            self._told.add((incoming.sender, notice.danger))
            worded.append((incoming, notice))
        return worded

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
