"""A card: a text with rows of buttons, laid out for the direction in which its reader reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages.message import Button

WIDE = 14
"""Two buttons stand beside each other when neither is longer than this."""

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A text with its buttons."""

    text: str
    buttons: Rows = ()


def arranged(buttons: Sequence[Button], *, rtl: bool, wide: int = WIDE) -> Rows:
    """Rows of one or two; Telegram does not mirror them, so rows of two are turned round for right-to-left readers."""
    rows: list[tuple[Button, ...]] = []
    waiting: Button | None = None
    for button in buttons:
        if len(button.text) > wide:
            rows += [(waiting,)] if waiting else []
            rows.append((button,))
            waiting = None
        elif waiting:
            rows.append((waiting, button))
            waiting = None
        else:
            waiting = button
    rows += [(waiting,)] if waiting else []
    return tuple(row[::-1] for row in rows) if rtl else tuple(rows)
