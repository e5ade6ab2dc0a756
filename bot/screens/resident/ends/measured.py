"""The cards that residents meet on many walks, in every language, for whoever measures how long they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from bot.content.loaded import Content
from bot.messages.card import Card
from bot.screens.resident.cards import Cards
from bot.screens.resident.overlays import Overlays
from flows.check.lines import ABOUT, SEVERAL, Shown
from flows.check.walks import NAME, places
from flows.model.chart import Outcome, Question
from flows.model.effects import Overlay
from flows.model.names import MENU, WELCOME
from flows.model.place import Place
from flows.walk import advice

RECEIPT = "KOP-4F7"

SOME = 40
"""Walks in a check, which takes a second or two; the tests make more."""

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""Any moment will do: a day is about as long as another."""


def some_cards(content: Content) -> Iterator[Shown]:
    """Yield the cards of a few walks, always the same."""
    return cards_of(content, range(SOME), NOON)


def cards_of(content: Content, seeds: Sequence[int], now: datetime) -> Iterator[Shown]:
    """Yield every card of these walks and behind them, and what is said beside the card, in all languages."""
    wijk = content.wijk.with_switches({}, frozenset(content.wijk.partners))
    begin = (MENU, *(flow.start for name, flow in content.charts.flows.items() if name == "selfcheck"))
    walked = (each for seed in seeds for each in places(content.walk, wijk, Random(seed).randrange, begin))
    stood = list(dict.fromkeys(replace(each, revision=0) for each in walked))
    for language in wijk.languages:
        drawn, beside = Cards(content), Overlays(content)

        def shown(kind: str, name: str, card: Card, language: str = language) -> Shown:
            rows = len(card.message("", content.words, language).buttons)
            return Shown(kind, name, language, card.text, rows)

        here = Place(WELCOME, language=language)
        for kind in ("privacy", "about", "person"):
            yield shown("about", kind, beside.of(Overlay(kind), here, wijk, language, ""))
        for name in content.charts.steps:
            if content.charts.flows[name.partition(".")[0]].anywhere:
                yield shown("danger", name, beside.danger(name, here, language))
        asked: set[str] = set()
        usual = [step for flow in content.charts.flows.values() if not flow.anywhere for step in flow.steps.values()]
        unmet = {step.name: Place(step.name) for step in usual if isinstance(step, Question)}
        for each in stood:
            unmet.pop(each.step, None)
        for each in [*stood, *unmet.values()]:
            place, step = replace(each, language=language), content.charts.steps[each.step]
            card = drawn.of(place, wijk, name=NAME, receipts=RECEIPT, now=now)
            match step:
                case Question(consent=number) if number:
                    yield shown("consent", step.name, card)
                case Question() if step.name not in asked:
                    asked.add(step.name)
                    kind = "about" if step.name in ABOUT else SEVERAL if step.many else "question"
                    yield shown(kind, step.name, card)
                case Outcome() if step.offers:
                    found = advice.advise(step, content.walk.memory(place, wijk))
                    two = len(advice.destinations(found)) > 1 or any(each.urgent for each in found.now)
                    yield shown("end, two or urgent" if two else "end", step.name, card)
                    yield shown("why", step.name, beside.behind("why", place, wijk, now))
                    yield shown("more", step.name, beside.behind("more", place, wijk, now))
                    if step.tips:
                        yield shown("tips", step.name, beside.behind("tips", place, wijk, now))
                case _:
                    pass
