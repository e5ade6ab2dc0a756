"""What a button carries: callback data, at most 64 bytes."""

from __future__ import annotations

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def data(step: str, answer: str, turn: int, mark: str = "") -> str:
    """What a button carries: `step:answer:turn`, the turn in base 36, and the mark of a consent card."""
    return f"{step}:{answer}:{base36(turn)}{':' + mark if mark else ''}"


def base36(number: int) -> str:
    """A whole number from 0 up in base 36."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits
