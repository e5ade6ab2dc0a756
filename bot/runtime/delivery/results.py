"""The results of deliveries, written to the store in groups, or in the transaction of the next turn if one comes soon.

Guards two rules: there is one write in flight, and only what is harmless to repeat may wait. An edit may be made again
after a crash, so its note waits a moment for company; a message that was sent is noted at once. That a person cannot be
reached any more is a tick: a turn of its own. A message that arrived after it was taken back leads to a tick too,
within the transaction that notes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog

from bot.messages.message import Outgoing
from bot.messages.ticks import Cleared, TakenBack, Tick, Ticked, Unreachable
from bot.runtime.backoff import Backoff
from bot.runtime.logs import where
from bot.runtime.writer import Writer
from db.leads import sealed, views
from db.leads.views import View
from db.people import conversations
from db.queue import outbox, sent_messages, sequence
from db.queue.sent_messages import SentMessage
from db.store import Store, Tx
from db.types.held import SOUND

QUIET_SECONDS = 0.25
"""The longest that an edit waits to be noted; a turn that comes before takes it along."""

MANY = 500
"""When so many notes wait, they are written at once."""

Extra = Callable[[Tx], None]
"""Writes the results in the transaction of a batch of updates."""


class TakeTick(Protocol):
    """Takes a turn without an update, in the writer's thread."""

    def __call__(self, tick: Tick, within: Tx | None = None, /) -> Ticked:
        """Return what the tick led to. It has a transaction of its own, unless it is taken `within` one."""


_log = structlog.get_logger("delivery")


@dataclass(slots=True)
class Results:
    """Results that are not written yet.

    `sent` holds new messages with the channel's ids of them; `later` holds, per message, when it is tried again and how
    often it was tried.
    """

    done: list[int] = field(default_factory=list)
    sent: list[tuple[Outgoing, int]] = field(default_factory=list)
    later: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    dead: dict[int, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.done or self.later or self.dead or self.gone)

    def before(self, newer: Results) -> Results:
        """Return these joined with the newer ones that came after them."""
        done = [*self.done, *newer.done]
        later = {id: found for id, found in (self.later | newer.later).items() if id not in newer.done}
        return Results(done, [*self.sent, *newer.sent], later, self.dead | newer.dead, [*self.gone, *newer.gone])


def note_sent(tx: Tx, wijk: str, sent: Sequence[tuple[Outgoing, int]], now: datetime) -> None:
    """Note these new messages, by the channel's ids: which is somebody's card now, and in which a lead is open."""
    sent_messages.add(tx, wijk, [_noted(one, made, now) for one, made in sent], now)
    conversations.set_cards(tx, wijk, {one.to: made for one, made in sent if one.card})
    views.add(tx, wijk, [View(one.lead, one.to, made) for one, made in sent if one.view and one.lead is not None])
    sealed.delivered(tx, wijk, {one.sealed: made for one, made in sent if one.sealed})


def _noted(message: Outgoing, made: int, now: datetime) -> SentMessage:
    return SentMessage(message.to, made, message.lead, now + SOUND if message.fleeting else None)


class DeliveryResults:
    """Takes results at once and writes them soon, in the writer's thread; a store that fails is asked again.

    `written` is called with the ids that have left the outbox, `added` when there is more in it now. `backoff` tells
    how long to wait before a new try, and `quiet` how long an edit may wait to be noted.
    """

    def __init__(
        self,
        store: Store,
        wijk: str,
        writer: Writer,
        now: Callable[[], datetime],
        backoff: Backoff,
        written: Callable[[Iterable[int]], None],
        tick: TakeTick,
        added: Callable[[], None],
        quiet: float = QUIET_SECONDS,
    ) -> None:
        self._store = store
        self._wijk = wijk
        self._writer = writer
        self._now = now
        self._backoff = backoff
        self._written = written
        self._tick = tick
        self._added = added
        self._waiting = Results()
        self._quiet = quiet
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._in_batch: asyncio.Future[None] | None = None
        self._soon = False

    def done(self, id: int, *, harmless: bool = False) -> None:
        """Note that this was delivered, or overtaken by a newer edit. `harmless`: it may be delivered once more."""
        self._waiting.later.pop(id, None)
        self._waiting.done.append(id)
        if not harmless or len(self._waiting.done) >= MANY:
            self._start()
        else:
            self._rest()

    def sent(self, message: Outgoing, made: int) -> None:
        """Note that this was delivered as a new message, under this id of the channel."""
        self._waiting.sent.append((message, made))
        self.done(message.id)

    def later(self, id: int, due: datetime, tries: int) -> None:
        """Note that this was not delivered yet, and is to be tried again at `due`."""
        self._waiting.later[id] = (due, tries)
        self._start()

    def dead(self, id: int, reason: str) -> None:
        """Note that this was given up. `reason` must hold nothing of the message."""
        self._waiting.dead[id] = reason
        self._start()

    def gone(self, to: str) -> None:
        """Take the turn that this person cannot be reached. When it fails, what waits for them is tried again later."""
        self._waiting.gone.append(to)
        self._start()

    @contextmanager
    def in_batch(self) -> Iterator[Extra]:
        """Hand over what waits now: in this block, a function that writes it within one transaction.

        It counts as written when the block ends well; when it does not, it is written alone.
        """
        if self._task is not None or self._in_batch is not None:
            yield partial(self._write_in, Results())  # one write at a time, or an older note might come last
            return
        self._stop_timer()
        results, self._waiting = self._waiting, Results()
        done = self._in_batch = asyncio.get_running_loop().create_future()
        try:
            yield partial(self._write_in, results)
        except BaseException:
            self._waiting, self._soon = results.before(self._waiting), True
            raise
        else:
            self._written([*results.done, *results.dead])
        finally:
            self._in_batch = None
            done.set_result(None)
            if self._soon:
                self._start()
            elif self._waiting:
                self._rest()

    async def flush(self) -> None:
        """Return when everything is written that was noted before."""
        while self._in_batch is not None or self._task is not None or self._waiting:
            if self._in_batch is not None:
                await asyncio.shield(self._in_batch)
            else:
                self._start()
                assert self._task is not None
                await asyncio.shield(self._task)

    async def close(self) -> None:
        """Stop asking a store that fails; what is not written then is delivered once more after the next start."""
        self._stop_timer()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rest(self) -> None:
        """Write alone what no batch takes along in time."""
        if self._timer is None and self._task is None and self._in_batch is None:
            self._timer = asyncio.get_running_loop().call_later(self._quiet, self._start)

    def _start(self) -> None:
        self._stop_timer()
        self._soon = self._in_batch is not None
        if self._task is None and self._in_batch is None:
            self._task = asyncio.create_task(self._run(), name="results")

    async def _run(self) -> None:
        while self._waiting:
            results, self._waiting = self._waiting, Results()
            tries = 0
            while True:
                try:
                    added = await self._writer.run(self._write, results)
                    break
                except Exception as error:
                    tries += 1
                    _log.error("what was delivered cannot be noted", error=where(error), tries=tries)
                    await asyncio.sleep(self._backoff(tries))
            self._written([*results.done, *results.dead])
            if added:
                self._added()
            for to in dict.fromkeys(results.gone):
                await self._leave(to)
        self._task = None

    async def _leave(self, to: str) -> None:
        try:
            ticked = await self._writer.run(self._tick, Unreachable(to))
        except Exception as error:  # what waits for them is still in the outbox, and is refused again
            _log.error("that somebody cannot be reached could not be noted", error=where(error))
        else:
            if ticked.messages:
                self._added()

    def _write_in(self, results: Results, tx: Tx) -> None:
        self._note(results, tx)  # edits only: a new message does not wait for a batch, so none arrived too late

    def _write(self, results: Results) -> Sequence[Outgoing]:
        with self._store.write() as tx:
            return self._note(results, tx)

    def _note(self, results: Results, tx: Tx) -> Sequence[Outgoing]:
        """Write these results; return the messages that take back what is too late, or above a neutral line."""
        now = self._now()
        about = {  # what members get is protected; of a resident nothing is taken back
            one.id: _noted(one, made, now) for one, made in results.sent if one.lead is not None and one.protected
        }
        lines = [Cleared(one.to, made) for one, made in results.sent if one.clears]
        if about or lines:
            sequence.draw(tx, self._wijk, 0)  # as a turn begins: no lead is withdrawn between our look and our commit
        # People first and then their messages, as a turn does: no two wait for each other.
        note_sent(tx, self._wijk, results.sent, now)
        for id, (due, tries) in sorted(results.later.items()):
            outbox.later(tx, self._wijk, id, due, tries)
        standing = outbox.standing(tx, self._wijk, list(about))
        outbox.done(tx, self._wijk, results.done)
        for id, reason in sorted(results.dead.items()):
            outbox.dead(tx, self._wijk, id, reason, now)
        late = [one for id, one in about.items() if id not in standing]
        ticks: list[Tick] = [*([TakenBack(late)] if late else ()), *lines]
        return [message for tick in ticks for message in self._tick(tick, tx).messages]
