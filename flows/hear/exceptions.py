"""Knows the exceptions of the alarm: exact words in which a phrase is harmless; docs/alarm.md explains them.

Guards the rule that no exception silences a cry beside it. An exception is whole words in a row, in one sentence, and
it excuses only what stands in its own words: a phrase that begins or ends outside them rings, and so does one that the
exception does not hold itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.hear.phrases import Line, Phrase, Phrases
from flows.hear.plain import sentences
from flows.model.alarm import Cry

Match = tuple[Phrase, int, int]
"""A phrase that stands somewhere, with its first letter and where it ends."""


@dataclass(frozen=True, slots=True)
class Exempt:
    """An exception as it is compared: its words, and the phrases of its danger that stand in them."""

    cry: Cry
    words: tuple[str, ...]
    holds: tuple[Match, ...]


def exempt(cry: Cry, phrases: Phrases) -> Exempt:
    """Return an exception with what it excuses among these phrases."""
    said = sentences(cry.words)
    words = tuple(word for each in said for word in each)
    return Exempt(cry, words, tuple(m for m in phrases.found(Line([words])) if m[0].cry.danger == cry.danger))


class Exceptions:
    """All exceptions of the list, looked up by their danger and first word."""

    def __init__(self, exceptions: Sequence[Exempt]) -> None:
        self._by_word: dict[str, dict[str, list[Exempt]]] = {}
        for each in exceptions:
            self._by_word.setdefault(each.cry.danger, {}).setdefault(each.words[0], []).append(each)

    def excused(self, danger: str, said: Sequence[Sequence[str]], line: Line) -> set[Match]:
        """Return the phrases of a danger that stand in an exception, each at its place in the line."""
        return {
            (phrase, line.words[word] + start, line.words[word] + end)
            for each, word in self._found(danger, said)
            for phrase, start, end in each.holds
        }

    def covered(self, said: Sequence[Sequence[str]]) -> set[int]:
        """Return which words, counted through all sentences, are part of an exception: they are what was meant."""
        return {
            word + further
            for danger in self._by_word
            for each, word in self._found(danger, said)
            for further in range(len(each.words))
        }

    def _found(self, danger: str, said: Sequence[Sequence[str]]) -> Iterator[tuple[Exempt, int]]:
        """Find the exceptions of a danger, with the number of the word at which each begins."""
        by_word = self._by_word.get(danger, {})
        before = 0
        for words in said if by_word else ():
            beyond = 0  # a word is part of one exception, or two of them would excuse the second cry between them
            for at, word in enumerate(words):
                if at >= beyond:
                    for each in by_word.get(word, ()):
                        until = at + len(each.words)
                        if tuple(words[at:until]) == each.words:
                            beyond = max(beyond, until)
                            yield each, before + at
            before += len(words)
