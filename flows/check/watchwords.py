"""Checks the words at the door: as many as there must be, and no two that a resident could take for one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from flows.hear.alarm import Alarm
from flows.model.faults import Fault
from flows.texts.extract import Say

SECTION = "watchwords."

MANY = 40
"""Words: so many that a trickster at the door guesses right once in forty times."""

APART = 3
"""Letters in which two words differ in Dutch, as they are said aloud; one fewer where they are only read."""


def faults(phrases: Mapping[str, str], rings: Alarm, say: Say, languages: Sequence[str] = ("nl",)) -> Iterator[Fault]:
    """Yield every word that has no picture of its own, looks like another one in some language, or rings the alarm."""
    words = {key: text for key, text in phrases.items() if key.startswith(SECTION)}
    if len(words) != MANY:
        yield Fault("watchwords.toml", "watchwords", f"there are {len(words)} words; there must be {MANY}")
    for key, text in words.items():
        picture = text.partition(" ")[0]
        if len(picture) != 1 or picture.isascii() or picture.isalpha():
            yield _fault(key, f"a picture of one character stands first, then the word: {text}")
        elif elsewhere := next((other for other, said in phrases.items() if other != key and picture in said), ""):
            yield _fault(key, f"{picture} stands in {elsewhere} too")
        for language in languages:
            own = say(language, key, text)
            if own.strip("\u200f").partition(" ")[0] != picture:
                yield _fault(key, f"{own} in {language} has another picture than {picture}")
            if rung := rings.rung(own):
                yield _fault(key, f"{own} rings the alarm ({rung.danger})")
    for language in languages:
        least = APART if language == "nl" else APART - 1
        said = {key: say(language, key, text).partition(" ")[2].casefold() for key, text in words.items()}
        for (one, first), (other, second) in combinations(said.items(), 2):
            if first in second or second in first or _apart(first, second) < least:
                yield _fault(other, f"{second} can be taken for {first} ({one.removeprefix(SECTION)}) in {language}")


def _fault(key: str, text: str) -> Fault:
    return Fault("watchwords.toml", key.removeprefix(SECTION), text)


def _apart(one: str, other: str) -> int:
    """Return how many letters must be put in, taken out or changed to make one word of the other."""
    row = list(range(len(other) + 1))
    for count, letter in enumerate(one, start=1):
        before, row = row, [count]
        for at, each in enumerate(other):
            row.append(min(before[at] + (letter != each), before[at + 1] + 1, row[at] + 1))
    return row[-1]
