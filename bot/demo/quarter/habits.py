"""The habits of partners: how often somebody looks, what they decline, when they are away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habit:
    """How the members of a partner work.

    `works` is how likely it is that one of them looks on a working day, `declines` how likely a new lead is declined.
    From the week `away_from` on they are away for so many weeks, and say so before: full, or paused.
    """

    name: str
    works: float = 0.6
    declines: float = 0.05
    says: str = ""
    away_from: int = 0
    away_weeks: int = 0
    agrees: bool = True


STEADY = Habit("works every week")
HABITS = (
    Habit("never answers", works=0.0),
    Habit("never answers, agreed to no days", works=0.0, agrees=False),
    Habit("on holiday for three weeks", says="paused", away_from=5, away_weeks=3),
    Habit("full for a month", says="full", away_from=4, away_weeks=4),
    Habit("declines half", declines=0.5),
    *[STEADY] * 5,
)
"""The habits of the ten partners that have members; nobody reads for the others."""
