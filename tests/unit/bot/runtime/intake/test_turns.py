"""The flood of one chat comes before nobody else's first word, and Telegram's order within a chat stays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.demo.standin.world.world import World
from bot.messages.message import Incoming
from bot.runtime.intake import answers as answers_module
from bot.runtime.intake import arrivals as arrivals_module
from bot.runtime.intake.answers import Answers
from bot.runtime.intake.arrivals import GROUP
from bot.runtime.intake.turns import in_turns
from db.store import Store
from flows.model.heard import Text
from tests.unit.bot.runtime.intake.test_webhook import door, waiting_group
from tests.unit.bot.runtime.line import Parrot, connected, until
from tests.unit.bot.runtime.running import running, texts

pytestmark = pytest.mark.both_stores

BUSY, QUIET = 1001, range(2001, 2011)


def said(id: int, chat: int) -> Incoming:
    return Incoming("telegram", id, f"telegram:{chat}", f"telegram:{chat}", Text(str(id)), query=str(id))


def test_the_first_of_every_chat_comes_before_the_second_of_any() -> None:
    chats = [1, 1, 1, 2, 1, 3, 2, 1]
    told = in_turns([said(id, chat) for id, chat in enumerate(chats)], lambda each: each)
    assert [each.id for each in told] == [0, 3, 5, 1, 6, 2, 4, 7]
    assert in_turns([], lambda each: each) == []


async def test_a_flood_that_was_fetched_is_handled_after_the_first_word_of_others(store: Store) -> None:
    """Nothing is confirmed before all of it is handled, and each chat is heard in its own order."""
    world = World()
    world.bot()
    busy, quiet = world.person(), [world.person() for _ in range(5)]
    for number in range(40):
        busy.say(str(number))
    for person in quiet:
        person.say("een")
        person.say("twee")
    parrot = Parrot(store)
    unconfirmed: list[int] = []
    parrot.trouble = lambda batch: unconfirmed.append(len(world.bot().queue))
    async with running(store, world, parrot) as bot:
        await bot.settle(50)
        await bot.stop()
    (group,) = parrot.groups
    assert unconfirmed == [50]
    assert {each.sender for each in group[:6]} == {f"telegram:{one.id}" for one in (busy, *quiet)}
    assert {each.sender for each in group[6:12]} == {f"telegram:{one.id}" for one in (busy, *quiet)}
    assert texts(busy)[-1] == "39"
    assert [texts(person) for person in quiet] == [["een", "twee"]] * 5


async def test_a_flood_that_is_brought_fills_no_commit_of_others(store: Store) -> None:
    async with door(store) as at:
        gate = asyncio.Event()
        loop = asyncio.get_running_loop()

        def hold(_batch: Sequence[Incoming]) -> None:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(10)

        at.parrot.trouble = hold
        first = asyncio.create_task(at.say(1))
        await until(lambda: waiting_group(first))
        flood = [asyncio.create_task(at.say(10 + number, person=BUSY)) for number in range(GROUP + 20)]
        others = [asyncio.create_task(at.say(1000 + person, person=person)) for person in QUIET]
        for _ in range(200):
            await asyncio.sleep(0)
        gate.set()
        assert await asyncio.gather(first, *flood, *others) == [200] * (1 + len(flood) + len(others))
        _, second, third = at.parrot.groups
        assert {each.sender for each in second} >= {f"telegram:{person}" for person in QUIET}
        heard = [each.id for group in (second, third) for each in group if each.sender == f"telegram:{BUSY}"]
        assert heard == [*range(10, 10 + len(flood))]


async def test_a_flood_that_is_too_much_is_refused_and_others_are_taken(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals_module, "OF_ONE", 5)
    async with door(store) as at:
        gate = asyncio.Event()
        loop = asyncio.get_running_loop()

        def hold(_batch: Sequence[Incoming]) -> None:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(10)

        at.parrot.trouble = hold
        first = asyncio.create_task(at.say(1))
        await until(lambda: waiting_group(first))
        flood = [asyncio.create_task(at.say(10 + number, person=BUSY)) for number in range(9)]
        await until(lambda: sum(one.done() for one in flood) == 4)
        other = asyncio.create_task(at.say(100, person=QUIET[0]))
        gate.set()
        assert sorted(await asyncio.gather(*flood)) == [200] * 5 + [503] * 4
        assert [await first, await other] == [200, 200]
        assert await at.say(18, person=BUSY) == 200, "and when it comes again, it is taken"


async def test_the_taps_of_one_chat_leave_room_for_the_answers_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_module, "OF_ONE", 3)
    asked: list[str] = []
    world = World()
    async with connected(world) as channel:

        async def answer(query: str, text: str = "", *, alert: bool = False) -> bool:
            asked.append(query)
            return True

        monkeypatch.setattr(channel, "answer", answer)
        answers = Answers(channel)
        for id in range(10):
            answers.give(said(id, BUSY))
        answers.give(said(10, QUIET[0]))
        await answers.finish()
        answers.give(said(11, BUSY))
        await answers.finish()
        assert not answers._of_one
    assert asked == ["0", "1", "2", "10", "11"]
