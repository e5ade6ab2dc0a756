"""What else stands on the receipt: what to do until the helper comes, and what can be asked still, urgent first."""

from __future__ import annotations

from datetime import date

from bot.content.doors import call_lines
from bot.content.loaded import Content
from bot.leads.packet import topic_line
from bot.messages.card import Choice
from bot.screens.resident.ends.offers import warnings
from flows.model.chart import Offer, Outcome
from flows.model.heard import ChartTap
from flows.model.memory import Memory
from flows.model.place import Place
from flows.model.wijk import Wijk
from flows.texts.offers import offer_words
from flows.walk import advice
from flows.walk.help import Advice, key_of

MOST = 2
"""Offers of which a receipt says what to do: more would not fit a phone."""


def after_lines(content: Content, place: Place, wijk: Wijk, language: str, today: date) -> list[str]:
    """Return what to do until the helper comes, and what else cannot wait; nothing when no advice was answered."""
    found = _left(content, place, wijk)
    if found is None:
        return []
    step, memory, rest = found
    told = [offer for offer in _running(step, memory, rest) if offer.meanwhile or offer.line or offer.warn][:MOST]
    texts: list[str] = []
    for offer in told:
        said = content.words.fill(language, *offer_words(wijk, offer), content.places(wijk, language))
        texts += [said.split("\n")[0] if len(told) > 1 else said] if offer.meanwhile else []
    texts += [*call_lines(content, told, wijk, language, today), *warnings(content, told, wijk, language)]
    lines = ["\n".join([content.words.phrase(language, "receipt.until_then"), *dict.fromkeys(texts)])] if texts else []
    if topics := _pressing(place, rest):
        topic = topic_line(content, topics[:1], language)
        lines.append(content.words.phrase(language, "receipt.cannot_wait", topic=topic))
    return lines


def more_button(content: Content, place: Place, wijk: Wijk, language: str) -> list[Choice]:
    """Return the button to what else can be asked; none when there is nothing."""
    found = _left(content, place, wijk)
    if found is None or not found[2].now:
        return []
    return [Choice(content.words.phrase(language, "nav.more"), ChartTap(place.step, "_resume", place.revision))]


def _left(content: Content, place: Place, wijk: Wijk) -> tuple[Outcome, Memory, Advice] | None:
    """Return the advice that was answered, with what can still be asked of it."""
    step = content.charts.steps.get(place.left.step) if place.left else None
    if place.left is None or not isinstance(step, Outcome) or not step.offers:
        return None
    memory = content.walk.memory(Place(place.left.step, place.left.trail), wijk)
    return step, memory, advice.advise(step, memory)


def _running(step: Outcome, memory: Memory, rest: Advice) -> list[Offer]:
    """Return the offers that count and are about something that runs now."""
    topics = {topic for _, about in rest.running for topic in about}
    open_ones = {offer.id for each in (*rest.now, *rest.later) for offer in each.offers}
    return [o for o in step.offers if o.topic in topics and o.id not in open_ones and memory.holds(o.when)]


def _pressing(place: Place, rest: Advice) -> list[str]:
    """Return what cannot wait and was not asked, as topics; who said no to a helper is not urged to say yes."""
    refused = (place.left and place.left.refused) or ()
    asked = [each for each in advice.destinations(rest) if each.help.urgent and key_of(each) not in refused]
    return [each.help.offers[0].topic for each in asked]
