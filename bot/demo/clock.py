"""The clock of the demo, which can be moved ahead: anyone sees a reminder and an escalation within a minute.

It goes in steps of an hour, and at each step the bot does what is due: so nothing comes later than it would.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from datetime import datetime, timedelta

from bot.runtime.jobs.time import Time

HOUR = timedelta(hours=1)
PATIENCE_SECONDS = 20.0
MOST_HOURS = 24 * 7
"""So far it goes in one move."""


class MovableTime(Time):
    """The real time and what was added to it. It is moved from another thread than the one in which the bot works."""

    def __init__(self, looks: int) -> None:
        """Make a clock for a bot that has this many kinds of looks at what is due."""
        self._ahead, self._looks = timedelta(0), looks
        self._waiting: set[asyncio.Event] = set()
        self._changed = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self) -> datetime:
        """Return the time in the demo, in UTC."""
        return super().__call__() + self._ahead

    async def pause(self, every: timedelta) -> None:
        """Wait until it is time for the next look, or until the clock was moved."""
        moved = asyncio.Event()
        with self._changed:
            self._loop = asyncio.get_running_loop()
            self._waiting.add(moved)
            self._changed.notify_all()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(moved.wait(), every.total_seconds())
        finally:
            with self._changed:
                self._waiting.discard(moved)

    def move(self, hours: int) -> datetime:
        """Move the clock ahead, an hour at a time, each when the bot has done what was due; return the new time.

        Raises ValueError for a number of hours that is not from 1 to MOST_HOURS, and TimeoutError when the bot is not
        done in PATIENCE_SECONDS.
        """
        if not 1 <= hours <= MOST_HOURS:
            raise ValueError(f"hours is a number from 1 to {MOST_HOURS}")
        for _ in range(hours):
            self._until_all_wait()
            with self._changed:
                self._ahead += HOUR
                waiting, self._waiting = self._waiting, set()
                for each in waiting:
                    assert self._loop is not None
                    self._loop.call_soon_threadsafe(each.set)
        self._until_all_wait()
        return self()

    def _until_all_wait(self) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._waiting) >= self._looks, PATIENCE_SECONDS):
                raise TimeoutError("the bot is still busy with what was due")
