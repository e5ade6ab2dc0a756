"""*Waarom dit?* in one sentence per helper: the answers that weighed most for this offer; the sum is a second tap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.content.loaded import Content
from bot.leads.packet import answer_line, said
from bot.messages.card import CARD, Card, Choice, arranged
from flows.model.chart import Condition, Crossroads, Offer, Outcome
from flows.model.heard import ChartTap
from flows.model.memory import Memory
from flows.model.place import Place
from flows.walk import advice

MOST = 2
"""Answers in one sentence."""

POINTS = ("coach", "money", "home", "fit")


def why_card(content: Content, memory: Memory, step: Outcome, place: Place) -> Card:
    """Draw one sentence for each helper that is offered now."""
    language, phrase = place.language or "nl", content.words.phrase
    found = advice.advise(step, memory)
    sentences = []
    for each in found.now:
        names = [
            content.words.partner(language, memory.wijk.partners[key]) for key in each.to if key in memory.wijk.partners
        ]
        who = content.words.listed(names, language) or phrase(language, "packet.coordinator")
        told = reasons(content, memory, step, each.offers[0], language)
        key = "why.because" if told else "why.fits"
        sentences.append(phrase(language, key, said=content.words.listed(told, language), partner=who))
    doors = [
        Choice(phrase(language, "nav.points"), ChartTap(place.step, "_points", place.revision)),
        Choice(phrase(language, "nav.back"), ChartTap(place.step, "_stay", place.revision)),
    ]
    rows = arranged(doors, rtl=content.words.right_to_left(language))
    return Card("\n\n".join([*sentences, phrase(language, "why.choose")]), rows, replaces=CARD)


def reasons(content: Content, memory: Memory, step: Outcome, offer: Offer, language: str) -> list[str]:
    """Return the answers that weighed most for this offer, in words: at most two, none that argue against it."""
    wanted = [each for when in (offer.when, *ways_to(content, step, offer)) for each in (when, *when.any_of)]
    scores = {name for when in wanted for name in when.at_least}
    weights: dict[tuple[str, str], int] = {}
    for name, answers, points in memory.contributions():
        asked = {each for when in wanted for each in when.answered.get(name, ())}
        for answer in answers:
            weight = sum(points.get(score, 0) for score in scores) or (1 if answer.id in asked else 0)
            if weight:
                weights[name, answer.id] = weight + (len(POINTS) if name in offer.when.questions else 0)
    ordered = sorted(weights, key=lambda each: -weights[each])
    told = (said(content, name, answer, language) for name, answer in ordered)
    return list(dict.fromkeys(text for text in told if text))[:MOST]


def ways_to(content: Content, step: Outcome, offer: Offer) -> Iterator[Condition]:
    """Yield the conditions under which a crossroads leads here, for an offer that asks for nothing itself."""
    if offer.when.empty:
        boxes = (box for box in content.charts.steps.values() if isinstance(box, Crossroads))
        yield from (way.when for box in boxes for way in box.ways if way.go == step.name)


def points_card(content: Content, memory: Memory, place: Place) -> Card:
    """Draw all answers that count here. Where there are points each shows its own, and together they are the score."""
    language, phrase = place.language or "nl", content.words.phrase
    lines = []
    for name, _answers, points in memory.contributions():
        found = answer_line(content, name, list(memory.answers[name]), language)
        if found is None or (memory.points and not points):
            continue
        key = "why.line_points" if points else "why.line"
        lines.append(
            phrase(language, key, question=found[0], answer=found[1], points=_points(content, points, language))
        )
    total = _points(content, memory.points, language)
    parts = ["\n".join([phrase(language, "why.intro"), *lines]) if lines else phrase(language, "why.nothing")]
    parts += [phrase(language, "why.total", points=total)] if total else []
    back = Choice(phrase(language, "nav.back"), ChartTap(place.step, "_stay", place.revision))
    return Card("\n\n".join(parts), ((back,),), replaces=CARD)


def _points(content: Content, points: Mapping[str, int], language: str) -> str:
    shown: Iterable[tuple[str, int]] = [(name, points.get(name, 0)) for name in POINTS if points.get(name, 0)]
    phrase = content.words.phrase
    told = [phrase(language, "why.points", name=phrase(language, f"why.{name}"), points=value) for name, value in shown]
    return content.words.in_row(told, language) if told else ""
