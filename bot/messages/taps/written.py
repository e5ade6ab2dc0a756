"""Numbers and days as buttons carry them: short, and harmless when somebody makes them up."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LARGEST = 2**63 - 1
"""The largest number that a store can look for."""


@lru_cache(maxsize=4096)
def base36(number: int) -> str:
    """Return a whole number of 0 or more in base 36."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits


def number(written: str) -> int:
    """Return the number that was written in base 36; -1 when it is larger than a store can look for."""
    value = int(written, 36)
    return value if value <= LARGEST else -1


def day(written: str | None) -> date | None:
    """Return the day that was written as 2026-12-14, or None when none was; a day that does not exist is no day."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None
