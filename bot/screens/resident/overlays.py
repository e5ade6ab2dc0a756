"""What is said beside the card: danger, a kind answer to typed words, a person to talk to, *waarom*."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.doors import walk_ins
from bot.content.loaded import ZONE, Content
from bot.leads.deadlines import free_day
from bot.messages.card import Card, Choice, arranged
from bot.screens.resident.cards import Cards
from bot.screens.resident.ends.more import more_card
from bot.screens.resident.ends.tips import tips_card
from bot.screens.resident.ends.why import points_card, why_card
from flows.model.chart import Outcome
from flows.model.effects import Overlay
from flows.model.heard import ChartTap
from flows.model.memory import answers_of
from flows.model.names import URGENT
from flows.model.place import Place
from flows.model.wijk import Wijk
from flows.walk.advice import advise

DOORS = {
    "typed": ("go_on", "urgent", "menu", "person"),
    "media": ("go_on", "menu", "person"),
    "voice": ("go_on", "menu", "person"),
    "voice_long": ("go_on", "menu", "person"),
    "unsent": ("go_on", "menu", "person"),
    "contact": ("go_on", "menu", "person"),
    "unknown_command": ("go_on", "menu", "person"),
    "middle": ("go_on", "menu", "person"),
    "person": ("go_on", "doors", "menu"),
    "about": ("go_on", "language"),
    "privacy": ("go_on", "data", "erase"),
    "stopped": ("menu", "my_help", "erase"),
}
"""The buttons under each kind, by their key in `[nav]`."""

BESIDE_DOORS = ("go_on", "person", "menu")
"""Those under the doors of the wijk."""

ANSWERS = {
    "go_on": "_stay",
    "menu": "_menu",
    "person": "_person",
    "doors": "_doors",
    "language": "_language",
    "my_help": "_help",
    "data": "_data",
    "erase": "_erase",
}


class Overlays:
    """Draws messages that leave the resident's place as it is."""

    def __init__(self, content: Content) -> None:
        self.content, self.words, self.cards = content, content.words, Cards(content)

    def of(self, effect: Overlay, place: Place, wijk: Wijk, language: str, name: str) -> Card:
        """Draw the message for this effect, in the person's language."""
        if effect.kind == "erase":
            return self.erase(place, language)
        question = self.cards.ask(place, wijk, name) if place.language else ""
        known = (wijk.lines[each.line] for each in wijk.partners.values() if each.line in wijk.lines)
        line = next((each for each in known if each.phone), None)
        fields = {
            "question": question,
            **self.content.places(wijk, language),
            "line": self.words.line(language, line) if line else None,
            "phone": line.phone if line else None,
        }
        kind = "edited" if effect.argument == "edited" else effect.kind
        text = self.words.phrase(language, f"overlays.{kind}", **fields)
        doors = [self.door(key, place, language) for key in DOORS.get(effect.kind, ("go_on",)) if self.has(key)]
        return Card(text, arranged(doors, rtl=self.words.right_to_left(language)), replaces=effect.kind)

    def doors(self, place: Place, wijk: Wijk, language: str, now: datetime) -> Card:
        """Draw where a resident can walk in: every door of the wijk, and whether it is open today."""
        day = now.astimezone(ZONE)
        text = walk_ins(self.content, wijk, language, day, free_day)
        buttons = [self.door(key, place, language) for key in BESIDE_DOORS]
        return Card(text, arranged(buttons, rtl=self.words.right_to_left(language)), replaces="doors")

    def danger(self, step: str, place: Place, language: str, cried: Sequence[str] = ()) -> Card:
        """Draw a danger message: the numbers first, then its own doors, then the way back to the card.

        It is in the language of the cry, if the words tell one that this wijk speaks, and below that in the language
        that the person chose.
        """
        flow = self.content.charts.flows["danger"]
        box = self.content.charts.steps.get(step) or self.content.charts.steps[flow.start]
        text = box.say if isinstance(box, Outcome) else getattr(box, "ask", "")
        languages = self.heard_in(place, language, cried)
        said = dict.fromkeys(
            self.words.say(each, box.name, text, **self.content.places(self.content.wijk, each)) for each in languages
        )
        buttons = [
            Choice(self.words.say(languages[0], f"{box.name}.{each.id}", each.text), ChartTap(box.name, each.id, 0))
            for each in answers_of(box).values()
        ]
        buttons.append(self.door("go_on", place, languages[0]))
        rows = self.cards.rows(buttons, languages[0])
        return Card("\n\n".join(said), rows, danger=False)

    def heard_in(self, place: Place, language: str, cried: Sequence[str]) -> tuple[str, ...]:
        """Return the languages in which a cry in one of those languages is answered, the first one first."""
        spoken = tuple(each for each in cried if each in self.content.wijk.languages)[:1]
        if language in cried or not spoken:
            return (language,)
        return spoken if place.language is None else (*spoken, language)

    def behind(self, kind: str, place: Place, wijk: Wijk, now: datetime) -> Card:
        """Draw a card behind the end card: why this, how it adds up, more help, tips; `more_2` is the second page."""
        memory, (name, _, page) = self.content.walk.memory(place, wijk), kind.partition("_")
        step = self.content.charts.steps[place.step]
        if not isinstance(step, Outcome):
            return points_card(self.content, memory, place)
        match name:
            case "why":
                return why_card(self.content, memory, step, place)
            case "tips":
                return tips_card(self.content, memory, place, int(page or 1))
            case "more":
                found = advise(step, memory)
                return more_card(self.content, step, found, place, wijk, now, int(page or 1))
            case _:
                return points_card(self.content, memory, place)

    def has(self, key: str) -> bool:
        """Return whether these charts have that button."""
        return key != "urgent" or URGENT[1] in answers_of(self.content.charts.steps.get(URGENT[0]))

    def door(self, key: str, place: Place, language: str) -> Choice:
        """Return one of the standing buttons."""
        if key == "urgent":
            return Choice(self.words.phrase(language, "nav.urgent"), ChartTap(*URGENT))
        return Choice(self.words.phrase(language, f"nav.{key}"), ChartTap(place.step, ANSWERS[key], place.revision))

    def erase(self, place: Place, language: str) -> Card:
        """Draw the question whether this person is sure that everything about them must go."""
        sure = Choice(self.words.phrase(language, "overlays.erase_yes"), ChartTap("erase", "yes", place.revision))
        stay = Choice(self.words.phrase(language, "overlays.erase_no"), ChartTap(place.step, "_stay"))
        return Card(self.words.phrase(language, "overlays.erase"), ((sure,), (stay,)), replaces="erase")
