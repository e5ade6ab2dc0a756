"""Trouble with the store, with Telegram, with the clock, with an update: what is on the phone and what is in the log.

The bot is the real one with the real charts, and the trouble is real where it can be. `docs/troubles.md` is the table.
"""

from __future__ import annotations

import itertools
import re
import socket
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from bot.demo.phones.person import Person
from bot.demo.standin.faults import Faults
from bot.demo.standin.world.chat import buttons_of
from bot.demo.standin.world.world import TOKEN, World
from bot.handle import Handle
from bot.messages.turn import Outcome, Turn
from bot.runtime.channel import ChannelDown
from bot.runtime.intake.outage import PATIENCE
from bot.runtime.telegram.channel import Telegram
from db.records import switches
from db.store import Store
from flows.model.heard import Text
from tests.e2e.process import ROOT
from tests.simulated import CONTENT, WIJK, Clock
from tests.unit.bot.runtime.line import connected, served, until, waiting
from tests.unit.bot.runtime.running import Running, failures, serving, serving_on, texts

pytestmark = pytest.mark.both_stores

Log = list[MutableMapping[str, Any]]

HELLO, WELCOME, MENU = "Kies je taal", "Fijn dat je er bent.", "Waar heb je nu het meest last van?"
NUMBERS = CONTENT.places(CONTENT.wijk, "nl")
WAIT, WINDOW = (CONTENT.words.phrase("nl", f"outage.{key}", **NUMBERS) for key in ("message", "alert"))
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
def world() -> World:
    world = World()
    world.bot()
    return world


@pytest.fixture
def log() -> Iterator[Log]:
    """What is logged. At the end it must hold nothing of what anybody said, no name, no number and no token."""
    with capture_logs() as lines:
        yield lines
    written = str(lines)
    for secret in ("geheim", "Fatma", "Jan", "telegram:", TOKEN, TOKEN.partition(":")[2], *HELLO.split(), "112"):
        assert not re.search(rf"\b{re.escape(secret)}\b", written), f"{secret} is in the log: {written}"


def events(log: Log, words: str) -> list[MutableMapping[str, Any]]:
    """The lines with this event."""
    return [line for line in log if line["event"] == words]


def reads(person: Person, words: str) -> bool:
    """Whether that stands on this phone."""
    return any(words in text for text in texts(person))


def tap(person: Person, label: str) -> None:
    """Tap the newest button with that label."""
    for message in reversed(person.chat().shown):
        if any(button["text"] == label for row in buttons_of(message) for button in row):
            person.tap(message["message_id"], label)
            return
    raise LookupError(label)


async def begins(person: Person, store: Store) -> None:
    """From the first word to the list of worries; each tap comes when all that was said before has arrived."""
    person.start()
    for words, label in ((HELLO, "Nederlands"), (WELCOME, "Begin"), (MENU, "")):
        await until(lambda w=words: reads(person, w) and not waiting(store))  # type: ignore[misc]
        if label:
            tap(person, label)


@contextmanager
def impatient(bot: Running[Handle]) -> Iterator[None]:
    """In this block nobody waits three seconds before they are told."""
    bot.outage._patience = 0.0
    try:
        yield
    finally:
        bot.outage._patience = PATIENCE


# ---------------------------------------------------------------- the store


async def walk_through(bot: Running[Handle], store: Store, log: Log, break_it: Callable[[], Any], mend_it: Any) -> None:
    """One person taps and others write while the store is away; then it comes back."""
    fatma = bot.world.person(first_name="Fatma", language_code="nl")
    others = [bot.world.person(first_name="Jan") for _ in range(30)]
    await begins(fatma, store)
    with impatient(bot):
        break_it()
        tap(fatma, "💶 Rekeningen")
        for jan in others:
            jan.say("geheim")
        await until(lambda: bool(fatma.chat().toasts) and fatma.chat().toasts[-1].text == WINDOW)
        await until(lambda: all(texts(jan) == [WAIT] for jan in others) and bool(events(log, "the store is away")))
        assert len(bot.world.bot().queue) == 31, "nothing is confirmed"
    mend_it()
    await until(lambda: any(button["text"] == "✓ 💶 Rekeningen" for button in all_buttons(fatma)))
    await until(lambda: all(reads(jan, HELLO) for jan in others) and waiting(store) == 0)
    assert len(texts(fatma)) == 1
    assert {len(texts(jan)) for jan in others} == {2}
    assert {line["log_level"] for line in events(log, "the store is away")} == {"error"}
    assert len(events(log, "people wait for the store and are told so")) == 1
    assert [line["told"] for line in events(log, "the store is back")] == [31]


def all_buttons(person: Person) -> list[dict[str, Any]]:
    """Every button on this phone."""
    return [button for message in person.chat().shown for row in buttons_of(message) for button in row]


@SQLITE
async def test_a_full_disk_is_waited_for_and_then_everything_goes_on(store: Store, world: World, log: Log) -> None:
    def pages(most: int) -> None:
        with store.writer.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    def load() -> None:
        for number in itertools.count():  # each takes a page that was free
            with store.write() as tx:
                tx.exec_driver_sql(f"CREATE TABLE ballast_{number} (what)")

    def fill() -> None:
        pages(1)  # as few as there are now
        with pytest.raises(sa.exc.OperationalError, match="full"):
            load()

    async with serving(store, world) as bot:
        await walk_through(bot, store, log, fill, lambda: pages(1_000_000))


@POSTGRESQL
async def test_a_database_that_is_gone_is_waited_for_and_then_everything_goes_on(
    store: Store, store_url: str, world: World, log: Log
) -> None:
    address = make_url(store_url).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def let_in(yes: bool) -> None:
        with admin.connect() as line:
            line.exec_driver_sql(f"ALTER DATABASE {address.database} WITH ALLOW_CONNECTIONS {yes}")
            if not yes:
                gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                line.exec_driver_sql(gone, (address.database,)).all()

    def mend() -> None:
        let_in(True)
        store.reader.dispose()  # or the test itself would meet a line that is dead

    try:
        async with serving(store, world) as bot:
            await walk_through(bot, store, log, lambda: let_in(False), mend)
    finally:
        let_in(True)
        admin.dispose()


# ---------------------------------------------------------------- Telegram


def a_page(faults: Faults, *methods: str) -> None:
    faults.fail(3, code=502, methods=methods, page=True)


def an_error(faults: Faults, *methods: str) -> None:
    faults.fail(3, code=500, methods=methods)


def a_cut(faults: Faults, *methods: str) -> None:
    faults.cut(2, methods=methods)


TROUBLES = pytest.mark.parametrize("trouble", [a_page, an_error, a_cut])


@TROUBLES
async def test_polls_that_fail_are_asked_again_and_every_word_is_answered_once(
    store: Store, world: World, log: Log, trouble: Callable[..., None]
) -> None:
    fatma = world.person(first_name="Fatma")
    async with serving(store, world):
        trouble(world.bot().faults, "getUpdates")
        await begins(fatma, store)
    assert len(texts(fatma)) == 1
    assert {line["log_level"] for line in events(log, "no updates come in")} == {"warning"}
    assert events(log, "updates come in again")


@TROUBLES
async def test_cards_that_fail_come_later_and_only_a_cut_answer_makes_one_come_twice(
    store: Store, world: World, log: Log, trouble: Callable[..., None]
) -> None:
    fatma = world.person(first_name="Fatma")
    async with serving(store, world):
        trouble(world.bot().faults, "sendMessage")
        trouble(world.bot().faults, "editMessageText")
        trouble(world.bot().faults, "answerCallbackQuery")
        await begins(fatma, store)
    # Telegram took it both times, and we heard of neither.
    assert [HELLO in text for text in texts(fatma)] == [True] * (2 if trouble is a_cut else 0) + [False]
    waits = events(log, "delivery waits")
    assert {(line["log_level"], line["reason"].split(":")[0]) for line in waits} == {("info", "NetworkError")}
    assert len(waits) == (4 if trouble is a_cut else 6)


async def test_a_telegram_that_answers_too_late_is_asked_again(
    store: Store, world: World, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runtime.telegram.request.READ_SECONDS", 0.05)
    fatma = world.person(first_name="Fatma")
    async with serving(store, world):
        world.bot().faults.slow = 3600.0
        fatma.start()
        await until(lambda: len(events(log, "delivery waits")) >= 2)
        assert texts(fatma) == []
        world.bot().faults.slow = 0.0
        await until(lambda: reads(fatma, HELLO))
        await until(lambda: waiting(store) == 0)
    assert {line["reason"] for line in events(log, "delivery waits")} == {"TimedOut: No answer in time"}


async def test_a_telegram_that_is_down_is_waited_for(store: Store, world: World, log: Log) -> None:
    fatma = world.person(first_name="Fatma")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    channel = Telegram(TOKEN, f"http://127.0.0.1:{port}")
    await channel.open()
    async with serving_on(store, world, channel):
        fatma.start()
        await until(lambda: len(events(log, "no updates come in")) >= 3)
        async with served(world, port):
            await until(lambda: reads(fatma, HELLO))
            tap(fatma, "Nederlands")
            await until(lambda: reads(fatma, WELCOME))
            await until(lambda: waiting(store) == 0)
        before = len(events(log, "no updates come in"))
        await until(lambda: len(events(log, "no updates come in")) > before)
        async with served(world, port):
            tap(fatma, "Begin")
            await until(lambda: reads(fatma, MENU))
            await until(lambda: waiting(store) == 0)
    await channel.close()
    assert len(texts(fatma)) == 1
    assert all(line["reason"].startswith("NetworkError: ") for line in events(log, "no updates come in"))
    assert len(events(log, "updates come in again")) == 2


async def test_a_poll_that_comes_too_soon_names_how_long_to_wait(world: World) -> None:
    async with connected(world) as channel:
        world.bot().faults.fail(code=429, methods=["getUpdates"])
        with pytest.raises(ChannelDown) as down:
            await channel.updates(None, 0)
        assert down.value.seconds == 5


# ---------------------------------------------------------------- the clock

JUMPS = pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=365)], ids=["an hour", "a year"])
WAYS = pytest.mark.parametrize("way", [-1, 1], ids=["back", "forwards"])


@JUMPS
@WAYS
async def test_a_clock_that_jumps_between_turns_is_seen_by_nobody(
    store: Store, world: World, log: Log, jump: timedelta, way: int
) -> None:
    fatma, now = world.person(first_name="Fatma"), Clock()
    async with serving(store, world, now):
        await begins(fatma, store)
        now.moment += way * jump
        tap(fatma, "💨 Tocht")
        await until(lambda: any(button["text"] == "✓ 💨 Tocht" for button in all_buttons(fatma)))
        now.moment -= way * jump
        tap(fatma, "Verder ▶")
        await until(lambda: not reads(fatma, MENU))
        await until(lambda: waiting(store) == 0)
    assert len(texts(fatma)) == 1
    assert log == []


@JUMPS
@WAYS
async def test_a_message_that_waits_for_its_next_try_comes_whatever_the_clock_does_also_after_a_restart(
    store: Store, world: World, log: Log, jump: timedelta, way: int
) -> None:
    fatma, jan, now = world.person(first_name="Fatma"), world.person(first_name="Jan"), Clock()
    faults = world.bot().faults
    async with serving(store, world, now) as bot:
        faults.fail(10_000, methods=["sendMessage"])
        fatma.start()
        await until(lambda: bool(events(log, "delivery waits")))
        now.moment += way * jump
        faults.clear()
        await until(lambda: reads(fatma, HELLO))
        faults.fail(10_000, methods=["sendMessage"])
        jan.start()
        await until(lambda: len({line["id"] for line in events(log, "delivery waits")}) == 2)
        await bot.stop()
    assert waiting(store) == 1
    faults.clear()
    now.moment -= 2 * way * jump
    async with serving(store, world, now):
        await until(lambda: reads(jan, HELLO))
        await until(lambda: waiting(store) == 0)
    assert (len(texts(fatma)), len(texts(jan))) == (1, 1)


def test_what_the_coordinator_switches_elsewhere_is_seen_also_by_a_clock_that_went_back(store: Store) -> None:
    now = Clock()
    handle = Handle(CONTENT, store, now=now)
    with store.write() as tx:
        assert handle.wijk(tx, now()).partners["goos"].state == "open"
        switches.put(tx, WIJK, "partner.goos.state", "full", None, now())
        now.forward(days=-365)
        assert handle.wijk(tx, now()).partners["goos"].state == "full"


# ---------------------------------------------------------------- a poison update


async def test_an_update_that_always_fails_is_recorded_its_person_hears_so_and_others_go_on(
    store: Store, world: World, log: Log
) -> None:
    fatma, jan = world.person(first_name="Fatma"), world.person(first_name="Jan")
    async with serving(store, world) as bot:
        usual = bot.parrot.switchboard.take

        def take(turn: Turn) -> Outcome:
            if turn.incoming.heard == Text("geheim gif"):
                raise LookupError("geheim gif")
            return usual(turn)

        bot.parrot.switchboard.take = take  # type: ignore[method-assign]
        fatma.start()
        jan.say("geheim gif")
        await begins(fatma, store)
        jan.start()
        await until(lambda: reads(jan, HELLO))
    assert texts(jan)[0] == CONTENT.words.phrase("nl", "notices.went_wrong", place="De Plantage")
    ((id, reason),) = failures(store)
    assert reason.startswith("LookupError at test_troubles.py")
    (line,) = events(log, "an update could not be handled")
    assert (line["log_level"], line["id"], line["error"]) == ("error", id, reason)
    assert len(events(log, "updates failed together and are taken one by one")) == 1


def test_every_test_that_the_table_names_is_there() -> None:
    named = re.findall(r"`(test_\w+)`", (ROOT / "docs" / "troubles.md").read_text("utf-8"))
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 15
    assert [name for name in named if f"def {name}(" not in written] == []
