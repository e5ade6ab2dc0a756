"""Conversations: loaded and saved in groups, locked between the two, forgotten when asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from db.people import conversations
from db.people.conversations import Conversation
from db.queue import sequence
from db.store import Store
from tests.unit.db.examples import FATMA, KARIM, NOW, WIJK, together

pytestmark = pytest.mark.both_stores

PLACE = {"step": "referral.cold", "trail": [["referral.home", ["rent"]]]}


def test_a_new_conversation_is_blank(store: Store) -> None:
    with store.write() as tx:
        assert conversations.load(tx, WIJK, [FATMA, FATMA])[FATMA].place is None
        assert conversations.load(tx, WIJK, [FATMA])[FATMA].turn == 0
        assert conversations.load(tx, WIJK, []) == {}


def test_what_is_saved_is_loaded(store: Store) -> None:
    fatma = Conversation(FATMA, "ar", PLACE, 77, 3, "referral.cold", False, NOW)
    karim = Conversation(KARIM, "nl", None, None, 0, "", True, NOW)
    with store.write() as tx:
        conversations.load(tx, WIJK, [KARIM, FATMA])
        conversations.save(tx, WIJK, [fatma, karim], NOW)
    with store.write() as tx:
        assert conversations.load(tx, WIJK, [KARIM, FATMA]) == {FATMA: fatma, KARIM: karim}
        conversations.save(tx, WIJK, [replace(fatma, turn=4, place=None)], NOW + timedelta(1))
        found = conversations.load(tx, WIJK, [FATMA])[FATMA]
        assert found == replace(fatma, turn=4, place=None, updated_at=NOW + timedelta(1))
        conversations.save(tx, WIJK, [], NOW)


def test_looking_gives_only_what_exists(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar")], NOW)
    with store.read() as tx:
        assert list(conversations.look(tx, WIJK, [FATMA, KARIM])) == [FATMA]
        assert conversations.look(tx, WIJK, []) == {}


def test_groups_that_overlap_neither_deadlock_nor_lose_a_turn(store: Store) -> None:
    people = [f"telegram:{n}" for n in range(8)]

    def turns(order: list[str]) -> None:
        with store.write() as tx:
            sequence.draw(tx, WIJK, [1])
            them = conversations.load(tx, WIJK, order)
            conversations.save(tx, WIJK, [replace(them[key], turn=them[key].turn + 1) for key in order], NOW)

    together([partial(turns, (people[n % 8 :] + people[: n % 8])[:5]) for n in range(16)])
    with store.read() as tx:
        found = conversations.look(tx, WIJK, people)
    assert [found[key].turn for key in people] == [10] * 8


def test_cards_are_set_without_touching_the_rest(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar", PLACE, 1, 3, "referral.cold")], NOW)
        conversations.set_cards(tx, WIJK, {FATMA: 99, KARIM: 98})
        found = conversations.look(tx, WIJK, [FATMA, KARIM])
    assert list(found) == [FATMA]
    assert (found[FATMA].card, found[FATMA].turn, found[FATMA].place) == (99, 3, PLACE)


def test_somebody_who_blocks_is_marked_also_when_unknown(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar", PLACE, turn=3)], NOW)
        conversations.set_blocked(tx, WIJK, FATMA, True, NOW)
        conversations.set_blocked(tx, WIJK, KARIM, True, NOW)
        found = conversations.look(tx, WIJK, [FATMA, KARIM])
        assert (found[FATMA].blocked, found[FATMA].language, found[FATMA].turn) == (True, "ar", 3)
        assert found[KARIM].blocked
        conversations.set_blocked(tx, WIJK, FATMA, False, NOW)
        assert not conversations.look(tx, WIJK, [FATMA])[FATMA].blocked


def test_forgetting_is_complete(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar", PLACE)], NOW)
        assert conversations.forget(tx, WIJK, FATMA)
        assert not conversations.forget(tx, WIJK, FATMA)
        assert conversations.look(tx, WIJK, [FATMA]) == {}


@pytest.mark.parametrize(("days", "idle"), [(6, []), (8, [FATMA])])
def test_unfinished_places_are_emptied_after_a_week(store: Store, days: int, idle: list[str]) -> None:
    then = NOW - timedelta(days)
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar", PLACE, 5, 3, "referral.cold")], then)
        conversations.save(tx, WIJK, [Conversation(KARIM)], then)
        found = conversations.idle_before(tx, WIJK, NOW - timedelta(7), 10)
        assert found == idle
        conversations.empty(tx, WIJK, found, NOW)
        assert conversations.idle_before(tx, WIJK, NOW - timedelta(7), 10) == []
        fatma = conversations.look(tx, WIJK, [FATMA])[FATMA]
    assert (fatma.place is None) == bool(idle)
    assert (fatma.language, fatma.card, fatma.turn) == ("ar", 5, 3)
