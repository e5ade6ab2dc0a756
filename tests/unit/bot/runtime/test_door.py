"""🚪 over the Bot API: what is deleted, in which order, and what a crash in between costs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.demo.phones.person import Person
from bot.demo.standin.api.sending import DELETE_SECONDS
from bot.demo.standin.world.chat import buttons_of
from bot.demo.standin.world.world import World
from bot.handle import Handle
from bot.messages.message import NOTHING_LEFT, NOTICE, Incoming, Outgoing, deletions, from_row, to_row
from bot.messages.taps.residents import HideTap
from bot.runtime.channel import Outcome, Sent, TryLater
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.telegram.channel import Telegram
from bot.runtime.writer import Writer
from db.people import addresses
from db.queue import held_messages, outbox, sequence
from db.store import Store
from db.tables import said_messages
from flows.model.heard import Command, Text
from tests.simulated import CONTENT
from tests.unit.bot.demo.standin_line import Clock
from tests.unit.bot.runtime.line import UNLIMITED, WIJK, at_once, connected, until
from tests.unit.bot.runtime.running import serving

NEUTRAL = CONTENT.words.phrase("nl", "door.neutral")
OPEN = CONTENT.words.phrase("nl", "door.open")
HIDE = CONTENT.words.phrase("nl", "nav.hide")


def shown(person: Person) -> list[str]:
    """Everything that stands in that chat."""
    return [one.get("text", "") for one in person.chat().shown]


def tappable(person: Person, label: str) -> bool:
    return any(each["text"] == label for row in buttons_of(person.chat().last) for each in row)


@pytest.mark.both_stores
async def test_the_chat_is_empty_but_for_one_line_and_opens_where_the_person_was(store: Store) -> None:
    """The keyboard at the bottom goes with the message that brought it."""
    world = World()
    world.bot()
    fatma = world.person(first_name="Fatma")
    async with serving(store, world) as bot:

        async def settled(true: Callable[[], bool]) -> None:
            await until(true)
            await bot.deliverer.flush()

        fatma.start()
        await settled(lambda: tappable(fatma, "Nederlands"))
        fatma.tap(fatma.chat().last["message_id"], "Nederlands")
        await settled(lambda: tappable(fatma, "Begin"))
        fatma.say("dag")
        await settled(lambda: "Geeft niet" in fatma.chat().last.get("text", ""))
        fatma.tap(fatma.chat().last["message_id"], HIDE)
        await settled(lambda: shown(fatma) == [NEUTRAL])
        fatma.start()
        await settled(lambda: shown(fatma) == [NEUTRAL, "/start", NEUTRAL])
        fatma.tap(fatma.chat().last["message_id"], OPEN)
        await settled(lambda: tappable(fatma, "Begin"))
        fatma.tap(fatma.chat().last["message_id"], HIDE)
        await settled(lambda: shown(fatma) == [NEUTRAL])


async def test_everything_that_a_person_sends_is_deleted_whatever_its_kind(store: Store) -> None:
    """Words that were changed later too."""
    world = World()
    world.bot()
    fatma = world.person(first_name="Fatma")
    async with serving(store, world) as bot:

        async def settled(true: Callable[[], bool]) -> None:
            await until(true)
            await bot.deliverer.flush()

        fatma.start()
        await settled(lambda: tappable(fatma, "Nederlands"))
        fatma.tap(fatma.chat().last["message_id"], "Nederlands")
        await settled(lambda: tappable(fatma, "Begin"))
        changed = fatma.say("dag")
        fatma.edit(changed, "ik ben bang")
        sent = [fatma.send(kind) for kind in ("photo", "voice", "document", "sticker", "video", "location", "poll")]
        sent.append(fatma.share_contact())
        await settled(lambda: {*sent} <= said_in(store))
        fatma.tap(fatma.chat().last["message_id"], HIDE)
        await settled(lambda: shown(fatma) == [NEUTRAL])


def said_in(store: Store) -> set[int]:
    """The ids of the messages that anybody wrote, as they are remembered."""
    with store.read() as tx:
        return set(tx.execute(select(said_messages.c.message)).scalars())


def said(handle: Handle, number: int, *heard: Command | Text | HideTap) -> list[Outgoing]:
    """Let one person say this, one after another; return what the last leads to."""
    made: list[Outgoing] = []
    for each in heard:
        number += 1
        made = handle([Incoming("telegram", number, "telegram:1001", "telegram:1001", each, said_in=number)])
    return made


class Gate:
    """A channel that holds the first message until it is opened, and keeps what was sent."""

    def __init__(self) -> None:
        self.posted: list[Outgoing] = []
        self.under_way = False
        self.opened = asyncio.Event()

    async def send(self, message: Outgoing) -> Outcome:
        self.under_way = True
        await self.opened.wait()
        self.posted.append(message)
        return Sent(None if message.delete or message.edit else 100 + len(self.posted))


@pytest.mark.both_stores
async def test_what_waits_in_memory_when_the_chat_is_hidden_is_held_and_what_is_under_way_is_deleted(
    store: Store,
) -> None:
    """A question is not held: it is drawn anew when the chat is opened."""
    handle, writer, gate = Handle(CONTENT, store), Writer(), Gate()
    deliverer = Deliverer(store, WIJK, gate, writer, handle.tick, UNLIMITED, backoff=at_once)
    await deliverer.start()
    deliverer.accept(said(handle, 0, Command("start")))
    await until(lambda: gate.under_way)
    with store.write() as tx:
        me = addresses.find(tx, WIJK, "telegram:1001") or ""
        ids = sequence.draw(tx, WIJK, 2)
        news = [Outgoing(id, me, f"nieuws {id}", priority=NOTICE, address="telegram:1001") for id in ids]
        outbox.add(tx, WIJK, [to_row(each) for each in news], datetime.now(UTC))
    deliverer.accept(news)
    deliverer.accept(said(handle, 10, HideTap()))
    gate.opened.set()
    await until(lambda: bool(gate.posted) and bool(gate.posted[-1].delete))
    await deliverer.flush()
    await deliverer.close()
    writer.close()
    assert [bool(each.delete) or each.text == NEUTRAL for each in gate.posted] == [False, True, True]
    assert set(gate.posted[-1].delete) == {101, 1, 11}
    with store.write() as tx:
        assert [from_row(each).text for each in held_messages.take(tx, WIJK, me)] == [each.text for each in news]


@pytest.mark.both_stores
async def test_a_bot_that_is_killed_before_the_line_is_noted_sends_it_again_and_then_deletes(store: Store) -> None:
    world = World()
    async with connected(world) as channel:
        fatma = world.person(1001, "Fatma")
        fatma.start()
        handle = Handle(CONTENT, store)
        await deliver(store, channel, handle, said(handle, 0, Command("start")))
        made = said(handle, 10, HideTap())
        assert isinstance(await channel.send(made[0]), Sent)  # and there the process ends
        await deliver(store, channel, handle, [])
        assert [text for text in shown(fatma) if text != "/start"] == [NEUTRAL, NEUTRAL]
        with store.read() as tx:
            assert outbox.count(tx, WIJK) == 0


async def deliver(store: Store, channel: Telegram, handle: Handle, messages: list[Outgoing]) -> None:
    """Deliver these and what is in the outbox."""
    writer = Writer()
    deliverer = Deliverer(store, WIJK, channel, writer, handle.tick, UNLIMITED, backoff=at_once)
    await deliverer.start()
    deliverer.accept(messages)
    await deliverer.flush()
    await deliverer.close()
    writer.close()


async def test_messages_are_deleted_by_hundreds_and_what_telegram_refuses_stays_alone() -> None:
    """One that is too old spoils its call, which is made again in halves; a 429 is waited for.

    Of the bot's own too old ones nothing is left but a wave; those that people wrote stay.
    """
    clock = Clock()
    world = World(clock=clock)
    account = world.bot()
    fatma = world.person(1001, "Fatma")
    async with connected(world) as channel:
        old = [fatma.say("oud") for _ in range(2)]
        theirs = await channel.send(Outgoing(1, "telegram:1001", "Je schrijft aan Ans."))
        assert isinstance(theirs, Sent)
        assert theirs.message_id is not None
        clock.now += DELETE_SECONDS + 1
        ids = [fatma.say(f"nieuw {number}") for number in range(249)]
        calls = deletions("x", [*old, theirs.message_id, *ids, 10**9])
        assert [len(each.delete) for each in calls] == [100, 100, 53]
        account.faults.fail(code=429, methods=["deleteMessages"])
        for call in calls:
            message = Outgoing(1, "telegram:1001", "", delete=call.delete)
            assert from_row(to_row(message)) == message
            outcome = await channel.send(message)
            if isinstance(outcome, TryLater):
                outcome = await channel.send(message)
            assert outcome == Sent()
        assert shown(fatma) == ["oud", "oud", NOTHING_LEFT]
