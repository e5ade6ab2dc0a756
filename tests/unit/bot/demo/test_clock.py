"""The clock of the demo goes ahead in hours, and what is due is done at each of them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.demo.clock import HOUR, MOST_HOURS, MovableTime
from bot.messages.ticks import ForgetWhatIsDue, LookAtLeads, Tick, Ticked
from bot.runtime.jobs.clocks import LOOKS, keep_time
from bot.runtime.writer import Writer


async def test_at_each_hour_the_bot_does_what_is_due() -> None:
    time, writer = MovableTime(LOOKS), Writer()
    seen: list[tuple[type[Tick], datetime]] = []

    def tick(each: Tick) -> Ticked:
        seen.append((type(each), time()))
        return Ticked()

    job = asyncio.create_task(keep_time(tick, writer, time, lambda: None))
    try:
        before = time()
        after = await asyncio.to_thread(time.move, 3)
    finally:
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        writer.close()
    assert after - before >= 3 * HOUR
    for kind in (LookAtLeads, ForgetWhatIsDue):
        assert [int((at - before) / HOUR) for each, at in seen if each is kind] == [0, 1, 2, 3]


@pytest.mark.parametrize("hours", [0, -1, MOST_HOURS + 1])
def test_it_goes_ahead_only_and_not_too_far_at_once(hours: int) -> None:
    with pytest.raises(ValueError, match="hours"):
        MovableTime(LOOKS).move(hours)


async def test_a_look_comes_by_itself_too() -> None:
    await asyncio.wait_for(MovableTime(1).pause(timedelta(milliseconds=1)), 60)
