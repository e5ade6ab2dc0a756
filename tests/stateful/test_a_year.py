"""Four hundred days of a neighbourhood, by a clock that is moved: nothing is left that may not be.

People pass by, are helped to every end there is, stop, erase everything; members come, write and go; links are used.
Every second resident wants notices that name no helper; some of them open those notices, others never do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Date

from bot.demo.simulator import Person, Simulator
from bot.leads.clocks.retention import SLICE
from bot.messages.ticks import ForgetWhatIsDue
from db import tables
from db.leads import leads
from db.leads.lead import Lead
from db.people import addresses, invitations
from db.queue import outbox, updates
from db.records import group_answers, link_counts
from db.records.expiry import timed
from db.store import Store
from db.types.held import ANSWERS, LEADS, Kept, Then, Until, naming, said_of
from db.types.utc import UtcTime
from tests import simulated
from tests.simulated import ABOUT_ME, ALONE, CONTENT, NOW, WIJK, Clock, go, under

DAYS, EVERY = 400, 6
"""How long it lasts, and after how many days the next person comes."""

ENDS = ("passed", "answered", "no", "completed", "declined", "stopped", "erased", "failed", "waits", "taken")
"""What becomes of the people who come, in turn."""


@dataclass(slots=True)
class Lived:
    """The neighbourhood after all those days: who came, on which day, with which lead, and to which end."""

    sim: Simulator
    clock: Clock
    came: list[tuple[int, str, Person, Lead | None]] = field(default_factory=list)
    notices: list[bool] = field(default_factory=list)
    """Of each sealed notice that was seen: was it opened?"""


def discreet(number: int) -> bool:
    """Whether this person wants notices that name no helper: in every second round through the ends."""
    return number // len(ENDS) % 2 == 1


def come(sim: Simulator, number: int, end: str) -> tuple[Person, Lead | None]:
    """Bring one more person as far as this end, but for what members do."""
    person = simulated.resident(sim, f"telegram:{5000 + number}", f"Zebra{number}")
    if end == "passed":
        return person, None
    if end == "answered":
        go(sim, person, *ALONE)
        return person, None
    if end == "no":
        simulated.asked(sim, person)
        go(sim, person, "handoff.consent:no")
        return person, None
    named = "no" if discreet(number) else "yes"
    go(sim, person, *ALONE, "first", *ABOUT_ME[:-1], f"handoff.notices:{named}", "handoff.consent:yes")
    lead = simulated.leads_of(sim, person)[-1]
    if end == "stopped":
        go(sim, person, "_help", f"stop_help:{lead.token}", f"withdraw:{lead.token}")
    elif end == "erased":
        sim.type(person, "/verwijder")
        go(sim, person, "erase:yes")
    return person, lead


def move(sim: Simulator, member: Person, lead: Lead, *moves: str) -> None:
    """Let a member open the lead and make these moves."""
    sim.press(member, None, under(lead, "view", 1))
    for version, each in enumerate(moves, start=1):
        sim.press(member, None, under(lead, each, version))


def help(sim: Simulator, member: Person, ria: Person, lead: Lead, end: str) -> None:
    """Let a member bring a lead to this end; what came back is ended by the coordinator."""
    if end == "declined":
        move(sim, member, lead, "decline.no_capacity")
    elif end != "waits":
        move(sim, member, lead, "accept")
        sim.press(member, None, under(lead, "write", 2))
        sim.type(member, f"Dag, ik kom dinsdag. {lead.code}")
        if end == "completed":
            sim.press(member, None, under(lead, "complete.helped", 2))
        if end == "failed":
            sim.press(member, None, under(lead, "fail.no_contact", 2))
    if end in ("declined", "failed"):
        sim.press(ria, None, under(lead, "end.no_help", 2 if end == "declined" else 3))


def sealed_notices(tx: Connection) -> list[bool]:
    """Return of each notice that names no helper whether it was opened. What was opened holds nothing."""
    rows = list(tx.execute(sa.select(tables.sealed.c.opened_at, tables.sealed.c.payload)))
    assert all((opened is None) == (payload is not None) for opened, payload in rows)
    return [opened is not None for opened, _ in rows]


def forget(sim: Simulator) -> None:
    """Let the clock tick until nothing is due."""
    while not sim.handle.tick(ForgetWhatIsDue()).all_done:
        pass


def a_day_of_the_machine(tx: Connection, day: int, now: datetime) -> None:
    """What no person does: a scan, a fault, a message that is given up, a group, an invitation that nobody uses."""
    link_counts.add(tx, WIJK, sorted(CONTENT.wijk.links)[day % 2], now.date())
    updates.fail(tx, WIJK, "telegram", 10_000_000 + day, "ValueError", now)
    outbox.dead(tx, WIJK, 10_000_000 + day, "refused", now)
    group_answers.first_today(tx, WIJK, f"telegram:-{day}", now.date())
    invitations.make(tx, WIJK, "balans", "partner", None, now)


def too_old(tx: Connection, table: sa.Table, until: Until, now: datetime, *filled: str) -> int:
    """Count the rows of which this term is over, and in which one of these columns still holds something."""
    if until.after is None:
        return 0
    day = isinstance(table.c[until.since].type, Date)
    before = (now - until.after).date() if day else now - until.after
    held = " OR ".join(f'"{name}" IS NOT NULL' for name in filled) or "1 = 1"
    count = sa.text(f"SELECT count(*) FROM {table.name} WHERE ({until.condition}) AND ({held})")
    return int(tx.execute(count.bindparams(sa.bindparam("before", before, Date() if day else UtcTime()))).scalar_one())


def left_too_long(tx: Connection, now: datetime) -> list[str]:
    """Return every table and column in which something is older, or more, than is said of it."""
    faults = []
    for table in tables.metadata.sorted_tables:
        said: Kept = table.info["kept"]
        if too_old(tx, table, said.until, now):
            faults.append(f"{table.name}: rows")
        for until, columns in timed(table):
            names = [each.name for each in columns if said_of(each).then is not Then.WRITTEN_OVER]
            if (names or "actor" in table.c) and too_old(tx, table, until, now, *names):
                faults.append(f"{table.name}: {[each.name for each in columns]}")
        count = tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        if said.most is not None and count > said.most:
            faults.append(f"{table.name}: {count} rows")
        for column in table.columns:
            if said_of(column).blanked in (Then.ROW, Then.EMPTY):
                blank = sa.select(tables.leads.c.id).where(tables.leads.c.packet.is_(None))
                if tx.execute(sa.select(column).where(column.in_(blank))).first() is not None:
                    faults.append(f"{table.name}.{column.name}: of a lead that was blanked")
    return faults


def tables_of(kept: dict[str, list[str]], name: str) -> list[str]:
    """Return the tables in which this name stands, as a word, in whatever can be decrypted."""
    word = re.compile(rf"\b{name}\b")
    return [table for table, rows in kept.items() if any(word.search(row) for row in rows)]


@pytest.fixture
def lived(store: Store) -> Lived:
    """The neighbourhood after all those days."""
    clock = Clock()
    sim = simulated.simulator(store, clock)
    ria = simulated.member(sim, "coordinator", "telegram:9", "Ria")
    out = Lived(sim, clock)
    ans = simulated.member(sim, "balans", "telegram:2000", "Ans0")
    for day in range(DAYS):
        clock.forward(days=1)
        with store.write() as tx:
            a_day_of_the_machine(tx, day, clock())
        if day % 100 == 99:  # Ans leaves, after the next one came
            after = simulated.member(sim, "balans", f"telegram:{2000 + day}", f"Ans{day}")
            sim.type(ans, "/verwijder")
            go(sim, ans, "erase:yes")
            ans = after
        if day % EVERY == 0:
            number = day // EVERY
            end = ENDS[number % len(ENDS)]
            person, lead = come(sim, number, end)
            out.came.append((day, end, person, lead))
            if lead is not None and end not in ("stopped", "erased"):
                help(sim, ans, ria, lead, end)
                if discreet(number) and end in ("completed", "taken"):
                    go(sim, person, "open")  # the newest; the older ones stay shut
            with store.read() as tx:
                out.notices += sealed_notices(tx)
        forget(sim)
    return out


@pytest.mark.slow
def test_after_400_days_nothing_is_left_that_is_not_allowed(lived: Lived) -> None:
    now = lived.clock()
    assert now - NOW == timedelta(days=DAYS)
    assert set(lived.notices) == {True, False}, "some were opened, some were not"
    kept = simulated.everything(lived.sim.store)
    with lived.sim.store.read() as tx:
        assert left_too_long(tx, now) == []
        assert left_too_long(tx, now + timedelta(days=1)) != [], "the test would see it"
        ids = {str(one) for _, column, _ in naming(tables.metadata) for one in tx.execute(sa.select(column)).scalars()}
        for day, end, person, lead in lived.came:
            age = timedelta(days=DAYS - 1 - day)
            if end in ("waits", "taken"):
                assert person.known in ids, "help that is still open"
            elif age > LEADS or (age > ANSWERS and end in ("passed", "answered", "no", "stopped", "erased")):
                assert person.known not in ids, (end, age)
                assert tables_of(kept, person.name) == [], (end, age)
                assert addresses.find(tx, WIJK, person.address) is None
                now_lead = lead and leads.get(tx, WIJK, lead.id)
                assert now_lead is None or (now_lead.packet, now_lead.resident) == (None, None)
    assert tables_of(kept, "Ans0") == []
    counts = {name: len(rows) for name, rows in kept.items()}
    assert counts["updates"] <= 2 * 40
    assert counts["failures"] == counts["undelivered"] == 91
    assert counts["group_answers"] <= 2
    assert counts["invitations"] <= 14 + 30 + 2
    assert counts["link_counts"] == DAYS
    assert counts["outbox"] <= SLICE
