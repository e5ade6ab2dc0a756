"""The outbox goes out: in order to one person, side by side to different people, at the pace that the channel asks.

Guards two rules: nothing leaves memory before the store knows what came of it, and nobody waits for another
person's call. A message may go out twice (a crash after sending, before noting); it is never lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from bot.channels.outcome import Gone, Outcome, Refused, Sent, TryLater
from bot.log import where
from bot.pause import growing
from bot.receipts import Receipts, Unreachable
from bot.traffic import Outgoing, from_dict
from bot.writer import Writer
from db import outbox
from db.store import Store

SLOTS = 64
"""So many calls at a time."""

HELD = 5_000
"""So many messages at most in memory; what comes on top stays in the outbox until there is room again."""

LOOK_SECONDS = 30.0
"""How often the outbox is looked at for messages that somebody else put there, or whose time has come."""

FAULTS = 5
"""So many times may our own code fail on one message before it is given up; the network may fail for ever."""

_log = structlog.get_logger("deliver")


class Channel(Protocol):
    """What can carry a message."""

    async def send(self, message: Outgoing) -> Outcome:
        """Sends or edits once."""


class _Lane:
    """What waits for one person, the oldest first. `moved` says which new message took the place of an edited one."""

    __slots__ = ("faults", "moved", "tries", "waiting")

    def __init__(self, tries: int) -> None:
        self.waiting: deque[Outgoing] = deque()
        self.tries, self.faults = tries, 0
        self.moved: dict[int, int] = {}

    def overtaken(self) -> bool:
        """True when a newer edit of the same message waits behind the first one, or an edit of any card behind a card.

        Only a message that arrived can be edited: the card that was sent for it came through before a crash.
        """
        first = self.waiting[0]
        if len(self.waiting) == 1 or (first.edit is None and not first.card):
            return False
        newer = (message for message in list(self.waiting)[1:] if message.edit is not None)
        return any(message.edit == first.edit or (first.edit is None and message.card) for message in newer)


class Deliverer:
    """Delivers what a wijk's outbox holds through one channel. Lives in one loop; the store is written by `writer`."""

    def __init__(
        self,
        store: Store,
        wijk: str,
        channel: Channel,
        writer: Writer,
        unreachable: Unreachable,
        *,
        slots: int = SLOTS,
        held: int = HELD,
        look_seconds: float = LOOK_SECONDS,
        pause: Callable[[int], float] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._wijk = wijk
        self._channel = channel
        self._slots = asyncio.Semaphore(slots)
        self._held = held
        self._look_seconds = look_seconds
        self._pause = pause or growing(0.25, 60.0)
        self._now = now
        self._receipts = Receipts(store, wijk, writer, now, self._pause, self._forget, unreachable, self._look_again)
        self.riding = self._receipts.riding
        self._lanes: dict[str, _Lane] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, asyncio.TimerHandle] = {}
        self._known: set[int] = set()
        self._left: set[int] | None = None
        self._behind = self._missed = False
        self._refilling = asyncio.Lock()
        self._closing = False
        self._look = asyncio.Event()
        self._looker: asyncio.Task[None] | None = None
        self._seen = 0

    def nudge(self) -> None:
        """Others committed messages to the outbox: it is looked at now. Do not mix with `accept`."""
        self._look.set()

    def accept(self, messages: Sequence[Outgoing]) -> None:
        """Takes messages that were just committed to the outbox. Never waits; what does not fit is fetched later."""
        for message in messages:
            if self._behind or len(self._known) >= self._held:
                self._behind = self._missed = True
                return
            self._take(message, 0)

    def _look_again(self) -> None:
        self._behind = True
        self._look.set()

    async def start(self) -> None:
        """Takes what an earlier run left, and from then on looks at the outbox now and then."""
        await self.refill()
        self._looker = asyncio.create_task(self._keep_looking(), name="outbox")

    async def refill(self) -> None:
        """Takes everything from the outbox that is due and not in memory, the oldest first, as far as it fits."""
        async with self._refilling:
            # Until this has ended newer messages stay outside, or they would overtake the older ones in there.
            self._left, self._missed = set(), False
            try:
                rows = await asyncio.to_thread(self._read, outbox.due)
                full = len(rows) >= self._held
                for row in rows:
                    if len(self._known) >= self._held:
                        full = True
                        break
                    if row.id not in self._left:
                        self._take(from_dict(row.id, row.to, row.payload), row.tries)
                self._behind = full or self._missed
                self._seen = max([self._seen, *(row.id for row in rows)])
            finally:
                self._left = None

    async def follow(self) -> None:
        """Takes what was committed after all that was ever taken; for that ids rise from commit to commit."""
        async with self._refilling:
            rows = await asyncio.to_thread(self._read, outbox.newer, self._seen)
            self._behind = self._behind or len(rows) >= self._held
            for row in rows:
                if len(self._known) >= self._held:
                    self._behind = True
                    break
                self._take(from_dict(row.id, row.to, row.payload), row.tries)
                self._seen = row.id

    def _read(self, verb: Callable[..., list[outbox.Message]], *after: int) -> list[outbox.Message]:
        with self._store.read() as tx:
            return verb(tx, self._wijk, *after, self._now(), self._held)

    async def flush(self) -> None:
        """Returns when nothing can be sent at this moment (what waits for its time may remain) and all is noted."""
        while True:
            if self._running:
                await asyncio.wait(list(self._running.values()))
            else:
                await self._receipts.flush()
                if not self._running and not (self._behind and self._room()):
                    return
                if self._behind and not self._running:
                    await self.refill()

    async def close(self, grace: float = 5.0) -> None:
        """Sends what it has and may send now, within `grace` seconds, and notes it; the rest stays in the outbox."""
        self._closing = True
        for handle in self._resting.values():
            handle.cancel()
        if self._looker is not None:
            self._looker.cancel()
            await asyncio.wait([self._looker])
        if self._running:
            _, late = await asyncio.wait(list(self._running.values()), timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        try:
            await asyncio.wait_for(self._receipts.flush(), grace)
        except TimeoutError:
            _log.error("some deliveries could not be noted; they are sent again after the next start")
            await self._receipts.close()

    def _room(self) -> bool:
        return len(self._known) <= self._held // 2

    async def _keep_looking(self) -> None:
        tries = 0
        while True:
            nudged = False
            with suppress(TimeoutError):
                nudged = await asyncio.wait_for(self._look.wait(), self._pause(tries) if tries else self._look_seconds)
            self._look.clear()
            if not self._room():
                self._behind = self._behind or nudged
                continue
            try:
                await (self.follow() if nudged and not self._behind and not tries else self.refill())
                tries = 0
            except Exception as error:
                tries += 1
                _log.error("the outbox cannot be read", error=where(error), tries=tries)

    def _take(self, message: Outgoing, tries: int) -> None:
        if message.id in self._known or self._closing:
            return
        self._known.add(message.id)
        lane = self._lanes.get(message.to)
        if lane is None:
            lane = self._lanes[message.to] = _Lane(tries)
        lane.waiting.append(message)
        if message.to not in self._running and message.to not in self._resting:
            self._run(message.to)

    def _run(self, to: str) -> None:
        self._resting.pop(to, None)
        self._running[to] = asyncio.create_task(self._serve(to, self._lanes[to]), name="lane")

    async def _serve(self, to: str, lane: _Lane) -> None:
        rest: float | None = None
        try:
            while lane.waiting and rest is None:
                message = lane.waiting[0]
                if lane.overtaken():
                    lane.waiting.popleft()
                    self._receipts.done(message.id, harmless=True)
                    continue
                async with self._slots:  # the person first, then the slot: a busy chat must not hold the slots
                    outcome = await self._send(lane, message)
                rest = self._note(lane, message, outcome)
        finally:
            del self._running[to]
            if rest is not None and not self._closing:
                self._resting[to] = asyncio.get_running_loop().call_later(rest, self._run, to)
            elif not lane.waiting:
                del self._lanes[to]

    async def _send(self, lane: _Lane, message: Outgoing) -> Outcome:
        if message.edit in lane.moved:
            message = replace(message, edit=lane.moved[message.edit])
        try:
            return await self._channel.send(message)
        except Exception as error:
            lane.faults += 1
            _log.error("a message could not be sent", id=message.id, error=where(error), faults=lane.faults)
            return TryLater() if lane.faults < FAULTS else Refused(where(error))

    def _note(self, lane: _Lane, message: Outgoing, outcome: Outcome) -> float | None:
        """Notes what came of it; the seconds to rest when this person must wait."""
        match outcome:
            case TryLater(seconds=named, reason=reason):
                lane.tries += 1
                rest = self._pause(lane.tries) if named is None else named
                tell = _log.info if named is None else _log.warning
                tell("delivery waits", id=message.id, reason=reason, tries=lane.tries, seconds=round(rest, 2))
                self._receipts.later(message.id, self._now() + timedelta(seconds=rest), lane.tries)
                return rest
            case Gone(reason=reason):
                _log.info("a person cannot be reached any more", id=message.id, reason=reason)
                self._forget(waiting.id for waiting in lane.waiting)
                lane.waiting.clear()
                self._receipts.gone(message.to)
                return None
            case Refused(reason=reason):
                _log.error("a message was refused", id=message.id, reason=reason)
                self._receipts.dead(message.id, reason)
            case Sent(message_id=made):
                self._receipts.done(message.id, harmless=made is None)
                if made is not None and message.edit is not None:
                    lane.moved[message.edit] = made
                if made is not None and message.card:
                    self._receipts.card(message.to, made)
        lane.waiting.popleft()
        lane.tries = lane.faults = 0
        return None

    def _forget(self, ids: Iterable[int]) -> None:
        """These have left the outbox, or are about to."""
        for id in ids:
            self._known.discard(id)
            if self._left is not None:
                self._left.add(id)
        if self._behind and self._room():
            self._look.set()
