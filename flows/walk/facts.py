"""Facts that a chart cannot say in its own words: one plain function each; a chart asks for `fact = "name"`.

`FACTS` at the end is the whole list; `recall` reads a trail with it.
"""

from __future__ import annotations

from flows.model.chart import Charts
from flows.model.memory import Facts, Memory
from flows.model.place import Trail
from flows.model.wijk import Wijk
from flows.walk import advice

FACTUAL = HOME, DWELLING, PERSONS, HEAT, WARM, BILL, PAYING = tuple(
    f"selfcheck.{step}" for step in ("home", "dwelling", "persons", "heat", "warm", "bill", "paying")
)
"""The questions that facts look at, by name."""

OWN_BOILER = "boiler"


def persons(memory: Memory) -> int:
    """Return how many people live there, 1 to 5 (five or more); two when it is not known."""
    answer = memory.answer(PERSONS)
    return int(answer[1:]) if answer[:1] == "p" and answer[1:].isdigit() else 2


def monthly_baseline(memory: Memory) -> float:
    """Return the euros a month that a household of this size and dwelling usually pays, from the wijk's amounts.

    It is the gas and power of a flat with its own boiler (domain.md §3.4), with more gas for a terraced or corner
    house, times the tariffs, plus the fixed costs. An unknown size counts as two people, an unknown dwelling as a flat.
    """
    amounts = memory.wijk.amounts
    people = persons(memory)
    more_gas = amounts.get(f"dwelling.{memory.answer(DWELLING)}")
    gas = amounts["baseline.gas"].for_household(people) * (more_gas.value if more_gas else 1.0)
    power = amounts["baseline.power"].for_household(people)
    yearly = gas * amounts["tariff.gas"].value + power * amounts["tariff.power"].value
    return yearly / 12 + amounts["tariff.fixed"].value


def monthly_bill(memory: Memory) -> float | None:
    """Return the middle of the band that was tapped, in euros a month; None when it is not known."""
    band = memory.wijk.amounts.get(f"band.{memory.answer(BILL)}")
    return band.value if band else None


def ratio(memory: Memory) -> float | None:
    """Divide the bill by its baseline; None when it is unknown, or when the service costs may hold the heating."""
    bill = monthly_bill(memory)
    if bill is None or memory.answer(HEAT) != OWN_BOILER:
        return None
    return bill / monthly_baseline(memory)


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


def energiefonds_open(memory: Memory) -> bool:
    """Return whether an energy fund takes requests now, by the coordinator's switch."""
    switch = memory.wijk.switches.get("energiefonds_open")
    return switch is not None and switch.on


def energiefonds_closed(memory: Memory) -> bool:
    """Return whether no energy fund takes requests now."""
    return not energiefonds_open(memory)


def second_destination(memory: Memory) -> bool:
    """Return whether the resident said yes to help from two partners."""
    return len(advice.chosen(memory)) > 1


def anything_agreed(memory: Memory) -> bool:
    """Return whether at least one destination got a yes on its own card."""
    return bool(advice.agreed(memory))


FACTS: Facts = {
    each.__name__: each
    for each in (
        bill_far_above,
        bill_above,
        bill_otherwise,
        hidden_cold,
        energiefonds_open,
        energiefonds_closed,
        second_destination,
        anything_agreed,
    )
}
"""The facts that a chart may ask for, by name."""


def recall(charts: Charts, wijk: Wijk, trail: Trail) -> Memory:
    """Read a trail together with the charts, the wijk and the facts."""
    return Memory(charts, wijk, trail, FACTS)
