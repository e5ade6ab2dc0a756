"""Reads the entries of a translators' catalog. A file that cannot be read is named with the line and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages import Message as Entry
from babel.messages.pofile import PoFileError, denormalize, read_po

from flows.model.faults import Fault, FlowError
from flows.read.text import curly, read_text

LINE = re.compile(r'(?:msg(?:ctxt|id|id_plural|str(?:\[\d\])?) )?"(?:[^"\\]|\\.)*"')
"""A line of a catalog that is no comment: a word and a text, or a further piece of a text."""


@dataclass(frozen=True, slots=True)
class Translation:
    """One translation as the bot uses it: the Dutch text that it was made for, and whether that has changed since."""

    context: str
    dutch: str
    text: str
    doubtful: bool


def entries_of(path: Path, language: str) -> list[Entry]:
    """Return all entries of a file. Raises FlowError when it is missing, saved in another way, or holds a slip."""
    return entries(read_text(path), language, path.name)


def entries(text: str, language: str, name: str) -> list[Entry]:
    """Return all entries of a text, also several with one context: two wijken may say different things under it."""
    wrong = next(_slips(text), "")
    try:
        read = read_po(BytesIO(text.encode()), locale=language, abort_invalid=True) if not wrong else ()
    except PoFileError as error:
        wrong = f"line {error.lineno} cannot be read: {error.args[0]}"
    if wrong:
        raise FlowError([Fault(name, "", wrong)])
    return [entry for entry in read if entry.id]


def _slips(text: str) -> Iterator[str]:
    """Find lines that Babel would read without a word and without their first or last letter."""
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if line and line[0] != "#" and not LINE.fullmatch(line):
            if curly(line) or (any(each in line for each in "“”„‟") and '"' not in line):
                yield f'line {number}: put straight quotes " around the text, no curly ones. The line is: {line}'
            else:
                said = 'a text stands between straight quotes, as in "Ja"'
                yield f"line {number} cannot be read: {said}. The line is: {line}"


def translations_of(path: Path, language: str) -> list[Translation]:
    """Return every translation of a file, the doubtful ones too. Raises FlowError as `entries_of` does."""
    return [
        Translation(entry.context or "", _dutch(entry), str(entry.string), entry.fuzzy)
        for entry in entries_of(path, language)
        if entry.string
    ]


def _dutch(entry: Entry) -> str:
    return (previous(entry) if entry.fuzzy else "") or str(entry.id)


def previous(entry: Entry) -> str:
    """Return the Dutch text that a fuzzy translation was made for; Babel reads it as comments that begin with a bar."""
    lines = [each[1:].strip() for each in entry.user_comments if each.startswith("|")]
    return denormalize("\n".join(lines).removeprefix("msgid ").strip()) if lines else ""
