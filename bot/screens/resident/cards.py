"""Draws the card of a place: the text, and the buttons under it, in the resident's language."""

from __future__ import annotations

from datetime import datetime

from bot.content.loaded import Content
from bot.leads.packet import packet_lines, recipient
from bot.messages.card import CARD, WIDE, Card, Choice, Rows, arranged
from bot.screens.resident.offers import offer_lines, partner_about, tip_lines
from flows.model.chart import Outcome, Question
from flows.model.heard import ChartTap
from flows.model.memory import Memory
from flows.model.names import MENU, WELCOME
from flows.model.place import Place
from flows.model.wijk import COORDINATOR, Wijk
from flows.walk import advice
from flows.walk.arrows import ALL, FIRST, NEXT, NO, SECOND


class Cards:
    """Draws cards from the content."""

    def __init__(self, content: Content) -> None:
        self.content, self.words = content, content.words

    def of(
        self, place: Place, wijk: Wijk, *, name: str = "", note: str = "", receipts: str = "", now: datetime
    ) -> Card:
        """Draw the card of this place. `note` is a phrase above it; `name` is what the channel calls the resident."""
        if place.language is None:
            return self.languages(place, wijk)
        step = self.content.charts.steps[place.step]
        memory = self.content.walk.memory(place, wijk)
        if isinstance(step, Question):
            return self.question(step, place, memory, name, note)
        if isinstance(step, Outcome):
            return self.outcome(step, place, memory, note, receipts, now)
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
        lines = self.words.say(language, place.step, text, **fields, receipts="").split("\n")
        return next((line for line in lines if line.endswith(("?", "؟"))), lines[0])

    def question(self, step: Question, place: Place, memory: Memory, name: str, note: str) -> Card:
        """Draw a question: the note, how far the resident is, the text, the answers, the ways to move."""
        language = place.language or "nl"
        fields = self.fields(memory, language, step, name)
        parts = [self.words.phrase(language, note, limit=step.limit)] if note else []
        progress = self.content.progress.of(place, memory)
        if progress:
            parts.append(self.words.phrase(language, "nav.progress", number=progress[0], total=progress[1]))
        parts.append(self.words.fill(language, step.name, step.ask, fields))
        shown = advice.packet(memory, step.consent, language) if step.consent else None
        mark = advice.fingerprint(shown) if shown else ""
        buttons = []
        for answer in step.answers.values():
            if answer.id == "shown" and not name:
                continue
            text = self.words.fill(language, f"{step.name}.{answer.id}", answer.text, fields)
            if not text:  # it names something that this wijk does not have
                continue
            sign = "" if not step.many or answer.go else "-" if answer.id in place.picked else "+"
            carried = ChartTap(step.name, sign + answer.id, place.revision, mark if answer.id == "yes" else "")
            buttons.append(Choice(text, carried))
        if step.many:
            buttons.append(Choice(self.words.phrase(language, "nav.next"), ChartTap(step.name, NEXT, place.revision)))
        rows = arranged(buttons, rtl=self.words.right_to_left(language), wide=22 if step.many else WIDE)
        if place.picked:
            rows = tuple(tuple(self.ticked(each, language) for each in row) for row in rows)
        kind = "" if step.consent else CARD
        return Card("\n\n".join(parts), (*rows, *self.moves(place)), replaces=kind)

    def ticked(self, choice: Choice, language: str) -> Choice:
        """Return the choice with its tick, if it is picked; the rows are made before, so that nothing jumps."""
        if not (isinstance(choice.tap, ChartTap) and choice.tap.answer.startswith("-")):
            return choice
        return Choice(self.words.phrase(language, "nav.picked", text=choice.text), choice.tap)

    def outcome(self, step: Outcome, place: Place, memory: Memory, note: str, receipts: str, now: datetime) -> Card:
        """Draw an outcome: what can be done, by whom, when and where, and the doors from here."""
        language = place.language or "nl"
        parts = [self.words.phrase(language, note)] if note else []
        if step.refer and not receipts:
            parts.append(self.words.phrase(language, "overlays.help_none"))
        else:
            fields = self.fields(memory, language)
            parts.append(self.words.say(language, step.name, step.say, **fields, receipts=receipts))
        found = advice.advise(step, memory)
        if step.tips:
            parts += tip_lines(self.content, memory, language)
        parts += offer_lines(self.content, step, found, memory.wijk, language, now)
        buttons = [*self.offered(found, place, memory.wijk)] if step.offers else []
        buttons += [
            Choice(
                self.words.say(language, f"{step.name}.{each.id}", each.text),
                ChartTap(step.name, each.id, place.revision),
            )
            for each in step.answers.values()
        ]
        if place.trail and (step.offers or step.tips):
            buttons.append(Choice(self.words.phrase(language, "nav.why"), ChartTap(step.name, "_why", place.revision)))
        if not place.trail or not step.offers:
            buttons.append(
                Choice(self.words.phrase(language, "nav.my_help"), ChartTap(step.name, "_help", place.revision))
            )
        return Card("\n\n".join(part for part in parts if part), (*((each,) for each in buttons), *self.moves(place)))

    def offered(self, found: advice.Advice, place: Place, wijk: Wijk) -> list[Choice]:
        """Return the buttons for yes to all, yes to one of two, and no."""
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
        if len(names) > 1:
            for answer, name in zip((FIRST, SECOND), names, strict=True):
                texts.append((answer, self.words.phrase(language, "offer.first", partner=name)))
        texts.append((NO, self.words.phrase(language, "offer.no")))
        return [Choice(text, ChartTap(place.step, answer, place.revision)) for answer, text in texts]

    def fields(
        self, memory: Memory, language: str, step: Question | None = None, name: str = ""
    ) -> dict[str, str | None]:
        """Return what the `{fields}` of a chart's text stand for here."""
        fields = {
            **self.content.places(memory.wijk, language),
            "name": name,
            "partner": "",
            "packet": "",
            "fallback": "",
        }
        packet = advice.packet(memory, step.consent, language) if step is not None and step.consent else None
        if packet:
            fields["partner"] = recipient(self.content, packet, memory.wijk, language)
            fields["packet"] = "\n".join(packet_lines(self.content, packet, memory.wijk, language))
            if packet["inbox"] != COORDINATOR:
                fields["fallback"] = "\n" + self.words.phrase(language, "packet.fallback")
        return fields

    def moves(self, place: Place) -> Rows:
        """Return the ways to move at the end of every card: back, menu, language."""
        language = place.language or "nl"

        def button(key: str, answer: str) -> Choice:
            return Choice(self.words.phrase(language, f"nav.{key}"), ChartTap(place.step, answer, place.revision))

        first = [button("back", "_back")] if place.trail else []
        if place.left and (place.step == MENU or place.step.startswith("relay.")):
            first.append(button("resume", "_resume"))
        if place.step not in (MENU, WELCOME):
            first.append(button("menu", "_menu"))
        return arranged([*first, button("language", "_language")], rtl=self.words.right_to_left(language))
