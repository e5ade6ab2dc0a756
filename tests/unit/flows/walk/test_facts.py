"""The named facts, each from both sides of its line, on the real amounts of the wijk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from flows.model.chart import Condition
from flows.model.memory import Memory
from flows.model.place import Given
from flows.model.wijk import VALUES, Amount, Wijk
from flows.walk import facts
from flows.walk.facts import FACTS, recall
from tests.simulated import CONTENT

WIJK = CONTENT.wijk
KNOWN = WIJK.amounts["tariff.gas"].known


def memory(wijk: Wijk = WIJK, **answers: str) -> Memory:
    """Somebody who gave these answers in the self-check."""
    return recall(CONTENT.charts, wijk, tuple(Given(f"selfcheck.{step}", (each,)) for step, each in answers.items()))


def usually(**answers: str) -> float:
    """Return what a household like this usually pays a month; two people in a flat unless said otherwise."""
    euros = facts.monthly_baseline(memory(WIJK, **answers))
    assert euros is not None
    return euros


def paying(ratio: float, **answers: str) -> Memory:
    """Two people in a flat with their own boiler who pay so many times what is usual."""
    usual = usually()
    amounts = {**WIJK.amounts, "band.exactly": Amount(usual * ratio, "€/maand", KNOWN)}
    return memory(replace(WIJK, amounts=amounts), **{"heat": "boiler", "bill": "exactly", **answers})


@pytest.mark.parametrize(
    ("persons", "euros"), [("p1", 125), ("p2", 156), ("p3", 180), ("p4", 201), ("p5", 222), ("unknown", 156)]
)
def test_the_usual_bill_of_a_flat_is_that_of_the_source(persons: str, euros: int) -> None:
    """domain.md §3.4."""
    assert round(usually(persons=persons)) == euros


@pytest.mark.parametrize(("dwelling", "more"), [("flat", 1.0), ("terraced", 1.25), ("corner", 1.40), ("other", 1.0)])
def test_a_house_with_more_walls_outside_usually_takes_more_gas(dwelling: str, more: float) -> None:
    """The gas alone: rijtjeshuis +25 %, hoekhuis +40 %."""
    amounts = WIJK.amounts
    gas = amounts["baseline.gas"].for_household(2) * amounts["tariff.gas"].value / 12
    assert usually(dwelling=dwelling) - usually() == pytest.approx(gas * (more - 1))


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


@pytest.mark.parametrize("heat", ["block", "district", "unknown", ""])
def test_where_heat_may_sit_in_the_service_costs_the_bill_is_not_compared(heat: str) -> None:
    one = paying(2.0, heat=heat, warm="often")
    assert facts.ratio(one) is None
    assert facts.bill_otherwise(one)
    assert not any(fact(one) for fact in (facts.bill_far_above, facts.bill_above, facts.hidden_cold))


@pytest.mark.parametrize(("persons", "euros"), [("p1", 65), ("p2", 85), ("p3", 102), ("p4", 115), ("p5", 129)])
def test_a_home_on_power_alone_is_held_against_the_bill_of_such_homes(persons: str, euros: int) -> None:
    """About 1,020 euros a year (domain.md §3.4), taken as two people; more people count as they do for power."""
    assert round(usually(heat="electric", persons=persons)) == euros
    cheap = memory(heat="electric", persons=persons, bill="b0_75", warm="often")
    assert facts.hidden_cold(cheap)
    assert not facts.hidden_cold(memory(heat="block", bill="b0_75", warm="often"))


def test_a_wijk_without_a_figure_for_power_alone_does_not_compare_it() -> None:
    amounts = {name: amount for name, amount in WIJK.amounts.items() if name != "baseline.electric"}
    one = memory(replace(WIJK, amounts=amounts), heat="electric", bill="b250", warm="often")
    assert facts.monthly_baseline(one) is None
    assert facts.ratio(one) is None


@pytest.mark.parametrize(
    ("persons", "bill", "warm", "matters"),
    [
        ("p2", "b175_250", "yes", True),  # 1.36 in a flat, 1.18 in a terraced house
        ("p2", "b125_175", "yes", False),  # usual in each of them
        ("p4", "b125_175", "often", True),  # 0.75 in a flat, 0.65 in a terraced house
        ("p4", "b125_175", "yes", False),  # low, but it is warm
        ("p2", "b0_75", "often", False),  # very low in each of them
        ("p2", "unknown", "often", False),
    ],
)
def test_the_kind_of_home_is_asked_only_where_it_changes_what_the_bill_says(
    persons: str, bill: str, warm: str, matters: bool
) -> None:
    assert facts.dwelling_matters(memory(heat="boiler", persons=persons, bill=bill, warm=warm)) is matters
    assert not facts.dwelling_matters(memory(heat="electric", persons=persons, bill=bill, warm=warm))


@pytest.mark.parametrize(("known", "unknown", "hardly"), [(0, 9, True), (3, 6, True), (4, 7, False), (9, 0, False)])
def test_two_thirds_of_weet_ik_niet_is_hardly_anything_known(known: int, unknown: int, hardly: bool) -> None:
    answers = [f"q{number}" for number in range(known + unknown)]
    said = {name: "yes" if number < known else "unknown" for number, name in enumerate(answers)}
    assert facts.hardly_known(memory(WIJK, **said)) is hardly


def test_a_bill_that_is_not_known_is_not_compared() -> None:
    one = memory(heat="boiler", bill="unknown", warm="often")
    assert (facts.monthly_bill(one), facts.ratio(one)) == (None, None)
    assert facts.bill_otherwise(one)


def funds(one: Memory) -> tuple[bool, bool, bool]:
    return facts.energiefonds_open(one), facts.energiefonds_closed(one), facts.energiefonds_unknown(one)


@pytest.mark.parametrize("value", VALUES)
def test_the_fund_is_open_or_closed_or_not_known_as_the_coordinator_says(value: str) -> None:
    switches = {"energiefonds": replace(WIJK.switches["energiefonds"], value=value)}
    assert funds(memory(replace(WIJK, switches=switches))) == (value == "open", value == "closed", value == "unknown")


def test_of_a_wijk_without_the_switch_nobody_knows_whether_there_is_a_fund() -> None:
    assert funds(memory(replace(WIJK, switches={}))) == (False, False, True)


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
