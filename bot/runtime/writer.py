"""The one thread that writes to the store: updates that come in and results of deliveries take turns here.

SQLite allows one writer; the thread also keeps fsync out of the loop's thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Writer:
    """Runs plain functions one after another in a thread of its own, in the order in which they were given."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in the writer's thread and return its result; raises what it raises.

        Once started it runs to its end, even when the caller is cancelled.
        """
        return await asyncio.wrap_future(self._thread.submit(function, *args, **kwargs))

    def close(self) -> None:
        """Wait for the functions that were given and end the thread. Closing twice is allowed."""
        self._thread.shutdown(wait=True)
