"""From answers to help: which offers count, who really receives them, and exactly what those may see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from flows.model.chart import Offer, Outcome, Question
from flows.model.memory import Memory
from flows.model.place import SPOKEN, TYPED, Given
from flows.model.wijk import COORDINATOR, Need, Running, Wijk
from flows.walk.arrows import ALL, ASK, FIRST, NO, SECOND, asking, offered
from flows.walk.help import Advice, Asked, Destination, Help, apart, asked_before, distinct, key_of

FALLBACK = "fallback_person"
"""The service that takes everything that cannot wait when it is too much for two destinations."""

MOST = 2
"""Never more destinations than this at once (domain.md §2.4, rule b)."""


def receiver(wijk: Wijk, partner: str) -> str:
    """Return the partner, or the next one while it is paused or full; the coordinator when the chain ends."""
    seen: set[str] = set()
    while partner in wijk.partners and partner not in seen:
        if wijk.partners[partner].state == "open":
            return partner
        seen.add(partner)
        partner = wijk.partners[partner].instead
    return COORDINATOR


def advise(outcome: Outcome, memory: Memory, sent: frozenset[Need] = frozenset()) -> Advice:
    """Merge all offers that match per destination; what does not fit in two destinations is for later.

    What runs already for the resident is not offered again, unless it cannot wait now and the open lead can. Urgent
    offers come first and are never for later: when they are too many for two, one person gets all of them. An offer
    with a yes of its own is merged with no other. Where it does not fit it is left out: another offer without it helps
    with the same topic (`flows.check` sees to that). What was `sent` a moment ago does not count as running.
    """
    wijk, asked = memory.wijk, memory.answers.keys()
    # most offers are about questions that were not asked: that is seen at once
    matching = [o for o in outcome.offers if o.when.answered.keys() <= asked and memory.holds(o.when)]
    runs = tuple(each for each in wijk.runs() if not each.needs & sent) if matching else ()
    running = _running(runs, matching)
    if runs and len(runs) + MOST > wijk.most_help:
        return Advice((), running=running, full=True)
    holding = [(offer, services) for offer in matching if (services := _left(offer, runs))]
    now: list[Help] = []
    later: list[Help] = []
    at_once = [(offer, services) for offer, services in holding if offer.urgent and not offer.own_yes]
    if len(_received(wijk, [each for _, services in at_once for each in services])) > MOST:
        person = receiver(wijk, wijk.partner_for(FALLBACK))
        needs = tuple((person, (each, offer.topic)) for offer, services in at_once for each in services)
        closed = _closed(wijk, (wijk.partner_for(FALLBACK),))
        now.append(Help(tuple(offer for offer, _ in at_once), (person,), closed, needs))
        holding = [each for each in holding if each not in at_once]
    for offer, services in sorted(holding, key=lambda each: (not each[0].urgent, each[0].own_yes)):
        to = _received(wijk, services)
        closed = _closed(wijk, map(wijk.partner_for, services))
        needs = tuple((receiver(wijk, wijk.partner_for(each)), (each, offer.topic)) for each in services)
        partly = () if services == offer.to else (offer,)
        twin = next((i for i, e in enumerate(now) if e.apart == apart(offer) and set(to) <= set(e.to)), None)
        if twin is not None:
            now[twin] = now[twin].merged(offer, closed, needs, partly)
            continue
        taken = {partner for each in now if each.apart == apart(offer) for partner in each.to}
        rest = tuple(partner for partner in to if partner not in taken)
        if sum(len(each.to) for each in now) + len(rest) <= MOST:
            now = [each.needing(needs) if each.apart == apart(offer) else each for each in now]
            now.append(Help((offer,), rest, closed, tuple(each for each in needs if each[0] in rest), partly))
        elif not offer.own_yes:
            same = next((i for i, each in enumerate(later) if set(rest) <= set(each.to)), None)
            if same is None:
                later.append(Help((offer,), rest, closed, needs, partly))
            else:
                later[same] = later[same].merged(offer, closed, needs, partly)
    return Advice(tuple(now), tuple(later), running)


def destinations(found: Advice) -> tuple[Destination, ...]:
    """Return the destinations that would be asked, in order; at most two."""
    return tuple(Destination(partner, each) for each in found.now for partner in each.to)[:MOST]


def advised(memory: Memory) -> tuple[Outcome, Given] | None:
    """Return the last outcome on the trail whose offers were answered, and the answer; None when there is none."""
    for given in reversed(memory.trail):
        step = memory.charts.steps.get(given.step)
        if isinstance(step, Outcome) and given.answers[0] in offered(step):
            return step, given
    return None


def chosen(memory: Memory) -> tuple[Destination, ...]:
    """Return the destinations behind the resident's "Ja, graag" whose card they did not answer yet; at most two."""
    found = advised(memory)
    if found is None or found[1].answers[0] == NO:
        return ()
    asked = asked_before(found[1])
    if asked is None:
        return picked(found[0], memory, found[1].answers[0])
    as_it_was = picked(found[0], memory, found[1].answers[0], asked.sent)
    return tuple(asked.rest(each) for each in as_it_was if key_of(each) == asked.next)


def refusals(memory: Memory) -> tuple[str, ...]:
    """Return the keys of the destinations that got a no on their consent card."""
    found = advised(memory)
    asked = asked_before(found[1]) if found else None
    before = [asked.first] if asked and asked.answer == "no" else []
    return (*before, *(key_of(each) for each in chosen(memory)[:1] if said(memory) == "no"))


def picked(
    outcome: Outcome, memory: Memory, answer: str, sent: frozenset[Need] = frozenset()
) -> tuple[Destination, ...]:
    """Return the destinations that this answer asks for: all, one of two, or those of one offer that came later."""
    found = advise(outcome, memory, sent)
    if answer.startswith(ASK):
        helps = (each for each in (*found.later, *found.now) if answer in map(asking, each.offers))
        asked = next(helps, None)
        return tuple(Destination(partner, asked) for partner in asked.to)[:MOST] if asked else ()
    now = destinations(found)
    return {ALL: now, FIRST: now[:1], SECOND: now[1:2]}[answer]


def open_to(outcome: Outcome, memory: Memory, answer: str) -> bool:
    """Return whether this answer can be given here: somebody is left to ask, and two where only one of two is meant."""
    if answer in (FIRST, SECOND):
        return len(destinations(advise(outcome, memory))) > 1
    return answer == NO or bool(picked(outcome, memory, answer))


def refused(memory: Memory) -> bool:
    """Return whether a consent card was answered with no: that too is written down."""
    asked = (memory.charts.steps.get(given.step) for given in memory.trail if given.answers == ("no",))
    return any(isinstance(step, Question) and step.consent for step in asked)


def agreed(memory: Memory) -> bool:
    """Return whether any destination got a yes on its own consent card, this one or one before."""
    found = advised(memory)
    asked = asked_before(found[1]) if found else None
    return said(memory) == "yes" or (asked is not None and asked.answer == "yes")


def said(memory: Memory) -> str:
    """Return what was answered on the consent card of the destination that is asked about now; empty when nothing."""
    for given in reversed(memory.trail):
        step = memory.charts.steps.get(given.step)
        if isinstance(step, Question) and step.consent:
            return given.answers[0]
    return ""


def packet(memory: Memory, language: str) -> dict[str, Any] | None:
    """Return everything that the destination asked about now gets to see, and nothing else; None when nobody is.

    It holds ids instead of texts where there are ids, so that each reader sees it in their own language, and typed
    words as they were typed.
    """
    found, left = advised(memory), chosen(memory)
    if found is None or not left:
        return None
    destination = left[0]
    reach = memory.answer("handoff.reach") or "chat"
    fields: dict[str, Any] = {
        "partner": destination.partner,
        "inbox": destination.inbox(memory.wijk),
        "name": memory.typed("name"),
        "reach": reach,
        "when": memory.answer("handoff.when") or "any",
        "language": language,
        "topics": list(distinct(offer.topic for offer in destination.help.offers)),
        "urgent": destination.help.urgent,
        "answers": [
            [step, list(memory.answers[step])]
            for step in distinct(step for offer in destination.help.offers for step in offer.hand)
            if step in memory.answers and memory.answers[step] not in ((TYPED,), (SPOKEN,))
        ],
        "together": _together(memory.wijk, left, asked_before(found[1])),
        "words": memory.typed("words"),
        "voice": memory.spoken("words"),
    }
    if reach == "phone":
        fields["phone"] = memory.typed("phone")
    if reach == "home":
        fields["address"] = memory.typed("address")
    return {key: value for key, value in fields.items() if value not in ("", [], False)}


def _together(wijk: Wijk, left: Sequence[Destination], asked: Asked | None) -> list[str]:
    """Return the partners who would come for the same help: one that is still to be asked, or one that has its yes."""
    if asked is not None:
        runs = any(each.needs & asked.sent for each in wijk.runs())
        return [asked.first] if asked.together and runs else []
    return [each.partner for each in left[1:] if each.help is left[0].help]


def offering(memory: Memory) -> str:
    """Return the name of the outcome whose offers were answered, or an empty text."""
    found = advised(memory)
    return found[0].name if found else ""


def gone(memory: Memory) -> bool:
    """Return whether what the resident chose cannot be asked any more: it runs, or nobody is left."""
    found = advised(memory)
    if found is None or found[1].answers[0] == NO:
        return False
    return not chosen(memory) or not open_to(found[0], memory, found[1].answers[0])


def unseen(memory: Memory, language: str) -> str | None:
    """Return the consent card whose yes does not fit what would be sent now: a partner closed, the language changed.

    Return the outcome with the offers when nobody is left to send it to, and None when every yes fits what was shown.
    """
    for given in memory.trail:
        step = memory.charts.steps.get(given.step)
        if isinstance(step, Question) and step.consent and given.answers == ("yes",):
            shown = packet(memory, language)
            if shown is None:
                return offering(memory)
            if given.text != fingerprint(shown):
                return step.name
    return None


def fingerprint(fields: dict[str, Any]) -> str:
    """Return eight characters that change when anything in the packet changes; they travel in the yes button."""
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _left(offer: Offer, runs: Iterable[Running]) -> tuple[str, ...]:
    """Return the services of this offer that do not run yet for its topic."""
    return tuple(
        each for each in offer.to if not any(one.covers((each, offer.topic), urgent=offer.urgent) for one in runs)
    )


def _running(runs: Iterable[Running], offers: Iterable[Offer]) -> tuple[tuple[Running, tuple[str, ...]], ...]:
    """Return the open leads that stand in the way of any of these offers, each with the topics of those offers."""
    found = ((one, distinct(offer.topic for offer in offers if _left(offer, [one]) != offer.to)) for one in runs)
    return tuple((one, topics) for one, topics in found if topics)


def _received(wijk: Wijk, services: Iterable[str]) -> tuple[str, ...]:
    """Return everybody who would really receive these services, each once."""
    return distinct(receiver(wijk, wijk.partner_for(service)) for service in services)


def _closed(wijk: Wijk, partners: Iterable[str]) -> tuple[str, ...]:
    """Return those of these partners who are paused or full."""
    return tuple(each for each in partners if each in wijk.partners and receiver(wijk, each) != each)
