"""The connections of `serve`: how many are open, how long a request may take, how large its head may be.

Guards the rule that nobody without the secret can hold the door. What uvicorn offers is not enough: it limits how long
a connection may be idle after an answer, but not how long a request takes or how long its head is. Its
`limit_concurrency` counts connections that say nothing, and refuses who comes next: that would be Telegram.
"""

from __future__ import annotations

import asyncio
import hmac
import socket
from asyncio.events import TimerHandle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from bot.runtime.signals import stop_on_signals

SECRET = "x-telegram-bot-api-secret-token"

REQUEST_SECONDS = 10.0
"""A request must be here, head and body, so long after its connection was made or its first byte came."""

HEAD_BYTES = 16 * 1024
"""The most that the head of a request may hold; that of Telegram, with all that proxies add, is far below 2,000."""

STRANGERS = 256
"""So many connections at most are open that have not shown the secret. More of them take the place of the oldest."""

QUEUE = 2048
"""So many connections may wait until we accept them."""

ACCEPTED = 128
"""So many are accepted before we look at any: a flood does not use up the files that a process may open."""

IDLE_SECONDS = 75
"""Telegram may keep a connection so long between two updates."""


Headers = Iterable[tuple[bytes, bytes]]


def shows(headers: Headers, secret: str) -> bool:
    """Return whether the secret is in these headers, whose names are in small letters."""
    wanted = SECRET.encode()
    given = next((value for name, value in headers if name == wanted), b"")
    return hmac.compare_digest(given, secret.encode())


class Door(ServerState):
    """Knows who showed the secret, and which connections did not yet."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret
        self._strangers: dict[str, dict[Connection, None]] = {}

    def knows(self, headers: Headers) -> bool:
        """Return whether the sender of these headers knows the secret."""
        return shows(headers, self._secret)

    def admit(self, stranger: Connection) -> None:
        """Count a connection that is new. When there are too many, close the oldest of the busiest address."""
        if sum(map(len, self._strangers.values())) >= STRANGERS:
            busiest = max(self._strangers, key=lambda address: len(self._strangers[address]))
            next(iter(self._strangers[busiest])).hang_up()
        self._strangers.setdefault(stranger.address, {})[stranger] = None

    def forget(self, stranger: Connection) -> None:
        """Stop counting a connection: it has shown the secret, or it is closed."""
        there = self._strangers.get(stranger.address, {})
        there.pop(stranger, None)
        if not there:
            self._strangers.pop(stranger.address, None)


class Connection(HttpToolsProtocol):
    """A connection of uvicorn that is closed when a request takes too long or its head is too large.

    A caller who does not show the secret gets one answer and is hung up on.
    """

    server_state: Door

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: Door,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.address = ""
        self._patience: TimerHandle | None = None
        self._in_head = True
        self._bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and give it some time for its first request."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self.server_state.admit(self)
        self._expect_a_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting it."""
        self._stop_expecting()
        self.server_state.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and hang up when the head has become too large."""
        if self.cycle is None or self.cycle.response_complete:
            self._expect_a_request()
        self._bytes += len(data)
        super().data_received(data)
        if self._in_head and self._bytes > HEAD_BYTES:
            self.hang_up()

    def on_message_begin(self) -> None:
        """Give the request some time; also one that came in the same bytes as the end of another."""
        super().on_message_begin()
        self._in_head = True
        self._expect_a_request()

    def on_headers_complete(self) -> None:
        """Look at the secret, before anything of the body is read."""
        self._in_head = False
        super().on_headers_complete()
        if self.server_state.knows(self.headers):
            self.server_state.forget(self)
        else:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """The request is here: from now on it is us who take the time."""
        super().on_message_complete()
        self._in_head, self._bytes = True, 0
        self._stop_expecting()

    def hang_up(self) -> None:
        """Close the connection at once, whatever it still has to read or to write."""
        self.server_state.forget(self)
        self.transport.abort()

    def _expect_a_request(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(REQUEST_SECONDS, self.hang_up)

    def _stop_expecting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def listener(host: str, port: int) -> socket.socket:
    """Return a socket that processes of one machine may share: the system divides the connections. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.bind((host, port))
        line.listen(QUEUE)
    except OSError:
        line.close()
        raise
    return line


class Server(uvicorn.Server):
    """A uvicorn that, on SIGTERM or SIGINT, answers all that it accepted and ends with exit code 0."""

    def __init__(self, app: Starlette, secret: str) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",  # a stranger who sends nonsense fills no log
                access_log=False,
                server_header=False,
                backlog=ACCEPTED,
                timeout_keep_alive=IDLE_SECONDS,
                timeout_graceful_shutdown=20,
            )
        )
        self.server_state = Door(secret)

    def stop(self) -> None:
        """Accept nothing more; `serve` ends when what was accepted is answered."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, with more room for those who wait than are accepted in one go."""
        await super().startup(sockets)
        for line in sockets or ():
            line.listen(QUEUE)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on both signals, and do not raise them again afterwards."""
        with stop_on_signals(self.stop):
            yield
