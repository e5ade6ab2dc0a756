"""HTTP/1.1 for one server: asyncio carries the bytes, httptools reads the answers, and connections are kept.

Nothing is here that the Bot API does not need: no redirects, no cookies, no proxies, no compression. A call that is
cancelled or comes too late closes its connection, so that its answer can never be taken for that of another call.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, cast
from urllib.parse import urlsplit

import httptools

KEPT_SECONDS = 50.0
"""A connection that was quiet for so long is not used again: the other side is about to close it, or has done so."""


class Cut(Exception):
    """The connection could not be made, or ended before the whole answer was there; says which, and no address."""


class _Line(asyncio.Protocol):
    """One connection, with one call at a time on it. `quiet_since` is when its last answer ended."""

    __slots__ = ("_body", "_parser", "_status", "_transport", "_waiting", "kept", "quiet_since")

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._body: list[bytes] = []
        self.kept = True
        self.quiet_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.kept = False
        self._fail("the connection was cut")

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.close("the answer was not HTTP")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:  # "continue" and the like: the answer is still to come
            self._body.clear()
            return
        self.kept = self._parser.should_keep_alive()
        body = b"".join(self._body)
        self._body.clear()
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            self.close()  # nobody asked
        elif not waiting.done():
            waiting.set_result((status, body))

    async def call(self, request: bytes, seconds: float | None) -> tuple[int, bytes]:
        """Make one call; return status and body.

        Raises Cut, or TimeoutError after so many seconds; then the connection is closed.
        """
        loop = asyncio.get_running_loop()
        assert self._transport is not None
        waiting: asyncio.Future[tuple[int, bytes]] = loop.create_future()
        self._waiting = waiting
        late = None if seconds is None else loop.call_later(seconds, self._late)
        try:
            self._transport.write(request)
            return await waiting
        except BaseException:
            self.close()
            raise
        finally:
            self.quiet_since = loop.time()
            if late is not None:
                late.cancel()

    def close(self, why: str = "the connection was closed") -> None:
        """Close the connection at once, even in the middle of an answer."""
        self.kept = False
        if self._transport is not None:
            self._transport.abort()
        self._fail(why)

    def _late(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(TimeoutError())

    def _fail(self, why: str) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(Cut(why))


class Wire:
    """Calls to one server, at most `connections` at a time; more wait for their turn. Lives in one loop."""

    def __init__(self, connections: int) -> None:
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[_Line] = []
        self._busy: set[_Line] = set()
        self._tls: ssl.SSLContext | None = None

    async def call(
        self, method: str, url: str, headers: bytes, body: bytes, connect_seconds: float, seconds: float | None
    ) -> tuple[int, bytes]:
        """Make one call; return its status and body. `headers` are whole lines. Raises Cut or TimeoutError."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        head = f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n"
        async with self._slots:
            line = self._quiet_line() or await self._new_line(url, connect_seconds)
            self._busy.add(line)
            try:
                return await line.call(b"".join((head.encode("ascii"), headers, b"\r\n", body)), seconds)
            finally:
                self._busy.discard(line)
                if line.kept:
                    self._idle.append(line)
                else:
                    line.close()

    def close(self) -> None:
        """Close every connection, including those of calls under way."""
        for line in (*self._idle, *self._busy):
            line.close()
        self._idle.clear()

    def _quiet_line(self) -> _Line | None:
        """Return the idle connection that was used last; close those that were quiet for too long."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            line = self._idle.pop()
            if line.kept and now - line.quiet_since < KEPT_SECONDS:
                return line
            line.close()
        return None

    async def _new_line(self, url: str, seconds: float) -> _Line:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        if secure and self._tls is None:
            self._tls = ssl.create_default_context()
        loop = asyncio.get_running_loop()
        # Where IPv6 is broken, the other address is tried soon; uvloop cannot do that.
        both: dict[str, Any] = {"happy_eyeballs_delay": 0.25} if isinstance(loop, asyncio.BaseEventLoop) else {}
        try:
            async with asyncio.timeout(seconds):
                _, line = await loop.create_connection(
                    _Line,
                    parts.hostname or "",
                    parts.port or (443 if secure else 80),
                    ssl=self._tls if secure else None,
                    **both,
                )
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            raise Cut(type(error).__name__) from None
        return line
