"""Hears a cry for help in what a sender said, by the phrases of `flows/alarm.toml`; docs/alarm.md explains the rules.

Guards the rule that a cry is heard however it was typed. A false alarm is one card too many, a cry unheard may cost a
life: where the two collide, it rings.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Mapping, Sequence

from flows.hear.exceptions import Exceptions, Match, exempt
from flows.hear.phrases import GAP, LEAST, Line, Phrases, parts_of, phrase_of
from flows.hear.plain import plain, sentences
from flows.hear.slips import slips
from flows.model.alarm import ALONE, ANY, BUT, WITHIN, Cry, Rung
from flows.model.heard import Command, Contact, Heard, Media, Text, Voice
from flows.model.names import COMMANDS

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
        case Media(words=words) | Contact(words=words) | Voice(words=words):
            return words
        case _:
            return ""


class Alarm:
    """All phrases, made ready once; a message costs some tens of microseconds. The first danger of the file wins."""

    def __init__(self, cries: Iterable[Cry] = ()) -> None:
        cries = tuple(cries)
        self.dangers = tuple(dict.fromkeys(cry.danger for cry in cries))
        self.within = Phrases()
        self._alone: dict[str, list[Cry]] = {}
        for cry in cries:
            if cry.how == WITHIN:
                self.within.add(cry)
            elif cry.how == ALONE:
                self._alone.setdefault(phrase_of(cry).parts[0], []).append(cry)
        self._but = Exceptions([exempt(cry, self.within) for cry in cries if cry.how == BUT])
        self._slips = slips(cries)
        self._slipped = frozenset(slip for each in self._slips.values() for slip in each)

    def heard(self, heard: Heard) -> Rung | None:
        """Return the danger that the sender speaks of, in words that are acted on or not."""
        return self.rung(words) if (words := said(heard)) else None

    def rung(self, text: str) -> Rung | None:
        """Return the danger that these words speak of, if they do, as they were typed or as they were meant."""
        spoken = sentences(text)
        if rung := self._rung(spoken):
            return rung
        if not all(map(self._slipped.isdisjoint, spoken)):
            covered = self._but.covered(spoken)
            for meant in self._slips.values():
                mended = _mended(spoken, meant, covered)
                if mended != spoken and (rung := self._rung(mended)):
                    return rung
        return None

    def _rung(self, spoken: Sequence[Sequence[str]]) -> Rung | None:
        line = Line(spoken)
        found: dict[str, list[str]] = {}
        alone: dict[str, list[str]] = {}  # "gas" may be in several languages, "ik ruik gas" is not
        excused: dict[str, set[Match]] = {}
        for match in self.within.found(line):
            cry = match[0].cry
            if cry.danger not in excused:
                excused[cry.danger] = self._but.excused(cry.danger, spoken, line)
            if match not in excused[cry.danger]:
                found.setdefault(cry.danger, []).append(cry.language)
        for words in spoken:
            for cry in self._standing_alone(words):
                alone.setdefault(cry.danger, []).append(cry.language)
        for danger in self.dangers:
            if languages := found.get(danger) or alone.get(danger):
                return Rung(danger, tuple(each for each in dict.fromkeys(languages) if each != ANY))
        return None

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


def _mended(spoken: Sequence[Sequence[str]], meant: Mapping[str, str], covered: Container[int]) -> list[list[str]]:
    """Return what was said with the words that were meant, but for those that are covered."""
    count = itertools.count()
    return [[word if next(count) in covered else meant.get(word, word) for word in words] for words in spoken]


def shape_fault(cry: Cry) -> str:
    """Say what is wrong with the form of a phrase, in words for the coordinator; empty when nothing is."""
    parts = parts_of(cry)
    if not plain(cry.words):
        return "an empty phrase would show this message at every word"
    if cry.how == ALONE and len(parts) > 1:
        return f'"{cry.words}" stands alone, so there is nothing to leave open with {GAP}'
    if cry.how == BUT and len(parts) > 1:
        return f'"{cry.words}" is an exception: it is exact words, so there is nothing to leave open with {GAP}'
    if not all(map(plain, parts)):
        return f'"{cry.words}": {GAP} stands between words'
    if cry.how == WITHIN and len(plain(parts[0]).replace(" ", "")) < LEAST:
        return f'"{cry.words}" begins with less than {LEAST} letters; put it under alone'
    return ""
