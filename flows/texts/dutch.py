"""Says in Dutch what the chores print in English. Pure; the table of sentences is `dutch.toml`.

A message is built of sentences and of values. A sentence is known by its own words, whatever is filled in; a value may
be a sentence itself, and what is no sentence stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

OWN = 8
"""From how many letters of its own a sentence is looked for in the whole of a message, before it is cut at a colon."""

FILE = re.compile(r"([\w./-]+\.(?:toml|po)(?: \[[^\]]*\])?|[\w./-]+ \[[^\]]*\]): (.+)", re.DOTALL)
"""The file and the entry that stand in front of a fault."""

FRONT = re.compile(r"(\s*(?:[~+>!-] )?)(.*)", re.DOTALL)
"""The spaces and the sign in front of a line."""


class Dutch:
    """Turns lines that the chores print into Dutch."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        ordered = sorted(sentences, key=_own, reverse=True)
        rules = [(_own(each), _pattern(each), sentences[each].split("{}")) for each in ordered]
        self.long = [rule[1:] for rule in rules if rule[0] >= OWN]
        self.short = [rule[1:] for rule in rules if rule[0] < OWN]

    def line(self, line: str) -> str:
        """Return one printed line in Dutch."""
        front, rest = FRONT.fullmatch(line).groups()  # type: ignore[union-attr]  # it matches every line
        return front + self.said(rest)

    def said(self, text: str) -> str:
        """Return a message, or a part of one, in Dutch; as it is when it is no sentence that we know."""
        if found := FILE.fullmatch(text):
            return f"{found[1]}: {self.said(found[2])}"
        for pattern, dutch in self.long:
            if found := pattern.fullmatch(text):
                return self._filled(dutch, found.groups())
        before, colon, after = text.partition(": ")
        if colon and after:
            return f"{self.said(before)}: {self.said(after)}"
        for pattern, dutch in self.short:
            if found := pattern.fullmatch(text):
                return self._filled(dutch, found.groups())
        return text

    def _filled(self, dutch: list[str], values: tuple[str, ...]) -> str:
        said = [self.said(each) for each in values]
        return "".join(part for pair in zip(dutch, [*said, ""], strict=True) for part in pair)


def _own(sentence: str) -> int:
    """Count the letters of the sentence itself."""
    return len(sentence.replace("{}", ""))


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(re.escape(part) for part in sentence.split("{}")), re.DOTALL)
