"""What may go wrong between a bot and Telegram, switched on by a test: floods, broken answers, slow ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bot.demo.standin.api.refusal import ErrorPage, Refusal, too_many

ERRORS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


@dataclass(slots=True)
class _Flood:
    until: float
    calls: int | None
    seconds: int


@dataclass(slots=True)
class _Bucket:
    """A limit of `rate` messages a second, with `burst` at once after a pause."""

    rate: float
    burst: float
    left: float
    at: float

    def wait(self, now: float) -> float:
        """Return the seconds until there is room again; with 0, one is taken."""
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left > 0.999_999:  # seconds are floating-point numbers
            self.left -= 1.0
            return 0.0
        return (1.0 - self.left) / self.rate


@dataclass(slots=True)
class _Trouble:
    calls: int
    code: int
    methods: frozenset[str]
    page: bool = False


@dataclass(slots=True)
class Faults:
    """What goes wrong on the line of one bot. Everything is off until a test switches it on.

    `slow`: seconds before every answer but the long poll's. `double`: the next so many fetched updates come twice in
    one answer. `reverse`: fetched updates come newest first.
    """

    clock: Callable[[], float]
    slow: float = 0.0
    double: int = 0
    reverse: bool = False
    _floods: dict[int | None, _Flood] = field(default_factory=dict)
    _troubles: list[_Trouble] = field(default_factory=list)
    _cuts: list[_Trouble] = field(default_factory=list)
    _pace: tuple[float, float, float] | None = None
    _buckets: dict[int | None, _Bucket] = field(default_factory=dict)

    def flood(self, chat: int | None = None, *, retry_after: int = 5, calls: int | None = None) -> None:
        """Answer 429 for one chat, or for all: for so many calls, or else until `retry_after` seconds have passed."""
        self._floods[chat] = _Flood(self.clock() + retry_after, calls, retry_after)

    def strict(self, *, per_chat: float = 1.0, overall: float = 30.0, burst: int = 1) -> None:
        """Keep Telegram's own pace: messages a second in one chat and over all chats; `burst` at once in a chat.

        Edits are not counted.
        """
        self._pace = (per_chat, overall, float(burst))
        self._buckets.clear()

    def fail(self, calls: int = 1, *, code: int = 502, methods: Collection[str] = (), page: bool = False) -> None:
        """Answer the next calls (of those methods, or of any) with 5xx or 429, without any effect.

        As a `page` it is the answer of something that stands between a bot and Telegram.
        """
        self._troubles.append(_Trouble(calls, code, frozenset(methods), page))

    def cut(self, calls: int = 1, *, methods: Collection[str] = ()) -> None:
        """Let the next calls do their work, but break the connection in the middle of the answer."""
        self._cuts.append(_Trouble(calls, 0, frozenset(methods)))

    def clear(self) -> None:
        """Switch everything off again."""
        self.slow, self.double, self.reverse, self._pace = 0.0, 0, False, None
        for trouble in (self._floods, self._troubles, self._cuts, self._buckets):
            trouble.clear()

    def before(self, method: str) -> None:
        """Raise the 5xx or 429 that is due for this call."""
        trouble = _next(self._troubles, method) if self._troubles else None
        if trouble is not None:
            if trouble.code == 429:
                raise too_many(5)
            kind = ErrorPage if trouble.page else Refusal
            raise kind(trouble.code, ERRORS.get(trouble.code, "Internal Server Error"))

    def breaks(self, method: str) -> bool:
        """Return whether the answer of this call is cut off."""
        return bool(self._cuts) and _next(self._cuts, method) is not None

    def pace(self, chat: int, *, new: bool) -> None:
        """Raise 429 when this chat, or everybody, must wait with a new message, or with an edit."""
        if self._floods:
            self._stop_flooded(chat)
            self._stop_flooded(None)
        if new and self._pace is not None:
            self._stop_hurried(chat, *self._pace)

    def _stop_flooded(self, chat: int | None) -> None:
        flood = self._floods.get(chat)
        if flood is None:
            return
        if flood.calls is not None:
            flood.calls -= 1
            if flood.calls <= 0:
                del self._floods[chat]
            raise too_many(flood.seconds)
        left = flood.until - self.clock()
        if left > 0:
            raise too_many(max(1, math.ceil(left)))
        del self._floods[chat]

    def _stop_hurried(self, chat: int, per_chat: float, overall: float, burst: float) -> None:
        now = self.clock()
        one = self._buckets.get(chat)
        if one is None:
            one = self._buckets[chat] = _Bucket(per_chat, burst, burst, now)
        everyone = self._buckets.setdefault(None, _Bucket(overall, overall, overall, now))
        wait = one.wait(now) or everyone.wait(now)
        if wait:
            raise too_many(max(1, math.ceil(wait)))


def _next(troubles: list[_Trouble], method: str) -> _Trouble | None:
    for trouble in troubles:
        if not trouble.methods or method in trouble.methods:
            trouble.calls -= 1
            if trouble.calls <= 0:
                troubles.remove(trouble)
            return trouble
    return None
