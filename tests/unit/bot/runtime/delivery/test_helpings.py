"""Of one person a helping waits in memory: who has much waiting keeps nobody from theirs, and loses nothing.

The three ways in are tested together: given by the turn that made it, read at a start, and found after a nudge.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from bot.messages.message import DANGER, INTERACTIVE, NOTICE, REPORT, Outgoing
from bot.runtime.channel import Outcome, Sent, TryLater
from bot.runtime.delivery.backlog import Backlog
from db.queue import outbox
from db.queue.outbox import HELPING
from db.store import Store
from tests.unit.bot.runtime.delivery.test_deliverer import Letterbox, delivering, eventually, held, to, turn_on
from tests.unit.bot.runtime.line import WIJK, at_once, put, until, waiting

pytestmark = pytest.mark.both_stores

BUSY, QUIET = 1, range(100, 110)


@pytest.mark.parametrize("way", ["given", "left by an earlier run", "nudged"])
async def test_who_has_two_thousand_notices_holds_up_nobody(store: Store, way: str) -> None:
    clock, limit = held()
    channel = Letterbox()
    many = [to(BUSY, id, priority=NOTICE) for id in range(1, 2001)]
    few = [to(person, 3000 + person, priority=NOTICE) for person in QUIET]
    if way == "left by an earlier run":
        put(store, [*many, *few])
    async with delivering(store, channel, rate_limit=limit, look_seconds=3600.0) as deliverer:
        for some in (many, few) if way != "left by an earlier run" else ():
            put(store, some)
            if way == "given":
                deliverer.accept(some)
            else:
                deliverer.nudge()
        began = clock.now
        while len(channel.posted) < len(few) + 3:
            await until(lambda: len(channel.posted) >= len(few) + 3 or (clock.coming and not deliverer._running))
            if len(channel.posted) < len(few) + 3:
                clock.on()
        assert clock.now < began + 1.0
        assert {one.to for one in channel.posted} >= {f"telegram:{person}" for person in QUIET}
        assert deliverer._backlog._count[f"telegram:{BUSY}", NOTICE] <= HELPING
        while len(channel.ids(BUSY)) < 3 * HELPING:
            await turn_on(clock, deliverer)
            await deliverer.flush()
    assert channel.ids(BUSY) == [*range(1, len(channel.ids(BUSY)) + 1)]


async def test_who_has_much_waiting_gets_it_all_in_order_and_once(store: Store) -> None:
    """Any mix of people and priorities, by every way in; some calls fail, and the sender is changed half-way."""
    dice = random.Random(8)
    said: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    ids = iter(range(1, 10_000))

    def some() -> list[Outgoing]:
        made = []
        for _ in range(dice.choice((1, 3, 70))):
            one = to(dice.choice((1, 1, 1, 1, 2, 3)), next(ids), priority=dice.choice((INTERACTIVE, NOTICE, REPORT)))
            said[one.to, one.priority].append(one.id)
            made.append(one)
        return made

    async def fate(message: Outgoing) -> Outcome:
        return TryLater(0.001) if dice.random() < 0.02 else Sent()

    channel = Letterbox(fate)
    put(store, some())
    for nudged in (False, True):
        async with delivering(store, channel, held=200, look_seconds=0.05) as deliverer:
            for _ in range(12):
                made = put(store, some())
                if nudged:
                    deliverer.nudge()
                else:
                    deliverer.accept(made)
                for _ in range(dice.randrange(40)):
                    await until(lambda: True)
            await eventually(deliverer, store)
            assert not deliverer._backlog._known
            assert not deliverer._backlog._count
        put(store, some())
    async with delivering(store, channel) as deliverer:
        await eventually(deliverer, store)
    got: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for one in channel.posted:
        got[one.to, one.priority].append(one.id)
    assert got == said


async def test_a_helping_comes_after_the_last_one_without_waiting_for_a_look(store: Store) -> None:
    channel = Letterbox()
    messages = [to(BUSY, id) for id in range(5 * HELPING)]
    async with delivering(store, channel, look_seconds=3600.0) as deliverer:
        deliverer.accept(put(store, messages))
        await until(lambda: waiting(store) == 0)
    assert channel.ids(BUSY) == [one.id for one in messages]


async def test_nobody_is_asked_for_again_and_again_who_must_rest(store: Store) -> None:
    """Twice a helping waits for somebody whom Telegram holds off: memory holds one, and the store is left alone."""

    async def fate(message: Outgoing) -> Outcome:
        return TryLater(60.0)

    async with delivering(store, Letterbox(fate), look_seconds=3600.0) as deliverer:
        deliverer.accept(put(store, [to(BUSY, id) for id in range(2 * HELPING)]))
        await deliverer.flush()
        assert len(deliverer._backlog._known) == HELPING
        assert not deliverer._backlog.wanting
    async with delivering(store, Letterbox(fate), look_seconds=3600.0) as deliverer:
        await deliverer.flush()
        assert not deliverer._backlog._known, "what must wait is not read before its time"
        assert not deliverer._backlog.wanting


async def test_danger_is_read_although_its_person_must_rest(store: Store) -> None:
    async def fate(message: Outgoing) -> Outcome:
        return Sent() if message.priority == DANGER else TryLater(60.0)

    channel = Letterbox(fate)
    async with delivering(store, channel, look_seconds=3600.0) as deliverer:
        put(store, [to(BUSY, 1)])
        deliverer.nudge()
        await until(lambda: bool(deliverer._resting) and rests_in_the_store(store))
        put(store, [to(BUSY, 2, "Bel 112", priority=DANGER)])
        deliverer.nudge()
        await until(lambda: channel.ids(BUSY) == [2])


class Interrupted(Backlog):
    """A backlog in which something is said just when more of somebody was read, and was not taken in yet."""

    loop: asyncio.AbstractEventLoop
    said: Callable[[], None] | None = None

    def _of(self, limits: Mapping[tuple[str, int], int]) -> tuple[int, dict[tuple[str, int], list[outbox.Message]]]:
        found = super()._of(limits)
        if (said := self.said) is not None:
            self.said = None
            self.loop.call_soon_threadsafe(said)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.loop).result(10)
        return found


async def test_what_comes_while_more_is_outside_or_being_read_overtakes_nothing_and_is_not_forgotten(
    store: Store,
) -> None:
    taken: list[int] = []
    backlog = Interrupted(
        store, WIJK, lambda message, _: taken.append(message.id), 1000, 3600.0, at_once, lambda: datetime.now(UTC)
    )
    backlog.loop = asyncio.get_running_loop()
    many = HELPING + 5

    def says(*ids: int) -> None:
        backlog.accept(put(store, [to(BUSY, id) for id in ids]))

    def went(*ids: int) -> None:
        with store.write() as tx:
            outbox.done(tx, WIJK, ids)
        backlog.forget(ids)

    says(*range(many))
    went(*range(HELPING - 5))
    says(many)
    assert taken == [*range(HELPING)], "five are outside yet"
    backlog.said = lambda: says(many + 1)
    await backlog.help()
    assert taken == [*range(many + 1)]
    went(*range(HELPING - 5, HELPING + 5))
    assert backlog.wanting
    await backlog.help()
    assert taken == [*range(many + 2)]
    assert not backlog.wanting


def rests_in_the_store(store: Store) -> bool:
    """Whether the outbox holds nothing that may go now."""
    with store.read() as tx:
        return outbox.newer(tx, WIJK, 0, datetime.now(UTC)) == []
