"""What is wrong with a chart or a wijk file, in words that a coordinator understands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: the file, the step (or entry) in it, and what is wrong with it."""

    file: str
    step: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file} [{self.step}]" if self.step else self.file
        return f"{where}: {self.message}"


class FlowError(Exception):
    """The flow files hold mistakes; `faults` names each of them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def meant(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "cold"?`, or nothing when no known word looks like it."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""
