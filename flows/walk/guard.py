"""The guard of typed words: they must not hide a cry for help, or leave a number here that nobody may keep."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from flows.model.heard import Heard, Media, Text

NINE_DIGITS = re.compile(r"(?<!\d)(?:\d[ .-]?){8}\d(?!\d)")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{0,4}\b", re.IGNORECASE)

BARE = str.maketrans("ıł", "il")
"""Letters that Unicode does not take apart, but that become plain ones on another keyboard or in capitals."""


def plain(text: str) -> str:
    """Reduce a text to what is compared: lower case, no accents or punctuation, single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    bare = bare.translate(BARE)
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def danger_in(text: str, alarm: Mapping[str, Sequence[str]]) -> str:
    """Return the danger that the words speak of (`gas`, `life`, …), or an empty text.

    `alarm` holds, per danger, phrases in all languages; a phrase counts when it begins at the start of a word.
    """
    words = f" {plain(text)}"
    for danger, phrases in alarm.items():
        if any(f" {plain(phrase)}" in words for phrase in phrases):
            return danger
    return ""


def danger_heard(heard: Heard, alarm: Mapping[str, Sequence[str]]) -> str:
    """Return the danger that typed words, an edited message or the words under a photo speak of, or an empty text."""
    match heard:
        case Text(words) | Media(words=words):
            return danger_in(words, alarm)
        case _:
            return ""


def holds_number(text: str) -> bool:
    """Return whether the words hold what may be a BSN (nine digits that pass the 11-test) or a bank account (IBAN).

    Nobody may keep a BSN here, not even with consent (domain.md §4.3).
    """
    digits = ("".join(c for c in match.group() if c.isdigit()) for match in NINE_DIGITS.finditer(text))
    return any(is_bsn(each) for each in digits) or any(
        is_iban(" ".join(words[:count]))  # the next word may look like a last group of characters
        for words in (match.group().split() for match in IBAN.finditer(text))
        for count in range(1, len(words) + 1)
    )


def is_bsn(digits: str) -> bool:
    """Do the 11-test on nine digits: with the weights 9 to 2 and -1, the sum is a multiple of 11."""
    if len(digits) != 9 or not digits.isdigit() or digits == "000000000":
        return False
    return sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0


def is_iban(text: str) -> bool:
    """Do the mod-97 test of ISO 13616 on 15 to 34 characters."""
    bare = "".join(text.split()).upper()
    if not 15 <= len(bare) <= 34 or not bare.isalnum() or not bare.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1
