"""Hears a cry for help in what a sender said, by the phrases of `flows/alarm.toml`; docs/alarm.md explains the rules.

Guards the rule that a cry is heard however it was typed. A false alarm is one card too many, a cry unheard may cost a
life: where the two collide, it rings.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.hear.plain import plain, sentences
from flows.model.alarm import ALONE, ANY, WITHIN, Cry, Rung
from flows.model.heard import Command, Contact, Heard, Media, Text
from flows.model.names import COMMANDS

GAP = "…"
"""Stands in a phrase for other words of the same sentence."""

WORDS_BETWEEN = 5
"""Words that a gap stands for, at most."""

LEAST = 3
"""Letters that a phrase begins with at least, up to its first gap, unless it must stand alone."""

ATTACHED = tuple(map(plain, ("و", "ف", "ب", "ل", "ك", "ال", "لل", "وال", "فال", "بال", "ولل", "وب", "ول")))
"""Arabic writes "and", "with", "for" and "the" to the word itself: a phrase may begin after them."""

LONGEST = 12
"""Words of a sentence in which nothing stands but cries that stand alone, at most."""


def said(heard: Heard) -> str:
    """Return every word that the sender said, acted on or not, the name of a command that we do not know included."""
    match heard:
        case Text(text, quoted):
            return f"{text}\n{quoted}"
        case Command(name, argument, quoted):
            # "/ruik gas" goes on, and "/start brand" stands alone.
            return f"{'' if name in COMMANDS else name} {argument}\n{argument}\n{quoted}"
        case Media(words=words) | Contact(words=words):
            return words
        case _:
            return ""


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
                self.starts += (first, *_attached(word, first))
                letters += word[twice:]
                self.ends.add(len(letters))
            self.breaks.append(len(letters))
        self.letters = letters


def _attached(word: str, first: int) -> Iterator[int]:
    """Return where the word goes on after what Arabic writes to it."""
    if word.startswith(ATTACHED):
        lengths = {len(each) for each in ATTACHED if word.startswith(each) and len(word) - len(each) >= LEAST}
        yield from (first + length for length in sorted(lengths))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase as it is compared: its letters, in parts where it has gaps; `whole`: its last word ends there."""

    cry: Cry
    parts: tuple[str, ...]
    whole: bool

    def end(self, line: Line, start: int) -> int:
        """Return where the phrase ends that begins at this letter, or 0 when it does not stand there."""
        end = start + len(self.parts[0])
        for part in self.parts[1:]:
            end = _next(line, end, part)
            if not end:
                return 0
        if end in line.ends:
            return end
        if self.whole or (self.parts[-1][-1].isdigit() and line.letters[end : end + 1].isdigit()):
            return 0
        return end


def _next(line: Line, end: int, part: str) -> int:
    """Return where this part ends if it begins a few words after `end` in the same sentence, else 0."""
    begin = end - 1  # a word that begins as the one before it ends shares that letter
    stop = line.breaks[bisect_left(line.breaks, end)]
    beyond = bisect_left(line.words, begin) + WORDS_BETWEEN + 1
    if beyond < len(line.words):
        stop = min(stop, line.words[beyond])
    for start in line.starts[bisect_left(line.starts, begin) :]:
        if start >= stop:
            break
        if line.letters.startswith(part, start):
            return start + len(part)
    return 0


def _parts(cry: Cry) -> list[str]:
    return cry.words.replace("...", GAP).split(GAP)


def _phrase(cry: Cry) -> _Phrase:
    parts = _parts(cry)
    return _Phrase(cry, tuple(Line(sentences(part)).letters for part in parts), parts[-1].rstrip().endswith("."))


class Alarm:
    """All phrases, made ready once; a message costs some tens of microseconds. The first danger of the file wins."""

    def __init__(self, cries: Iterable[Cry] = ()) -> None:
        self.dangers: dict[str, None] = {}
        self._within: dict[str, list[_Phrase]] = {}
        self._but: dict[str, dict[str, list[_Phrase]]] = {}
        self._alone: dict[str, list[Cry]] = {}
        for cry in cries:
            self.dangers.setdefault(cry.danger)
            phrase = _phrase(cry)
            if cry.how == ALONE:
                self._alone.setdefault(phrase.parts[0], []).append(cry)
                continue
            where = self._within if cry.how == WITHIN else self._but.setdefault(cry.danger, {})
            where.setdefault(phrase.parts[0][:LEAST], []).append(phrase)

    def heard(self, heard: Heard) -> Rung | None:
        """Return the danger that the sender speaks of, in words that are acted on or not."""
        return self.rung(words) if (words := said(heard)) else None

    def rung(self, text: str) -> Rung | None:
        """Return the danger that these words speak of, if they do."""
        spoken = sentences(text)
        line = Line(spoken)
        found: dict[str, list[str]] = {}
        alone: dict[str, list[str]] = {}  # "gas" may be in several languages, "ik ruik gas" is not
        for start, _, phrase in _found(line, self._within):
            if not self._excused(line, start, phrase.cry.danger):
                found.setdefault(phrase.cry.danger, []).append(phrase.cry.language)
        for words in spoken:
            for cry in self._standing_alone(words):
                alone.setdefault(cry.danger, []).append(cry.language)
        for danger in self.dangers:
            if languages := found.get(danger) or alone.get(danger):
                return Rung(danger, tuple(each for each in dict.fromkeys(languages) if each != ANY))
        return None

    def _excused(self, line: Line, start: int, danger: str) -> bool:
        """Return whether an exception of this danger stands around the first letter of the phrase, in one sentence."""
        buts = self._but.get(danger)
        return buts is not None and any(
            first <= start < end and not any(first < each < end for each in line.breaks)
            for first, end, _ in _found(line, buts)
        )

    def _standing_alone(self, words: Sequence[str]) -> list[Cry]:
        """Return the cries of which a sentence consists, or none when there is any other word in it."""
        found: list[Cry] = []
        at = 0
        while at < len(words) <= LONGEST:
            for end in range(len(words), at, -1):
                if cries := self._alone.get(Line([words[at:end]]).letters):
                    found += cries
                    at = end
                    break
            else:
                return []
        return found


def _found(line: Line, phrases: dict[str, list[_Phrase]]) -> Iterator[tuple[int, int, _Phrase]]:
    """Find each phrase that stands in the line, with its first letter and where it ends."""
    letters = line.letters
    for start in line.starts:
        for phrase in phrases.get(letters[start : start + LEAST], ()):
            if letters.startswith(phrase.parts[0], start) and (end := phrase.end(line, start)):
                yield start, end, phrase


def typed(cry: Cry) -> str:
    """Return the phrase as a sender may type it, with nothing in its gaps."""
    return " ".join(_parts(cry))


def shape_fault(cry: Cry) -> str:
    """Say what is wrong with the form of a phrase, in words for the coordinator; empty when nothing is."""
    parts = _parts(cry)
    if not plain(cry.words):
        return "an empty phrase would show this message at every word"
    if cry.how == ALONE and len(parts) > 1:
        return f'"{cry.words}" stands alone, so there is nothing to leave open with …'
    if not all(map(plain, parts)):
        return f'"{cry.words}": … stands between words'
    if cry.how != ALONE and len(plain(parts[0]).replace(" ", "")) < LEAST:
        return f'"{cry.words}" begins with less than {LEAST} letters; put it under alone'
    return ""
