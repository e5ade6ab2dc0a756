"""The stand-in over real sockets: cut answers, a clean end, and updates brought to a webhook."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from starlette.types import Receive, Scope, Send
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, NetworkError

from bot.demo.standin.api.call import read_body
from bot.demo.standin.server import StandinServer, standin_app
from bot.demo.standin.world.world import World
from tests.unit.bot.demo.standin_line import library_bot, texts_of


@asynccontextmanager
async def served(world: World, app: Any = None) -> AsyncIterator[str]:
    """The address of a stand-in (or of another application) on a free port; stopped at the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = StandinServer(world, app or standin_app(world), lifespan="on" if app is None else "off")
    running = asyncio.create_task(server.serve([listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(running, 60)


@pytest.fixture
def world() -> World:
    fresh = World()
    fresh.bot()
    return fresh


async def test_a_cut_answer_is_a_network_error_but_the_message_is_sent(world: World) -> None:
    person = world.person(1001)
    person.start()
    async with served(world) as address, library_bot(world.bots[0], address) as bot:
        world.bots[0].faults.cut(methods=["sendMessage"])
        with pytest.raises(NetworkError):
            await bot.send_message(1001, "half")
        assert person.chat().last["text"] == "half"
        world.bots[0].faults.slow = 0.01
        await bot.send_message(1001, "heel")
        assert person.chat().last["text"] == "heel"


async def test_a_given_socket_sends_at_once(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = StandinServer(world, standin_app(world))
        running = asyncio.create_task(server.serve([listener]))
        for _ in range(2000):
            if server.started:
                break
            await asyncio.sleep(0.001)
        with socket.create_connection(listener.getsockname()):
            assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        server.should_exit = True
        await asyncio.wait_for(running, 60)


async def test_the_server_ends_at_once_although_somebody_polls(world: World) -> None:
    async with served(world) as address:
        bot = library_bot(world.bots[0], address)
        await bot.initialize()
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        for _ in range(2000):
            if world.bots[0].bell.waiting:
                break
            await asyncio.sleep(0.001)
    assert await asyncio.wait_for(poll, 30) == ()
    await bot.shutdown()


class Receiver:
    """A webhook that keeps what it gets, refuses the first, and answers a tap in its own answer."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[bytes, dict[str, Any]]] = asyncio.Queue()
        self.refusals = 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        update = orjson.loads(await read_body(receive))
        secret = dict(scope["headers"]).get(b"x-telegram-bot-api-secret-token", b"")
        status, body = 200, b""
        if self.refusals:
            self.refusals -= 1
            status = 503
        else:
            self.heard.put_nowait((secret, update))
            if query := update.get("callback_query"):
                body = orjson.dumps({"method": "answerCallbackQuery", "callback_query_id": query["id"], "text": "ok"})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def test_a_webhook_gets_every_update_in_order_and_may_answer_in_the_answer(world: World) -> None:
    receiver, person = Receiver(), world.person(1001)
    async with (
        served(world) as address,
        served(World(), receiver) as hook,
        library_bot(world.bots[0], address) as bot,
    ):
        for text in ("een", "twee", "drie"):
            person.say(text)
        with pytest.raises(BadRequest, match="Bad webhook: an https url must be provided"):
            await bot.set_webhook("http://bot.example.nl/hook")
        with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
            await bot.set_webhook(f"{hook}/hook", secret_token="a b")
        await bot.set_webhook(f"{hook}/hook", secret_token="geheim")
        came = [await asyncio.wait_for(receiver.heard.get(), 60) for _ in range(3)]
        assert [update["message"]["text"] for _, update in came] == ["een", "twee", "drie"]
        assert {secret for secret, _ in came} == {b"geheim"}
        assert "503" in ((await bot.get_webhook_info()).last_error_message or "")
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="a")]])
        sent = await bot.send_message(1001, "Koud?", reply_markup=markup)
        person.tap(sent.message_id, "Ja")
        await asyncio.wait_for(receiver.heard.get(), 60)
        for _ in range(2000):
            if person.chat().toasts:
                break
            await asyncio.sleep(0.001)
        assert person.chat().toasts[-1].text == "ok"
        await bot.delete_webhook()
        person.say("vier")
        assert texts_of(await bot.get_updates()) == ["vier"]
