"""Telegram's pace: who may get a new message now, and who has to wait. Edits and answers to taps are free.

Guards two rules: the pace is kept whatever the line does, and of those who must wait the most urgent goes first. A
message counts from the moment it may go until a second after its call has ended, so that slow and quick calls cannot
bring more into one second at the other end than may be in it. Notices go a few at a time, evenly over the second:
thirty at once would fill it for answers, and hold up everybody who taps in that moment.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf
from time import monotonic
from typing import Protocol

from bot.messages.message import INTERACTIVE

SECOND = 1.0

TOGETHER = 5
"""So many notices go at once, and then none for the time that so many may take: few enough to hold up nobody, and
enough to be noted in one commit."""


@dataclass(frozen=True, slots=True)
class Rates:
    """New messages a second, of one bot and in one chat (domain.md §6, GK).

    `burst`: so many at once in a chat that was quiet, such as a card and the receipts that belong to it.
    """

    overall: int = 30
    per_chat: float = 1.0
    burst: int = 3


class Timer(Protocol):
    """What can still be called off."""

    def cancel(self) -> None:
        """Not any more."""


class Pace:
    """The pace of one bot. A chat asks, makes its call when it may, and tells that it went; one call at a time.

    `go(to)` is called when a chat that had to wait may go. `rested` is False when somebody else sent for this bot a
    moment ago: then everything that may be sent in a second counts as just sent, overall and in every chat. `clock`
    gives seconds, `call_later` calls something after so many of them (None: the loop's own).
    """

    def __init__(
        self,
        rates: Rates | None = None,
        *,
        rested: bool = True,
        clock: Callable[[], float] = monotonic,
        call_later: Callable[[float, Callable[[], None]], Timer] | None = None,
    ) -> None:
        rates = rates or Rates()
        self.go: Callable[[str], None] = lambda to: None
        self._clock, self._call_later = clock, call_later
        self._overall = rates.overall
        self._notices_left, self._more_notices_at = 0, -inf
        self._gap = SECOND / rates.per_chat
        self._burst = rates.burst * self._gap
        now = clock()
        self._opens = -inf if rested else now + SECOND
        self._full_before = -inf if rested else now + self._burst
        self._full: dict[str, float] = {}
        self._let: set[str] = set()
        self._ended: deque[float] = deque()
        self._asking: dict[str, tuple[int, int]] = {}
        self._early: list[tuple[float, str]] = []
        self._ready: list[tuple[tuple[int, int], str]] = []
        self._timer: Timer | None = None
        self._rings = 0.0

    @property
    def waiting(self) -> int:
        """How many chats wait until they may go."""
        return len(self._asking)

    def ask(self, to: str, rank: int, number: int) -> bool:
        """Whether this chat may get a new message now. When not, it waits, with its most urgent claim so far.

        The lowest rank goes first and within one rank the lowest number, of the chats whose own time has come.
        """
        claim = (rank, number)
        if to not in self._let and claim < self._asking.get(to, (inf, 0)):
            self._asking[to] = claim
            self._line_up(to, self._clock())
            self._let_go()
        return to in self._let

    def went(self, to: str) -> None:
        """The call with a new message for this chat has ended, whatever came of it."""
        now = self._clock()
        self._let.discard(to)
        self._ended.append(now)
        full = max(self._full.pop(to, self._full_before), now) + self._gap
        self._full[to] = full  # the latest stand last
        while (first := next(iter(self._full))) != to and self._full[first] <= now:
            del self._full[first]
        self._let_go()

    def leave(self, to: str) -> None:
        """This chat has nothing to send for now."""
        self._asking.pop(to, None)
        if to in self._let:
            self._let.discard(to)
            self._let_go()

    def close(self) -> None:
        """Nobody who waits goes any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _at(self, to: str) -> float:
        """From when on this chat may get one more: `_full` is when it may have its whole burst again."""
        return self._full.get(to, self._full_before) - self._burst + self._gap

    def _line_up(self, to: str, now: float) -> None:
        at = self._at(to)
        if at > now:
            heappush(self._early, (at, to))
        else:
            heappush(self._ready, (self._asking[to], to))

    def _let_go(self) -> None:
        """Everybody goes who may. An entry of somebody who left or moved up since is passed over."""
        now = self._clock()
        while self._early and self._early[0][0] <= now:
            _, to = heappop(self._early)
            if to in self._asking:
                self._line_up(to, now)
        while self._ready and self._room(now):
            claim, to = self._ready[0]
            notice = claim[0] > INTERACTIVE
            if notice and now >= self._more_notices_at:
                self._notices_left, self._more_notices_at = TOGETHER, now + TOGETHER * SECOND / self._overall
            if notice and not self._notices_left:
                break
            heappop(self._ready)
            if self._asking.get(to) != claim:
                continue
            if self._at(to) > now:  # a card of theirs had to be sent anew in the meantime
                self._line_up(to, now)
                continue
            self._notices_left -= int(notice)
            del self._asking[to]
            self._let.add(to)
            self.go(to)
        self._wind(now)

    def _room(self, now: float) -> bool:
        while self._ended and self._ended[0] + SECOND <= now:
            self._ended.popleft()
        return now >= self._opens and len(self._let) + len(self._ended) < self._overall

    def _wind(self, now: float) -> None:
        """Look again when the first thing changes that time alone can change."""
        moments = [self._early[0][0]] if self._early else []
        if self._ready and now < self._opens:
            moments.append(self._opens)
        elif (
            self._ready
            and self._ready[0][0][0] > INTERACTIVE
            and now < self._more_notices_at
            and not self._notices_left
        ):
            moments.append(self._more_notices_at)
        elif self._ready and self._ended:
            moments.append(self._ended[0] + SECOND)
        if not moments or (self._timer is not None and self._rings <= min(moments)):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._rings = min(moments)
        later = self._call_later or asyncio.get_running_loop().call_later
        self._timer = later(max(0.0, self._rings - now), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._let_go()
