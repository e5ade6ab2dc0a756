"""The list of cries for help to values; every mistake is a `Fault`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.model.alarm import ALONE, ANY, BUT, WITHIN, Cry
from flows.model.faults import Fault, FlowError, meant
from flows.read.toml import read_toml

LANGUAGE = re.compile(r"[a-z]{2}")
"""The code of a language: `nl`, `ar`."""


def read_alarm(path: Path) -> tuple[Cry, ...]:
    """Read all phrases, in the order of the file. Raises FlowError with every mistake."""
    faults: list[Fault] = []
    cries: list[Cry] = []
    for danger, row in read_toml(path).items():
        cries += _cries(path.name, danger, row, WITHIN, faults)
    if faults:
        raise FlowError(faults)
    return tuple(cries)


def _cries(file: str, danger: str, row: Any, how: str, faults: list[Fault]) -> Iterator[Cry]:
    """The phrases of one table: of a danger, or of its `alone` or `but`."""
    entry = danger if how == WITHIN else f"{danger}.{how}"
    if not isinstance(row, dict):
        faults.append(Fault(file, entry, 'phrases stand per language: nl = ["…", "…"]'))
        return
    for key, phrases in row.items():
        if how == WITHIN and key in (ALONE, BUT):
            yield from _cries(file, danger, phrases, key, faults)
        elif key != ANY and not LANGUAGE.fullmatch(key):
            known = (ALONE, BUT, ANY) if how == WITHIN else (ANY,)
            faults.append(Fault(file, entry, f'"{key}" is no language of two letters.{meant(key, known)}'))
        elif not isinstance(phrases, list) or not all(isinstance(each, str) for each in phrases):
            faults.append(Fault(file, entry, f'{key} is a list of texts: {key} = ["…", "…"]'))
        else:
            yield from (Cry(danger, key, phrase, how) for phrase in phrases)
