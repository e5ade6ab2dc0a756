"""Sends the outbox: in order to one person, side by side to different people, as fast as the channel allows.

Guards two rules: nothing leaves memory before the store knows what came of it, and nobody waits for another person's
call. A message may go out twice (a crash after sending, before noting); it is never lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog

from bot.messages.message import DANGER, Outgoing
from bot.runtime.backoff import Backoff, doubling
from bot.runtime.channel import Carrier, Gone, Outcome, Refused, Sent, TryLater
from bot.runtime.delivery.backlog import Backlog
from bot.runtime.delivery.chat_queue import ChatQueue
from bot.runtime.delivery.danger_cards import DangerCards
from bot.runtime.delivery.rate_limit import RateLimit
from bot.runtime.delivery.results import DeliveryResults, Extra, TakeTick
from bot.runtime.logs import where
from bot.runtime.writer import Writer
from db.store import Store

SLOTS = 64
"""The most calls at a time, besides those with danger."""

HELD = 1_000
"""The most messages of each priority in memory; the rest stays in the outbox until there is room again."""

LOOK_SECONDS = 30.0
"""How often the outbox is looked at for messages that others put there, or whose time has come."""

FAULTS = 5
"""How often our own code may fail on one message before it is given up; the network may fail for ever."""

_log = structlog.get_logger("delivery")


class Deliverer:
    """Delivers what a wijk's outbox holds through `channel`. Lives in one loop.

    `writer` writes to the store. `rate_limit` makes the rate limit, given the function to call when a chat may send;
    `tick` takes the turn in which a person cannot be reached. `backoff` tells how long to wait before a new try.
    """

    def __init__(
        self,
        store: Store,
        wijk: str,
        channel: Carrier,
        writer: Writer,
        tick: TakeTick,
        rate_limit: Callable[[Callable[[str], None]], RateLimit] = RateLimit,
        *,
        slots: int = SLOTS,
        held: int = HELD,
        look_seconds: float = LOOK_SECONDS,
        backoff: Backoff | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._channel = channel
        self._rate_limit = rate_limit(self._admit)
        self._danger_cards = DangerCards(clock)
        self._slots = asyncio.Semaphore(slots)
        self._backoff = backoff or doubling(0.25, 60.0)
        self._now = now
        self._backlog = Backlog(store, wijk, self._take, held, look_seconds, self._backoff, now)
        self._results = DeliveryResults(
            store, wijk, writer, now, self._backoff, self._backlog.forget, tick, self._backlog.look_again
        )
        self._queues: dict[str, ChatQueue] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, asyncio.TimerHandle] = {}
        self._closing = False

    async def start(self) -> None:
        """Deliver what an earlier run left, and from then on what comes, until `close`."""
        await self._backlog.start()

    def accept(self, messages: Sequence[Outgoing]) -> None:
        """Take messages that were just committed to the outbox. Never waits."""
        self._backlog.accept(messages)

    def nudge(self) -> None:
        """Look at the outbox now: others committed messages to it. Do not mix with `accept`."""
        self._backlog.nudge()

    def look_again(self) -> None:
        """Look at the outbox now: something came into it by the clock. This goes beside `accept` and `nudge`."""
        self._backlog.look_again()

    def in_batch(self) -> AbstractContextManager[Extra]:
        """Hand over the results that wait: in this block, a function that writes them in a batch's transaction."""
        return self._results.in_batch()

    async def flush(self) -> None:
        """Return when nothing can be sent at this moment (what waits for its time may remain) and all is noted."""
        while True:
            if self._running:
                await asyncio.wait(list(self._running.values()))
            else:
                await self._results.flush()
                if not self._running and not self._backlog.wanting:
                    return
                if not self._running:
                    await self._backlog.refill()

    async def close(self, grace: float = 5.0) -> None:
        """Send what may go now, within `grace` seconds, and note it; the rest stays in the outbox."""
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
        self._rate_limit.close()
        try:
            await asyncio.wait_for(self._results.flush(), grace)
        except TimeoutError:
            _log.error("some deliveries could not be noted; they are sent again after the next start")
            await self._results.close()

    def _take(self, message: Outgoing, tries: int) -> None:
        if self._closing:
            return
        to = message.to
        queue = self._queues.get(to)
        if queue is None:
            queue = self._queues[to] = ChatQueue(tries)
        if message.priority == DANGER and (rest := self._resting.pop(to, None)) is not None:
            rest.cancel()
            queue.rested()
        if message.clears:  # what waited for this person may be held since
            queue.rested()
        self._add(queue, message)
        if to not in self._running and to not in self._resting:
            self._run(to)

    def _add(self, queue: ChatQueue, message: Outgoing) -> None:
        for id in queue.add(message):
            self._results.done(id, harmless=True)

    def _admit(self, to: str) -> None:
        """Send to this person, who no longer has to wait for the rate limit."""
        if to not in self._running and not self._closing:
            self._run(to)

    def _run(self, to: str) -> None:
        queue = self._queues[to]
        if self._resting.pop(to, None) is not None:
            queue.rested()
        self._running[to] = asyncio.create_task(self._serve(to, queue), name="chat")

    async def _serve(self, to: str, queue: ChatQueue) -> None:
        """Send until nothing is left, or what is left waits for the rate limit, or this person must rest."""
        rest: float | None = None
        try:
            while rest is None and (message := self._next(to, queue)) is not None:
                if queue.doubts(message) and not await self._backlog.stands(message.id):
                    self._backlog.forget([message.id])
                    continue
                # The person first, then the slot: a busy chat must not hold the slots. Danger waits for nobody's call.
                async with nullcontext() if message.priority == DANGER else self._slots:
                    outcome = await self._send(queue, message)
                if message.edit is None or (isinstance(outcome, Sent) and outcome.message_id is not None):
                    self._rate_limit.release(to, message.priority)
                rest = self._note(queue, message, outcome)
                if rest is not None and message.priority != DANGER and queue.danger:  # that came meanwhile
                    rest = None
                    queue.rested()
        finally:
            del self._running[to]
            if rest is not None or not queue:
                self._rate_limit.cancel(to)
            if rest is not None and not self._closing:
                self._resting[to] = asyncio.get_running_loop().call_later(rest, self._run, to)
            elif not queue:
                del self._queues[to]

    def _next(self, to: str, queue: ChatQueue) -> Outgoing | None:
        """Return what may go now; edits pass new messages that wait for the rate limit, but not danger."""
        message = queue.first()
        while message is not None and self._danger_cards.repeats(message):
            queue.take(message)
            self._results.done(message.id, harmless=True)
            message = queue.first()
        free = message is None or message.edit is not None
        if message is not None and not free and not self._rate_limit.acquire(to, message.priority, message.id):
            queue.held = True
            message = None if message.priority == DANGER else queue.first_edit()
        if message is not None:
            queue.take(message)
        return message

    async def _send(self, queue: ChatQueue, message: Outgoing) -> Outcome:
        if message.edit in queue.moved:
            message = replace(message, edit=queue.moved[message.edit])
        try:
            return await self._channel.send(message)
        except Exception as error:
            queue.faults += 1
            _log.error("a message could not be sent", id=message.id, error=where(error), faults=queue.faults)
            return TryLater() if queue.faults < FAULTS else Refused(where(error))

    def _note(self, queue: ChatQueue, message: Outgoing, outcome: Outcome) -> float | None:
        """Note what came of a message; return the seconds to rest when this person must wait."""
        match outcome:
            case TryLater(seconds=named, reason=reason):
                queue.tries += 1
                rest = self._backoff(queue.tries) if named is None else named
                tell = _log.info if named is None else _log.warning
                tell("delivery waits", id=message.id, reason=reason, tries=queue.tries, seconds=round(rest, 2))
                self._results.later(message.id, self._now() + timedelta(seconds=rest), queue.tries)
                self._add(queue, message)
                return rest
            case Gone(reason=reason):
                _log.info("a person cannot be reached any more", id=message.id, reason=reason)
                self._backlog.forget([message.id, *queue.clear()])
                self._results.gone(message.to)
                return None
            case Refused(reason=reason):
                _log.error("a message was refused", id=message.id, reason=reason)
                self._results.dead(message.id, reason)
            case Sent(message_id=made):
                self._danger_cards.note(message)
                if made is None:
                    self._results.done(message.id, harmless=True)
                else:
                    self._results.sent(message, made)
                if made is not None and message.edit is not None:
                    queue.moved[message.edit] = made
        queue.tries = queue.faults = 0
        return None
