"""Telegram's rate limit: who may get a new message now, and who has to wait. Edits and answers to taps are free.

Guards two rules: the limit is kept however slow the network is, and of those who wait the most urgent goes first. A
message counts from the moment it may go until a second after its call has ended, so that slow and quick calls cannot
bring more into one second at the other end than may be in it. Notices go a few at a time, evenly over the second:
thirty at once would fill it for answers, and hold up everybody who taps in that moment. Danger takes the next place
before everything else, whatever its chat got before; only danger itself counts against danger in one chat, so that a
few who cry all the time do not fill the second for all others.
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

from bot.messages.message import DANGER, INTERACTIVE

SECOND = 1.0

TOGETHER = 5
"""How many notices go at once, and then none for the time that so many may take: few enough to hold up nobody, and
enough to be noted in one commit."""


@dataclass(frozen=True, slots=True)
class Rates:
    """New messages a second, of one bot and in one chat (domain.md §6, GK).

    `burst` is how many may go at once in a chat that was quiet, such as a card and the receipts that belong to it.
    """

    overall: int = 30
    per_chat: float = 1.0
    burst: int = 3


class Timer(Protocol):
    """A call in the future that can still be cancelled."""

    def cancel(self) -> None:
        """Cancel the call."""


class RateLimit:
    """The rate limit of one bot. A chat acquires its turn, makes one call, and releases it.

    `admit(to)` is called when a chat that had to wait may send. `rested` is False when another process sent for this
    bot a moment ago: then everything that may be sent in a second counts as just sent, overall and in every chat.
    `clock` gives seconds, `call_later` calls something after so many of them (None: the loop's own).
    """

    def __init__(
        self,
        admit: Callable[[str], None],
        rates: Rates | None = None,
        *,
        rested: bool = True,
        clock: Callable[[], float] = monotonic,
        call_later: Callable[[float, Callable[[], None]], Timer] | None = None,
    ) -> None:
        rates = rates or Rates()
        self._admit = admit
        self._clock, self._call_later = clock, call_later
        self._overall = rates.overall
        self._notices_left, self._more_notices_at = 0, -inf
        self._gap = SECOND / rates.per_chat
        self._burst = rates.burst * self._gap
        now = clock()
        self._opens = -inf if rested else now + SECOND
        self._full_before = -inf if rested else now + self._burst
        self._full: dict[str, float] = {}
        self._full_of_danger: dict[str, float] = {}
        self._admitted: set[str] = set()
        self._ended: deque[float] = deque()
        self._claims: dict[str, tuple[int, int]] = {}
        self._too_early: list[tuple[float, str]] = []
        self._ready: list[tuple[tuple[int, int], str]] = []
        self._timer: Timer | None = None
        self._fires_at = 0.0

    @property
    def waiting(self) -> int:
        """How many chats wait until they may go."""
        return len(self._claims)

    def acquire(self, to: str, priority: int, number: int) -> bool:
        """Let this chat send a new message now (True), or wait for it with its most urgent claim so far (False).

        The lowest priority goes first and within one priority the lowest number, of the chats whose own time has come.
        Messages that a chat got before do not hold back danger; only a burst of danger holds back more danger.
        """
        claim = (priority, number)
        if to not in self._admitted and claim < self._claims.get(to, (inf, 0)):
            self._claims[to] = claim
            self._queue(to, self._clock())
            self._admit_all()
        return to in self._admitted

    def release(self, to: str, priority: int = INTERACTIVE) -> None:
        """Note that the call with a new message for this chat has ended, whatever came of it."""
        now = self._clock()
        self._admitted.discard(to)
        self._ended.append(now)
        self._fill(self._full, to, now, self._full_before)
        if priority == DANGER:
            self._fill(self._full_of_danger, to, now, now)
        self._admit_all()

    def cancel(self, to: str) -> None:
        """Forget this chat, which has nothing to send for now."""
        self._claims.pop(to, None)
        if to in self._admitted:
            self._admitted.discard(to)
            self._admit_all()

    def close(self) -> None:
        """Admit nobody any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _fill(self, full: dict[str, float], to: str, now: float, before: float) -> None:
        """Count one more in this chat; `full` says when it may have its whole burst again."""
        full[to] = max(full.pop(to, before), now) + self._gap  # the latest stand last
        while (first := next(iter(full))) != to and full[first] <= now:
            del full[first]

    def _at(self, to: str) -> float:
        """Return from when on this chat may get one more of what it claims."""
        if self._claims[to][0] == DANGER:
            full = self._full_of_danger.get(to, -inf)
        else:
            full = self._full.get(to, self._full_before)
        return full - self._burst + self._gap

    def _queue(self, to: str, now: float) -> None:
        at = self._at(to)
        if at > now:
            heappush(self._too_early, (at, to))
        else:
            heappush(self._ready, (self._claims[to], to))

    def _admit_all(self) -> None:
        """Admit everybody who may send now. An entry of a chat that cancelled or moved up since is passed over."""
        now = self._clock()
        while self._too_early and self._too_early[0][0] <= now:
            _, to = heappop(self._too_early)
            if to in self._claims:
                self._queue(to, now)
        while self._ready and self._has_room(now):
            claim, to = self._ready[0]
            notice = claim[0] > INTERACTIVE
            if notice and now >= self._more_notices_at:
                self._notices_left, self._more_notices_at = TOGETHER, now + TOGETHER * SECOND / self._overall
            if notice and not self._notices_left:
                break
            heappop(self._ready)
            if self._claims.get(to) != claim:
                continue
            if self._at(to) > now:  # its card had to be sent anew in the meantime
                self._queue(to, now)
                continue
            self._notices_left -= int(notice)
            del self._claims[to]
            self._admitted.add(to)
            self._admit(to)
        self._set_timer(now)

    def _has_room(self, now: float) -> bool:
        while self._ended and self._ended[0] + SECOND <= now:
            self._ended.popleft()
        return now >= self._opens and len(self._admitted) + len(self._ended) < self._overall

    def _set_timer(self, now: float) -> None:
        """Set the timer to the first moment at which time alone lets somebody send."""
        moments = [self._too_early[0][0]] if self._too_early else []
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
        if not moments or (self._timer is not None and self._fires_at <= min(moments)):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._fires_at = min(moments)
        later = self._call_later or asyncio.get_running_loop().call_later
        self._timer = later(max(0.0, self._fires_at - now), self._fire)

    def _fire(self) -> None:
        self._timer = None
        self._admit_all()
