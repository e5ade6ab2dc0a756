"""The clocks of leads tick in the writer's thread, and a store that is away stops none of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from structlog.testing import capture_logs

from bot.messages.message import Outgoing
from bot.messages.ticks import ForgetWhatIsDue, LookAtLeads, OpenAgain, Tick, Ticked
from bot.runtime.jobs.clocks import keep_looking, keep_time
from bot.runtime.jobs.time import Time
from bot.runtime.writer import Writer

Job = Callable[[Callable[[Tick], Ticked], Writer, Time, Callable[[], None]], Coroutine[Any, Any, None]]


async def ticked(
    act: Job, answers: list[Ticked | Exception], look_again: Callable[[], None] = lambda: None
) -> list[Tick]:
    """The ticks until these answers were given, and delivery was woken where it is."""
    seen: list[Tick] = []
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tick(each: Tick) -> Ticked:
        seen.append(each)
        if not isinstance(each, LookAtLeads):
            return Ticked()
        answer = answers.pop(0) if answers else Ticked()
        if not answers:
            loop.call_soon_threadsafe(done.set)
        if isinstance(answer, Exception):
            raise answer
        return answer

    writer = Writer()
    job = asyncio.create_task(act(tick, writer, Time(), look_again))
    await done.wait()
    await writer.run(lambda: None)
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)
    writer.close()
    return seen


async def test_it_goes_on_until_there_is_nothing_to_look_at() -> None:
    seen = await ticked(keep_looking, [Ticked(done={"asked": 1}), Ticked(done={"told": 2}), Ticked()])
    assert seen == [LookAtLeads()] * 3


async def test_delivery_is_woken_for_what_was_posted_once_and_for_nothing_else() -> None:
    woken: list[None] = []
    posted = Ticked((Outgoing(1, "fatma", "Dag"),), {"told": 1})
    await ticked(keep_looking, [posted, posted, Ticked(done={"slept": 1}), Ticked()], lambda: woken.append(None))
    assert len(woken) == 1
    woken.clear()
    await ticked(keep_looking, [Ticked(done={"slept": 1}), Ticked()], lambda: woken.append(None))
    assert not woken


async def test_a_store_that_is_away_makes_it_wait_and_no_more() -> None:
    with capture_logs() as logs:
        await ticked(keep_looking, [Ticked(done={"asked": 1}), OSError("away")])
    assert [each["event"] for each in logs] == ["the clocks of leads have to wait", "looked at leads"]


async def test_what_is_done_every_hour_is_done_beside_it() -> None:
    seen = await ticked(keep_time, [Ticked()])
    assert {type(each) for each in seen} >= {LookAtLeads, ForgetWhatIsDue}
    assert {type(each) for each in seen} <= {LookAtLeads, ForgetWhatIsDue, OpenAgain}
