"""Connections to `serve` by somebody who does not know the secret, or who has stolen it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bot.runtime.intake.door import REQUEST_SECONDS, SECRET
from tests.attack.case import Cases, NotTried
from tests.e2e.street import WIJK

SOCKETS = 500
MEGABYTE = 1024 * 1024
PATIENCE = 2 * REQUEST_SECONDS


@dataclass
class Door:
    """A `serve` that listens. `serves` checks that others are served; `process` is 0 where it is not ours to look at.

    Without a `secret` only what a stranger can do is tried.
    """

    host: str
    port: int
    serves: Callable[[], Awaitable[None]]
    secret: str = ""
    wijk: str = WIJK
    process: int = 0

    async def come(self) -> Caller:
        """Open a connection."""
        return Caller(*await asyncio.open_connection(self.host, self.port))

    async def bring(self, body: bytes) -> int:
        """Bring a body with the secret, and return the status of the answer."""
        caller = await self.come()
        await caller.say(self.head(self.secret, f"Content-Length: {len(body)}") + b"\r\n" + body)
        status = await caller.status()
        caller.leave()
        return status

    def head(self, secret: str | None = None, *more: str) -> bytes:
        """Return the beginning of a delivery, without the empty line at its end."""
        known = [f"{SECRET}: {secret}"] if secret is not None else []
        rows = [f"POST /hook/{self.wijk} HTTP/1.1", f"Host: {self.host}", *known, *more]
        return "".join(f"{row}\r\n" for row in rows).encode()

    def memory(self) -> int:
        """Return how many bytes the process holds; 0 where nobody can look."""
        with suppress(OSError):
            rows = Path(f"/proc/{self.process}/status").read_text().splitlines()
            return next(int(row.split()[1]) * 1024 for row in rows if row.startswith("VmRSS"))
        return 0


@dataclass
class Caller:
    """One connection to the door."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> bool:
        """Send this; return whether the connection is still there to take it."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError:
            return False
        return not self.writer.transport.is_closing()

    async def status(self) -> int:
        """Return the status of the answer; 0 when the connection was closed without one."""
        try:
            async with asyncio.timeout(PATIENCE):
                return int((await self.reader.readuntil(b"\r\n")).split()[1])
        except (ConnectionError, asyncio.IncompleteReadError):
            return 0
        except TimeoutError:
            raise AssertionError(f"no answer in {PATIENCE:.0f} s") from None

    async def closed(self) -> bool:
        """Return whether the other side closes the connection in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                while await self.reader.read(65536):
                    pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def leave(self) -> None:
        """Hang up."""
        self.writer.transport.abort()


DOOR: Cases[Door] = Cases()


@DOOR.add(
    "half-sent requests",
    f"{SOCKETS} sockets with nothing, half a head, half a body",
    f"others are served; all are closed after {REQUEST_SECONDS:.0f} s",
)
async def half_sent_requests(door: Door) -> None:
    begun = [b"", b"P", door.head()[:40], door.head(), door.head() + b"X-Slow: ", b"\r\n", b"GET /healthz HTTP/1.1\r\n"]
    callers = [await door.come() for _ in range(SOCKETS)]
    try:
        for number, caller in enumerate(callers):
            await caller.say(begun[number % len(begun)])
        await door.serves()
        closed = await asyncio.gather(*(caller.closed() for caller in callers))
        assert all(closed), f"{closed.count(False)} of {SOCKETS} still hang"
    finally:
        for caller in callers:
            caller.leave()


@DOOR.add("a byte a second", "20 heads, a byte each second", f"all are closed after {REQUEST_SECONDS:.0f} s")
async def a_byte_a_second(door: Door) -> None:
    callers = [await door.come() for _ in range(20)]

    async def drip(caller: Caller) -> bool:
        async def go() -> None:
            for byte in door.head(None, "X-Slow: " + "x" * 100):
                if not await caller.say(bytes([byte])):
                    return
                await asyncio.sleep(1)

        dripping = asyncio.create_task(go())
        try:
            return await caller.closed()
        finally:
            dripping.cancel()
            await asyncio.gather(dripping, return_exceptions=True)
            caller.leave()

    closed = await asyncio.gather(*(drip(caller) for caller in callers))
    assert all(closed), f"{closed.count(False)} of 20 still hang"
    await door.serves()


@DOOR.add("a wrong secret", "an update with no secret, a short, a long and another one", "403, and the end")
async def a_wrong_secret(door: Door) -> None:
    body = orjson.dumps(_hello(1))
    for secret in (None, "", "x", door.secret[:-1] or "xx", f"{door.secret}x", "Ж" * 8, "x" * 4000):
        caller = await door.come()
        await caller.say(door.head(secret, f"Content-Length: {len(body)}") + b"\r\n" + body)
        status = await caller.status()
        assert status == 403, f"{status} to the secret {secret!r}"
        assert await caller.closed(), f"the connection stays after the secret {secret!r}"
    await door.serves()


@DOOR.add("a huge body", "64 MB without end, by a stranger", "403 before it is read; no memory is used")
async def a_huge_body(door: Door) -> None:
    before = door.memory()
    for size in ("Content-Length: 10000000000", "Transfer-Encoding: chunked"):
        caller = await door.come()
        await caller.say(door.head("x", size) + b"\r\n")
        status = await caller.status()
        assert status == 403, f"{status} instead of 403"
        for _ in range(64):
            if not await caller.say(b"%x\r\n" % MEGABYTE + b"x" * MEGABYTE + b"\r\n"):
                break
        assert await caller.closed(), "the connection stays"
    grown = (door.memory() - before) // MEGABYTE
    assert grown < 32, f"{grown} MB of memory"
    await door.serves()


@DOOR.add("a head without end", "1 MB of one header, and of many", "closed")
async def a_head_without_end(door: Door) -> None:
    for row in (b"x" * 4096, b"X-Many: 1\r\n" * 400):
        caller = await door.come()
        await caller.say(door.head() + b"X-Long: ")
        for _ in range(256):
            if not await caller.say(row):
                break
        status = await caller.status()
        assert status in (0, 400, 431), f"{status} to a head of 1 MB"
        assert await caller.closed(), "the connection stays"
    await door.serves()


@DOOR.add("no HTTP", "TLS, nonsense, paths and methods that are not there", "an error or the end; others are served")
async def no_http(door: Door) -> None:
    asked = [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, b"\xff" * 500, b"SSH-2.0-x\r\n\r\n"]
    asked += [b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /hook/%ff%00 HTTP/1.1\r\nHost: x\r\n\r\n"]
    asked += [
        b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    ]
    for data in asked:
        caller = await door.come()
        await caller.say(data)
        status = await caller.status()
        assert status < 500, f"{status} to {data[:40]!r}"
        assert await caller.closed(), f"the connection stays after {data[:40]!r}"
    await door.serves()


@DOOR.add(
    "bodies that are no update", "with the secret: no JSON, no object, 64 MB", "no 5xx, no memory; others are served"
)
async def bodies_that_are_no_update(door: Door) -> None:
    if not door.secret:
        raise NotTried("WEBHOOK_SECRET is not given")
    before = door.memory()
    bodies = [b"", b"\xff", b"{", b"[]", b"7", b"{}", b'{"update_id":"x"}', b'{"update_id":%d}' % 2**70, b"[" * 100_000]
    for body in (*bodies, b"x" * 64 * MEGABYTE):
        status = await door.bring(body)
        assert status < 500, f"{status} to {body[:20]!r} ({len(body)} bytes)"
    grown = (door.memory() - before) // MEGABYTE
    assert grown < 32, f"{grown} MB of memory"
    await door.serves()


def _hello(number: int) -> dict[str, Any]:
    who = {"id": 999_000_000 + number, "is_bot": False, "first_name": "Jan"}
    chat = {"id": who["id"], "type": "private"}
    return {"update_id": number, "message": {"message_id": 1, "date": 1, "from": who, "chat": chat, "text": "/start"}}
