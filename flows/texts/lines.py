"""How many lines a text takes on a small phone: one of 360 pixels shows about 34 characters on a line of a chat."""

from __future__ import annotations

import re
import unicodedata

WIDTH = 34
"""Characters on one line; an emoji takes the room of two."""

WORDS = 10
"""Words in a sentence; the lines of danger are as the field wrote them."""

END, END_TWO, SCREEN = 12, 16, 16
"""Lines of an end card with one helper, of one with two or with what cannot wait, and of anything else that is long."""


def width(text: str) -> int:
    """Return the room that this text takes on a line; what is invisible takes none."""
    return len(text) if text.isascii() else sum(_room(letter) for letter in text)


def lines(text: str, most: int = WIDTH) -> int:
    """Return the number of lines of this text, wrapped by words as a phone wraps it; a word too long is cut."""
    count = 0
    for line in text.split("\n"):
        count, used = count + 1, 0
        for word in line.split(" "):
            long = width(word)
            if used and used + 1 + long > most:
                count, used = count + 1, 0
            used += long + (1 if used else 0)
            while used > most:
                count, used = count + 1, used - most
    return count


def sentences(text: str) -> list[str]:
    """Split a text into sentences: its lines, cut after a full stop, a question mark and the like."""
    parts = (each for line in text.split("\n") for each in re.split(r"(?<=[.!?:;])\s+", line))
    return [each for each in parts if re.search(r"\w", each)]


def _room(letter: str) -> int:
    kind = unicodedata.category(letter)
    if kind in ("Mn", "Me", "Cf"):  # marks above letters, isolates, the joiners inside an emoji
        return 0
    return 2 if kind == "So" or unicodedata.east_asian_width(letter) in "WF" else 1
