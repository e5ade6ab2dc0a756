"""Names and words as they are shown and kept: on one line, in which everything can be seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.hear.clean import MARKS, clean, clean_name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Fatma", "Fatma"),
        ("  Fatma \n van  der\r\nBerg ", "Fatma van der Berg"),
        ("Fat\u200bma\u2060\ufeff", "Fatma"),
        ("\u202eamtaF\u202c", "amtaF"),
        ("\u2066Fatma\u2069 \u2067x\u2069", "Fatma x"),
        ("Fatma\u2028\u2029\u0085Jan", "Fatma Jan"),
        ("Fa\u0000t\u0007ma\ue000\U000e0041", "Fatma"),
        ("F" + "\u0301\u0334\u0489" * 10 + "atma", "F\u0334\u0301\u0489atma"),
        ("Zoe\u0308", "Zoë"),
        ("Nguyễn Thị", "Nguyễn Thị"),
        ("فاطِمَة", "فاطِمَة"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\u200db\u200cc", "abc"),
        ("🌸 Fatma ❤️", "🌸 Fatma ❤️"),
        ("\u3164", ""),
        ("\u200b\u200d\u2800 \u115f\u1160\uffa0", ""),
        ("\u0301\u0301", ""),
        ("\u00ad\u061c\u180e", ""),
        ("", ""),
    ],
)
def test_what_can_be_seen_stays_and_the_rest_goes(typed: str, shown: str) -> None:
    assert clean(typed) == unicodedata.normalize("NFC", shown)
    assert clean_name(typed) == clean(typed)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_is_typed_is_one_line_that_is_clean_already(typed: str) -> None:
    once = clean(typed)
    assert clean(once) == once
    assert "\n" not in once
    assert not any(
        unicodedata.bidirectional(each) in ("LRO", "RLO", "LRE", "RLE", "LRI", "RLI", "FSI") for each in once
    )
    marks = [unicodedata.category(each) in ("Mn", "Me") for each in once]
    assert not any(all(marks[at : at + MARKS + 1]) for at in range(len(marks) - MARKS))


@pytest.mark.parametrize("name", ["111222333", "Jan 111.222.333", "NL91ABNA0417164300", "4111 1111 1111 1111"])
def test_a_name_that_is_a_number_to_refuse_is_no_name(name: str) -> None:
    assert clean(name) == name
    assert clean_name(name) == ""
