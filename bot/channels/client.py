"""The HTTP clients behind the Telegram library: one on aiohttp, and the library's own on httpx.

Guards two rules: no address of a request reaches an exception (it holds the token), and no answer reaches a log.
The aiohttp one sends JSON, keeps connections alive, and costs about a quarter of the CPU of the other.
"""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
_JSON = {"Content-Type": "application/json", "User-Agent": BaseRequest.USER_AGENT}


def _parse(payload: bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise TelegramError("The answer was not JSON") from None
    if not isinstance(parsed, dict):
        raise TelegramError("The answer was not a JSON object")
    return parsed


def _seconds(given: Any, otherwise: float) -> float | None:
    return otherwise if given is BaseRequest.DEFAULT_NONE else given


class AiohttpRequest(BaseRequest):
    """Calls the Bot API through aiohttp, at most `connections` at a time. A cancelled call closes its connection."""

    __slots__ = ("_connections", "_session")

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer when a call does not say otherwise."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Opens the pool; needs a running loop. Opening twice is allowed."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=75.0, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        """Closes every connection. Closing twice is allowed."""
        if self._session is not None:
            await self._session.close()
            self._session = None

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
        """Status and body. Raises TimedOut or NetworkError, which name the kind of failure and never the address."""
        if self._session is None:
            raise NetworkError("The HTTP client is not open")
        data, headers = _body(request_data)
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_connect=_seconds(connect_timeout, CONNECT_SECONDS),
            sock_read=_seconds(read_timeout, READ_SECONDS),
        )
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut("No answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    parse_json_payload = staticmethod(_parse)


def _body(request: RequestData | None) -> tuple[Any, dict[str, str]]:
    if request is None:
        return None, {"User-Agent": BaseRequest.USER_AGENT}
    if not request.contains_files:
        return orjson.dumps(request.parameters), _JSON
    form = aiohttp.FormData()
    for name, value in request.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {"User-Agent": BaseRequest.USER_AGENT}


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
        """Status and body. Raises TimedOut or NetworkError without the address."""
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
    """The client called `name`, aiohttp or httpx. `transport` is one of httpx that replaces the network (tests).

    Raises ValueError for any other name.
    """
    if name == "httpx" or transport is not None:
        return QuietHTTPXRequest(
            connection_pool_size=connections,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            pool_timeout=READ_SECONDS,
            httpx_kwargs={"transport": transport} if transport is not None else None,
        )
    if name == "aiohttp":
        return AiohttpRequest(connections)
    raise ValueError(name)
