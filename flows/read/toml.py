"""Reads a file of content as plain data. The only reader of TOML; a mistake is told with its line, in plain words."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from flows.model.faults import Fault, FlowError
from flows.read.text import curly, read_text

AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

REASONS = (
    ("Cannot declare", "this name stands twice in the file"),
    ("Cannot overwrite", "this name stands twice in the file"),
    ("Illegal character '\\n'", 'a text has no quote " at its end'),
    ("Unterminated", 'a text has no quote " at its end'),
    ("Expected '=' after a key", "after a name comes ="),
    ("Invalid value", 'a text stands between straight quotes, as in "Ja"'),
    ("Unescaped '\\'", "a backslash is written twice: \\\\"),
    ("Unclosed array", "a list has no ] at its end"),
    ("Unclosed inline table", "there is no } at the end"),
)
"""What the parser says, and the same in plain words."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file as plain data. FlowError names the line when it is not TOML, or when it was saved in another way."""
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FlowError([Fault(path.name, "", _told(text, str(error)))]) from error


def _told(text: str, error: str) -> str:
    lines = text.split("\n")
    place = AT.search(error)
    number = int(place[1]) if place and place[1] else len(text.rstrip().split("\n"))
    at = int(place[2]) - 1 if place and place[2] else None
    line = lines[number - 1] if number <= len(lines) else ""
    if curly(line, at):
        return f'line {number}: put straight quotes " around the text, no curly ones. The line is: {line.strip()}'
    said = next((words for begin, words in REASONS if error.startswith(begin)), AT.sub("", error))
    return f"line {number} cannot be read: {said}. The line is: {line.strip()}"
