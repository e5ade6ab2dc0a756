"""The changes on the phones, in order, for all who look at the page; and the bell that wakes those who wait."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Bell:
    """Wakes everybody who waits for it. May be rung from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], asyncio.AbstractEventLoop] = {}

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._waiting)

    def ring(self) -> None:
        """Wake all who wait now; those who come later wait for the next ring."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        try:
            here: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        for future, loop in waiting.items():
            if loop is here:
                _wake(future)
            elif not loop.is_closed():
                loop.call_soon_threadsafe(_wake, future)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait until the next ring, or at most so many seconds."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        alarm = None if seconds is None else loop.call_later(max(seconds, 0.0), _wake, future)
        self._waiting[future] = loop
        try:
            await future
        finally:
            self._waiting.pop(future, None)
            if alarm is not None:
                alarm.cancel()


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened: `chat` is the id of the phone (or group) on which it shows, 0 for all."""

    number: int
    kind: str
    chat: int
    facts: Mapping[str, Any]


class Journal:
    """The last `keep` changes, numbered without gaps. `boot` is another word after every start."""

    def __init__(self, keep: int = 4000) -> None:
        self.boot = secrets.token_hex(4)
        self.number = 0
        self.bell = Bell()
        self._kept: deque[Change] = deque(maxlen=keep)

    def note(self, kind: str, chat: int, **facts: Any) -> None:
        """Write a change down and wake the listeners. `facts` must not be changed afterwards."""
        self.number += 1
        self._kept.append(Change(self.number, kind, chat, facts))
        self.bell.ring()

    def since(self, number: int) -> list[Change] | None:
        """Return what came after that number; None when some of it is no longer kept (look at everything anew)."""
        missing = self.number - number
        if missing < 0 or missing > len(self._kept):
            return None
        if not missing:
            return []
        return [change for change in self._kept if change.number > number]
