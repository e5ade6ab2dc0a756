"""Brings typed words into the one plain form in which they are compared; docs/alarm.md has the same as a table.

Words and phrases go through the same function. Guards the rule that no way of typing hides a cry for help: not the
keyboard, not what a phone inserts, and not a hand that shakes.
"""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = "'`´’‘‛′ʹʻʼʽʾʿˈˊˋꞌ՚＇"
"""Left out: people write don't, don’t and dont."""

BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs without ink that Unicode does not count among the invisible ones."""

ENDS = ".!?;\u037e\u061b\u061f\u06d4\u3002\u00a1\u00bf\n\r\v\f\u0085\u2028\u2029"
"""What ends a sentence."""

LETTERS = str.maketrans(
    {
        # Letters that are no accent to Unicode, but that people leave out on another keyboard, or lose in capitals.
        **dict(zip("ıłøđħŧ", "ilodht", strict=True)),
        "æ": "ae",
        "œ": "oe",
        # Arabic and Persian keyboards write the same word with other letters. The hamza is often left out, and so are
        # the dots; tatweel only stretches.
        **dict(zip("ةىیېےٱکڪگہھەپچژڤ", "هيييياكككهههبجزف", strict=True)),
        "ء": "",
        "ـ": "",
        # Cyrillic letters that look like Latin ones, for words typed half on one keyboard and half on the other.
        **dict(zip("авекмнорстухіѕјє", "abekmhopctyxisje", strict=True)),
        "ґ": "г",
        "ь": "",
        "ъ": "",
    }
)

SIGNS = {"🆘": " sos ", "€": " euro "}
"""Signs that are a word."""

_STRETCHED = re.compile(r"([^\W\d_])\1+")


class _Characters(dict[int, str]):
    """What each character is in plain words; each of the common ones is worked out once."""

    def __missing__(self, code: int) -> str:
        found = _character(chr(code))
        if code < 0x10000:  # the rest is too rare, and too much, to keep
            self[code] = found
        return found


def _character(character: str) -> str:
    """Return the letters and digits of one character: a space where words part, a line break where a sentence ends."""
    if character in SIGNS:
        return SIGNS[character]
    if character in APOSTROPHES:
        return ""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()).translate(LETTERS)
    return "".join(map(_part, bare))


def _part(character: str) -> str:
    if character in ENDS:
        return "\n"
    if character in BLANK or (unicodedata.category(character)[0] in "MC" and not character.isspace()):
        return ""
    if character.isalnum():
        digit = unicodedata.decimal(character, None)
        return character if digit is None else str(digit)
    return " "


CHARACTERS = _Characters()
"""What was worked out so far."""


def sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence: lower case, bare letters, no signs, and no letter twice in a row."""
    bare = _STRETCHED.sub(r"\1", text.translate(CHARACTERS))
    return [words for words in map(str.split, bare.split("\n")) if words]


def plain(text: str) -> str:
    """Return the same as one line, with single spaces."""
    return " ".join(word for words in sentences(text) for word in words)
