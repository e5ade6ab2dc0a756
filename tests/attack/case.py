"""A case: what is sent, what is expected, and the function that does it. It raises when the bot did not hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
Attack = Callable[[T], Awaitable[None]]


class NotTried(Exception):
    """Nothing was sent, so that nobody knows whether the bot holds."""


@dataclass(frozen=True)
class Case(Generic[T]):
    """One attack on a target of that kind. `attack` raises AssertionError, with the reason, when the bot fell."""

    name: str
    sent: str
    expected: str
    attack: Attack[T]


class Cases(list[Case[T]]):
    """The cases of one kind, in the order in which they are played."""

    def add(self, name: str, sent: str, expected: str) -> Callable[[Attack[T]], Attack[T]]:
        """Put the decorated function into the list, under this name."""

        def put(attack: Attack[T]) -> Attack[T]:
            self.append(Case(name, sent, expected, attack))
            return attack

        return put
