"""Danger goes first, whatever waits or hangs, and the same card stands once at the bottom of a chat."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from bot.demo.standin.world.world import World
from bot.messages.message import DANGER, NOTICE, Button, Outgoing
from bot.runtime.channel import Outcome, Sent, TryLater
from bot.runtime.delivery.danger_cards import DangerCards
from bot.runtime.delivery.rate_limit import Rates
from db.store import Store
from tests.unit.bot.runtime.clockwork import Clockwork
from tests.unit.bot.runtime.delivery.test_deliverer import Letterbox, delivering, held, to, turn_on
from tests.unit.bot.runtime.line import connected, put, until, waiting

pytestmark = pytest.mark.both_stores


def gas(person: int, id: int, *, revision: int = 1) -> Outgoing:
    """The card about gas, whose way back names the place where somebody stands."""
    return to(person, id, "Bel 0800-9009", priority=DANGER, buttons=((Button("Verder", f"a.b:_stay:{revision}"),),))


def fire(person: int, id: int) -> Outgoing:
    return to(person, id, "Bel 112", priority=DANGER)


async def test_danger_takes_the_next_place_of_the_bot_and_ends_a_rest(store: Store) -> None:
    async def fate(message: Outgoing) -> Outcome:
        return TryLater(3600.0) if message.id == 6 else Sent()

    clock, limit = held(Rates(overall=1, burst=1))
    channel = Letterbox(fate)
    async with delivering(store, channel, rate_limit=limit, clock=clock) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(1, 2), to(2, 3), to(3, 4, priority=NOTICE)]))
        await deliverer.flush()
        deliverer.accept(put(store, [fire(1, 5), to(4, 6, edit=2)]))
        await deliverer.flush()
        assert [one.id for one in channel.posted] == [1], "it counts in the limit"
        assert list(deliverer._resting) == ["telegram:4"]
        deliverer.accept(put(store, [fire(4, 7)]))
        await turn_on(clock, deliverer)
        await turn_on(clock, deliverer)
        await deliverer.flush()
        assert [one.id for one in channel.posted] == [1, 5, 7]


async def test_danger_that_comes_while_a_call_of_its_chat_is_held_off_does_not_rest_with_it(store: Store) -> None:
    """Nor does an edit that would be held off again go before it, while it waits for its place in the second."""
    begun, hold = asyncio.Event(), asyncio.Event()

    async def fate(message: Outgoing) -> Outcome:
        if message.id in (1, 2):
            begun.set()
            await hold.wait()
            return TryLater(3600.0)
        return Sent()

    clock, limit = held(Rates(overall=1))
    channel = Letterbox(fate)
    async with delivering(store, channel, rate_limit=limit, clock=clock) as deliverer:
        deliverer.accept(put(store, [to(2, 3)]))
        await deliverer.flush()
        deliverer.accept(put(store, [to(1, 1, edit=5)]))
        await begun.wait()
        deliverer.accept(put(store, [to(1, 2, edit=6), fire(1, 4)]))
        hold.set()
        await deliverer.flush()
        await turn_on(clock, deliverer)
        await until(lambda: channel.ids(1) == [4])


async def test_danger_waits_for_no_call_of_others(store: Store) -> None:
    stuck = asyncio.Event()

    async def fate(message: Outgoing) -> Outcome:
        if message.priority != DANGER:
            await stuck.wait()
        return Sent()

    channel = Letterbox(fate)
    async with delivering(store, channel, slots=2) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(2, 2), to(3, 3)]))
        await until(lambda: channel.under_way == 2)
        deliverer.accept(put(store, [fire(4, 4)]))
        await until(lambda: channel.ids(4) == [4])
        stuck.set()


async def test_the_same_danger_is_told_once_in_ten_seconds_and_another_one_at_once(store: Store) -> None:
    """One chat; the seconds before each cry, what was said then, and which of it was sent."""
    steps: list[tuple[float, list[Outgoing], list[int]]] = [
        (0.0, [gas(1, 1), gas(1, 2), gas(1, 3, revision=9)], [1]),
        (9.9, [gas(1, 4)], []),
        (0.1, [gas(1, 5)], [5]),
        (1.0, [gas(1, 6), fire(1, 7), gas(1, 8)], [7, 8]),  # both gas cards wait: after the fire the bottom is another
        (1.0, [fire(1, 9)], [9]),
        (2.0, [fire(1, 10), to(1, 11, "Tik op knoppen.")], [11]),
        (1.0, [fire(1, 12)], [12]),
        (1.0, [to(1, 13, edit=5)], [13]),
        (1.0, [fire(1, 14)], [14]),
        (1.0, [fire(1, 15)], []),
        (1.0, [replace(fire(1, 16), text="Call 112")], [16]),
        (1.0, [fire(2, 17), fire(1, 18)], [17, 18]),
    ]
    clock = Clockwork()
    channel = Letterbox()
    async with delivering(store, channel, clock=clock) as deliverer:
        for seconds, said, sent in steps:
            clock.pass_by(seconds)
            before = len(channel.posted)
            deliverer.accept(put(store, said))
            await deliverer.flush()
            assert sorted(one.id for one in channel.posted[before:]) == sorted(sent), said
    assert waiting(store) == 0


async def test_a_card_in_reply_to_another_message_is_another_card(store: Store) -> None:
    """Each of them says of its own message that it was not sent."""
    async with delivering(store, channel := Letterbox(), clock=Clockwork()) as deliverer:
        replies = [replace(gas(1, id), reply_to=said) for id, said in ((1, 71), (2, 71), (3, 72))]
        deliverer.accept(put(store, replies))
        await deliverer.flush()
    assert [(one.id, one.reply_to) for one in channel.posted] == [(1, 71), (3, 72)]


async def test_a_cry_that_did_not_arrive_is_sent_again(store: Store) -> None:
    calls: list[int] = []

    async def fate(message: Outgoing) -> Outcome:
        calls.append(message.id)
        return Sent() if len(calls) > 1 else TryLater(0.001)

    async with delivering(store, Letterbox(fate), clock=Clockwork()) as deliverer:
        deliverer.accept(put(store, [gas(1, 1), gas(1, 2)]))
        await until(lambda: not deliverer._queues)
        await deliverer.flush()
    assert calls == [1, 1]
    assert waiting(store) == 0


async def test_five_who_cry_all_the_time_keep_the_bot_within_telegrams_limit(store: Store) -> None:
    """Two hundred and thirty cries in a second, each of another danger than the last: nobody is held off by a 429."""
    clock, limit = held()
    world = World(clock=clock)
    people = [world.person() for _ in range(5)]
    fatma = world.person()
    async with connected(world) as channel:
        for person in (*people, fatma):
            person.start()
        world.bot().faults.strict(per_chat=1.0, burst=6)
        moments: dict[int, float] = {}

        async def fate(message: Outgoing) -> Outcome:
            outcome = await channel.send(message)
            assert isinstance(outcome, Sent)
            moments[message.id] = clock.now - began
            return outcome

        ids = iter(range(1, 1000))
        cries = [(gas if number % 2 else fire)(person.id, next(ids)) for number in range(46) for person in people]
        began = clock.now
        async with delivering(store, Letterbox(fate), rate_limit=limit, clock=clock) as deliverer:
            deliverer.accept(put(store, [*cries, to(fatma.id, 500, "antwoord")]))
            await deliverer.flush()
            assert moments.keys() == {*range(1, 16), 500}
            while clock.now < began + 5.0:
                await turn_on(clock, deliverer)
            await until(lambda: not deliverer._running)
    assert moments[500] == 0.0
    assert Counter(moments.values()) == {0.0: 16, 1.0: 5, 2.0: 5, 3.0: 5, 4.0: 5, 5.0: 5}


def test_what_was_told_is_forgotten_after_ten_seconds() -> None:
    clock = Clockwork()
    cards = DangerCards(clock)
    for person in range(100):
        cards.note(fire(person, person))
        clock.pass_by(1.0)
    assert len(cards._last) == 10
    cards.note(to(99, 200))
    clock.pass_by(10.0)
    cards.note(to(3, 201))
    assert not cards._last
