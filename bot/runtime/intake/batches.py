"""The one pipeline under polling and webhooks: hear, handle together in one transaction, record what fails.

Guards two rules: an update is settled only when it was handled or recorded for good, and one that cannot be handled
keeps no other from its turn. Polling and webhooks differ in one value, `Retry`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import structlog

from bot.messages.message import Incoming, Outgoing
from bot.runtime.backoff import Backoff, doubling
from bot.runtime.channel import Channel
from bot.runtime.intake.failures import record
from bot.runtime.intake.outage import Look, Outage, Unavailable
from bot.runtime.intake.turns import in_turns
from bot.runtime.logs import where
from bot.runtime.reading import number_of
from bot.runtime.writer import Writer
from db.store import Store, Tx, is_away

T = TypeVar("T")

_log = structlog.get_logger("intake")

Extra = Callable[[Tx], None]
"""Writes something else in the transaction of a batch, before any conversation is read."""

Settled = Callable[[Incoming, Unavailable | None], None]
"""Called when an update was handled or recorded for good, or (with the error) when it must come again."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How the store is asked again when it fails: after `backoff` seconds, `most` times in all.

    After the last time the update must come again (Unavailable); without `most` there is no last time.
    """

    backoff: Backoff
    most: int | None = None


INSIST = Retry(doubling(0.5, 30.0))
"""For polling: nobody else has these updates, so we wait until the store is back."""

GIVE_BACK = Retry(lambda _: 0.0, most=2)
"""For webhooks: the store is asked twice (a connection may have broken, or two transactions waited for each other).
Then the answer is 503: Telegram keeps the update and brings it again, to this process or another one."""


class Stopped(Exception):
    """The bot was stopped while the store was away: nothing was written."""


class Handler(Protocol):
    """Handles updates that arrived together in one transaction of its own: all of them, or (raising) none."""

    def __call__(self, batch: Sequence[Incoming], extra: Extra | None = None, /) -> list[Outgoing]:
        """Return the messages that were committed to the outbox. Runs in the writer's thread."""


class Batches:
    """Takes the updates of one wijk, in batches.

    `apology` makes the message to a person whose update could not be handled, `outage` tells people who wait for the
    store. `committed` is called after every commit that put messages in the outbox. `extra` opens a block around the
    transaction of a batch, and gives what is to be written in it.
    """

    def __init__(
        self,
        store: Store,
        wijk: str,
        channel: Channel,
        writer: Writer,
        handle: Handler,
        apology: Callable[[Tx, Incoming], list[Outgoing]],
        outage: Outage,
        retry: Retry,
        committed: Callable[[list[Outgoing]], None],
        *,
        extra: Callable[[], AbstractContextManager[Extra | None]] = nullcontext,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._wijk, self._channel, self._writer = store, wijk, channel, writer
        self._handle, self._apology, self.outage, self._retry = handle, apology, outage, retry
        self._committed, self._extra, self._now = committed, extra, now
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Ask a store that is away no more: callers that wait for it get Stopped."""
        self._stopped.set()

    def hear(self, updates: Iterable[Any]) -> tuple[list[Incoming], dict[int, Exception]]:
        """Return what these updates say, and by number the errors of those that cannot be read."""
        batch, strange = [], {}
        for update in updates:
            number = number_of(update)
            try:
                heard = self._channel.hear(update)
                if number < 0:
                    raise ValueError("without an id")
            except Exception as error:
                strange[number] = error
                continue
            if heard is not None:
                batch.append(heard)
        return batch, strange

    async def take(self, updates: Iterable[Any], settled: Settled, look: Look | None = None) -> None:
        """Handle or record all of these. `look` finds who else waits during an outage. Raises Stopped."""
        batch, strange = self.hear(updates)
        with self.outage.watching(batch, look):
            if batch:
                await self.handle(in_turns(batch, lambda each: each), settled)
            for number, error in strange.items():
                await self.record(number, error, None)

    async def handle(self, batch: Sequence[Incoming], settled: Settled) -> None:
        """Handle these in one transaction; when that fails, one by one, and record what cannot be. Raises Stopped."""
        try:
            with self._extra() as extra:
                made = await self._ask(self._handle, (batch, extra), batch)
        except Stopped:
            raise
        except Unavailable as away:
            for incoming in batch:
                settled(incoming, away)
        except Exception as error:
            _log.warning("updates failed together and are taken one by one", size=len(batch), error=where(error))
            await self._one_by_one(batch, settled)
        else:
            if made:
                self._committed(made)
            for incoming in batch:
                settled(incoming, None)

    async def record(self, id: int, error: Exception, incoming: Incoming | None) -> None:
        """Record an update that cannot be handled, without what it said, and tell its person.

        Whatever keeps us from recording it counts as a store that is away, so that it is never confirmed: nothing of
        the update but its id is written, and the fault cannot lie in that. Raises Stopped or Unavailable.
        """
        _log.error("an update could not be handled", id=id, error=where(error))
        given = (self._store, self._wijk, self._channel.name, id, where(error), incoming, self._apology, self._now())
        made = await self._ask(record, given, () if incoming is None else (incoming,), away=lambda _: True)
        if made:
            self._committed(made)
        if made is None and incoming is not None:
            self.outage.apologise(incoming)

    async def _one_by_one(self, batch: Iterable[Incoming], settled: Settled) -> None:
        for incoming in batch:
            try:
                await self._one(incoming)
            except Unavailable as away:
                settled(incoming, away)
            else:
                settled(incoming, None)

    async def _one(self, incoming: Incoming) -> None:
        try:
            made = await self._ask(self._handle, ([incoming],), (incoming,))
        except (Stopped, Unavailable):
            raise
        except Exception as error:
            await self.record(incoming.id, error, incoming)
        else:
            if made:
                self._committed(made)

    async def _ask(
        self,
        function: Callable[..., T],
        given: Iterable[Any],
        waiting: Sequence[Incoming],
        away: Callable[[Exception], bool] = is_away,
    ) -> T:
        """Return the result of `function`; a store that is `away` is asked again, and danger is answered without it.

        Raises Unavailable, or Stopped when the bot is stopped meanwhile.
        """
        tries = 0
        while True:
            try:
                return await self._writer.run(function, *given)
            except Exception as error:
                if not away(error):
                    raise
                self.outage.alarm(waiting)
                tries += 1
                if tries == self._retry.most:
                    _log.error("the store is away; updates are refused and come again", error=where(error))
                    raise Unavailable from None
                seconds = self._retry.backoff(tries)
                _log.error("the store is away", error=where(error), tries=tries, seconds=round(seconds, 2))
            if self._stopped.is_set():
                raise Stopped
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopped.wait()
