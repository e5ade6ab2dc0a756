"""Updates that are brought one at a time: those that come during a commit share the next one.

Guards three rules: there is no timer (one person alone does not wait, and many share a commit); an update that was not
committed is never confirmed: Telegram brings it again, to this process or to another one; and the flood of one chat
fills neither a commit nor the line before it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import structlog

from bot.messages.message import Incoming
from bot.runtime.intake.batches import Batches
from bot.runtime.intake.outage import Unavailable
from bot.runtime.intake.turns import in_turns
from bot.runtime.logs import where

_log = structlog.get_logger("intake")

GROUP = 100
"""The most updates that share one transaction."""

WAITING = 2_000
"""The most updates that wait for their transaction; more are refused, and come again later."""

OF_ONE = 200
"""The most of them that are of one chat: more than Telegram brings to one bot at a time."""


class Arrivals:
    """Gathers the updates of one wijk into `batches`."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._waiting: list[tuple[Incoming, asyncio.Future[None]]] = []
        self._of_one: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None

    async def take(self, update: Any) -> Incoming | None:
        """Handle this update or record it for good, and return what it said, if anything. Raises Unavailable.

        An update that is not JSON comes as bytes, and is recorded.
        """
        batch, strange = self._batches.hear([update])
        for id, error in strange.items():
            await self._batches.record(id, error, None)
        if not batch:
            return None
        (heard,) = batch
        if len(self._waiting) >= WAITING or self._of_one[heard.conversation] >= OF_ONE:
            self._batches.outage.alarm(batch)
            raise Unavailable
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((heard, done))
        self._of_one[heard.conversation] += 1
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="intake")
        with self._batches.outage.watching([heard]):
            await done
        return heard

    async def _work(self) -> None:
        try:
            while self._waiting:
                # An update that overtook another is put back in order.
                oldest_first = sorted(self._waiting, key=lambda each: each[0].id)
                line = in_turns(oldest_first, lambda each: each[0])
                group, self._waiting = line[:GROUP], line[GROUP:]
                self._of_one = Counter(heard.conversation for heard, _ in self._waiting)
                waiting = {id(heard): done for heard, done in group}  # one update may be in it twice

                def settled(
                    heard: Incoming,
                    error: Unavailable | None,
                    waiting: dict[int, asyncio.Future[None]] = waiting,
                ) -> None:
                    done = waiting[id(heard)]
                    if done.done():  # nobody waits for it any more
                        return
                    if error is None:
                        done.set_result(None)
                    else:
                        done.set_exception(error)

                batch = [heard for heard, _ in group]
                try:
                    await self._batches.handle(batch, settled)
                except Exception as error:  # a fault of ours: a caller must not wait for ever
                    _log.error("updates could not be taken; they come again", error=where(error))
                    self._batches.outage.alarm(batch)
                    for heard in batch:
                        settled(heard, Unavailable())
        finally:
            self._task = None
