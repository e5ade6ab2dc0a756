"""The named facts, each from both sides of its line, on the real amounts of the wijk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from flows.model.chart import Condition
from flows.model.memory import Memory
from flows.model.place import Given
from flows.model.wijk import Amount, Wijk
from flows.walk import facts
from flows.walk.facts import FACTS, recall
from tests.simulated import CONTENT

WIJK = CONTENT.wijk
KNOWN = WIJK.amounts["tariff.gas"].known


def memory(wijk: Wijk = WIJK, **answers: str) -> Memory:
    """Somebody who gave these answers in the self-check."""
    return recall(CONTENT.charts, wijk, tuple(Given(f"selfcheck.{step}", (each,)) for step, each in answers.items()))


def paying(ratio: float, **answers: str) -> Memory:
    """Two people in a flat with their own boiler who pay so many times what is usual."""
    usual = facts.monthly_baseline(memory())
    amounts = {**WIJK.amounts, "band.exactly": Amount(usual * ratio, "€/maand", KNOWN)}
    return memory(replace(WIJK, amounts=amounts), **{"heat": "boiler", "bill": "exactly", **answers})


@pytest.mark.parametrize(
    ("persons", "euros"), [("p1", 125), ("p2", 156), ("p3", 180), ("p4", 201), ("p5", 222), ("unknown", 156)]
)
def test_the_usual_bill_of_a_flat_is_that_of_the_source(persons: str, euros: int) -> None:
    """domain.md §3.4."""
    assert round(facts.monthly_baseline(memory(persons=persons))) == euros


@pytest.mark.parametrize(("dwelling", "more"), [("flat", 1.0), ("terraced", 1.25), ("corner", 1.40), ("other", 1.0)])
def test_a_house_with_more_walls_outside_usually_takes_more_gas(dwelling: str, more: float) -> None:
    """The gas alone: rijtjeshuis +25 %, hoekhuis +40 %."""
    amounts = WIJK.amounts
    gas = amounts["baseline.gas"].for_household(2) * amounts["tariff.gas"].value / 12
    flat = facts.monthly_baseline(memory())
    assert facts.monthly_baseline(memory(dwelling=dwelling)) - flat == pytest.approx(gas * (more - 1))


@pytest.mark.parametrize(
    ("ratio", "far", "above", "otherwise"),
    [
        (1.30, True, False, False),
        (1.2501, True, False, False),
        (1.2499, False, True, False),
        (1.1001, False, True, False),
        (1.0999, False, False, True),
        (0.50, False, False, True),
    ],
)
def test_the_bands_of_the_bill_from_both_sides(ratio: float, far: bool, above: bool, otherwise: bool) -> None:
    """domain.md §3.2, question 8."""
    one = paying(ratio)
    assert (facts.bill_far_above(one), facts.bill_above(one), facts.bill_otherwise(one)) == (far, above, otherwise)


@pytest.mark.parametrize(
    ("ratio", "warm", "hidden"),
    [
        (0.6499, "sometimes", True),
        (0.6499, "often", True),
        (0.6499, "off_money", True),
        (0.6499, "unknown", True),
        (0.6499, "yes", False),
        (0.6501, "often", False),
    ],
)
def test_a_very_low_bill_in_a_home_that_is_not_warm_is_no_good_news(ratio: float, warm: str, hidden: bool) -> None:
    assert facts.hidden_cold(paying(ratio, warm=warm)) is hidden


def test_a_low_bill_says_nothing_before_anybody_spoke_of_warmth() -> None:
    assert not facts.hidden_cold(paying(0.3))


@pytest.mark.parametrize("heat", ["shared", "district", "electric", "unknown", ""])
def test_without_a_boiler_of_ones_own_the_bill_is_not_compared(heat: str) -> None:
    """The heat may sit in the service costs."""
    one = paying(2.0, heat=heat, warm="often")
    assert facts.ratio(one) is None
    assert facts.bill_otherwise(one)
    assert not any(fact(one) for fact in (facts.bill_far_above, facts.bill_above, facts.hidden_cold))


def test_a_bill_that_is_not_known_is_not_compared() -> None:
    one = memory(heat="boiler", bill="unknown", warm="often")
    assert (facts.monthly_bill(one), facts.ratio(one)) == (None, None)
    assert facts.bill_otherwise(one)


@pytest.mark.parametrize("on", [True, False])
def test_the_fund_is_open_or_closed_as_the_coordinator_says(on: bool) -> None:
    switches = {"energiefonds_open": replace(WIJK.switches["energiefonds_open"], on=on)}
    one = memory(replace(WIJK, switches=switches))
    assert (facts.energiefonds_open(one), facts.energiefonds_closed(one)) == (on, not on)


def test_a_wijk_without_the_switch_has_no_fund() -> None:
    assert not facts.energiefonds_open(memory(replace(WIJK, switches={})))


@pytest.mark.parametrize(("name", "holds"), sorted(FACTS.items()))
def test_every_fact_has_an_answer_before_anything_was_said(name: str, holds: Callable[[Memory], bool]) -> None:
    assert holds(memory()) in (True, False)
    assert holds.__doc__, name


def test_of_the_three_bands_exactly_one_holds_for_every_answer() -> None:
    question = CONTENT.charts.question("selfcheck.bill")
    for persons in ("p1", "p2", "p3", "p4", "p5", "unknown"):
        for bill in question.answers:
            for heat in CONTENT.charts.question("selfcheck.heat").answers:
                one = memory(persons=persons, bill=bill, heat=heat)
                assert sum((facts.bill_far_above(one), facts.bill_above(one), facts.bill_otherwise(one))) == 1


def test_the_points_of_a_fact_stand_beside_the_question_that_it_looks_at() -> None:
    one = paying(1.3)
    assert any(score.fact == "bill_far_above" for score in CONTENT.charts.flows["selfcheck"].scores)
    told = {step: dict(points) for step, _answers, points in one.contributions()}
    assert told["selfcheck.bill"] == {"coach": 3}
    assert one.points["coach"] == 3


def test_every_part_of_a_condition_must_hold() -> None:
    one = paying(1.3, warm="often")
    often = {"selfcheck.warm": ("often", "sometimes")}
    assert one.holds(Condition(often, {"coach": 5}, ("bill_far_above",)))
    assert not one.holds(Condition({"selfcheck.warm": ("yes",)}, {"coach": 5}, ("bill_far_above",)))
    assert not one.holds(Condition(often, {"coach": 6}))
    assert not one.holds(Condition(often, facts=("bill_above",)))
    assert not one.holds(Condition({"selfcheck.damp": ("no",)}))
    assert one.holds(Condition())
