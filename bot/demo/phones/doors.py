"""The page with the phones, and the doors through which it acts: everything that a person does, and not a bot."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.demo.phones.acts import ACTS, Json, upload
from bot.demo.phones.person import Person
from bot.demo.standin.api.profile import commands_for
from bot.demo.standin.api.refusal import Refusal
from bot.demo.standin.guard import comes_to, is_from_elsewhere
from bot.demo.standin.world.chat import Chat
from bot.demo.standin.world.journal import Change
from bot.demo.standin.world.world import World, shown_person

Config = Callable[[], Json | Awaitable[Json]]
Invite = Callable[[Json], str | Awaitable[str]]
Move = Callable[[int], datetime]

PEOPLE = 500
HEARTBEAT_SECONDS = 15.0

_FOLDER = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_GUARD = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_FORM_TYPES = ("text/plain", "multipart/form-data", "application/x-www-form-urlencoded")
_SHOWN_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg")


def no_config() -> Json:
    """Return the page of a stand-in that runs alone: one resident, no partners."""
    return {"phones": [{"kind": "resident", "id": 1001, "name": "Fatma", "language_code": "nl"}], "partners": []}


def no_invite(wish: Json) -> str:
    """Refuse an invitation: nobody can be invited to a stand-in that runs alone."""
    raise LookupError("no invitations here")


def no_move(hours: int) -> datetime:
    """Refuse to move the clock: a stand-in that runs alone has none."""
    raise LookupError("no clock here")


def phone_routes(world: World, config: Config, invite: Invite, move: Move, hosts: tuple[str, ...]) -> list[Route]:
    """Return all routes of the page."""
    page = _Page(world, config, invite, move)
    doors: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
        ("GET", "/", page.file),
        ("GET", "/page/{name}", page.file),
        ("GET", "/events", page.events),
        ("GET", "/state", page.state),
        ("GET", "/media/{file}", page.media),
        ("GET", "/demo/config", page.config),
        ("POST", "/demo/invite", page.invite),
        ("POST", "/demo/clock", page.clock),
        ("POST", "/people", page.add),
        ("POST", "/people/{person:int}/{act}", page.act),
    ]
    return [Route(path, _guarded(door, hosts), methods=[method]) for method, path, door in doors]


def _guarded(
    door: Callable[[Request], Awaitable[Response]], hosts: tuple[str, ...]
) -> Callable[[Request], Awaitable[Response]]:
    """Refuse requests of another page, or to another name for this address; a browser that came by itself may pass."""

    async def guarded(request: Request) -> Response:
        scope = request.scope
        if not comes_to(scope, hosts) or (request.method == "POST" and is_from_elsewhere(scope)):
            return _json({"error": "not from here"}, 403)
        # A form of another page can only send these three; everything else asks first, and gets no permission.
        if request.headers.get("content-type", "").partition(";")[0].strip() in _FORM_TYPES:
            return _json({"error": "JSON only"}, 415)
        try:
            response = await door(request)
        except Refusal as refusal:
            response = _json({"error": refusal.description}, refusal.code)
        except LookupError as error:
            response = _json({"error": str(error)}, 404)
        except (ValueError, TypeError) as error:
            response = _json({"error": str(error)}, 400)
        for name, value in _GUARD.items():
            response.headers.setdefault(name, value)
        return response

    return guarded


class _Page:
    def __init__(self, world: World, config: Config, invite: Invite, move: Move) -> None:
        self.world = world
        self._config = config
        self._invite = invite
        self._move = move

    async def file(self, request: Request) -> Response:
        """Send the page itself and what belongs to it."""
        path = _FOLDER / request.path_params.get("name", "phones.html")
        if path.parent != _FOLDER or not path.is_file() or path.suffix not in _TYPES:
            return _json({"error": "no such page"}, 404)
        return Response(path.read_bytes(), media_type=_TYPES[path.suffix])

    async def config(self, request: Request) -> Response:
        """Say which phones there are; the people on them exist from now on."""
        found = dict(await _settled(self._config))
        bot = self.world.bots[0] if self.world.bots else None
        if bot is not None:
            found.setdefault("bot", {"name": bot.name, "username": bot.username})
        for phone in found.get("phones", ()):
            self.world.person(phone["id"], phone["name"], phone.get("language_code", ""))
        return _json(found)

    async def invite(self, request: Request) -> Response:
        """Make a start payload with which a person becomes a member of a partner, or coordinator."""
        wish = await _read(request)
        return _json({"payload": await _settled(self._invite, wish)})

    async def clock(self, request: Request) -> Response:
        """Move the clock of the bot ahead, and say what time it is there."""
        hours = (await _read(request)).get("hours")
        if not isinstance(hours, int) or isinstance(hours, bool):
            raise ValueError("hours is a whole number")
        return _json({"now": (await _settled(self._move, hours)).isoformat()})

    async def state(self, request: Request) -> Response:
        """Send everything that the phones show now, and the number of the last change in it."""
        journal = self.world.journal
        people = [{**shown_person(person), **self._shown(person)} for person in self.world.people.values()]
        return _json({"boot": journal.boot, "number": journal.number, "people": people})

    def _shown(self, person: Person) -> dict[str, Any]:
        if not self.world.bots:
            return {"messages": []}
        bot = self.world.bots[0]
        chat = bot.chats.get(person.id)
        commands = commands_for(bot, person.id, person.language_code)
        language = person.language_code[:2]
        description = bot.profile.get(("description", language)) or bot.profile.get(("description", ""), "")
        told = {"commands": commands, "description": description}
        return {**told, **(_shown_chat(chat) if chat else {"messages": []})}

    async def add(self, request: Request) -> Response:
        """Add a person; with an id that is known already, send that person."""
        given = await _read(request)
        if len(self.world.people) >= PEOPLE:
            raise ValueError("there are enough phones on this page")
        name = str(given.get("first_name", ""))[:64].strip()
        id_ = given.get("id")
        if id_ is not None and (not isinstance(id_, int) or not 0 < id_ < 2**52):
            raise ValueError("an id is a positive whole number")
        person = self.world.person(id_, name, str(given.get("language_code", ""))[:8])
        return _json({**shown_person(person), **self._shown(person)}, 201)

    async def act(self, request: Request) -> Response:
        """Carry out what a person does; the answer names the message or the query that came of it."""
        person = self.world.people.get(request.path_params["person"])
        if person is None:
            raise LookupError("nobody has that phone")
        act = request.path_params["act"]
        if act == "media" and "name" in request.query_params:
            return _json({"message_id": await upload(person, request)})
        return _json(ACTS[act](person, await _read(request)))

    async def media(self, request: Request) -> Response:
        """Send a picture, a sound or a download. Only plain pictures and sounds are shown, all else is saved."""
        file = self.world.files.get(request.path_params["file"])
        if file is None:
            raise LookupError("that file is gone")
        shown = file.type if file.type in _SHOWN_TYPES else "application/octet-stream"
        headers = {"Cache-Control": "private, max-age=3600, immutable"}
        if shown == "application/octet-stream":
            headers["Content-Disposition"] = "attachment"
        return Response(file.data, media_type=shown, headers=headers)

    async def events(self, request: Request) -> Response:
        """Send everything that changes, as it happens; go on where Last-Event-ID stopped."""
        journal = self.world.journal
        last = request.headers.get("last-event-id") or request.query_params.get("after", "")
        boot, _, number = last.partition(".")
        start = int(number) if boot == journal.boot and number.isdigit() else -1
        return StreamingResponse(
            self._stream(start), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    async def _stream(self, number: int) -> AsyncIterator[bytes]:
        journal, loop = self.world.journal, asyncio.get_running_loop()
        yield b"retry: 800\n\n"
        while not self.world.closed:
            changes = journal.since(number) if number >= 0 else None
            if changes is None:
                number = journal.number
                yield _event(f"{journal.boot}.{number}", "reset", b"{}")
            elif changes:
                number = changes[-1].number
                yield b"".join(map(self._told, changes))
            else:
                quiet = loop.time()
                await journal.bell.wait(HEARTBEAT_SECONDS)
                if loop.time() - quiet >= HEARTBEAT_SECONDS:
                    yield b": still here\n\n"

    def _told(self, change: Change) -> bytes:
        body = orjson.dumps({"chat": change.chat, **change.facts})
        return _event(f"{self.world.journal.boot}.{change.number}", change.kind, body)


def _shown_chat(chat: Chat) -> dict[str, Any]:
    toasts = {"keyboard": chat.keyboard, "waiting": chat.waiting, "blocked": chat.blocked, "read_to": chat.read_to}
    return {"messages": chat.shown, **toasts}


async def _read(request: Request) -> Json:
    body = await request.body()
    given = orjson.loads(body) if body else {}
    if not isinstance(given, dict):
        raise ValueError("an object was expected")
    return given


async def _settled(ask: Callable[..., Any], *args: Any) -> Any:
    """Return the answer of a plain function (in a thread, because it may ask the store) or of a coroutine."""
    answer = await ask(*args) if inspect.iscoroutinefunction(ask) else await run_in_threadpool(ask, *args)
    return await answer if inspect.isawaitable(answer) else answer


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


def _event(number: str, kind: str, body: bytes) -> bytes:
    return f"id: {number}\nevent: {kind}\ndata: ".encode() + body + b"\n\n"
