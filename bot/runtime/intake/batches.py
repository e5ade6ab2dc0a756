"""Updates that are brought to us: each is confirmed after its commit, and those that come meanwhile share the next one.

Guards two rules: there is no timer (somebody alone does not wait, and many share a commit), and an update that was
not committed is never confirmed: Telegram brings it again, to this process or to another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.messages.message import Incoming, Outgoing
from bot.runtime.channel import Channel
from bot.runtime.intake.failures import record
from bot.runtime.intake.outage import Outage, Unavailable
from bot.runtime.intake.polling import Handler, store_is_gone
from bot.runtime.logs import where
from bot.runtime.writer import Writer
from db.store import Store

GROUP = 100
"""So many updates at most share one transaction."""

WAITING = 2_000
"""So many updates at most wait for their transaction; more are refused, and come again later."""

_log = structlog.get_logger("intake")

Place = tuple[Incoming, "asyncio.Future[None]"]


class Intake:
    """Takes the updates of one wijk. `committed` is called after every commit that put messages in the outbox.

    `apology` says what somebody hears whose update could not be handled, `outage` tells who waits for the store.
    """

    def __init__(
        self,
        store: Store,
        wijk: str,
        channel: Channel,
        writer: Writer,
        handle: Handler,
        apology: Callable[[Incoming], list[Outgoing]],
        outage: Outage,
        committed: Callable[[], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._wijk, self._channel, self._writer = store, wijk, channel, writer
        self._handle, self._apology, self._outage = handle, apology, outage
        self._committed, self._now = committed, now
        self._waiting: list[Place] = []
        self._task: asyncio.Task[None] | None = None

    async def take(self, update: dict[str, Any]) -> Incoming | None:
        """Returns when the update is handled or recorded for good; what it said, if anything. Raises Unavailable."""
        try:
            heard = self._channel.hear(update)
        except Exception as error:
            await self._fail(update["update_id"], error, None)
            return None
        if heard is None:
            return None
        if len(self._waiting) >= WAITING:
            raise Unavailable
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((heard, done))
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="intake")
        with self._outage.watching([heard]):
            await done
        return heard

    async def _work(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            group.sort(key=lambda place: place[0].id)  # what overtook another on the way is put back in order
            try:
                await self._commit([heard for heard, _ in group])
            except Unavailable:
                _settle(group, Unavailable())
            except Exception as error:
                if len(group) > 1:
                    _log.warning(
                        "updates failed together and are taken one by one", size=len(group), error=where(error)
                    )
                await self._one_by_one(group)
            else:
                _settle(group)
        self._task = None

    async def _one_by_one(self, group: Sequence[Place]) -> None:
        for place in group:
            try:
                await self._commit([place[0]])
            except Unavailable as away:
                _settle([place], away)
            except Exception as error:
                try:
                    await self._fail(place[0].id, error, place[0])
                except Unavailable as away:
                    _settle([place], away)
                    continue
            _settle([place])

    async def _commit(self, batch: Sequence[Incoming]) -> None:
        if await self._insist(self._handle, batch):
            self._committed()

    async def _fail(self, id: int, error: Exception, heard: Incoming | None) -> None:
        """Records what cannot be handled; what cannot be recorded either is only logged, or it would come for ever."""
        _log.error("an update could not be handled", id=id, error=where(error))
        channel, now = self._channel.name, self._now()
        try:
            made = await self._insist(
                record, self._store, self._wijk, channel, id, where(error), heard, self._apology, now
            )
        except Unavailable:
            raise
        except Exception as again:
            _log.error("a failure could not be recorded", id=id, error=where(again))
        else:
            if made:
                self._committed()

    async def _insist(self, function: Callable[..., list[Outgoing]], *given: Any) -> list[Outgoing]:
        """The result, asked twice when the store fails: one broken connection, or two who waited for each other."""
        try:
            return await self._writer.run(function, *given)
        except Exception as error:
            if not store_is_gone(error):
                raise
            _log.warning("the store failed and is asked again", error=where(error))
        try:
            return await self._writer.run(function, *given)
        except Exception as error:
            if not store_is_gone(error):
                raise
            _log.error("the store is away; updates are refused and come again", error=where(error))
            raise Unavailable from None


def _settle(group: Sequence[Place], error: Exception | None = None) -> None:
    """Everybody in the group hears how it went, unless they left."""
    for _, done in group:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
