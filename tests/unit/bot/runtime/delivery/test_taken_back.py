"""What is taken back while it waits for its person's rest to end is not sent any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.messages.message import DANGER, Outgoing
from bot.runtime.channel import Outcome, Sent, TryLater
from db.queue import outbox
from db.store import Store, Tx
from tests.unit.bot.runtime.delivery.test_deliverer import Letterbox, delivering, to
from tests.unit.bot.runtime.line import WIJK, put, until, waiting

pytestmark = pytest.mark.both_stores

LEAD = 7
WAITING = (to(1, 1, lead=LEAD), to(1, 2, edit=5, lead=LEAD), to(1, 3), to(1, 4, edit=6))

TAKEN_BACK: dict[str, tuple[Callable[[Tx], object], list[int]]] = {
    "nothing": (lambda tx: None, [1, 2, 3, 4]),
    "the lead is withdrawn": (lambda tx: outbox.drop_about(tx, WIJK, [LEAD]), [3, 4]),
    "the person is erased": (lambda tx: outbox.drop_for(tx, WIJK, "telegram:1"), []),
}


@pytest.mark.parametrize("what", TAKEN_BACK)
async def test_what_rests_is_sent_once_unless_it_was_taken_back(store: Store, what: str) -> None:
    take_back, left = TAKEN_BACK[what]
    calls: list[int] = []

    async def fate(message: Outgoing) -> Outcome:
        calls.append(message.id)
        if len(calls) > 1:
            return Sent()
        with store.write() as tx:
            take_back(tx)
        return TryLater(0.001, "too many requests")

    async with delivering(store, Letterbox(fate)) as deliverer:
        deliverer.accept(put(store, WAITING))
        await until(lambda: not deliverer._queues)
        await deliverer.flush()
        assert not deliverer._backlog._known
    assert calls == [1, *left]
    assert waiting(store) == 0


async def test_what_came_while_somebody_rests_is_asked_for_too_and_danger_is_not(store: Store) -> None:
    async def fate(message: Outgoing) -> Outcome:
        return TryLater(3600.0) if message.id == 1 else Sent()

    channel = Letterbox(fate)
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(1, 1)]))
        await deliverer.flush()
        deliverer.accept(put(store, [to(1, 2), to(1, 3, edit=5), to(2, 4)]))
        await deliverer.flush()
        with store.write() as tx:
            outbox.drop_for(tx, WIJK, "telegram:1")
        deliverer.accept([to(1, 5, "Bel 112", priority=DANGER)])  # never in the outbox: who asks there does not send it
        await until(lambda: not deliverer._queues)
    assert [one.id for one in channel.posted] == [4, 5]
