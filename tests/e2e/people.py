"""People who act as people do: read what is on their phone, tap a button by its words, wait until something comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.demo.phones.person import Person
from bot.demo.simulator import Person as Simulated
from bot.demo.simulator import Simulator
from bot.demo.standin.world.chat import buttons_of
from tests.e2e.street import Street, revision_of

BEGIN = ("/start", "Nederlands", "Begin")
AGREE = ("Ja, ik ben 16 of ouder",)
CHANGE = "Ik wil iets veranderen"
NAMELESS = (CHANGE, "Mijn naam", "Liever geen naam")
NAMED = (CHANGE, "Wat in berichten staat", "Ja, dat mag")
SHARE = "(deel mijn nummer)"
TWO_AND_A_NUMBER = (
    *BEGIN,
    *("💶 Rekeningen", "🌡️ Kou in huis", "Verder ▶", "Ik loop achter", "Nee, gelukkig niet", "Vaak koud", "Nee"),
    *("Ja, graag", *AGREE, CHANGE, "Mijn naam", "Hoe mogen we je noemen?: Samira"),
    *(CHANGE, "Hoe je mij bereikt", "Bel mij", SHARE, CHANGE, "Wanneer het past", "’s Ochtends"),
    *(CHANGE, "Ik wil iets zeggen", "Wil je nog iets zeggen?: Liefst na half tien.", *NAMED),
    *("Ja, geef dit door", "Ja, geef dit door"),
)
TWO_AND_ONE_NO = (
    *(*BEGIN, "💧 Vocht of schimmel", "Verder ▶", "Huur van Portaal", "In de slaapkamer", "Overal", "Verder ▶"),
    *("Ja, al meer dan 6 weken", "Ja, allebei", *AGREE, *NAMELESS, *NAMED, "Ja, geef dit door", "Nee"),
)
BACK_AND_CHANGE = (
    *(*BEGIN, "💨 Tocht", "Verder ▶", "Bij de deur", "Bij het raam", "Verder ▶", "Huur van Portaal", "◀ Terug"),
    *("Huur van iemand anders", "Ja, graag", *AGREE, *NAMELESS, CHANGE, "Hoe je mij bereikt", "Kom bij mij thuis"),
    *("Waar woon je?: Voorbeeldstraat 1", CHANGE, "Wanneer het past", "’s Avonds", *NAMED),
    *(CHANGE, "Hoe je mij bereikt", "Via deze chat", "Ja, geef dit door"),
)
ONLY_NO = (
    *(*BEGIN, "💶 Rekeningen", "Verder ▶", "Ik loop achter", "Nee, gelukkig niet", "Huur", "Gas en stroom", "Verder ▶"),
    *("Buiten de deur", "Ja, graag", *AGREE, *NAMELESS, CHANGE, "Wanneer het past", "’s Middags", "Nee"),
)
SCRIPTS = (TWO_AND_A_NUMBER, TWO_AND_ONE_NO, BACK_AND_CHANGE, ONLY_NO)
"""Words on buttons; `question: words` types the words when the question stands there."""

LAST_WORDS = ("Gelukt.", "Je kunt altijd opnieuw beginnen.")


@dataclass
class Player:
    """A person with a phone. `turn` is the revision of the last question they answered: they wait for a newer one."""

    street: Street
    person: Person
    pressed: set[str] = field(default_factory=set)
    revision: int = -1

    def button(self, label: str) -> tuple[int, str] | None:
        """Return the newest message with this button, and what the button carries; never of an older question."""
        for message in reversed(self.person.chat().shown):
            if revision_of(message) <= self.revision:
                continue
            for button in (one for row in buttons_of(message) for one in row):
                if button["text"] == label and button["callback_data"] not in self.pressed:
                    return message["message_id"], button["callback_data"]
        return None

    async def tap(self, label: str) -> dict[str, Any]:
        """Tap as soon as the button is there; return the message as it was then."""
        message, data = await self.street.until(lambda: self.button(label), f"{self.person.id} to see [{label}]")
        seen = self.person.chat().messages[message]
        self.pressed.add(data)
        step, answer, *_ = data.split(":")
        if step != "language":  # and a tick leaves the person on the same question
            self.revision = revision_of(seen) - (answer[0] in "+-")
        self.person.tap(message, data)
        return seen

    async def type(self, question: str, words: str) -> None:
        """Type these words as soon as the question is shown."""

        def asked() -> dict[str, Any] | None:
            shown = (m for m in reversed(self.person.chat().shown) if revision_of(m) > self.revision)
            return next((m for m in shown if question in m["text"]), None)

        card = await self.street.until(asked, f"{self.person.id} to be asked {question!r}")
        self.revision = revision_of(card)
        self.person.say(words)

    async def share(self) -> None:
        """Share the person's own number with the button at the bottom."""
        keyboard = await self.street.until(lambda: self.person.chat().keyboard, f"{self.person.id} to see a keyboard")
        self.person.press(keyboard.rows[0][0]["text"])

    async def play(self, script: Sequence[str]) -> list[tuple[str, bool]]:
        """Play the whole script, to the last card; return the consent cards that were read, each with yes or no."""
        agreed: list[tuple[str, bool]] = []
        for act in script:
            question, colon, words = act.partition("?: ")
            if act == "/start":
                self.person.start()
            elif act == SHARE:
                await self.share()
            elif colon:
                await self.type(f"{question}?", words)
            else:
                seen = await self.tap(act)
                if " ziet " in seen["text"] and act in ("Ja, geef dit door", "Nee"):
                    agreed.append((seen["text"], act != "Nee"))
        await self.street.until(self.finished, f"{self.person.id} to be done")
        return agreed

    def finished(self) -> bool:
        """Return whether the phone shows the last card of the walk."""
        return any(words in m.get("text", "") for m in self.person.chat().shown for words in LAST_WORDS)

    def next_of(self, *labels: str) -> tuple[int, str] | None:
        """Return the first of these buttons, on any message, that was not pressed."""
        return next((found for found in map(self.button, labels) if found), None)

    async def take_everything(self) -> None:
        """Work as a member: look at every lead that comes in, and take what can be taken, until cancelled."""
        while True:
            message, data = await self.street.until(
                lambda: self.next_of("✋ Ik pak dit op", "👀 Bekijk"), f"{self.person.id} to get a lead", patience=None
            )
            self.pressed.add(data)
            self.person.tap(message, data)


def play_simulated(sim: Simulator, person: Simulated, script: Sequence[str], phone: str) -> None:
    """Play the same script without a network and without trouble: what should have happened."""
    for act in script:
        _question, colon, words = act.partition("?: ")
        if act == SHARE:
            sim.share(person, phone)
        elif colon or act == "/start":
            sim.type(person, words or act)
        else:
            sim.tap(person, act)


@asynccontextmanager
async def at_work(members: Sequence[Player]) -> AsyncIterator[None]:
    """Let these members take every lead that comes in, for as long as the block lasts."""
    async with asyncio.TaskGroup() as group:
        days = [group.create_task(member.take_everything()) for member in members]
        yield
        for day in days:
            day.cancel()


async def all_of(*days: Any) -> list[Any]:
    """Run all of these at the same time; the first error ends them all."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(day) for day in days]
    return [task.result() for task in tasks]
