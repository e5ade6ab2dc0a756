"""What was sent to whom is remembered for as long as its person is known, and for no longer than it may be."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db import tables
from db.leads import views
from db.leads.views import View
from db.people import conversations, personal_data
from db.people.conversations import Conversation
from db.queue import sent_messages
from db.queue.sent_messages import SentMessage
from db.records import expiry
from db.store import Store, Tx
from db.types.held import SENT
from tests.unit.db.examples import ANS, BEP, FATMA, HOUR, NOW, WIJK, a_lead, known

pytestmark = pytest.mark.both_stores

GROUP = "telegram:-100555"


def kept(tx: Tx, person: str = "") -> list[int]:
    """The messages that are remembered, of this person or of all."""
    c = tables.sent_messages.c
    found = sa.select(c.message).where(c.wijk == WIJK, *([c.person == person] if person else [])).order_by(c.message)
    return list(tx.execute(found).scalars())


def test_the_messages_about_a_lead_are_found_by_it(store: Store) -> None:
    with store.write() as tx:
        known(tx, FATMA, ANS, BEP)
        all_three = [SentMessage(BEP, 3, 8), SentMessage(ANS, 1, 7), SentMessage(FATMA, 2), SentMessage(BEP, 1, 7)]
        sent_messages.add(tx, WIJK, all_three, NOW)
        assert sent_messages.of_lead(tx, WIJK, 7) == [SentMessage(ANS, 1, 7), SentMessage(BEP, 1, 7)]
        assert sent_messages.of_lead(tx, "de_eng", 7) == []
        assert kept(tx) == [1, 1, 2, 3]


def test_a_number_that_comes_again_is_what_was_sent_last(store: Store) -> None:
    """Another bot for the same wijk counts anew."""
    with store.write() as tx:
        known(tx, ANS)
        sent_messages.add(tx, WIJK, [SentMessage(ANS, 1, 7)], NOW)
        sent_messages.add(tx, WIJK, [SentMessage(ANS, 1, 8)], NOW + HOUR)
        assert [sent_messages.of_lead(tx, WIJK, lead) for lead in (7, 8)] == [[], [SentMessage(ANS, 1, 8)]]
        assert expiry.forget(tx, WIJK, NOW + SENT + HOUR, 9)["sent_messages"] == 0


def test_nothing_is_noted_of_a_group_or_of_somebody_who_was_erased(store: Store) -> None:
    """The words that everything is erased arrive after the erasure."""
    with store.write() as tx:
        known(tx, FATMA, ANS)
        lead = a_lead(tx, resident=ANS)
        sent_messages.add(tx, WIJK, [SentMessage(FATMA, 1), SentMessage(ANS, 1)], NOW)
        personal_data.everything(tx, WIJK, FATMA, NOW)
        sent_messages.add(tx, WIJK, [SentMessage(FATMA, 2), SentMessage(GROUP, 3), SentMessage(ANS, 4)], NOW)
        views.add(tx, WIJK, [View(lead.id, FATMA, 2), View(lead.id, ANS, 4)])
        assert (kept(tx, FATMA), kept(tx, ANS), kept(tx)) == ([], [1, 4], [1, 4])
        assert views.of_lead(tx, WIJK, lead.id) == [(lead.id, ANS, 4)]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_whoever_is_erased_at_this_moment_is_waited_for(store: Store) -> None:
    with store.write() as tx:
        known(tx, FATMA)

    def note() -> None:
        with store.write() as tx:
            sent_messages.add(tx, WIJK, [SentMessage(FATMA, 2)], NOW)

    noting = threading.Thread(target=note)
    with store.write() as tx:
        personal_data.everything(tx, WIJK, FATMA, NOW)
        noting.start()
        with store.read() as other:
            waits = sa.text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            while noting.is_alive() and not other.execute(waits).scalar_one():
                other.execute(sa.text("SELECT pg_stat_clear_snapshot()"))
    noting.join(30)
    with store.read() as tx:
        assert kept(tx) == []


def test_what_is_too_old_is_forgotten_in_slices_the_oldest_first(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA)], NOW)
        for day in range(4):
            sent_messages.add(tx, WIJK, [SentMessage(FATMA, day)], NOW + timedelta(day))
        assert expiry.forget(tx, WIJK, NOW + SENT + timedelta(3), 2)["sent_messages"] == 2
        assert kept(tx) == [2, 3]
        assert expiry.forget(tx, WIJK, NOW + SENT + timedelta(3), 2)["sent_messages"] == 1
        assert expiry.forget(tx, WIJK, NOW + SENT + timedelta(3), 2)["sent_messages"] == 0
        assert kept(tx) == [3]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_forgetting_what_is_old_waits_for_nobody_who_is_erased_at_this_moment(store: Store) -> None:
    """Two that delete the same rows in another order would wait for each other."""
    with store.write() as tx:
        known(tx, FATMA, ANS)
        sent_messages.add(tx, WIJK, [SentMessage(FATMA, 1), SentMessage(ANS, 2)], NOW)
    with store.write() as tx:
        personal_data.everything(tx, WIJK, FATMA, NOW)
        with store.write() as other:
            other.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
            assert expiry.forget(other, WIJK, NOW + SENT + HOUR, 10)["sent_messages"] == 1
    with store.read() as tx:
        assert kept(tx) == []
