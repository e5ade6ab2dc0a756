"""The HTTP clients behind the Telegram library: a lean one on httptools, and the library's own on httpx.

Guards two rules: no address of a request reaches an exception (it holds the token), and no answer reaches a log.
The lean one sends JSON and knows no proxies; it costs a small part of the CPU of the other (`docs/speed.md`).
"""

from __future__ import annotations

from typing import Any

import orjson
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.runtime.reading import NotJson, read_json, trace
from bot.runtime.telegram.http import Cut, Wire

FILES_AT_A_TIME = 4
"""The most files that are sent at a time."""

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
_HEADERS = f"Content-Type: application/json\r\nUser-Agent: {BaseRequest.USER_AGENT}\r\n".encode("ascii")


class NotAnAnswer(TelegramError):
    """The bytes that came are not an answer of the Bot API. `trace` holds the id of the first update in them."""

    def __init__(self, message: str, trace: bytes = b"") -> None:
        super().__init__(message)
        self.trace = trace


def _parse(payload: bytes) -> dict[str, Any]:
    try:
        parsed = read_json(payload)
    except NotJson:
        raise NotAnAnswer("The answer was not JSON", trace(payload)) from None
    if not isinstance(parsed, dict) or parsed.keys().isdisjoint(("result", "description")):
        raise NotAnAnswer("The answer was not one of the Bot API")
    return {"result": None, **parsed}  # the library takes the result without a look


def _seconds(given: Any, otherwise: float) -> float | None:
    return otherwise if given is BaseRequest.DEFAULT_NONE else given


class HttptoolsRequest(BaseRequest):
    """Calls the Bot API through a `Wire`, at most `connections` at a time. A cancelled call closes its connection."""

    __slots__ = ("_connections", "_wire")

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._wire: Wire | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer when a call does not say otherwise."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Open the pool; needs a running loop. Opening twice is allowed."""
        if self._wire is None:
            self._wire = Wire(self._connections)

    async def shutdown(self) -> None:
        """Close every connection. Closing twice is allowed."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call; return status and body.

        Raises TimedOut or NetworkError, which name the kind of failure and never the address. Files cannot be sent
        (ValueError): `files.py` does that.
        """
        if self._wire is None:
            raise NetworkError("The HTTP client is not open")
        if request_data is not None and request_data.contains_files:
            raise ValueError("this client sends no files")
        body = b"" if request_data is None else orjson.dumps(request_data.parameters)
        try:
            return await self._wire.call(
                method,
                url,
                _HEADERS,
                body,
                _seconds(connect_timeout, CONNECT_SECONDS) or CONNECT_SECONDS,
                _seconds(read_timeout, READ_SECONDS),
            )
        except TimeoutError:
            raise TimedOut("No answer in time") from None
        except Cut as cut:
            raise NetworkError(str(cut)) from None

    parse_json_payload = staticmethod(_parse)


class QuietHTTPXRequest(HTTPXRequest):
    """The library's own client, whose failures do not carry the address and whose answers are not logged."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call; return status and body. Raises TimedOut or NetworkError without the address."""
        try:
            return await super().do_request(
                url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
            )
        except TimedOut:
            raise TimedOut("No answer in time") from None
        except NetworkError as error:
            raise NetworkError(type(error.__cause__ or error).__name__) from None

    parse_json_payload = staticmethod(_parse)


def client_named(name: str, connections: int, transport: Any = None) -> BaseRequest:
    """Return the client called `name`, httptools or httpx.

    `transport` is one of httpx that replaces the network (tests). Raises ValueError for any other name.
    """
    if name == "httpx" or transport is not None:
        return QuietHTTPXRequest(
            connection_pool_size=connections,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            pool_timeout=READ_SECONDS,
            httpx_kwargs={"transport": transport} if transport is not None else None,
        )
    if name == "httptools":
        return HttptoolsRequest(connections)
    raise ValueError(name)
