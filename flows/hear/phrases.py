"""Finds phrases in what was said, whatever stands between their letters; docs/alarm.md explains how a phrase counts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.hear.plain import plain, sentences
from flows.model.alarm import Cry

GAP = "…"
"""Stands in a phrase for other words of the same sentence."""

WORDS_BETWEEN = 5
"""Words that a gap stands for, at most."""

LEAST = 3
"""Letters that a phrase begins with at least, up to its first gap, unless it must stand alone."""

MORE = 5
"""Letters by which longer phrases are looked up, so that "ik " of half the list costs nothing."""

ATTACHED = tuple(map(plain, ("و", "ف", "ب", "ل", "ك", "ال", "لل", "وال", "فال", "بال", "ولل", "وب", "ول")))
"""Arabic writes "and", "with", "for" and "the" to the word itself: a phrase may begin after them."""


class Line:
    """What was said as one row of letters without spaces, so that it does not matter where the sender put them."""

    __slots__ = ("breaks", "ends", "letters", "starts", "words")

    def __init__(self, said: Sequence[Sequence[str]]) -> None:
        self.words: list[int] = []
        """Where words begin."""
        self.starts: list[int] = []
        """Where a phrase may begin."""
        self.ends: set[int] = set()
        self.breaks: list[int] = []
        """After which letter a sentence ends."""
        letters = ""
        for words in said:
            for word in words:
                twice = letters[-1:] == word[0] and not word[0].isdigit()
                first = len(letters) - twice
                self.words.append(first)
                self.starts.append(first)
                if word.startswith(ATTACHED):
                    self.starts += _attached(word, first)
                letters += word[twice:]
                self.ends.add(len(letters))
            self.breaks.append(len(letters))
        self.letters = letters


def _attached(word: str, first: int) -> list[int]:
    """Return where the word goes on after what Arabic writes to it."""
    lengths = {len(each) for each in ATTACHED if word.startswith(each) and len(word) - len(each) >= LEAST}
    return [first + length for length in sorted(lengths)]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as it is compared: its letters, in parts where it has gaps; `whole`: its last word ends there."""

    cry: Cry
    parts: tuple[str, ...]
    whole: bool

    def ends(self, line: Line, start: int) -> Iterator[int]:
        """Find where the phrase ends that begins at this letter; more than once when its last gap leaves a choice."""
        end = start + len(self.parts[0])
        for part in self.parts[1:-1]:
            end = next(_after(line, end, part), 0)
            if not end:
                return
        last = self.parts[-1][-1]
        for each in (end,) if len(self.parts) == 1 else _after(line, end, self.parts[-1]):
            if each in line.ends or not (self.whole or (last.isdigit() and line.letters[each : each + 1].isdigit())):
                yield each


def _after(line: Line, end: int, part: str) -> Iterator[int]:
    """Find where this part ends if it begins a few words after `end` in the same sentence."""
    begin = end - 1  # a word that begins as the one before it ends shares that letter
    stop = line.breaks[bisect_left(line.breaks, end)]
    beyond = bisect_left(line.words, begin) + WORDS_BETWEEN + 1
    if beyond < len(line.words):
        stop = min(stop, line.words[beyond])
    for start in line.starts[bisect_left(line.starts, begin) :]:
        if start >= stop:
            return
        if line.letters.startswith(part, start):
            yield start + len(part)


class Phrases:
    """Phrases, looked up by the letters that they begin with."""

    def __init__(self) -> None:
        self._few: dict[str, list[Phrase]] = {}
        self._more: dict[str, list[Phrase]] = {}

    def add(self, cry: Cry) -> None:
        """Make one phrase of the list ready."""
        phrase = phrase_of(cry)
        first = phrase.parts[0]
        if len(first) < MORE:
            self._few.setdefault(first[:LEAST], []).append(phrase)
        else:
            self._more.setdefault(first[:MORE], []).append(phrase)

    def found(self, line: Line) -> Iterator[tuple[Phrase, int, int]]:
        """Find each phrase that stands in the line, with its first letter and where it ends."""
        letters = line.letters
        for start in line.starts:
            few = self._few.get(letters[start : start + LEAST])
            more = self._more.get(letters[start : start + MORE])
            if few or more:
                for phrase in (*(few or ()), *(more or ())):
                    if letters.startswith(phrase.parts[0], start):
                        for end in phrase.ends(line, start):
                            yield phrase, start, end


def parts_of(cry: Cry) -> list[str]:
    """Return the words of a phrase between its gaps."""
    return cry.words.replace("...", GAP).split(GAP)


def phrase_of(cry: Cry) -> Phrase:
    """Return the phrase as it is compared."""
    parts = parts_of(cry)
    return Phrase(cry, tuple(Line(sentences(part)).letters for part in parts), parts[-1].rstrip().endswith("."))


def typed(cry: Cry) -> str:
    """Return the phrase as a sender may type it, with nothing in its gaps."""
    return " ".join(parts_of(cry))
