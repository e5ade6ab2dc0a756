"""What the members and residents of a quarter do about visits: they propose times, say what fits, choose, call off."""

from __future__ import annotations

from random import Random

from bot.demo.quarter.street import Street, taps
from bot.demo.simulator import Person
from bot.messages.taps.members import LeadTap
from bot.messages.taps.visits import PlanTap, VisitTap

PLANS = 0.2
"""How likely somebody begins to plan a visit when they look at a lead that they have."""

MEMBER = {
    "tick": 2.0,
    "fits": 4.0,
    "none": 0.5,
    "done": 4.0,
    "nobody": 1.0,
    "could_not": 0.3,
    "agenda": 0.3,
    "phone": 2.0,
}
RESIDENT = {
    "choose": 6.0,
    "other": 1.0,
    "no": 0.5,
    "keep": 1.0,
    "agenda": 2.0,
    "cancel": 0.2,
    "cancel_yes": 2.0,
    "": 3.0,
}
"""How likely each act is, of a member and of a resident; an empty name is to leave it."""

STEPS = 8
"""More taps no plan takes."""

QUESTIONS, LAST = 4, 60
"""So often one message is answered, and so many messages back one is looked for."""


def plans(street: Street, person: Person, dice: Random, message: int) -> None:
    """Propose a visit, now and then: who comes along, a day, an hour, perhaps another one."""
    planned = any(isinstance(tap, PlanTap) for tap, _ in taps(person, message)) and dice.random() < PLANS
    for _ in range(STEPS if planned else 0):
        shown = [each for each in taps(person, message) if isinstance(each[0], PlanTap)]
        if not shown:
            break
        likely = [3.0 if getattr(tap, "sends", False) else 1.0 for tap, _ in shown]
        ((_tap, data),) = dice.choices(shown, likely)
        street.press(person, message, data)
    back = [data for tap, data in taps(person, message) if isinstance(tap, LeadTap) and tap.move == "view"]
    if planned and back:
        street.press(person, message, back[0])


def answers(street: Street, person: Person, dice: Random, answered: set[tuple[int, str]]) -> None:
    """Answer what messages ask a member about visits, each button once: which times fit, how it was."""
    for message in list(person.chat)[-LAST:]:
        for _ in range(QUESTIONS):
            said = [each for each in taps(person, message) if isinstance(each[0], VisitTap)]
            likely = [MEMBER.get(str(getattr(tap, "act", "")), 0.0) for tap, _ in said]
            if not any(likely):
                break
            ((_tap, data),) = dice.choices(said, likely)
            if (message, data) in answered:
                break
            answered.add((message, data))
            street.press(person, message, data)


def chooses(dice: Random, acts: dict[str, str]) -> str:
    """Return what a resident does with a visit, of these acts: its data; empty when they leave it."""
    (act,) = dice.choices(list(RESIDENT), list(RESIDENT.values()))
    return acts.get(act, "")
