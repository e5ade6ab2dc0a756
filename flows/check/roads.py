"""Walks the charts from the first question, to find roads that end without help and offers that no road reaches.

It takes the roads of one worry with at most two answers that are not "weet ik niet", and those of two worries with at
most one; every answer is given on some road. What is left is for the long tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from flows.check.arrows import fault
from flows.hear.alarm import Alarm
from flows.model.chart import UNKNOWN, Charts, Condition, Crossroads, Offer, Outcome, Question
from flows.model.faults import Fault
from flows.model.memory import Memory, answers_of
from flows.model.names import MENU, WELCOME
from flows.model.place import TYPED, Given, Trail
from flows.model.wijk import Wijk
from flows.texts.offers import bare
from flows.walk.advice import advise
from flows.walk.arrows import NEXT
from flows.walk.facts import recall
from flows.walk.given import given_too
from flows.walk.walk import Walk

Free = Callable[[str, str], bool]
"""Whether an answer to that question counts as a usual one."""


@dataclass(frozen=True, slots=True)
class Road:
    """A trail that ends at an outcome with offers, and what it tells."""

    outcome: Outcome
    memory: Memory


def faults(charts: Charts, wijk: Wijk) -> Iterator[Fault]:
    """Yield the answers after which no help is offered, worries that nothing asks about, and offers out of reach."""
    menu = charts.steps.get(MENU)
    if not isinstance(menu, Question) or not menu.many:
        return
    roads = Roads(charts, wijk)
    worries = [each.id for each in menu.answers.values() if each.go is None]
    seen: set[str] = set()
    told: set[tuple[str, str]] = set()
    ones = (roads.walk((each,), 2) for each in worries)
    twos = (roads.walk(pair, 1) for pair in combinations(worries, 2))
    for road in chain(*ones, *twos, roads.short(2)):
        seen |= {offer.id for offer in road.outcome.offers if _holds(road.memory, offer)}
        found = advise(road.outcome, road.memory)
        last = road.memory.trail[-1]
        ends = (last.step, last.answers[0])
        if not (found.now or found.running or road.outcome.tips) and ends not in told:
            told.add(ends)
            yield fault(
                last.step, f'answer "{last.answers[0]}" leads to no help: no offer counts at {road.outcome.name}'
            )
    asked = [(*part.answered.get(MENU, ()), *part.only.get(MENU, ())) for part in _conditions(charts)]
    for worry in worries:
        if not any(worry in each for each in asked):
            yield fault(MENU, f'answer "{worry}": no crossroads and no offer asks for it')
    for step in [each for each in charts.steps.values() if isinstance(each, Outcome)]:
        for number, offer in enumerate(step.offers):
            if offer.id not in seen and step.name in roads.reached and not roads.reach(offer, worries):
                yield fault(offer.id, "no road leads to this: its conditions never hold together")
            for above in [each for each in step.offers[:number] if _hides(each, offer)]:
                yield fault(offer.id, f"nobody reads this: {bare(above)} stands above it and always counts too")


class Roads:
    """All roads from the first question, by the real machine."""

    def __init__(self, charts: Charts, wijk: Wijk) -> None:
        self.charts, self.wijk, self.core = charts, wijk, Walk(charts, Alarm(()))
        self.reached: set[str] = set()

    def walk(self, worries: Sequence[str], most: int, free: Free = lambda step, answer: False) -> Iterator[Road]:
        """Yield the roads of these worries that take at most `most` answers that are not the usual ones."""
        trail = (Given(MENU, tuple(worries)),)
        yield from self._on(self._after(MENU, NEXT, trail), trail, most, free)

    def short(self, most: int, free: Free = lambda step, answer: False) -> Iterator[Road]:
        """Yield the roads around the first question: by a short way of the welcome, or out of a danger message."""
        for name, box in self.charts.steps.items():
            for answer in answers_of(box).values() if name == WELCOME or self._anywhere(name) else ():
                if answer.go and answer.go != MENU and not self._anywhere(answer.go):
                    trail = () if self._anywhere(name) else (Given(name, (answer.id,)),)
                    yield from self._given(name, answer.id, answer.go, trail, most, free)

    def _anywhere(self, step: str) -> bool:
        flow = self.charts.flows.get(step.partition(".")[0])
        return flow is not None and flow.anywhere

    def _given(self, last: str, answer: str, step: str, trail: Trail, most: int, free: Free) -> Iterator[Road]:
        """Go on with what that answer gives too, up to the first offers: a choice among them is no part of a road."""
        given = given_too(self.charts, last, answer, "")
        known = {each.step: each for each in given if isinstance(self.charts.steps[each.step], Question)}
        if known:
            step, trail = self.core.replay.onward(step, trail, known, self.wijk)
        yield from self._on(step, trail, most, free)

    def _on(self, step: str, trail: Trail, most: int, free: Free) -> Iterator[Road]:
        box = self.charts.steps[step]
        match box:
            case Outcome() if box.offers:
                self.reached.add(step)
                yield Road(box, recall(self.charts, self.wijk, trail))
            case Question():
                ids = [each.id for each in box.answers.values() if each.back is None] or [TYPED]
                usual = UNKNOWN if UNKNOWN in ids else ids[0]
                for answer in ids:
                    left = most - (answer != usual and not free(step, answer))
                    if left >= 0:
                        given, known = (*trail, Given(step, (answer,))), box.answers.get(answer)
                        trigger = NEXT if box.many and (known is None or known.go is None) else answer
                        yield from self._given(step, answer, self._after(step, trigger, given), given, left, free)

    def _after(self, step: str, trigger: str, trail: Trail) -> str:
        return self.core.moves.follow(step, trigger, recall(self.charts, self.wijk, trail))

    def reach(self, offer: Offer, worries: Sequence[str]) -> bool:
        """Return whether any road makes this offer count; the answers that it asks for are taken for usual ones."""
        wanted: dict[str, set[str]] = {}
        for part in offer.when.parts():
            for question, answers in (*part.answered.items(), *part.only.items()):
                wanted.setdefault(question, set()).update(answers)

        def own(step: str, answer: str) -> bool:
            return answer in wanted.get(step, ())

        asked = [each for each in worries if each in wanted.get(MENU, {each})]
        for picked in (*((each,) for each in asked), *combinations(worries, 2)):
            if any(_holds(road.memory, offer) for road in self.walk(picked, 3 - len(picked), own)):
                return True
        return False


def _holds(memory: Memory, offer: Offer) -> bool:
    """Return whether an offer counts, whatever the switches of the wijk say today."""
    return memory.holds(_without_facts(offer.when))


def _without_facts(when: Condition) -> Condition:
    return replace(when, facts=(), any_of=tuple(map(_without_facts, when.any_of)))


def _conditions(charts: Charts) -> Iterator[Condition]:
    for step in charts.steps.values():
        match step:
            case Crossroads():
                for way in step.ways:
                    yield from way.when.parts()
            case Outcome():
                for offer in step.offers:
                    yield from offer.when.parts()


def _hides(above: Offer, offer: Offer) -> bool:
    """Return whether nobody reads this offer: the one above is for the same service and topic, and always counts."""
    if (above.to, above.topic, above.own_yes) != (offer.to, offer.topic, offer.own_yes) or offer.warn:
        return False
    if offer.urgent and not above.urgent:
        return False
    wide, narrow = above.when, offer.when
    if wide.only or wide.any_of or wide.unless or wide.at_least or not set(wide.facts) <= set(narrow.facts):
        return False
    return all(
        set(narrow.answered.get(name, ())) and set(narrow.answered[name]) <= set(answers)
        for name, answers in wide.answered.items()
    )
