"""Finds in typed words what leads to somebody: a number to call, an address of mail, a link, a name on a channel."""

from __future__ import annotations

import re
import unicodedata

LEAST = 6
"""So many digits in a row may be a number to call; a day, a time or an amount has fewer."""

_ENDS = r"(?:nl|com|org|net|eu|me|info|be|de|io|ly|app|group|online|site|link|gg|tv|uk|amsterdam)"
_MAIL = re.compile(
    r"\S@\S|(?<!\S)@\w|[(\[]\s*at\s*[)\]]|\b(?:at|apenstaartje)\s+\w+\s+(?:punt|dot)\s+\w", re.IGNORECASE
)
_LINK = re.compile(
    rf"https?:|www\.|\b[\w-]+\.{_ENDS}\b|\w\.\w{{2,}}/\w|\w\s+(?:punt|dot|\.)\s*(?:nl|com|org|net|eu)\b", re.IGNORECASE
)
_DIGITS = re.compile(r"\+?\d(?:[\s().\-/*_|~#\u00b7\u2010-\u2015]{0,3}\d)+")

_ONES = {
    **dict(
        zip(["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"], "0123456789", strict=True)
    ),
    **dict(
        zip(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], "0123456789", strict=True)
    ),
}
_TEENS = ["tien", "elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien"]
_TENS = ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]
_SPOKEN = {
    **_ONES,
    **{word: str(10 + at) for at, word in enumerate(_TEENS)},
    **{word: f"{at + 2}0" for at, word in enumerate(_TENS)},
    **{f"{one}en{ten}": f"{at + 2}{digit}" for at, ten in enumerate(_TENS) for one, digit in _ONES.items()},
}
_WORD = re.compile(r"[^\W\d_]+")


def holds_contact(text: str) -> bool:
    """Return whether the words hold what looks like a number to call, an address of mail or a link.

    A number is found in digits of any script, with signs and pictures between, and spelled out in words.
    """
    plain = "".join(
        str(unicodedata.decimal(each)) if each.isdecimal() else " " if unicodedata.category(each) == "So" else each
        for each in unicodedata.normalize("NFKC", text)
        if unicodedata.category(each) not in ("Cf", "Mn", "Me")
    )
    spelled = _WORD.sub(_digits, plain)
    long = any(sum(each.isdigit() for each in run) >= LEAST for run in _DIGITS.findall(spelled))
    return long or bool(_MAIL.search(plain) or _LINK.search(plain))


def _digits(word: re.Match[str]) -> str:
    letters = unicodedata.normalize("NFD", word[0].casefold())
    bare = "".join(each for each in letters if unicodedata.category(each) != "Mn")
    return _SPOKEN.get(bare, word[0])
