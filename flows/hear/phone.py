"""Reads a phone number that a resident typed where one is asked: 06 12345678, +31 6…, 0031-6….

Words may stand around it ("bel mij op 06 12345678"). A number that cannot be told for sure is no number: the resident
is asked again.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*[:;,.!?]*")
"""A word by itself; a letter that touches a digit is a slip."""

_SIGNS = re.compile(r"[\s().\-/\u2010-\u2015]+")
_ABROAD = re.compile(r"\+[1-9][0-9]{7,14}")
_HERE = re.compile(r"0[1-9][0-9]{8}")


def phone(text: str) -> str:
    """Return the number in E.164, or an empty text. Without a country it is Dutch; 8 to 15 digits with one."""
    digits = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)
    seen = "".join(each for each in digits if unicodedata.category(each) != "Cf")
    bare = _SIGNS.sub("", " ".join(part for part in seen.split() if not _WORD.fullmatch(part)))
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if bare.startswith("+310"):  # +31 (0)6 12345678
        bare = f"+31{bare[4:]}"
    if _HERE.fullmatch(bare):
        return f"+31{bare[1:]}"
    if bare.startswith("+31") and len(bare) != len("+31612345678"):
        return ""
    return bare if _ABROAD.fullmatch(bare) else ""
