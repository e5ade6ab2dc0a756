"""One call of the Bot API: its parameters as they came (JSON, form or multipart), read one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from bot.demo.standin.api.refusal import Refusal, bad
from bot.demo.standin.api.wording import Entity, read_html
from bot.demo.standin.world.files import Upload

Params = Mapping[str, Any]

BODY_BYTES = 55 * 1024 * 1024


async def read_params(scope: Scope, receive: Receive, send: Send) -> dict[str, Any]:
    """Read all parameters of a call, including those in the address. Raises Refusal for an unreadable body."""
    query = scope["query_string"]
    params: dict[str, Any] = dict(parse_qsl(query.decode(), keep_blank_values=True)) if query else {}
    if scope["method"] not in ("GET", "POST"):
        raise Refusal(405, "Method Not Allowed")
    kind = b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value
            break
    if kind.startswith(b"multipart/form-data"):
        async with Request(scope, receive, send).form(max_part_size=BODY_BYTES) as form:
            for name, part in form.multi_items():
                if isinstance(part, str):
                    params[name] = part
                else:
                    params[name] = Upload(part.filename or "", part.content_type or "", await part.read())
        return params
    body = await read_body(receive)
    if not body:
        return params
    if kind.startswith(b"application/json"):
        try:
            given = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise bad("can't parse JSON object") from None
        if not isinstance(given, dict):
            raise bad("expected JSON object")
        params.update(given)
    elif kind.startswith(b"application/x-www-form-urlencoded"):
        params.update(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return params


async def read_body(receive: Receive, limit: int = BODY_BYTES) -> bytes:
    """Read the whole body of a request. Raises Refusal when it is larger than `limit` bytes."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise Refusal(413, "Request Entity Too Large")
    return body


def number(params: Params, name: str, otherwise: int = 0) -> int:
    """Return a whole number; `otherwise` when it is missing or not one."""
    value = params.get(name)
    if type(value) is int:
        return value
    try:
        return int(str(value))
    except ValueError:
        return otherwise


def seconds(params: Params, name: str) -> float:
    """Return a number of seconds, 0 when it is missing."""
    try:
        return max(0.0, float(str(params.get(name, 0))))
    except ValueError:
        return 0.0


def words(params: Params, name: str) -> str:
    """Return a text; empty when it is missing."""
    value = params.get(name)
    return value if isinstance(value, str) else "" if value is None else str(value)


def flag(params: Params, name: str) -> bool:
    """Return yes or no, which came as JSON or as the words of a form."""
    value = params.get(name)
    return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")


def thing(params: Params, name: str) -> Any:
    """Return an object or a list, given as such or as JSON text; None when missing. Raises Refusal for broken JSON."""
    value = params.get(name)
    if isinstance(value, str):
        if not value:
            return None
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad(f"can't parse {name} JSON object") from None
    return value


def chat_id(params: Params) -> int | str:
    """Return the chat that a call is about; a name such as @somebody stays a word. Raises Refusal when missing."""
    value = params.get("chat_id")
    if type(value) is int:
        return value
    text = str(value or "").strip()
    if not text:
        raise bad("chat_id is empty")
    return int(text) if text.lstrip("-").isdigit() else text


def formatted(params: Params, name: str) -> tuple[str, list[Entity]]:
    """Return a text with its entities, trimmed as Telegram does. HTML is read; other parse modes are refused here."""
    text = words(params, name).strip()
    mode = words(params, "parse_mode").lower()
    if mode == "html":
        return read_html(text)
    if mode:
        raise bad("unsupported parse_mode")
    given = thing(params, "caption_entities" if name == "caption" else "entities")
    return text, given if isinstance(given, list) else []
