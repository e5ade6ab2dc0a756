"""Ends the waiting sign on a tapped button, while everything else goes on. No turn waits for that."""

from __future__ import annotations

import asyncio
from collections import Counter

import structlog

from bot.messages.message import Incoming
from bot.runtime.channel import Channel

MOST = 1_000
"""The most taps that wait for their answer; beyond that the waiting sign ends by itself."""

OF_ONE = 50
"""The most of them that are of one chat."""

_log = structlog.get_logger("intake")


class Answers:
    """Answers taps through `channel`, side by side."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._under_way: dict[asyncio.Task[bool], str] = {}
        self._of_one: Counter[str] = Counter()

    def give(self, incoming: Incoming) -> None:
        """Answer this update, if it is a tap. Never waits."""
        if incoming.query is None:
            return
        chat = incoming.conversation
        if len(self._under_way) >= MOST or self._of_one[chat] >= OF_ONE:
            _log.warning("a tap stays without an answer", id=incoming.id)
            return
        task = asyncio.create_task(self._channel.answer(incoming.query), name="answer")
        self._under_way[task] = chat
        self._of_one[chat] += 1
        task.add_done_callback(self._ended)

    async def finish(self, seconds: float = 5.0) -> None:
        """Wait for the answers that are under way, at most so many seconds."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    def _ended(self, task: asyncio.Task[bool]) -> None:
        chat = self._under_way.pop(task)
        self._of_one[chat] -= 1
        if not self._of_one[chat]:
            del self._of_one[chat]
