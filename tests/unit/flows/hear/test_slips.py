"""A slip of the hand hides no cry, and no other word is taken for one."""

from __future__ import annotations

import tomllib

import pytest

from flows.hear.alarm import Alarm
from flows.hear.plain import plain
from flows.hear.slips import slips
from flows.model.alarm import ALONE, BUT, Cry, Rung
from tests.unit.flows.hear.test_alarm import ALARM, HERE, rings, small

BLIND: dict[str, dict[str, list[str]]] = tomllib.loads((HERE / "alarm_blind.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("leven", ("leve", "lefen", "lefe")),
        ("niet", ("nie", "ni", "nit")),
        ("ruiken", ("ruike",)),
        ("bedreigd", ("bedreigt", "bedrijgt", "bedrygt")),
        ("zelfmoord", ("zelfmoort", "selfmoord", "selfmoort")),
        ("krijg", ("kreig", "kryg")),
        ("vrouw", ("vrauw", "frouw")),
        ("lucht", ("lugt", "lug")),
        ("vriend", ("vrind", "vrient")),
        ("ademt", ("adem",)),
    ],
)
def test_dutch_words_are_heard_as_they_sound(word: str, typed: tuple[str, ...]) -> None:
    """Each row of the table in docs/alarm.md."""
    meant = slips([Cry("life", "nl", f"{word} nu")])["nl"]
    assert {each: meant.get(plain(each)) for each in typed} == dict.fromkeys(typed, plain(word))


def test_only_dutch_is_written_as_dutch_sounds() -> None:
    meant = slips([Cry("life", "tr", "niet leven")])["tr"]
    assert "leve" not in meant
    assert "nie" not in meant


def test_two_letters_may_be_swapped_and_one_letter_of_a_long_word_may_be_missing() -> None:
    meant = slips([Cry("life", "en", "ruik suicide пожежа"), Cry("life", "en", "gas 11234")])["en"]
    for typed in ("riuk", "ruki", "suciide", "sucide", "suicid", "uicide", "пожеаж"):
        assert meant.get(plain(typed)) in {"ruik", "suicide", plain("пожежа")}, typed
    for typed in ("rui", "uik", "gsa", "ga", "12134", "1234", "ruik", "suicide"):
        assert typed not in meant, typed


def test_arabic_letters_are_not_swapped_because_that_is_another_word() -> None:
    assert "العفن" not in slips([Cry("afraid", "ar", "العنف المنزلي")])["ar"]


def test_a_word_of_the_list_is_no_slip_not_even_one_of_an_exception() -> None:
    niet, leve = Cry("life", "nl", "niet leven"), "leve de koning"
    assert "leve" not in slips([niet, Cry("life", "nl", leve, BUT)])["nl"]
    assert "leve" in slips([niet, Cry("life", "pl", leve, BUT)])["nl"]
    assert slips([]) == {}


def test_a_sentence_is_searched_as_it_stands_and_then_as_it_was_meant() -> None:
    alarm = small(("gas", "ruike gas"), ("life", "niet meer leven"), ("emergency", "help", ALONE))
    assert rings(alarm, "ik wil nie meer leve") == rings(alarm, "ik wil ni mer leve.") == "life"
    assert rings(alarm, "hlep") == "emergency"
    assert rings(alarm, "ruike gas") == "gas"
    assert rings(alarm, "nie meer leverbaar") == rings(alarm, "leve de koning") == ""


def test_the_words_of_an_exception_are_no_slips_of_another_language() -> None:
    gas, excused = Cry("gas", "pl", "czuje gaz"), Cry("gas", "pl", "nie czuje gazu", BUT)
    alarm = Alarm([gas, excused, Cry("life", "nl", "niet meer")])
    assert alarm.rung("nie czuje gazu") is None
    assert alarm.rung("nie czuje gazu nie mer") == Rung("life", ("nl",))


def test_a_word_of_one_language_is_a_slip_in_another_and_both_are_heard() -> None:
    alarm = Alarm([Cry("life", "nl", "niet meer leven"), Cry("life", "pl", "nie chce")])
    assert alarm.rung("ik wil nie meer leve") == Rung("life", ("nl",))
    assert alarm.rung("nie chec") == Rung("life", ("pl",))


@pytest.mark.parametrize("language", tuple(BLIND["first"]))
def test_cries_that_were_made_up_without_the_list_ring(language: str) -> None:
    unheard = [words for each in BLIND.values() for words in each.get(language, ()) if ALARM.rung(words) is None]
    assert unheard == []
