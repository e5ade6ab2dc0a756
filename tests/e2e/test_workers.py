"""Four real processes over one PostgreSQL, one of them killed again and again: all ends as with a single process."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.content.loaded import load_content
from bot.demo.standin.world.world import TOKEN
from bot.messages.taps.buttons import Tap
from db.leads import leads
from db.leads.consent import consents
from db.people import addresses, conversations, members
from db.queue import outbox
from db.store import Store, open_store
from flows.model.heard import Command, Heard
from tests.e2e.feeder import NAME, SECRET, Feeder, Recorder, blurred
from tests.e2e.people import SCRIPTS, Player, play_simulated
from tests.e2e.process import Process, free_ports, launch
from tests.e2e.street import WIJK, Street, street

pytestmark = pytest.mark.soak

MEMBERS = {2001: "goos", 2002: "eas", 2003: "gratis_aanpak"}
EVERY = 390
"""How many updates come between one killing of a worker and the next."""

HURRY = {"TELEGRAM_PER_SECOND": "100000", "TELEGRAM_PER_CHAT": "100000"}
"""No rate limit to speak of: at Telegram's own the messages to members would take minutes."""

ON_POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@dataclass
class Serial:
    """What comes of one process alone: what everybody said, what they got to read, and how it ended."""

    said: dict[int, Sequence[Heard | Tap]]
    read: dict[int, list[str]]
    ended: dict[int, Any]
    replaced: set[str]


def remembered(store: Store, person: int) -> Any:
    """Return all of a person that must be the same, whichever worker handled it."""
    address = f"telegram:{person}"
    with store.read() as tx:
        known = addresses.find(tx, WIJK, address) or ""
        one = conversations.look(tx, WIJK, [known])[known]
        return (
            (one.place, one.language, one.revision, one.step, one.blocked),
            [(lead.partner, lead.inbox, lead.row, lead.packet) for lead in leads.of_resident(tx, WIJK, known)],
            [(entry.purpose, entry.recipient, entry.given, entry.shown) for entry in consents.of(tx, WIJK, known)],
        )


def staffed(store: Store) -> None:
    """Give each inbox a reader."""
    with store.write() as tx:
        for member, partner in MEMBERS.items():
            address, now = f"telegram:{member}", datetime.now(UTC)
            known = conversations.load(tx, WIJK, [address], now)[address]
            members.join(tx, WIJK, known.person, partner, "partner", "Ans", now)


def known_to_telegram(here: Street, them: Sequence[int]) -> None:
    """Let these people write to the bot once, so that it may write to them; the feeder brings what they say later."""
    for person in them:
        here.world.person(person).start()
    here.world.bot().queue.clear()


def one_alone(path: Path, template: Path, residents: Sequence[int]) -> Serial:
    """Play the same scripts in the simulator, one person after another."""
    path.write_bytes(template.read_bytes())
    store = open_store(f"sqlite:///{path}")
    staffed(store)
    sim = Recorder(load_content(WIJK), store)
    for number in residents:
        person = sim.person(f"telegram:{number}", f"{NAME} {number}")
        play_simulated(sim, person, SCRIPTS[number % len(SCRIPTS)], "+31612345678")
    read = {
        number: [blurred(shown.text) for shown in sim.person(f"telegram:{number}", "").chat.values()]
        for number in (*residents, *MEMBERS)
    }
    found = Serial(
        {person: sim.said[f"telegram:{person}"] for person in residents},
        read,
        {person: remembered(store, person) for person in residents},
        sim.replaced,
    )
    store.close()
    return found


@dataclass
class Crew:
    """Workers, each behind a door of its own; when one is killed or stopped, another follows at the same door."""

    here: Street
    settings: dict[str, str]
    workers: dict[int, Process] = field(default_factory=dict)
    gone: list[Process] = field(default_factory=list)

    async def open(self, port: int) -> None:
        """Start a worker at this door."""
        process = await launch("serve", **self.settings, KOPPELKANS_PORT=str(port))
        self.here.bots.append(process)
        self.workers[port] = process
        await process.says("the door is open")

    def sender(self) -> int:
        """Return the door of the worker that sends now: the last one that said so and lives."""
        said = {port: one for port, one in self.workers.items() if any("sends now" in line for line in one.lines)}
        return next(iter(said), next(iter(self.workers)))

    async def follow(self, port: int, *, kill: bool) -> None:
        """End a worker, and open the door again."""
        worker = self.workers[port]
        self.gone.append(worker)
        if kill:
            await worker.kill()
        else:
            assert await worker.stop() == 0
        await self.open(port)


@asynccontextmanager
async def crew(here: Street, count: int) -> AsyncIterator[Crew]:
    """Start so many workers; at the end they are told to stop, and must end cleanly."""
    ports = free_ports(count)
    settings = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": here.address,
        "DATABASE_URL": here.store_url,
        "DATA_DIR": str(here.folder),
        "WEBHOOK_SECRET": SECRET,
        **HURRY,
    }
    them = Crew(here, settings)
    await asyncio.gather(*(them.open(port) for port in ports))
    yield them
    assert await asyncio.gather(*(worker.stop() for worker in them.workers.values())) == [0] * count
    said = [line for worker in here.bots for line in worker.lines]
    assert not [line for line in said if "Traceback" in line or "could not be handled" in line]


def feeder(them: Crew, seed: int, progress: Any) -> Feeder:
    doors = [f"http://127.0.0.1:{port}" for port in them.workers]
    return Feeder(doors, WIJK, random.Random(seed), progress)


async def delivered(store: Store) -> None:
    """Wait until no message waits in the outbox."""

    def waiting() -> int:
        with store.read() as tx:
            return outbox.count(tx, WIJK)

    async with asyncio.timeout(30):
        while await asyncio.to_thread(waiting):
            pass


def got(here: Street, person: int) -> list[str]:
    """Return every message that this person got, in the order in which they came."""
    return [blurred(change.facts["message"]["text"]) for change in here.said_to(here.world.person(person))]


def answers(here: Street, person: int) -> list[str]:
    """Return the same without the notices of an outage: a busy machine may be slow enough to cause them."""
    return [text for text in got(here, person) if "Er is een storing bij ons" not in text]


def repeats(seen: Sequence[str], wanted: Sequence[str], replaced: set[str]) -> int:
    """Count the messages that came again. AssertionError when one is missing, or overtook another.

    Those in `replaced` may be missing, but not the last message: the newest of a kind is always sent.
    """
    again = {0: 0}  # by how much of what is wanted came until now: the fewest that came again
    for text in seen:
        onward: dict[int, int] = {}
        for came, count in again.items():
            for place in (place for place, one in enumerate(wanted) if one == text):
                if place < came or replaced.issuperset(wanted[came:place]):
                    onward[place + 1] = min(count + (place < came), onward.get(place + 1, len(seen)))
        assert onward, f"came too early: {text!r}"
        again = onward
    assert len(wanted) in again, f"only {max(again)} of {len(wanted)} came"
    return again[len(wanted)]


@ON_POSTGRESQL
async def test_four_workers_of_which_one_is_killed_again_and_again_end_like_one_alone(
    store: Store, store_url: str, sqlite_template: Path, tmp_path: Path
) -> None:
    residents = range(1001, 1099)
    serial = await asyncio.to_thread(one_alone, tmp_path / "alone.db", sqlite_template, residents)
    assert sum(map(len, serial.said.values())) >= 2_000
    staffed(store)
    async with street(store_url, tmp_path) as here:
        known_to_telegram(here, [*residents, *MEMBERS])
        async with crew(here, 4) as them:
            deaths: list[asyncio.Task[None]] = []

            async def progress(answered: int) -> None:
                async with one_at_a_time:
                    if answered >= EVERY * (len(deaths) + 1):
                        if deaths:
                            await deaths[-1]
                        port = them.sender() if len(deaths) % 2 else dice.choice(list(them.workers))
                        deaths.append(asyncio.create_task(them.follow(port, kill=True)))

            one_at_a_time, dice = asyncio.Lock(), random.Random(3)
            telegram = feeder(them, 7, progress)
            await telegram.feed(serial.said, first=500_000)
            await asyncio.gather(*deaths)
            await delivered(store)
        assert len(deaths) >= 5
    assert telegram.extra > 200
    assert telegram.refused > 0
    assert {person: remembered(store, person) for person in residents} == serial.ended
    again = sum(repeats(answers(here, person), serial.read[person], serial.replaced) for person in residents)
    assert again <= 64 * len(deaths)
    for member in MEMBERS:
        assert set(answers(here, member)) == set(serial.read[member])
        assert not Counter(serial.read[member]) - Counter(answers(here, member))
    assert_every_tap_is_answered_in_the_body(telegram)


def assert_every_tap_is_answered_in_the_body(telegram: Feeder) -> None:
    """Assert that the body of each answer ends the waiting sign of its tap: nothing else ever does."""
    for update, said in telegram.answers:
        if tap := update.get("callback_query"):
            assert orjson.loads(said) == {"method": "answerCallbackQuery", "callback_query_id": tap["id"]}
        else:
            assert said == b""


@ON_POSTGRESQL
async def test_a_rolling_restart_loses_and_repeats_nothing(
    store: Store, store_url: str, sqlite_template: Path, tmp_path: Path
) -> None:
    residents = range(1001, 1025)
    serial = await asyncio.to_thread(one_alone, tmp_path / "alone.db", sqlite_template, residents)
    staffed(store)
    async with street(store_url, tmp_path) as here:
        known_to_telegram(here, [*residents, *MEMBERS])
        async with crew(here, 2) as them:
            rolling: list[asyncio.Task[None]] = []

            async def roll() -> None:
                for port in list(them.workers):
                    await them.follow(port, kill=False)

            async def progress(answered: int) -> None:
                if answered == 60:
                    rolling.append(asyncio.create_task(roll()))

            await feeder(them, 8, progress).feed(serial.said, first=500_000, at_once=8)
            await asyncio.gather(*rolling)
            await delivered(store)
    assert {person: remembered(store, person) for person in residents} == serial.ended
    assert [repeats(answers(here, person), serial.read[person], serial.replaced) for person in residents] == [0] * 24


@ON_POSTGRESQL
async def test_who_waits_for_a_locked_store_hears_so_and_is_answered_when_it_is_free(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    async def progress(_answered: int) -> None:
        pass

    async with street(store_url, tmp_path) as here:
        known_to_telegram(here, [1001])
        fatma = here.world.person(1001)
        async with crew(here, 1) as them:
            with store.write() as tx:
                tx.exec_driver_sql("LOCK TABLE updates IN ACCESS EXCLUSIVE MODE")
                telegram = feeder(them, 1, progress)
                feeding = asyncio.create_task(telegram.feed({1001: [Command("start")]}, first=500_000))
                await here.until(lambda: "Bel 112" in fatma.chat().last["text"], "a notice")
                assert telegram.answered == 0
            await feeding
            await delivered(store)
            assert any("the store is back" in line for worker in them.workers.values() for line in worker.lines)
    assert ["storing" in text for text in got(here, 1001)] == [True, False]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_from_polling_to_a_webhook_and_back_by_command(store: Store, store_url: str, tmp_path: Path) -> None:
    async with street(store_url, tmp_path) as here:
        with socket.create_server(("127.0.0.1", 0)) as line:
            port = line.getsockname()[1]
        more = {"WEBHOOK_SECRET": SECRET, "WEBHOOK_URL": f"http://127.0.0.1:{port}", "KOPPELKANS_PORT": str(port)}
        own = {
            "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_BASE_URL": here.address, "DATABASE_URL": store_url,
            "DATA_DIR": str(tmp_path),
        }  # fmt: skip
        polling = await here.open()
        await polling.says("the bot is up")
        first = Player(here, here.world.person(1003))
        await first.play(SCRIPTS[3])
        switch = await launch("webhook", "on", **own, **more)
        assert (await switch.ended(), switch.lines) == (0, ["Now run: koppelkans serve"])
        assert await polling.ended() == 2
        assert polling.lines[-1].startswith("A webhook is set")
        second = Player(here, here.world.person(1007))
        playing = asyncio.create_task(second.play(SCRIPTS[3]))
        serving = await launch("serve", **own, **more)
        here.bots.append(serving)
        await playing
        switch = await launch("webhook", "off", **own)
        assert (await switch.ended(), switch.lines) == (0, ["Now run: koppelkans run"])
        third = Player(here, here.world.person(1011))
        playing = asyncio.create_task(third.play(SCRIPTS[3]))
        assert await serving.stop() == 0
        polling = await here.open()
        await playing
        assert await polling.stop() == 0
    await delivered(store)
    assert here.world.bot().queue == {}
