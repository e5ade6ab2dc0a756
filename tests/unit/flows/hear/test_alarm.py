"""A cry for help is heard however it is typed, and what is no cry is not taken for one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.files import read_files
from flows.hear.alarm import Alarm
from flows.hear.phrases import LEAST, WORDS_BETWEEN, typed
from flows.hear.plain import APOSTROPHES, BLANK, CHARACTERS, ENDS, plain
from flows.model.alarm import ALONE, WITHIN, Cry, Rung
from flows.model.heard import ChartTap, Command, Contact, Heard, Media, Text
from flows.model.names import COMMANDS
from tests.simulated import CONTENT

HERE = Path(__file__).parent
FILES = read_files()
ALARM = CONTENT.walk.alarm
LANGUAGES = ("nl", "en", "ar", "tr", "pl", "uk", "ru", "es", "fa")
ENOUGH_SPELLINGS, ENOUGH_SENTENCES = 40, 200


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


SPELLINGS: dict[str, dict[str, list[str]]] = table("alarm_spellings.toml")
HARMLESS: dict[str, list[str]] = table("alarm_harmless.toml")
RINGING = [(danger, words) for rows in SPELLINGS.values() for danger, each in rows.items() for words in each]


def small(*cries: tuple[str, str] | tuple[str, str, str]) -> Alarm:
    """An alarm of these dangers and phrases, with how each counts."""
    return Alarm(Cry(danger, "nl", words, how[0] if how else WITHIN) for danger, words, *how in cries)


def rings(alarm: Alarm, words: str) -> str:
    rung = alarm.rung(words)
    return rung.danger if rung else ""


def test_what_people_type_in_danger_rings_for_that_danger_in_every_language_of_the_list() -> None:
    assert tuple(SPELLINGS) == LANGUAGES
    for language, dangers in SPELLINGS.items():
        assert set(dangers) == set(ALARM.dangers)
        assert len({words for each in dangers.values() for words in each}) >= ENOUGH_SPELLINGS
        for danger, spellings in dangers.items():
            for words in spellings:
                heard = Command(words[1:]) if words.startswith("/") else Text(words)
                rung = ALARM.heard(heard)
                assert rung is not None, f"unheard: {words}"
                assert rung.danger == danger, words
                assert not rung.languages or language in rung.languages, words


def test_what_people_type_when_nothing_is_wrong_does_not_ring() -> None:
    assert set(HARMLESS) == set(LANGUAGES)
    assert len({words for each in HARMLESS.values() for words in each}) >= ENOUGH_SENTENCES
    rung = {words: found for each in HARMLESS.values() for words in each if (found := ALARM.rung(words))}
    assert rung == {}


def test_what_the_bot_itself_says_rings_only_where_it_speaks_of_danger() -> None:
    """Its buttons and questions are the words that people use with it, in every language that it speaks."""
    for message in FILES.messages():
        for language in CONTENT.wijk.languages:
            text = CONTENT.words.say(language, message.context, message.text)
            if (
                not message.context.startswith(("danger.", "line.emergency"))
                and "🆘" not in text
                and "{line_emergency}" not in text
            ):
                assert ALARM.rung(text) is None, (language, message.context)


def test_every_phrase_of_the_list_rings_in_the_middle_of_a_sentence_or_alone() -> None:
    dangers = {danger: number for number, danger in enumerate(ALARM.dangers)}
    for cry in FILES.alarm:
        if cry.how == WITHIN:
            for words in (f"oh jee {typed(cry).upper()}, wat nu", f"X {typed(cry)}"):
                rung = ALARM.rung(words)
                assert rung is not None, words
                assert dangers[rung.danger] <= dangers[cry.danger], words
        if cry.how == ALONE:
            rung = ALARM.rung(f"Oh jee. {cry.words}!! Wat nu?")
            assert rung is not None, cry


HIDDEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\u180e"
    "\u034f\ufe0e\ufe0f\u0640\u0300\u0301\u064b\u0650\u0651\u0670\u0000\u0007\ue000\ufff9\U000e0041\ud800" + BLANK
)


@given(st.sampled_from(RINGING), st.data())
def test_no_invisible_character_stretched_letter_or_capital_hides_a_cry(
    cry: tuple[str, str], data: st.DataObject
) -> None:
    danger, words = cry
    typed_words = ""
    for at, letter in enumerate(words):
        times = data.draw(st.integers(1, 4)) if letter.isalpha() else 1
        letters = letter.upper() if len(letter.upper()) == 1 and data.draw(st.booleans()) else letter
        inside = at + 1 < len(words)
        typed_words += letters * times + (data.draw(st.text(HIDDEN, max_size=3)) if inside else "")
    heard = Text(typed_words.removeprefix("/"))
    rung = ALARM.heard(heard)
    assert rung is not None, typed_words
    assert rung.danger == danger, typed_words


@given(st.text(max_size=60))
def test_plain_words_are_the_same_when_made_plain_again(words: str) -> None:
    assert plain(plain(words)) == plain(words)
    assert "  " not in plain(words)


def test_the_same_words_typed_in_another_way_are_the_same() -> None:
    """Each row of the table in docs/alarm.md."""
    for one, *others in (
        ("gas", "GAS", "ｇａｓ", "gás", "g\u0301as", "gaaass", "ⓖⓐⓢ", "𝐠𝐚𝐬", "gаs", "ga\u00ads"),
        ("strasse", "STRASSE", "straße", "STRAẞE"),
        ("dont", "don't", "don’t", "don`t", "don´t", "donʼt", "don＇t"),
        ("ulatnia sie gaz lodz kacagi", "ulatnia się gaz, ŁÓDŹ - KAÇAĞI", "ULATNIA SIĘ GAZ ŁÓDŹ KAÇAGI"),
        ("أشم رائحة غاز", "اشم رائحه غاز", "ﺃﺷﻢ ﺭﺍﺋﺤﺔ ﻏﺎﺯ", "أَشُمُّ رَائِحَةَ غَازٍ", "أشــم رائحــة غــاز", "اشم راءيحة غاز"),
        ("علي مسؤول", "على مسوول", "علی مسوول"),
        ("می خواهم کمک", "مي خواهم كمك", "می خواهم کمـک"),
        ("112", "١١٢", "۱۱۲", "１１２", "①①②", "11\u200b2"),
        ("вб'ю", "вб’ю", "вбʼю", "вбю", "ВБЮ"),
        ("газ", "гaз", "ГАЗ", "ґаз"),
        ("sos", "🆘", "S\u2060OS"),
    ):
        assert {plain(each) for each in others} == {plain(one)}
    assert plain("112") == "112"  # digits are no stretched letters
    assert plain("a\tb\nc.d") == "a b c d"
    assert all(plain(f"a{sign}b") == "ab" for sign in APOSTROPHES)
    assert all(plain(f"a{sign}b") == "a b" for sign in ENDS)


def test_a_phrase_counts_where_words_begin_with_it() -> None:
    alarm = small(("gas", "gas lek"))
    for words in ("gas lek", "Gaslek!", "gaslekkage", "een gas-lek", "gasslek", "GAS.LEK", "g as lek"):
        assert rings(alarm, words) == "gas", words
    for words in ("xgaslek", "gas", "lek gas", "gas en lek", ""):
        assert rings(alarm, words) == "", words


def test_a_phrase_that_ends_with_a_full_stop_ends_with_its_last_word_and_one_that_ends_with_a_number_too() -> None:
    alarm = small(("afraid", "slaat me."), ("emergency", "bel 112"))
    assert rings(alarm, "hij slaat me") == rings(alarm, "slaat me, nu") == "afraid"
    assert rings(alarm, "hij slaat meteen af") == ""
    assert rings(alarm, "bel 112!") == rings(alarm, "bel 112 nu") == rings(alarm, "bel 112nu") == "emergency"
    assert rings(alarm, "bel 1123456") == ""
    assert rings(alarm, "bel 112 1") == "emergency"


def test_an_arabic_word_begins_after_what_is_written_to_it_too() -> None:
    alarm = small(("life", "انتحار"), ("gas", "رائحة … غاز"), ("afraid", "زوجي يضرب"))
    for words in ("انتحار", "افكر بالانتحار", "والانتحار", "وانتحار", "للانتحار"):
        assert rings(alarm, words) == "life", words
    assert rings(alarm, "وزوجي يضربني") == "afraid"
    assert rings(alarm, "رائحة قوية في البيت للغاز") == rings(alarm, "رائحة بالغاز") == "gas"
    for count in range(WORDS_BETWEEN + 2):
        assert rings(alarm, f"رائحة {'والبيت ' * count}غاز") == ("gas" if count <= WORDS_BETWEEN else ""), count
    assert rings(alarm, "سانتحار") == ""
    assert rings(small(("gas", "غاز")), "بغاز") == "gas"  # three letters are left
    assert rings(small(("gas", "غازات")), "ب غا") == ""


def test_a_gap_stands_for_some_words_of_the_same_sentence() -> None:
    alarm = small(("gas", "ruik … gas."), ("smoke", "hoofdpijn ... kachel ... aan"))
    for count in range(WORDS_BETWEEN + 1):
        assert rings(alarm, f"ik ruik {'x ' * count}gas") == "gas", count
    assert rings(alarm, f"ik ruik {'x ' * (WORDS_BETWEEN + 1)}gas") == ""
    assert rings(alarm, "ik ruiken wat gas") == "gas"
    assert rings(alarm, "ik ruik niks. gas is duur") == ""
    assert rings(alarm, "ik ruik wat? gas") == ""
    assert rings(alarm, "ik ruik wat gassen") == ""
    assert rings(alarm, "hoofdpijn en de kachel staat aan") == "smoke"
    assert rings(alarm, "hoofdpijn en de kachel staat uit") == ""
    assert rings(alarm, "ik ruik") == ""


def test_a_cry_that_stands_alone_rings_as_a_sentence_and_not_inside_one() -> None:
    alarm = small(("fire", "brand", ALONE), ("emergency", "help", ALONE), ("emergency", "1 1 2", ALONE))
    for words in (
        "brand",
        "Brand!",
        "BRAND BRAND",
        "help brand",
        "Kom snel. Brand! Nu",
        "braand\nkom",
        "brand, help, brand",
    ):
        assert rings(alarm, words) == "fire", words
    for words in ("help", "1-1-2", "112!!", "help 112"):
        assert rings(alarm, words) == "emergency", words
    for words in ("brand new", "jan brand", "ik help je", "smitsweg 112", "brandt", "help mij", "1 12 3", "."):
        assert rings(alarm, words) == "", words
    assert rings(alarm, "brand " * 12) == "fire"


def test_rare_characters_are_read_and_not_kept_so_that_nobody_fills_the_memory() -> None:
    kept = len(CHARACTERS)
    assert plain("".join(map(chr, range(0x1D400, 0x1D41A)))) == "abcdefghijklmnopqrstuvwxyz"
    assert plain("".join(map(chr, range(0x20000, 0x20400))))
    assert len(CHARACTERS) <= kept + len("abcdefghijklmnopqrstuvwxyz")


def test_the_first_danger_of_the_list_is_told_with_all_languages_in_which_it_rang() -> None:
    alarm = Alarm(
        [
            Cry("gas", "nl", "ruik gas"),
            Cry("gas", "en", "smell gas"),
            Cry("life", "nl", "wil dood"),
            Cry("gas", "any", "sos gas"),
        ]
        + [Cry("gas", each, "gas", ALONE) for each in ("nl", "en")]
    )
    assert alarm.rung("ik wil dood en ik ruik gas") == Rung("gas", ("nl",))
    assert alarm.rung("ik ruik gas, i smell gas, ik ruik gas") == Rung("gas", ("nl", "en"))
    assert alarm.rung("gas") == Rung("gas", ("nl", "en"))
    assert alarm.rung("sos gas nu") == Rung("gas")
    assert alarm.rung("gas! gas! i smell gas") == Rung("gas", ("en",))
    assert Alarm([Cry("emergency", "any", "112", ALONE)]).rung("112") == Rung("emergency")
    assert Alarm().rung("ik ruik gas") is None


@pytest.mark.parametrize(
    "heard",
    [
        Text("ik ruik gas"),
        Text("wat nu?", quoted="ik ruik gas"),
        Media("photo", words="ik ruik gas"),
        Contact("", own=False, words="ik ruik gas"),
        Command("start", "ik ruik gas"),
        Command("help", "ik ruik gas"),
        Command("ruik", "gas"),
        Command("ik_ruik_gas"),
        Command("start", "ruik gas"),
        Command("menu", quoted="ik ruik gas"),
    ],
)
def test_danger_is_heard_in_all_words_whatever_they_came_with(heard: Heard) -> None:
    assert ALARM.heard(heard) == Rung("gas", ("nl",))


@pytest.mark.parametrize(
    "heard",
    [
        ChartTap("menu.worries", "ik ruik gas"),
        Media("photo"),
        Contact("", own=True),
        *map(Command, COMMANDS),
        Text("hallo", "dag"),
    ],
)
def test_buttons_our_own_commands_and_silence_do_not_ring(heard: Heard) -> None:
    assert ALARM.heard(heard) is None


def test_the_shortest_phrase_that_may_stand_within_a_sentence_rings() -> None:
    assert rings(small(("life", "a" + "b" * LEAST + "c")), "x abc") == "life"
