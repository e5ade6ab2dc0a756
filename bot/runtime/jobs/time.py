"""The time by which a bot works, and the pause between two looks at what is due. The demo has one that can be moved."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class Time:
    """The real time."""

    def __call__(self) -> datetime:
        """Return the time now, in UTC."""
        return datetime.now(UTC)

    async def pause(self, every: timedelta) -> None:
        """Wait until it is time for the next look."""
        await asyncio.sleep(every.total_seconds())
