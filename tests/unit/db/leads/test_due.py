"""The store refuses an open lead for which nobody has to do anything, and names those that it cannot refuse."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from db import tables
from db.leads import due, leads, rungs
from db.leads.due import Next, Stuck
from db.store import Store
from db.tables import OWNERS
from flows.model import desk
from tests.unit.db.examples import ANS, HOUR, NEXT, NOW, WIJK, a_lead, together

pytestmark = pytest.mark.both_stores

FELL = {"sent": False, "accepted": False, "declined": True}


def refused(store: Store, lead: int, **values: Any) -> bool:
    """Whether the store refuses these values, whoever writes them."""
    try:
        with store.write() as tx:
            tx.execute(update(tables.leads).where(tables.leads.c.id == lead).values(**values))
    except DBAPIError as error:
        return "an open lead has an owner and a due moment" in str(error.orig)
    return False


def test_the_owners_of_the_table_are_those_of_the_store() -> None:
    assert desk.OWNERS == OWNERS


def test_an_open_lead_keeps_an_owner_and_a_due_moment_and_a_closed_one_has_neither(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx)
    assert (lead.owner, lead.due_at, lead.closed_at) == (NEXT.owner, NEXT.due_at, None)
    assert refused(store, lead.id, owner=None)
    assert refused(store, lead.id, due_at=None)
    assert refused(store, lead.id, owner="somebody")
    assert refused(store, lead.id, closed_at=NOW), "it would be closed and still wait for somebody"
    assert refused(store, lead.id, owner=None, due_at=None)
    assert not refused(store, lead.id, owner="coordinator", due_at=NOW + HOUR)
    assert not refused(store, lead.id, owner=None, due_at=None, closed_at=NOW)
    assert refused(store, lead.id, closed_at=None), "it would be open for nobody"


def test_nobody_makes_a_lead_that_waits_for_nobody(store: Store) -> None:
    with pytest.raises(DBAPIError, match="an open lead has an owner"), store.write() as tx:
        a_lead(tx, next=Next("somebody", NOW))


def test_a_move_brings_a_new_owner_and_an_end_takes_it_away(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx)
        taken = leads.move(
            tx, WIJK, lead.id, 1, "accepted", next=Next("assignee", NOW + HOUR), now=NOW, actor=ANS, assignee=ANS
        )
        assert taken is not None
        assert (taken.owner, taken.due_at) == ("assignee", NOW + HOUR)
        done = leads.move(tx, WIJK, lead.id, 2, "completed", next=None, now=NOW, actor=ANS)
        assert done is not None
        assert (done.owner, done.due_at, done.closed_at) == (None, None, NOW)


def test_what_waits_for_nobody_or_has_waited_too_long_is_named(store: Store) -> None:
    with store.write() as tx:
        a_lead(tx, next=Next("inbox", NOW + HOUR))
        a_lead(tx, status="completed", next=None)
        a_lead(tx, status="declined", inbox="coordinator", next=Next("coordinator", NOW))
        late = a_lead(tx, next=Next("inbox", NOW - HOUR))
        elsewhere = a_lead(tx, status="declined", next=Next("coordinator", NOW))
        unknown = a_lead(tx, status="sleeping")
        unnamed = a_lead(tx, status="accepted", next=Next("assignee", NOW))
        assert due.stuck(tx, WIJK, FELL, NOW) == [
            Stuck(late.code, "due"),
            Stuck(elsewhere.code, "owner"),
            Stuck(unknown.code, "owner"),
            Stuck(unnamed.code, "owner"),
        ]
        assert due.stuck(tx, "elders", FELL, NOW) == []


def test_of_two_who_climb_the_same_rung_at_once_one_does(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx, next=Next("inbox", NOW))
        assert [each.id for each in rungs.to_look_at(tx, WIJK, NOW, 9)] == [lead.id]
        assert rungs.to_look_at(tx, WIJK, NOW - HOUR, 9) == []

    def climb() -> bool:
        with store.write() as tx:
            return rungs.note(tx, WIJK, lead, 1, NOW + HOUR)

    assert sorted(together([climb, climb])) == [False, True]
    with store.write() as tx:
        now = leads.get(tx, WIJK, lead.id)
        assert now is not None
        assert (now.rung, now.look_at, now.contact_by) == (1, NOW + HOUR, lead.contact_by)
        assert rungs.to_look_at(tx, WIJK, NOW, 9) == []
        moved = leads.move(tx, WIJK, lead.id, 1, "accepted", next=NEXT, now=NOW, actor=ANS, assignee=ANS)
        assert moved is not None
        assert (moved.rung, moved.look_at) == (0, NEXT.due_at), "after a move the ladder begins at the bottom"
        assert not rungs.note(tx, WIJK, now, 2, NOW), "it moved meanwhile"
