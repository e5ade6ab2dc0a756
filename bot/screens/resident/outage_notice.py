"""What a sender hears while the store is away. The store is not asked, so it is in the language of their app.

Guards the rule that danger is answered at once, whatever is broken here: its numbers are in the charts, not in the
store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.content.loaded import Content
from bot.messages.card import Card
from bot.messages.message import Button, Incoming
from bot.messages.taps.buttons import Tap
from bot.messages.taps.residents import HideTap
from bot.screens.resident.door import neutral_line
from bot.screens.resident.overlays import Overlays
from flows.model.effects import Overlay
from flows.model.heard import Blocked, Elsewhere, Heard, NoTap
from flows.model.names import DANGER, WELCOME
from flows.model.place import Place


@dataclass(frozen=True, slots=True)
class Notice:
    """A message (`text`), and a window (`alert`, at most 200 characters) over the button that was tapped.

    Either may be empty. `danger` is the step of the danger chart that `text` comes from, if it does. `buttons` are
    those under `text` that work without the store as well.
    """

    text: str
    alert: str = ""
    danger: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()


class OutageNotices:
    """Words the notice for each update, without the store."""

    def __init__(self, content: Content) -> None:
        self.content, self.overlays = content, Overlays(content)

    def __call__(self, incoming: Incoming) -> Notice | None:
        """Return the notice for this update; None when nobody waits for an answer to it."""
        words, wijk = self.content.words, self.content.wijk
        language = wijk.language(incoming.language)
        places = self.content.places(wijk, language)
        alert = words.phrase(language, "outage.alert", **places) if incoming.query else ""
        match incoming.heard:
            case Blocked():
                return None
            case Elsewhere():
                return Notice("", alert) if alert else None
            case HideTap():  # no window with a message of ours; the chat is emptied when the store is back
                line = neutral_line(words, language).message("", words, language)
                return Notice(line.text, buttons=line.buttons)
        text = words.phrase(language, "outage.message", **places)
        return self.danger(incoming, language) or self._told(text, language, alert)

    def sorry(self, incoming: Incoming) -> Notice | None:
        """Return what a person hears whose update could not be handled; danger is answered as always."""
        if isinstance(incoming.heard, Blocked | Elsewhere):
            return None
        wijk, language = self.content.wijk, self.content.wijk.language(incoming.language)
        place = wijk.places[wijk.walk_in].name
        text = self.content.words.phrase(language, "notices.went_wrong", place=place)
        return self.danger(incoming, language) or self._told(text, language)

    def danger(self, incoming: Incoming, language: str) -> Notice | None:
        """Return the answer to what this says of danger, in this language, from the charts alone."""
        place = Place(WELCOME, language=language)
        heard = incoming.heard if isinstance(incoming.heard, Heard) else NoTap()
        for effect in self.content.walk.hears(place, heard, self.content.wijk, "").effects:
            if isinstance(effect, Overlay) and effect.kind == DANGER:
                card = self.overlays.danger(effect.argument, place, language, effect.languages)
                rows = (tuple(each for each in row if self._leads_to_danger(each.tap)) for row in card.choices)
                card = replace(card, choices=tuple(row for row in rows if row), door=False)
                made = card.message("", self.content.words, language)
                return Notice(made.text, danger=effect.argument or DANGER, buttons=made.buttons)
        return None

    def _leads_to_danger(self, tap: Tap) -> bool:
        """Return whether this button shows another danger message, which needs no store."""
        heard = tap if isinstance(tap, Heard) else NoTap()
        effects = self.content.walk.hears(Place(WELCOME), heard, self.content.wijk, "").effects
        return all(isinstance(each, Overlay) and each.kind == DANGER for each in effects)

    def _told(self, text: str, language: str, alert: str = "") -> Notice:
        told = Card(text, door=False).message("", self.content.words, language)
        return Notice(told.text, alert, buttons=told.buttons)
