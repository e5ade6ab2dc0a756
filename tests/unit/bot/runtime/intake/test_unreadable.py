"""No update can stop the line: what cannot be read is recorded and stepped over, whatever it is, and others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from bot.demo.standin.world.world import World
from bot.messages.attachment import Attachment
from bot.messages.message import Incoming, Outgoing
from bot.runtime.channel import Garbled, TryLater
from bot.runtime.intake import polling
from bot.runtime.intake.arrivals import Arrivals
from bot.runtime.intake.batches import GIVE_BACK, Batches
from bot.runtime.intake.door import SECRET
from bot.runtime.intake.health import Health
from bot.runtime.intake.webhook import BODY_BYTES, hook_app
from bot.runtime.telegram.channel import Telegram
from bot.runtime.telegram.webhook import answer_to
from bot.runtime.writer import Writer
from db.store import Store
from flows.model.heard import Media, NoTap, Text
from tests.simulated import CONTENT
from tests.unit.bot.runtime.line import WIJK, Parrot, connected, outage, until, waiting
from tests.unit.bot.runtime.running import failures, running, serving, sorry, texts

pytestmark = pytest.mark.both_stores

WORD = "a-secret-of-the-tests"
BAD_BYTE, HALF, NUL = orjson.Fragment(b'"a\xffb"'), orjson.Fragment(b'"gas\\ud83d"'), orjson.Fragment(b'"ga\\u0000s"')
DEEP = orjson.Fragment(b"[" * 3000 + b"]" * 3000)
HUGE = orjson.Fragment(b"9" * 5000)


@pytest.fixture
def world() -> World:
    world = World()
    world.bot()
    return world


@pytest.fixture
def log() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as lines:
        yield lines


def said(person: int, **content: Any) -> dict[str, Any]:
    """A message in a private chat; a Fragment in it goes over the line as it is."""
    who = {"id": person, "is_bot": False, "first_name": "Jan"}
    return {"message_id": 1, "date": 5, "from": who, "chat": {"id": person, "type": "private"}, **content}


def tapped(person: int, data: Any) -> dict[str, Any]:
    return {"id": f"q{person}", "from": {"id": person, "is_bot": False, "first_name": "Jan"}, "data": data}


STRANGE: list[tuple[str, Any]] = [
    ("callback_query", tapped(1, BAD_BYTE)),
    ("callback_query", tapped(1, HALF)),
    ("message", said(1, text=HALF)),
    ("message", said(1, text=NUL)),
    ("message", said(1, text=BAD_BYTE)),
    ("message", said(1, text="dag") | {"from": {"id": 1, "first_name": HALF}}),
]
"""What makes a poll no strict JSON, and must be heard all the same."""


@pytest.mark.parametrize("client", ["httptools", "httpx"])
async def test_a_bad_byte_half_a_pair_or_a_number_without_end_spoils_no_poll(world: World, client: str) -> None:
    async with connected(world, client) as channel:
        for kind, body in STRANGE:
            world.bot().push(kind, body)
        world.bot().push("message", said(2, text="ik ruik gas", effect=HUGE))
        found = await channel.updates(None, 0)
    heard = [channel.hear(update) for update in found]
    assert [one and one.heard for one in heard] == [
        NoTap(), NoTap(), Text("gas\ufffd"), Text("gas"), Text("a\ufffdb"), Text("dag"), Text("ik ruik gas"),
    ]  # fmt: skip
    assert [one and one.name for one in heard][-2:] == ["gas\ufffd", "Jan"]


@pytest.mark.parametrize("client", ["httptools", "httpx"])
async def test_one_that_is_no_json_at_all_is_found_and_the_others_of_its_poll_are_read(
    world: World, client: str
) -> None:
    async with connected(world, client) as channel:
        numbers = [
            world.bot().push("message", said(person, text="dag", deep=DEEP if person in (3, 14) else 1))
            for person in range(20)
        ]
        offset, found = None, list[Any]()
        for _ in range(len(numbers)):
            fetched = await channel.updates(offset, 0)
            found += fetched
            offset = numbers[len(found) - 1] + 1
            if len(found) == len(numbers):
                break
        broken = [number for number, update in zip(numbers, found, strict=True) if isinstance(update, bytes)]
        assert broken == [numbers[3], numbers[14]]
        with pytest.raises(TypeError):
            channel.hear(found[3])


async def test_an_answer_that_is_none_of_the_bot_api_is_told_apart() -> None:
    for body in (b"<html>", b"{", b"[]", b"{}", b'{"ok":true}', b'{"ok":true,"result":{}}', b'"update_id":4'):
        transport = httpx.MockTransport(lambda _, body=body: httpx.Response(200, content=body))
        channel = Telegram("123:abc", transport=transport)
        await channel.open()
        with pytest.raises(Garbled):
            await channel.updates(5, 0)
        with pytest.raises(Garbled):
            await channel.me()
        await channel.close()


async def test_what_something_in_between_answers_to_a_message_is_no_word_of_telegram_about_it() -> None:
    answers = [
        (200, b"<html>"), (200, b'{"ok":true,"result":true}'), (200, b'{"ok":true,"result":{"message_id":"7"}}'),
        (200, b'{"ok":true}'), (403, b'{"error":"Forbidden"}'), (400, b'{"message":"chat not found"}'), (404, b"[]"),
    ]  # fmt: skip
    for status, body in answers:
        transport = httpx.MockTransport(lambda _, it=(status, body): httpx.Response(it[0], content=it[1]))
        channel = Telegram("123:abc", transport=transport)
        await channel.open()
        picture = Attachment("photo", content=b"x", name="x.png")
        for message in (Outgoing(1, "telegram:5", "Dag"), Outgoing(2, "telegram:5", "Dag", attachment=picture)):
            assert isinstance(await channel.send(message), TryLater), (status, body, message)
        await channel.close()


async def test_a_page_with_200_is_an_error_in_the_log_and_confirms_nothing(
    store: Store, world: World, log: list[MutableMapping[str, Any]]
) -> None:
    fatma = world.person()
    pages = [3]

    class Behind(Telegram):
        async def updates(self, offset: int | None, seconds: int) -> list[Any]:
            if pages[0]:
                pages[0] -= 1
                raise Garbled("NotAnAnswer: the answer was not JSON")
            return await super().updates(offset, seconds)

    async with running(store, world) as bot:
        bot.poller._channel = channel = Behind("x:y")
        channel._bot, channel._calls, channel._polls = bot.channel._bot, bot.channel._calls, bot.channel._polls
        fatma.say("dag")
        await bot.settle(1)
    assert texts(fatma) == ["dag"]
    assert [line["log_level"] for line in log if line["event"] == "no updates come in"] == ["error"] * 3


def unreadable(world: World) -> list[int]:
    """Updates that nobody can read, with an id that can be told."""
    bodies: list[tuple[str, Any]] = [
        ("message", "dag"), ("message", {"message_id": 1}), ("message", said(1) | {"chat": []}),
        ("message", said(1, text="dag", deep=DEEP)), ("callback_query", {"id": "1"}), ("callback_query", [1]),
        ("my_chat_member", {"chat": {"id": 1, "type": "private"}, "from": {"id": 1}, "new_chat_member": {"status": 5}}),
        ("message", {"chat": {"id": True, "type": "private"}}), ("edited_message", None),
    ]  # fmt: skip
    world.bot().journal = None  # nobody looks at these
    return [world.bot().push(kind, body) for kind, body in bodies]


async def test_what_cannot_be_read_is_recorded_and_everybody_else_is_answered(store: Store, world: World) -> None:
    fatma, jan = world.person(), world.person()
    fatma.say("voor")
    numbers = unreadable(world)
    jan.say("ik ruik gas")
    async with running(store, world) as bot:
        await bot.settle(2)
        fatma.say("na")
        await bot.settle(3)
        assert world.bot().queue == {} or len(world.bot().queue) == 1
    assert (texts(fatma), texts(jan)) == (["voor", "na"], ["ik ruik gas"])
    assert [row.id for row in failures(store)] == numbers


async def test_what_has_no_id_is_recorded_once_and_stops_nobody_also_when_nothing_else_comes(
    store: Store, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "STUCK_SECONDS", 0.001)
    fatma, queue = world.person(), world.bot().queue
    world.bot().journal = None

    def strip() -> int:
        number = world.bot().push("message", said(1, text="dag"))
        del queue[number]["update_id"]
        return number

    strip()
    async with running(store, world) as bot:
        await until(lambda: len(failures(store)) == 1)
        fatma.say("een")
        await bot.settle(1)
        alone = strip()
        queue[alone] = "geen update"  # type: ignore[assignment]
        await until(lambda: len(failures(store)) == 2)
        await until(lambda: alone not in queue)
        fatma.say("twee")
        await bot.settle(2)
    assert texts(fatma) == ["een", "twee"]
    assert all(row.id < 0 for row in failures(store))


async def test_the_real_bot_answers_stores_and_sends_whatever_letters_come(store: Store, world: World) -> None:
    fatma = world.person()
    fatma.say("dag")
    danger = CONTENT.words.say("nl", "danger.gas", getattr(CONTENT.charts.steps["danger.gas"], "say", ""))[:10]
    world.bot().journal = None
    half, nul = orjson.Fragment(b'"gast\\ud83d"'), orjson.Fragment(b'"ga\\u0000st"')  # "gas" alone is a cry

    async def push(kind: str, body: dict[str, Any], name: Any) -> None:
        """One after another: of several answers of one kind that wait, the newest is enough."""
        body["from"] |= {"first_name": name, "language_code": HALF}
        world.bot().push(kind, body)
        await until(lambda: world.bot().queue == {} and waiting(store) == 0)

    async with serving(store, world):
        for name in (HALF, NUL, BAD_BYTE):
            await push("message", said(fatma.id, text="/start"), name)
            await push("callback_query", tapped(fatma.id, "language:nl:0"), name)
            for text in (half, nul, BAD_BYTE, orjson.Fragment(b'"ik ruik ga\\u0000s \\ud83d"')):
                await push("message", said(fatma.id, text=text), name)
            await push("message", said(fatma.id, photo=[], caption=half), name)
            await push("message", said(fatma.id, something_of_next_year={}), name)
    assert failures(store) == []
    assert any(danger in text for text in texts(fatma))
    assert len(texts(fatma)) > 20


# ---------------------------------------------------------------- webhooks


async def test_a_webhook_hears_what_is_not_quite_json_and_records_what_is_none(store: Store) -> None:
    writer, parrot, channel = Writer(), Parrot(store), Telegram("123:abc")
    heard: list[Incoming] = []
    parrot.trouble = heard.extend
    batches = Batches(store, WIJK, channel, writer, parrot, sorry, outage(channel), GIVE_BACK, lambda _: None)
    app = hook_app({WIJK: Arrivals(batches)}, WORD, Health(store.try_to_write), answer_to)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as web:

        async def bring(body: bytes) -> int:
            return (await web.post(f"/hook/{WIJK}", content=body, headers={SECRET: WORD})).status_code

        for number, (kind, body) in enumerate(STRANGE, 1):
            assert await bring(orjson.dumps({"update_id": number, kind: body})) == 200
        assert [one.heard for one in heard] == [
            NoTap(), NoTap(), Text("gas\ufffd"), Text("gas"), Text("a\ufffdb"), Text("dag"),
        ]  # fmt: skip
        broken = {
            b'{"update_id":11,"message":': 11,
            orjson.dumps({"update_id": 12, "message": said(1, text="dag", deep=DEEP)}): 12,
            b'{"update_id":13,"message":{"text":"' + b"x" * BODY_BYTES + b'"}}': 13,
            b'{"update_id":14,"message":"dag"}': 14,
            b"{": -1, b"": -1, b"[]": -1, b"7": -1, b'{"update_id":"15"}': -1, b'{"message":{"text":"dag"}}': -1,
            b'{"update_id":99999999999999999999}': -1,
        }  # fmt: skip
        for _ in range(2):  # it may come again: it is recorded once
            for each in broken:
                assert await bring(each) == 200, each[:40]
        recorded = [row.id for row in failures(store)]
        assert [id for id in recorded if id > 0] == [11, 12, 13, 14]
        assert sum(id < 0 for id in recorded) == sum(number < 0 for number in broken.values())
        assert await bring(orjson.dumps({"update_id": 20, "message": said(5, sticker={})})) == 200
        assert heard[-1].heard == Media("sticker")
    writer.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "intake"]
