"""The outbox goes out: in order, side by side, at the rate that is allowed, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from bot.demo.phones.person import Person
from bot.demo.standin.world.world import World
from bot.handle import Handle
from bot.messages.message import NOTICE, REPORT, Button, Outgoing, from_dict, from_row, to_dict, to_row
from bot.messages.ticks import Tick, Ticked, Unreachable
from bot.runtime.backoff import doubling
from bot.runtime.channel import Carrier, Outcome, Refused, Sent, TryLater
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.delivery.rate_limit import RateLimit, Rates
from bot.runtime.telegram.channel import Telegram
from bot.runtime.writer import Writer
from db.leads import views
from db.people import conversations
from db.queue import outbox
from db.store import Store, Tx
from tests.simulated import CONTENT
from tests.unit.bot.runtime.clockwork import Clockwork
from tests.unit.bot.runtime.line import OPEN, UNLIMITED, WIJK, at_once, connected, nobody, put, until, waiting
from tests.unit.db.examples import a_lead

pytestmark = pytest.mark.both_stores


class Letterbox:
    """A channel in the same room: keeps what is posted, and lets a test say what happens to each message."""

    def __init__(self, fate: Callable[[Outgoing], Awaitable[Outcome]] | None = None) -> None:
        self.posted: list[Outgoing] = []
        self.under_way = 0
        self.most_under_way = 0
        self.fate = fate

    async def send(self, message: Outgoing) -> Outcome:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            outcome = await self.fate(message) if self.fate else Sent()
        finally:
            self.under_way -= 1
        if isinstance(outcome, Sent):
            self.posted.append(message)
        return outcome

    def ids(self, person: int) -> list[int]:
        return [one.id for one in self.posted if one.to == f"telegram:{person}"]


def to(person: int, id: int, said: str = "", **more: Any) -> Outgoing:
    return Outgoing(id, f"telegram:{person}", said or f"bericht {id}", **more)


@asynccontextmanager
async def delivering(store: Store, channel: Carrier, **ways: Any) -> AsyncIterator[Deliverer]:
    writer = Writer()
    usual = {"tick": nobody, "rate_limit": UNLIMITED, "backoff": at_once}
    deliverer = Deliverer(store, WIJK, channel, writer, **{**usual, **ways})
    await deliverer.start()
    try:
        yield deliverer
    finally:
        await deliverer.close()
        writer.close()


def texts(person: Person) -> list[str]:
    """What the bot said in that chat."""
    return [one["text"] for one in person.chat().shown if one["from"]["is_bot"]]


def stored(store: Store, person: Person) -> conversations.Conversation:
    key = f"telegram:{person.id}"
    with store.read() as tx:
        return conversations.look(tx, WIJK, [key])[key]


@pytest.fixture
async def line() -> AsyncIterator[tuple[World, Telegram]]:
    world = World()
    async with connected(world) as channel:
        yield world, channel


async def eventually(deliverer: Deliverer, store: Store) -> None:
    """Returns when the outbox is empty; TimeoutError after ten seconds."""
    async with asyncio.timeout(60):
        while await asyncio.to_thread(waiting, store):
            await deliverer.flush()


def test_a_message_comes_out_of_the_outbox_as_it_went_in() -> None:
    plain = Outgoing(1, "telegram:1001", "Dag")
    full = Outgoing(2, "telegram:1", "Dag", ((Button("a", "b"), Button("c", url="https://d")),), 5, True, "e", True)
    about = Outgoing(3, "telegram:1", "Dag", priority=NOTICE, lead=7, view=True, replaces="typed")
    for message in (plain, full, about):
        assert from_row(to_row(message)) == message
    assert to_dict(plain) == {"text": "Dag"}
    assert from_dict(3, "telegram:1", to_dict(plain), NOTICE).priority == NOTICE


async def test_a_lead_that_is_shown_in_a_new_message_is_known_there(store: Store) -> None:
    """Also where an edit became a new message, because the old one was gone."""

    async def fate(message: Outgoing) -> Outcome:
        return Sent({1: 71, 2: 72, 3: None, 4: 74}[message.id])

    with store.write() as tx:
        lead = a_lead(tx, WIJK).id
        people = [conversations.Conversation(f"telegram:{member}") for member in range(2001, 2005)]
        conversations.save(tx, WIJK, people, datetime.now(UTC))
    showing = [
        to(2001, 1, lead=lead, view=True),
        to(2002, 2, edit=5, lead=lead, view=True),
        to(2003, 3, edit=6, lead=lead, view=True),
        to(2004, 4, lead=lead),
    ]
    put(store, showing)
    async with delivering(store, Letterbox(fate)) as deliverer:
        await eventually(deliverer, store)
    with store.read() as tx:
        assert views.of_lead(tx, WIJK, lead) == [(lead, "telegram:2001", 71), (lead, "telegram:2002", 72)]


async def test_what_was_committed_arrives_and_leaves_the_outbox(store: Store, line: tuple[World, Telegram]) -> None:
    world, channel = line
    fatma = world.person()
    fatma.start()
    key = f"telegram:{fatma.id}"
    with store.write() as tx:
        conversations.save(tx, WIJK, [conversations.Conversation(key)], datetime.now(UTC))
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(fatma.id, 1, "Dag", buttons=OPEN, card=True)]))
        await deliverer.flush()
        assert texts(fatma) == ["Dag"]
        assert waiting(store) == 0
        assert stored(store, fatma).card == fatma.chat().last["message_id"]


async def test_an_edit_that_nobody_takes_along_is_noted_after_a_quiet_time(store: Store) -> None:
    async with delivering(store, Letterbox()) as deliverer:
        deliverer.accept(put(store, [to(1, 1, edit=5)]))
        await until(lambda: waiting(store) == 0)


async def test_a_message_that_was_sent_does_not_wait_to_be_noted(store: Store) -> None:
    async def made(message: Outgoing) -> Outcome:
        return Sent(77) if message.edit is None else Sent()

    async with delivering(store, Letterbox(made)) as deliverer:
        deliverer._results._quiet = 3600.0
        deliverer.accept(put(store, [to(1, 1, edit=5), to(1, 2)]))
        await until(lambda: waiting(store) == 0)


async def test_one_person_is_served_in_order_and_others_side_by_side(store: Store) -> None:
    together = asyncio.Barrier(20)

    async def meet(message: Outgoing) -> Outcome:
        if message.id < 100:
            await together.wait()
        return Sent()

    channel = Letterbox(meet)
    messages = [to(person, person + 100 * k) for k in range(5) for person in range(20)]
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, messages))
        await asyncio.wait_for(deliverer.flush(), 60)
    assert channel.most_under_way == 20
    for person in range(20):
        assert channel.ids(person) == [person + 100 * k for k in range(5)]
    assert waiting(store) == 0


async def test_a_busy_chat_does_not_hold_the_slots(store: Store) -> None:
    stuck = asyncio.Event()

    async def fate(message: Outgoing) -> Outcome:
        if message.to == "telegram:1":
            await stuck.wait()
        return Sent()

    channel = Letterbox(fate)
    busy = [to(1, id) for id in range(50)]
    others = [to(person, 1000 + person) for person in range(2, 30)]
    async with delivering(store, channel, slots=2) as deliverer:
        deliverer.accept(put(store, busy + others))
        await until(lambda: waiting(store) == len(busy))
        assert len(channel.posted) == len(others)
        assert channel.most_under_way == 2
        stuck.set()
        await deliverer.flush()
    assert channel.ids(1) == list(range(50))


async def test_after_a_restart_only_the_newest_edit_of_a_message_is_sent(
    store: Store, line: tuple[World, Telegram]
) -> None:
    world, channel = line
    fatma = world.person()
    fatma.start()
    card = await channel.send(to(fatma.id, 1, "vraag 1"))
    assert isinstance(card, Sent)
    put(store, [
        to(fatma.id, 2, "vraag 2", edit=card.message_id),
        to(fatma.id, 3, "een bericht tussendoor"),
        to(fatma.id, 4, "vraag 3", edit=card.message_id),
    ])  # fmt: skip
    async with delivering(store, channel) as deliverer:
        await deliverer.flush()
    assert texts(fatma) == ["vraag 3", "een bericht tussendoor"]
    assert waiting(store) == 0
    assert len(channel_edits(world)) == 1


async def test_after_a_restart_a_card_that_was_tapped_already_is_not_sent_again(
    store: Store, line: tuple[World, Telegram]
) -> None:
    world, channel = line
    fatma = world.person()
    fatma.start()
    card = await channel.send(to(fatma.id, 1, "vraag 1"))
    assert isinstance(card, Sent)
    put(store, [
        to(fatma.id, 1, "vraag 1", card=True, replaces="card"),
        to(fatma.id, 2, "een bericht tussendoor"),
        to(fatma.id, 3, "vraag 2", card=True, edit=card.message_id),
    ])  # fmt: skip
    async with delivering(store, channel) as deliverer:
        await deliverer.flush()
    assert texts(fatma) == ["vraag 2", "een bericht tussendoor"]
    assert waiting(store) == 0


def channel_edits(world: World) -> list[dict[str, Any]]:
    """Every edit of the bot that a phone saw."""
    return [one for chat in world.bot().chats.values() for one in chat.shown if "edit_date" in one]


async def test_too_many_requests_move_only_that_person(store: Store, line: tuple[World, Telegram]) -> None:
    world, channel = line
    fatma, jan = world.person(), world.person()
    fatma.start()
    jan.start()
    world.bot().faults.flood(fatma.id, retry_after=60)
    before = datetime.now(UTC)
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(fatma.id, 1), to(jan.id, 2), to(fatma.id, 3)]))
        await deliverer.flush()
        deliverer.accept(put(store, [to(jan.id, 4), to(fatma.id, 5)]))
        await deliverer.flush()
        assert texts(jan) == ["bericht 2", "bericht 4"]
        assert texts(fatma) == []
    with store.read() as tx:
        assert outbox.due(tx, WIJK, before + timedelta(seconds=50), 10) == []
        late = outbox.due(tx, WIJK, before + timedelta(seconds=70), 10)
    assert [(one.id, one.tries) for one in late] == [(1, 1), (3, 0), (5, 0)]

    world.bot().faults.clear()
    async with delivering(store, channel) as early:
        await early.flush()
    assert texts(fatma) == []
    async with delivering(store, channel, now=lambda: before + timedelta(seconds=70)) as later:
        await later.flush()
    assert texts(fatma) == ["bericht 1", "bericht 3", "bericht 5"]


def held(rates: Rates | None = None) -> tuple[Clockwork, partial[RateLimit]]:
    """A clock that is turned by hand, and a rate limit that goes by it."""
    clock = Clockwork()
    return clock, partial(RateLimit, rates=rates, clock=clock, call_later=clock.call_later)


async def turn_on(clock: Clockwork, deliverer: Deliverer) -> None:
    """On to the next moment at which somebody may go, when everybody has gone who could."""
    await until(lambda: not deliverer._running)
    clock.on()


async def test_a_burst_keeps_telegrams_limit_and_an_answer_goes_before_the_notices(store: Store) -> None:
    clock, limit = held()
    world = World(clock=clock)
    people = [world.person() for _ in range(100)]
    fatma = world.person()
    async with connected(world) as channel:
        for person in (*people, fatma):
            person.start()
        world.bot().faults.strict(burst=3)
        moments: dict[int, float] = {}

        async def fate(message: Outgoing) -> Outcome:
            outcome = await channel.send(message)
            assert isinstance(outcome, Sent)
            moments[message.id] = clock.now - began
            return outcome

        notices = [to(person.id, id, priority=NOTICE) for id, person in enumerate([*people, *people], start=1)]
        began = clock.now
        async with delivering(store, Letterbox(fate), rate_limit=limit) as deliverer:
            deliverer.accept(put(store, [*notices, to(fatma.id, 201, "verslag", priority=REPORT)]))
            while len(moments) < 45:
                await turn_on(clock, deliverer)
            # As many went as may. Now fatma asks something, and so does somebody with a notice waiting.
            asks, asked = people[99], clock.now - began
            deliverer.accept(put(store, [to(fatma.id, 202, "antwoord"), to(asks.id, 203, "antwoord")]))
            while len(moments) < 203:
                await turn_on(clock, deliverer)
                await until(lambda: not deliverer._running)
            await deliverer.flush()
    assert waiting(store) == 0
    assert max(moments[202], moments[203]) - asked < 0.2
    assert moments[201] == max(moments.values())
    assert texts(fatma) == ["antwoord", "verslag"]
    assert texts(asks) == ["antwoord", "bericht 100", "bericht 200"]
    assert 6.5 < moments[201] < 6.8  # 203 at thirty a second, the first five at once


async def test_a_card_follows_at_once_while_new_messages_are_held(store: Store) -> None:
    clock, limit = held(Rates(overall=1))
    channel = Letterbox()
    async with delivering(store, channel, rate_limit=limit) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(1, 2), to(2, 3, priority=NOTICE), to(1, 4, priority=NOTICE)]))
        await deliverer.flush()
        assert [one.id for one in channel.posted] == [1]
        for id in range(10, 20):
            deliverer.accept(put(store, [to(1, id, edit=5, card=True), to(2, id + 10, edit=6)]))
            await deliverer.flush()
        assert (channel.ids(1), channel.ids(2)) == ([1, *range(10, 20)], list(range(20, 30)))
        for _ in range(3):
            await turn_on(clock, deliverer)
        await deliverer.flush()
    assert [one.id for one in channel.posted][-3:] == [2, 3, 4]
    assert waiting(store) == 0


async def test_a_card_that_is_held_is_not_sent_when_the_old_one_shows_the_question_already(store: Store) -> None:
    clock, limit = held(Rates(burst=1))
    channel = Letterbox()
    async with delivering(store, channel, rate_limit=limit) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(1, 2, card=True, replaces="card"), to(1, 3)]))
        await deliverer.flush()
        deliverer.accept(put(store, [to(1, 4, card=True, edit=5)]))
        await deliverer.flush()
        assert channel.ids(1) == [1, 4]
        await turn_on(clock, deliverer)
        await deliverer.flush()
    assert channel.ids(1) == [1, 4, 3]
    assert waiting(store) == 0


async def test_a_card_that_could_not_be_edited_counts_as_a_new_message(store: Store) -> None:
    async def anew(message: Outgoing) -> Outcome:
        return Sent(77) if message.edit is not None else Sent()

    clock, limit = held(Rates(burst=1))
    channel = Letterbox(anew)
    async with delivering(store, channel, rate_limit=limit) as deliverer:
        deliverer.accept(put(store, [to(1, 1, edit=5), to(1, 2)]))
        await deliverer.flush()
        assert channel.ids(1) == [1]
        await turn_on(clock, deliverer)
        await deliverer.flush()
    assert channel.ids(1) == [1, 2]


async def test_what_was_erased_while_it_was_held_is_not_sent(store: Store) -> None:
    clock, limit = held(Rates(burst=1))
    channel = Letterbox()
    async with delivering(store, channel, rate_limit=limit) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(1, 2, priority=NOTICE), to(1, 3, priority=NOTICE)]))
        await deliverer.flush()
        with store.write() as tx:
            outbox.drop_for(tx, WIJK, "telegram:1")
        deliverer.accept(put(store, [to(1, 4, "Alles is gewist.")]))
        await turn_on(clock, deliverer)
        await turn_on(clock, deliverer)
        await deliverer.flush()
        assert not deliverer._queues
        assert not deliverer._backlog._known
        assert not deliverer._rate_limit._admitted
    assert channel.ids(1) == [1, 4]


async def test_a_store_that_is_away_holds_no_message_back(store: Store) -> None:
    def away(_connection: object) -> None:
        raise OperationalError("begin", {}, Exception("away"))

    clock, limit = held(Rates(burst=1))
    channel = Letterbox()
    async with delivering(store, channel, rate_limit=limit) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(1, 2)]))
        await deliverer.flush()
        event.listen(store.reader, "begin", away)
        await turn_on(clock, deliverer)
        await until(lambda: len(channel.posted) == 2)
        event.remove(store.reader, "begin", away)
    assert waiting(store) == 0


async def test_too_many_requests_give_the_place_to_others(store: Store) -> None:
    async def fate(message: Outgoing) -> Outcome:
        return TryLater(3600.0) if message.to == "telegram:1" else Sent()

    clock, limit = held(Rates(overall=1))
    channel = Letterbox(fate)
    async with delivering(store, channel, rate_limit=limit) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(1, 2), to(2, 3), to(3, 4, priority=NOTICE)]))
        await deliverer.flush()
        for _ in range(2):
            await turn_on(clock, deliverer)
        await deliverer.flush()
        assert (deliverer._rate_limit.waiting, deliverer._rate_limit._admitted) == (0, set())
    assert [one.id for one in channel.posted] == [3, 4]


async def test_a_backlog_of_notices_stands_before_no_answer(store: Store) -> None:
    clock, limit = held(Rates(overall=1, burst=1))
    channel = Letterbox()
    put(store, [to(person, person, priority=NOTICE) for person in range(1, 101)])
    put(store, [to(7, 200), to(300, 201)])
    async with delivering(store, channel, rate_limit=limit, held=8, look_seconds=3600.0) as deliverer:
        await deliverer.flush()
        assert channel.ids(7) == [200]
        assert len(deliverer._backlog._known) == 9
        deliverer.accept(put(store, [to(400, 202), to(400, 203, priority=NOTICE), to(400, 204, edit=5)]))
        await deliverer.flush()
        assert channel.ids(400) == [204]
        while waiting(store):
            await turn_on(clock, deliverer)
            await deliverer.flush()
        assert not deliverer._backlog._known
    sent = [one.id for one in channel.posted]
    assert sent[1:4] == [204, 201, 202]
    assert sent[4:] == [*range(1, 101), 203]


async def test_a_report_waits_for_every_notice_also_for_those_outside_memory(store: Store) -> None:
    clock, limit = held(Rates(overall=1))
    channel = Letterbox()
    put(store, [to(1, 1, priority=REPORT), to(1, 2, priority=REPORT)])
    put(store, [to(person, person, priority=NOTICE) for person in range(10, 30)])
    async with delivering(store, channel, rate_limit=limit, held=4, look_seconds=3600.0) as deliverer:
        await deliverer.flush()
        while waiting(store):
            await turn_on(clock, deliverer)
            await deliverer.flush()
    assert [one.id for one in channel.posted] == [*range(10, 30), 1, 2]


async def test_a_sender_that_goes_by_bells_takes_answers_in_while_it_is_behind(store: Store) -> None:
    clock, limit = held(Rates(overall=1))
    channel = Letterbox()
    put(store, [to(person, person, priority=NOTICE) for person in range(1, 51)])
    async with delivering(store, channel, rate_limit=limit, held=8, look_seconds=3600.0) as deliverer:
        await deliverer.flush()
        for id in (100, 200, 300):
            put(store, [to(id, id), to(900, id + 1, priority=NOTICE)])
            deliverer.nudge()
            await until(lambda n=id: n in deliverer._backlog._known)  # type: ignore[misc]
        while waiting(store):
            await turn_on(clock, deliverer)
            await deliverer.flush()
    sent = [one.id for one in channel.posted]
    assert sent == [1, 100, 200, 300, *range(2, 51), 101, 201, 301]


async def test_whoever_waited_is_served_in_order_when_the_time_has_come(store: Store) -> None:
    refused = [0]

    async def fate(message: Outgoing) -> Outcome:
        if message.id == 1 and refused[0] < 3:
            refused[0] += 1
            return TryLater(0.01, "slow down")
        return Sent()

    channel = Letterbox(fate)
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(1, 2)]))
        await deliverer.flush()
        deliverer.accept(put(store, [to(1, 3)]))
        await eventually(deliverer, store)
    assert channel.ids(1) == [1, 2, 3]
    assert refused == [3]


async def test_a_line_that_breaks_is_tried_again(store: Store, line: tuple[World, Telegram]) -> None:
    world, channel = line
    fatma = world.person()
    fatma.start()
    world.bot().faults.fail(3, code=502, methods=["sendMessage"])
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(fatma.id, 1), to(fatma.id, 2)]))
        await eventually(deliverer, store)
        assert texts(fatma) == ["bericht 1", "bericht 2"]
        world.bot().faults.cut(1, methods=["sendMessage"])
        deliverer.accept(put(store, [to(fatma.id, 3), to(fatma.id, 4)]))
        await eventually(deliverer, store)
    # Telegram has no way to tell that a message is a repeat: it may come twice, and never not at all.
    assert texts(fatma)[2:] == ["bericht 3", "bericht 3", "bericht 4"]


async def test_a_blocked_bot_stops_writing_and_remembers_it(store: Store, line: tuple[World, Telegram]) -> None:
    world, channel = line
    fatma, jan = world.person(), world.person()
    fatma.start()
    jan.start()
    fatma.block()
    with store.write() as tx:
        known = [conversations.Conversation(f"telegram:{one.id}", "nl") for one in (fatma, jan)]
        conversations.save(tx, WIJK, known, datetime.now(UTC))
    async with delivering(store, channel, tick=Handle(CONTENT, store).tick) as deliverer:
        deliverer.accept(put(store, [to(fatma.id, 1), to(fatma.id, 2), to(jan.id, 3)]))
        await deliverer.flush()
        assert (texts(fatma), texts(jan)) == ([], ["bericht 3"])
        assert waiting(store) == 0
        assert stored(store, fatma).blocked is True
        assert stored(store, jan).blocked is False
        fatma.unblock()
        deliverer.accept(put(store, [to(fatma.id, 4)]))
        await deliverer.flush()
    assert texts(fatma) == ["bericht 4"]


@pytest.mark.parametrize("given", [True, False], ids=["given", "read from the outbox"])
async def test_what_comes_of_somebody_who_left_goes_out_too(
    store: Store, line: tuple[World, Telegram], given: bool
) -> None:
    world, channel = line
    fatma, ans = world.person(), world.person()
    fatma.start()
    ans.start()
    fatma.block()

    def left(tick: Tick, within: Tx | None = None) -> Ticked:
        assert isinstance(tick, Unreachable)
        with store.write() as tx:
            outbox.drop_for(tx, WIJK, tick.person)
        return Ticked(put(store, [to(ans.id, 3)]))

    async with delivering(store, channel, tick=left, look_seconds=3600) as deliverer:
        made = put(store, [to(fatma.id, 1), to(ans.id, 2)])
        if given:
            deliverer.accept(made)
        else:
            deliverer.nudge()
        await until(lambda: texts(ans) == ["bericht 2", "bericht 3"])


async def test_who_could_not_be_noted_as_gone_is_tried_again_and_holds_up_nobody(
    store: Store, line: tuple[World, Telegram]
) -> None:
    world, channel = line
    fatma, ans = world.person(), world.person()
    fatma.start()
    ans.start()
    fatma.block()
    asked: list[str] = []

    def left(tick: Tick, within: Tx | None = None) -> Ticked:
        assert isinstance(tick, Unreachable)
        asked.append(tick.person)
        if len(asked) == 1:
            raise RuntimeError("no")
        with store.write() as tx:
            outbox.drop_for(tx, WIJK, tick.person)
        return Ticked()

    async with delivering(store, channel, tick=left) as deliverer:
        deliverer.accept(put(store, [to(fatma.id, 1), to(ans.id, 2)]))
        await deliverer.flush()
        assert (waiting(store), texts(ans)) == (1, ["bericht 2"])
        await deliverer._backlog.refill()
        await eventually(deliverer, store)
    assert asked == [f"telegram:{fatma.id}"] * 2


async def test_a_refused_message_is_put_aside_and_the_next_one_goes(store: Store, line: tuple[World, Telegram]) -> None:
    world, channel = line
    fatma = world.person()
    fatma.start()
    wrong = ((Button("x", "é" * 33),),)
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(fatma.id, 1, "geheim", buttons=wrong), to(fatma.id, 2)]))
        await deliverer.flush()
    assert texts(fatma) == ["bericht 2"]
    assert waiting(store) == 0
    with store.read() as tx:
        kept = tx.execute(text("SELECT id, reason FROM undelivered")).all()
    assert [row.id for row in kept] == [1]
    assert "geheim" not in kept[0].reason


async def test_a_fault_of_our_own_does_not_block_a_person_for_ever(store: Store) -> None:
    async def fate(message: Outgoing) -> Outcome:
        if message.id == 1:
            raise LookupError("geheim")
        return Sent()

    channel = Letterbox(fate)
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(1, 1), to(1, 2)]))
        await eventually(deliverer, store)
    assert channel.ids(1) == [2]
    with store.read() as tx:
        (reason,) = tx.execute(text("SELECT reason FROM undelivered")).scalars()
    assert reason.startswith("LookupError at test_deliverer.py")


async def test_edits_of_a_card_that_was_sent_anew_go_to_the_new_one(store: Store, line: tuple[World, Telegram]) -> None:
    world, channel = line
    fatma = world.person()
    fatma.start()
    gone = await channel.send(to(fatma.id, 1, "oud"))
    assert isinstance(gone, Sent)
    assert gone.message_id is not None
    fatma.chat().drop(gone.message_id)
    begun, hold = asyncio.Event(), asyncio.Event()

    async def fate(message: Outgoing) -> Outcome:
        begun.set()
        await hold.wait()
        return await channel.send(message)

    with store.write() as tx:
        conversations.save(tx, WIJK, [conversations.Conversation(f"telegram:{fatma.id}")], datetime.now(UTC))
    async with delivering(store, Letterbox(fate)) as deliverer:
        deliverer.accept(put(store, [to(fatma.id, 2, "vraag 1", edit=gone.message_id, card=True)]))
        await begun.wait()
        deliverer.accept(put(store, [to(fatma.id, 3, "vraag 2", edit=gone.message_id, card=True)]))
        hold.set()
        await deliverer.flush()
    assert waiting(store) == 0
    assert texts(fatma) == ["vraag 2"]
    assert stored(store, fatma).card == fatma.chat().last["message_id"]


async def test_memory_is_bounded_and_a_backlog_still_goes_out_in_order(store: Store) -> None:
    channel = Letterbox()
    put(store, [to(id % 7, id) for id in range(100)])
    async with delivering(store, channel, held=8) as deliverer:
        deliverer.accept(put(store, [to(id % 7, id) for id in range(100, 150)]))
        await eventually(deliverer, store)
        assert len(deliverer._backlog._known) == 0
    for person in range(7):
        assert channel.ids(person) == [id for id in range(150) if id % 7 == person]


async def test_what_others_put_in_the_outbox_is_found(store: Store) -> None:
    channel = Letterbox()
    async with delivering(store, channel, look_seconds=0.01) as deliverer:
        put(store, [to(1, 1)])
        await eventually(deliverer, store)
    assert channel.ids(1) == [1]


async def test_the_same_message_is_taken_once(store: Store) -> None:
    channel = Letterbox()
    async with delivering(store, channel) as deliverer:
        messages = put(store, [to(1, 1), to(2, 2)])
        deliverer.accept(messages)
        deliverer.accept(messages)
        await asyncio.gather(deliverer._backlog.refill(), deliverer._backlog.refill())
        await deliverer.flush()
    assert sorted(one.id for one in channel.posted) == [1, 2]


async def test_results_share_a_commit(store: Store) -> None:
    commits: list[int] = []
    channel = Letterbox()
    async with delivering(store, channel) as deliverer:
        messages = put(store, [to(person, person) for person in range(200)])
        event.listen(store.writer, "commit", lambda connection: commits.append(1))
        deliverer.accept(messages)
        await deliverer.flush()
    assert waiting(store) == 0
    assert 1 <= len(commits) <= 20


async def test_a_store_that_is_away_is_asked_again_and_nothing_goes_out_twice(store: Store) -> None:
    channel = Letterbox()
    away = [3]

    def refuse(connection: object) -> None:
        if away[0]:
            away[0] -= 1
            raise OperationalError("begin", {}, Exception("away"))

    async with delivering(store, channel) as deliverer:
        messages = put(store, [to(1, 1), to(1, 2)])
        event.listen(store.writer, "begin", refuse)
        deliverer.accept(messages)
        await deliverer.flush()
        event.remove(store.writer, "begin", refuse)
    assert away == [0]
    assert channel.ids(1) == [1, 2]
    assert waiting(store) == 0


async def test_closing_leaves_in_the_outbox_what_could_not_be_sent(store: Store) -> None:
    async def fate(message: Outgoing) -> Outcome:
        if message.to == "telegram:1":
            await asyncio.Event().wait()
        return TryLater(3600.0) if message.to == "telegram:2" else Sent()

    channel = Letterbox(fate)
    writer = Writer()
    deliverer = Deliverer(store, WIJK, channel, writer, nobody, UNLIMITED)
    await deliverer.start()
    deliverer.accept(put(store, [to(1, 1), to(1, 2), to(2, 3), to(3, 4)]))
    await until(lambda: waiting(store) == 3)
    await deliverer.close(grace=0.01)
    deliverer.accept(put(store, [to(3, 5)]))
    writer.close()
    assert waiting(store) == 4
    assert channel.ids(3) == [4]


async def test_a_reason_for_refusing_is_no_reason_to_stop_others(store: Store) -> None:
    async def fate(message: Outgoing) -> Outcome:
        return Refused("no") if message.id % 2 else Sent()

    channel = Letterbox(fate)
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(1, id) for id in range(1, 7)]))
        await deliverer.flush()
    assert channel.ids(1) == [2, 4, 6]


def test_pauses_grow_to_their_end_and_are_spread() -> None:
    backoff = doubling(0.5, 30.0)
    for tries, longest in [(1, 0.5), (2, 1.0), (3, 2.0), (10, 30.0), (10_000, 30.0)]:
        some = [backoff(tries) for _ in range(50)]
        assert max(some) <= longest
        assert min(some) >= longest / 2
        assert len(set(some)) > 1
