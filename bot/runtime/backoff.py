"""How long to wait before something that failed is tried again: a crowd must not come back at once."""

from __future__ import annotations

import random
from collections.abc import Callable

Backoff = Callable[[int], float]
"""Gives the seconds to wait before the n-th new try, counted from 1."""


def doubling(first: float, longest: float) -> Backoff:
    """Return waits that double from `first` to `longest` seconds, each cut by up to a half so that crowds spread."""

    def seconds(tries: int) -> float:
        return min(longest, first * 2.0 ** min(max(0, tries - 1), 30)) * random.uniform(0.5, 1.0)

    return seconds
