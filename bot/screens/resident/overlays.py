"""What is said beside the card: danger, a kind answer to typed words, a person to talk to, *waarom*."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loaded import Content
from bot.messages.card import CARD, Card, Choice, arranged
from bot.screens.resident.cards import Cards
from bot.screens.resident.offers import why_lines
from flows.model.chart import Outcome
from flows.model.effects import Overlay
from flows.model.heard import ChartTap
from flows.model.memory import answers_of
from flows.model.place import Place
from flows.model.wijk import Wijk

DOORS = {
    "typed": ("go_on", "menu", "person"),
    "media": ("go_on", "menu", "person"),
    "contact": ("go_on", "menu", "person"),
    "unknown_command": ("go_on", "menu", "person"),
    "middle": ("go_on", "menu", "person"),
    "person": ("go_on", "menu"),
    "about": ("go_on", "language"),
    "privacy": ("go_on", "data", "erase"),
    "stopped": ("menu", "my_help", "erase"),
}
"""The buttons under each kind, by their key in `[nav]`."""

ANSWERS = {
    "go_on": "_stay",
    "menu": "_menu",
    "person": "_person",
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
            "line": line.name if line else None,
            "phone": line.phone if line else None,
        }
        kind = "edited" if effect.argument == "edited" else effect.kind
        text = self.words.phrase(language, f"overlays.{kind}", **fields)
        doors = [self.door(key, place, language) for key in DOORS.get(effect.kind, ("go_on",))]
        return Card(text, arranged(doors, rtl=self.words.right_to_left(language)), replaces=effect.kind)

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
        return Card("\n\n".join(said), tuple((each,) for each in buttons), danger=False)

    def heard_in(self, place: Place, language: str, cried: Sequence[str]) -> tuple[str, ...]:
        """Return the languages in which a cry in one of those languages is answered, the first one first."""
        spoken = tuple(each for each in cried if each in self.content.wijk.languages)[:1]
        if language in cried or not spoken:
            return (language,)
        return spoken if place.language is None else (*spoken, language)

    def why(self, place: Place, wijk: Wijk) -> Card:
        """Draw which answers led here; where there are points, they add up to the score."""
        language = place.language or "nl"
        memory = self.content.walk.memory(place, wijk)
        step = self.content.charts.steps[place.step]
        lines = why_lines(self.content, memory, step if isinstance(step, Outcome) else None, language)
        back = Choice(self.words.phrase(language, "nav.back"), ChartTap(place.step, "_stay", 0))
        return Card("\n\n".join(lines), ((back,),), replaces=CARD)

    def door(self, key: str, place: Place, language: str) -> Choice:
        """Return one of the standing buttons."""
        return Choice(self.words.phrase(language, f"nav.{key}"), ChartTap(place.step, ANSWERS[key], place.revision))

    def erase(self, place: Place, language: str) -> Card:
        """Draw the question whether this person is sure that everything about them must go."""
        sure = Choice(self.words.phrase(language, "overlays.erase_yes"), ChartTap("erase", "yes", place.revision))
        stay = Choice(self.words.phrase(language, "overlays.erase_no"), ChartTap(place.step, "_stay"))
        return Card(self.words.phrase(language, "overlays.erase"), ((sure,), (stay,)), replaces="erase")
