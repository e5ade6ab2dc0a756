"""The guard of typed words: they must not leave a number here that nobody may keep."""

from __future__ import annotations

import re

NINE_DIGITS = re.compile(r"(?<!\d)(?:\d[ .-]?){8}\d(?!\d)")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{0,4}\b", re.IGNORECASE)


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
