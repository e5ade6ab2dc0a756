"""How many lines of a small phone each text and each card may take. All limits stand here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from flows.check.arrows import fault
from flows.model.chart import Charts, Outcome, Question
from flows.model.faults import Fault
from flows.model.names import MENU
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.texts.extract import Message, Say
from flows.texts.fields import fields_in, of_wijk, without_unknown
from flows.texts.lines import END, END_TWO, SCREEN, WORDS, lines, sentences
from flows.texts.offers import bare, offer_words, warn_words

QUESTION, SAY, OFFER, WARN, TIP, DANGER = 7, 2, 3, 3, 6, 16
"""Lines of a question, of what an outcome says above its offers, of an offer, of a warning, of a tip, of a danger."""

SEVERAL = "question, several"
"""The kind of a question in which several answers may be picked."""

CARDS = {
    "question": QUESTION,
    SEVERAL: QUESTION,
    "end": END,
    "end, two or urgent": END_TWO,
    "consent": SCREEN,
    "danger": DANGER,
    "about": SCREEN,
    "why": END,
    "more": SCREEN,
    "tips": SCREEN,
}
"""Lines of each kind of card."""

ABOUT = ("handoff.about", "handoff.about_call")
"""Questions that first say who we are; they may be as long as the page about us."""

ROWS = 6
"""Rows of buttons under a card."""

MORE_ROWS = {SEVERAL: 7, MENU: 8}
"""Kinds of cards and steps with more rows: where several answers are picked *verder* has a row of its own, so that
nobody taps it by mistake; the first question shows every worry at once (`docs/decisions/0028`)."""

ENDS = ".!?؟۔"
"""What a whole sentence ends with, in any language."""

FILES = {
    "tip": "tips.toml", "status": "desk.toml", "partner": "partners.toml", "service": "wijk.toml", "wijk": "wijk.toml",
}  # fmt: skip
"""Where texts stand that are in no chart; all others are phrases."""

PROGRESS = 2
"""Lines above a question that say how far the resident is."""

NUMBER = "0800-000000"
"""Stands for a number that the wijk does not know yet, so that nothing grows too long on the day it is filled in."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as a resident sees it: its kind (a key of `CARDS`), the step, the language, the text, its rows."""

    kind: str
    name: str
    language: str
    text: str
    rows: int

    @property
    def lines(self) -> int:
        return lines(self.text)


def faults(
    charts: Charts, wijk: Wijk, tips: Sequence[Tip], say: Say, languages: Sequence[str] = ("nl",)
) -> Iterator[Fault]:
    """Yield every text of a chart or a tip that takes more lines than a phone has for it, in any of these languages."""
    for language in languages:
        known = _known(wijk, say, language)
        for name, what, context, dutch, most in _texts(charts, wijk):
            if (count := lines(_filled(say(language, context, dutch), known))) > most:
                yield fault(name, f"{what}{count} lines in {language}, at most {most}")
        for tip in tips:
            if (count := lines(_filled(say(language, f"tip.{tip.id}", tip.say), known))) > TIP:
                yield Fault("tips.toml", tip.id, f"{count} lines in {language}, at most {TIP}")


def unfinished(charts: Charts, wijk: Wijk, say: Say, languages: Sequence[str] = ("nl",)) -> Iterator[Fault]:
    """Yield every offer whose first line is no whole sentence: where little fits, that line is all that is read."""
    for language in languages:
        known = _known(wijk, say, language)
        for name, step in charts.steps.items():
            for offer in step.offers if isinstance(step, Outcome) else ():
                first = _filled(say(language, *offer_words(wijk, offer)), known).split("\n")[0]
                if first and not first.endswith(tuple(ENDS)):
                    yield fault(name, f"{bare(offer)}: the first line is no whole sentence in {language}: {first}")


def wordy(messages: Iterable[Message], charts: Charts) -> Iterator[Fault]:
    """Yield every sentence with too many words, but for those of danger, which are as the field wrote them."""
    for message in messages:
        section, _, rest = message.context.partition(".")
        flow = charts.flows.get(section)
        if (flow and flow.anywhere) or section in ("draw", "facts", "profile") or rest == "title":
            continue
        for sentence in sentences(message.text):
            if (count := len(sentence.split())) > WORDS:
                told = f"{count} words in a sentence, at most {WORDS}: {sentence}"
                yield fault(message.context, told) if flow else Fault(*_file(section, rest), told)


def too_long(cards: Iterable[Shown]) -> Iterator[Fault]:
    """Yield the longest card of each step that takes more lines or rows than its kind may have."""
    worst: dict[tuple[str, str, str], tuple[int, int]] = {}
    for card in cards:
        key = (card.name, card.kind, card.language)
        count, rows = worst.get(key, (0, 0))
        worst[key] = max(count, card.lines), max(rows, card.rows)
    for (name, kind, language), (count, rows) in worst.items():
        if count > CARDS[kind]:
            yield _at(name, f"the card ({kind}) gets {count} lines in {language}, at most {CARDS[kind]}")
        if rows > (most := MORE_ROWS.get(name, MORE_ROWS.get(kind, ROWS))):
            yield _at(name, f"the card ({kind}) gets {rows} rows of buttons in {language}, at most {most}")


def _file(section: str, rest: str) -> tuple[str, str]:
    """Return the file and the entry of a text that stands in no chart."""
    return FILES.get(section, "phrases.toml"), rest if section in ("tip", "partner") else f"{section}.{rest}"


def _at(name: str, what: str) -> Fault:
    return fault(name, what) if "." in name else Fault("phrases.toml", f"overlays.{name}", what)


def figures(cards: Iterable[Shown]) -> Iterator[str]:
    """Yield a table: for each kind of card and language how many cards, the middle and the most lines, the rows."""
    found: dict[tuple[str, str], list[Shown]] = {}
    for card in cards:
        found.setdefault((card.kind, card.language), []).append(card)
    yield "| card | language | cards | median lines | most lines | at most | most rows |"
    yield "|---|---|---|---|---|---|---|"
    for (kind, language), shown in sorted(found.items(), key=lambda each: [*CARDS].index(each[0][0])):
        counts = [each.lines for each in shown]
        rows = max(each.rows for each in shown)
        yield f"| {kind} | {language} | {len(shown)} | {median(counts):g} | {max(counts)} | {CARDS[kind]} | {rows} |"


def _texts(charts: Charts, wijk: Wijk) -> Iterator[tuple[str, str, str, str, int]]:
    """Yield each text: its step, what it is, its context, the Dutch, and how many lines it may take."""
    for name, step in charts.steps.items():
        flow = charts.flows[name.partition(".")[0]]
        match step:
            case Question() if not step.consent:
                long = flow.anywhere or name in ABOUT
                most = SCREEN if long else QUESTION - (PROGRESS if flow.progress else 0)
                yield name, "", name, step.ask, most
            case Outcome():
                most = DANGER if flow.anywhere else SAY if step.offers else QUESTION
                yield name, "", name, step.say, most
                for offer in step.offers:
                    yield (name, f"{bare(offer)}: ", *offer_words(wijk, offer), OFFER)
                    if offer.warn:
                        yield name, f"{bare(offer)}, warn: ", *warn_words(offer), WARN


def _known(wijk: Wijk, say: Say, language: str) -> dict[str, str | None]:
    found = of_wijk(wijk) | {"person": say(language, "wijk.person", wijk.person), "euros": "100"}
    return {name: value or (NUMBER if name[:5] == "line_" else None) for name, value in found.items()}


def _filled(text: str, known: Mapping[str, str | None]) -> str:
    for name in fields_in(text := without_unknown(text, known)):
        text = text.replace(f"{{{name}}}", known.get(name) or "")
    return text
