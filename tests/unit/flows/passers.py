"""People who came by: for each step of the real charts somebody who stood there, found by wandering as people do."""

from __future__ import annotations

import random
from dataclasses import dataclass

from bot.content.loaded import Content
from bot.demo.simulator import Shown
from bot.messages.taps.buttons import decode
from bot.screens.resident.cards import Cards
from flows.model.chart import UNKNOWN, Answer, Charts, Crossroads, Question
from flows.model.heard import ChartTap, Contact, Heard, Text
from flows.model.memory import answers_of
from flows.model.names import DOORS, MENU, WELCOME
from flows.model.place import Place
from flows.walk.arrows import LATER, NEXT
from tests.simulated import CONTENT, NOW, laid

CHARTS, STAFFED = CONTENT.charts, CONTENT.wijk.with_switches({}, frozenset(CONTENT.wijk.partners))
FIXED = {WELCOME, MENU, *DOORS, *(f"handoff.{step}" for step in ("reach", "when", "consent", "done"))}
"""Steps that the bot itself knows by name."""

PASSED = {"menu.call_me"}
"""Steps that a tap answers as well, so that nobody rests there."""

LONGEST = 60
"""Acts after which somebody who is not at an end is stuck."""


@dataclass(frozen=True, slots=True)
class Walked:
    """Somebody who was at a step: where they stood before, on, and after it."""

    before: Place | None
    on: Place
    after: Place | None


def acts(content: Content, place: Place, card: Shown, *, back: bool = False) -> list[tuple[Heard, int]]:
    """What leads on from this card (and back, when asked for): its own buttons, words, a number."""
    step = content.charts.steps[place.step]
    found: list[tuple[Heard, int]] = []
    for row in card.buttons:
        for button in row:
            tap = decode(button.data)
            if not isinstance(tap, ChartTap):
                continue
            named = tap.answer[:1] not in ("_", "-") or tap.answer == LATER
            own = tap.step == place.step and (named or (tap.answer == NEXT and place.picked))
            if own and (back or not turns_back(content.charts, answers_of(step).get(tap.answer))):
                found.append((tap, card.id))
    if isinstance(step, Question) and step.write:
        found.append((Text("Iets in eigen woorden"), card.id))
    if isinstance(step, Question) and step.share:
        found.append((Contact("+31600000001", own=True), card.id))
    return found


def turns_back(charts: Charts, answer: Answer | None) -> bool:
    """Whether this answer leads back, or to a question from which one can only go back."""
    if answer is None or (answer.go is None and answer.back is None):
        return False
    there = charts.steps.get(answer.go or "")
    return there is None or (
        isinstance(there, Question)
        and all(each.back for each in there.answers.values())
        and not there.write
        and not there.share
    )


def chosen(dice: random.Random, ways: list[tuple[Heard, int]]) -> tuple[Heard, int]:
    """One of them; most people do not tick everything."""
    ready = [each for each in ways if isinstance(each[0], ChartTap) and each[0].answer == NEXT]
    return ready[0] if ready and dice.random() < 0.7 else dice.choice(ways)


def unsure(ways: list[tuple[Heard, int]]) -> tuple[Heard, int] | None:
    """Return the answer of who does not know."""
    return next((each for each in ways if isinstance(each[0], ChartTap) and each[0].answer == UNKNOWN), None)


def drawn(content: Content, place: Place) -> Shown:
    """The card of this place as it lies before somebody."""
    card = Cards(content).of(place, STAFFED, name="Fatma", now=NOW)
    return Shown(9000, card.text, laid(card))


def walks(tries: int = 3000) -> dict[str, Walked]:
    """For each step somebody who came by, found by wandering through the real charts until all steps were passed."""
    dice, found, ends = random.Random(19), dict[str, Walked](), set[str]()
    wanted = {name for name, step in CHARTS.steps.items() if not isinstance(step, Crossroads)} - {WELCOME}
    wanted -= {name for name in wanted if name.startswith("danger.")} | PASSED
    menu = Place(MENU, language="nl")
    doors = [CONTENT.walk.begin_at(menu, door, 1) for door in DOORS]
    doors += [Place(name, language="nl") for name in (WELCOME, "selfcheck.home") for _ in range(6)]
    starts = [*[menu] * 20, *doors]
    for number in range(tries):
        place, past = starts[number % len(starts)], list[Place]()
        for _ in range(LONGEST):
            past.append(place)
            ways = acts(CONTENT, place, drawn(CONTENT, place), back=True)
            if not ways:
                ends.add(place.step)
                break
            act = (number % 5 == 0 and unsure(ways)) or chosen(dice, ways)
            place = CONTENT.walk.step(place, act[0], STAFFED, "Fatma").place
        moves = [each for n, each in enumerate(past) if n + 1 == len(past) or past[n + 1].revision != each.revision]
        for n, each in enumerate(moves):
            after = moves[n + 1] if n + 1 < len(moves) else None
            if each.step not in found or (found[each.step].after is None and after):
                found[each.step] = Walked(moves[n - 1] if n else None, each, after)
        if all(name in found and (found[name].after or name in ends) for name in wanted):
            return found
    return found
