"""The bot dies at every point between two statements, commits and calls: nothing is lost, and little comes twice.

One resident walks from the first tap to a member who takes the lead. Each run is compared with one that nothing
disturbed: same place, same leads, same consents, same words on both phones. Every kind of write, commit and call,
before and after, is taken in chains: die, start, die at the next one, start, … The nightly test takes each single
point, also of reads, on a store of its own; `KOPPELKANS_CRASH=20` takes every twentieth one.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.demo.standin.world.chat import buttons_of
from bot.demo.standin.world.world import TOKEN
from db.leads import leads
from db.leads.consent import disclosures
from db.people import addresses
from db.queue import outbox, updates
from db.store import Store
from tests.e2e.crashing import NOWHERE
from tests.e2e.feeder import blurred
from tests.e2e.people import AGREE, BEGIN, NAMED, NAMELESS, Player, at_work
from tests.e2e.process import ROOT, Process, clean
from tests.e2e.street import WIJK, Street, invite, street
from tests.e2e.test_kill import good_news, remembered
from tests.postgres import Postgres

pytestmark = pytest.mark.both_stores

RESIDENT, PARTNER, INBOX = 1001, 2001, "balans"
SCRIPT = (
    *(*BEGIN, "👥 Mensen en buurt", "Verder ▶", "Mensen ontmoeten", "Alleen Stichting Balans", *AGREE),
    *(*NAMELESS, *NAMED, "Ja, geef dit door"),
)
CHAIN = 8
"""How many deaths there are in one walk, when each kind of point is taken once."""

FORGETTING = [f"{side} {what}" for what in ("delete updates", "commit of forgetting") for side in ("before", "after")]
"""A separate chain, for a store in which something is due to be forgotten: once, at the start of the first life."""

SIDE_BY_SIDE = 2
"""How many walks run at a time."""

DAY = re.compile(r"(?:maan|dins|woens|donder|vrij|zater|zon)dag \d+ \w+(?: \d+:\d+)?")

EVERY = int(os.environ.get("KOPPELKANS_CRASH", "1"))


class NeverThere(Exception):
    """The walk did not pass that point so often: a delivery may be noted by itself or together with a turn."""


@dataclass(frozen=True)
class Walk:
    """How a walk went: what is remembered, what was read, and the points that were passed in each life."""

    remembered: dict[str, Any]
    lead: tuple[Any, ...]
    screens: dict[int, Counter[Any]]
    said: dict[int, Counter[Any]]
    lives: list[list[str]]


async def open_crashing(here: Street, points: Sequence[str], file: Path) -> Process:
    """Start the bot that dies at each of these points, one after another, and then lives."""
    settings = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": here.address,
        "DATABASE_URL": here.store_url,
        "DATA_DIR": str(here.folder),
    }
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.crashing", ",".join(points), str(file), "--", "run"),
        cwd=ROOT,
        env=clean(settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    here.bots.append(Process(started))
    return here.bot


async def walk(url: str, store: Store, folder: Path, points: Sequence[str]) -> Walk:
    """Walk the whole script, with a death at each of these points; wait only for what phones and bot show."""
    file = folder / "points.txt"
    async with street(url, folder) as here:
        bot = await open_crashing(here, points, file)
        member, resident = (Player(here, here.world.person(each)) for each in (PARTNER, RESIDENT))
        member.person.start(invite(store, INBOX))
        await here.until(lambda: "Welkom" in member.person.chat().last.get("text", ""), "a welcome")
        async with at_work([member]):
            agreed = await resident.play(SCRIPT)
            await here.until(lambda: good_news(resident.person), "good news")
        if points != [NOWHERE]:
            kind, _, time = points[-1].partition("#")
            try:
                await bot.says(f"it died at {points[-1]}")
            except AssertionError:
                if time and file.read_text().splitlines().count(kind) < int(time):
                    raise NeverThere from None
                raise
        passed = file.read_text()
        kept = remembered(store, f"telegram:{RESIDENT}")
        resident.person.say("/menu")  # it is the last life that answers this
        await here.until(lambda: resident.button("💶 Rekeningen"), "the menu")
        assert await bot.stop() == 0, "\n".join(bot.lines)
        people = (member.person, resident.person)
        return Walk(
            kept,
            lead_of(store, agreed),
            {each.id: Counter(read(one) for one in each.chat().shown if one["from"]["is_bot"]) for each in people},
            {each.id: Counter(read(change.facts["message"]) for change in here.said_to(each)) for each in people},
            [life.splitlines() for life in passed.split("start\n")[1:]],
        )


def read(message: dict[str, Any]) -> tuple[str, ...]:
    """Return what a person reads: the text, its code, its word and its day left out, and the words on the buttons."""
    text = DAY.sub("DAY", blurred(message["text"]))
    return (text, *(one["text"] for row in buttons_of(message) for one in row))


def lead_of(store: Store, agreed: list[tuple[str, bool]]) -> tuple[Any, ...]:
    """Return the history of the one lead, who has it and what was seen of it; check that no message waits."""
    with store.read() as tx:
        (lead,) = leads.of_resident(tx, WIJK, addresses.find(tx, WIJK, f"telegram:{RESIDENT}") or "")
        seen = disclosures.of_lead(tx, WIJK, lead.id)
        assert {one.packet for one in seen} == {disclosures.seal(lead.packet or {})}
        assert outbox.count(tx, WIJK) == 0
        history = [event.after for event in leads.events(tx, WIJK, lead.id)]
        taken_at = list(addresses.of(tx, WIJK, [lead.assignee or ""]).values())
    return (history, taken_at, len(seen), [yes for _, yes in agreed])


def compare(found: Walk, wanted: Walk, deaths: int) -> None:
    """Compare two walks: the same is remembered and can be read, nothing else was said, and little was said twice."""
    assert found.remembered == wanted.remembered
    assert found.lead == wanted.lead
    for person in (RESIDENT, PARTNER):
        missing = wanted.screens[person] - found.screens[person]
        assert not missing, f"{person} does not read {missing}"
        strange = found.said[person].keys() - wanted.said[person].keys()
        assert not strange, f"{person} was told {strange}"
        again = found.said[person] - wanted.said[person]
        assert again.total() <= deaths, f"{person} was told again: {again}"


def chains(life: Sequence[str]) -> list[list[str]]:
    """Put each kind into one chain, in the order of their last times, so that each is still reached after the others.

    A kind that also occurs before the handoff is taken there: at the very end nobody taps any more. Reads are for the
    nightly test: to die at one is to die before the next write.
    """
    early = life[: life.index("before insert leads")]
    places = {kind: place for place, kind in enumerate(life)} | {kind: place for place, kind in enumerate(early)}
    kinds = [kind for kind in sorted(places, key=places.__getitem__) if " select " not in kind]
    count = -(-len(kinds) // CHAIN)
    return [kinds[first::count] for first in range(count)]


def singles(life: Sequence[str], every: int) -> list[list[str]]:
    """Return each point by itself, or only one of `every` so many: its kind, and which time it is."""
    times: Counter[str] = Counter()
    points = []
    for kind in life:
        times[kind] += 1
        points.append([f"{kind}#{times[kind]}"])
    return points[::every]


@dataclass(frozen=True)
class Ground:
    """The ground for walks: each on a store of its own, a few at a time."""

    folder: Path
    new_store: Callable[[Path], str]
    open_stores: Callable[[str], Store]
    side_by_side: asyncio.Semaphore

    async def walked(self, name: str, points: list[str]) -> Walk:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        url = self.new_store(folder)
        store = self.open_stores(url)
        if points == FORGETTING:
            with store.write() as tx:
                updates.claim(tx, WIJK, "telegram", [1], datetime.now(UTC) - timedelta(days=3))
        async with self.side_by_side:
            try:
                return await walk(url, store, folder, points)
            finally:
                store.close()  # or hundreds of walks would hold more connections than PostgreSQL has


@pytest.fixture
def ground(engine: str, request: pytest.FixtureRequest, tmp_path: Path, open_stores: Callable[[str], Store]) -> Ground:
    def new_store(folder: Path) -> str:
        if engine == "postgresql":
            postgres: Postgres = request.getfixturevalue("postgres")
            return postgres.new()
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "store.db")
        return f"sqlite:///{folder / 'store.db'}"

    return Ground(tmp_path, new_store, open_stores, asyncio.Semaphore(SIDE_BY_SIDE))


async def nothing_is_lost(ground: Ground, plan_of: Callable[[Sequence[str]], list[list[str]]]) -> None:
    """Walk undisturbed, then once for each plan that `plan_of` makes of the points that were passed."""
    wanted = await ground.walked("undisturbed", [NOWHERE])
    (life,) = wanted.lives
    plan = plan_of(life)
    missed: list[list[str]] = []

    async def tried(number: int, points: list[str]) -> str:
        fault = ""
        try:
            found = await ground.walked(str(number), points)
            assert [lived[-1] for lived in found.lives] == [point.partition("#")[0] for point in points]
            compare(found, wanted, len(points))
        except* NeverThere:
            missed.append(points)
        except* AssertionError as errors:
            fault = f"{', '.join(points)}: {errors.exceptions[0]}"
        return fault

    faults = [fault for fault in await asyncio.gather(*(tried(n, each) for n, each in enumerate(plan))) if fault]
    assert not faults, f"{len(faults)} of {len(plan)}:\n" + "\n".join(faults)
    assert len(missed) <= len(plan) // 50, missed
    assert len(wanted.remembered["leads"]) == len(wanted.remembered["consents"]) == 1


@pytest.mark.soak
async def test_whatever_the_bot_dies_between_nothing_is_lost(ground: Ground) -> None:
    await nothing_is_lost(ground, lambda life: [*chains(life), FORGETTING])


@pytest.mark.nightly
async def test_at_every_single_point_nothing_is_lost(ground: Ground) -> None:
    await nothing_is_lost(ground, lambda life: singles(life, EVERY))
