"""Ends the waiting sign on a tapped button, while everything else goes on. No turn waits for that."""

from __future__ import annotations

import asyncio

import structlog

from bot.messages.message import Incoming
from bot.runtime.channel import Channel

MOST = 1_000
"""The most taps that wait for their answer; beyond that the waiting sign ends by itself."""

_log = structlog.get_logger("intake")


class Answers:
    """Answers taps through `channel`, side by side."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._under_way: set[asyncio.Task[bool]] = set()

    def give(self, incoming: Incoming) -> None:
        """Answer this update, if it is a tap. Never waits."""
        if incoming.query is None:
            return
        if len(self._under_way) >= MOST:
            _log.warning("a tap stays without an answer", id=incoming.id)
            return
        task = asyncio.create_task(self._channel.answer(incoming.query), name="answer")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def finish(self, seconds: float = 5.0) -> None:
        """Wait for the answers that are under way, at most so many seconds."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
