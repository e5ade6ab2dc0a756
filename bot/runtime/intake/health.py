"""Whether the store takes what comes in, for `/healthz`, which anybody may ask.

Guards two rules: a store that only reads, or that does not answer, is not healthy; and who asks costs nothing: all who
ask within a second share one look.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from bot.runtime.logs import where

FRESH_SECONDS = 1.0
"""How long a look tells how the store is."""

PATIENCE = 2.0
"""How many seconds a store may take to answer."""

_log = structlog.get_logger("web")


class Health:
    """Looks at the store now and then: `look` raises when it is away, in a thread of its own. Lives in one loop.

    `clock` gives seconds.
    """

    def __init__(
        self, look: Callable[[], object], *, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look, self._patience, self._clock = look, patience, clock
        self._looking: asyncio.Task[bool] | None = None
        self._looked_at: float | None = None

    async def good(self) -> bool:
        """Return whether the store took a write a moment ago. A look that does not end goes on; nobody waits for it."""
        if self._looking is None or self._stale():
            self._looked_at = None
            self._looking = asyncio.create_task(self._once(), name="health")
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(self._looking)
        except TimeoutError:
            _log.warning("not healthy: the store does not answer")
            return False

    def _stale(self) -> bool:
        return self._looked_at is not None and self._clock() >= self._looked_at + FRESH_SECONDS

    async def _once(self) -> bool:
        try:
            await asyncio.to_thread(self._look)
        except Exception as error:
            _log.warning("not healthy", error=where(error))
            return False
        finally:
            self._looked_at = self._clock()
        return True
