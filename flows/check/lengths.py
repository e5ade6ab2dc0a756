"""Checks that every card fits into one Telegram message, in every language, with everything that can be on it.

It takes the longest of each thing that may stand there, so a card that passes here never fails on a phone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flows.check.arrows import Graph, fault
from flows.model.chart import Charts, Offer, Outcome, Question
from flows.model.faults import Fault
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.texts.extract import LIMITS, Say
from flows.texts.fields import of_wijk, units
from flows.texts.offers import offer_words, warn_words
from flows.walk import advice
from flows.walk import tips as choosing

MOST = 4096
"""Characters of one message, counted as Telegram does: in UTF-16 units."""

NAME = 64
"""Characters of the longest first name that Telegram allows."""

VALUE = 80
"""Characters of a phone number, a day, a code or a count, at most."""

CODE = 16
"""Characters of the code of a lead, with invisible signs around it."""

ISOLATES = 2
"""Invisible signs that may be put around a value that is filled in."""

PACKET = ("name", "reach", "number", "address", "language", "topics", "answer", "words", "together", "urgent")


def faults(
    charts: Charts,
    wijk: Wijk,
    tips: Sequence[Tip],
    phrases: Mapping[str, str],
    say: Say,
    languages: Sequence[str],
) -> Iterator[Fault]:
    """Yield every step, phrase and profile text that may become too long."""
    graph, danger = Graph(charts), dict[str, list[tuple[int, str]]]()
    for language in languages:
        ruler = _Ruler(charts, wijk, tips, phrases, say, language, graph)
        for name, length in ruler.cards():
            if length > MOST:
                yield fault(name, f"the message may get {length} characters in {language}, at most {MOST}")
            elif charts.flows[name.partition(".")[0]].anywhere:
                danger.setdefault(name, []).append((length, language))
        for key, length, most in ruler.standing():
            if length > most:
                yield Fault("phrases.toml", key, f"{length} characters in {language}, at most {most}")
    for name, lengths in danger.items():  # a cry in another language is answered in both
        (one, first), (other, second) = sorted([*lengths, (0, "")], reverse=True)[:2]
        if other and one + other + len("\n\n") > MOST:
            both = f"{first} and {second} together"
            yield fault(name, f"the message may get {one + other + 2} characters in {both}, at most {MOST}")


class _Ruler:
    """Measures everything in one language."""

    def __init__(
        self,
        charts: Charts,
        wijk: Wijk,
        tips: Sequence[Tip],
        phrases: Mapping[str, str],
        say: Say,
        language: str,
        graph: Graph,
    ) -> None:
        self.charts, self.wijk, self.tips, self.phrases = charts, wijk, tips, phrases
        self.say, self.language, self.graph = say, language, graph
        self._reasons = -1
        self.about = {name: units(value or "") for name, value in of_wijk(wijk).items()}
        self.about["person"] = units(say(language, "wijk.person", wijk.person))
        partners = wijk.partners.values()
        self.partner = _longest(partner.name for partner in partners) + ISOLATES
        self.coordinator = self.phrase("packet.coordinator_for") + self.partner
        self.door = self.phrase("more.door") + self.phrase("more.open") + 7 * VALUE
        self.door += max((units(place.name) + units(place.address) for place in wijk.places.values()), default=0)
        self.tonight = sum(self.phrase(f"tonight.{key}") + self.partner for key in ("unknown", "landlord"))
        self.who = self.partner + _longest(say(language, f"partner.{p.id}.person", p.person) for p in partners)
        self.topic = self.section("topics")
        self.what = _longest(say(language, f"partner.{p.id}.what", p.what) for p in partners) + ISOLATES
        names = {key: say(language, f"line.{key}", line.name) for key, line in wijk.lines.items()}
        self.line = _longest(f"{names[key]}{line.phone}" for key, line in wijk.lines.items()) + 2 * ISOLATES

    def phrase(self, key: str) -> int:
        """Return the length of a phrase, its fields not counted; 0 when there is none."""
        return units(self.say(self.language, key, self.phrases[key])) if key in self.phrases else 0

    def section(self, name: str) -> int:
        """Return the length of the longest phrase of a section."""
        return max((self.phrase(key) for key in self.phrases if key.startswith(f"{name}.")), default=0)

    def text(self, name: str, dutch: str) -> int:
        """Return the length of a chart's text with the values that are filled in."""
        text = self.say(self.language, name, dutch)
        values = {
            **self.about,
            "name": NAME,
            "partner": self.coordinator,
            "packet": self.packet(),
            "receipts": self.receipts(),
            "to": NAME + VALUE,
        }
        return units(text) + sum(length + ISOLATES for name, length in values.items() if f"{{{name}}}" in text)

    def cards(self) -> Iterator[tuple[str, int]]:
        """Yield every step with the greatest length of its message."""
        above = self.section("notices") + self.phrase("nav.progress") + VALUE + 4
        for name, step in self.charts.steps.items():
            match step:
                case Question():
                    yield name, above + self.text(name, step.ask)
                case Outcome():
                    yield name, self.section("notices") + self.text(name, step.say) + self.outcome(step)

    def outcome(self, step: Outcome) -> int:
        """Return the greatest length of the offers and tips under an outcome."""
        length = 0
        if step.tips:
            said = sorted(
                (units(self.say(self.language, f"tip.{t.id}", t.say)) + VALUE for t in self.tips), reverse=True
            )
            length += self.phrase("tips.intro") + sum(said[: choosing.MOST]) + 2 * (choosing.MOST + 1)
        if step.offers:
            said = sorted((self.offer(step, each) for each in step.offers), reverse=True)
            at_once: dict[str, int] = {}  # beside the first, one text of each topic that cannot wait
            for each in step.offers:
                if each.urgent:
                    words = self.text(*offer_words(self.wijk, each)) + 1
                    at_once[each.topic] = max(at_once.get(each.topic, 0), words)
            warned = {each.id: self.text(*warn_words(each)) for each in step.offers if each.warn}
            length += sum(said[: advice.MOST]) + sum(at_once.values()) + sum(warned.values()) + 4 * len(warned)
            length += self.door + 2 * (advice.MOST + 3)
            length += advice.MOST * (self.phrase("offer.runs") + CODE + self.section("topics")) + self.phrase(
                "offer.news"
            )
        return length

    def offer(self, step: Outcome, offer: Offer) -> int:
        """Return the length of one offer's block: what is said, who, when, who is full, who can be called."""
        said = self.text(*offer_words(self.wijk, offer))
        closed = max(self.phrase("offer.full"), self.phrase("offer.paused")) + self.partner
        who = self.phrase("offer.free") + self.phrase("offer.with") + self.phrase("offer.coordinator")
        told = max(self.phrase("offer.day"), self.phrase("offer.looks"))
        when = told + VALUE + ISOLATES + 2 + self.phrase("offer.also_more") + 2 * self.topic
        when += max(self.phrase("offer.call") + self.line, self.tonight) + 1 if offer.line else 0
        people = len(offer.to)
        return said + people * closed + who + 2 * (self.who + self.what) + when + 8

    def packet(self) -> int:
        """Return the greatest length of what a partner can see of one resident."""
        typed = {q.write: q.limit for q in self.charts.steps.values() if isinstance(q, Question) and q.write}
        lines = sum(self.phrase(f"packet.{key}") + ISOLATES + 1 for key in PACKET if key != "answer")
        reach = max(self.phrase(f"packet.{key}") for key in ("chat", "phone", "home"))
        when = max(self.phrase(f"packet.{key}") for key in ("morning", "afternoon", "evening", "any"))
        values = typed.get("name", NAME) + reach + when + typed.get("address", VALUE) + VALUE + typed.get("words", 0)
        if self._reasons < 0:
            self._reasons = max((self.reasons(each) for each in self.outcomes()), default=0)
        return lines + values + 2 * self.partner + self._reasons

    def outcomes(self) -> Iterator[Outcome]:
        """Yield all outcomes with offers."""
        yield from (step for step in self.charts.steps.values() if isinstance(step, Outcome) and step.offers)

    def reasons(self, step: Outcome) -> int:
        """Return the greatest length of the topics and answers that any one partner can get from this outcome.

        A partner may also get those of the others from whom it takes over while they are closed.
        """
        most = 0
        for partner in self.wijk.partners:
            offers = [offer for offer in step.offers if partner in self.receivers(offer)]
            topics = sum(self.phrase(f"topics.{topic}") + 2 for topic in {offer.topic for offer in offers})
            questions = {question for offer in offers for question in offer.hand}
            most = max(most, topics + self.trail(step.name, questions, {}))
        return most

    def trail(self, name: str, questions: set[str], known: dict[str, int]) -> int:
        """Return the greatest length of the lines that these questions can give on one trail that ends here."""
        if name not in known:
            known[name] = 0
            before = max((self.trail(each, questions, known) for each in self.graph.sources[name]), default=0)
            known[name] = before + (self.answer(name) if name in questions else 0)
        return known[name]

    def receivers(self, offer: Offer) -> set[str]:
        """Return everybody who may get this offer: its partners, those that take over, and the urgent fallback."""
        services = (*offer.to, advice.FALLBACK) if offer.urgent else offer.to
        return {each for service in services for each in self.chain(self.wijk.partner_for(service))}

    def chain(self, partner: str) -> list[str]:
        """Return the partner and all that take over from it, one after another."""
        found: list[str] = []
        while partner in self.wijk.partners and partner not in found:
            found.append(partner)
            partner = self.wijk.partners[partner].instead
        return found

    def answer(self, name: str) -> int:
        """Return the length of a line of the packet: a question and its longest answer, or all that may be picked."""
        step = self.charts.steps.get(name)
        if not isinstance(step, Question):
            return 0
        asked = [line for line in self.say(self.language, name, step.ask).split("\n") if line]
        asked = [line for line in asked if "?" in line or "؟" in line] or asked
        given = [
            (units(self.say(self.language, f"{name}.{each.id}", each.text)), each) for each in step.answers.values()
        ]
        said = max((length for length, _ in given), default=0)
        if step.many:
            said = max(said, sum(length + 2 for length, each in given if each.go is None))
        return self.phrase("packet.answer") + _longest(asked) + said + 2 * ISOLATES + 1

    def receipts(self) -> int:
        """Return the length of what a resident reads about two destinations after the yes."""
        one = self.phrase("receipt.code") + self.section("receipt") + self.phrase("receipt.before")
        word = self.phrase("watchword.is") + self.phrase("watchword.both") + 2 * self.section("watchwords")
        return advice.MOST * (one + word + self.who + 2 * VALUE + 5) + self.phrase("watchword.ask") + 1

    def standing(self) -> Iterator[tuple[str, int, int]]:
        """Yield every phrase that is a message of its own, with its greatest length and its limit."""
        question = _longest(
            (self.say(self.language, name, step.ask).split("\n")[0])
            for name, step in self.charts.steps.items()
            if isinstance(step, Question)
        )
        for key in self.phrases:
            section = key.partition(".")[0]
            if key in LIMITS:
                text = self.say(self.language, key, self.phrases[key])
                for name, length in self.about.items():
                    text = text.replace(f"{{{name}}}", "x" * (length + ISOLATES))
                yield key, units(text), LIMITS[key]
            elif section == "commands":
                yield key, self.phrase(key), 256
            else:
                text = self.say(self.language, key, self.phrases[key])
                packet = self.packet() if "{packet}" in text else 0
                fields = text.count("{") * VALUE + (question if "{question}" in text else 0)
                yield key, units(text) + fields + packet, MOST


def _longest(texts: Iterable[str]) -> int:
    return max((units(text) for text in texts), default=0)
