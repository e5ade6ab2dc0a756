"""Own words in the register: kept for who may, refused when they lead to somebody, and never a lead's."""

from __future__ import annotations

import pytest

from db.people import members
from db.store import Store
from tests import simulated
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


@pytest.mark.parametrize("words", ["ik ruik gas", "er is brand", "أشم رائحة غاز"])
def test_words_of_danger_are_never_what_came_of_it(around: Around, words: str) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.ans, "result", one, "worked")
    around.taps(around.ans, "line", one)
    around.sim.type(around.ans, words)
    assert "112" in around.read(around.ans)
    assert around.now(one).line is None


@pytest.mark.parametrize("words", ["a\ud83d b", "a \u202eb", "a\nb", "\x00a b"])
def test_a_name_is_one_line_in_which_everything_can_be_seen(around: Around, words: str) -> None:
    around.taps(around.noor, "own")
    around.sim.type(around.noor, words)
    assert [each.words for each in around.open()] == ["a b"]


def test_whoever_is_removed_or_erased_while_they_type_names_nothing(around: Around) -> None:
    around.taps(around.noor, "own")
    around.taps(around.omar, "own")
    around.sim.type(around.ria, "/coordinator")
    simulated.go(around.sim, around.ria, "rest", "members.connector")
    for _ in range(2):
        button = next(each for each in around.ria.card.buttons if "Noor" in each[0].text)[0]
        around.sim.press(around.ria, around.ria.card.id, button.data)
    around.sim.type(around.omar, "/verwijder")
    simulated.go(around.sim, around.omar, "erase:yes")
    for person in (around.noor, around.omar):
        around.sim.type(person, "Tent bij de flat")
    assert not around.open()
    assert simulated.found(around.sim.store, "Tent bij") == []


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
