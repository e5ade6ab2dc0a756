"""The shape of a tip: one thing that somebody can do at home, and when it fits."""

from __future__ import annotations

from dataclasses import dataclass

from flows.model.chart import Condition


@dataclass(frozen=True, slots=True)
class Tip:
    """One thing that a resident can do. `saving` names an amount in euros a year; None when no figure is known."""

    id: str
    say: str
    free: bool
    saving: str | None
    when: Condition
