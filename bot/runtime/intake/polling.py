"""Our own long polling, which fetches updates. Guards the rule that nothing is confirmed before it is committed.

The offset of the next poll confirms, and that poll begins only when the transaction of the last batch has ended.
Updates that arrive while a commit is under way gather at the channel, and share the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from bot.messages.message import Incoming
from bot.runtime.backoff import Backoff, doubling
from bot.runtime.channel import AnotherPoller, ChannelDown, Garbled, PolledChannel, TokenRefused, WebhookIsSet
from bot.runtime.intake.answers import Answers
from bot.runtime.intake.batches import Batches, Stopped
from bot.runtime.intake.outage import Unavailable
from bot.runtime.logs import where
from bot.runtime.reading import number_of

POLL_SECONDS = 25
"""How long one poll may wait for something to happen."""

STUCK_SECONDS = 1.0
"""How many seconds to wait before updates are fetched again when none of those that came had an id."""

_log = structlog.get_logger("intake")


class Poller:
    """Fetches, hands over to `batches`, confirms. `backoff` tells how long to wait when the channel is away."""

    def __init__(
        self,
        channel: PolledChannel,
        batches: Batches,
        *,
        poll_seconds: int = POLL_SECONDS,
        backoff: Backoff | None = None,
    ) -> None:
        self._channel, self.batches = channel, batches
        self._poll_seconds, self._backoff = poll_seconds, backoff or doubling(0.5, 30.0)
        self._answers = Answers(channel)
        self._stopped = asyncio.Event()
        self._poll: asyncio.Task[list[Any]] | None = None

    def stop(self) -> None:
        """Fetch nothing more; `run` ends when what is in hand is committed. May be called from a signal."""
        self._stopped.set()
        self.batches.stop()
        if self._poll is not None:
            self._poll.cancel()

    async def run(self) -> None:
        """Poll until `stop`. Raises TokenRefused when the channel does not know the bot; all else is tried again."""
        offset: int | None = None
        tries = 0
        while not self._stopped.is_set():
            try:
                fetched = await self._fetch(offset)
            except ChannelDown as down:
                tries += 1
                await self._wait_for_channel(down, tries)
                continue
            if fetched is None:
                break
            if fetched:
                try:
                    await self.batches.take(fetched, self._settled, partial(self._look, offset))
                except Stopped:
                    break
                except Exception as error:  # a fault of ours: it confirms nothing, and ends no bot
                    tries += 1
                    _log.error("updates could not be taken; they come again", error=where(error), tries=tries)
                    self.batches.outage.alarm(self.batches.hear(fetched)[0])
                    await self._wait(self._backoff(tries))
                    continue
            if tries:
                _log.info("updates come in again", tries=tries)
                tries = 0
            offset = await self._after(fetched, offset)
        await self._answers.finish()

    async def _fetch(self, offset: int | None) -> list[Any] | None:
        """Return what the poll brought; None when it was stopped."""
        self._poll = asyncio.create_task(self._channel.updates(offset, self._poll_seconds), name="poll")
        try:
            return await self._poll
        except asyncio.CancelledError:
            if self._stopped.is_set():
                return None
            self._poll.cancel()
            raise
        finally:
            self._poll = None

    async def _after(self, fetched: Sequence[Any], offset: int | None) -> int | None:
        """Return where the next poll begins, now that all of these are settled.

        Nothing new means that all is confirmed. Then no offset is asked: after a quiet week ids begin anew. Updates
        come in the order of their ids, so one without an id is confirmed together with any later one. When there is no
        later one, the next number is tried after a while: asking from there confirms the first of these at most.
        """
        numbers = [number for number in map(number_of, fetched) if number >= 0]
        if numbers or not fetched:
            return max(numbers) + 1 if numbers else None
        await self._wait(STUCK_SECONDS)
        return None if offset is None else offset + 1

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()

    async def _wait_for_channel(self, down: ChannelDown, tries: int) -> None:
        seconds = max(down.seconds or 0.0, self._backoff(tries))
        said = "another program polls with this token" if isinstance(down, AnotherPoller) else "no updates come in"
        tell = _log.error if isinstance(down, Garbled) else _log.warning
        tell(said, reason=down.reason, tries=tries, seconds=round(seconds, 2))
        await self._wait(seconds)

    async def _look(self, offset: int | None) -> list[Incoming]:
        """Return the updates that wait at the channel (the first hundred of them); nothing is confirmed by it."""
        try:
            return self.batches.hear(await self._channel.updates(offset, 0))[0]
        except (ChannelDown, TokenRefused, WebhookIsSet):
            return []

    def _settled(self, incoming: Incoming, _error: Unavailable | None) -> None:
        self._answers.give(incoming)
