"""Draws the card of a place: the text, and the buttons under it, in the resident's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.doors import door_lines
from bot.content.loaded import Content
from bot.leads.consent.card import consent_fields
from bot.messages.card import CARD, THIRD, WIDE, Card, Choice, Rows, arranged
from bot.screens.resident.ends.after import after_lines, more_button
from bot.screens.resident.ends.more import MANY, own_answers
from bot.screens.resident.ends.offers import end_text, partner_about
from flows.model.chart import Outcome, Question
from flows.model.heard import ChartTap
from flows.model.memory import Memory
from flows.model.names import MENU, PARKED, WELCOME
from flows.model.place import Place
from flows.model.wijk import Wijk
from flows.walk import advice
from flows.walk.arrows import ALL, FIRST, LATER, NEXT, NO, SECOND
from flows.walk.help import Advice
from flows.walk.progress import DOTS

WIDEST = 22
"""Characters of a button that can still share a row."""

MOST_ROWS = 4
"""Rows of answers; with two rows of ways to move there are six."""


class Cards:
    """Draws cards from the content."""

    def __init__(self, content: Content) -> None:
        self.content, self.words = content, content.words

    def of(
        self,
        place: Place,
        wijk: Wijk,
        *,
        name: str = "",
        note: str = "",
        receipts: str = "",
        to: str | None = None,
        now: datetime,
    ) -> Card:
        """Draw the card of this place. `note` is a phrase above it; `name` is what the channel calls the resident.

        `to` is who reads what is written there.
        """
        if place.language is None:
            return self.languages(place, wijk)
        step = self.content.charts.steps[place.step]
        memory = self.content.walk.memory(place, wijk)
        if isinstance(step, Question):
            return self.question(step, place, memory, name, note, to)
        if isinstance(step, Outcome):
            return self.outcome(step, place, memory, note, {"receipts": receipts, "to": to}, now)
        raise ValueError(f"nobody rests at the crossroads {place.step}")

    def asks_number(self, place: Place) -> bool:
        """Return whether the card of this place has the share-my-number button."""
        step = self.content.charts.steps.get(place.step)
        return isinstance(step, Question) and step.share is not None

    def languages(self, place: Place, wijk: Wijk, hint: str = "") -> Card:
        """Draw every language by its own name; `hint`, such as the app's language, goes first and does no more."""
        order = sorted(wijk.languages, key=lambda code: code != hint)
        text = "\n".join(self.words.phrase(code, "overlays.choose_language") for code in order)
        buttons = [Choice(self.words.name(code), ChartTap("language", code, place.revision)) for code in order]
        return Card(text, arranged(buttons, rtl=False), replaces=CARD)

    def ask(self, place: Place, wijk: Wijk, name: str = "") -> str:
        """Return the question of this place in one line, for "Je staat bij: …"."""
        step = self.content.charts.steps[place.step]
        text = step.ask if isinstance(step, Question) else step.say if isinstance(step, Outcome) else ""
        language = place.language or "nl"
        asked = step if isinstance(step, Question) else None
        fields = self.fields(self.content.walk.memory(place, wijk), language, asked, name)
        lines = self.words.say(language, place.step, text, **fields, receipts="", to=None).split("\n")
        return next((line for line in lines if line.endswith(("?", "؟"))), lines[0])

    def question(
        self, step: Question, place: Place, memory: Memory, name: str, note: str, to: str | None = None
    ) -> Card:
        """Draw a question: the note, how far the resident is, the text, the answers, the ways to move."""
        language = place.language or "nl"
        fields = self.fields(memory, language, step, name) | {"to": to}
        parts = [self.words.phrase(language, note, limit=step.limit)] if note else []
        if filled := self.content.progress.of(place, memory):
            dots = "●" * filled + "○" * (DOTS - filled)
            parts.append(f"\u200f{dots}" if self.words.right_to_left(language) else dots)
        text = self.words.fill(language, step.name, step.ask, fields)
        parts.append(text)
        shown = advice.packet(memory, language) if step.consent else None
        mark = advice.fingerprint(shown) if shown else ""
        picks: list[Choice] = []
        buttons: list[Choice] = []
        for answer in step.answers.values():
            if answer.id == "shown" and not name:
                continue
            text = self.words.fill(language, f"{step.name}.{answer.id}", answer.text, fields)
            if not text:  # it names something that this wijk does not have
                continue
            sign = "" if not step.many or answer.go else "-" if answer.id in place.picked else "+"
            carried = ChartTap(step.name, sign + answer.id, place.revision, mark if answer.id == "yes" else "")
            (picks if sign else buttons).append(Choice(text, carried))
        rows = (*self.rows(picks, language, WIDEST), *self.rows(buttons, language, WIDEST if step.many else WIDE))
        if step.many:  # it goes on, and so do those above it: a row of its own, away from what is picked
            following = Choice(self.words.phrase(language, "nav.next"), ChartTap(step.name, NEXT, place.revision))
            rows = (*rows, (following,))
        if place.picked:
            rows = tuple(tuple(self.ticked(each, language) for each in row) for row in rows)
        kind = "" if step.consent else CARD
        return Card("\n\n".join(parts), (*rows, *self.moves(place)), replaces=kind)

    def ticked(self, choice: Choice, language: str) -> Choice:
        """Return the choice with its tick, if it is picked; the rows are made before, so that nothing jumps."""
        if not (isinstance(choice.tap, ChartTap) and choice.tap.answer.startswith("-")):
            return choice
        return Choice(self.words.phrase(language, "nav.picked", text=choice.text), choice.tap)

    def outcome(
        self, step: Outcome, place: Place, memory: Memory, note: str, told: dict[str, str | None], now: datetime
    ) -> Card:
        """Draw an outcome: what can be done, by whom, when and where, and the doors from here."""
        language = place.language or "nl"
        parts = [self.words.phrase(language, note)] if note else []
        if step.refer and not told["receipts"]:
            parts.append(self.words.phrase(language, "overlays.help_none"))
        else:
            fields = self.fields(memory, language) | told
            parts.append(self.words.fill(language, step.name, step.say, fields))
        found = advice.advise(step, memory)
        if step.offers:
            parts.append(end_text(self.content, parts.pop(), found, memory.wijk, language, now))
        if step.refer:
            parts += after_lines(self.content, place, memory.wijk, language, now.date())
        if step.refer or (step.offers and not found.now):
            parts.append("\n".join(door_lines(self.content, memory.wijk, language, now)))
        buttons = [*self.offered(found, place, memory.wijk)] if step.offers else []
        if len(advice.destinations(found)) < MANY:
            buttons += own_answers(self.content, step, place)
        if step.refer:
            buttons += more_button(self.content, place, memory.wijk, language)
        rows = (*self.rows(buttons, language), *self.behind(step, place, found))
        return Card("\n\n".join(part for part in parts if part), (*rows, *self.moves(place, later=bool(found.now))))

    def behind(self, step: Outcome, place: Place, found: Advice) -> Rows:
        """Return the buttons to the cards behind an end card: why, more help, tips; and the help that runs."""
        wanted = {
            "why": bool(place.trail and step.offers),
            "more": bool(step.offers),
            "tips": bool(place.trail and step.tips),
            "my_help": bool(not place.trail or not step.offers or found.running or found.full),
        }
        taps = {"my_help": "_help"}
        shown = [
            Choice(
                self.words.phrase(place.language or "nl", f"nav.{key}"),
                ChartTap(step.name, taps.get(key, f"_{key}"), place.revision),
            )
            for key, there in wanted.items()
            if there
        ]
        if len(shown) == 3 and all(len(each.text) <= THIRD for each in shown):
            return (tuple(shown[::-1] if self.words.right_to_left(place.language or "nl") else shown),)
        return self.rows(shown, place.language or "nl")

    def rows(self, choices: Sequence[Choice], language: str, wide: int = WIDE) -> Rows:
        """Arrange the choices, a little wider where a card would otherwise have too many rows."""
        rtl = self.words.right_to_left(language)
        for width in range(wide, WIDEST + 1):
            rows = arranged(choices, rtl=rtl, wide=width)
            if len(rows) <= MOST_ROWS:
                return rows
        return arranged(choices, rtl=rtl, wide=WIDEST, waits=True)

    def offered(self, found: Advice, place: Place, wijk: Wijk) -> list[Choice]:
        """Return the buttons for yes to all, no, and yes to one of two."""
        language = place.language or "nl"
        offered = advice.destinations(found)
        known = [each for each in offered if each.partner in wijk.partners]
        names = [self.words.partner(language, wijk.partners[each.partner]) for each in known]
        if len(set(names)) < len(names):
            names = [partner_about(self.content, each.partner, each.help, wijk, language) for each in known]
        texts = []
        if offered:
            both = len(found.now) > 1
            texts.append((ALL, self.words.phrase(language, "offer.both" if both else "offer.all")))
        if offered or not (found.running or found.full):  # else there is nothing to say no to
            texts.append((NO, self.words.phrase(language, "offer.no")))
        if len(names) > 1:
            for answer, name in zip((FIRST, SECOND), names, strict=True):
                texts.append((answer, self.words.phrase(language, "offer.first", partner=name)))
        return [Choice(text, ChartTap(place.step, answer, place.revision)) for answer, text in texts]

    def fields(
        self, memory: Memory, language: str, step: Question | None = None, name: str = ""
    ) -> dict[str, str | None]:
        """Return what the `{fields}` of a chart's text stand for here."""
        nobody = {"name": name, "partner": "", "packet": "", "fallback": ""}
        fields = {**self.content.places(memory.wijk, language), **nobody}
        if step is not None and step.consent and (packet := advice.packet(memory, language)):
            fields |= consent_fields(self.content, step, packet, memory.wijk, language)
        return fields

    def moves(self, place: Place, *, later: bool = False) -> Rows:
        """Return the ways to move at the end of every card: back, menu, not now (`later`), language."""
        language = place.language or "nl"

        def button(key: str, answer: str) -> Choice:
            return Choice(self.words.phrase(language, f"nav.{key}"), ChartTap(place.step, answer, place.revision))

        first = [button("back", "_back")] if place.trail else []
        if place.left and (
            place.step in (MENU, PARKED) or (place.left.refused is None and place.step.startswith("relay."))
        ):
            first.append(button("resume", "_resume"))
        if place.step == MENU:
            first.append(button("doors", "_doors"))
        if place.step not in (MENU, WELCOME):
            first.append(button("menu", "_menu"))
        if later and PARKED in self.content.charts.steps:
            first.append(button("later", LATER))
        rtl = self.words.right_to_left(language)
        rows = arranged(first, rtl=rtl)
        if len(first) == 3 and all(len(each.text) <= THIRD for each in first):
            rows = (tuple(first[::-1] if rtl else first),)
        return (*rows, (button("language", "_language"),))
