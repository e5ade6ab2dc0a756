"""The clock that makes `bot/leads/retention.py` tick: it forgets what is due, every hour."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.messages.ticks import ForgetWhatIsDue, Tick, Ticked
from bot.runtime.logs import where
from bot.runtime.writer import Writer

EVERY = timedelta(hours=1)

_log = structlog.get_logger("retention")


async def keep_forgetting(tick: Callable[[Tick], Ticked], writer: Writer) -> None:
    """Forget what is due at the start and then every hour, in the writer's thread, until cancelled.

    Each time it goes on until nothing is due; a person who taps meanwhile gets their turn after one slice. When the
    store is away, the rest waits for the next hour.
    """
    while True:
        gone: Counter[str] = Counter()
        try:
            while not (some := await writer.run(tick, ForgetWhatIsDue())).all_done:
                gone.update(some.done)
        except Exception as error:
            _log.warning("forgetting has to wait", error=where(error))
        if gone:
            _log.info("forgotten", **gone)
        await asyncio.sleep(EVERY.total_seconds())
