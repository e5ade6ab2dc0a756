"""Stores of any size for the growth table: some hundred people who really walked, and copies of them.

People play in the real simulator (`bot.demo.simulator`) in two wijken of their own, the moulds, so that every row is
one that the bot wrote: encrypted, with all that belongs to it. A store is filled with copies of the moulds, each with
addresses and numbers of its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.content.loaded import Content
from bot.demo.simulator import Person, Simulator
from bot.leads.clocks.retention import forget_what_is_due
from bot.messages.links import INVITATION
from bot.messages.message import NOTICE, Outgoing, to_dict
from bot.messages.taps.buttons import decode
from bot.messages.taps.members import LeadTap
from db.people import invitations
from db.queue import outbox
from db.queue.outbox import Message
from db.records import switches
from db.store import Store
from db.tables import metadata
from db.types.encrypted import fingerprint
from flows.model.chart import Question
from flows.model.heard import ChartTap
from flows.model.wijk import COORDINATOR
from flows.walk.arrows import NEXT
from tests.simulated import ABOUT_ME, ALONE, go

PEOPLE, LEADS, WAITING = 200, 120, 100
"""How many there are in the moulds: residents (one in ten was helped before), open leads, messages that wait."""

SPAN = 4_000
"""The step from one copy to the next in every number and address; more than a mould uses of any of them."""

RESIDENT, MEMBER, AWAY = 100_000_000, 900_000_000, 300_000_000
"""The first numbers in the addresses of residents, of members, and of people to whom the outbox cannot deliver now."""

LONG_AGO, FORGOTTEN, LATELY = timedelta(days=60), timedelta(days=30), timedelta(days=6)
"""A quarter of the residents came long ago, and their answers were forgotten since; the others came in recent days."""

WALKERS, HELPED, MESSAGES = "mould-people", "mould-leads", "mould-outbox"
"""The wijken of the moulds: their rows stay in the store, where nobody looks."""

NUMBERED = {
    "updates": ("id",),
    "consents": ("id",),
    "leads": ("id", "consent"),
    "lead_events": ("lead",),
    "disclosures": ("id", "lead", "consent"),
    "audit": ("id", "lead"),
    "outbox": ("id",),
    "lead_views": ("lead",),
    "sent_messages": ("message", "lead"),
    "conversations": (),
}
"""The tables of which every row is copied, with their numbers, in the order in which they refer to each other."""

NAMED = ("person", "resident", "sender")
"""Columns with the id of a resident. Members are the same in every copy."""

MANY = 10_000
"""How many addresses one statement writes."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a store. The messages that wait are notices that may all go now, as after an outage."""

    conversations: int = 1_000
    open_leads: int = LEADS
    backlog: int = 0

    @property
    def copies(self) -> int:
        """How often the walkers are copied."""
        return max(1, self.conversations // PEOPLE)

    def residents(self, many: int) -> tuple[int, ...]:
        """Choose so many residents of the store, far apart, and in every shape the same people of the mould."""
        each = PEOPLE // many
        return tuple(RESIDENT + n * each + SPAN * (n * self.copies // many) for n in range(many))


def play(store: Store, content: Content, now: datetime, *, people: int = PEOPLE, leads: int = LEADS) -> None:
    """Fill the moulds of a new store: about ten turns for each of these people, and twenty for each of these leads."""
    if store.writer.dialect.name == "sqlite":
        _at_ease(store)
    choose = random.Random(11)
    clock = _Clock(now)
    partners = [*content.wijk.partners]
    sim = _simulator(store, content, WALKERS, clock)
    members = _members(sim, partners)
    for number in range(people):
        if number == people // 4:
            _forget(store, content, now - FORGOTTEN)
        clock.now = now - (LONG_AGO if number < people // 4 else LATELY * (1 - number / people))
        person = _resident(sim, number)
        if number % 10 == 5:
            go(sim, person, *ALONE, "first", *ABOUT_ME, "handoff.consent:yes")
            go(sim, next(filter(_has_news, members)), "view", "accept", "complete", "complete.helped")
        else:
            wander(sim, person, 1 + number % 12, choose)
    sim = _simulator(store, content, HELPED, clock)
    _members(sim, partners)
    for number in range(leads):
        clock.now = now - LATELY * (1 - number / leads)
        go(sim, _resident(sim, number), *ALONE, "first", *ABOUT_ME, "handoff.consent:yes")
    _forget(store, content, now, FORGOTTEN)
    card = sim.people[f"telegram:{RESIDENT}"].card
    words = to_dict(Outgoing(0, "", card.text, card.buttons))
    with store.write() as tx:
        _spread(tx, partners)
        waiting = [Message(n, f"telegram:{AWAY + n}", words, priority=NOTICE) for n in range(WAITING)]
        outbox.add(tx, MESSAGES, waiting, now)


def fill(store: Store, wijk: str, shape: Shape) -> None:
    """Fill a store whose moulds were filled by `play`."""
    if store.writer.dialect.name == "sqlite":
        _at_ease(store)
    with store.write() as tx:
        _copy_members(tx, wijk)
        with _past_the_guard(tx):
            last = _copy(tx, WALKERS, wijk, shape.copies, 0)
            last = _copy(tx, HELPED, wijk, shape.open_leads // LEADS, last)
            _copy(tx, MESSAGES, wijk, shape.backlog // WAITING, last)
        tx.execute(metadata.tables["row_ids"].insert(), {"wijk": wijk, "last": last})
    if store.shared:
        with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
            line.exec_driver_sql("VACUUM ANALYZE")


def wander(sim: Simulator, person: Person, taps: int, choose: random.Random) -> None:
    """Answer so many questions at random, up to an outcome."""
    for _ in range(taps):
        card = person.card
        carried = [button.data for row in card.buttons for button in row if _answers(sim, button.data)]
        if not carried:
            return
        sim.press(person, card.id, choose.choice(carried))


def _answers(sim: Simulator, data: str) -> bool:
    tap = decode(data)
    if not isinstance(tap, ChartTap):
        return False
    moves = tap.answer == NEXT or not tap.answer.startswith(("_", "-"))
    return moves and isinstance(sim.content.charts.steps.get(tap.step), Question)


def _forget(store: Store, content: Content, now: datetime, since: timedelta = timedelta()) -> None:
    """Forget day by day, as a bot does that is always up: it does not believe a clock that jumps."""
    for mould in (WALKERS, HELPED):
        for day in range(since.days, -1, -1):
            more = True
            while more:
                with store.write() as tx:
                    more = any(forget_what_is_due(content, tx, mould, now - timedelta(day))[0].values())


@dataclass(slots=True)
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


def _simulator(store: Store, content: Content, mould: str, clock: _Clock) -> Simulator:
    return Simulator(replace(content, wijk=replace(content.wijk, id=mould)), store, clock)


def _members(sim: Simulator, partners: list[str]) -> list[Person]:
    """Make one reader for each inbox, and a coordinator."""
    return [_joined(sim, partner, MEMBER + number) for number, partner in enumerate([*partners, COORDINATOR])]


def _joined(sim: Simulator, partner: str, number: int) -> Person:
    role = "coordinator" if partner == COORDINATOR else "partner"
    with sim.store.write() as tx:
        if partner != COORDINATOR:
            switches.put(tx, sim.content.wijk.id, f"partner.{partner}.contact_days", 5, None, sim.handle.now())
        code = invitations.make(tx, sim.content.wijk.id, partner, role, None, sim.handle.now())
    person = sim.person(f"telegram:{number}", "Ans")
    sim.type(person, f"/start {INVITATION}{code}")
    return person


def _resident(sim: Simulator, number: int) -> Person:
    """Make a resident who stands before the list of worries; the languages of the wijk take turns."""
    languages = sim.content.wijk.languages
    person = sim.person(f"telegram:{RESIDENT + number}", "Fatma", languages[number % len(languages)])
    sim.type(person, "/start")
    go(sim, person, person.language, "begin")
    return person


def _has_news(member: Person) -> bool:
    taps = [decode(button.data) for row in member.card.buttons for button in row]
    return any(isinstance(tap, LeadTap) and tap.move == "view" for tap in taps)


def _spread(tx: Connection, partners: list[str]) -> None:
    """Spread the leads of the mould evenly over all inboxes."""
    leads = metadata.tables["leads"]
    ids = tx.execute(sa.select(leads.c.id).where(leads.c.wijk == HELPED).order_by(leads.c.id)).scalars().all()
    for number, id in enumerate(ids):
        inbox = partners[number % len(partners)]
        tx.execute(leads.update().where(leads.c.wijk == HELPED, leads.c.id == id).values(partner=inbox, inbox=inbox))


@contextmanager
def _past_the_guard(tx: Connection) -> Iterator[None]:
    """Let disclosures be copied of leads that were blanked since: the trigger would refuse those."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("ALTER TABLE disclosures DISABLE TRIGGER disclosures_agreed")
        yield
        tx.exec_driver_sql("ALTER TABLE disclosures ENABLE TRIGGER disclosures_agreed")
        return
    guard = tx.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'disclosures_agreed'").scalar_one()
    tx.exec_driver_sql("DROP TRIGGER disclosures_agreed")
    yield
    tx.exec_driver_sql(str(guard))


def _copy_members(tx: Connection, wijk: str) -> None:
    for name in ("memberships", "conversations", "addresses"):
        table = metadata.tables[name]
        rows = sa.select(sa.literal(wijk), *list(table.columns)[1:])
        _insert(tx, table, rows.where(table.c.wijk == WALKERS, table.c.person.in_(_members_of(WALKERS))))
    table = metadata.tables["switches"]
    rows = sa.select(sa.literal(wijk), *list(table.columns)[1:])
    _insert(tx, table, rows.where(table.c.wijk == WALKERS, table.c.name.like("partner.%")))


def _members_of(mould: str) -> sa.Select[Any]:
    table = metadata.tables["memberships"]
    return sa.select(table.c.person).where(table.c.wijk == mould)


def _copy_addresses(tx: Connection, mould: str, wijk: str, times: int, first: int) -> None:
    """Give every resident of every copy an address of their own, as a new person gets one."""
    table = metadata.tables["addresses"]
    found = sa.select(table.c.person, table.c.address, table.c.since).where(
        table.c.wijk == mould, table.c.person.not_in(_members_of(mould))
    )
    people = [(row.person, int(row.address.removeprefix("telegram:")), row.since) for row in tx.execute(found)]
    rows = []
    for n in range(times):
        shift = n * SPAN + first
        for person, number, since in people:
            address = f"telegram:{number + shift}"
            rows.append(
                {"wijk": wijk, "hash": fingerprint(address), "person": f"{person}.{shift}", "address": address}
                | {"since": since}
            )
        if rows and (len(rows) >= MANY or n == times - 1):
            tx.execute(table.insert(), rows)
            rows = []


def _copy(tx: Connection, mould: str, wijk: str, times: int, first: int) -> int:
    """Copy a mould so many times, with `first` and more added to its numbers; return where the next may begin."""
    if times < 1:
        return first
    step = sa.select(sa.literal(0).label("n")).cte("step", recursive=True)
    step = step.union_all(sa.select(step.c.n + 1).where(step.c.n < times - 1))
    shift = sa.cast(step.c.n, sa.BigInteger) * SPAN + first
    for name, numbers in NUMBERED.items():
        table = metadata.tables[name]
        for each in numbers:
            highest = tx.execute(sa.select(sa.func.max(table.c[each])).where(table.c.wijk == mould)).scalar()
            assert (highest or 0) < SPAN, f"{mould} has too many {name}"
        members = _members_of(mould)
        rows = sa.select(
            sa.literal(wijk), *(_column(each, numbers, shift, members) for each in list(table.columns)[1:])
        )
        rows = rows.select_from(table.join(step, sa.true())).where(table.c.wijk == mould)
        if name == "conversations":
            rows = rows.where(table.c.person.not_in(members))
        _insert(tx, table, rows.order_by(step.c.n, *list(table.primary_key)[1:]))
    _copy_addresses(tx, mould, wijk, times, first)
    return first + times * SPAN


def _column(column: Any, numbers: tuple[str, ...], shift: Any, members: sa.Select[Any]) -> Any:
    """Change a column for a copy: numbers are raised and ids of residents extended, so that every copy has its own."""
    if column.name in numbers:
        return column + shift
    if str(column) == "consents.recipient":  # whoever has the lead now, after they were spread over the partners
        lead = metadata.tables["leads"]
        of_it = (lead.c.wijk == column.table.c.wijk, lead.c.consent == column.table.c.id)
        return sa.func.coalesce(sa.select(sa.func.min(lead.c.inbox)).where(*of_it).scalar_subquery(), column)
    if column.name == "code":
        return sa.literal("KOP-") + sa.cast(column.table.c.id + shift, sa.String)
    if column.name == "token":  # as long as a real one
        return sa.cast(column.table.c.id + shift + 10**15, sa.String)
    if column.name == "to" or column.name in NAMED:
        number = sa.cast(sa.func.substr(column, len("telegram:") + 1), sa.BigInteger) + shift
        return sa.case(
            (column.like("%:%"), "telegram:" + sa.cast(number, sa.String)),
            (column.in_(members), column),
            else_=column + "." + sa.cast(shift, sa.String),
        )
    return column


def _insert(tx: Connection, table: sa.Table, rows: sa.Select[Any]) -> None:
    names = [column.name for column in table.columns]  # the wijk is the first one of every table
    tx.execute(table.insert().from_select(names, rows, include_defaults=False))


def _at_ease(store: Store) -> None:
    """Let a store that is still being made be quick: it need not survive a power cut, but must become one file."""
    line = store.writer.raw_connection()
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
        line.cursor().execute(f"PRAGMA {pragma}").fetchall()
    line.close()
