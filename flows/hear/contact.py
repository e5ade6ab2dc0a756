"""Finds in typed words what leads to somebody: a number to call, an address of mail, a link, a name on a channel."""

from __future__ import annotations

import re
import unicodedata

LEAST = 6
"""So many digits in a row may be a number to call; a day, a time or an amount has fewer."""

_MAIL = re.compile(r"\S@\S|(?<!\S)@\w")
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:nl|com|org|net|eu|me|info|be|de)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\+?\d(?:[\s().\-/\u2010-\u2015]{0,3}\d)+")


def holds_contact(text: str) -> bool:
    """Return whether the words hold what looks like a number to call, an address of mail or a link."""
    plain = "".join(
        str(unicodedata.decimal(each)) if each.isdecimal() else each
        for each in unicodedata.normalize("NFKC", text)
        if unicodedata.category(each) != "Cf"
    )
    long = any(sum(each.isdigit() for each in run) >= LEAST for run in _DIGITS.findall(plain))
    return long or bool(_MAIL.search(plain) or _LINK.search(plain))
