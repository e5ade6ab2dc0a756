"""The hot queries find their rows by an index, on both engines: nothing walks through a table, or through a wijk."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from db import tables
from db.leads import blanking, calls, counts, leads, lists, rungs, sealed, views
from db.leads.consent import consents, disclosures, passings, verdicts, visits, wishes
from db.leads.consent.visits import Visit
from db.leads.views import View
from db.people import addresses, conversations, digests, invitations, members, personal_data
from db.people.conversations import Conversation
from db.queue import held_messages, outbox, said_messages, sent_messages, spoken_messages, updates
from db.queue.outbox import LONGEST, Message
from db.queue.sent_messages import SentMessage
from db.records import audit, expiry, group_answers
from db.records.register import opportunities, support
from db.store import Store
from db.tables import metadata
from tests.conftest import Stock
from tests.unit.db.examples import ADDRESSES, FATMA, NOW, WIJK, a_consent, a_lead, packet

pytestmark = pytest.mark.both_stores

BY_HAND = (tables.leads, tables.conversations)
"""Tables whose rows are found by other verbs, because more must be done than to forget them."""

MANY = 300
LATER, LATEST = NOW + timedelta(1), NOW + timedelta(1000)

BACKLOG = 100_000

VISIT = Visit("0123456789abcdef", 7, None, "telegram:7", visits.CHOSEN)

HOT: dict[str, Callable[[Connection], object]] = {
    "updates.highest": lambda tx: updates.highest(tx, WIJK, "telegram"),
    "conversations.load": lambda tx: conversations.load(tx, WIJK, [ADDRESSES[FATMA], "telegram:7"], NOW),
    "conversations.look": lambda tx: conversations.look(tx, WIJK, [FATMA, "telegram:7"]),
    "conversations.set_cards": lambda tx: conversations.set_cards(tx, WIJK, {"telegram:7": 3}),
    "conversations.idle_before": lambda tx: conversations.idle_before(tx, WIJK, LATER, 2),
    "conversations.empty": lambda tx: conversations.empty(tx, WIJK, ["telegram:7"]),
    "conversations.left_before": lambda tx: conversations.left_before(tx, WIJK, NOW + timedelta(8), 2),
    "outbox.due": lambda tx: outbox.due(tx, WIJK, NOW - LONGEST),
    "outbox.due of one priority": lambda tx: outbox.due(tx, WIJK, NOW - LONGEST, priority=1),
    "outbox.standing": lambda tx: outbox.standing(tx, WIJK, [16, 17]),
    "outbox.of": lambda tx: outbox.of(tx, WIJK, "telegram:7", NOW - LONGEST),
    "outbox.crowded": lambda tx: outbox.crowded(tx, WIJK),
    "outbox.drop_replaced": lambda tx: outbox.drop_replaced(
        tx, WIJK, [Message(900, "telegram:7", {}, replaces="card")]
    ),
    "outbox.newer": lambda tx: outbox.newer(tx, WIJK, 100, NOW - LONGEST),
    "outbox.done": lambda tx: outbox.done(tx, WIJK, [16, 17]),
    "outbox.later": lambda tx: outbox.later(tx, WIJK, 16, NOW, 1),
    "outbox.drop_for": lambda tx: outbox.drop_for(tx, WIJK, "telegram:7"),
    "outbox.drop_about": lambda tx: outbox.drop_about(tx, WIJK, [16, 17]),
    "sent_messages.add": lambda tx: sent_messages.add(tx, WIJK, [SentMessage("telegram:7", 9, 7)], NOW),
    "outbox.waiting": lambda tx: outbox.waiting(tx, WIJK, "telegram:7"),
    "held_messages.held": lambda tx: held_messages.held(tx, WIJK, "telegram:7"),
    "held_messages.take": lambda tx: held_messages.take(tx, WIJK, "telegram:7"),
    "held_messages.forget_before": lambda tx: held_messages.forget_before(tx, WIJK, LATER, 2),
    "said_messages.take": lambda tx: said_messages.take(tx, WIJK, "telegram:7", NOW, 9),
    "sent_messages.recent": lambda tx: sent_messages.recent(tx, WIJK, "telegram:7", NOW),
    "sent_messages.take": lambda tx: sent_messages.take(tx, WIJK, "telegram:7", NOW, 9),
    "sent_messages.take_old": lambda tx: sent_messages.take_old(tx, WIJK, "telegram:7", LATER, 9, 5),
    "sent_messages.take_sounds": lambda tx: sent_messages.take_sounds(tx, WIJK, NOW, 2),
    "spoken_messages.get": lambda tx: spoken_messages.get(tx, WIJK, "0123456789abcdef"),
    "conversations.hidden": lambda tx: conversations.hidden(tx, WIJK, ["telegram:7"]),
    "members.among": lambda tx: members.among(tx, WIJK, ["telegram:7"]),
    "sent_messages.of_lead": lambda tx: sent_messages.of_lead(tx, WIJK, 7),
    "sent_messages.forget": lambda tx: sent_messages.forget(tx, WIJK, "telegram:7"),
    "sealed.untold": lambda tx: sealed.untold(tx, WIJK, "telegram:7"),
    "sealed.withdrawn": lambda tx: sealed.withdrawn(tx, WIJK, "telegram:7", [7]),
    "sealed.get": lambda tx: sealed.get(tx, WIJK, "0123456789abcdef"),
    "sealed.waiting": lambda tx: sealed.waiting(tx, WIJK, 7),
    "sealed.delivered": lambda tx: sealed.delivered(tx, WIJK, {"0123456789abcdef": 9}),
    "sealed.opened": lambda tx: sealed.opened(tx, WIJK, "0123456789abcdef", NOW),
    "sealed.forget_before": lambda tx: sealed.forget_before(tx, WIJK, LATER, 2),
    "calls.of_lead": lambda tx: calls.of_lead(tx, WIJK, 7),
    "calls.by_token": lambda tx: calls.by_token(tx, WIJK, "0123456789abcdef"),
    "calls.due": lambda tx: calls.due(tx, WIJK, NOW, 2),
    "calls.done": lambda tx: calls.done(tx, WIJK, "0123456789abcdef"),
    "calls.drop": lambda tx: calls.drop(tx, WIJK, 7),
    "passings.of_lead": lambda tx: passings.of_lead(tx, WIJK, 7),
    "passings.by_token": lambda tx: passings.by_token(tx, WIJK, "0123456789abcdef"),
    "passings.to_look_at": lambda tx: passings.to_look_at(tx, WIJK, NOW, 2),
    "passings.wants_to_talk": lambda tx: passings.wants_to_talk(tx, WIJK, "0123456789abcdef"),
    "passings.end": lambda tx: passings.end(tx, WIJK, 7),
    "visits.of_lead": lambda tx: visits.of_lead(tx, WIJK, 7),
    "visits.by_token": lambda tx: visits.by_token(tx, WIJK, "0123456789abcdef"),
    "visits.due": lambda tx: visits.due(tx, WIJK, NOW, 2),
    "visits.change": lambda tx: visits.change(tx, WIJK, VISIT, status="done"),
    "visits.cross": lambda tx: visits.cross(tx, WIJK, replace(VISIT, clocks={"wait": NOW}), {}),
    "visits.hand_over": lambda tx: visits.hand_over(tx, WIJK, 7, NOW),
    "visits.leave": lambda tx: visits.leave(tx, WIJK, 7, NOW),
    "leads.get": lambda tx: leads.get(tx, WIJK, 7),
    "leads.by_token": lambda tx: leads.by_token(tx, WIJK, "0123456789abcdef"),
    "leads.by_code": lambda tx: leads.by_code(tx, WIJK, "KOP-777"),
    "leads.of_resident": lambda tx: leads.of_resident(tx, WIJK, "telegram:7"),
    "rungs.to_look_at": lambda tx: rungs.to_look_at(tx, WIJK, NOW, 2),
    "leads.open_of_inboxes": lambda tx: leads.open_of_inboxes(tx, WIJK, ["goos7"]),
    "lists.of": lambda tx: lists.of(tx, WIJK, ["goos7"], "telegram:7", "mine", NOW, NOW),
    "lists.of done": lambda tx: lists.of(tx, WIJK, ["goos7"], "telegram:7", "done", LATER, NOW),
    "lists.count": lambda tx: lists.count(tx, WIJK, ["goos7"], "telegram:7", LATER, NOW),
    "counts.note_done": lambda tx: counts.note_done(tx, WIJK, 7, 1, ["strips"]),
    "verdicts.due": lambda tx: verdicts.due(tx, WIJK, NOW, 2),
    "verdicts.of_lead": lambda tx: verdicts.of_lead(tx, WIJK, 7),
    "wishes.change": lambda tx: wishes.change(tx, WIJK, 7, {}, 1),
    "wishes.forget_yes": lambda tx: wishes.forget_yes(tx, WIJK, 7),
    "wishes.inquire": lambda tx: wishes.inquire(tx, WIJK, 7, NOW, NOW),
    "counts.completed": lambda tx: counts.completed(tx, WIJK, NOW, LATER),
    "counts.tries": lambda tx: counts.tries(tx, WIJK, 2),
    "counts.count_of_inbox": lambda tx: counts.count_of_inbox(tx, WIJK, "goos7"),
    "blanking.closed_before": lambda tx: blanking.closed_before(tx, WIJK, LATER, 2),
    "blanking.blank": lambda tx: blanking.blank(tx, WIJK, [7]),
    "leads.events": lambda tx: leads.events(tx, WIJK, 7),
    "consents.of": lambda tx: consents.of(tx, WIJK, "telegram:7"),
    "disclosures.of_lead": lambda tx: disclosures.of_lead(tx, WIJK, 7),
    "views.add": lambda tx: views.add(tx, WIJK, [View(7, "nobody", 9)]),
    "views.of_lead": lambda tx: views.of_lead(tx, WIJK, 7),
    "views.of_member": lambda tx: views.of_member(tx, WIJK, "telegram:7"),
    "views.forget_lead": lambda tx: views.forget_lead(tx, WIJK, 7),
    "views.forget_member": lambda tx: views.forget_member(tx, WIJK, "telegram:7"),
    "opportunities.by_token": lambda tx: opportunities.by_token(tx, WIJK, "0123456789abcdef"),
    "opportunities.due": lambda tx: opportunities.due(tx, WIJK, NOW, 2),
    "support.by_token": lambda tx: support.by_token(tx, WIJK, "0123456789abcdef"),
    "support.due": lambda tx: support.due(tx, WIJK, NOW, 2),
    "support.since": lambda tx: support.since(tx, WIJK, LATER),
    "members.of": lambda tx: members.of(tx, WIJK, "telegram:7"),
    "addresses.of": lambda tx: addresses.of(tx, WIJK, ["telegram:7"]),
    "addresses.reached": lambda tx: addresses.reached(tx, WIJK, ["telegram:7", FATMA]),
    "addresses.find": lambda tx: addresses.find(tx, WIJK, "telegram:7"),
    "members.members_of": lambda tx: members.members_of(tx, WIJK, "goos7"),
    "digests.of": lambda tx: digests.of(tx, WIJK, "telegram:7"),
    "digests.due": lambda tx: digests.due(tx, WIJK, NOW, 2),
    "digests.forget": lambda tx: digests.forget(tx, WIJK, "telegram:7"),
    "members.by_handle": lambda tx: members.by_handle(tx, WIJK, "k7m2p9qr"),
    "members.end": lambda tx: members.end(tx, WIJK, "k7m2p9qr"),
    "sent_messages.about_leads": lambda tx: sent_messages.about_leads(tx, WIJK, "telegram:7"),
    "outbox.leads_for": lambda tx: outbox.leads_for(tx, WIJK, "telegram:7"),
    "outbox.drop_to": lambda tx: outbox.drop_to(tx, WIJK, "telegram:7", [7]),
    "invitations.find": lambda tx: invitations.find(tx, WIJK, "CODE"),
    "invitations.use": lambda tx: invitations.use(tx, WIJK, "CODE", FATMA, NOW),
}


def fill(store: Store) -> None:
    """Put so much in it that the engine has a choice."""
    with store.write() as tx:
        updates.claim(tx, WIJK, "telegram", range(MANY), NOW)
        conversations.save(tx, WIJK, [Conversation(f"telegram:{n}", place={"n": n}) for n in range(MANY)], NOW)
        addresses.add(tx, WIJK, {f"telegram:{n}": f"telegram:{n}" for n in range(MANY)}, NOW)
        outbox.add(tx, WIJK, [Message(n, f"telegram:{n}", {}, NOW, lead=n) for n in range(MANY)], NOW)
        goes = [LATEST if n % 9 else NOW for n in range(MANY)]
        sent = [SentMessage(f"telegram:{n}", n, n, goes[n] if n % 3 else None) for n in range(MANY)]
        sent_messages.add(tx, WIJK, sent, NOW)
        held_messages.add(tx, WIJK, [Message(n, f"telegram:{n}", {}, NOW, lead=n) for n in range(MANY)], NOW)
        said_messages.add(tx, WIJK, [(f"telegram:{n}", n) for n in range(MANY)], NOW)
        for n in range(MANY):
            yes = a_consent(tx, resident=f"telegram:{n}")
            lead = a_lead(tx, resident=f"telegram:{n}", inbox=f"goos{n % 20}", consent=yes)
            if n % 2:
                leads.move(
                    tx, WIJK, lead.id, 1, "completed", next=None, now=NOW, actor="telegram:7", assignee="telegram:7"
                )
            audit.add(tx, WIJK, f"telegram:{n}", "lead.opened", NOW, lead.id)
            group_answers.first_today(tx, WIJK, f"telegram:-{n}", NOW.date())
            disclosures.add(tx, WIJK, lead=lead.id, consent=yes, recipient="goos", fields=[], packet=packet(), now=NOW)
            members.join(tx, WIJK, f"telegram:{n}", f"goos{n % 20}", "partner", "Ans", NOW)
            views.add(tx, WIJK, [View(lead.id, f"telegram:{n}", n)])
            invitations.make(tx, WIJK, "goos", "partner", None, NOW)
            digests.put(tx, WIJK, digests.Digest(f"telegram:{n}", 9, LATER, NOW))
            sealed.add(tx, WIJK, lead.id, f"telegram:{n}", {}, NOW)
            opportunities.make(tx, WIJK, title="visit", owner="goos", parties=(), now=NOW, due_at=LATEST)
            support.make(tx, WIJK, n, "room", "goos", NOW, LATEST)
            calls.put(tx, WIJK, lead.id, f"telegram:{n}", {}, NOW, LATER)
            spoken_messages.add(
                tx,
                WIJK,
                lead=lead.id,
                speaker=f"telegram:{n}",
                to_resident=False,
                sound="voice 9 f",
                language="nl",
                now=NOW,
            )
            asked: dict[str, Any] = {
                "to": "goos",
                "why": "fits",
                "asks": "call",
                "by": f"telegram:{n}",
                "language": "nl",
            }
            passings.add(tx, WIJK, lead=lead.id, **asked, now=NOW, look_at=LATEST)
            visits.add(tx, WIJK, replace(VISIT, lead=lead.id, resident=f"telegram:{n}", clocks={"wait": LATEST}))


@pytest.fixture
def full_store(engine: str, stock: Stock, open_stores: Callable[[str], Store]) -> Store:
    """A filled store, of which nobody made statistics yet."""
    return open_stores(stock.copy(engine, fill))


def fill_outbox(store: Store) -> None:
    """A hundred thousand notices wait, with an answer before them and three behind them."""
    series = {
        "sqlite": "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :most) SELECT n FROM s) s",
        "postgresql": "generate_series(1, :most) AS s(n)",
    }
    columns = 'wijk, id, "to", payload, due, tries, made_at, priority, behind'
    many = f"""INSERT INTO outbox ({columns})
        SELECT wijk, n, 'telegram:' || (n % 3), payload, due, tries, made_at, 1, CASE WHEN n > 60 THEN 1 ELSE 0 END
        FROM outbox, {series[store.writer.name]}
        WHERE id = 0"""
    with store.write() as tx:
        outbox.add(tx, WIJK, [Message(0, "telegram:1", {"text": "Dag"}, NOW, priority=2)], NOW)
        assert tx.execute(sa.text(many), {"most": BACKLOG}).rowcount == BACKLOG
        outbox.later(tx, WIJK, 1, NOW + LONGEST, 1)
        outbox.add(tx, WIJK, [Message(BACKLOG + n, f"telegram:{n}", {}, NOW) for n in range(1, 4)], NOW)


def plans(store: Store, act: Callable[[Connection], object], *avoid: str) -> list[str]:
    """How the engine would run each statement of this act that looks for rows.

    PostgreSQL walks through, or sorts, a few hundred rows with pleasure: it is told to avoid that where it can.
    """
    said: list[tuple[str, object]] = []

    def listen(_c: object, _cursor: object, statement: str, parameters: object, _context: object, many: bool) -> None:
        if "SELECT " in statement or not statement.startswith(("INSERT", "BEGIN")):
            said.append((statement, parameters[0] if many and isinstance(parameters, list) else parameters))

    sa.event.listen(store.writer, "before_cursor_execute", listen)
    with store.write() as tx:
        act(tx)
    sa.event.remove(store.writer, "before_cursor_execute", listen)
    explain = "EXPLAIN QUERY PLAN " if store.writer.name == "sqlite" else "EXPLAIN "
    with store.write() as tx:
        if store.writer.name == "postgresql":
            for way in ("seqscan", *avoid):
                tx.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        return [
            "\n".join(str(row[-1]) for row in tx.exec_driver_sql(explain + statement, parameters))  # type: ignore[arg-type]
            for statement, parameters in said
        ]


def walks(plan: str) -> list[str]:
    """The lines of a plan that walk through a whole table, or through a whole wijk."""
    sqlite = [
        line
        for line in plan.splitlines()
        if line.startswith(("SCAN", "SEARCH")) and not re.search(r"\(wijk=\? AND \(?\w+", line)
    ]
    conditions = re.findall(r"Index Cond: (.*)", plan)
    return sqlite + re.findall(r".*Seq Scan.*", plan) + [c for c in conditions if " AND " not in c]


def test_hot_queries_find_their_rows_by_an_index(full_store: Store) -> None:
    if full_store.writer.name == "sqlite":  # which has no statistics until somebody asks for them
        assert walking(full_store) == {}
    with full_store.write() as tx:
        tx.exec_driver_sql("ANALYZE")
    assert walking(full_store) == {}


def test_forgetting_one_person_walks_through_nothing_that_grows(full_store: Store) -> None:
    grows = re.compile(
        r"\b(conversations|outbox|held_messages|said_messages|sent_messages|consents|leads|lead_events|disclosures"
        r"|audit)\b"
    )
    with full_store.write() as tx:
        tx.exec_driver_sql("ANALYZE")
    found = plans(full_store, lambda tx: personal_data.everything(tx, WIJK, "telegram:7", NOW))
    assert [plan for plan in found if grows.search(plan) and any(map(grows.search, walks(plan)))] == []
    assert sum(bool(grows.search(plan)) for plan in found) >= 10


def test_forgetting_what_is_old_walks_through_nothing_but_what_has_a_bound(full_store: Store) -> None:
    bounded = [table.name for table in metadata.sorted_tables if table.info["kept"].most is not None]
    small = re.compile(rf"\b({'|'.join([*bounded, 'switches'])})\b")
    with full_store.write() as tx:
        tx.exec_driver_sql("ANALYZE")
    found = plans(
        full_store, lambda tx: expiry.forget(tx, WIJK, NOW + timedelta(1000), 2, BY_HAND), "sort", "bitmapscan"
    )
    assert [plan for plan in found if walks(plan) and not small.search(plan)] == []
    assert sum("audit" in plan or "sent_messages" in plan for plan in found) >= 4


def test_open_leads_are_read_in_order_and_counted_without_the_others(full_store: Store) -> None:
    with full_store.write() as tx:
        tx.exec_driver_sql("ANALYZE")
    found = plans(full_store, lambda tx: leads.open_of_inboxes(tx, WIJK, ["goos4"]), "sort", "bitmapscan")
    if full_store.writer.name == "sqlite":  # PostgreSQL knows how many are open, and counts as it sees fit
        found += plans(full_store, lambda tx: counts.count_open(tx, WIJK))
    for plan in found:
        assert "ix_leads_open" in plan
        assert not re.search(r"TEMP B-TREE|Sort Key", plan)


def walking(store: Store) -> dict[str, list[str]]:
    """The hot verbs that walk, with their plans; also those of which nothing was explained."""
    found = {name: plans(store, act) for name, act in HOT.items()}
    return {name: its for name, its in found.items() if not its or any(walks(plan) for plan in its)}


def test_a_walk_through_a_table_is_seen(full_store: Store) -> None:
    def walk(tx: Connection) -> None:
        tx.execute(sa.text("SELECT id FROM leads WHERE partner = 'goos'")).all()

    assert all(walks(plan) for plan in plans(full_store, walk))


BEHIND: dict[str, Callable[[Connection], object]] = {
    "an answer": lambda tx: outbox.due(tx, WIJK, NOW, 5000, priority=0),
    "the first notices": lambda tx: outbox.due(tx, WIJK, NOW, 5000, priority=1),
    "the first reports": lambda tx: outbox.due(tx, WIJK, NOW, 5000, priority=2),
    "what was committed just now": lambda tx: outbox.newer(tx, WIJK, BACKLOG, NOW, 5000),
    "the newest": lambda tx: outbox.newest(tx, WIJK),
    "more of one person": lambda tx: outbox.of(tx, WIJK, "telegram:2", NOW, 5000, 1),
    "who has more than a helping": lambda tx: outbox.crowded(tx, WIJK),
    "what is replaced": lambda tx: outbox.drop_replaced(
        tx, WIJK, [Message(BACKLOG + 9, "telegram:2", {}, replaces="card")]
    ),
    "one more": lambda tx: outbox.add(tx, WIJK, [Message(BACKLOG + 9, "telegram:2", {}, priority=1)], NOW),
}


@pytest.mark.slow
def test_a_backlog_of_100_000_is_neither_walked_through_nor_sorted(
    engine: str, stock: Stock, open_stores: Callable[[str], Store]
) -> None:
    store = open_stores(stock.copy(engine, fill_outbox))
    for statistics in (False, True):
        with store.write() as tx:
            if statistics:
                tx.exec_driver_sql("ANALYZE")
            first = [[one.id for one in outbox.due(tx, WIJK, NOW, 3, priority)] for priority in range(3)]
        assert first == [[BACKLOG + 2, BACKLOG + 3], [2, 3, 5], [0]]  # one person must wait, with all that is newer
        if statistics or store.writer.name == "sqlite":
            for what, act in BEHIND.items():
                for plan in (found := plans(store, act)):
                    assert "Sort" not in plan, f"{what}: {plan}"
                    assert "TEMP B-TREE" not in plan, f"{what}: {plan}"
                    assert what == "the newest" or not walks(plan), f"{what}: {plan}"
                    assert re.search(r"^SEARCH \w+ USING|Index.* Scan", plan, re.MULTILINE), f"{what}: {plan}"
                assert found, what
