"""Reads conditions: the words by which ways, offers and tips say when they count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from flows.model.chart import Condition

Table = Mapping[str, Any]

CONDITION_KEYS = {"if", "only", "at_least", "fact", "any", "unless"}
"""The words of a condition; inside `any` and `unless` stand conditions again, one or a list of them."""


def read_condition(row: Table, full: Callable[[str], str], fault: Callable[[str], None]) -> Condition:
    """Read the words of a condition from a row that may hold other words too.

    `full` makes the full name of a step; `fault` is told what is wrong.
    """
    fact, points = row.get("fact", ()), row.get("at_least", {})
    if any(not isinstance(value, int) for value in points.values()):
        fault("points are whole numbers, as in at_least.coach = 6")
    return Condition(
        answered=_answers(row.get("if", {}), full),
        at_least=dict(points),
        facts=(fact,) if isinstance(fact, str) else tuple(fact),
        only=_answers(row.get("only", {}), full),
        any_of=_inside(row, "any", full, fault),
        unless=_inside(row, "unless", full, fault),
    )


def _inside(row: Table, word: str, full: Callable[[str], str], fault: Callable[[str], None]) -> tuple[Condition, ...]:
    """Read the conditions behind `any` or `unless`: one between braces, or several in a list."""
    rows = row.get(word, [])
    rows = [rows] if isinstance(rows, dict) else rows
    found = []
    for each in rows:
        if not isinstance(each, dict) or not each or not each.keys() <= CONDITION_KEYS:
            fault(f'"{word}" holds conditions: {word} = [{{ if.home = "own" }}, {{ if.warm = "broken" }}]')
        else:
            found.append(read_condition(each, full, fault))
    return tuple(found)


def _answers(table: Table, full: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    """Read which answers are meant, by question."""
    return {full(name): (wanted,) if isinstance(wanted, str) else tuple(wanted) for name, wanted in flat(table)}


def flat(table: Table, before: str = "") -> list[tuple[str, Any]]:
    """Flatten a table, so that `if.menu.worries = "x"` and `if."menu.worries" = "x"` are the same."""
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            rows.extend(flat(cast(Table, value), f"{name}."))
        else:
            rows.append((name, value))
    return rows
