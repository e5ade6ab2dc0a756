"""The door for webhooks: Telegram brings updates to `/hook/<wijk>`, and `/healthz` says whether we can take them.

Guards two rules: a caller who does not know the secret is refused before anything is read, and 200 means committed. An
update that nobody can read is recorded and gets its 200 as well: if it were refused, it would come again for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.messages.message import Incoming
from bot.runtime.intake.arrivals import Arrivals
from bot.runtime.intake.door import shows
from bot.runtime.intake.health import Health
from bot.runtime.intake.outage import Unavailable
from bot.runtime.reading import NotJson, read_json

BODY_BYTES = 1024 * 1024
"""An update is a few thousand bytes. When a body is much larger, only its beginning is kept, and it is recorded."""

AGAIN = {"Retry-After": "1"}

AnswerTo = Callable[[Incoming], Mapping[str, Any] | None]


def hook_app(
    arrivals: Mapping[str, Arrivals], secret: str, health: Health, answer_to: AnswerTo = lambda _: None
) -> Starlette:
    """Make the application.

    `answer_to` gives the call that goes along in the answer to an update, if there is one; nobody waits for its result.
    """

    async def hook(request: Request) -> Response:
        if not shows(request.scope["headers"], secret):
            return Response(status_code=403)
        here = arrivals.get(request.path_params["wijk"])
        if here is None:
            return Response(status_code=404)
        body = bytearray()
        try:
            async for part in request.stream():
                body += part[: BODY_BYTES + 1 - len(body)]
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            heard = await here.take(_read(bytes(body)))
        except Unavailable:
            return Response(status_code=503, headers=AGAIN)
        call = answer_to(heard) if heard is not None else None
        if call is None:
            return Response()
        return Response(orjson.dumps(call), media_type="application/json")

    async def told(_request: Request) -> Response:
        if await health.good():
            return Response("ok\n", media_type="text/plain")
        return Response("the store is away\n", 503, media_type="text/plain")

    return Starlette(routes=[Route("/hook/{wijk}", hook, methods=["POST"]), Route("/healthz", told)])


def _read(body: bytes) -> Any:
    """Return the update; a body that is not JSON, or too long for an update, comes back as bytes."""
    if len(body) > BODY_BYTES:
        return body
    try:
        return read_json(body)
    except NotJson:
        return body
