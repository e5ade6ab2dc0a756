"""Telegram's side of a webhook, at its worst: updates come to any of the workers, some twice at once, some again later.

It keeps Telegram's promise: the next update of a person comes only when the last one was answered with 200.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.demo.simulator import Person, Shown, Simulator
from bot.leads.talk import watchword
from bot.messages.message import Outgoing
from bot.messages.taps.buttons import Tap, encode
from flows.model.heard import ChartTap, Command, Contact, Heard, Text
from tests.simulated import CONTENT

SECRET = "a-secret-of-the-tests"
CODE = re.compile(r"KOP-\w+")
WORD = re.compile(
    "|".join(
        f"{text.split()[0]} [^.\\n]*"
        for key, text in CONTENT.words.phrases.items()
        if key.startswith(watchword.SECTION)
    )
)
"""A word at the door with its picture, in any language."""

NAME = "Bewoner"


class Recorder(Simulator):
    """A simulator that remembers every act. No tap names its message, so that every card is a new message.

    `replaced` holds the texts that need not arrive when a newer one of their kind comes before they are sent.
    """

    def __init__(self, *given: Any, **ways: Any) -> None:
        super().__init__(*given, **ways)
        self.said: dict[str, list[Heard | Tap]] = {}
        self.replaced: set[str] = set()

    def deliver(self, messages: list[Outgoing]) -> None:
        self.replaced |= {blurred(each.text) for each in messages if each.replaces}
        super().deliver(messages)

    def hear(self, person: Person, heard: Heard | Tap, message: int | None = None) -> list[Shown]:
        self.said.setdefault(person.address, []).append(heard)
        return super().hear(person, heard, None)


def blurred(text: str) -> str:
    """Return the text without its code and without the word at the door, which are drawn by lot."""
    return WORD.sub("WORD", CODE.sub("KOP-", text))


def update_of(number: int, person: int, heard: Heard | Tap) -> dict[str, Any]:
    """Return the update that Telegram makes of an act."""
    who = {"id": person, "is_bot": False, "first_name": f"{NAME} {person}", "language_code": "nl"}
    chat = {"id": person, "type": "private"}
    message = {"message_id": number, "from": who, "chat": chat, "date": 1}
    match heard:
        case ChartTap():
            gone = {"message_id": 1, "chat": chat, "date": 0}
            tap = {"id": f"q{number}", "from": who, "message": gone, "data": encode(heard)}
            return {"update_id": number, "callback_query": tap}
        case Command(name=name, argument=argument):
            return {"update_id": number, "message": {**message, "text": f"/{name} {argument}".strip()}}
        case Text(text=text):
            return {"update_id": number, "message": {**message, "text": text}}
        case Contact(phone=phone):
            return {"update_id": number, "message": {**message, "contact": {"phone_number": phone, "user_id": person}}}
    raise ValueError(heard)


@dataclass
class Feeder:
    """Brings updates to the workers that are alive. `doors` are their addresses now; others may change them.

    `answered` counts the updates that got their 200, `refused` the calls that did not, `extra` the duplicates.
    """

    doors: list[str]
    wijk: str
    dice: random.Random
    progress: Callable[[int], Awaitable[None]]
    answered: int = 0
    extra: int = 0
    refused: int = 0
    answers: list[Any] = field(default_factory=list)

    async def feed(self, said: dict[int, Sequence[Heard | Tap]], first: int, at_once: int = 48) -> None:
        """Bring everything that these people say, interleaved by lot; return when all of it was answered."""
        left = {person: list(reversed(acts)) for person, acts in said.items()}
        order = [person for person, acts in said.items() for _ in acts]
        self.dice.shuffle(order)
        numbers = itertools.count(first)
        lines: dict[int, asyncio.Queue[dict[str, Any] | None]] = {person: asyncio.Queue() for person in said}
        for person in order:
            lines[person].put_nowait(update_of(next(numbers), person, left[person].pop()))
        slots = asyncio.Semaphore(at_once)
        known = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with aiohttp.ClientSession(headers=known) as web, asyncio.TaskGroup() as group:
            for line in lines.values():
                line.put_nowait(None)
                group.create_task(self._person(web, line, slots))

    async def _person(
        self, web: aiohttp.ClientSession, line: asyncio.Queue[dict[str, Any] | None], slots: asyncio.Semaphore
    ) -> None:
        earlier: list[dict[str, Any]] = []
        while (update := line.get_nowait()) is not None:
            async with slots:
                calls = [self._bring(web, update)]
                chance = self.dice.random()
                if chance < 0.1:
                    calls.append(self._bring(web, update))
                elif chance < 0.2 and earlier:
                    calls.append(self._bring(web, self.dice.choice(earlier)))
                self.extra += len(calls) - 1
                await asyncio.gather(*calls)
            earlier.append(update)
            self.answered += 1
            await self.progress(self.answered)

    async def _bring(self, web: aiohttp.ClientSession, update: dict[str, Any]) -> None:
        while True:
            door = self.dice.choice(self.doors)
            try:
                async with web.post(f"{door}/hook/{self.wijk}", json=update) as answer:
                    said = await answer.read()
                    if answer.status == 200:
                        self.answers.append((update, said))
                        return
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0)  # that worker was just killed: try another door
            self.refused += 1
