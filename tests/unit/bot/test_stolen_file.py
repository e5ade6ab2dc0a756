"""A stolen file tells what, never who: the store of a busy demo, and its log, searched for everything of anybody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from bot.demo.simulator import Person, Simulator
from bot.demo.standin.world.world import World
from bot.messages.message import Incoming
from bot.messages.taps.residents import ReplyTap
from bot.runtime.intake.failures import record
from db.store import Store
from db.types import encrypted
from flows.model.heard import Blocked, ChartTap, Contact, Elsewhere, Media, StopHelpTap, Text
from tests import simulated
from tests.simulated import ABOUT, ALONE, WIJK, Clock, changing, go
from tests.unit.bot.runtime.line import until
from tests.unit.bot.runtime.running import serving, texts

pytestmark = pytest.mark.both_stores

NAMES = ["Xanthippe", "Quirinus", "Wilhelmijntje", "Yildizhan", "Zbigniewa", "Bartholomeus", "فاطمةالزهراء", "Ěvženie"]
TYPED = [f"Roepnaampje{each}" for each in "ABCDEFGH"]
STREETS = [f"Verzonnenstraatje {700 + n}" for n in range(8)]
WORDS = [f"mijn geheimpje nummer {word}" for word in ("eik", "beuk", "es", "iep", "els", "linde", "wilg", "den")]
REPLIES = [
    f"antwoordje over {word} graag" for word in ("rood", "blauw", "geel", "groen", "wit", "zwart", "roze", "paars")
]
PHONES = [f"+3161234560{n}" for n in range(8)]
IDS = [f"73918462{n:02}" for n in range(8)]
MEMBERS = {"balans": ("8462739101", "Hildegardis"), "binnenhof": ("8462739102", "Sjoerdtje")}
GROUP, PASSER_BY, RIA = "-1008391846288", "7391846299", ("8462739103", "Theodorika")
CODES: list[str] = []
"""The codes of invitations, which let whoever reads them in."""


def secrets() -> dict[str, list[str]]:
    """Everything that says who somebody is, or what they said."""
    names = [*NAMES, *TYPED, *(name for _, name in MEMBERS.values()), RIA[1]]
    ids = [*IDS, *(id for id, _ in MEMBERS.values()), RIA[0], GROUP, PASSER_BY]
    phones = [each for phone in PHONES for each in (phone, phone[3:])]
    return {
        "names": names,
        "ids": ids,
        "phones": phones,
        "streets": STREETS,
        "words": [*WORDS, *REPLIES],
        "codes": CODES,
    }


def tells(sim: Simulator, number: int) -> Person:
    """This resident has a lead: each third one is to be called, visited, or reached in the chat."""
    person = simulated.resident(sim, f"telegram:{IDS[number]}", NAMES[number])
    go(sim, person, *ALONE, ("first", "second", "all")[number % 3], *ABOUT, *changing("name"))
    if number == 3:
        go(sim, person, "shown")
    else:
        sim.type(person, TYPED[number])
    reach = ("phone", "home", "chat")[number % 3]
    go(sim, person, *changing("reach"), f"handoff.reach:{reach}")
    if reach == "phone":
        sim.share(person, PHONES[number])
    elif reach == "home":
        sim.type(person, STREETS[number])
    go(sim, person, *changing("when"), "evening", *changing("words"))
    sim.type(person, WORDS[number])
    go(sim, person, *changing("notices"), f"handoff.notices:{'yes' if number % 2 else 'no'}")
    return person


def plays(sim: Simulator) -> list[Person]:
    """A busy day: leads, messages through the bot, a withdrawal, erasures, groups, people who pass by."""
    members = {
        partner: simulated.member(sim, partner, f"telegram:{id}", name) for partner, (id, name) in MEMBERS.items()
    }
    ria = simulated.member(sim, "coordinator", f"telegram:{RIA[0]}", RIA[1])
    residents = [tells(sim, number) for number in range(8)]
    for number, person in enumerate(residents[:7]):
        while simulated.place(sim, person).step == "handoff.consent":
            go(sim, person, "handoff.consent:yes")
        for lead in simulated.leads_of(sim, person):
            member = members.get(lead.inbox, ria)
            now = simulated.lead(sim, lead.id)
            sim.press(member, None, simulated.under(now, "view", now.version))
            sim.press(member, None, simulated.under(now, "accept", now.version))
            now = simulated.lead(sim, lead.id)
            sim.press(member, None, simulated.under(now, "write", now.version))
            sim.type(member, REPLIES[number])
            sim.hear(person, ReplyTap(lead.token))
            sim.type(person, WORDS[number])
            sim.type(person, "mijn man slaat mij, zegt " + TYPED[number])
    for act in ("home", "partner.balans", "state.balans.full", "invite.balans"):
        sim.press(ria, None, f"dashboard:{act}:0")
    CODES.append(simulated.invitation(sim, "balans"))
    sim.hear(
        residents[1], StopHelpTap(simulated.leads_of(sim, residents[1])[0].token, _revision(sim, residents[1]), True)
    )
    for erased in (residents[2], members["binnenhof"]):
        sim.hear(erased, ChartTap("erase", "yes", _revision(sim, erased)))
    sim.hear(residents[3], Blocked(True))
    passer = sim.person(f"telegram:{PASSER_BY}", NAMES[0])
    sim.type(passer, f"/start {TYPED[0]}_{PASSER_BY}")
    for heard in (Media("photo", WORDS[0]), Contact(PHONES[0], own=True, words=NAMES[0]), Text(REPLIES[0])):
        sim.hear(passer, heard)
    return residents


def _revision(sim: Simulator, person: Person) -> int:
    return simulated.place(sim, person).revision


def waits(sim: Simulator, residents: list[Person]) -> None:
    """Messages wait in the outbox, a group is answered, an update cannot be handled."""
    for at, (person, heard) in enumerate([(residents[0], Text("dag")), (residents[4], Text(WORDS[4]))]):
        sim.handle([Incoming("telegram", 90_000 + at, person.address, person.address, heard, name=person.name)])
    member = f"telegram:{MEMBERS['balans'][0]}"
    sim.hear(residents[0], ReplyTap(simulated.leads_of(sim, residents[0])[0].token))
    sim.handle([Incoming("telegram", 90_010, residents[0].address, residents[0].address, Text(REPLIES[0]))])
    sim.handle([Incoming("telegram", 90_011, member, f"telegram:{GROUP}", Elsewhere(), name=NAMES[1])])
    failed = Incoming("telegram", 90_012, residents[5].address, residents[5].address, Text(WORDS[5]), name=NAMES[5])
    record(
        sim.store, WIJK, "telegram", 90_012, "LookupError at walk.py:1", failed, sim.handle.apology, datetime.now(UTC)
    )


def cells(store: Store) -> Iterator[tuple[str, Any]]:
    """Every value of every column of every table, as it is stored."""
    with store.read() as tx:
        for table in inspect(tx).get_table_names():
            for row in tx.execute(text(f'SELECT * FROM "{table}"')).mappings():
                yield from ((f"{table}.{column}", value) for column, value in row.items() if value is not None)


def files(store: Store) -> bytes:
    """What lies on the disk: the file and its log. PostgreSQL's lies behind a server; its rows are in `cells`."""
    if store.shared:
        return b""
    path = Path(str(make_url(store.writer.url).database))
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(path.name + "*")))


def readable(store: Store, log: str) -> list[str]:
    """What of the secrets can be read in the store or the log, without the key."""
    written = "\n".join(f"{where}={value}" for where, value in cells(store)) + "\n" + log
    lying = files(store)
    return [
        each
        for every in secrets().values()
        for each in every
        if each.casefold() in written.casefold() or each.encode() in lying or each.encode("utf-16-le") in lying
    ]


@pytest.fixture
def sim(store: Store) -> Simulator:
    CODES.clear()
    return simulated.simulator(store)


def test_nothing_of_anybody_can_be_read_without_the_key_and_all_of_it_with_it(sim: Simulator) -> None:
    with capture_logs() as log:
        residents = plays(sim)
        waits(sim, residents)
    assert readable(sim.store, str(log)) == []
    with_the_key = str(simulated.everything(sim.store))
    for each in (NAMES[3], TYPED[0], IDS[0], PHONES[0], STREETS[4], WORDS[0], MEMBERS["balans"][1], RIA[1], REPLIES[0]):
        assert each in with_the_key, "so the demo was busy enough"


def test_whoever_was_erased_cannot_be_found_with_the_key_either(sim: Simulator) -> None:
    plays(sim)
    for gone in (TYPED[2], IDS[2], STREETS[2], WORDS[2], MEMBERS["binnenhof"][0]):
        assert (gone, simulated.found(sim.store, gone)) == (gone, [])
    # What a resident was told and has not opened yet still names the member.
    assert simulated.found(sim.store, MEMBERS["binnenhof"][1]) in ([], ["sealed"])


def test_no_line_leads_to_a_person_without_the_key(sim: Simulator) -> None:
    """People are random ids, and no hash of an address can be made by trying all addresses there are."""
    residents = plays(sim)
    waits(sim, residents)
    stored = [(where, str(value)) for where, value in cells(sim.store)]
    people = {value for where, value in stored if where in ("addresses.person", "conversations.person")}
    assert len(people) >= 10
    assert all(re.fullmatch(r"[0-9a-f]{16}", each) for each in people)
    known = [f"telegram:{each}" for each in secrets()["ids"]]
    tried = {
        hashlib.new(kind, each.encode()).hexdigest()
        for kind in ("md5", "sha1", "sha256", "sha512", "blake2b")
        for address in known
        for each in (address, address.removeprefix("telegram:"))
    }
    assert not tried & {value for _, value in stored}
    assert not people & {each[:16] for each in tried}
    hashes = {value for where, value in stored if where.endswith((".hash", "invitations.code"))}
    assert hashes & {encrypted.fingerprint(each) for each in known}, "with the key they are found"
    ours = encrypted._held()
    encrypted.use([encrypted.new_key()])
    assert not hashes & {encrypted.fingerprint(each) for each in known}
    encrypted._ring = ours


async def test_the_log_of_the_real_line_names_nobody_whatever_goes_wrong(store: Store) -> None:
    world = World()
    account = world.bot()
    people = [world.person(int(id), name) for id, name in zip(IDS, NAMES, strict=True)]
    with capture_logs() as log:
        async with serving(store, world, Clock()) as bot:
            account.faults.fail(3, code=502, methods=["sendMessage"])
            for person, words in zip(people, WORDS, strict=True):
                person.say(words)
            people[0].say("ik ruik gas " + TYPED[0])
            people[1].say(f"bel {PHONES[1]}")
            people[2].block()
            await until(lambda: all(texts(person) for person in (*people[:2], *people[3:])))
            usual = bot.parrot.switchboard.take

            def broken(turn: Any) -> Any:
                if WORDS[4] in str(turn.incoming.heard):
                    raise LookupError(WORDS[4] + turn.incoming.name)
                return usual(turn)

            bot.parrot.switchboard.take = broken  # type: ignore[method-assign]
            people[4].say(WORDS[4] + "!")
            await until(lambda: any("could not be handled" in line["event"] for line in log))
    assert len(log) > 1
    assert readable(store, str(log)) == []
