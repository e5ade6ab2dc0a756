"""A clock that a test turns: nobody sleeps, and what was to be called later is called when its moment comes."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count


class Alarm:
    """One call that is still to come."""

    def __init__(self, call: Callable[[], None]) -> None:
        self.call, self.off = call, False

    def cancel(self) -> None:
        self.off = True


class Clockwork:
    """Seconds that pass when they are told to."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._numbers = count()

    def __call__(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> Alarm:
        alarm = Alarm(call)
        heappush(self._alarms, (self.now + seconds, next(self._numbers), alarm))
        return alarm

    @property
    def coming(self) -> bool:
        """Whether an alarm is set."""
        return any(not alarm.off for _, _, alarm in self._alarms)

    def on(self) -> None:
        """Turns to the next alarm and rings it; IndexError when there is none."""
        at, _, alarm = heappop(self._alarms)
        while alarm.off:
            at, _, alarm = heappop(self._alarms)
        self.now = max(self.now, at)
        alarm.call()

    def pass_by(self, seconds: float) -> None:
        """Lets so much time go by, with every alarm in it."""
        end = self.now + seconds
        while self._alarms and self._alarms[0][0] <= end:
            at, _, alarm = heappop(self._alarms)
            if not alarm.off:
                self.now = max(self.now, at)
                alarm.call()
        self.now = end
