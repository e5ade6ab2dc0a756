"""The clock of open leads: every minute it looks at which of them it is time to look."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.messages.ticks import LookAtLeads, Tick, Ticked
from bot.runtime.jobs.retention import keep_forgetting
from bot.runtime.jobs.time import Time
from bot.runtime.logs import where
from bot.runtime.writer import Writer

EVERY = timedelta(minutes=1)

LOOKS = 2
"""Kinds of looks that pause by themselves: at the leads, and at what is done every hour."""

_log = structlog.get_logger("clock")


async def keep_looking(
    tick: Callable[[Tick], Ticked], writer: Writer, time: Time, look_again: Callable[[], None]
) -> None:
    """Look at the leads at which it is time to look, at the start and every minute, in the writer's thread.

    Each time it goes on until there are none; a person who taps meanwhile gets their turn after one slice. When the
    store is away, the rest waits for the next minute. It goes on until cancelled. When it posted something,
    `look_again` wakes delivery.
    """
    while True:
        done: Counter[str] = Counter()
        posted = False
        try:
            while not (some := await writer.run(tick, LookAtLeads())).all_done:
                done.update(some.done)
                posted = posted or bool(some.messages)
        except Exception as error:
            _log.warning("the clocks of leads have to wait", error=where(error))
        if posted:
            look_again()
        if done:
            _log.info("looked at leads", **done)
        await time.pause(EVERY)


async def keep_time(tick: Callable[[Tick], Ticked], writer: Writer, time: Time, look_again: Callable[[], None]) -> None:
    """Do everything that is done by the clock, until cancelled; `look_again` wakes delivery."""
    await asyncio.gather(keep_looking(tick, writer, time, look_again), keep_forgetting(tick, writer, time, look_again))
