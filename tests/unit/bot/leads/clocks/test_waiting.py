"""A lead that waits goes on by itself on the day that its resident was told; attempts count; a colleague can go on."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import update

from bot.content.loaded import ZONE
from bot.leads.deadlines import working_days
from db import tables
from db.store import Store
from tests import simulated
from tests.simulated import NOW, Clock, go, names
from tests.unit.bot.leads.clocks.test_ladder import Street, phrase


@pytest.fixture
def street(store: Store) -> Street:
    return Street(store)


def taken(street: Street) -> int:
    lead = street.handed_over()
    go(street.sim, street.ans, "view", "accept")
    street.hush()
    return lead.id


def test_who_lets_a_lead_wait_says_why_and_until_when_and_the_resident_reads_the_day(street: Street) -> None:
    id = taken(street)
    go(street.sim, street.ans, "more", "hold", "hold.waitlist", "hold.waitlist_2")
    lead = simulated.lead(street.sim, id)
    until = working_days(NOW + timedelta(weeks=2), 0)
    assert (lead.status, lead.reason, lead.owner, lead.due_at) == ("on_hold", "waitlist", "system", until)
    day = street.sim.handle.content.words.day("nl", until.astimezone(ZONE).date())
    assert day in street.fatma.news[-1].text
    assert day in street.ans.card.text


def test_on_that_day_it_goes_on_and_both_read_the_new_day(street: Street) -> None:
    id = taken(street)
    go(street.sim, street.ans, "more", "hold", "hold.documents", "hold.documents_1")
    waits_until = simulated.lead(street.sim, id).due_at
    assert waits_until is not None
    street.hush()
    street.until(waits_until - timedelta(hours=1))
    assert (street.fatma.news, street.ans.news) == ([], [])
    street.until(waits_until + timedelta(hours=2))
    lead = simulated.lead(street.sim, id)
    assert (lead.status, lead.owner, lead.assignee) == ("accepted", "assignee", street.ans.id)
    assert lead.contact_by is not None
    assert lead.contact_by > waits_until
    told = street.sim.handle.content.words.day("nl", lead.contact_by.astimezone(ZONE).date())
    assert told in street.fatma.news[-1].text
    assert told in street.ans.news[-1].text
    assert len(street.fatma.news) == 1


def test_who_waits_can_go_on_before_that_day(street: Street) -> None:
    id = taken(street)
    go(street.sim, street.ans, "more", "hold", "hold.season", "hold.season_8", "unhold")
    lead = simulated.lead(street.sim, id)
    assert (lead.status, lead.owner) == ("accepted", "assignee")


@pytest.mark.parametrize(
    "forged", ["hold.waitlist_3", "hold.waitlist_52", "hold.nothing_1", "hold._1", "hold.waitlist"]
)
def test_a_wait_that_was_not_offered_is_asked_again(street: Street, forged: str) -> None:
    id = taken(street)
    before = simulated.lead(street.sim, id)
    street.do(street.ans, before, forged)
    assert simulated.lead(street.sim, id) == before


def test_attempts_are_counted_and_change_no_promise(street: Street) -> None:
    id = taken(street)
    before = simulated.lead(street.sim, id)
    for count in (1, 2, 3):
        go(street.sim, street.ans, "try")
        key = "desk.tried" if count < 3 else "desk.tried_enough"
        assert phrase(key, count=count) in street.ans.card.text
    after = simulated.lead(street.sim, id)
    assert (after.status, after.contact_by, after.assignee) == ("accepted", before.contact_by, street.ans.id)
    assert len(street.fatma.news) == 3


def test_what_is_handed_back_lies_in_the_inbox_and_colleague_and_resident_read_so(street: Street) -> None:
    id = taken(street)
    go(street.sim, street.ans, "more", "hand_back")
    lead = simulated.lead(street.sim, id)
    assert (lead.status, lead.assignee, lead.inbox, lead.owner) == ("sent", None, "balans", "inbox")
    assert lead.code in street.bep.news[-1].text
    assert "Ans" in street.bep.news[-1].text
    assert "Ans" in street.fatma.news[-1].text or lead.code in street.fatma.news[-1].text
    assert street.ria.news == []


def test_a_wait_that_ends_at_night_is_told_in_the_morning(street: Street) -> None:
    id = taken(street)
    go(street.sim, street.ans, "more", "hold", "hold.documents", "hold.documents_1")
    street.hush()
    due = simulated.lead(street.sim, id).due_at
    assert due is not None
    late = datetime.combine(due.astimezone(ZONE).date(), time(21), ZONE)
    assert isinstance(street.clock, Clock)
    street.clock.moment = late
    street.tick()
    assert street.fatma.news == []
    street.until(late + timedelta(hours=13))
    assert simulated.lead(street.sim, id).status == "accepted"


@pytest.mark.parametrize("how", ["hand_back", "unhold"])
def test_the_day_of_a_wait_that_ends_before_it_stays_a_promise(street: Street, how: str) -> None:
    id = taken(street)
    go(street.sim, street.ans, "more", "hold", "hold.waitlist", "hold.waitlist_1")
    told = simulated.lead(street.sim, id).due_at
    assert told is not None
    street.until(told - timedelta(hours=2))
    street.do(street.ans, simulated.lead(street.sim, id), how)
    assert simulated.lead(street.sim, id).contact_by == told
    street.hush()
    street.until(told + timedelta(hours=1))
    assert len(street.fatma.news) == 1, "the day that she read does not pass in silence"


def test_an_attempt_leaves_the_ladder_as_it_is(street: Street) -> None:
    id = taken(street)
    due = simulated.lead(street.sim, id).due_at
    assert due is not None
    street.until(due + timedelta(minutes=31))
    before = simulated.lead(street.sim, id)
    street.do(street.ans, before, "try")
    after = simulated.lead(street.sim, id)
    assert (after.rung, after.look_at, after.due_at) == (before.rung, before.look_at, before.due_at)
    assert before.rung == 2
    street.until(due + timedelta(days=4))
    assert simulated.lead(street.sim, id).inbox == "coordinator"


def test_nobody_moves_the_day_of_a_wait_by_a_forged_answer(street: Street) -> None:
    id = taken(street)
    go(street.sim, street.ans, "more", "hold", "hold.waitlist", "hold.waitlist_1")
    before = simulated.lead(street.sim, id)
    for forged in ("still", "later", "return"):
        street.do(street.ans, before, forged)
    assert simulated.lead(street.sim, id) == before


def test_what_a_colleague_does_names_who_had_the_lead(street: Street) -> None:
    id = taken(street)
    street.do(street.bep, simulated.lead(street.sim, id), "hold.waitlist_1")
    assert "Ans" in street.fatma.news[-1].text
    street.do(street.bep, simulated.lead(street.sim, id), "hand_back")
    assert "Ans" in street.fatma.news[-1].text
    assert "Bep" not in street.fatma.news[-1].text
    assert "Ans heeft dit niet meer" in street.ans.news[-1].text


def test_what_cannot_wait_waits_a_week_at_most_and_the_coordinator_hears_it(street: Street) -> None:
    id = taken(street)
    with street.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(urgent=True))
    lead = simulated.lead(street.sim, id)
    street.do(street.ans, lead, "hold.waitlist")
    held = [names(b.data)[0] for row in street.ans.card.buttons for b in row if "hold." in str(names(b.data))]
    assert held == ["hold.waitlist_1"]
    street.do(street.ans, lead, "hold.waitlist_8")
    assert simulated.lead(street.sim, id).status == "accepted", "a button that was never drawn does nothing"
    street.do(street.ans, lead, "hold.waitlist_1")
    assert simulated.lead(street.sim, id).status == "on_hold"
    assert "Dit heeft haast. Bel je even?" in street.ria.news[-1].text


def test_whoever_took_it_reads_the_day_when_a_colleague_goes_on(street: Street) -> None:
    id = taken(street)
    lead = simulated.lead(street.sim, id)
    street.do(street.ans, lead, "hold.waitlist_2")
    street.hush()
    street.do(street.bep, lead, "unhold")
    now = simulated.lead(street.sim, id)
    assert now.contact_by is not None
    told = street.sim.handle.content.words.day("nl", now.contact_by.astimezone(ZONE).date())
    assert told in "".join(each.text for each in street.ans.news)


def test_a_resident_whose_lead_is_given_back_reads_a_day(street: Street) -> None:
    id = taken(street)
    street.do(street.ans, simulated.lead(street.sim, id), "hand_back")
    now = simulated.lead(street.sim, id)
    assert now.contact_by is not None
    told = street.sim.handle.content.words.day("nl", now.contact_by.astimezone(ZONE).date())
    assert f"Je hoort iets op {told}, of eerder." in street.fatma.news[-1].text
