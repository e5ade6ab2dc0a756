"""Facts that a chart cannot say in its own words: one plain function each; a chart asks for `fact = "name"`.

`FACTS` at the end is the whole list; `recall` reads a trail with it.
"""

from __future__ import annotations

from flows.model.chart import UNKNOWN as UNSURE
from flows.model.chart import Charts
from flows.model.memory import Facts, Memory
from flows.model.place import Trail
from flows.model.wijk import CLOSED, OPEN, UNKNOWN, Wijk
from flows.walk import advice

CHECK = "selfcheck."
"""How the names of the questions of the self-check begin."""

FACTUAL = DWELLING, PERSONS, HEAT, WARM, BILL = tuple(
    f"{CHECK}{step}" for step in ("dwelling", "persons", "heat", "warm", "bill")
)
"""The questions that facts look at, by name."""

BOILER, ELECTRIC = "boiler", "electric"
"""How a home is heated when one bill holds all energy; any other heat may sit in the service costs."""

DWELLINGS = ("flat", "terraced", "corner")
"""The kinds of home that use different amounts of gas."""


def persons(memory: Memory) -> int:
    """Return how many people live there, 1 to 5 (five or more); two when it is not known."""
    answer = memory.answer(PERSONS)
    return int(answer[1:]) if answer[:1] == "p" and answer[1:].isdigit() else 2


def monthly_baseline(memory: Memory, dwelling: str = "") -> float | None:
    """Return the euros a month that a household like this usually pays, from the wijk's amounts; None if not known.

    With a boiler it is the gas and power of a flat (domain.md §3.4), with more gas for a terraced or corner house,
    times the tariffs, plus the fixed costs. With electric heating it is the yearly bill of a home that runs mainly on
    power, taken as one of two people; more or fewer people count as they do for power. An unknown size counts as two
    people, an unknown dwelling as a flat; `dwelling` asks what it would be in another one.
    """
    amounts = memory.wijk.amounts
    people, fixed = persons(memory), amounts["tariff.fixed"].value
    power = amounts["baseline.power"].for_household(people)
    if memory.answer(HEAT) == ELECTRIC:
        known = amounts.get("baseline.electric")
        share = power / amounts["baseline.power"].for_household(2)
        return (known.value / 12 - fixed) * share + fixed if known else None
    more_gas = amounts.get(f"dwelling.{dwelling or memory.answer(DWELLING)}")
    gas = amounts["baseline.gas"].for_household(people) * (more_gas.value if more_gas else 1.0)
    return (gas * amounts["tariff.gas"].value + power * amounts["tariff.power"].value) / 12 + fixed


def monthly_bill(memory: Memory) -> float | None:
    """Return the middle of the band that was tapped, in euros a month; None when it is not known."""
    band = memory.wijk.amounts.get(f"band.{memory.answer(BILL)}")
    return band.value if band else None


def ratio(memory: Memory, dwelling: str = "") -> float | None:
    """Divide the bill by its baseline; None when it is unknown, or when the service costs may hold the heating."""
    bill = monthly_bill(memory)
    if bill is None or memory.answer(HEAT) not in (BOILER, ELECTRIC):
        return None
    usual = monthly_baseline(memory, dwelling)
    return bill / usual if usual else None


def bill_far_above(memory: Memory) -> bool:
    """Return whether the bill is at least 1.25 times the usual one for this household (domain.md §3.2, question 8)."""
    return (ratio(memory) or 0) >= 1.25


def bill_above(memory: Memory) -> bool:
    """Return whether the bill is from 1.10 up to 1.25 times the usual one."""
    return 1.10 <= (ratio(memory) or 0) < 1.25


def bill_otherwise(memory: Memory) -> bool:
    """Return whether the bill is usual or low, or is not known or cannot be compared."""
    return (ratio(memory) or 0) < 1.10


def hidden_cold(memory: Memory) -> bool:
    """Return whether a home that is not warm has a bill under 0.65 times the usual one: people may sit in the cold."""
    known = ratio(memory)
    return known is not None and known < 0.65 and memory.answer(WARM) not in ("", "yes")


def dwelling_matters(memory: Memory) -> bool:
    """Return whether the kind of home would change what the bill says; if not, nobody needs to be asked about it."""
    if memory.answer(HEAT) != BOILER:
        return False
    cold = memory.answer(WARM) != "yes"
    ratios = [each for each in (ratio(memory, dwelling) for dwelling in DWELLINGS) if each is not None]
    return len({(each >= 1.25, each >= 1.10, cold and each < 0.65) for each in ratios}) > 1


def hardly_known(memory: Memory) -> bool:
    """Return whether two thirds or more of the answers in the self-check were "weet ik niet"."""
    asked = [answers for step, answers in memory.answers.items() if step.startswith(CHECK)]
    return bool(asked) and 3 * asked.count((UNSURE,)) >= 2 * len(asked)


def energiefonds_open(memory: Memory) -> bool:
    """Return whether an energy fund takes requests now, by the coordinator's switch."""
    return _energiefonds(memory) == OPEN


def energiefonds_closed(memory: Memory) -> bool:
    """Return whether it is known that no energy fund takes requests now."""
    return _energiefonds(memory) == CLOSED


def energiefonds_unknown(memory: Memory) -> bool:
    """Return whether nobody knows if an energy fund takes requests now; so it is in a wijk without the switch."""
    return _energiefonds(memory) == UNKNOWN


def _energiefonds(memory: Memory) -> str:
    switch = memory.wijk.switches.get("energiefonds")
    return switch.value if switch else UNKNOWN


def anything_agreed(memory: Memory) -> bool:
    """Return whether at least one destination got a yes on its own card."""
    return advice.agreed(memory)


FACTS: Facts = {
    each.__name__: each
    for each in (
        bill_far_above,
        bill_above,
        bill_otherwise,
        hidden_cold,
        dwelling_matters,
        hardly_known,
        energiefonds_open,
        energiefonds_closed,
        energiefonds_unknown,
        anything_agreed,
    )
}
"""The facts that a chart may ask for, by name."""


def recall(charts: Charts, wijk: Wijk, trail: Trail) -> Memory:
    """Read a trail together with the charts, the wijk and the facts."""
    return Memory(charts, wijk, trail, FACTS)
