"""HTTP/1.1 with only what is needed: the server of the bench must not be what limits the bots."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

import orjson

Answer = Callable[[str, dict[str, object]], Awaitable[bytes]]

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "


class Line(asyncio.Protocol):
    """One connection of a bot. Calls on it are answered one after another, as HTTP/1.1 wants."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._buffer = b""
        self._busy: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._busy is not None:
            self._busy.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next()

    def _next(self) -> None:
        if self._busy is not None and not self._busy.done():
            return
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end]
        lower = head.lower()
        length = length_of(lower)
        if len(self._buffer) < end + 4 + length:
            return
        body = self._buffer[end + 4 : end + 4 + length]
        self._buffer = self._buffer[end + 4 + length :]
        path = head.split(b" ", 2)[1].decode()
        self._busy = asyncio.get_running_loop().create_task(self._reply(path, lower, body))

    async def _reply(self, path: str, head: bytes, body: bytes) -> None:
        try:
            found = await self._answer(path, read_body(head, body))
        except Exception:
            traceback.print_exc()  # the bench itself is broken: say so, and let the bot go on
            found = b'{"ok":false,"error_code":500,"description":"Internal Server Error"}'
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_HEAD + str(len(found)).encode() + b"\r\n\r\n" + found)
        self._busy = None
        self._next()


def read_body(head: bytes, body: bytes) -> dict[str, object]:
    """Read the parameters of a call: JSON, or a form whose values may be JSON themselves."""
    if not body:
        return {}
    if b"application/json" in head:
        found: dict[str, object] = orjson.loads(body)
        return found
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def length_of(head: bytes) -> int:
    """Return the length of the body, by a head in lower case."""
    at = head.find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


class Caller(asyncio.Protocol):
    """The other end: a keep-alive connection that makes one call at a time, with these header lines beside its own.

    `status` is that of the last answer. Once it is cut, `transport` is None; it may be connected again.
    """

    def __init__(self, headers: str = "") -> None:
        self._headers = headers
        self.status = 0
        self._waiting: asyncio.Future[bytes] | None = None
        self._buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport, self._buffer = None, b""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length, self.status = length_of(self._buffer[:end].lower()), int(self._buffer[9:12])
        if len(self._buffer) < end + 4 + length:
            return
        body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(body)

    async def call(self, path: str, body: bytes) -> bytes:
        """Make this call and return the body of the answer; ConnectionResetError when it is cut meanwhile."""
        assert self.transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{self._headers}"
        self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return await self._waiting
