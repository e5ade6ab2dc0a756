"""From answers to help: which offers count, who really receives them, and exactly what those may see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flows.model.chart import Offer, Outcome, Question
from flows.model.memory import Memory
from flows.model.place import TYPED
from flows.model.wijk import COORDINATOR, Wijk
from flows.walk.arrows import ALL, FIRST, NO, OFFERED, SECOND

FALLBACK = "fallback_person"
"""The service that takes everything that cannot wait when it is too much for two destinations."""

MOST = 2
"""Never more destinations than this at once (domain.md §2.4, rule b)."""


@dataclass(frozen=True, slots=True)
class Help:
    """One thing that can be done: merged from all offers that lead to the same partners, but for `own_yes`.

    `to` are the partners who would receive it now; `closed` are partners in the table that are paused or full, so that
    the resident can be told.
    """

    offers: tuple[Offer, ...]
    to: tuple[str, ...]
    closed: tuple[str, ...] = ()

    @property
    def urgent(self) -> bool:
        return any(offer.urgent for offer in self.offers)

    @property
    def apart(self) -> str:
        """The topic that needs a yes of its own, or an empty text; offers are merged only when they agree in this."""
        return _apart(self.offers[0])


@dataclass(frozen=True, slots=True)
class Advice:
    """What an outcome offers: `now` holds at most `MOST` destinations in all, `later` is kept for another time."""

    now: tuple[Help, ...]
    later: tuple[Help, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """One partner that the resident chose, and why."""

    partner: str
    help: Help

    def inbox(self, wijk: Wijk) -> str:
        """Return whose inbox gets it: the partner's, or the coordinator's when nobody reads the partner's."""
        return self.partner if self.partner in wijk.partners and wijk.partners[self.partner].staffed else COORDINATOR


def receiver(wijk: Wijk, partner: str) -> str:
    """Return the partner, or the next one while it is paused or full; the coordinator when the chain ends."""
    seen: set[str] = set()
    while partner in wijk.partners and partner not in seen:
        if wijk.partners[partner].state == "open":
            return partner
        seen.add(partner)
        partner = wijk.partners[partner].instead
    return COORDINATOR


def advise(outcome: Outcome, memory: Memory) -> Advice:
    """Merge all offers that match per destination; what does not fit in two destinations is for later.

    Urgent offers come first and are never for later: when they are too many for two, one person gets all of them. An
    offer with a yes of its own is merged with no other. Where it does not fit it is left out: another offer without it
    helps with the same topic (`flows.check` sees to that).
    """
    asked = memory.answers.keys()  # most offers are about questions that were not asked: that is seen at once
    holding = [o for o in outcome.offers if o.when.answered.keys() <= asked and memory.holds(o.when)]
    at_once = [offer for offer in holding if offer.urgent and not offer.own_yes]
    now: list[Help] = []
    later: list[Help] = []
    if len(_received(memory.wijk, at_once)) > MOST:
        person = memory.wijk.partner_for(FALLBACK)
        now.append(Help(tuple(at_once), (receiver(memory.wijk, person),), _closed(memory.wijk, (person,))))
        holding = [offer for offer in holding if offer not in at_once]
    for offer in sorted(holding, key=lambda each: (not each.urgent, each.own_yes)):
        to = _received(memory.wijk, [offer])
        closed = _closed(memory.wijk, map(memory.wijk.partner_for, offer.to))
        twin = next((i for i, e in enumerate(now) if e.apart == _apart(offer) and set(to) <= set(e.to)), None)
        if twin is not None:
            both = _distinct((*now[twin].closed, *closed))
            now[twin] = replace(now[twin], offers=(*now[twin].offers, offer), closed=both)
            continue
        taken = {partner for each in now if each.apart == _apart(offer) for partner in each.to}
        rest = tuple(partner for partner in to if partner not in taken)
        if sum(len(each.to) for each in now) + len(rest) <= MOST:
            now.append(Help((offer,), rest, closed))
        elif not offer.own_yes and all(set(to) - set(each.to) for each in later):
            later.append(Help((offer,), rest, closed))
    return Advice(tuple(now), tuple(later))


def destinations(found: Advice) -> tuple[Destination, ...]:
    """Return the destinations that would be asked, in order; at most two."""
    return tuple(Destination(partner, each) for each in found.now for partner in each.to)[:MOST]


def advised(memory: Memory) -> tuple[Outcome, str] | None:
    """Return the last outcome on the trail whose offers were answered, and the answer; None when there is none."""
    for given in reversed(memory.trail):
        step = memory.charts.steps.get(given.step)
        if isinstance(step, Outcome) and step.offers and given.answers[0] in OFFERED:
            return step, given.answers[0]
    return None


def chosen(memory: Memory) -> tuple[Destination, ...]:
    """Return the destinations behind the resident's "Ja, graag"; at most two."""
    found = advised(memory)
    if found is None or found[1] == NO:
        return ()
    outcome, answer = found
    offered = destinations(advise(outcome, memory))
    return {ALL: offered, FIRST: offered[:1], SECOND: offered[1:2]}[answer]


def agreed(memory: Memory) -> tuple[tuple[int, Destination], ...]:
    """Return the destinations that got a yes on their own consent card, with the number of that card."""
    yes = {
        step.consent
        for given in memory.trail
        if isinstance(step := memory.charts.steps.get(given.step), Question) and step.consent and "yes" in given.answers
    }
    return tuple((number, each) for number, each in enumerate(chosen(memory), start=1) if number in yes)


def packet(memory: Memory, number: int, language: str) -> dict[str, Any] | None:
    """Return everything that destination `number` (1 or 2) gets to see, and nothing else; None when it is not there.

    It holds ids instead of texts where there are ids, so that each reader sees it in their own language, and typed
    words as they were typed.
    """
    picked = chosen(memory)
    if not 0 < number <= len(picked):
        return None
    destination = picked[number - 1]
    reach = memory.answer("handoff.reach") or "chat"
    fields: dict[str, Any] = {
        "partner": destination.partner,
        "inbox": destination.inbox(memory.wijk),
        "name": memory.typed("name"),
        "reach": reach,
        "when": memory.answer("handoff.when") or "any",
        "language": language,
        "topics": list(_distinct(offer.topic for offer in destination.help.offers)),
        "urgent": destination.help.urgent,
        "answers": [
            [step, list(memory.answers[step])]
            for step in _distinct(step for offer in destination.help.offers for step in offer.hand)
            if step in memory.answers and memory.answers[step] != (TYPED,)
        ],
        "together": [each.partner for each in picked if each.help is destination.help and each != destination],
        "words": memory.typed("words"),
    }
    if reach == "phone":
        fields["phone"] = memory.typed("phone")
    if reach == "home":
        fields["address"] = memory.typed("address")
    return {key: value for key, value in fields.items() if value not in ("", [], False)}


def offering(memory: Memory) -> str:
    """Return the name of the outcome whose offers were answered, or an empty text."""
    found = advised(memory)
    return found[0].name if found else ""


def unseen(memory: Memory, language: str) -> str | None:
    """Return the consent card whose yes does not fit what would be sent now: a partner closed, the language changed.

    Return the outcome with the offers when nobody is left to send it to, and None when every yes fits what was shown.
    """
    for given in memory.trail:
        step = memory.charts.steps.get(given.step)
        if isinstance(step, Question) and step.consent and given.answers == ("yes",):
            shown = packet(memory, step.consent, language)
            if shown is None:
                return offering(memory)
            if given.text != fingerprint(shown):
                return step.name
    return None


def fingerprint(fields: dict[str, Any]) -> str:
    """Return eight characters that change when anything in the packet changes; they travel in the yes button."""
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _received(wijk: Wijk, offers: Iterable[Offer]) -> tuple[str, ...]:
    """Return everybody who would really receive these offers, each once."""
    return _distinct(receiver(wijk, wijk.partner_for(service)) for offer in offers for service in offer.to)


def _closed(wijk: Wijk, partners: Iterable[str]) -> tuple[str, ...]:
    """Return those of these partners who are paused or full."""
    return tuple(each for each in partners if each in wijk.partners and receiver(wijk, each) != each)


def _apart(offer: Offer) -> str:
    return offer.topic if offer.own_yes else ""


def _distinct(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
