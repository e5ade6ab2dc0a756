"""The Bot API stand-in: a server that behaves like Telegram's, and serves the page with the phones.

It knows nothing of our bot. What a call does is in `methods`, what a person does in `person`; this module is only the
line.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.demo.phones.doors import Config, Invite, Move, no_config, no_invite, no_move, phone_routes
from bot.demo.standin.api.call import read_params
from bot.demo.standin.api.methods import call, full_name, get_updates
from bot.demo.standin.api.refusal import Refusal, unauthorized, unknown_method
from bot.demo.standin.guard import HOSTS, comes_to, is_from_elsewhere
from bot.demo.standin.webhook import carry
from bot.demo.standin.world.account import Account
from bot.demo.standin.world.world import World

_JSON = b"application/json"


class BotApi:
    """`/bot<token>/<method>` as an ASGI application of its own: nothing stands between it and the line."""

    def __init__(self, world: World, hosts: tuple[str, ...]) -> None:
        self.world, self.hosts = world, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call of a bot."""
        method = ""
        account: Account | None = None
        try:
            check_caller(scope, self.hosts)
            account = self._account(scope["path_params"]["token"])
            method = full_name(scope["path_params"]["method"])
            params = await read_params(scope, receive, send)
            account.faults.before(method)
            if method == "getUpdates":
                result = await get_updates(account, params)
            else:
                if account.faults.slow:
                    await asyncio.sleep(account.faults.slow)
                result = call(account, method, params)
            status, body, kind = 200, orjson.dumps({"ok": True, "result": result}), _JSON
        except Refusal as refusal:
            status, (body, kind) = refusal.code, refusal.written()
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if account is not None and account.faults.breaks(method):
            # Half an answer and no end: the server closes the connection when the application just returns.
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            return
        await send({"type": "http.response.body", "body": body})

    def _account(self, token: str) -> Account:
        account = self.world.holder(token)
        if account is None:
            number, _, secret = token.partition(":")
            raise unauthorized() if number.isdigit() and secret else unknown_method()
        return account


class BotFiles:
    """`/file/bot<token>/<path>`: the files to which getFile points."""

    def __init__(self, world: World, hosts: tuple[str, ...]) -> None:
        self.world, self.hosts = world, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one download."""
        try:
            check_caller(scope, self.hosts)
            if self.world.holder(scope["path_params"]["token"]) is None:
                raise unauthorized()
            file = self.world.files.at(scope["path_params"]["path"])
            if file is None:
                raise unknown_method()
        except Refusal as refusal:
            answer = Response(orjson.dumps(refusal.answer()), refusal.code, media_type="application/json")
        else:
            answer = Response(file.data, media_type="application/octet-stream")
        await answer(scope, receive, send)


def check_caller(scope: Scope, hosts: tuple[str, ...]) -> None:
    """Raise a Refusal when a page of another site calls the Bot API: the token of a demo is no secret."""
    if not comes_to(scope, hosts) or is_from_elsewhere(scope):
        raise Refusal(403, "Forbidden: not from here")


def standin_app(
    world: World,
    *,
    config: Config = no_config,
    invite: Invite = no_invite,
    move: Move = no_move,
    hosts: tuple[str, ...] = HOSTS,
) -> Starlette:
    """Make the whole server. `config` says which phones the page shows, `invite` makes an invitation's payload,
    `move` moves the clock so many hours ahead.

    They may be plain functions (they run in a thread) or coroutines. Everything is only served to those who came to one
    of `hosts`, and nothing is done for a page of another site.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        carriers = asyncio.create_task(carry(world))
        try:
            yield
        finally:
            world.close()
            carriers.cancel()
            await asyncio.gather(carriers, return_exceptions=True)

    return Starlette(
        routes=[
            Route("/bot{token}/{method}", BotApi(world, hosts)),
            Route("/file/bot{token}/{path:path}", BotFiles(world, hosts)),
            *phone_routes(world, config, invite, move, hosts),
        ],
        lifespan=lifespan,
    )


class StandinServer(uvicorn.Server):
    """A uvicorn that ends the long polls and the listening pages before it waits for them."""

    def __init__(self, world: World, app: Starlette, **settings: Any) -> None:
        plain: Mapping[str, Any] = {"log_level": "warning", "access_log": False, "timeout_graceful_shutdown": 5}
        super().__init__(uvicorn.Config(app, **{**plain, **settings}))
        self._world = world

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, on sockets that send at once."""
        # asyncio only switches Nagle's algorithm off on sockets that were opened by address; on a given one each
        # answer (a head and a body) would wait 40 ms for the other side. Accepted connections inherit this.
        for listener in sockets or ():
            if listener.family in (socket.AF_INET, socket.AF_INET6):
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer everybody who waits at once; then shut down as uvicorn does."""
        self._world.close()
        await super().shutdown(sockets)
