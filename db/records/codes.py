"""The names of a lead: a short code that people read out, and a token that only buttons carry; and the handle by which
a membership or an invitation is named.

Guards the rule that what acts on a row names it by what was drawn at random: a short code can be drawn again, and after
a restored backup a row's id belongs to another one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters that nobody mistakes for one another, for codes that people read out."""


def new_code(choose: Callable[[str], str], attempt: int) -> str:
    """Make a code such as KOP-4F7, one character longer after every 8 attempts; `choose` picks one character."""
    return "KOP-" + "".join(choose(ALPHABET) for _ in range(3 + attempt // 8))


def new_token() -> str:
    """Make a token of 64 random bits, as 16 hexadecimal digits."""
    return secrets.token_hex(8)


def new_handle() -> str:
    """Make the handle of a membership or an invitation: 39 random bits, in 8 characters that can be typed over."""
    return "".join(secrets.choice(ALPHABET.lower()) for _ in range(8))
