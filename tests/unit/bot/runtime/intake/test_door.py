"""The connections of `serve`, over real sockets: nobody without the secret can hold the door, and Telegram gets in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from bot.runtime.intake import door as door_module
from bot.runtime.intake.door import HEAD_BYTES, REQUEST_SECONDS, Server, listener
from db.store import Store
from tests.unit.bot.runtime.intake.test_webhook import WORD, door
from tests.unit.bot.runtime.line import WIJK

HELLO = f"POST /hook/{WIJK} HTTP/1.1\r\nHost: bot\r\n".encode()
KNOWN = HELLO + f"X-Telegram-Bot-Api-Secret-Token: {WORD}\r\n".encode()
SILENT_UPDATE = {"update_id": 1, "poll": {}}
PATIENCE = 30.0
"""Seconds after which a caller gives up; nothing waits that long unless it is broken."""

DELIVERIES = 40
"""So many updates at a time Telegram brings to a bot, unless it is told otherwise."""


class MovedLoop(asyncio.SelectorEventLoop):
    """A loop whose clock a test can put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


@dataclass
class Caller:
    """One connection to the door."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        with suppress(ConnectionError):
            await self.writer.drain()

    async def answer(self) -> tuple[int, bytes]:
        """The status of the next answer and its head; 0 when there is none because the connection was closed."""
        try:
            async with asyncio.timeout(PATIENCE):
                head = await self.reader.readuntil(b"\r\n\r\n")
                rows = head.lower().split(b"\r\n")
                size = next((int(row[15:]) for row in rows if row.startswith(b"content-length")), 0)
                await self.reader.readexactly(size)
        except (ConnectionError, asyncio.IncompleteReadError):
            return 0, b""
        return int(head.split()[1]), head.lower()

    async def rest(self) -> bytes:
        """Everything that still comes until the connection is closed."""
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                return await self.reader.read()
        return b""


@dataclass
class Street:
    """Where the door is. All who came are sent away at the end."""

    port: int
    server: Server
    callers: list[Caller]

    async def come(self, address: str = "127.0.0.1") -> Caller:
        caller = Caller(*await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0)))
        self.callers.append(caller)
        return caller

    async def settle(self) -> None:
        """Lets the server take what was sent to it."""
        for _ in range(20):
            await asyncio.sleep(0)


def request(update: Any, head: bytes = KNOWN) -> bytes:
    """A whole delivery."""
    body = orjson.dumps(update)
    return head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


@asynccontextmanager
async def street(store: Store) -> AsyncIterator[Street]:
    """The door on a real socket, with the protocol that `serve` uses."""
    async with door(store) as at:
        server = Server(at.app, WORD)
        config = server.config
        config.load()
        protocol: Any = config.http_protocol_class
        line = listener("127.0.0.1", 0)
        here = await asyncio.get_running_loop().create_server(
            lambda: protocol(config=config, server_state=server.server_state, app_state={}),
            sock=line,
            backlog=config.backlog,
        )
        callers: list[Caller] = []
        try:
            yield Street(line.getsockname()[1], server, callers)
        finally:
            for caller in callers:
                caller.writer.transport.abort()
            here.close()
            for one in list(server.server_state.connections):
                one.transport.abort()
            if server.server_state.tasks:
                await asyncio.wait(list(server.server_state.tasks))


def play(store: Store, scene: Callable[[Street, MovedLoop], Coroutine[Any, Any, None]]) -> None:
    """Play a scene in a loop of its own, whose clock it may move."""
    loop = MovedLoop()

    async def go() -> None:
        async with street(store) as here:
            await scene(here, loop)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(go())


async def test_telegram_brings_forty_large_updates_at_once_while_500_sockets_hang(store: Store) -> None:
    async with street(store) as here:
        begun = [b"", b"G", KNOWN[:30], HELLO, HELLO + b"X-Slow: ", b"\r\n", b"GET /healthz HTTP/1.1\r\n"]
        for number in range(500):
            await (await here.come()).say(begun[number % len(begun)])
        large = {"update_id": 1, "poll": {"question": "x" * 900_000}}

        async def bring() -> list[int]:
            caller = await here.come()
            found = []
            for _ in range(2):  # the second one on the connection that was kept
                await caller.say(request(large))
                found.append((await caller.answer())[0])
            return found

        assert await asyncio.gather(*(bring() for _ in range(DELIVERIES))) == [[200, 200]] * DELIVERIES
        assert len(here.server.server_state.connections) < 400


def test_a_connection_that_brings_no_request_in_time_is_closed(store: Store) -> None:
    begun = {
        "nothing": b"",
        "an empty line": b"\r\n",
        "half a head": HELLO,
        "half a header": KNOWN[:-10],
        "a head with the secret": KNOWN + b"Content-Length: 100\r\n\r\n",
        "half a body with the secret": KNOWN + b"Content-Length: 100\r\n\r\n{",
        "half a chunk with the secret": KNOWN + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        "the beginning of a second request": request(SILENT_UPDATE) + KNOWN,
    }

    async def scene(here: Street, loop: MovedLoop) -> None:
        for what, data in begun.items():
            caller = await here.come()
            await caller.say(data)
            if data.endswith(KNOWN) and data != KNOWN:
                assert (await caller.answer())[0] == 200
            await here.settle()
            assert here.server.server_state.connections, what
            loop.ahead += REQUEST_SECONDS
            assert await caller.rest() == b"", what
            await here.settle()
            assert not here.server.server_state.connections, what

    play(store, scene)


def test_a_byte_a_second_does_not_hold_a_connection(store: Store) -> None:
    slow = {
        "a head": KNOWN + b"X-Slow: 1234567890",
        "empty lines": b"\r\n" * 12,
        "a body": request({"update_id": 1, "poll": {"question": "x" * 30}}),
    }

    async def scene(here: Street, loop: MovedLoop) -> None:
        for what, data in slow.items():
            for kept in (False, True):
                caller = await here.come()
                if kept:
                    await caller.say(request(SILENT_UPDATE))
                    assert (await caller.answer())[0] == 200
                for place in range(len(data) - 20, len(data)):
                    await caller.say(data[: place + 1] if place == len(data) - 20 else data[place : place + 1])
                    await here.settle()
                    loop.ahead += 1
                assert await caller.rest() == b"", what
                await here.settle()
                assert not here.server.server_state.connections, what

    play(store, scene)


def test_a_request_that_comes_just_in_time_is_answered_and_the_next_one_has_as_much_time(store: Store) -> None:
    async def scene(here: Street, loop: MovedLoop) -> None:
        caller = await here.come()
        whole = request(SILENT_UPDATE)
        for _ in range(4):
            await caller.say(whole[:100])
            await here.settle()
            loop.ahead += REQUEST_SECONDS - 1
            await caller.say(whole[100:])
            assert (await caller.answer())[0] == 200
            loop.ahead += REQUEST_SECONDS + 1  # between two updates Telegram may be silent

    play(store, scene)


async def test_who_does_not_know_the_secret_gets_one_answer_before_anything_of_the_body_is_read(store: Store) -> None:
    wrong = [b"", b"X-Telegram-Bot-Api-Secret-Token: a-secret-of-the-test\r\n", b"X-Telegram-Bot-Api-Secret-Token:\r\n"]
    asked = [(HELLO + each + b"Content-Length: 1000000000\r\n\r\n", 403) for each in wrong]
    asked += [(HELLO + each + b"Transfer-Encoding: chunked\r\n\r\n", 403) for each in wrong]
    asked += [
        (b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n", 200),
        (b"GET /nothing HTTP/1.1\r\nHost: bot\r\n\r\n", 404),
        (b"GET /healthz HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", 200),
        (b"POST /hook/\xff HTTP/1.1\r\nHost: bot\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ]
    async with street(store) as here:
        for data, status in asked:
            caller = await here.come()
            await caller.say(data)
            found, head = await caller.answer()
            assert (found, b"connection: close" in head) == (status, True), data
            assert await caller.rest() == b"", data


async def test_a_head_that_does_not_end_is_not_read_on(store: Store) -> None:
    endless = [HELLO + b"X-Long: ", HELLO + b"X-Many: 1\r\nX-", b"GET /", b"A", KNOWN + b"X-Long: "]
    async with street(store) as here:
        for begin in endless:
            caller = await here.come()
            await caller.say(begin)
            for _ in range(HEAD_BYTES // 256 + 8):
                await caller.say(b"x" * 256)
            assert (await caller.rest())[:12] in (b"", b"HTTP/1.1 400"), begin
            await here.settle()
            assert not here.server.server_state.connections


def test_strangers_make_room_at_the_address_that_has_most_of_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "STRANGERS", 6)

    async def scene(here: Street, loop: MovedLoop) -> None:
        telegram = await here.come()
        await telegram.say(request(SILENT_UPDATE))
        assert (await telegram.answer())[0] == 200
        quiet = [await here.come("127.0.0.2") for _ in range(2)]
        noisy = [await here.come() for _ in range(30)]
        assert [await one.rest() for one in noisy[:-4]] == [b""] * 26
        for one in [*quiet, *noisy[-4:], telegram]:
            await one.say(request(SILENT_UPDATE))
            assert (await one.answer())[0] == 200

    play(store, scene)
