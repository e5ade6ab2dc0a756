"""Own words in the register: kept for who may, refused when they lead to somebody, and never a lead's."""

from __future__ import annotations

import pytest

from db.people import members
from db.store import Store
from tests.simulated import WIJK
from tests.unit.bot.register.wijk_room import Around


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


def test_own_words_name_a_koppelkans(around: Around) -> None:
    around.taps(around.noor, "own")
    around.sim.type(around.noor, "Tent bij   de flat")
    (one,) = around.open()
    assert (one.title, one.words, one.owner) == ("own", "Tent bij de flat", "connector")


@pytest.mark.parametrize("words", ["bel 06 12345678", "mail a@b.nl", "www.x.nl", "x" * 61])
def test_words_that_lead_to_somebody_or_are_too_long_name_nothing(around: Around, words: str) -> None:
    around.taps(around.noor, "own")
    around.sim.type(around.noor, words)
    assert not around.open()


def test_words_of_danger_are_answered_first_and_name_nothing(around: Around) -> None:
    around.taps(around.noor, "own")
    around.sim.type(around.noor, "ik ruik gas")
    assert "0800-9009" in around.read(around.noor)
    assert not around.open()


def test_whoever_opens_something_else_names_nothing_any_more(around: Around) -> None:
    around.taps(around.noor, "own")
    around.taps(around.noor, "list")
    around.sim.type(around.noor, "Tent bij de flat")
    assert not around.open()


def test_one_line_stays_with_the_result(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.ans, "result", one, "worked")
    around.taps(around.omar, "line", one)
    around.sim.type(around.omar, "Niet van mij")
    assert around.now(one).line is None
    around.taps(around.ans, "line", one)
    around.sim.type(around.ans, "Twintig bewoners kwamen")
    assert around.now(one).line == "Twintig bewoners kwamen"
    assert "Twintig bewoners kwamen" in around.taps(around.omar, "view", one)


def test_who_was_removed_meanwhile_keeps_nothing(around: Around) -> None:
    around.taps(around.noor, "own")
    with around.sim.store.write() as tx:
        members.leave(tx, WIJK, around.noor.id)
    around.sim.type(around.noor, "Tent bij de flat")
    assert not around.open()
