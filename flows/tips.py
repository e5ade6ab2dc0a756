"""Which tips fit the answers: at most three, free ones first, never "less heat" for somebody who is cold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.chart import Condition

MOST = 3
"""No more tips than this at once (domain.md §3.5)."""


@dataclass(frozen=True, slots=True)
class Tip:
    """One thing that somebody can do. `saving` names an amount in euros a year; None when no figure is known.

    It is given when `when` holds and none of `unless` does.
    """

    id: str
    say: str
    free: bool
    saving: str | None
    when: Condition
    unless: tuple[Condition, ...]


def choose(tips: Sequence[Tip], holds: Callable[[Condition], bool]) -> tuple[Tip, ...]:
    """At most `MOST` tips that fit, free ones first and otherwise in the order of the file."""
    fitting = [tip for tip in tips if holds(tip.when) and not any(holds(each) for each in tip.unless)]
    return tuple(sorted(fitting, key=lambda tip: not tip.free)[:MOST])


def euros(saving: float, monthly_bill: float | None) -> int:
    """Euros a year rounded down to five, and never more than 20 % of a year's bill (domain.md §3.5)."""
    most = saving if monthly_bill is None else min(saving, 0.20 * monthly_bill * 12)
    return int(most // 5) * 5
