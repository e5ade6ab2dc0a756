"""Typed words and names as they are shown and kept: one line, in which everything can be seen.

Guards the rule that nobody's name or words change how a card looks to its reader: no line breaks, no characters that
turn the direction of writing, no heaps of accents, nothing invisible.
"""

from __future__ import annotations

import unicodedata

from flows.hear import guard
from flows.hear.plain import BLANK

MARKS = 3
"""At most so many accents stand on one letter; no language puts more there."""

JOINERS = "\u200c\u200d"
"""Between two letters of a script in which they change the letters' form, as in Persian and Hindi, they stay."""

JOINED = (("\u0600", "\u08ff"), ("\u0900", "\u0dff"), ("\ufb50", "\ufdff"))
"""From which to which character those scripts go."""


def clean(text: str) -> str:
    """Return these words on one line, without what cannot be seen; an empty text when nothing is left."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept: list[str] = []
    marks = 0
    text = unicodedata.normalize("NFC", text)
    for at, each in enumerate(text):
        kind = unicodedata.category(each)
        if each.isspace() or kind in ("Zl", "Zp"):
            kept.append(" ")
        elif each in JOINERS:
            if 0 < at < len(text) - 1 and _joins(text[at - 1]) and _joins(text[at + 1]):
                kept.append(each)
            continue
        elif kind in ("Mn", "Me"):
            marks += 1
            if marks > MARKS or not kept or kept[-1] == " ":
                continue
            kept.append(each)
            continue
        elif kind[0] == "C" or each in BLANK:
            continue
        else:
            kept.append(each)
        marks = 0
    return " ".join("".join(kept).split())


def clean_name(name: str) -> str:
    """Return a name that a channel shows, clean; an empty text when it cannot be seen, or is a number to refuse."""
    bare = clean(name)
    return "" if guard.holds_number(bare) else bare


def _joins(character: str) -> bool:
    return any(first <= character <= last for first, last in JOINED)
