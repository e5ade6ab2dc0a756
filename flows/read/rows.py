"""What every reader of a chart file does with a row: look for words it does not know, texts, full names, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.model.chart import Condition
from flows.model.faults import Fault, meant
from flows.read.conditions import read_condition

Table = Mapping[str, Any]


class Rows:
    """The rows of one file, and the faults that were found in them."""

    def __init__(self, file: str, chart: str, faults: list[Fault]) -> None:
        self.file, self.chart, self.faults = file, chart, faults

    def fault(self, step: str, message: str) -> None:
        """Note what is wrong at a step."""
        self.faults.append(Fault(self.file, step, message))

    def full(self, name: str) -> str:
        """Return a step's full name; a bare name is a step of the same chart."""
        return name if "." in name else f"{self.chart}.{name}"

    def known(self, step: str, table: Table, keys: set[str]) -> None:
        """Name every word that the chart language does not have here."""
        for key in table:
            if key not in keys:
                self.fault(step, f'"{key}" is not a word of the chart language.{meant(key, keys)}')

    def text(self, step: str, table: Table, key: str) -> str:
        """Return the text behind a word; without one it is empty, and a fault."""
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(step, f'"{key}" must be a text between quotes')
            return ""
        return value.strip()

    def condition(self, step: str, row: Table) -> Condition:
        """Read the condition in a row."""
        return read_condition(row, self.full, lambda message: self.fault(step, message))
