"""What fills a store for the growth table is what the bot itself would have stored, and every copy stands alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.demo.simulator import Simulator
from bot.messages.message import NOTICE
from db import tables
from db.leads import leads
from db.people import addresses, personal_data
from db.queue import outbox
from db.store import Store
from tests.benchmarks.fill import AWAY, LEADS, MEMBER, PEOPLE, RESIDENT, SPAN, WAITING, Shape, fill, play
from tests.conftest import Stock
from tests.simulated import CONTENT, NOW, WIJK, Clock, go, place, resident

pytestmark = pytest.mark.both_stores

COPIES = 3
SHAPE = Shape(conversations=COPIES * PEOPLE, open_leads=2 * LEADS, backlog=2 * WAITING)


def filled(store: Store) -> None:
    """Three copies of ten people, two of two leads, and messages that wait."""
    play(store, CONTENT, NOW, people=10, leads=2)
    fill(store, WIJK, SHAPE)


@pytest.fixture
def full(engine: str, stock: Stock, open_stores: Callable[[str], Store]) -> Store:
    """A filled store."""
    return open_stores(stock.copy(engine, filled))


def simulated(store: Store) -> Simulator:
    sim = Simulator(CONTENT, store, Clock())
    sim._updates = 50_000_000  # above everything that was copied
    sim._messages = 50_000_000
    return sim


def test_a_resident_of_any_copy_goes_on_where_they_were(full: Store) -> None:
    sim = simulated(full)
    walked = []
    for copy in range(COPIES):
        person = sim.person(f"telegram:{RESIDENT + 9 + SPAN * copy}", "Fatma")
        walked.append((place(sim, person).step, place(sim, person).trail))
        sim.type(person, "/menu")
        go(sim, person, "_resume")
        assert (place(sim, person).step, place(sim, person).trail) == walked[0]
    assert walked[0][1] != ()


def test_who_came_long_ago_and_got_no_help_is_not_known_any_more(full: Store) -> None:
    sim = simulated(full)
    with full.read() as tx:
        assert addresses.find(tx, WIJK, f"telegram:{RESIDENT + SPAN}") is None
    person = resident(sim, f"telegram:{RESIDENT + SPAN}")
    assert place(sim, person).step == "menu.worries"


def test_a_partner_opens_a_copied_lead_and_its_own_resident_hears_of_it(full: Store) -> None:
    sim = simulated(full)
    member = sim.person(f"telegram:{MEMBER}", "Ans")
    sim.type(member, "/postvak")
    with full.read() as tx:
        waiting = leads.open_of_inboxes(tx, WIJK, [next(iter(CONTENT.wijk.partners))])
    assert len(waiting) == 2
    for lead in waiting:
        go(sim, member, f"{lead.token}:view", "accept")
        assert any(each.id == lead.resident and each.news for each in sim.people.values())
        go(sim, member, "desk:inbox")
    assert len({lead.resident for lead in waiting}) == 2


def test_forgetting_one_person_leaves_the_same_person_of_another_copy(full: Store) -> None:
    with full.write() as tx:
        one, other = (addresses.find(tx, WIJK, f"telegram:{RESIDENT + 5 + SPAN * copy}") or "" for copy in (1, 2))
        before = personal_data.show(tx, WIJK, other)
        gone = personal_data.everything(tx, WIJK, one, NOW)
        assert (gone.conversation, gone.leads) == (True, 1)
        assert personal_data.show(tx, WIJK, one) == {}
        assert personal_data.show(tx, WIJK, other) == before
    assert {"conversations.person", "leads.resident", "consents.resident"} <= before.keys()


def test_what_waits_are_notices_for_others_that_may_go_now(full: Store) -> None:
    with full.read() as tx:
        assert outbox.count(tx, WIJK) == 2 * WAITING
        waiting = outbox.due(tx, WIJK, NOW, 3 * WAITING, NOTICE)
    assert len(waiting) == 2 * WAITING
    assert min(int(one.to.removeprefix("telegram:")) for one in waiting) >= AWAY
    assert waiting[0].payload["text"]


def test_every_number_is_below_the_next_one_given_out(full: Store) -> None:
    with full.read() as tx:
        last = sa.select(tables.row_ids.c.last).where(tables.row_ids.c.wijk == WIJK)
        (given,) = tx.execute(last).scalars()
        for table in (tables.leads, tables.consents, tables.disclosures, tables.audit):
            highest = tx.execute(sa.select(sa.func.max(table.c.id)).where(table.c.wijk == WIJK)).scalar_one()
            assert 0 < highest < given
        if full.writer.name == "sqlite":  # PostgreSQL looked at every reference already
            assert tx.exec_driver_sql("PRAGMA foreign_key_check").all() == []
