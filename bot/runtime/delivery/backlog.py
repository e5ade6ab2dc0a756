"""What waits in the outbox, and what of it is in memory: room for each priority, so that no backlog holds an answer up.

Guards three rules: a message is in memory once; of one person no more than a helping of each priority is, so that
nobody fills the room of others; and nothing newer comes in while something older is still outside, of one person, or
of all when a room is full.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog

from bot.messages.message import PRIORITIES, Outgoing, from_row
from bot.runtime.backoff import Backoff
from bot.runtime.logs import where
from db.queue import outbox
from db.queue.outbox import HELPING
from db.store import Store

_log = structlog.get_logger("delivery")

AT_A_NUDGE = 50
"""The most people with much waiting that a nudge looks for; the regular look finds all."""

_One = tuple[str, int]
"""One person and a priority: what nobody has more than a helping of in memory."""


class _Room:
    """One priority: how many are in memory, whether some are outside, and whether some came while we were reading."""

    __slots__ = ("behind", "count", "missed")

    def __init__(self) -> None:
        self.count = 0
        self.behind = self.missed = False


class Backlog:
    """Takes messages in, from turns or from the outbox, and hands each to `take` with the number of its tries.

    `held` is the most messages of each priority in memory. `look_seconds` is how often the outbox is looked at unasked.
    `backoff` tells how long to wait before a new try when the store is away.
    """

    def __init__(
        self,
        store: Store,
        wijk: str,
        take: Callable[[Outgoing, int], None],
        held: int,
        look_seconds: float,
        backoff: Backoff,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._wijk, self._take = store, wijk, take
        self._held, self._look_seconds, self._backoff, self._now = held, look_seconds, backoff, now
        self._rooms = {priority: _Room() for priority in PRIORITIES}
        self._known: dict[int, _One] = {}
        self._count: Counter[_One] = Counter()
        self._outside: dict[_One, bool] = {}
        self._left: set[int] | None = None
        self._seen = 0
        self._turns = asyncio.Lock()
        self._look = asyncio.Event()
        self._nudged = False
        self._looker: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def wanting(self) -> bool:
        """Whether something is outside that fits in memory now."""
        return self._rooms_want or bool(self._hungry())

    def nudge(self) -> None:
        """Look at the outbox now, because others committed messages to it. Do not mix with `accept`."""
        self._nudged = True
        self._look.set()

    def look_again(self) -> None:
        """Look for messages that came into the outbox without a word; this goes beside both `accept` and `nudge`."""
        for room in self._rooms.values():
            room.behind = True
        self._look.set()

    def accept(self, messages: Sequence[Outgoing]) -> None:
        """Take messages that were just committed to the outbox. Never waits; what does not fit is fetched later."""
        for message in messages:
            self._offer(message, 0)

    async def start(self) -> None:
        """Take what an earlier run left, and from then on look at the outbox now and then, until `close`."""
        await self.refill()
        if not self._closed:
            self._looker = asyncio.create_task(self._keep_looking(), name="outbox")

    async def close(self) -> None:
        """Stop looking, even when `start` has not ended yet."""
        self._closed = True
        if self._looker is not None:
            self._looker.cancel()
            await asyncio.wait([self._looker])

    async def refill(self) -> None:
        """Take from the outbox what is due and not in memory, the oldest of each priority first, as far as it fits."""
        async with self._reading() as left:
            # Until this has ended, newer messages of a priority that is behind stay outside: they would overtake.
            priorities = []
            for priority, room in self._rooms.items():
                room.missed = not self._fits(room)  # then it is not looked at now, and we cannot know
                room.behind = room.behind or room.missed
                if not room.missed:
                    priorities.append(priority)
            newest, found, crowded = await asyncio.to_thread(self._due, priorities)
            for priority, rows in found.items():
                room, full = self._rooms[priority], len(rows) >= self._held
                for row in rows:
                    if room.count >= self._held:
                        full = True
                        break
                    if row.id <= newest and row.id not in left:
                        self._enter(from_row(row), row.tries)
                room.behind = full or room.missed
            self._seen = max(self._seen, newest)
            self._outside.update(dict.fromkeys(crowded, True))
            await self._help(left)

    async def follow(self) -> None:
        """Take what was committed after everything seen so far; this relies on ids that rise from commit to commit."""
        async with self._reading() as left:
            newest, rows, crowded = await asyncio.to_thread(self._newer)
            for row in rows:
                if row.id not in left:
                    self._offer(from_row(row), row.tries)
                self._seen = row.id
            if len(rows) >= self._held:
                for room in self._rooms.values():
                    room.behind = True
            elif crowded:
                self._seen = max(self._seen, newest)  # what is behind in its person's line is not walked through again
            self._outside.update(dict.fromkeys(crowded, True))
            await self._help(left)

    async def help(self) -> None:
        """Take more of those who have little left in memory, and something outside."""
        async with self._reading() as left:
            await self._help(left)

    def forget(self, ids: Iterable[int]) -> None:
        """Forget messages that have left the outbox, or are about to."""
        for id in ids:
            if (one := self._known.pop(id, None)) is not None:
                self._rooms[one[1]].count -= 1
                self._count[one] -= 1
                if not self._count[one]:
                    del self._count[one]
            if self._left is not None:
                self._left.add(id)
        if self.wanting:
            self._look.set()

    async def stands(self, id: int) -> bool:
        """Return whether this must still be sent and was not erased meanwhile. True when the store cannot say."""
        try:
            return await asyncio.to_thread(self._has, id)
        except Exception as error:
            _log.warning("the outbox cannot be read", error=where(error))
            return True

    async def _keep_looking(self) -> None:
        tries = 0
        while True:
            looked = False
            with suppress(TimeoutError):
                async with asyncio.timeout(self._backoff(tries) if tries else self._look_seconds):
                    looked = await self._look.wait()
            self._look.clear()
            nudged, self._nudged = self._nudged, False
            try:
                if tries or not looked or self._rooms_want:
                    await self.refill()
                else:
                    await (self.follow() if nudged else self.help())
                tries = 0
            except Exception as error:
                tries += 1
                _log.error("the outbox cannot be read", error=where(error), tries=tries)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[set[int]]:
        """Let one read at a time; give the ids that leave the outbox meanwhile, as the read may still show them."""
        async with self._turns:
            self._left = set()
            try:
                yield self._left
            finally:
                self._left = None

    async def _help(self, left: set[int]) -> None:
        """Take a helping more of each who is hungry; whom something was kept out for meanwhile stays outside."""
        if not (hungry := self._hungry()):
            return
        self._outside.update(dict.fromkeys(hungry, False))
        limits = {one: HELPING + self._count[one] for one in hungry}
        newest, found = await asyncio.to_thread(self._of, limits)
        for one, rows in found.items():
            room, full = self._rooms[one[1]], len(rows) >= limits[one]
            for row in rows:
                if room.count >= self._held or self._count[one] >= HELPING:
                    full = True
                    break
                if row.id <= newest and row.id not in left:
                    self._enter(from_row(row), row.tries)
            if not full and not self._outside[one]:
                del self._outside[one]

    @property
    def _rooms_want(self) -> bool:
        return any(room.behind and self._fits(room) for room in self._rooms.values())

    def _hungry(self) -> list[_One]:
        """Return those of whom something is outside that fits in memory now."""
        return [one for one in self._outside if self._count[one] <= HELPING // 2 and self._fits(self._rooms[one[1]])]

    def _fits(self, room: _Room) -> bool:
        return room.count <= self._held // 2

    def _offer(self, message: Outgoing, tries: int) -> None:
        room, one = self._rooms[message.priority], (message.to, message.priority)
        if room.behind or room.count >= self._held:
            room.behind = room.missed = True
        elif one in self._outside or self._count[one] >= HELPING:
            self._outside[one] = True
        else:
            self._enter(message, tries)

    def _enter(self, message: Outgoing, tries: int) -> None:
        if message.id not in self._known:
            one = self._known[message.id] = (message.to, message.priority)
            self._rooms[message.priority].count += 1
            self._count[one] += 1
            self._take(message, tries)

    def _due(self, priorities: Iterable[int]) -> tuple[int, dict[int, list[outbox.Message]], list[_One]]:
        with self._store.read() as tx:
            newest = outbox.newest(tx, self._wijk)  # first: a message committed after it is taken when heard of
            now = self._now()
            found = {priority: outbox.due(tx, self._wijk, now, self._held, priority) for priority in priorities}
            return newest, found, outbox.crowded(tx, self._wijk)

    def _newer(self) -> tuple[int, list[outbox.Message], list[_One]]:
        with self._store.read() as tx:
            newest = outbox.newest(tx, self._wijk)
            rows = outbox.newer(tx, self._wijk, self._seen, self._now(), self._held)
            return newest, rows, outbox.crowded(tx, self._wijk, AT_A_NUDGE)

    def _of(self, limits: Mapping[_One, int]) -> tuple[int, dict[_One, list[outbox.Message]]]:
        with self._store.read() as tx:
            newest, now = outbox.newest(tx, self._wijk), self._now()
            return newest, {one: outbox.of(tx, self._wijk, one[0], now, limit, one[1]) for one, limit in limits.items()}

    def _has(self, id: int) -> bool:
        with self._store.read() as tx:
            return id in outbox.standing(tx, self._wijk, [id])
