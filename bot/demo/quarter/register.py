"""What members do in the register of koppelkansen during a quarter."""

from __future__ import annotations

from random import Random

from bot.demo.quarter.street import Street, taps
from bot.demo.simulator import Person
from bot.messages.taps.members import RegisterTap

NAMES = 0.03
"""How likely a member names a koppelkans on a day on which they look at their work."""

LAST, STEPS = 40, 4
"""So many messages back a member answers what was asked; and so many taps it takes to name one."""

ANSWERS = {"yes": 6.0, "no": 2.0, "help": 1.0, "review": 3.0, "done": 1.0, "stop": 0.2, "": 3.0}
"""How likely each answer is to what is asked about a koppelkans; an empty name is to leave it."""

FURTHER = ("where", "party", "result", "weeks")
"""What is asked then, and answered by one of its buttons."""


def looks(street: Street, person: Person, dice: Random) -> None:
    """Answer what was asked about koppelkansen, and now and then name one."""
    for message in list(person.chat)[-LAST:]:
        said = [
            (tap, data) for tap, data in taps(person, message) if isinstance(tap, RegisterTap) and tap.act in ANSWERS
        ]
        if not said or person.chat[message].text.startswith(LISTS):
            continue
        chosen = dice.choices([*said, None], [*(ANSWERS[tap.act] for tap, _ in said), ANSWERS[""]])[0]
        if chosen is not None:
            street.press(person, message, chosen[1])
            answers(street, person, dice, message)
    if dice.random() < NAMES:
        street.type(person, "/koppelkansen")
        message = max(person.chat)
        for act in ("new", "make"):
            found = [data for tap, data in taps(person, message) if isinstance(tap, RegisterTap) and tap.act == act]
            if found:
                street.press(person, message, dice.choice(found))
        answers(street, person, dice, message)


LISTS = ("🔗 Koppelkansen",)
"""How the list begins: nothing is asked there."""


def answers(street: Street, person: Person, dice: Random, message: int) -> None:
    """Answer what is asked about one koppelkans by any of its buttons, until nothing is asked any more."""
    for _ in range(STEPS):
        found = [
            data
            for tap, data in taps(person, message)
            if isinstance(tap, RegisterTap) and tap.act in FURTHER and tap.value
        ]
        if not found:
            return
        street.press(person, message, dice.choice(found))
