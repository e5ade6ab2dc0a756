"""What somebody reads in their language: Dutch when a word lacks, fields filled in, mixed directions kept in order."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from babel.dates import format_date

from bot.content.loaded import load_content
from bot.content.words import FIRST_STRONG_ISOLATE as OPEN
from bot.content.words import POP_ISOLATE as CLOSE
from bot.content.words import RIGHT_TO_LEFT_MARK as MARK
from bot.content.words import Words
from flows.model.faults import FlowError

PHRASES = {
    "nav.back": "◀ Terug",
    "nav.menu": "Menu",
    "receipt.code": "Je code is {code}.",
    "words.and": "{first} en {last}",
    "words.comma": "{first}, {last}",
}
HEADER = 'msgid ""\nmsgstr "Language: {language}\\nContent-Type: text/plain; charset=utf-8\\n"\n\n'
ARABIC = """msgctxt "nav.back"
msgid "◀ Terug"
msgstr "رجوع"

#, fuzzy
msgctxt "nav.menu"
msgid "Menu"
msgstr "قائمة قديمة"

msgctxt "receipt.code"
msgid "Je code is {code}."
msgstr "رمزك هو {code}."

msgctxt "words.comma"
msgid "{first}, {last}"
msgstr "{first}، {last}"

msgctxt "referral.cold"
msgid "Is het koud?"
msgstr ""
"""
ENGLISH = """msgctxt "nav.back"
msgid "◀ Weerom"
msgstr "Return"

msgctxt "referral.cold"
msgid "Is het koud?"
msgstr "Is it cold?"
"""


@pytest.fixture
def words(tmp_path: Path) -> Words:
    """Words with a small Arabic and English catalog."""
    for language, entries in (("ar", ARABIC), ("en", ENGLISH)):
        path = tmp_path / language / "LC_MESSAGES" / "bot.po"
        path.parent.mkdir(parents=True)
        path.write_text(HEADER.format(language=language) + entries, "utf-8")
    return Words(tmp_path, PHRASES)


def test_a_translation_is_found_by_its_context_and_its_dutch(words: Words) -> None:
    assert words.phrase("ar", "nav.back") == "رجوع"
    assert words.say("en", "referral.cold", "Is het koud?") == "Is it cold?"
    assert words.say("en", "selfcheck.cold", "Is het koud?") == "Is het koud?"


def test_without_a_translation_the_reader_gets_dutch_and_never_a_key(words: Words) -> None:
    assert words.phrase("en", "receipt.code", code="KOP-4F7") == "Je code is KOP-4F7."
    assert words.say("ar", "referral.cold", "Is het koud?") == "Is het koud?"
    assert words.phrase("tr", "nav.back") == "◀ Terug"


def test_a_translation_of_an_older_dutch_text_is_read_until_it_is_renewed(words: Words) -> None:
    assert words.phrase("en", "nav.back") == "Return"
    assert words.phrase("ar", "nav.menu") == "قائمة قديمة", "marked as fuzzy by `koppelkans words`"
    assert words.outdated("ar", "nav.menu", "Menu")
    assert not words.outdated("ar", "nav.back", "◀ Terug")


def test_an_older_translation_with_other_fields_is_not_read(words: Words) -> None:
    """A number to call is a field: an older translation can name no other number than the Dutch does now."""
    assert words.say("ar", "receipt.code", "Bel {line}.", line="112") == f"Bel {OPEN}112{CLOSE}."
    assert words.say("ar", "receipt.code", "Bel 112.") == "Bel 112."
    assert words.outdated("ar", "receipt.code", "Bel 112.")


@pytest.mark.parametrize("broken", ["Your code is {cod}.", "Your code is {code.", "Your code.", "{code} {name}"])
def test_a_translation_that_cannot_be_filled_in_is_not_read(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "en" / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True)
    entry = f'msgctxt "receipt.code"\nmsgid "Je code is {{code}}."\nmsgstr "{broken}"\n'
    path.write_text(HEADER.format(language="en") + entry, "utf-8")
    words = Words(tmp_path, PHRASES)
    assert words.phrase("en", "receipt.code", code="KOP-4F7") == "Je code is KOP-4F7."
    assert words.outdated("en", "receipt.code", PHRASES["receipt.code"]), "a danger text like this stops the start"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("msgstr “Ja”", ': put straight quotes " around the text, no curly ones'),
        ('msgstr "Ja”', ': put straight quotes " around the text, no curly ones'),
        ("msgstr Ja", ' cannot be read: a text stands between straight quotes, as in "Ja"'),
    ],
)
def test_a_slip_in_a_catalog_is_named_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "en" / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True)
    path.write_text(f'{HEADER.format(language="en")}msgctxt "a"\nmsgid "b"\n{line}\n', "utf-8")
    with pytest.raises(FlowError) as found:
        Words(tmp_path, {})
    assert str(found.value) == f"bot.po: line 6{told}. The line is: {line}"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_catalog_of_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "en" / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(f'{HEADER.format(language="en")}msgctxt "a"\nmsgid "b"\nmsgstr "é"\n'.encode(encoding))
    with pytest.raises(FlowError, match=r"bot\.po: .*save it as UTF-8"):
        Words(tmp_path, {})


def test_a_catalog_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "en" / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True)
    path.write_text(f'{HEADER.format(language="en")}msgctxt "a"\nmsgid "b"\nmsgstr "é"\n', "utf-8-sig")
    assert Words(tmp_path, {}).say("en", "a", "b") == "é"


def test_values_are_isolated_for_somebody_who_reads_from_right_to_left(words: Words) -> None:
    assert words.phrase("ar", "receipt.code", code="KOP-4F7") == f"رمزك هو {OPEN}KOP-4F7{CLOSE}."


def test_an_arabic_value_is_isolated_in_a_dutch_sentence_too(words: Words) -> None:
    assert words.phrase("nl", "receipt.code", code="فاطمة") == f"Je code is {OPEN}فاطمة{CLOSE}."
    assert words.phrase("nl", "receipt.code", code="KOP-4F7") == "Je code is KOP-4F7."


def test_a_value_of_several_lines_is_not_isolated(words: Words) -> None:
    """An isolate ends with its paragraph; the lines of a packet hold isolates of their own."""
    assert words.phrase("ar", "receipt.code", code="een\ntwee") == "رمزك هو een\ntwee."
    assert words.phrase("ar", "receipt.code", code="") == "رمزك هو ."


def test_braces_in_a_value_stay_what_they_are(words: Words) -> None:
    assert words.phrase("nl", "receipt.code", code="{code} {0} %s") == "Je code is {code} {0} %s."


def test_a_text_without_fields_is_not_filled_in(words: Words) -> None:
    assert words.say("nl", "typed", "Wat {een} tekst") == "Wat {een} tekst"
    assert words.say("nl", "typed", "Geen veld", name="Fatma") == "Geen veld"


def test_a_field_that_is_not_given_is_an_error_and_not_a_gap(words: Words) -> None:
    with pytest.raises(KeyError):
        words.phrase("nl", "receipt.code", name="Fatma")


def test_languages_are_called_by_their_own_name(words: Words) -> None:
    assert [words.name(code) for code in ("nl", "ar", "en")] == ["Nederlands", "العربية", "English"]
    assert words.name_in("ar", "nl") == "Arabisch"
    assert words.name_in("tlh", "nl") == "tlh"


def test_only_arabic_of_these_is_read_from_right_to_left(words: Words) -> None:
    assert [code for code in ("nl", "ar", "en", "tr") if words.right_to_left(code)] == ["ar"]


def test_days_and_moments_are_told_in_the_readers_language(words: Words) -> None:
    day = date(2026, 12, 2)
    assert words.day("nl", day) == "woensdag 2 december"
    assert "Wednesday" in words.day("en", day)
    assert words.day("tr", day) == "woensdag 2 december"
    assert words.weekday("nl", 0) == "maandag"
    assert words.day_and_time("nl", datetime(2026, 12, 2, 9, 5)) == "woensdag 2 december 09:05"  # noqa: DTZ001


def test_days_are_what_babel_makes_of_them_in_every_language_that_the_wijk_may_need(tmp_path: Path) -> None:
    codes = ("nl", "en", "ar", "tr", "pl", "uk", "ti", "so", "fa", "es", "ru")
    for code in codes:
        path = tmp_path / code / "LC_MESSAGES" / "bot.po"
        path.parent.mkdir(parents=True)
        path.write_text(HEADER.format(language=code), "utf-8")
    words = Words(tmp_path, PHRASES)
    days = [date(2028, 1, 1) + timedelta(number) for number in range(366)]
    for code in codes:
        assert [words.day(code, day) for day in days] == [format_date(day, "EEEE d MMMM", locale=code) for day in days]
        own = Locale.parse(code).get_display_name(code) or ""
        assert words.name(code).casefold() == own.casefold()


@pytest.mark.parametrize(
    ("items", "listed"), [([], ""), (["A"], "A"), (["A", "B"], "A en B"), (["A", "B", "C"], "A, B en C")]
)
def test_a_list_is_read_as_a_person_would(words: Words, items: list[str], listed: str) -> None:
    assert words.listed(items, "nl") == listed


def test_a_row_has_the_commas_of_the_language(words: Words) -> None:
    assert words.in_row(["A", "B", "C"], "nl") == "A, B, C"
    assert words.in_row(["A", "B"], "ar") == f"{MARK}{OPEN}A{CLOSE}، {OPEN}B{CLOSE}"
    assert words.in_row(["A"], "nl") == "A"


def test_the_fields_of_a_translation_are_those_of_the_dutch() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert fields("رمزك هو {code}.") == fields(PHRASES["receipt.code"]) == {"code"}


def test_a_line_that_begins_with_a_latin_letter_or_none_is_turned_round() -> None:
    """🆘 counts as a Latin letter and ✓ as none: without a mark their lines would run from left to right."""
    real = load_content("smitsveen").words
    assert real.phrase("ar", "nav.danger").startswith(f"{MARK}🆘")
    assert real.phrase("ar", "nav.picked", text="كذا").startswith(f"{MARK}✓")
    assert not real.phrase("nl", "nav.danger").startswith(MARK)


def test_a_line_about_what_the_wijk_lacks_is_left_out(words: Words) -> None:
    text = "Huur je van {landlord}? Bel {landlord}.\nAnders: bel {line_gas}."
    assert words.say("nl", "x", text, landlord=None, line_gas="0800-9009") == "Anders: bel 0800-9009."
    assert words.say("nl", "x", text, landlord="De Woning", line_gas=None) == "Huur je van De Woning? Bel De Woning."
    assert words.say("nl", "x", "Huur van {landlord}", landlord=None) == ""
