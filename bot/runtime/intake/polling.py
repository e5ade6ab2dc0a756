"""Updates come in: our own long polling. Guards the rule that nothing is confirmed before it is committed.

The next poll's offset confirms, and it is asked only when the transaction of the last batch has ended. What arrives
while a commit is under way gathers at the channel, and shares the next one.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

import structlog

from bot.messages.message import Incoming, Outgoing
from bot.runtime.backoff import growing
from bot.runtime.channel import AnotherPoller, ChannelDown, PolledChannel, TokenRefused, WebhookIsSet
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.intake.failures import record
from bot.runtime.intake.outage import Outage
from bot.runtime.logs import where
from bot.runtime.writer import Writer
from db.store import Store, Tx

POLL_SECONDS = 25
"""How long one poll may wait for something to happen."""

ANSWERS = 1_000
"""So many taps at most wait for their answer; beyond that the waiting sign ends by itself."""

_log = structlog.get_logger("receive")


class Stopped(Exception):
    """The bot was stopped while the store was away: nothing was written."""


class Handler(Protocol):
    """Handles updates that arrived together in one transaction of its own: all of them, or (raising) none."""

    def __call__(self, batch: Sequence[Incoming], rider: Callable[[Tx], None] | None = None) -> list[Outgoing]:
        """The messages that were committed to the outbox. Runs in the writer's thread.

        `rider` writes what else is waiting, in the same transaction and before any conversation is read.
        """


def store_is_gone(error: BaseException) -> bool:
    """True when the store itself failed (away, locked, full) and not what was asked of it."""
    kinds = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("sqlalchemy.")}
    return not kinds.isdisjoint({"OperationalError", "InterfaceError", "TimeoutError"})


class Receiver:
    """Fetches, hears, has it handled, confirms.

    `apology` says what somebody hears whose update could not be handled, `outage` tells who waits for the store.
    `pause` gives the seconds before the n-th new try when the channel or the store is away.
    """

    def __init__(
        self,
        store: Store,
        wijk: str,
        channel: PolledChannel,
        writer: Writer,
        deliverer: Deliverer,
        handle: Handler,
        apology: Callable[[Incoming], list[Outgoing]],
        outage: Outage,
        *,
        poll_seconds: int = POLL_SECONDS,
        pause: Callable[[int], float] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._wijk = wijk
        self._channel = channel
        self._writer = writer
        self._deliverer = deliverer
        self._handle = handle
        self._apology = apology
        self._outage = outage
        self._poll_seconds = poll_seconds
        self._pause = pause or growing(0.5, 30.0)
        self._now = now
        self._stopped = asyncio.Event()
        self._poll: asyncio.Task[list[dict[str, Any]]] | None = None
        self._answers: set[asyncio.Task[bool]] = set()

    def stop(self) -> None:
        """Fetches nothing more; `run` ends when what is in hand is committed. May be called from a signal."""
        self._stopped.set()
        if self._poll is not None:
            self._poll.cancel()

    async def run(self) -> None:
        """Polls until `stop`. Raises TokenRefused when the channel does not know the bot; all else is tried again."""
        offset: int | None = None
        tries = 0
        while not self._stopped.is_set():
            try:
                fetched = await self._fetch(offset)
            except ChannelDown as down:
                tries += 1
                await self._rest_of_channel(down, tries)
                continue
            if tries:
                _log.info("updates come in again", tries=tries)
                tries = 0
            if fetched is None:
                break
            if fetched:
                try:
                    await self._take(fetched, offset)
                except Stopped:
                    break
            # Nothing new means that all is confirmed. Then no offset is asked: after a quiet week ids begin anew.
            offset = max(update["update_id"] for update in fetched) + 1 if fetched else None
        if self._answers:
            await asyncio.wait(self._answers, timeout=5.0)

    async def _fetch(self, offset: int | None) -> list[dict[str, Any]] | None:
        """What the poll brought; None when it was stopped."""
        self._poll = asyncio.create_task(self._channel.updates(offset, self._poll_seconds), name="poll")
        try:
            return await self._poll
        except asyncio.CancelledError:
            if self._stopped.is_set():
                return None
            self._poll.cancel()
            raise
        finally:
            self._poll = None

    async def _rest_of_channel(self, down: ChannelDown, tries: int) -> None:
        seconds = max(down.seconds or 0.0, self._pause(tries))
        said = "another program polls with this token" if isinstance(down, AnotherPoller) else "no updates come in"
        _log.warning(said, reason=down.reason, tries=tries, seconds=round(seconds, 2))
        await self._rest(seconds)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    def _hear(self, fetched: Iterable[dict[str, Any]]) -> tuple[list[Incoming], dict[int, Exception]]:
        """What these updates say, and by id those that are not shaped like an update."""
        batch, strange = [], {}
        for update in fetched:
            try:
                heard = self._channel.hear(update)
            except Exception as error:
                strange[update["update_id"]] = error
                continue
            if heard is not None:
                batch.append(heard)
        return batch, strange

    async def _look(self, offset: int | None) -> list[Incoming]:
        """Everybody whose update waits at the channel (the first hundred of them); nothing is confirmed by it."""
        try:
            return self._hear(await self._channel.updates(offset, 0))[0]
        except (ChannelDown, TokenRefused, WebhookIsSet):
            return []

    async def _take(self, fetched: Iterable[dict[str, Any]], offset: int | None) -> None:
        """Everything of this batch is handled or recorded. Raises Stopped."""
        batch, strange = self._hear(fetched)
        with self._outage.watching(batch, partial(self._look, offset)):
            for id, error in strange.items():
                await self._fail(id, error, None)
            if batch:
                await self._together(batch)

    async def _together(self, batch: Sequence[Incoming]) -> None:
        try:
            with self._deliverer.riding() as rider:
                made = await self._insist(self._handle, batch, rider)
        except Stopped:
            raise
        except Exception as error:
            _log.warning("a group of updates failed and is taken one by one", size=len(batch), error=where(error))
            await self._one_by_one(batch)
            return
        self._deliverer.accept(made)
        self._answer(batch)

    async def _one_by_one(self, batch: Iterable[Incoming]) -> None:
        for incoming in batch:
            try:
                self._deliverer.accept(await self._insist(self._handle, [incoming]))
            except Stopped:
                raise
            except Exception as error:
                await self._fail(incoming.id, error, incoming)
            self._answer([incoming])

    async def _fail(self, id: int, error: Exception, incoming: Incoming | None) -> None:
        """Records what cannot be handled, without what it said, and tells its person. Raises Stopped."""
        _log.error("an update could not be handled", id=id, error=where(error))
        try:
            self._deliverer.accept(await self._insist(self._record, id, where(error), incoming))
        except Stopped:
            raise
        except Exception as again:
            _log.error("a failure could not be recorded", id=id, error=where(again))

    def _record(self, id: int, reason: str, incoming: Incoming | None) -> list[Outgoing]:
        return record(self._store, self._wijk, self._channel.name, id, reason, incoming, self._apology, self._now())

    async def _insist(self, function: Callable[..., list[Outgoing]], *given: Any) -> list[Outgoing]:
        """The result, however long the store is away. Raises Stopped when the bot is stopped meanwhile."""
        tries = 0
        while True:
            try:
                return await self._writer.run(function, *given)
            except Exception as error:
                if not store_is_gone(error):
                    raise
                tries += 1
                seconds = self._pause(tries)
                _log.error("the store is away", error=where(error), tries=tries, seconds=round(seconds, 2))
            if self._stopped.is_set():
                raise Stopped
            await self._rest(seconds)

    def _answer(self, batch: Iterable[Incoming]) -> None:
        for incoming in batch:
            if incoming.query is None:
                continue
            if len(self._answers) >= ANSWERS:
                _log.warning("a tap stays without an answer", id=incoming.id)
                continue
            task = asyncio.create_task(self._channel.answer(incoming.query), name="answer")
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)


async def serve(receiver: Receiver, deliverer: Deliverer) -> None:
    """Receives and delivers until SIGTERM, SIGINT or `receiver.stop()`; then finishes what is in hand.

    The channel must be open; the writer, the channel and the store are closed by who made them, in that order.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, receiver.stop)
    try:
        await deliverer.start()
        await receiver.run()
    finally:
        await deliverer.close()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
