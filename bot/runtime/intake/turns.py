"""In which order the updates of many chats are taken: nobody's flood comes before another one's first word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from bot.messages.message import Incoming

T = TypeVar("T")


def in_turns(waiting: Iterable[T], incoming: Callable[[T], Incoming]) -> list[T]:
    """Return these with the first of every chat before the second of any; each chat's own order stays as it is."""
    before: Counter[str] = Counter()
    placed: list[tuple[int, T]] = []
    for each in waiting:
        chat = incoming(each).conversation
        placed.append((before[chat], each))
        before[chat] += 1
    return [each for _, each in sorted(placed, key=lambda place: place[0])]
