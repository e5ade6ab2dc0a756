"""The bench's Bot API server with its people inside: they tap as soon as a card is there, or after a pause.

It runs in a process of its own. One turn: a tap arrives, the card is edited (or sent anew) and the query is answered.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import orjson

from tests.benchmarks.wire import Line

PAGE = 100
"""How many updates one answer holds at most, as Telegram's."""

ROUND = {
    "menu.welcome": ("begin",),
    "menu.worries": ("+bills", "_next"),
    "referral.paying": ("behind",),
    "referral.urgent": ("none",),
    "referral.behind": ("+rent", "+energy", "_next"),
    "referral.visit": ("desk",),
    "advice.help": ("_back",),
}
"""The answers that are tapped at each step: ten steps round and round, with the ticks and the ways back."""


@dataclass(frozen=True)
class Load:
    """How busy it is. `pause`: seconds between bursts in which all tap at once (0: nobody waits). `delay`: seconds
    added to each call, half on the way there and half on the way back. `chats`: the people, when the bot knows them
    already; `opening`: what they type first. `think`: seconds that each waits on average, by themselves.
    `early`: seconds by which bursts begin earlier than the clock's."""

    name: str
    people: int
    seconds: float
    pause: float = 0.0
    delay: float = 0.0
    chats: tuple[int, ...] = ()
    opening: str = "/start"
    think: float = 0.0
    early: float = 0.0


@dataclass
class Result:
    """What was seen from the server's side. `waits` are seconds from tap to card."""

    turns: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    batches: int = 0
    fetched: int = 0
    lost: int = 0
    doubled: int = 0
    unanswered: int = 0
    calls: int = 0


@dataclass(eq=False)
class Walker:
    """A person who taps. `at` is when they last did, `shown` what is on the card now, `visits` counts their rounds."""

    chat: int
    at: float = 0.0
    waits: bool = False
    message: int = 0
    text: str = ""
    shown: str = ""
    answers: int = 0
    visits: int = 0


class Crowd:
    """The state of the server: updates that wait, cards, and what is measured."""

    def __init__(self) -> None:
        self.load = Load("idle", 0, 0.0)
        self.people: dict[int, Walker] = {}
        self.queue: dict[int, dict[str, Any]] = {}
        self.queries: set[str] = set()
        self.bell, self.news = asyncio.Event(), asyncio.Event()
        self.numbers = itertools.count(int(time.time()) - 1_735_689_600)
        self.result = Result()
        self.measuring = self.tapping = False
        self.polled = asyncio.Event()

    async def answer(self, path: str, given: dict[str, object]) -> bytes:
        """Answer one call."""
        half = self.load.delay / 2
        if half:
            await asyncio.sleep(half)
        self.result.calls += 1
        result = await self.act(path.rpartition("/")[2].lower(), given)
        if half:
            await asyncio.sleep(half)
        if isinstance(result, str):
            return orjson.dumps({"ok": False, "error_code": 400, "description": f"Bad Request: {result}"})
        return orjson.dumps({"ok": True, "result": result})

    async def act(self, method: str, given: dict[str, object]) -> Any:
        """Carry out a call; return its result, or the words of a refusal."""
        match method:
            case "getupdates":
                return await self.updates(int(str(given.get("offset") or 0)), float(str(given.get("timeout") or 0)))
            case "sendmessage":
                if int(str(given["chat_id"])) not in self.people:
                    return self.elsewhere(int(str(given["chat_id"])))
                return self.card(int(str(given["chat_id"])), next(self.numbers), given)
            case "editmessagetext":
                person = self.people.get(int(str(given["chat_id"])))
                if person is None or int(str(given["message_id"])) != person.message:
                    return "message to edit not found"
                shown = str(given["text"]) + str(given.get("reply_markup"))
                if shown == person.shown:
                    self.result.doubled += self.measuring
                    return "message is not modified"
                return self.card(person.chat, person.message, given)
            case "answercallbackquery":
                if str(given["callback_query_id"]) not in self.queries:
                    return "query is too old and response timeout expired or query ID is invalid"
                self.queries.discard(str(given["callback_query_id"]))
                self.news.set()
                return True
            case "getme":
                return {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
            case _:
                return True

    async def updates(self, offset: int, seconds: float) -> list[dict[str, Any]]:
        """Answer getUpdates."""
        self.polled.set()
        for number in [number for number in self.queue if number < offset]:
            del self.queue[number]
        if not self.queue:
            self.bell.clear()
            try:
                await asyncio.wait_for(self.bell.wait(), seconds)
            except TimeoutError:
                return []
        batch = list(itertools.islice(self.queue.values(), PAGE))
        self.result.batches += self.measuring
        self.result.fetched += len(batch) if self.measuring else 0
        return batch

    def push(self, kind: str, body: dict[str, Any]) -> None:
        """Make a new update."""
        number = next(self.numbers)
        self.queue[number] = {"update_id": number, kind: body}
        self.bell.set()

    def card(self, chat: int, message: int, given: dict[str, object]) -> dict[str, Any]:
        """Take a card: measure how long it took, and tap it sooner or later."""
        person = self.people[chat]
        person.message, person.text = message, str(given["text"])
        markup = given.get("reply_markup")
        person.shown = person.text + str(markup)
        keyboard: Any = (orjson.loads(markup) if isinstance(markup, str) else markup) or {}
        buttons = [str(b.get("callback_data", "")) for row in keyboard.get("inline_keyboard", ()) for b in row]
        now = time.perf_counter()
        if person.waits and self.measuring:
            self.result.turns += 1
            self.result.waits.append(now - person.at)
        person.waits = False
        person.answers += 1
        self.news.set()
        if buttons:
            self.soon(person, self.choose(person, buttons), now)
        return {"message_id": message, "date": 1, "chat": {"id": chat, "type": "private"}, "text": person.text}

    def elsewhere(self, chat: int) -> dict[str, Any]:
        """Take a message to a person who does not tap."""
        return {"message_id": next(self.numbers), "date": 1, "chat": {"id": chat, "type": "private"}}

    def soon(self, person: Walker, data: str, now: float) -> None:
        """Tap now, or with everybody else when the next burst begins, or after some thinking."""
        if not self.tapping:
            return
        pause, think = self.load.pause, self.load.think
        if not self.measuring or not (pause or think):
            self.tap(person, data)
            return
        wait = random.expovariate(1 / think) if think else pause - (now + self.load.early) % pause
        asyncio.get_running_loop().call_later(wait, self.tap, person, data)

    def tap(self, person: Walker, data: str) -> None:
        """Tap on the card, if the person is still here."""
        if not self.tapping or self.people.get(person.chat) is not person:
            return
        query = str(next(self.numbers))
        self.queries.add(query)
        person.at, person.waits = time.perf_counter(), True
        user = {"id": person.chat, "is_bot": False, "first_name": "Fatma", "language_code": "nl"}
        chat = {"id": person.chat, "type": "private", "first_name": "Fatma"}
        card = {"message_id": person.message, "date": 1, "chat": chat, "text": person.text}
        self.push("callback_query", {"id": query, "from": user, "message": card, "chat_instance": "1", "data": data})

    def choose(self, person: Walker, buttons: list[str]) -> str:
        """Choose what this person taps: the way round for the real bot, the only button for an echo."""
        if len(buttons) == 1:
            return buttons[0]
        by_answer = {tuple(data.split(":")[:2]): data for data in buttons}
        if ("desk", "inbox") in by_answer:
            return self.choose_at_desk(person, by_answer)
        if ("language", "nl") in by_answer:
            return by_answer["language", "nl"]
        step = next(each for each, _ in by_answer if each in ROUND)
        if step == "referral.visit":
            person.visits += 1
            if person.visits % 2 == 0:
                return by_answer[step, "_menu"]
        return next(by_answer[step, each] for each in ROUND[step] if (step, each) in by_answer)

    def choose_at_desk(self, person: Walker, by_answer: dict[tuple[str, ...], str]) -> str:
        """Choose what a member taps: a lead of the inbox, another one each time, and the way back."""
        there = [data for (_, answer), data in by_answer.items() if answer.endswith("view")]
        person.visits += 1
        return there[person.visits % len(there)] if there else by_answer["desk", "inbox"]

    async def until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until this holds, or for so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not holds():
                    self.news.clear()
                    await self.news.wait()

    async def run(self, load: Load, warm: float, tell: Callable[[str], None]) -> Result:
        """Let everybody come in, walk for `warm` seconds, and then measure them; `tell` hears begin and end."""
        self.measuring = False
        await self.come_in(load)
        await asyncio.sleep(warm)
        self.result = Result()
        self.measuring = True
        tell("begin")
        start = time.perf_counter()
        await asyncio.sleep(load.seconds)
        self.result.seconds = time.perf_counter() - start
        self.measuring = self.tapping = False
        tell("end")
        return await self.go_home()

    async def come_in(self, load: Load) -> None:
        """Let everybody type the opening; return when all have had four answers, or when that takes too long."""
        self.load = load
        self.queue.clear()
        self.queries.clear()
        first = next(self.numbers) * 100
        self.people = {chat: Walker(chat) for chat in load.chats or range(first, first + load.people)}
        self.tapping = True
        for person in self.people.values():
            user = {"id": person.chat, "is_bot": False, "first_name": "Fatma", "language_code": "nl"}
            chat = {"id": person.chat, "type": "private", "first_name": "Fatma"}
            entities = [{"type": "bot_command", "offset": 0, "length": len(load.opening)}]
            body = {"message_id": 1, "date": 1, "chat": chat, "from": user, "text": load.opening, "entities": entities}
            self.push("message", body)
        await self.until(lambda: all(person.answers >= 4 for person in self.people.values()), 20)

    async def go_home(self) -> Result:
        """Stop all taps; return what was seen, and what is still missing after a while."""
        await self.until(lambda: not self.queries and not any(p.waits for p in self.people.values()), 15)
        self.result.lost = sum(person.waits for person in self.people.values())
        self.result.unanswered = len(self.queries)
        self.load = Load("idle", 0, 0.0)
        return self.result


async def _serve(orders: Connection) -> None:
    loop = asyncio.get_running_loop()
    crowd = Crowd()
    server = await loop.create_server(lambda: Line(crowd.answer), "127.0.0.1", 0, backlog=1024)
    orders.send(server.sockets[0].getsockname()[1])
    while True:
        order = await loop.run_in_executor(None, orders.recv)
        match order:
            case None:
                return
            case "polled":
                crowd.polled.clear()
                crowd.bell.set()
                orders.send("ready")
                await crowd.polled.wait()
                orders.send(time.monotonic())
            case (Load() as load, float() as warm):
                orders.send(asdict(await crowd.run(load, warm, orders.send)))


def serve(orders: Connection) -> None:
    """Run the whole process: for each load send a result, until it gets None."""
    asyncio.run(_serve(orders))
