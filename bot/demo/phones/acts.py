"""What the page can do for a person: each act is a method of `Person`, with its values read and cut to size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request

from bot.demo.phones.person import Person
from bot.demo.standin.api.refusal import Refusal
from bot.demo.standin.world.files import Upload

Json = Mapping[str, Any]

BODY_BYTES = 12 * 1024 * 1024


def _tap(person: Person, given: Json) -> dict[str, Any]:
    # As on a phone: what its screen shows can be tapped, even when the bot has changed that card meanwhile.
    message, data = int(given["message_id"]), str(given["data"])
    if not data or not person.chat().known:
        raise LookupError("there is nothing to tap")
    return {"query": person.tap_stale(message, data)}


def _contact(person: Person, given: Json) -> dict[str, Any]:
    own, phone = bool(given.get("own", True)), str(given.get("phone", ""))[:20]
    return {"message_id": person.share_contact(own=own, phone=phone, first_name=str(given.get("first_name", ""))[:64])}


def _edit(person: Person, given: Json) -> dict[str, Any]:
    person.edit(int(given["message_id"]), str(given["text"]))
    return {}


def _block(person: Person, given: Json) -> dict[str, Any]:
    person.block()
    return {}


def _unblock(person: Person, given: Json) -> dict[str, Any]:
    person.unblock()
    return {}


ACTS: dict[str, Callable[[Person, Json], dict[str, Any]]] = {
    "say": lambda person, given: {"message_id": person.say(str(given["text"])[:20_000])},
    "start": lambda person, given: {"message_id": person.start(str(given.get("payload", "")))},
    "press": lambda person, given: {"message_id": person.press(str(given["text"]))},
    "media": lambda person, given: {"message_id": person.send(str(given["kind"]))},
    "tap": _tap,
    "contact": _contact,
    "edit": _edit,
    "block": _block,
    "unblock": _unblock,
}


async def upload(person: Person, request: Request) -> int:
    """Send the body of a request; its name and kind are in the address. Raises Refusal when it is too large."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > BODY_BYTES:
            raise Refusal(413, "Request Entity Too Large")
    name = request.query_params["name"][:100]
    kind = request.query_params.get("kind", "document")
    return person.send(kind, Upload(name, request.headers.get("content-type", ""), bytes(data)))
