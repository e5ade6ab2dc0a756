"""The doors behind the page with the phones: only for this page, resumable, and never a way out of the folder."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.demo.phones.doors import PEOPLE
from bot.demo.standin.server import standin_app
from bot.demo.standin.world.journal import Journal
from tests.unit.bot.demo.standin_line import Line, message_of, open_line


def config() -> Mapping[str, Any]:
    phones = [
        {"kind": "resident", "id": 1001, "name": "Fatma", "language_code": "ar"},
        {"kind": "partner", "id": 2001, "name": "Bep"},
    ]
    return {"phones": phones, "partners": [{"id": "goos", "name": "Geld Op Orde Soest"}]}


async def invite(wish: Mapping[str, Any]) -> str:
    return f"uit-{wish['partner']}"


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with open_line(config=config, invite=invite) as opened:
        yield opened


async def test_the_page_and_its_parts_come_with_a_guard(line: Line) -> None:
    page = await line.web.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    for name in ("phones.css", "phones.js"):
        assert (await line.web.get(f"/page/{name}")).status_code == 200
    for name in ("..%2Fstandin.py", "standin.py", "%2e%2e", "nothing.js"):
        assert (await line.web.get(f"/page/{name}")).status_code == 404


async def test_other_pages_and_other_names_for_this_address_are_refused(line: Line) -> None:
    await line.web.get("/demo/config")
    say = "/people/1001/say"
    body = {"text": "hoi"}
    for own in ({}, {"origin": "http://testserver", "sec-fetch-site": "same-origin"}):
        assert (await line.web.post(say, json=body, headers=own)).status_code == 200
    for elsewhere in ({"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example.nl"}, {"origin": "null"}):
        assert (await line.web.post(say, json=body, headers=elsewhere)).status_code == 403
    assert (await line.web.post(say, content='{"text":"x"}', headers={"content-type": "text/plain"})).status_code == 415
    assert (await line.web.get("/state", headers={"host": "evil.example.nl"})).status_code == 403
    assert len(line.world.people[1001].chat().messages) == 2


async def test_the_configured_phones_exist_and_can_be_invited(line: Line) -> None:
    found = (await line.web.get("/demo/config")).json()
    assert found["bot"] == {"name": "Koppelkans", "username": "koppelkans_bot"}
    assert [person.first_name for person in line.world.people.values()] == ["Fatma", "Bep"]
    answer = await line.web.post("/demo/invite", json={"partner": "goos"})
    assert answer.json() == {"payload": "uit-goos"}
    await line.web.post("/people/2001/start", json=answer.json())
    assert line.world.people[2001].chat().last["text"] == "/start uit-goos"


async def test_everything_a_phone_does_reaches_the_bot(line: Line) -> None:
    await line.web.get("/demo/config")
    await line.web.post("/people/1001/start", json={})
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="a")]])
    card = await line.bot.send_message(1001, "Koud?", reply_markup=markup)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("say", {"text": "hoi"}),
        ("tap", {"message_id": card.message_id, "data": "a"}),
        ("contact", {"own": True}),
        ("contact", {"own": False, "phone": "+31611111111", "first_name": "Buur"}),
        ("media", {"kind": "voice"}),
        ("block", {}),
        ("unblock", {}),
    ]
    for act, body in acts:
        answer = await line.web.post(f"/people/1001/{act}", json=body)
        assert answer.status_code == 200, answer.text
    upload = await line.web.post(
        "/people/1001/media?kind=document&name=brief.pdf", content=b"%PDF", headers={"content-type": "application/pdf"}
    )
    assert upload.status_code == 200
    updates = await line.bot.get_updates()
    kinds = [next(key for key in update.to_dict() if key != "update_id") for update in updates]
    assert kinds == ["message", "message", "callback_query", *["message"] * 3, *["my_chat_member"] * 2, "message"]
    document = message_of(updates[-1]).document
    assert document is not None
    answer = await line.web.get(f"/media/{document.file_id}")
    assert (answer.content, answer.headers["content-disposition"]) == (b"%PDF", "attachment")


async def test_a_tap_on_a_screen_that_is_behind_leaves_the_phone_all_the_same(line: Line) -> None:
    person = line.resident()
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="a")]])
    card = await line.bot.send_message(1001, "Koud?", reply_markup=markup)
    await card.edit_text("Warm?")
    answer = await line.web.post("/people/1001/tap", json={"message_id": card.message_id, "data": "a"})
    (query,) = [update.callback_query for update in await line.bot.get_updates() if update.callback_query]
    assert isinstance(query.message, Message)
    assert (answer.json(), query.data, query.message.text) == ({"query": query.id}, "a", "Warm?")
    answer = await line.web.post("/people/1001/tap", json={"message_id": card.message_id, "data": ""})
    assert (answer.status_code, len(person.chat().waiting)) == (404, 1)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/people/7/say", {"text": "x"}, 404),
        ("/people/1001/fly", {}, 404),
        ("/people/1001/say", {"text": "  "}, 400),
        ("/people/1001/say", {}, 404),
        ("/people/1001/tap", {"message_id": 1, "data": "x"}, 404),
        ("/people", {"id": "x"}, 400),
        ("/people", [], 400),
    ],
)
async def test_nonsense_is_answered_and_changes_nothing(line: Line, path: str, body: Any, status: int) -> None:
    await line.web.get("/demo/config")
    before = line.world.journal.number
    assert (await line.web.post(path, json=body)).status_code == status
    assert line.world.journal.number == before


async def test_new_residents_can_be_added_but_not_without_end(line: Line) -> None:
    one = (await line.web.post("/people", json={"first_name": "Karim", "language_code": "ar"})).json()
    two = (await line.web.post("/people", json={"first_name": "Ans"})).json()
    assert one["id"] != two["id"]
    assert (await line.web.post("/people", json={"id": one["id"]})).json()["first_name"] == "Karim"
    for _ in range(PEOPLE):
        last = await line.web.post("/people", json={})
    assert last.status_code == 400


async def test_the_state_is_all_that_the_phones_show(line: Line) -> None:
    person = line.resident(language="nl")
    await line.bot.set_my_commands([("menu", "Naar het menu")], language_code="nl")
    await line.bot.set_my_commands([("menu", "Menu")])
    card = await line.bot.send_message(
        1001, "Koud?", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="a")]])
    )
    query = person.tap(card.message_id, "Ja")
    state = (await line.web.get("/state")).json()
    (shown,) = state["people"]
    assert [message.get("text") for message in shown["messages"]] == ["/start", "Koud?"]
    assert shown["commands"] == [{"command": "menu", "description": "Naar het menu"}]
    assert shown["waiting"] == {query: card.message_id}
    assert state["number"] == line.world.journal.number


def test_the_journal_knows_what_it_no_longer_has() -> None:
    journal = Journal(keep=3)
    for number in range(5):
        journal.note("x", 0, number=number)
    assert [change.number for change in journal.since(3) or []] == [4, 5]
    assert journal.since(5) == []
    assert journal.since(1) is None
    assert journal.since(9) is None


async def listen(line: Line, **headers: str) -> tuple[asyncio.Task[None], asyncio.Queue[bytes]]:
    """The event stream over plain ASGI, because httpx's transport waits for the end of an answer."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    raw = [(b"host", b"testserver"), *((name.encode(), value.encode()) for name, value in headers.items())]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "GET",
        "path": "/events", "raw_path": b"/events", "root_path": "", "scheme": "http", "query_string": b"",
        "headers": raw, "server": ("testserver", 80),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def send(message: Any) -> None:
        if message.get("body"):
            heard.put_nowait(message["body"])

    return asyncio.create_task(standin_app(line.world)(scope, receive, send)), heard


async def test_the_stream_goes_on_where_it_stopped_and_ends_with_the_world(line: Line) -> None:
    person = line.resident()
    task, heard = await listen(line)
    assert await asyncio.wait_for(heard.get(), 60) == b"retry: 800\n\n"
    reset = await asyncio.wait_for(heard.get(), 60)
    assert b"event: reset" in reset
    number = reset.split(b"id: ")[1].split(b"\n")[0].decode()
    person.say("<b>één</b>")
    told = (await asyncio.wait_for(heard.get(), 60)).decode()
    assert "event: message" in told
    assert json.loads(told.split("data: ")[1].split("\n")[0])["message"]["text"] == "<b>één</b>"
    later, again = await listen(line, **{"last-event-id": number})
    await asyncio.wait_for(again.get(), 60)
    assert (await asyncio.wait_for(again.get(), 60)).decode() == told
    stale, anew = await listen(line, **{"last-event-id": "otherboot.3"})
    await asyncio.wait_for(anew.get(), 60)
    assert b"event: reset" in await asyncio.wait_for(anew.get(), 60)
    line.world.close()
    await asyncio.wait_for(asyncio.gather(task, later, stale), 60)
