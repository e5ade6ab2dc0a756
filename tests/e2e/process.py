"""The real bot as a process of its own: started, listened to, stopped, killed. Its log is read as it comes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.conftest import SECRET_KEY

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
"""Seconds after which a test gives up; no wait is that long unless something is broken or the machine is very busy."""

_OURS = ("TELEGRAM_", "KOPPELKANS_", "DATABASE_URL", "DATA_DIR", "WIJK", "SECRET_KEYS", "LOG_LEVEL")


class Process:
    """`python -m bot <command>` in a clean environment. `lines` is everything it said, on both channels."""

    def __init__(self, running: asyncio.subprocess.Process) -> None:
        self._running = running
        self.lines: list[str] = []
        self._news = asyncio.Event()
        self._readers = [asyncio.create_task(self._read(pipe)) for pipe in (running.stdout, running.stderr) if pipe]

    @property
    def pid(self) -> int:
        return self._running.pid

    async def _read(self, pipe: asyncio.StreamReader) -> None:
        async for line in pipe:
            self.lines.append(line.decode().rstrip())
            self._news.set()
        self._news.set()

    async def says(self, words: str) -> str:
        """Return the first line with these words, once it is there; AssertionError with all lines if it never comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    self._news.clear()
                    found = next((line for line in self.lines if words in line), None)
                    if found is not None:
                        return found
                    if all(reader.done() for reader in self._readers):
                        break
                    await self._news.wait()
        raise AssertionError(f"it never said {words!r}:\n" + "\n".join(self.lines))

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Return the exit code, once it ended by itself."""
        async with asyncio.timeout(seconds):
            code = await self._running.wait()
            await asyncio.gather(*self._readers)
        return code

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._running.send_signal(number)

    async def kill(self) -> None:
        """Send SIGKILL, so that it cannot finish anything; return when it is gone."""
        with suppress(ProcessLookupError):
            self._running.kill()
        await self.ended()

    async def stop(self, seconds: float = PATIENCE) -> int:
        """Send SIGTERM and return the exit code."""
        self.send(signal.SIGTERM)
        return await self.ended(seconds)

    @property
    def alive(self) -> bool:
        return self._running.returncode is None


async def launch(*command: str, **settings: str) -> Process:
    """Start the bot with these settings and no others."""
    return Process(
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *command,
            cwd=ROOT,
            env=clean(settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    )


def free_ports(count: int) -> list[int]:
    """Return ports of this machine on which no process listens."""
    with ExitStack() as things:
        lines = [things.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [line.getsockname()[1] for line in lines]


def clean(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this environment with the given settings, no other setting of ours, and the key of all tests.

    Whoever joins there hears of each lead at once.
    """
    rest = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**rest, "SECRET_KEYS": SECRET_KEY, "PYTHONUNBUFFERED": "1", "DIGEST_HOUR": "0", **settings}
