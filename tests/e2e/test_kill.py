"""The real process is killed in the middle of a busy street, again and again: nothing is lost and nothing is doubled.

The outcome is compared with that of the same scripts in the simulator, one after another and without any trouble.
"""

from __future__ import annotations

import asyncio
import random
import re
import resource
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.content.loaded import load_content
from bot.demo.phones.person import Person
from bot.demo.simulator import Simulator
from db.leads import leads
from db.leads.consent import consents, disclosures
from db.people import addresses, conversations
from db.queue import outbox
from db.store import Store, open_store
from db.types import encrypted
from tests.conftest import SECRET_KEY
from tests.e2e.people import BEGIN, SCRIPTS, Player, all_of, at_work, play_simulated
from tests.e2e.street import WIJK, Street, content, invite, revision_of, street
from tests.simulated import CONTENT

pytestmark = [pytest.mark.both_stores, pytest.mark.soak]

RESIDENTS = range(1001, 1013)
PARTNERS = {2001: "goos", 2002: "goos", 2003: "eas", 2004: "gratis_aanpak", 2005: "gratis_aanpak"}
DEATHS = 6
CODE = re.compile(r"KOP-\w+")


def script_of(resident: int) -> tuple[str, ...]:
    return SCRIPTS[resident % len(SCRIPTS)]


def remembered(store: Store, address: str) -> dict[str, Any]:
    """Return all that must be the same, however often the bot died: the place, the leads and the ledger."""
    with store.read() as tx:
        person = addresses.find(tx, WIJK, address) or ""
        conversation = conversations.look(tx, WIJK, [person])[person]
        made = leads.of_resident(tx, WIJK, person)
        return {
            "place": conversation.place,
            "language": conversation.language,
            "leads": [
                (lead.partner, lead.inbox, lead.row, lead.topic, lead.urgent, lead.packet, bool(lead.together))
                for lead in made
            ],
            "consents": [
                (entry.purpose, entry.recipient, entry.fields, entry.given, entry.shown, entry.text_version)
                for entry in consents.of(tx, WIJK, person)
            ],
        }


@pytest.fixture(scope="module")
def undisturbed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, dict[str, Any]]]:
    """Return, by resident, what the same scripts lead to when nothing goes wrong."""
    encrypted.use([SECRET_KEY])
    path = tmp_path_factory.mktemp("simulator") / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{path}")
    sim = Simulator(load_content(WIJK), store)
    for member, partner in PARTNERS.items():
        sim.type(sim.person(f"telegram:{member}", "Ans"), f"/start {invite(store, partner)}")
    found = {}
    for resident in RESIDENTS:
        person = sim.person(f"telegram:{resident}", f"Bewoner {resident}")
        play_simulated(sim, person, script_of(resident), "+31612345678")
        found[resident] = remembered(store, person.address)
    yield found
    store.close()


@pytest.mark.parametrize("seed", [11])
async def test_a_busy_street_loses_and_doubles_nothing_when_the_bot_is_killed_again_and_again(
    store: Store, store_url: str, tmp_path: Path, undisturbed: dict[int, dict[str, Any]], seed: int
) -> None:
    dice = random.Random(seed)
    async with street(store_url, tmp_path) as here:
        await here.open()
        members = [Player(here, here.world.person(each)) for each in PARTNERS]
        for player, partner in zip(members, PARTNERS.values(), strict=True):
            player.person.start(invite(store, partner))
            await here.until(lambda p=player: "Welkom" in p.person.chat().last.get("text", ""), "a welcome")  # type: ignore[misc]
        residents = [Player(here, here.world.person(each)) for each in RESIDENTS]
        async with at_work(members):
            *said, _ = await all_of(
                *(player.play(script_of(player.person.id)) for player in residents), deaths(here, dice, DEATHS)
            )
            for player in residents:
                inboxes = [inbox for _, inbox, *_ in undisturbed[player.person.id]["leads"]]
                wanted = len(inboxes) - inboxes.count("coordinator")
                await here.until(lambda p=player.person, n=wanted: good_news(p) == n, f"{wanted} times good news")  # type: ignore[misc]
        for player, cards in zip(residents, said, strict=True):
            assert remembered(store, f"telegram:{player.person.id}") == undisturbed[player.person.id]
            assert_only_what_was_agreed(store, player.person, cards)
        assert await here.bot.stop() == 0
        for player in (*residents, *members):
            assert_no_old_question_and_few_repeats(here, player.person)
    assert here.deaths == DEATHS
    assert_everything_taken_once(store)


async def deaths(here: Street, dice: random.Random, times: int) -> None:
    """Kill the bot so many times, each time after a random number of events."""
    for _ in range(times):
        mark = here.world.journal.number + dice.randrange(5, 130)
        await here.until(lambda m=mark: here.world.journal.number >= m, "something to happen")  # type: ignore[misc]
        await here.crash()


def good_news(person: Person) -> int:
    """Count the leads of which this person read that a partner took them."""
    return len({CODE.findall(m["text"])[0] for m in person.chat().shown if m.get("text", "").startswith("Goed nieuws")})


def assert_only_what_was_agreed(store: Store, person: Person, cards: list[tuple[str, bool]]) -> None:
    """Assert that each yes is one lead and each answer one entry, with the text of the card, letter for letter."""
    yes = [text for text, agreed in cards if agreed]
    with store.read() as tx:
        known = addresses.find(tx, WIJK, f"telegram:{person.id}") or ""
        made = leads.of_resident(tx, WIJK, known)
        ledger = consents.of(tx, WIJK, known)
        shown = [disclosures.of_lead(tx, WIJK, lead.id) for lead in made]
    assert len(made) == len(yes)
    assert len(ledger) == len(cards)
    given = [entry for entry in ledger if entry.given]
    assert [lead.consent for lead in made] == [entry.id for entry in given]
    for entry, text in zip(given, yes, strict=True):
        assert entry.shown
        assert entry.shown in text
        partner = CONTENT.wijk.partners.get(entry.recipient)
        name = partner.name if partner else CONTENT.words.phrase("nl", f"packet.{entry.recipient}")
        assert re.search(rf"[Dd]it ziet {name}(?: \(voor [^)]+\))?:", text)
    for lead, seen in zip(made, shown, strict=True):
        assert {one.packet for one in seen} == {disclosures.seal(lead.packet or {})}


def assert_no_old_question_and_few_repeats(here: Street, person: Person) -> None:
    """Assert that edits only go forward, and that a repeated message is the same and comes once per death at most."""
    newest: dict[int, int] = {}
    seen: Counter[tuple[str, str]] = Counter()
    latest = 0
    for change in here.said_to(person):
        message = change.facts["message"]
        turn, what = revision_of(message), content(message)
        if change.kind == "edit" and turn:  # an old card may lose its buttons
            assert turn >= newest.get(message["message_id"], 0), f"an old question came back: {what[0]}"
        elif not seen[what] and turn:
            assert turn >= latest, f"an old question came again: {what[0]}"
        seen[what] += change.kind == "message"
        newest[message["message_id"]] = max(turn, newest.get(message["message_id"], 0))
        latest = max(latest, turn)
    assert sum(count - 1 for count in seen.values() if count > 1) <= here.deaths


def assert_everything_taken_once(store: Store) -> None:
    """Assert that every lead with a reader was taken once, by one member; that no code is twice; that nothing waits."""
    with store.read() as tx:
        people = [addresses.find(tx, WIJK, f"telegram:{resident}") or "" for resident in RESIDENTS]
        made = [lead for person in people for lead in leads.of_resident(tx, WIJK, person)]
        for lead in made:
            history = [event.after for event in leads.events(tx, WIJK, lead.id)]
            assert history == (["sent"] if lead.inbox == "coordinator" else ["sent", "accepted"])
            assert (lead.assignee is None) == (lead.inbox == "coordinator")
        assert outbox.count(tx, WIJK) == 0
    assert len({lead.code for lead in made}) == len(made) > len(RESIDENTS) // 2


async def test_sigterm_ends_quickly_with_exit_code_0_and_what_comes_later_waits(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    async with street(store_url, tmp_path) as here:
        players = [Player(here, here.world.person(each)) for each in range(1001, 1009)]
        await here.open()
        await all_of(*(begun(player) for player in players[:4]))
        for player in players:
            player.person.say("/menu" if player in players[:4] else "/start")
        assert await here.bot.stop(seconds=10) == 0
        assert any("the bot has stopped" in line for line in here.bot.lines)
        assert not any("Traceback" in line for line in here.bot.lines)
        with store.read() as tx:
            assert outbox.count(tx, WIJK) == 0
        await here.open()
        await all_of(*(begun(player, 1) for player in players[4:]))
        for player in players[:4]:
            await here.until(lambda p=player: p.button("💶 Rekeningen"), "the menu")  # type: ignore[misc]
        assert await here.bot.stop(seconds=10) == 0


async def begun(player: Player, already: int = 0) -> None:
    """Walk through the greeting to the menu; with `already`, the person has typed /start before."""
    if not already:
        player.person.start()
    for label in BEGIN[1:]:
        await player.tap(label)
    await player.street.until(lambda: player.button("💶 Rekeningen"), "the menu")


async def test_a_second_poller_on_the_same_machine_is_refused_with_a_clear_message(
    store_url: str, tmp_path: Path
) -> None:
    async with street(store_url, tmp_path) as here:
        first = await here.open()
        await first.says("the bot is up")
        second = await here.open()
        assert await second.ended() == 2
        assert second.lines == ["The bot already runs here with this token. Stop that one first."]
        await begun(Player(here, here.world.person(1001)))
        assert first.alive


async def test_a_poller_on_another_machine_is_named_in_the_log_and_stops_nothing(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    async with street(store_url, tmp_path) as here:
        first = await here.open()
        await begun(Player(here, here.world.person(1001)))
        second = await here.open(DATA_DIR=str(tmp_path / "elsewhere"))
        await first.says("another program polls with this token")
        assert await second.stop(seconds=10) == 0
        await begun(Player(here, here.world.person(1002)))
        assert await first.stop(seconds=10) == 0
    with store.read() as tx:
        assert outbox.count(tx, WIJK) == 0


async def test_a_store_that_is_locked_for_a_while_is_waited_for_and_everybody_hears_so(
    engine: str, store: Store, store_url: str, tmp_path: Path
) -> None:
    async with street(store_url, tmp_path) as here:
        bot = await here.open()
        players = [Player(here, here.world.person(each)) for each in (1001, 1002, 1003)]
        await begun(players[0])
        with store.write() as tx:
            if engine == "postgresql":
                tx.exec_driver_sql("LOCK TABLE updates IN ACCESS EXCLUSIVE MODE")
            for player in players[1:]:
                player.person.start()
            await players[0].tap("💶 Rekeningen")
            if engine == "sqlite":
                await bot.says("OperationalError")
            else:
                await waiting_for_lock(store)
            await told_to_wait(here, players[0], *players[1:])
            assert not players[1].button("Nederlands")
            assert not players[0].button("✓ 💶 Rekeningen")
        await here.until(lambda: players[0].button("✓ 💶 Rekeningen"), "the tap to be heard")
        await all_of(*(begun(player, 1) for player in players[1:]))
        assert await bot.stop(seconds=10) == 0


async def told_to_wait(here: Street, tapper: Player, *others: Player) -> None:
    """Wait until the tapper has a window that says so, and the others a message."""
    await here.until(lambda: [t for t in tapper.person.chat().toasts if t.alert and "112" in t.text], "a window")
    for player in others:
        await here.until(lambda p=player: "storing" in p.person.chat().last["text"], "a notice")  # type: ignore[misc]
    assert any("people wait for the store and are told so" in line for line in here.bot.lines)


async def waiting_for_lock(store: Store) -> None:
    """Wait until a transaction waits for a lock on PostgreSQL."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def look() -> int:
        with store.reader.connect() as connection:
            return int(connection.exec_driver_sql(asked).scalar_one())

    async with asyncio.timeout(30):
        while not await asyncio.to_thread(look):
            pass


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_disk_that_is_full_for_a_while_loses_nothing_and_everybody_hears_so(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    async with street(store_url, tmp_path) as here:
        bot = await here.open()
        players = [Player(here, here.world.person(each)) for each in (1001, 1002)]
        await begun(players[0])
        room = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (1, room[1]))  # no file of this process may grow any more
        players[1].person.start()
        await players[0].tap("💶 Rekeningen")
        await told_to_wait(here, *players)
        await bot.says("the store is away")
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, room)
        await here.until(lambda: players[0].button("✓ 💶 Rekeningen"), "the tap to be heard")
        await begun(players[1], 1)
        await bot.says("the store is back")
        assert await bot.stop(seconds=10) == 0
        with store.read() as tx:
            assert tx.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert outbox.count(tx, WIJK) == 0


async def test_a_store_that_is_taken_by_others_or_cuts_its_connections_loses_nothing(
    engine: str, store: Store, store_url: str, tmp_path: Path
) -> None:
    def disturb() -> None:
        with store.write() as tx:
            if engine == "postgresql":
                tx.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).all()

    async with street(store_url, tmp_path) as here:
        await here.open()
        player = Player(here, here.world.person(1003))
        playing = asyncio.create_task(player.play(script_of(1003)))
        for _ in range(4):
            mark = here.world.journal.number + 9
            await here.until(lambda m=mark: here.world.journal.number >= m or playing.done(), "news")  # type: ignore[misc]
            await asyncio.to_thread(disturb)
        await playing
        assert await here.bot.stop(seconds=10) == 0


async def test_too_many_requests_of_one_person_slow_nobody_else(store_url: str, tmp_path: Path) -> None:
    async with street(store_url, tmp_path) as here:
        await here.open()
        slow, other = Player(here, here.world.person(1001)), Player(here, here.world.person(1002))
        here.world.bot().faults.flood(1001, retry_after=4, calls=1)
        slow.person.start()
        await begun(other)
        await here.bot.says("RetryAfter")
        assert here.said_to(slow.person) == []
        await slow.tap("Nederlands")
        assert await here.bot.stop(seconds=10) == 0
    first = here.said_to(slow.person)[0].number
    assert first > here.said_to(other.person)[2].number
