"""The outbox goes out: in order to one person, side by side to different people, at the pace that the channel asks.

Guards two rules: nothing leaves memory before the store knows what came of it, and nobody waits for another
person's call. A message may go out twice (a crash after sending, before noting); it is never lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.messages.message import DANGER, Outgoing
from bot.runtime.backoff import doubling
from bot.runtime.channel import Carrier, Gone, Outcome, Refused, Sent, TryLater
from bot.runtime.delivery.backlog import Backlog
from bot.runtime.delivery.chat_queue import Lane
from bot.runtime.delivery.rate_limit import Pace
from bot.runtime.delivery.results import Receipts, TakeTick
from bot.runtime.logs import where
from bot.runtime.writer import Writer
from db.store import Store

SLOTS = 64
"""So many calls at a time."""

HELD = 1_000
"""So many messages of each rank at most in memory; the rest stays in the outbox until there is room again."""

LOOK_SECONDS = 30.0
"""How often the outbox is looked at for messages that somebody else put there, or whose time has come."""

FAULTS = 5
"""So many times may our own code fail on one message before it is given up; the network may fail for ever."""

_log = structlog.get_logger("deliver")


class Deliverer:
    """Delivers what a wijk's outbox holds through `channel`. Lives in one loop; the store is written by `writer`."""

    def __init__(
        self,
        store: Store,
        wijk: str,
        channel: Carrier,
        writer: Writer,
        tick: TakeTick,
        pace: Pace | None = None,
        *,
        slots: int = SLOTS,
        held: int = HELD,
        look_seconds: float = LOOK_SECONDS,
        pause: Callable[[int], float] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._channel = channel
        self._pace = pace or Pace()
        self._pace.go = self._go
        self._slots = asyncio.Semaphore(slots)
        self._pause = pause or doubling(0.25, 60.0)
        self._now = now
        self._backlog = Backlog(store, wijk, self._take, held, look_seconds, self._pause, now)
        self._receipts = Receipts(
            store, wijk, writer, now, self._pause, self._backlog.forget, tick, self._backlog.look_again
        )
        self.accept, self.nudge, self.start = self._backlog.accept, self._backlog.nudge, self._backlog.start
        self.riding = self._receipts.riding
        self._lanes: dict[str, Lane] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, asyncio.TimerHandle] = {}
        self._closing = False

    async def flush(self) -> None:
        """Returns when nothing can be sent at this moment (what waits for its time may remain) and all is noted."""
        while True:
            if self._running:
                await asyncio.wait(list(self._running.values()))
            else:
                await self._receipts.flush()
                if not self._running and not self._backlog.wanting:
                    return
                if not self._running:
                    await self._backlog.refill()

    async def close(self, grace: float = 5.0) -> None:
        """Sends what it has and may send now, within `grace` seconds, and notes it; the rest stays in the outbox."""
        self._closing = True
        for handle in self._resting.values():
            handle.cancel()
        await self._backlog.close()
        if self._running:
            _, late = await asyncio.wait(list(self._running.values()), timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        self._pace.close()
        try:
            await asyncio.wait_for(self._receipts.flush(), grace)
        except TimeoutError:
            _log.error("some deliveries could not be noted; they are sent again after the next start")
            await self._receipts.close()

    def _take(self, message: Outgoing, tries: int) -> None:
        if self._closing:
            return
        to = message.to
        lane = self._lanes.get(to)
        if lane is None:
            lane = self._lanes[to] = Lane(tries)
        self._line_up(lane, message)
        if message.rank == DANGER and (rest := self._resting.pop(to, None)) is not None:
            rest.cancel()
        if to not in self._running and to not in self._resting:
            self._run(to)

    def _line_up(self, lane: Lane, message: Outgoing) -> None:
        for id in lane.add(message):
            self._receipts.done(id, harmless=True)

    def _go(self, to: str) -> None:
        """The pace lets a new message to this person through."""
        if to not in self._running and not self._closing:
            self._run(to)

    def _run(self, to: str) -> None:
        self._resting.pop(to, None)
        self._running[to] = asyncio.create_task(self._serve(to, self._lanes[to]), name="lane")

    async def _serve(self, to: str, lane: Lane) -> None:
        """Sends until nothing is left, or the pace holds what is left, or this person must rest."""
        rest: float | None = None
        try:
            while rest is None and (message := self._next(to, lane)) is not None:
                if lane.held and message.edit is None and not await self._backlog.stands(message.id):
                    self._backlog.forget([message.id])
                    continue
                async with self._slots:  # the person first, then the slot: a busy chat must not hold the slots
                    outcome = await self._send(lane, message)
                if message.edit is None or (isinstance(outcome, Sent) and outcome.message_id is not None):
                    self._pace.went(to)
                rest = self._note(lane, message, outcome)
        finally:
            del self._running[to]
            if rest is not None or not lane:
                self._pace.leave(to)
            if rest is not None and not self._closing:
                self._resting[to] = asyncio.get_running_loop().call_later(rest, self._run, to)
            elif not lane:
                del self._lanes[to]

    def _next(self, to: str, lane: Lane) -> Outgoing | None:
        """What may go now; edits go past a new message that the pace holds, and danger waits for nothing."""
        message = lane.first()
        free = message is None or message.edit is not None or message.rank == DANGER
        if message is not None and not free and not self._pace.ask(to, message.rank, message.id):
            lane.held = True
            message = lane.first_edit()
        if message is not None:
            lane.take(message)
        return message

    async def _send(self, lane: Lane, message: Outgoing) -> Outcome:
        if message.edit in lane.moved:
            message = replace(message, edit=lane.moved[message.edit])
        try:
            return await self._channel.send(message)
        except Exception as error:
            lane.faults += 1
            _log.error("a message could not be sent", id=message.id, error=where(error), faults=lane.faults)
            return TryLater() if lane.faults < FAULTS else Refused(where(error))

    def _note(self, lane: Lane, message: Outgoing, outcome: Outcome) -> float | None:
        """Notes what came of it; the seconds to rest when this person must wait."""
        match outcome:
            case TryLater(seconds=named, reason=reason):
                lane.tries += 1
                rest = self._pause(lane.tries) if named is None else named
                tell = _log.info if named is None else _log.warning
                tell("delivery waits", id=message.id, reason=reason, tries=lane.tries, seconds=round(rest, 2))
                self._receipts.later(message.id, self._now() + timedelta(seconds=rest), lane.tries)
                self._line_up(lane, message)
                return rest
            case Gone(reason=reason):
                _log.info("a person cannot be reached any more", id=message.id, reason=reason)
                self._backlog.forget([message.id, *lane.clear()])
                self._receipts.gone(message.to)
                return None
            case Refused(reason=reason):
                _log.error("a message was refused", id=message.id, reason=reason)
                self._receipts.dead(message.id, reason)
            case Sent(message_id=made):
                if made is None:
                    self._receipts.done(message.id, harmless=True)
                else:
                    self._receipts.sent(message, made)
                if made is not None and message.edit is not None:
                    lane.moved[message.edit] = made
        lane.tries = lane.faults = 0
        return None
