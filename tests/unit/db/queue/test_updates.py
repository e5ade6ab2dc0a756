"""Updates and their failures: seen once, whoever asks."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.queue import updates
from db.records import expiry
from db.store import Store
from tests.unit.db.examples import HOUR, NOW, WIJK, together

pytestmark = pytest.mark.both_stores


def test_only_new_updates_are_claimed(store: Store) -> None:
    with store.write() as tx:
        assert updates.claim(tx, WIJK, "telegram", [5, 6, 6, 7], NOW) == {5, 6, 7}
        assert updates.claim(tx, WIJK, "telegram", [7, 8, 3], NOW) == {8, 3}
        assert updates.claim(tx, WIJK, "telegram", [3, 8], NOW) == set()
        assert updates.claim(tx, WIJK, "telegram", [], NOW) == set()


def test_a_lower_update_that_comes_late_is_still_new(store: Store) -> None:
    with store.write() as tx:
        updates.claim(tx, WIJK, "telegram", [900], NOW)
        assert updates.claim(tx, WIJK, "telegram", [12], NOW) == {12}
        assert updates.highest(tx, WIJK, "telegram") == 900


def test_channels_and_wijken_count_for_themselves(store: Store) -> None:
    with store.write() as tx:
        updates.claim(tx, WIJK, "telegram", [5], NOW)
        assert updates.claim(tx, WIJK, "mail", [5], NOW) == {5}
        assert updates.claim(tx, "de_eng", "telegram", [5], NOW) == {5}
        assert updates.highest(tx, "soesterberg", "telegram") is None


def test_a_claim_that_was_rolled_back_is_free_again(store: Store) -> None:
    with store.write() as tx, tx.begin_nested() as part:
        updates.claim(tx, WIJK, "telegram", [5], NOW)
        part.rollback()
    with store.write() as tx:
        assert updates.claim(tx, WIJK, "telegram", [5], NOW) == {5}


def test_a_hundred_updates_are_claimed_in_one_statement(store: Store) -> None:
    said: list[str] = []
    sa.event.listen(store.writer, "before_cursor_execute", lambda *what: said.append(what[2]))
    with store.write() as tx:
        updates.claim(tx, WIJK, "telegram", range(100), NOW)
    assert sum("updates" in statement for statement in said) == 1


def test_of_claims_at_the_same_moment_each_update_goes_to_one(store: Store) -> None:
    ids = list(range(20))

    def claim() -> set[int]:
        with store.write() as tx:
            return updates.claim(tx, WIJK, "telegram", ids, NOW)

    claimed = together([claim] * 6)
    assert sorted(id for got in claimed for id in got) == ids


def test_what_was_seen_long_ago_is_forgotten(store: Store) -> None:
    with store.write() as tx:
        updates.claim(tx, WIJK, "telegram", [1, 2], NOW - 49 * HOUR)
        updates.claim(tx, WIJK, "telegram", [3], NOW)
        assert expiry.forget(tx, WIJK, NOW, 10)["updates"] == 2
        assert updates.claim(tx, WIJK, "telegram", [1, 3], NOW) == {1}


def test_a_failure_is_recorded_once(store: Store) -> None:
    with store.write() as tx:
        updates.fail(tx, WIJK, "telegram", 5, "KeyError", NOW)
        updates.fail(tx, WIJK, "telegram", 5, "ValueError", NOW)
        assert tx.execute(sa.text("SELECT id, reason FROM failures")).all() == [(5, "KeyError")]
