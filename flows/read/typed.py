"""Reads `flows/typed.toml`: the words that mean a button when nothing else is typed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flows.hear.plain import plain
from flows.model.faults import Fault, FlowError, meant
from flows.model.names import MEANT
from flows.read.toml import read_toml


def read_typed(path: Path) -> Mapping[str, str]:
    """Return what each phrase means, by its plain form; raises FlowError with every mistake."""
    faults: list[Fault] = []
    found: dict[str, str] = {}
    for meaning, row in read_toml(path).items():
        if meaning not in MEANT:
            faults.append(Fault(path.name, meaning, f"typed words mean nothing of this kind.{meant(meaning, MEANT)}"))
            continue
        for language, phrases in row.items():
            for phrase in phrases if isinstance(phrases, list) else ():
                said = plain(str(phrase))
                if found.setdefault(said, meaning) != meaning or not said:
                    faults.append(Fault(path.name, meaning, f'{language}: "{phrase}" is empty, or means two things'))
    if faults:
        raise FlowError(faults)
    return found
