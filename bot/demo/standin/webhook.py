"""Updates brought to a webhook instead of being fetched: in order per chat, and again until they arrive."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import orjson

from bot.demo.standin.api.methods import METHODS, call
from bot.demo.standin.api.refusal import Refusal
from bot.demo.standin.world.account import Account, Hook, Update
from bot.demo.standin.world.world import World

ANSWER_SECONDS = 60.0
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 60.0


async def carry(world: World) -> None:
    """Serve the webhooks of all bots until cancelled."""
    async with asyncio.TaskGroup() as group:
        served: dict[str, Hook] = {}
        while not world.closed:
            for bot in world.bots:
                if bot.hook is not None and served.get(bot.token) is not bot.hook:
                    served[bot.token] = bot.hook
                    group.create_task(_serve(bot, bot.hook))
            await world.hooks.wait()


async def _serve(bot: Account, hook: Hook) -> None:
    """Serve one webhook until it is taken away: per chat one update at a time, over chats side by side."""
    lines: list[_Line] = []
    under_way: dict[int, asyncio.Task[None]] = {}
    chats: set[int] = set()

    def landed(number: int, chat: int) -> None:
        under_way.pop(number, None)
        chats.discard(chat)
        bot.bell.ring()

    try:
        while bot.hook is hook and not bot.closed:
            for number, update in list(bot.queue.items()):
                if len(under_way) >= hook.connections:
                    break
                chat = _chat_of(update)
                if number in under_way or chat in chats:
                    continue
                chats.add(chat)
                task = asyncio.create_task(_deliver(bot, hook, update, lines))
                under_way[number] = task
                task.add_done_callback(lambda _, number=number, chat=chat: landed(number, chat))  # type: ignore[misc]
            await bot.bell.wait()
    finally:
        for task in list(under_way.values()):
            task.cancel()
        for line in lines:
            line.close()


async def _deliver(bot: Account, hook: Hook, update: Update, lines: list[_Line]) -> None:
    pause = FIRST_PAUSE
    body = orjson.dumps(update)
    while bot.hook is hook and not bot.closed:
        line = lines.pop() if lines else _Line(hook)
        try:
            status, answer = await asyncio.wait_for(line.post(body), ANSWER_SECONDS)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            line.close()
            problem = f"{type(error).__name__}: {error}"
        else:
            lines.append(line)
            if 200 <= status < 300:
                bot.drop([update["update_id"]])
                _obey(bot, answer)
                return
            problem = f"Wrong response from the webhook: {status}"
        hook.last_error, hook.last_error_at = problem, int(bot.clock())
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


def _obey(bot: Account, answer: bytes) -> None:
    """Carry out a method in the webhook's own answer; nobody hears how it went."""
    with suppress(ValueError, TypeError, Refusal):
        wish: Any = orjson.loads(answer) if answer else None
        if isinstance(wish, dict) and wish.get("method") in METHODS:
            call(bot, wish["method"], wish)


def _chat_of(update: Update) -> int:
    for body in update.values():
        if isinstance(body, dict):
            chat = body.get("chat") or body.get("message", {}).get("chat") or body.get("from") or {}
            return int(chat.get("id", 0))
    return 0


class _Line:
    """One kept connection to a webhook: HTTP/1.1, as little of it as is needed."""

    def __init__(self, hook: Hook) -> None:
        self._parts = urlsplit(hook.url)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        path = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
        secret = f"X-Telegram-Bot-Api-Secret-Token: {hook.secret}\r\n" if hook.secret else ""
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._parts.netloc}\r\nContent-Type: application/json\r\n"
            f"{secret}Content-Length: "
        ).encode()

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Send one update; return status and body of the answer.

        Raises OSError, EOFError or ValueError when the line is bad.
        """
        if self._streams is None:
            secure = self._parts.scheme == "https"
            port = self._parts.port or (443 if secure else 80)
            context = ssl.create_default_context() if secure else None
            self._streams = await asyncio.open_connection(self._parts.hostname, port, ssl=context)
        reader, writer = self._streams
        writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        status = int((await reader.readuntil(b"\r\n")).split(None, 2)[1])
        headers: dict[bytes, bytes] = {}
        while (row := await reader.readuntil(b"\r\n")) != b"\r\n":
            name, _, value = row.partition(b":")
            headers[name.strip().lower()] = value.strip()
        answer = await self._body(reader, headers)
        if headers.get(b"connection", b"").lower() == b"close":
            self.close()
        return status, answer

    async def _body(self, reader: asyncio.StreamReader, headers: dict[bytes, bytes]) -> bytes:
        if b"content-length" in headers:
            return await reader.readexactly(int(headers[b"content-length"]))
        if headers.get(b"transfer-encoding", b"").lower() != b"chunked":
            return b""
        parts = []
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(parts)
