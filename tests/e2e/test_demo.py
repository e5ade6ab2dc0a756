"""The demo as people start it: a page that answers, phones that work through it, a clean end, and clear refusals."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.demo.laptop import TOLD
from bot.demo.standin.world.chat import buttons_of
from bot.demo.standin.world.world import TOKEN
from tests.e2e.process import PATIENCE, ROOT, Process, launch

pytestmark = pytest.mark.soak

RESIDENT, PARTNER, CHIEF = 1001, 2001, 3001
TO_MONEY_DESK = (
    *("Nederlands", "Begin", "💶 Rekeningen", "✓ 💶 Rekeningen", "💶 Rekeningen", "Verder ▶", "Ik loop achter"),
    *("Nee, gelukkig niet", "Huur", "Gas en stroom", "Verder ▶", "Buiten de deur", "Ja, graag"),
)


class Page:
    """The acts of a visitor of the page, through the doors that the page itself uses."""

    def __init__(self, client: httpx.AsyncClient, demo: Process) -> None:
        self.client, self.demo = client, demo

    async def act(self, person: int, act: str, **given: Any) -> None:
        """Do one thing as this person."""
        answer = await self.client.post(f"/people/{person}/{act}", json=given)
        assert answer.status_code == 200, answer.text

    async def messages(self, person: int) -> list[dict[str, Any]]:
        """Return the messages on that phone."""
        people = (await self.client.get("/state")).json()["people"]
        shown: list[dict[str, Any]] = next(each["messages"] for each in people if each["id"] == person)
        return shown

    async def until(self, person: int, look: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the newest message on that phone that `look` accepts; the page's own events say when to look again."""
        async with asyncio.timeout(PATIENCE), self.client.stream("GET", "/events", timeout=PATIENCE) as events:
            message: dict[str, Any]
            async for line in events.aiter_lines():
                if line.startswith("event:"):
                    for message in reversed(await self.messages(person)):
                        if look(message):
                            return message
        raise AssertionError("the page went quiet")

    async def tap(self, person: int, label: str) -> None:
        """Tap a button by its words, as soon as it is there."""

        def offered(message: dict[str, Any]) -> bool:
            return label in [button["text"] for row in buttons_of(message) for button in row]

        message = await self.until(person, offered)
        data = next(b["callback_data"] for row in buttons_of(message) for b in row if b["text"] == label)
        await self.act(person, "tap", message_id=message["message_id"], data=data)


@asynccontextmanager
async def demo(folder: Path, port: int = 0) -> AsyncIterator[Page]:
    """Run a demo, with its page open."""
    process = await launch("demo", DATA_DIR=str(folder), KOPPELKANS_PORT=str(port))
    try:
        line = await process.says("http://127.0.0.1:")
        found = re.search(r"http://\S+", line)
        assert found is not None
        async with httpx.AsyncClient(base_url=found[0], timeout=PATIENCE) as client:
            yield Page(client, process)
    finally:
        if process.alive:
            await process.kill()


async def test_a_resident_reaches_a_partner_on_one_page_and_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    data, before = tmp_path / "data", names(ROOT)
    async with demo(data) as page:
        front = await page.client.get("/")
        assert front.headers["content-type"].startswith("text/html")
        assert "phones.js" in front.text
        config = (await page.client.get("/demo/config")).json()
        assert {phone["kind"] for phone in config["phones"]} == {"resident", "partner", "coordinator"}
        goos = next(each for each in config["partners"] if each["id"] == "goos")
        payload = (await page.client.post("/demo/invite", json={"partner": goos["id"]})).json()["payload"]
        await page.act(PARTNER, "start", payload=payload)
        await page.until(PARTNER, lambda m: goos["name"] in m.get("text", ""))
        await page.tap(PARTNER, "Ja")  # the days within which they get in touch
        await page.act(RESIDENT, "start")
        for label in (
            *TO_MONEY_DESK,
            *("Ja, ik ben 16 of ouder", "Ik wil iets veranderen", "Wanneer het past", "’s Ochtends"),
            "Ja, geef dit door",
        ):
            await page.tap(RESIDENT, label)
        done = await page.until(RESIDENT, lambda m: "KOP-" in m.get("text", ""))
        code = re.findall(r"KOP-\w+", done["text"])[0]
        await page.tap(PARTNER, "👀 Bekijk")
        seen = await page.until(PARTNER, lambda m: "Voornaam" in m.get("text", ""))
        assert code in seen["text"]
        assert "Fatma" in seen["text"]
        await page.tap(PARTNER, "✋ Ik pak dit op")
        await page.until(RESIDENT, lambda m: m.get("text", "").startswith("Er is nieuws") and code in m["text"])
        await page.tap(RESIDENT, "👀 Bekijk")
        await page.until(RESIDENT, lambda m: m.get("text", "").startswith("Goed nieuws") and code in m["text"])
        page.demo.send(signal.SIGINT)
        assert await page.demo.ended(15) in (0, 130)
        assert not any("Traceback" in line for line in page.demo.lines), page.demo.lines
    assert names(tmp_path) == {"data"}
    assert names(data) == {"demo"}
    assert any(name.endswith(".db") for name in names(data / "demo"))
    assert names(ROOT) == before


async def test_moved_ahead_the_demo_shows_a_reminder_and_then_an_escalation(tmp_path: Path) -> None:
    async with demo(tmp_path) as page:
        config = (await page.client.get("/demo/config")).json()
        for person, partner in ((PARTNER, "goos"), (CHIEF, "")):
            payload = (await page.client.post("/demo/invite", json={"partner": partner})).json()["payload"]
            await page.act(person, "start", payload=payload)
            await page.until(person, lambda m: bool(m.get("text")))
        await page.act(RESIDENT, "start")
        for label in (*TO_MONEY_DESK, "Ja, ik ben 16 of ouder", "Ja, geef dit door"):
            await page.tap(RESIDENT, label)
        await page.until(PARTNER, lambda m: "📥 Nieuw" in m.get("text", ""))
        now = datetime.fromisoformat(config["now"])
        asked = ""  # what a partner was asked is blanked when the coordinator has it
        for _ in range(7):
            moved = await page.client.post("/demo/clock", json={"hours": 24})
            assert moved.status_code == 200, moved.text
            asked += str(await page.messages(PARTNER))
        assert datetime.fromisoformat(moved.json()["now"]) - now >= timedelta(days=7)
        assert "Lukt het" in asked
        await page.until(CHIEF, lambda m: "loopt gevaar" in m.get("text", ""))
        refused = await page.client.post("/demo/clock", json={"hours": -1})
        assert (refused.status_code, "hours" in refused.json()["error"]) == (400, True)


def names(folder: Path) -> set[str]:
    """Return the names of what is in a folder."""
    return {path.name for path in folder.iterdir()}


async def test_a_demo_whose_port_is_taken_takes_another_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with demo(tmp_path, port) as page:
            assert page.client.base_url.port != port
            assert (await page.client.get("/")).status_code == 200
            await page.client.get("/demo/config")
            await page.act(RESIDENT, "start")
            await page.tap(RESIDENT, "Nederlands")
            page.demo.send(signal.SIGTERM)
            assert await page.demo.ended(15) == 0


async def test_a_second_demo_in_the_same_folder_is_refused_in_one_message(tmp_path: Path) -> None:
    async with demo(tmp_path) as page:
        second = await launch("demo", DATA_DIR=str(tmp_path), KOPPELKANS_PORT="0")
        assert await second.ended() == 2
        assert second.lines == [TOLD]
        assert (await page.client.get("/")).status_code == 200


WRONG = {
    "no token": ({"TELEGRAM_TOKEN": ""}, "TELEGRAM_TOKEN: is missing"),
    "half a token": ({"TELEGRAM_TOKEN": "abc"}, "TELEGRAM_TOKEN: must be a number, a colon and a key"),
    "a typing mistake": ({"TELEGRAM_TOKN": TOKEN}, "TELEGRAM_TOKN: is not a setting; did you mean TELEGRAM_TOKEN?"),
    "another engine": ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL: must begin with sqlite:/// or postgresql://"),
    "a store in memory": ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL"),
    "a store that is not there": ({"DATABASE_URL": "postgresql://127.0.0.1:1/none"}, "DATABASE_URL"),
    "a store in no folder": ({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "DATABASE_URL"),
    "no such wijk": ({"WIJK": "nergens"}, "nergens"),
    "no folder": ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR"),
    "no such port": ({"KOPPELKANS_PORT": "99999"}, "KOPPELKANS_PORT"),
    "no such level": ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_setting_is_named_without_a_traceback(wrong: str, tmp_path: Path) -> None:
    given, named = WRONG[wrong]
    settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_BASE_URL": "http://127.0.0.1:1", "DATA_DIR": str(tmp_path), **given}
    process = await launch("run", **settings)
    try:
        code = await process.ended(30)
    finally:
        if process.alive:
            await process.kill()
    said = "\n".join(process.lines)
    assert code == 2, said
    assert named in said
    assert "Traceback" not in said
    assert TOKEN.partition(":")[2] not in said
