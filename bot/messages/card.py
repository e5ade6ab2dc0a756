"""A card: a text with rows of choices, laid out as buttons in the direction in which its reader reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages.buttons import Tap, encode
from bot.messages.message import Button

WIDE = 14
"""Two buttons stand side by side when neither has more characters than this."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button on a card: the words on it, and the tap that is heard when somebody taps it."""

    text: str
    tap: Tap


Rows = tuple[tuple[Choice, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A text with the choices under it."""

    text: str
    choices: Rows = ()

    @property
    def buttons(self) -> tuple[tuple[Button, ...], ...]:
        """The choices as a message carries them."""
        return tuple(tuple(Button(each.text, encode(each.tap)) for each in row) for row in self.choices)


def arranged(choices: Sequence[Choice], *, rtl: bool, wide: int = WIDE) -> Rows:
    """Arrange the choices in rows of one or two.

    Telegram does not mirror rows, so rows of two are turned round for right-to-left readers.
    """
    rows: list[tuple[Choice, ...]] = []
    waiting: Choice | None = None
    for choice in choices:
        if len(choice.text) > wide:
            rows += [(waiting,)] if waiting else []
            rows.append((choice,))
            waiting = None
        elif waiting:
            rows.append((waiting, choice))
            waiting = None
        else:
            waiting = choice
    rows += [(waiting,)] if waiting else []
    return tuple(row[::-1] for row in rows) if rtl else tuple(rows)
