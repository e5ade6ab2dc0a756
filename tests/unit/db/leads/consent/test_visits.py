"""Visits in the store: one for each lead, the first of two changes counts, and who loses the lead leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from db.leads import blanking, leads
from db.leads.consent import visits
from db.leads.consent.visits import ALL, CHOSEN, OTHER, PROPOSER, TICKED, Visit
from db.leads.lead import Lead
from db.store import Store
from tests.unit.db.examples import ANS, FATMA, HOUR, NEXT, NOW, WIJK, a_lead

pytestmark = pytest.mark.both_stores

LATER = NOW + timedelta(days=3)


def taken(tx: Connection) -> Lead:
    lead = a_lead(tx)
    moved = leads.move(tx, WIJK, lead.id, 1, "accepted", next=NEXT, now=NOW, actor=ANS, assignee=ANS)
    assert moved is not None
    return moved


def agreed(tx: Connection, lead: Lead, other: Lead | None = None) -> Visit:
    clocks = {"over": LATER + HOUR, "remind": LATER}
    fresh = Visit("", lead.id, other.id if other else None, FATMA, CHOSEN, slot=LATER, sequence=0, clocks=clocks)
    return visits.add(tx, WIJK, fresh)


def test_a_visit_comes_back_as_it_was_and_is_looked_at_at_its_first_moment(store: Store) -> None:
    with store.write() as tx:
        lead, other = taken(tx), taken(tx)
        visit = agreed(tx, lead, other)
        assert visits.by_token(tx, WIJK, visit.token) == visit
        assert visits.of_lead(tx, WIJK, lead.id) == visits.of_lead(tx, WIJK, other.id) == visit
        assert visits.due(tx, WIJK, LATER - HOUR, 9) == []
        assert visits.due(tx, WIJK, LATER, 9) == [visit]
        assert visits.by_token(tx, "elsewhere", visit.token) is None


def test_of_two_changes_only_the_first_counts(store: Store) -> None:
    with store.write() as tx:
        visit = agreed(tx, taken(tx))
        assert visits.change(tx, WIJK, visit, status=TICKED) is not None
        assert visits.change(tx, WIJK, visit, status=CHOSEN, slot=None) is None
        now = visits.by_token(tx, WIJK, visit.token)
        assert now is not None
        assert (now.status, now.slot, now.version) == (TICKED, LATER, 2)


def test_a_moment_is_crossed_out_once_and_the_buttons_stay_good(store: Store) -> None:
    with store.write() as tx:
        visit = agreed(tx, taken(tx))
        rest = {"over": visit.clocks["over"]}
        crossed = visits.cross(tx, WIJK, visit, rest)
        assert crossed is not None
        assert (crossed.version, crossed.clocks) == (visit.version, rest)
        assert visits.cross(tx, WIJK, visit, rest) is None
        assert visits.cross(tx, WIJK, crossed, {}) is not None
        assert visits.due(tx, WIJK, LATER + HOUR, 9) == []


def test_of_two_clocks_at_one_moment_each_is_crossed_out_once(store: Store) -> None:
    with store.write() as tx:
        visit = agreed(tx, taken(tx))
        both = visits.change(tx, WIJK, visit, clocks={"over": LATER, "remind": LATER})
        assert both is not None
        assert visits.cross(tx, WIJK, both, {"over": LATER}) is not None
        assert visits.cross(tx, WIJK, both, {"over": LATER}) is None


def test_a_newer_visit_of_one_of_the_leads_takes_its_place(store: Store) -> None:
    with store.write() as tx:
        lead, other = taken(tx), taken(tx)
        old = agreed(tx, lead, other)
        new = agreed(tx, other)
        assert visits.by_token(tx, WIJK, old.token) is None
        assert visits.of_lead(tx, WIJK, other.id) == new
        assert visits.of_lead(tx, WIJK, lead.id) is None


@pytest.mark.parametrize("first", [True, False])
def test_who_loses_the_lead_comes_no_more_and_the_other_one_does(store: Store, first: bool) -> None:
    with store.write() as tx:
        lead, other = taken(tx), taken(tx)
        visit = agreed(tx, lead, other)
        gone, stays = (lead, other) if first else (other, lead)
        leads.move(tx, WIJK, gone.id, 2, "sent", next=NEXT, now=NOW, actor="system", assignee=None)
        left = visits.by_token(tx, WIJK, visit.token)
        assert left is not None
        assert (left.lead, left.other, left.gone) == (stays.id, None, PROPOSER if first else OTHER)
        assert left.clocks == {**visit.clocks, "tell": NOW}
        blanking.blank(tx, WIJK, [gone.id])
        assert visits.by_token(tx, WIJK, visit.token) == left
        leads.move(tx, WIJK, stays.id, 2, "completed", next=None, now=NOW, actor=ANS)
        last = visits.by_token(tx, WIJK, visit.token)
        assert last is not None
        assert (last.gone, last.clocks) == (ALL, {"tell": NOW})
        blanking.blank(tx, WIJK, [stays.id])
        assert visits.by_token(tx, WIJK, visit.token) is None


def test_a_colleague_who_takes_the_lead_keeps_the_visit_and_the_resident_reads_who(store: Store) -> None:
    with store.write() as tx:
        lead = taken(tx)
        visit = agreed(tx, lead)
        leads.move(tx, WIJK, lead.id, 2, "accepted", next=NEXT, now=NOW, actor=ANS, assignee="faaa000000002002")
        kept = replace(visit, clocks={**visit.clocks, "who": NOW})
        assert visits.by_token(tx, WIJK, visit.token) == kept
        assert visits.due(tx, WIJK, NOW, 9) == [kept]
