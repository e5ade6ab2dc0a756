"""Conversations: loaded and saved in groups, locked between the two, forgotten when asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from db.people import addresses, conversations
from db.people.conversations import Conversation
from db.queue import sequence
from db.store import Store
from tests.unit.db.examples import ADDRESSES, ANS, FATMA, KARIM, NOW, WIJK, known, together

pytestmark = pytest.mark.both_stores

PLACE = {"step": "referral.cold", "trail": [["referral.home", ["rent"]]]}


def test_a_new_person_gets_an_id_an_address_and_a_blank_conversation(store: Store) -> None:
    with store.write() as tx:
        new = conversations.load(tx, WIJK, ["telegram:7", "telegram:7"], NOW)["telegram:7"]
        assert (new.place, new.revision, new.language) == (None, 0, "")
        assert re.fullmatch("[0-9a-f]{16}", new.person)
        assert conversations.load(tx, WIJK, ["telegram:7"], NOW)["telegram:7"].person == new.person
        assert conversations.load(tx, WIJK, ["telegram:8"], NOW)["telegram:8"].person != new.person
        assert conversations.load(tx, "de_eng", ["telegram:7"], NOW)["telegram:7"].person != new.person
        assert conversations.load(tx, WIJK, [], NOW) == {}
        assert addresses.of(tx, WIJK, [new.person]) == {new.person: "telegram:7"}


def test_an_address_can_be_read_with_the_key_only(store: Store) -> None:
    with store.write() as tx:
        known(tx, FATMA)
        raw = str(tx.execute(sa.text("SELECT * FROM addresses")).all())
        assert ADDRESSES[FATMA] not in raw
        assert "1001" not in raw.replace(FATMA, "")
        assert addresses.find(tx, WIJK, ADDRESSES[FATMA]) == FATMA
        assert addresses.find(tx, WIJK, ADDRESSES[KARIM]) is None


def test_a_person_with_two_addresses_has_one_conversation_and_is_reached_at_the_newest(store: Store) -> None:
    with store.write() as tx:
        known(tx, FATMA)
        addresses.add(tx, WIJK, {FATMA: "web:1"}, NOW + timedelta(1))
        both = conversations.load(tx, WIJK, [ADDRESSES[FATMA], "web:1"], NOW)
        assert both[ADDRESSES[FATMA]] == both["web:1"]
        assert addresses.reached(tx, WIJK, [FATMA, KARIM]) == {FATMA: "web:1"}
        conversations.set_blocked(tx, WIJK, FATMA, True)
        assert addresses.reached(tx, WIJK, [FATMA]) == {}
        assert addresses.of(tx, WIJK, [FATMA]) == {FATMA: "web:1"}


def test_what_is_saved_is_loaded(store: Store) -> None:
    fatma = Conversation(FATMA, "ar", PLACE, 77, 3, "referral.cold", False, NOW)
    karim = Conversation(KARIM, "nl", None, None, 0, "", True, NOW)
    at_fatma, at_karim = ADDRESSES[FATMA], ADDRESSES[KARIM]
    with store.write() as tx:
        known(tx, FATMA, KARIM)
        conversations.save(tx, WIJK, [fatma, karim], NOW)
    with store.write() as tx:
        assert conversations.load(tx, WIJK, [at_karim, at_fatma], NOW) == {at_fatma: fatma, at_karim: karim}
        conversations.save(tx, WIJK, [replace(fatma, revision=4, place=None)], NOW + timedelta(1))
        kept = replace(fatma, revision=4, place=None, updated_at=NOW + timedelta(1))
        assert conversations.lock(tx, WIJK, FATMA) == kept
        assert conversations.lock(tx, WIJK, ANS) is None
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
            sequence.draw(tx, WIJK)
            them = conversations.load(tx, WIJK, order, NOW)
            conversations.save(tx, WIJK, [replace(them[at], revision=them[at].revision + 1) for at in order], NOW)

    together([partial(turns, (people[n % 8 :] + people[: n % 8])[:5]) for n in range(16)])
    with store.read() as tx:
        ids = [addresses.find(tx, WIJK, each) or "" for each in people]
        found = conversations.look(tx, WIJK, ids)
    assert [found[id].revision for id in ids] == [10] * 8


def test_cards_are_set_without_touching_the_rest(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar", PLACE, 1, 3, "referral.cold")], NOW)
        conversations.set_cards(tx, WIJK, {FATMA: 99, KARIM: 98})
        found = conversations.look(tx, WIJK, [FATMA, KARIM])
    assert list(found) == [FATMA]
    assert (found[FATMA].card, found[FATMA].revision, found[FATMA].place) == (99, 3, PLACE)


def test_blocking_touches_nothing_else(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar", PLACE, revision=3)], NOW)
        conversations.set_blocked(tx, WIJK, FATMA, True)
        found = conversations.look(tx, WIJK, [FATMA])
        assert (found[FATMA].blocked, found[FATMA].language, found[FATMA].revision) == (True, "ar", 3)
        conversations.set_blocked(tx, WIJK, FATMA, False)
        assert not conversations.look(tx, WIJK, [FATMA])[FATMA].blocked


def test_forgetting_is_complete(store: Store) -> None:
    with store.write() as tx:
        known(tx, FATMA)
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar", PLACE)], NOW)
        assert conversations.forget(tx, WIJK, FATMA)
        assert not conversations.forget(tx, WIJK, FATMA)
        assert addresses.find(tx, WIJK, ADDRESSES[FATMA]) is None
        assert conversations.look(tx, WIJK, [FATMA]) == {}


@pytest.mark.parametrize(("days", "idle"), [(6, []), (8, [FATMA])])
def test_unfinished_places_are_emptied_after_a_week(store: Store, days: int, idle: list[str]) -> None:
    then = NOW - timedelta(days)
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, "ar", PLACE, 5, 3, "referral.cold")], then)
        conversations.save(tx, WIJK, [Conversation(KARIM)], then)
        found = conversations.idle_before(tx, WIJK, NOW - timedelta(7), 10)
        assert found == idle
        conversations.empty(tx, WIJK, found)
        assert conversations.idle_before(tx, WIJK, NOW - timedelta(7), 10) == []
        fatma = conversations.look(tx, WIJK, [FATMA])[FATMA]
    assert (fatma.place is None) == bool(idle)
    assert (fatma.language, fatma.card, fatma.revision) == ("ar", 5, 3)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_whoever_is_answering_just_now_is_not_idle_and_nobody_waits_for_them(store: Store) -> None:
    """On SQLite the other transaction would have to end first."""
    with store.write() as tx:
        known(tx, FATMA, KARIM)
        conversations.save(tx, WIJK, [Conversation(each, place=PLACE) for each in (FATMA, KARIM)], NOW - timedelta(8))
    with store.write() as answering, store.write() as forgetting:
        assert conversations.lock(answering, WIJK, FATMA) is not None
        forgetting.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        assert conversations.idle_before(forgetting, WIJK, NOW, 10) == [KARIM]
