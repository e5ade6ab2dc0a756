"""What came of deliveries, written to the store in groups: results gather while a write is under way.

Guards the rule that there is one write in flight and no timer: somebody alone does not wait, and many share a commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.log import where
from bot.writer import Writer
from db import conversations, outbox
from db.store import Store

_log = structlog.get_logger("deliver")


@dataclass(slots=True)
class Results:
    """Results that are not written yet. `later` holds, per message, when it is tried again and how often it was."""

    done: list[int] = field(default_factory=list)
    cards: dict[str, int | None] = field(default_factory=dict)
    later: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    dead: dict[int, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.done or self.cards or self.later or self.dead or self.gone)


class Receipts:
    """Takes results at once and writes them soon, in the writer's thread; a store that fails is asked again.

    `written` is called with the ids that have left the outbox. `pause` gives the seconds before the n-th new try.
    """

    def __init__(
        self,
        store: Store,
        wijk: str,
        writer: Writer,
        now: Callable[[], datetime],
        pause: Callable[[int], float],
        written: Callable[[Iterable[int]], None],
    ) -> None:
        self._store = store
        self._wijk = wijk
        self._writer = writer
        self._now = now
        self._pause = pause
        self._written = written
        self._waiting = Results()
        self._task: asyncio.Task[None] | None = None

    def done(self, id: int) -> None:
        """Delivered, or overtaken by a newer edit of the same message."""
        self._waiting.later.pop(id, None)
        self._waiting.done.append(id)
        self._start()

    def card(self, to: str, message: int) -> None:
        """This message is the person's card from now on."""
        self._waiting.cards[to] = message
        self._start()

    def later(self, id: int, due: datetime, tries: int) -> None:
        """Not delivered yet; to be tried again at `due`."""
        self._waiting.later[id] = (due, tries)
        self._start()

    def dead(self, id: int, reason: str) -> None:
        """Given up. `reason` must hold nothing of the message."""
        self._waiting.dead[id] = reason
        self._start()

    def gone(self, to: str) -> None:
        """Cannot be reached any more: marked as blocked, and all that waits for them is dropped."""
        self._waiting.gone.append(to)
        self._start()

    async def flush(self) -> None:
        """Returns when everything is written that was taken before."""
        while self._task is not None:
            await asyncio.shield(self._task)

    async def close(self) -> None:
        """Stops asking a store that fails; what is not written then is delivered once more after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="receipts")

    async def _run(self) -> None:
        while self._waiting:
            results, self._waiting = self._waiting, Results()
            tries = 0
            while True:
                try:
                    await self._writer.run(self._write, results)
                    break
                except Exception as error:
                    tries += 1
                    _log.error("what was delivered cannot be noted", error=where(error), tries=tries)
                    await asyncio.sleep(self._pause(tries))
            self._written([*results.done, *results.dead])
        self._task = None

    def _write(self, results: Results) -> None:
        now = self._now()
        with self._store.write() as tx:  # people first and then their messages, as a turn does: nobody waits in a ring
            conversations.set_cards(tx, self._wijk, results.cards)
            for to in sorted(set(results.gone)):
                conversations.set_blocked(tx, self._wijk, to, True, now)
            for id, (due, tries) in sorted(results.later.items()):
                outbox.later(tx, self._wijk, id, due, tries)
            outbox.done(tx, self._wijk, results.done)
            for id, reason in sorted(results.dead.items()):
                outbox.dead(tx, self._wijk, id, reason, now)
            for to in results.gone:
                outbox.drop_for(tx, self._wijk, to)
