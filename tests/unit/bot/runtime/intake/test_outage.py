"""While the store is away nobody meets silence: each hears it once, danger first, and the real answer comes later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.demo.phones.person import Person
from bot.demo.standin.world.world import TOKEN, World
from bot.messages.message import Incoming, Outgoing
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import InboxTap, LeadTap
from bot.messages.taps.residents import ReplyTap, SendAnywayTap
from bot.runtime.channel import Outcome, Refused, Sent, TryLater
from bot.runtime.intake import outage as room
from bot.runtime.intake.arrivals import Arrivals
from bot.runtime.intake.batches import GIVE_BACK, Batches
from bot.runtime.intake.outage import PATIENCE, Outage, Unavailable
from bot.runtime.telegram.channel import Telegram
from bot.runtime.writer import Writer
from bot.screens.resident.outage_notice import Notice, OutageNotices
from db.store import Store
from flows.model.heard import Blocked, ChartTap, Command, Contact, Elsewhere, Heard, Media, Text
from flows.texts.fields import CALLED
from tests.e2e.feeder import update_of
from tests.simulated import CONTENT
from tests.unit.bot.runtime.clockwork import Clockwork
from tests.unit.bot.runtime.line import WIJK, Parrot, outage, until, wait_a_moment, waiting
from tests.unit.bot.runtime.running import Running, failures, running, sorry, texts

pytestmark = pytest.mark.both_stores

WAIT, WINDOW, OUT = "Even geduld.", "Even geduld!", "Ga naar buiten."


@pytest.fixture
def world() -> World:
    world = World()
    world.bot()
    return world


@contextmanager
def away(bot: Running[Parrot]) -> Iterator[None]:
    """The store is away in this block, and everybody's patience is at its end at once."""

    def trouble(_batch: Sequence[Incoming]) -> None:
        raise OperationalError("insert", {}, Exception("away"))

    bot.parrot.trouble, bot.outage._patience = trouble, 0.0
    try:
        yield
    finally:
        bot.outage._patience = PATIENCE
        bot.parrot.trouble = lambda _: None


def windows(person: Person) -> list[str]:
    """What stood in a window on this phone, or floated by."""
    return [toast.text for toast in person.chat().toasts if toast.text]


async def with_a_card(bot: Running[Parrot], *people: Person) -> None:
    """Everybody has a card with a button."""
    for person in people:
        person.say("dag")
    await bot.settle(len(people))


async def test_each_hears_it_once_and_gets_the_real_answer_once_in_order(store: Store, world: World) -> None:
    fatma, jan = world.person(), world.person()
    async with running(store, world) as bot:
        await with_a_card(bot, fatma, jan)
        with away(bot):
            fatma.tap(fatma.chat().last["message_id"], "Tik")
            jan.say("een")
            jan.say("twee")
            await until(lambda: windows(fatma) == [WINDOW] and texts(jan) == ["dag", WAIT])
            assert fatma.chat().toasts[-1].alert is True
            assert len(world.bot().queue) == 3, "nothing is confirmed"
        await bot.settle(5)
        await bot.stop()
    assert texts(fatma)[0].startswith("yes ")
    assert windows(fatma) == [WINDOW]
    assert texts(jan) == ["dag", WAIT, "een", "twee"]
    assert (waiting(store), failures(store)) == (0, [])


async def test_who_comes_during_the_outage_hears_it_too_and_stays_unconfirmed(store: Store, world: World) -> None:
    fatma, jan, ans = (world.person() for _ in range(3))
    async with running(store, world) as bot:
        await with_a_card(bot, ans)
        with away(bot):
            fatma.say("een")
            await until(lambda: texts(fatma) == [WAIT])
            jan.say("twee")
            ans.tap(ans.chat().last["message_id"], "Tik")
            await until(lambda: texts(jan) == [WAIT] and windows(ans) == [WINDOW])
            fatma.say("drie")
            assert len(world.bot().queue) == 4
        await bot.settle(5)
        await bot.stop()
    assert (texts(fatma), texts(jan)) == ([WAIT, "een", "drie"], [WAIT, "twee"])
    assert texts(ans)[0].startswith("yes ")


async def test_who_speaks_of_danger_is_told_first_and_also_when_they_heard_of_the_outage(
    store: Store, world: World
) -> None:
    people = [world.person() for _ in range(4)]
    async with running(store, world) as bot:
        for person in people[:3]:
            person.say("dag")
        people[3].say("ik ruik gas")
        with away(bot):
            await until(lambda: all(texts(person) for person in people))
            people[0].say("gas!")
            await until(lambda: texts(people[0]) == [WAIT, OUT])
            people[0].say("gas!!")
            people[1].say("gas")
            await until(lambda: texts(people[1]) == [WAIT, OUT])
            assert texts(people[0]) == [WAIT, OUT]
        await bot.settle(7)
        await bot.stop()
    first = min((person.chat().shown[1]["message_id"], person.id) for person in people)
    assert first[1] == people[3].id
    assert texts(people[3]) == [OUT, "ik ruik gas"]


async def test_a_store_that_hangs_without_a_word_is_noticed(store: Store, world: World) -> None:
    fatma = world.person()
    go_on = threading.Event()
    parrot = Parrot(store)

    def hang(_batch: Sequence[Incoming]) -> None:
        go_on.wait(10)

    async with running(store, world, parrot) as bot:
        parrot.trouble = hang
        bot.outage._patience = 0.0
        fatma.say("dag")
        await until(lambda: texts(fatma) == [WAIT])
        go_on.set()
        await bot.settle(1)
        await bot.stop()
    assert texts(fatma) == [WAIT, "dag"]


async def test_who_cries_while_the_line_hangs_is_answered_and_the_others_keep_their_patience(
    store: Store, world: World
) -> None:
    """The line hangs with somebody else's words; nothing is confirmed, and the real answers come later."""
    fatma, jan = world.person(), world.person()
    go_on, parrot = threading.Event(), Parrot(store)

    def hang(_batch: Sequence[Incoming]) -> None:
        go_on.wait(10)

    async with running(store, world, parrot) as bot:
        parrot.trouble = hang
        bot.outage._patience, bot.outage._danger_patience = 3600.0, 0.0
        fatma.say("dag")
        await until(lambda: bot.outage._telling is not None)
        jan.say("ik ruik gas")
        await until(lambda: texts(jan) == [OUT])
        assert (texts(fatma), len(world.bot().queue)) == ([], 2)
        go_on.set()
        await bot.settle(2)
        await bot.stop()
    assert (texts(fatma), texts(jan)) == (["dag"], [OUT, "ik ruik gas"])


async def test_nobody_is_told_while_the_store_answers_in_time(store: Store, world: World) -> None:
    fatma = world.person()
    away_for = [5]

    def trouble(_batch: Sequence[Incoming]) -> None:
        if away_for[0]:
            away_for[0] -= 1
            raise OperationalError("insert", {}, Exception("away"))

    parrot = Parrot(store)
    parrot.trouble = trouble
    with capture_logs() as log:
        async with running(store, world, parrot) as bot:
            fatma.say("dag")
            await bot.settle(1)
            await bot.stop()
    assert texts(fatma) == ["dag"]
    assert [line["event"] for line in log].count("the store is away") == 5
    assert not any("told" in line["event"] for line in log)


async def test_the_next_outage_is_told_again(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        for number in (1, 2):
            with away(bot):
                fatma.say(str(number))
                await until(lambda n=number: texts(fatma).count(WAIT) == n)  # type: ignore[misc]
            await bot.settle(number)
        await bot.stop()
    assert texts(fatma) == [WAIT, "1", WAIT, "2"]


async def test_a_notice_that_did_not_arrive_is_tried_again(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        world.bot().faults.fail(2, code=502, methods=["sendMessage"])
        world.bot().faults.fail(2, code=502, methods=["getUpdates"])
        with away(bot):
            fatma.say("dag")
            await until(lambda: texts(fatma) == [WAIT])
        await bot.settle(1)
        await bot.stop()
    assert texts(fatma) == [WAIT, "dag"]


async def test_a_tap_that_is_too_old_for_a_window_gets_a_message(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        await with_a_card(bot, fatma)
        with away(bot):
            world.bot().queries.clear()
            world.bot().faults.fail(2, code=502, methods=["answerCallbackQuery"])
            fatma.tap(fatma.chat().last["message_id"], "Tik")
            await until(lambda: texts(fatma)[-1] == WAIT)
        await bot.settle(2)
        await bot.stop()
    assert windows(fatma) == []


async def test_stopping_in_an_outage_ends_at_once_and_the_next_start_answers(store: Store, world: World) -> None:
    fatma = world.person()
    async with running(store, world) as bot:
        with away(bot):
            fatma.say("dag")
            await until(lambda: texts(fatma) == [WAIT])
            await bot.stop()
        assert bot.outage._telling is None
    assert len(world.bot().queue) == 1
    async with running(store, world) as bot:
        await bot.settle(1)
    assert texts(fatma) == [WAIT, "dag"]


async def test_the_log_says_when_it_began_and_ended_and_how_many_were_told(store: Store, world: World) -> None:
    fatma, jan = world.person(first_name="Fatma"), world.person(first_name="Jan")
    with capture_logs() as log:
        async with running(store, world) as bot:
            with away(bot):
                fatma.say("geheim, ik ruik gas")
                jan.say("geheim")
                await until(lambda: texts(fatma) == [OUT] and texts(jan) == [WAIT])
                await until(lambda: any(line["event"] == "the store is away" for line in log))
            await bot.settle(2)
            await bot.stop()
    lines = {line["event"]: line for line in log}
    assert lines["people wait for the store and are told so"]["log_level"] == "error"
    assert lines["the store is away"]["log_level"] == "error"
    assert lines["the store is away"]["error"].startswith("OperationalError at")
    assert lines["the store is back"]["told"] == 2
    for secret in ("geheim", "gas", "Fatma", "Jan", TOKEN, str(fatma.id)):
        assert secret not in str(log)


# ---------------------------------------------------------------- webhooks


class Phones:
    """A channel that writes down who got what; `fate` is what becomes of a message."""

    name = "telegram"

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.fate: Outcome = Sent(1)

    def hear(self, update: Mapping[str, Any], /) -> Incoming | None:
        raise AssertionError("here the updates come in another way")

    async def send(self, message: Outgoing) -> Outcome:
        self.got.append((message.to, message.text))
        return self.fate

    async def answer(self, query: str, text: str = "", *, alert: bool = False) -> bool:
        self.got.append((query, text))
        return True


def said(person: int, heard: Heard, query: str | None = None) -> Incoming:
    address = f"telegram:{person}"
    return Incoming("telegram", person, address, address, heard, query=query)


async def told(told: Outage) -> None:
    """Returns when everybody was told who is to be told now."""
    await until(lambda: told._telling is None)


async def refused(told: Outage, *waiting: Incoming) -> None:
    """These people's update was not taken."""
    for one in waiting:
        with pytest.raises(Unavailable), told.watching([one]):
            raise Unavailable


async def test_with_webhooks_each_is_told_once_however_often_the_update_comes(store: Store) -> None:
    phones, parrot, writer = Phones(), Parrot(store), Writer()
    told_by = outage(phones, patience=0.0)
    channel = Telegram("123:abc")
    take = Arrivals(Batches(store, WIJK, channel, writer, parrot, sorry, told_by, GIVE_BACK, lambda _: None))

    def trouble(_batch: Sequence[Incoming]) -> None:
        raise OperationalError("insert", {}, Exception("away"))

    parrot.trouble = trouble
    with capture_logs() as log:
        for _ in range(5):
            for number, person in ((1, 1001), (2, 1002)):
                with pytest.raises(Unavailable):
                    await take.take(update_of(number, person, Text("dag")))
        await told(told_by)
        assert phones.got == [("telegram:1001", WAIT), ("telegram:1002", WAIT)]
        told_by._patience, parrot.trouble = PATIENCE, lambda _: None
        for number, person in ((1, 1001), (2, 1002)):
            await take.take(update_of(number, person, Text("dag")))
    assert waiting(store) == 2
    assert phones.got[2:] == []
    assert [line["told"] for line in log if line["event"] == "the store is back"] == [2]
    writer.close()


async def test_an_update_that_is_refused_again_and_again_is_told_when_patience_ends() -> None:
    phones = Phones()
    told_by = outage(phones, patience=3600.0)
    await refused(told_by, said(1, Text("dag")), said(2, Text("dag")))
    assert phones.got == []
    assert told_by._since is not None
    told_by._since -= 3600.0
    await refused(told_by, said(1, Text("dag")))
    await told(told_by)
    assert phones.got == [("telegram:1", WAIT)]


async def test_what_is_remembered_in_an_outage_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 5)
    phones = Phones()
    told_by = outage(phones, patience=0.0)
    for _ in range(2):
        await refused(told_by, *(said(person, Text("dag")) for person in range(20)))
        await told(told_by)
    assert len(phones.got) == len(told_by._told) == 5
    with told_by.watching([]):
        pass
    assert told_by._told == set()


async def test_who_blocked_the_bot_is_not_asked_again_and_a_fault_of_ours_stops_nobody() -> None:
    phones = Phones()
    phones.fate = Refused("no")

    def broken(incoming: Incoming) -> Notice | None:
        if incoming.sender == "telegram:1":
            raise LookupError("geheim")
        return wait_a_moment(incoming)

    told_by = Outage(phones, broken, patience=0.0)
    with capture_logs() as log:
        for _ in range(2):
            await refused(told_by, said(1, Text("dag")), said(2, Text("dag")))
            await told(told_by)
    assert phones.got == [("telegram:2", WAIT)]
    assert "geheim" not in str(log)
    phones.fate = TryLater(5.0)
    for count in (2, 3):
        await refused(told_by, said(3, Text("dag")))
        await told(told_by)
        assert len(phones.got) == count


# ---------------------------------------------------------------- danger waits for nothing


def by(clock: Clockwork, phones: Phones) -> Outage:
    """What tells people, with the real charts, by this clock."""
    return Outage(phones, OutageNotices(CONTENT), look_seconds=0.001, clock=clock, call_later=clock.call_later)


def cry(id: int, words: str = "ik ruik gas", person: int = 1) -> Incoming:
    return replace(said(person, Text(words)), id=id)


def chats(phones: Phones) -> list[str]:
    return [chat for chat, _ in phones.got]


async def test_who_speaks_of_danger_waits_one_second_for_a_store_that_says_nothing() -> None:
    clock, phones = Clockwork(), Phones()
    told_by = by(clock, phones)
    with told_by.watching([said(1, Text("dag")), said(2, Text("ik ruik gas"))]):
        clock.pass_by(0.99)
        assert told_by._telling is None
        clock.pass_by(0.01)
        await told(told_by)
        assert chats(phones) == ["telegram:2"]
        assert "0800-9009" in phones.got[0][1]
        clock.pass_by(PATIENCE - 1.0)
        await told(told_by)
        assert chats(phones) == ["telegram:2", "telegram:1"]


async def test_who_cries_while_the_store_says_nothing_is_found_before_others_lose_their_patience() -> None:
    clock, phones = Clockwork(), Phones()
    told_by = by(clock, phones)

    async def look() -> Sequence[Incoming]:
        return [said(1, Text("dag")), said(2, Text("ik ruik gas"))]

    with capture_logs() as log:
        with told_by.watching([said(3, Text("dag"))], look):
            clock.pass_by(1.0)
            await until(lambda: chats(phones) == ["telegram:2"])
            clock.pass_by(PATIENCE - 1.0)
            await until(lambda: len(phones.got) == 3)
        assert told_by._telling is None
    assert chats(phones) == ["telegram:2", "telegram:3", "telegram:1"]
    assert [line["told"] for line in log if line["event"] == "the store is back"] == [3]


async def test_a_store_that_was_slow_for_a_moment_with_nobody_in_danger_is_not_worth_a_line() -> None:
    clock, phones = Clockwork(), Phones()
    told_by = by(clock, phones)

    async def look() -> Sequence[Incoming]:
        return [said(1, Text("dag"))]

    with capture_logs() as log, told_by.watching([said(3, Text("dag"))], look):
        clock.pass_by(1.5)
        for _ in range(20):
            await asyncio.sleep(0)
    assert (told_by._telling, phones.got, log) == (None, [], [])


async def test_every_cry_in_an_outage_is_answered_and_the_same_card_comes_once_in_ten_seconds() -> None:
    clock, phones = Clockwork(), Phones()
    told_by = by(clock, phones)

    async def cards_after(*waiting: Incoming) -> int:
        told_by.alarm(waiting)
        await told(told_by)
        return len(phones.got)

    assert await cards_after(cry(1)) == 1
    clock.pass_by(9.0)
    assert await cards_after(cry(2)) == 1
    clock.pass_by(1.0)
    assert await cards_after(cry(1), cry(2)) == 1, "these were answered"
    assert await cards_after(cry(3)) == 2
    assert await cards_after(cry(4, "brand!")) == 3, "another danger waits for nothing"
    assert await cards_after(cry(5)) == 4, "the first card is no longer at the bottom"
    assert await cards_after(cry(6, person=2)) == 5
    phones.fate = TryLater(5.0)
    assert await cards_after(cry(7, person=3)) == 6
    assert await cards_after(cry(7, person=3)) == 7, "it did not arrive"


async def test_of_very_many_cries_none_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 5)
    clock, phones = Clockwork(), Phones()
    told_by = by(clock, phones)
    told_by.alarm([cry(number, person=number) for number in range(20)])
    await told(told_by)
    assert len(phones.got) == 20
    assert len(told_by._cried) == 5


class SlowPhones(Phones):
    """A channel that takes its time: a message arrives when the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.gate = list[str](), asyncio.Event()

    async def send(self, message: Outgoing) -> Outcome:
        self.begun.append(message.to)
        await self.gate.wait()
        return await super().send(message)


@pytest.mark.parametrize("first", ["ik ruik gas", "dag"])
async def test_a_store_that_is_back_ends_the_notices_but_takes_no_danger_card_from_anybody(first: str) -> None:
    phones = SlowPhones()
    told_by = by(Clockwork(), phones)
    with told_by.watching([]):
        told_by._tell(0.0, [cry(1, first, person=1)])
        await until(lambda: phones.begun == ["telegram:1"])
        told_by._tell(0.0, [cry(2, person=2), cry(3, "dag", person=3)])
    phones.gate.set()
    await told(told_by)
    assert chats(phones) == (["telegram:1", "telegram:2"] if first != "dag" else ["telegram:2"])


# ---------------------------------------------------------------- what it says


def notice(heard: Heard | Tap, language: str = "nl", query: str | None = None) -> Notice | None:
    return OutageNotices(CONTENT)(
        Incoming("telegram", 1, "telegram:1", "telegram:1", heard, query=query, language=language)
    )


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_the_notice_has_the_numbers_and_the_place_in_the_language_of_the_app(language: str) -> None:
    found = notice(ChartTap("menu.welcome", "begin", 0), language, "q")
    assert found is not None
    assert found.text.startswith(CONTENT.words.phrase(language, "outage.message").split("\n")[0])
    assert len(found.alert.encode("utf-16-le")) // 2 <= 200
    for words in (found.text, found.alert):
        assert "112" in words
        assert "0800-9009" in words
    assert "De Plantage" in found.text
    assert notice(Text("hallo"), language) == Notice(found.text, buttons=found.buttons)


def test_a_language_that_the_wijk_does_not_speak_is_dutch() -> None:
    assert notice(Text("hallo"), "xx") == notice(Text("hallo"), "nl") == notice(Text("hallo"), "")
    assert notice(Text("hallo"), "en-GB") == notice(Text("hallo"), "en")


@pytest.mark.parametrize(
    ("heard", "step"),
    [
        (Text("help, ik ruik gas"), "danger.gas"),
        (Text("ik wil niet meer leven"), "danger.life"),
        (ChartTap("menu.worries", "_danger", 4), "danger.all"),
        (ChartTap("danger.all", "afraid", 0), "danger.afraid"),
        (Command("gevaar"), "danger.all"),
        (Command("postvak", "brand!"), "danger.fire"),
        (Command("112"), "danger.emergency"),
        (Media("voice", "het huis staat in brand"), "danger.fire"),
        (Contact("", own=True, words="ik ruik gas"), "danger.gas"),
        (Text("wat nu", quoted="ik word geslagen"), "danger.afraid"),
    ],
)
def test_danger_is_answered_with_the_words_of_the_chart(heard: Heard, step: str) -> None:
    for language in CONTENT.wijk.languages:
        found = notice(heard, language, "q" if isinstance(heard, ChartTap) else None)
        assert found is not None
        box = CONTENT.charts.steps[step]
        said, numbers = getattr(box, "say", "") or getattr(box, "ask", ""), CONTENT.places(CONTENT.wijk, language)
        own = CONTENT.words.say(language, step, said, **numbers)
        dutch = CONTENT.words.say("nl", step, said, **CONTENT.places(CONTENT.wijk, "nl"))
        tells = CONTENT.walk.alarm.heard(heard) if not isinstance(heard, ChartTap) else None
        cried = tells is not None and bool(tells.languages)
        assert found.text == (f"{dutch}\n\n{own}" if cried and language != "nl" else own)
        assert CALLED.search(found.text)
        assert (found.alert, bool(found.danger)) == ("", True)


def test_a_danger_message_of_an_outage_has_its_buttons_that_need_no_store_and_each_is_answered() -> None:
    found = notice(ChartTap("menu.worries", "_danger", 4), query="q")
    assert found is not None
    doors = [button for row in found.buttons for button in row]
    assert {door.data for door in doors} == {
        f"danger.all:{each}:0" for each in ("gas", "smoke", "life", "afraid", "outage")
    }
    for door in doors:
        assert door.data is not None
        behind = notice(decode(door.data), query="q")
        assert behind is not None
        assert behind.danger.startswith("danger.")
    cut_off = notice(ChartTap("danger.all", "outage", 0), query="q")
    assert cut_off is not None
    assert [button.data for row in cut_off.buttons for button in row] == ["danger.outage:mine:0"]
    assert notice(ChartTap("danger.all", "gas", 0), "ar", "q") != notice(ChartTap("danger.all", "gas", 0), "nl", "q")


@pytest.mark.parametrize("tap", [ReplyTap("0" * 16), SendAnywayTap("0" * 16), InboxTap(), LeadTap("0" * 16, "view")])
def test_a_tap_about_a_lead_gets_the_notice_with_danger_under_it(tap: Tap) -> None:
    found = notice(tap, query="q")
    assert found is not None
    assert (bool(found.text), bool(found.alert), found.danger) == (True, True, "")
    assert [button.data for row in found.buttons for button in row] == ["danger:_danger:0"]


def test_in_a_group_only_the_tapper_hears_it_and_who_blocks_the_bot_hears_nothing() -> None:
    assert notice(Elsewhere()) is None
    found = notice(Elsewhere(), query="q")
    assert found is not None
    assert (found.text, bool(found.alert)) == ("", True)
    assert notice(Blocked(True)) is None
    assert notice(Blocked(False)) is None
