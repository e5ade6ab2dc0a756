"""Knows how a hand that shakes types the words of the alarm; docs/alarm.md has the same rules as a table.

Guards the rule that a slip hides no cry. What people wrote is searched first as it stands; only when nothing rings are
the words with a slip in them read as they were meant, language by language. A word that stands in a phrase of its
language is never a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from flows.hear.phrases import parts_of
from flows.hear.plain import sentences
from flows.model.alarm import Cry

DUTCH = "nl"

SWAPPED = 4
"""Letters that a word has at least in which two neighbours may be swapped: riuk for ruik."""

MISSED = 7
"""Letters that a word has at least in which one may be missing: zelmoord for zelfmoord."""

ARABIC = re.compile("[\u0600-\u06ff]")
"""In Arabic letters a swap is another word: العنف is violence, and العفن the mould on the wall."""

SOUND = 4
"""Letters that a Dutch word has at least that may be written as it sounds: leve for leven."""

SOUNDS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"en$", "e"),
        (r"(?<=...[^d])t$|(?<=nie)t$", ""),
        (r"dt$|d$", "t"),
        (r"dt$|t$", "d"),
        (r"ie", "i"),
        (r"ij", "ei"),
        (r"ij|ei", "y"),
        (r"ei", "ij"),
        (r"ou", "au"),
        (r"au", "ou"),
        (r"cht?", "g"),
        (r"cht", "gt"),
        (r"^z", "s"),
        (r"v", "f"),
        (r"c(?!h)", "k"),
    )
)
"""How Dutch words are written by who hears them: what stands in the word, and what people write."""


def slips(cries: Iterable[Cry]) -> dict[str, dict[str, str]]:
    """Return each slip with the word that was meant, per language, for all words of the list that are long enough."""
    words: dict[str, dict[str, None]] = {}
    for cry in cries:
        for part in parts_of(cry):
            for sentence in sentences(part):
                words.setdefault(cry.language, {}).update(dict.fromkeys(sentence))
    return {language: _slips(language, known) for language, known in words.items()}


def _slips(language: str, words: Mapping[str, None]) -> dict[str, str]:
    """Return the slips of one language; what is no word in it may be one in another, as the Polish "nie" is."""
    found: dict[str, str] = {}
    for rule in (_sounds, _swaps, _gaps) if language == DUTCH else (_swaps, _gaps):  # the likeliest first
        for word in words:
            for slip in rule(word):
                if slip not in words:
                    found.setdefault(slip, word)
    return found


def _sounds(word: str) -> Iterator[str]:
    """Return how the word is written by who writes Dutch as it sounds, with one rule or several."""
    if len(word) >= SOUND:
        written = {word}
        for pattern, instead in SOUNDS:
            written |= {pattern.sub(instead, each) for each in written}
        yield from (each for each in sorted(written) if len(each) >= SOUND - 2)


def _swaps(word: str) -> Iterator[str]:
    """Return the word with two neighbours swapped."""
    if len(word) >= SWAPPED and word.isalpha() and not ARABIC.match(word):
        for at in range(len(word) - 1):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _gaps(word: str) -> Iterator[str]:
    """Return the word with one letter missing."""
    if len(word) >= MISSED and word.isalpha():
        for at in range(len(word)):
            yield word[:at] + word[at + 1 :]
