"""Which languages of a wijk are offered to residents, and what lacks in each (`docs/decisions/0027`).

A language is offered while danger, the yes and the age are there whole, and at least 95 % of the rest; the holes are
Dutch. A translation of an earlier Dutch text counts: one changed word withdraws no language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.content.files import Files, own_messages
from bot.content.words import SOURCE, Words
from flows.model.faults import Fault
from flows.model.wijk import Wijk
from flows.texts.extract import Message

LEAST = 0.95
"""The part of all texts that must be there before a language is offered."""

YES = ("handoff", "packet")
"""The chart of the age and the yes, and the section of the phrases on its cards. What a lead is about is a text like
any other: a new worry brings words of its own, and takes no language away."""

DRAWN = ("draw", "facts")
"""Sections that only coordinators read, as they do the titles of charts."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """How much of the texts there is in one language.

    `vital` are the contexts of danger, the yes and the age that nobody ever translated, `lacking` all texts that are
    read in Dutch; `outdated` are those whose Dutch changed since, `danger` the ones of them that speak of danger.
    """

    language: str
    texts: int = 0
    vital: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    danger: tuple[str, ...] = ()

    @property
    def offered(self) -> bool:
        """Whether residents may choose it."""
        return not self.vital and self.texts - len(self.lacking) >= LEAST * self.texts

    def __add__(self, other: Spoken) -> Spoken:
        """Count two parts of the texts together."""
        return Spoken(
            self.language,
            self.texts + other.texts,
            self.vital + other.vital,
            self.lacking + other.lacking,
            self.outdated + other.outdated,
            self.danger + other.danger,
        )

    def __str__(self) -> str:
        there = f"{self.language}: {self.texts - len(self.lacking)} of {self.texts} texts"
        if self.vital:
            return f"{there}; danger, the yes and the age lack {some(self.vital)}"
        return there if self.offered else f"{there}; 95 of 100 must be there"


class Offered:
    """Counts what is there: once for all wijken together, and for each wijk what it says itself."""

    def __init__(self, files: Files, words: Words, *, drawings: bool = False) -> None:
        """Count what residents read; with `drawings` also the words that only coordinators read."""
        self.dangers = tuple(name for name, flow in files.charts.flows.items() if flow.anywhere)
        texts = [each for each in files.shared() if drawings or not _drawn(each.context)]
        self.shared: Mapping[str, Spoken] = {
            code: self._spoken(texts, words, code) for code in files.languages if code != SOURCE
        }

    def spoken(self, wijk: Wijk, words: Words) -> Iterator[Spoken]:
        """Count each language of this wijk but Dutch; `words` are its own together with those that all share."""
        texts = own_messages(wijk)
        for code in wijk.languages:
            if code != SOURCE:
                yield self.shared[code] + self._spoken(texts, words, code)

    def languages(self, wijk: Wijk, words: Words) -> tuple[str, ...]:
        """Return the languages of this wijk that residents may choose, in its own order."""
        enough = {each.language for each in self.spoken(wijk, words) if each.offered}
        return tuple(code for code in wijk.languages if code == SOURCE or code in enough)

    def faults(self) -> Iterator[Fault]:
        """Find danger texts whose Dutch changed, while nobody said that the translation still means the same."""
        for code, spoken in self.shared.items():
            for context in spoken.danger if spoken.offered else ():
                yield Fault(
                    f"locale/{code}/LC_MESSAGES/bot.po",
                    context,
                    "the Dutch of this danger text changed. Translate it anew, or say that the translation still means "
                    f"the same: koppelkans words --same {context}",
                )

    def _spoken(self, texts: Iterable[Message], words: Words, code: str) -> Spoken:
        count, vital, lacking, outdated, danger = 0, [], [], [], []
        for each in texts:
            count += 1
            section = _section(each.context)
            if words.translation(code, each.context, each.text) is None:
                lacking.append(each.context)
            if words.outdated(code, each.context, each.text):
                outdated.append(each.context)
                if section in self.dangers:
                    danger.append(each.context)
            elif lacking[-1:] == [each.context] and section in (*self.dangers, *YES):
                vital.append(each.context)
        return Spoken(code, count, tuple(vital), tuple(lacking), tuple(outdated), tuple(danger))


def some(contexts: tuple[str, ...]) -> str:
    """Name the first few, and say when there are more."""
    return ", ".join(contexts[:3]) + (" …" if len(contexts) > 3 else "")


def _drawn(context: str) -> bool:
    return _section(context) in DRAWN or context.endswith(".title")


def _section(context: str) -> str:
    return context.partition(".")[0]
