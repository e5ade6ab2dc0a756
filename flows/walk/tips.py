"""Chooses the tips that fit the answers: at most three, free ones first, never "less heat" for somebody who is cold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flows.model.chart import Condition
from flows.model.tip import Tip

MOST = 3
"""No more tips than this at once (domain.md §3.5)."""


def choose(
    tips: Sequence[Tip],
    holds: Callable[[Condition], bool],
    saving: Callable[[str], float],
    monthly_bill: float | None,
) -> tuple[tuple[Tip, int], ...]:
    """Choose at most `MOST` tips that fit, free ones first, else in the order of the file, each with its euros a year.

    `saving` gives the euros of a named amount. Together they are never more than 20 % of a year's bill, where the bill
    is known (domain.md §3.5); a tip for which nothing is left is not given. Tips without a figure have 0 euros.
    """
    fitting = [tip for tip in tips if holds(tip.when)]
    left = 0.20 * monthly_bill * 12 if monthly_bill is not None else float("inf")
    chosen: list[tuple[Tip, int]] = []
    for tip in sorted(fitting, key=lambda tip: not tip.free):
        euros = _rounded(min(saving(tip.saving), left)) if tip.saving else 0
        if len(chosen) == MOST or (tip.saving and not euros):
            continue
        left -= euros
        chosen.append((tip, euros))
    return tuple(chosen)


def _rounded(euros: float) -> int:
    """Round down to a multiple of five euros."""
    return int(euros // 5) * 5
