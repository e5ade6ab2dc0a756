"""The words of a condition, read from a chart and held against what was answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.model.faults import FlowError
from flows.model.place import Given
from flows.read.conditions import read_condition
from flows.walk.facts import recall
from tests.unit.flows import toys


def holds(folder: Path, row: dict[str, object], *given: Given) -> bool:
    """Return whether this condition of the chart `toy` holds after these answers."""
    found: list[str] = []
    condition = read_condition(row, lambda name: f"toy.{name}", found.append)
    assert not found
    return recall(toys.charts(folder), toys.wijk(), given).holds(condition)


WORRIES = {"cold": Given("toy.worries", ("cold",)), "both": Given("toy.worries", ("cold", "bills"))}


@pytest.mark.parametrize(
    ("row", "alone", "with_another", "unasked"),
    [
        ({"if": {"worries": "cold"}}, True, True, False),
        ({"only": {"worries": "cold"}}, True, False, False),
        ({"only": {"worries": ["cold", "bills"]}}, True, True, False),
        ({"unless": {"only": {"worries": "cold"}}}, False, True, True),
        ({"unless": [{"if": {"worries": "bills"}}, {"if": {"worries": "damp"}}]}, True, False, True),
        ({"any": [{"if": {"worries": "damp"}}, {"only": {"worries": "cold"}}]}, True, False, False),
        ({"if": {"worries": "cold"}, "any": {"if": {"worries": "bills"}}}, False, True, False),
    ],
)
def test_a_condition_says_what_it_says(
    tmp_path: Path, row: dict[str, object], alone: bool, with_another: bool, unasked: bool
) -> None:
    assert holds(tmp_path, row, WORRIES["cold"]) is alone
    assert holds(tmp_path, row, WORRIES["both"]) is with_another
    assert holds(tmp_path, row) is unasked


@pytest.mark.parametrize("inside", ['"cold"', "{ }", '{ iff.cold = "often" }', "[{ if.cold = 'often' }, 3]"])
def test_what_is_no_condition_inside_another_is_named(tmp_path: Path, inside: str) -> None:
    toy = toys.TOY.replace('if.cold = ["often", "unknown"]', f"unless = {inside}")
    with pytest.raises(FlowError) as told:
        toys.charts(tmp_path, menu=toys.MENU, danger=toys.DANGER, give=toys.GIVE, toy=toy)
    assert 'toy.toml [offer.bills]: "unless" holds conditions' in str(told.value)


def test_every_question_that_a_condition_looks_at_is_known_also_inside() -> None:
    row = {"if": {"a": "x"}, "only": {"b": "x"}, "any": [{"if": {"c": "x"}}], "unless": {"only": {"d": "x"}}}
    condition = read_condition(row, str, lambda message: None)
    assert condition.questions == ("a", "b", "c", "d")
    assert not condition.empty
