"""The clock of what is done every hour: it forgets what is due, and opens partners again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.messages.ticks import ForgetWhatIsDue, OpenAgain, Tick, Ticked
from bot.runtime.jobs.time import Time
from bot.runtime.logs import where
from bot.runtime.writer import Writer

EVERY = timedelta(hours=1)

_log = structlog.get_logger("retention")


async def keep_forgetting(
    tick: Callable[[Tick], Ticked], writer: Writer, time: Time, look_again: Callable[[], None]
) -> None:
    """Forget what is due, and tell partners that they are open again: at the start and every hour, until cancelled.

    Each time it goes on until nothing is due; a person who taps meanwhile gets their turn after one slice. When the
    store is away, the rest waits for the next hour. When it posted something, `look_again` wakes delivery.
    """
    while True:
        gone: Counter[str] = Counter()
        posted = False
        try:
            while not (some := await writer.run(tick, ForgetWhatIsDue())).all_done:
                gone.update(some.done)
                posted = posted or bool(some.messages)
            posted = bool((await writer.run(tick, OpenAgain())).messages) or posted
        except Exception as error:
            _log.warning("forgetting has to wait", error=where(error))
        if posted:
            look_again()
        if gone:
            _log.info("forgotten", **gone)
        await time.pause(EVERY)
