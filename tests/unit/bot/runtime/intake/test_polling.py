"""Updates come in: confirmed after the commit, each handled once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.demo.standin.world.world import TOKEN, World
from bot.messages.message import Incoming, Outgoing
from bot.runtime.channel import Sent, TokenRefused
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.intake.batches import INSIST, Batches, Retry
from bot.runtime.intake.poll_lock import AlreadyRunning, only_poller
from bot.runtime.intake.polling import Poller
from bot.runtime.telegram.channel import Telegram
from bot.runtime.writer import Writer
from db.store import Store
from flows.model.heard import Text
from tests.unit.bot.runtime.line import UNLIMITED, WIJK, Parrot, at_once, connected, nobody, outage, until, waiting
from tests.unit.bot.runtime.running import failures, running, serve, sorry, texts

pytestmark = pytest.mark.both_stores


@pytest.fixture
def world() -> World:
    world = World()
    world.bot()
    return world


async def test_a_tap_is_handled_its_card_edited_and_its_query_answered(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        fatma.start("abc")
        await bot.settle(1)
        card = fatma.chat().last
        assert card["text"] == "start abc"
        fatma.tap(card["message_id"], "Tik")
        assert len(fatma.chat().waiting) == 1
        await bot.parrot.heard(2)
        await bot.stop()
    assert fatma.chat().last["message_id"] == card["message_id"]
    assert fatma.chat().last["text"].startswith("yes ")
    assert fatma.chat().waiting == {}
    assert waiting(store) == 0


async def test_what_came_of_an_edit_is_noted_in_the_transaction_of_the_next_turn(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        bot.deliverer._results._quiet = 3600.0
        fatma.start("abc")
        await bot.settle(1)
        card = fatma.chat().last["message_id"]
        for count in (2, 3):
            fatma.tap(card, "Tik")
            await bot.parrot.heard(count)
            await until(lambda: fatma.chat().waiting == {} and not bot.deliverer._running)
            assert await asyncio.to_thread(waiting, store) == 1, "of the last edit, and of no other"
        await bot.stop()
    assert waiting(store) == 0


async def test_what_wanted_to_ride_with_a_turn_that_failed_is_noted_alone(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        bot.deliverer._results._quiet = 3600.0
        fatma.start("abc")
        await bot.settle(1)
        fatma.tap(fatma.chat().last["message_id"], "Tik")
        await bot.parrot.heard(2)
        await until(lambda: fatma.chat().waiting == {} and not bot.deliverer._running)
        assert await asyncio.to_thread(waiting, store) == 1

        def trouble(batch: Sequence[Incoming]) -> None:
            raise ValueError

        bot.parrot.trouble = trouble
        fatma.say("gif")
        await until(lambda: len(failures(store)) == 1 and waiting(store) == 0)


async def test_nothing_is_confirmed_before_it_is_committed(store: Store, world: World) -> None:
    fatma = world.person()
    unconfirmed: list[int] = []
    parrot = Parrot(store)
    parrot.trouble = lambda batch: unconfirmed.append(len(world.bot().queue))
    async with running(store, world, parrot) as bot:
        for number in range(5):
            fatma.say(str(number))
            await parrot.heard(number + 1)
        await bot.stop()
    assert unconfirmed == [1] * 5
    assert texts(fatma) == ["0", "1", "2", "3", "4"]


async def test_what_arrives_together_is_handled_together_and_a_repeat_only_once(store: Store, world: World) -> None:
    people = [world.person() for _ in range(20)]
    for person in people:
        person.say("dag")
    world.bot().faults.double = 7
    async with running(store, world) as bot:
        await bot.parrot.heard(27)
        people[0].say("nog een keer")
        await bot.settle(28)
        world.bot().again(bot.parrot.groups[0][0].id)
        await bot.settle(29)
        await bot.stop()
    assert [len(group) for group in bot.parrot.groups] == [27, 1, 1]
    assert [texts(person) for person in people] == [["dag", "nog een keer"], *[["dag"]] * 19]


async def test_a_restart_hears_again_what_was_not_confirmed_and_does_it_once(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        fatma.say("een")
        await bot.parrot.heard(1)
        bot.poller.stop()
    assert len(world.bot().queue) <= 1
    fatma.say("twee")
    async with running(store, world) as bot:
        await bot.parrot.heard(1)
        await bot.stop()
    assert texts(fatma) == ["een", "twee"]


async def test_an_update_that_cannot_be_handled_is_recorded_and_the_queue_goes_on(store: Store, world: World) -> None:
    fatma, jan = world.person(), world.person()

    def trouble(batch: Sequence[Incoming]) -> None:
        if any(one.heard == Text("gif") for one in batch):
            raise LookupError("gif")

    fatma.say("voor")
    poison = jan.say("gif")
    fatma.say("na")
    parrot = Parrot(store)
    parrot.trouble = trouble
    async with running(store, world, parrot) as bot:
        await parrot.heard(2)
        await bot.stop()
    assert poison
    assert texts(fatma) == ["voor", "na"]
    assert texts(jan) == ["Sorry, dat ging mis."]
    ((_, reason),) = failures(store)
    assert reason.startswith("LookupError at test_polling.py")
    assert "gif" not in reason


async def test_a_tap_is_answered_also_when_its_handling_failed(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        fatma.say("dag")
        await bot.settle(1)

        def trouble(batch: Sequence[Incoming]) -> None:
            if batch[0].query:
                raise LookupError

        bot.parrot.trouble = trouble
        fatma.tap(fatma.chat().last["message_id"], "Tik")
        assert len(fatma.chat().waiting) == 1
        fatma.say("verder")
        await bot.parrot.heard(2)
        await bot.stop()
    assert fatma.chat().waiting == {}
    assert texts(fatma) == ["dag", "Sorry, dat ging mis.", "verder"]


async def test_an_apology_that_fails_stops_nothing(store: Store, world: World) -> None:
    fatma = world.person()
    fatma.say("gif")
    fatma.say("na")

    def trouble(batch: Sequence[Incoming]) -> None:
        if any(one.heard == Text("gif") for one in batch):
            raise LookupError

    parrot = Parrot(store)
    parrot.trouble = trouble
    async with running(store, world, parrot) as bot:
        bot.poller.batches._apology = lambda tx, incoming: [][1]
        await parrot.heard(1)
        await bot.stop()
    assert sorted(texts(fatma)) == ["Even geduld.", "na"], "told without the store"
    assert len(failures(store)) == 1


async def test_an_update_of_a_strange_shape_is_recorded_and_the_queue_goes_on(store: Store, world: World) -> None:
    fatma = world.person()
    strange = world.bot().push("message", {"message_id": 1})
    fatma.say("dag")
    async with running(store, world) as bot:
        await bot.parrot.heard(1)
        await bot.stop()
    assert texts(fatma) == ["dag"]
    assert [row.id for row in failures(store)] == [strange]


async def test_a_store_that_is_away_is_waited_for_and_nothing_is_lost(store: Store, world: World) -> None:
    fatma = world.person()
    away = [4]

    def trouble(batch: Sequence[Incoming]) -> None:
        if away[0]:
            away[0] -= 1
            raise OperationalError("insert", {}, Exception("away"))

    fatma.say("een")
    fatma.say("twee")
    parrot = Parrot(store)
    parrot.trouble = trouble
    async with running(store, world, parrot) as bot:
        await parrot.heard(2)
        await bot.stop()
    assert [len(group) for group in parrot.groups] == [2]
    assert texts(fatma) == ["een", "twee"]
    assert failures(store) == []


async def test_stopping_while_the_store_is_away_confirms_nothing(store: Store, world: World) -> None:
    fatma = world.person()
    fatma.say("dag")
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def trouble(batch: Sequence[Incoming]) -> None:
        loop.call_soon_threadsafe(asked.set)
        raise OperationalError("insert", {}, Exception("away"))

    parrot = Parrot(store)
    parrot.trouble = trouble
    async with running(store, world, parrot) as bot:
        await asyncio.wait_for(asked.wait(), 60)
        await bot.stop()
    assert len(world.bot().queue) == 1
    async with running(store, world) as bot:
        await bot.parrot.heard(1)
        await bot.stop()
    assert texts(fatma) == ["dag"]


async def test_trouble_on_the_line_passes(store: Store, world: World) -> None:
    fatma = world.person()
    fatma.say("een")
    world.bot().faults.fail(3, code=502, methods=["getUpdates"])
    world.bot().faults.cut(2, methods=["getUpdates"])
    async with running(store, world) as bot:
        await bot.parrot.heard(1)
        fatma.say("twee")
        await bot.parrot.heard(2)
        await bot.stop()
    assert texts(fatma) == ["een", "twee"]


async def test_another_poller_is_a_line_in_the_log_and_not_the_end(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        fatma.say("een")
        await bot.parrot.heard(1)
        other = Telegram(TOKEN, bot.channel._bot.base_url.partition("/bot")[0])
        await other.open()
        await asyncio.gather(other.updates(None, 0), return_exceptions=True)
        await other.close()
        fatma.say("twee")
        await bot.parrot.heard(2)
        await bot.stop()
    assert texts(fatma) == ["een", "twee"]


async def test_a_token_that_telegram_does_not_know_ends_the_bot_at_once(store: Store, world: World) -> None:
    writer = Writer()
    async with connected(world, token="123456:nobody-knows-this-token") as channel:
        deliverer = Deliverer(store, WIJK, channel, writer, nobody, UNLIMITED, backoff=at_once)
        batches = Batches(
            store, WIJK, channel, writer, Parrot(store), sorry, outage(channel), Retry(at_once), deliverer.accept
        )
        poller = Poller(channel, batches, backoff=at_once)
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(serve(poller, deliverer), 60)
    writer.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_what_is_in_hand_end(store: Store, world: World, number: signal.Signals) -> None:
    fatma = world.person()
    fatma.say("in de hand")
    parrot = Parrot(store)
    parrot.trouble = lambda batch: os.kill(os.getpid(), number)
    async with running(store, world, parrot) as bot:
        await asyncio.wait_for(bot.task, 60)
    assert texts(fatma) == ["in de hand"]
    assert waiting(store) == 0


async def test_an_idle_bot_stops_at_once(store: Store, world: World) -> None:
    async with running(store, world) as bot:
        await until(lambda: bot.poller._poll is not None)
        async with asyncio.timeout(30):
            await bot.stop()
        assert bot.poller._poll is None


async def test_after_a_quiet_time_no_offset_is_asked_because_ids_may_begin_anew(store: Store, world: World) -> None:
    asked: list[int | None] = []

    class Watched(Telegram):
        async def updates(self, offset: int | None, seconds: int) -> list[dict[str, Any]]:
            asked.append(offset)
            if len(asked) == 4:
                poller.stop()
            return await super().updates(offset, 0)

    fatma = world.person()
    fatma.say("een")
    writer = Writer()
    async with connected(world) as line:
        channel = Watched(TOKEN, line._bot.base_url.partition("/bot")[0])
        await channel.open()
        deliverer = Deliverer(store, WIJK, channel, writer, nobody, UNLIMITED)
        batches = Batches(store, WIJK, channel, writer, Parrot(store), sorry, outage(channel), INSIST, deliverer.accept)
        poller = Poller(channel, batches)
        await asyncio.wait_for(serve(poller, deliverer), 60)
        await channel.close()
    writer.close()
    first = next(iter(world.bot().confirmed))["update_id"]
    assert asked == [None, first + 1, None, None]


async def test_a_slow_chat_does_not_keep_others_from_being_heard(store: Store, world: World) -> None:
    fatma, jan = world.person(), world.person()
    fatma.start()
    world.bot().faults.flood(fatma.id, retry_after=3600)
    async with running(store, world) as bot:
        await bot.parrot.heard(1)
        for number in range(5):
            jan.say(str(number))
            await bot.settle(2 + number)
        assert texts(jan) == ["0", "1", "2", "3", "4"]
        assert texts(fatma) == []
    assert waiting(store) == 1


async def test_what_an_earlier_run_left_is_delivered_at_the_start(store: Store, world: World) -> None:
    fatma = world.person()
    fatma.say("dag")
    parrot = Parrot(store)
    async with connected(world) as channel:
        heard = [channel.hear(update) for update in await channel.updates(None, 0)]
        await asyncio.to_thread(parrot, [one for one in heard if one is not None])
    assert (waiting(store), texts(fatma)) == (1, [])
    async with running(store, world) as bot:
        await bot.parrot.heard(1)
        await bot.stop()
    assert (waiting(store), texts(fatma)) == (0, ["dag"])


def test_two_pollers_with_one_token_refuse_and_two_tokens_do_not(tmp_path: Path) -> None:
    with only_poller(tmp_path, TOKEN):
        with only_poller(tmp_path, "1:another"):
            pass
        with pytest.raises(AlreadyRunning, match="already runs"), only_poller(tmp_path, TOKEN):
            pass
    with only_poller(tmp_path, TOKEN):
        pass
    assert not any(TOKEN.partition(":")[2] in file.name for file in tmp_path.iterdir())


async def test_an_answer_that_was_sent_is_a_new_message(store: Store, world: World) -> None:
    fatma = world.person()
    fatma.start()
    async with connected(world) as channel:
        assert await channel.send(Outgoing(1, f"telegram:{fatma.id}", "x")) == Sent(fatma.chat().last["message_id"])
