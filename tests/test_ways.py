"""How long the way is from START to the receipt, in taps and words: ten situations, and the figures that may not grow.

The people of `ways.toml` know what they came for and tap on: each question gets their answer, and any other gets the
plainest one. Words are those of all messages before the receipt but the cards on which a yes is asked: who we are, and
what a partner gets to see. Run with `-s` to read the table.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.demo.simulator import Person, Shown, Simulator
from bot.messages.taps.buttons import decode
from db.store import Store
from flows.model.chart import Outcome, Question
from flows.model.heard import ChartTap
from tests import simulated
from tests.simulated import CONTENT

WAYS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "ways.toml").read_text("utf-8"))["way"]
PLAIN = ("begin", "none", "no", "unknown", "yes", "shown", "chat", "any", "skip", "ok")
"""What who has no more to say taps, the first that is there."""

ASKS_A_YES = ("handoff.about", "handoff.about_call", "handoff.consent")
"""The cards that say who we are and what goes to whom; who wants the help says yes there."""

MOST = 40


@dataclass(slots=True)
class Way:
    """One person on their way, with the taps and words so far."""

    sim: Simulator
    person: Person
    says: dict[str, Any]
    changes: list[str]
    taps: int = 0
    words: int = 0
    read: dict[int, str] = field(default_factory=dict)

    def walk(self) -> str:
        """Tap on until nothing more is asked; return the name of the last step."""
        self.told(self.sim.type(self.person, "/start"))
        for _ in range(MOST):
            step = self.standing()
            box = CONTENT.charts.steps.get(step)
            if isinstance(box, Outcome) and not box.offers:
                return step
            if isinstance(box, Question) and box.share:
                self.taps += 1
                self.told(self.sim.share(self.person, "+31612345678"))
                continue
            for answer in self.answers(step):
                self.taps += 1
                self.told(simulated.go(self.sim, self.person, answer))
        raise AssertionError(f"no end after {MOST} steps: {self.standing()}")

    def standing(self) -> str:
        """Return the step whose card the person has before them."""
        for shown in reversed(self.person.chat.values()):
            for row in shown.buttons:
                for each in row:
                    tap = decode(each.data)
                    if isinstance(tap, ChartTap) and tap.step in (*CONTENT.charts.steps, "language"):
                        return tap.step
        raise LookupError("no card")

    def answers(self, step: str) -> list[str]:
        """Return what this person taps on the card of that step."""
        if step == "language":
            return [self.says.get("language", "nl")]
        if step == "handoff.consent" and self.changes:
            return [f"{step}:change", f"handoff.change:{self.changes.pop()}"]
        said = self.says.get(step) or self.says.get(step.partition(".")[2])
        if isinstance(said, list):
            return [*(f"+{each}" for each in said), "_next"]
        return [f"{step}:{said or self.plainest(step)}"]

    def plainest(self, step: str) -> str:
        """Return the plainest answer among the buttons of the card."""
        taps = [decode(each.data) for shown in self.person.chat.values() for row in shown.buttons for each in row]
        there = [tap.answer for tap in taps if isinstance(tap, ChartTap) and tap.step == step]
        plain = ("yes", "ok") if step in ASKS_A_YES else PLAIN
        return next((each for each in ("all", *plain) if each in there), there[0])

    def told(self, messages: list[Shown]) -> None:
        """Count the words of what came, unless a yes is asked there, or it is the receipt."""
        step = self.standing()
        box = CONTENT.charts.steps.get(step)
        if step in ASKS_A_YES or (isinstance(box, Outcome) and not box.offers):
            return
        for shown in messages:
            if self.read.get(shown.id) != shown.text:  # a tick changes buttons only
                self.words += sum(any(map(str.isalnum, each)) for each in shown.text.split())
            self.read[shown.id] = shown.text


def walked(store: Store, way: dict[str, Any]) -> Way:
    """Walk the way of one situation, to its end."""
    sim = simulated.simulator(store)
    person = sim.person("telegram:1001", "Fatma")
    found = Way(sim, person, way["says"], [way["says"]["change"]] if "change" in way["says"] else [])
    assert found.walk() == "handoff.done", f"{way['who']} does not come to a receipt"
    assert simulated.leads_of(sim, person)
    return found


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way["who"])
def test_the_way_to_the_receipt_does_not_grow(store: Store, way: dict[str, Any]) -> None:
    found = walked(store, way)
    print(f"\n| {way['who']} | {found.taps} | {found.words} |")
    assert found.taps <= way["taps"]
    assert found.words <= way["words"]
