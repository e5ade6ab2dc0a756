"""What is said beside the card: danger, a kind answer to typed words, a person to talk to, *waarom*."""

from __future__ import annotations

from bot.content.loaded import Content
from bot.messages.buttons import data
from bot.messages.card import Card, arranged
from bot.messages.message import Button
from bot.screens.resident.cards import Cards
from bot.screens.resident.offers import why_lines
from flows.model.chart import Outcome
from flows.model.effects import Overlay
from flows.model.memory import answers_of
from flows.model.place import Place
from flows.model.wijk import Wijk

DOORS = {
    "typed": ("go_on", "menu", "person", "danger"),
    "media": ("go_on", "menu", "person", "danger"),
    "contact": ("go_on", "menu", "person", "danger"),
    "unknown_command": ("go_on", "menu", "person", "danger"),
    "middle": ("go_on", "menu", "person", "danger"),
    "person": ("go_on", "menu", "danger"),
    "about": ("go_on", "language", "danger"),
    "privacy": ("go_on", "data", "erase", "danger"),
    "stopped": ("menu", "my_help", "erase", "danger"),
}
"""The buttons under each kind, by their key in `[nav]`; danger is one tap away from all of them."""

ANSWERS = {
    "go_on": "_stay",
    "menu": "_menu",
    "person": "_person",
    "language": "_language",
    "danger": "_danger",
    "my_help": "_help",
    "data": "_data",
    "erase": "_erase",
}


class Asides:
    """Draws messages that move nobody."""

    def __init__(self, content: Content) -> None:
        self.content, self.words, self.cards = content, content.words, Cards(content)

    def of(self, effect: Overlay, place: Place, wijk: Wijk, language: str, name: str) -> Card:
        """The message for this effect, in the person's language."""
        match effect.kind:
            case "erase":
                buttons = [
                    ("erase_yes", data("erase", "yes", place.revision)),
                    ("erase_no", data(place.step, "_stay", 0)),
                ]
                return self.message("erase", language, buttons)
            case "stop_help":
                buttons = [
                    ("stop_help_yes", data("withdraw", effect.argument, place.revision)),
                    ("erase_no", data(place.step, "_stay", 0)),
                ]
                return self.message("stop_help", language, buttons, code=effect.argument)
        question = self.cards.ask(place, wijk, name) if place.language else ""
        line = next(iter(wijk.lines.values()))
        for key in wijk.partners:
            line = wijk.lines.get(wijk.partners[key].line, line)
            if wijk.partners[key].line:
                break
        fields = {
            "question": question,
            **self.content.places(wijk, language),
            "line": line.name,
            "phone": line.phone,
        }
        kind = "edited" if effect.argument == "edited" else effect.kind
        text = self.words.phrase(language, f"overlays.{kind}", **fields)
        doors = [self.door(key, place, language) for key in DOORS.get(effect.kind, ("go_on", "danger"))]
        return Card(text, arranged(doors, rtl=self.words.right_to_left(language)))

    def danger(self, step: str, place: Place, language: str) -> Card:
        """A danger message: the numbers first, then its own doors, then the way back to the card."""
        flow = self.content.charts.flows["danger"]
        box = self.content.charts.steps.get(step) or self.content.charts.steps[flow.start]
        text = box.say if isinstance(box, Outcome) else getattr(box, "ask", "")
        buttons = [
            Button(self.words.say(language, f"{box.name}.{each.id}", each.text), data(box.name, each.id, 0))
            for each in answers_of(box).values()
        ]
        buttons.append(self.door("go_on", place, language))
        return Card(self.words.say(language, box.name, text), tuple((each,) for each in buttons))

    def why(self, place: Place, wijk: Wijk) -> Card:
        """Which answers led here; where there are points, they add up to the score."""
        language = place.language or "nl"
        memory = self.content.walk.memory(place, wijk)
        step = self.content.charts.steps[place.step]
        lines = why_lines(self.content, memory, step if isinstance(step, Outcome) else None, language)
        back = Button(self.words.phrase(language, "nav.back"), data(place.step, "_stay", 0))
        return Card("\n\n".join(lines), ((back,),))

    def door(self, key: str, place: Place, language: str) -> Button:
        """One of the standing buttons."""
        return Button(self.words.phrase(language, f"nav.{key}"), data(place.step, ANSWERS[key], place.revision))

    def message(self, kind: str, language: str, buttons: list[tuple[str, str]], **fields: str) -> Card:
        """A question beside the card, with its own answers."""
        rows = tuple((Button(self.words.phrase(language, f"overlays.{key}"), each),) for key, each in buttons)
        return Card(self.words.phrase(language, f"overlays.{kind}", **fields), rows)
