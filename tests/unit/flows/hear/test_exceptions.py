"""An exception excuses exactly the words that it is: never a cry beside it, in whatever list of phrases."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.content.files import read_files
from flows.hear.alarm import Alarm
from flows.hear.plain import plain, sentences
from flows.model.alarm import BUT, Cry
from tests.unit.flows.hear.test_alarm import ALARM, HERE, SPELLINGS, rings, small

EXCEPTIONS = [cry for cry in read_files().alarm if cry.how == BUT]
BESIDE: dict[str, Any] = tomllib.loads((Path(HERE) / "alarm_beside.toml").read_text("utf-8"))
NEUTRAL = "oh jee zeg"
"""Words that are neither a cry nor an exception."""

FEWEST = 2
"""Real cries that are tried beside each exception, at least."""


def test_an_exception_counts_for_its_own_danger_and_only_around_the_phrase() -> None:
    alarm = small(
        ("gas", "ruik gas"),
        ("gas", "ruik gas op tv", BUT),
        ("outage", "geen gas"),
        ("outage", "geen gas in de fles", BUT),
    )
    assert rings(alarm, "er is geen gas") == "outage"
    assert rings(alarm, "er is geen gas in de fles") == rings(alarm, "ik ruik gas op tv") == ""
    assert rings(alarm, "geen gas in de fles. en thuis ook geen gas") == "outage"
    assert rings(alarm, "ik ruik gas en er is geen gas in de fles") == "gas"


def test_an_exception_is_whole_words_in_a_row_in_one_sentence() -> None:
    alarm = small(("outage", "geen gas"), ("outage", "geen gas in de fles", BUT))
    assert rings(alarm, "geen GAS in, de fléss") == rings(alarm, "geeen gas-in-de-fles") == ""
    for words in (
        "geen gas in de flessen",  # its last word is no beginning
        "geen gas in de flat",
        "geen gasin de fles",  # spaces count
        "geen gas in defles",
        "xgeen gas, geen gas in dde flesx",
        "geen gas. in de fles",
        "geen gas in\nde fles",
        "geen gas hier in de fles",
    ):
        assert rings(alarm, words) == "outage", words


def test_an_exception_excuses_only_the_phrases_that_stand_in_its_own_words() -> None:
    alarm = small(
        ("outage", "geen gas"),
        ("outage", "geen gas in de fles en hier"),
        ("outage", "fles lekt"),
        ("outage", "wij geen gas"),
        ("outage", "geen gas in de fles", BUT),
    )
    assert rings(alarm, "geen gas in de fles") == ""
    assert rings(alarm, "geen gas in de fles en hier") == "outage"  # goes on behind it
    assert rings(alarm, "geen gas in de fles lekt") == "outage"  # begins in it
    assert rings(alarm, "wij geen gas in de fles") == "outage"  # begins before it


def test_a_second_occurrence_of_what_an_exception_excuses_rings() -> None:
    alarm = small(("gas", "ruik … gas."), ("gas", "ruik geen gas", BUT))
    assert rings(alarm, "ik ruik geen gas") == ""
    for words in ("ik ruik geen gas ik ruik gas", "ruik gas, ik ruik geen gas", "eerst ruik ik niks nu ruik ik gas"):
        assert rings(alarm, words) == "gas", words
    assert rings(alarm, "ik ruik geen gas en nu toch gas") == "gas"  # the same beginning, another end


def test_two_exceptions_share_no_word_so_that_the_second_cry_between_them_rings() -> None:
    alarm = small(
        ("outage", "geen gas"), ("outage", "geen gas in de fles", BUT), ("outage", "in de fles is geen gas", BUT)
    )
    assert rings(alarm, "geen gas in de fles") == rings(alarm, "in de fles is geen gas") == ""
    assert rings(alarm, "geen gas in de fles is geen gas") == "outage"
    assert rings(alarm, "geen gas in de fles. in de fles is geen gas") == ""


def test_a_cry_right_behind_an_exception_rings() -> None:
    alarm = small(("gas", "ruik gas"), ("gas", "gas lek"), ("gas", "geen gas lek", BUT))
    assert rings(alarm, "geen gas lek") == ""
    assert rings(alarm, "geen gas lek ruik gas") == "gas"


def test_a_word_that_stands_alone_is_excused_by_nothing() -> None:
    alarm = small(("fire", "brand", "alone"), ("fire", "brand in", "within"), ("fire", "brand in de kaars", BUT))
    assert rings(alarm, "brand in de kaars") == ""
    assert rings(alarm, "brand in de kaars. brand!") == "fire"


@pytest.mark.slow
@pytest.mark.parametrize("danger", ALARM.dangers)
def test_no_exception_of_the_list_silences_any_cry_before_or_behind_it(danger: str) -> None:
    """Every exception beside every cry of the spellings that rings among other words, joined in each way."""
    cries = [words.lstrip("/") for rows in SPELLINGS.values() for words in rows[danger]]
    among = [each for each in cries if ALARM.rung(f"{NEUTRAL} {each}") and ALARM.rung(f"{each} {NEUTRAL}")]
    assert len(among) > len(cries) / 2
    for exception in EXCEPTIONS:
        harmless = exception.words
        assert ALARM.rung(harmless) is None, harmless
        for cry in cries:
            assert ALARM.rung(f"{harmless}\n{cry}"), (harmless, cry)
            assert ALARM.rung(f"{cry}\n{harmless}"), (cry, harmless)
        for cry in among:
            for joined in (f"{harmless} {cry}", f"{harmless} en {cry}", f"{cry} {harmless}", f"{cry} en {harmless}"):
                assert ALARM.rung(joined), joined


def test_a_comma_joins_as_a_space_does() -> None:
    assert sentences("geen gas, ruik gas") == sentences("geen gas ruik gas")


def test_every_exception_was_tried_beside_real_cries_that_hold_its_words() -> None:
    assert Counter(cry.words for cry in EXCEPTIONS) == Counter(list(BESIDE["beside"]))
    for exception, cries in BESIDE["beside"].items():
        assert len(set(cries)) >= FEWEST, exception
        for cry in cries:
            assert f" {plain(exception)} " in f" {plain(cry)} ", (exception, cry)
            assert ALARM.rung(cry), cry


def test_every_exception_excuses_something_and_is_needed() -> None:
    bare = Alarm(cry for cry in read_files().alarm if cry.how != BUT)
    for exception in EXCEPTIONS:
        rung = bare.rung(exception.words)
        assert rung is not None, exception
        assert rung.danger == exception.danger, exception


def test_what_no_exception_may_silence_rings_though_nothing_is_wrong() -> None:
    """A list of what was weighed: each of these had an exception, and each exception silenced a real cry."""
    for words in BESIDE["rings_anyway"]:
        assert ALARM.rung(words), words


def test_an_alarm_without_exceptions_or_phrases_is_silent() -> None:
    assert Alarm([Cry("gas", "nl", "geen gas", BUT)]).rung("geen gas") is None
