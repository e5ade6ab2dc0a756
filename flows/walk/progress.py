"""How far a resident is: "vraag 2 van 4". The total is the usual one from here, given the answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from flows.model.chart import Charts, Condition, Crossroads, Question
from flows.model.memory import Memory
from flows.model.place import Place
from flows.walk.arrows import leads_to

KEPT = 4096
"""How many counts are cached at most: they depend on the step and on few answers, and are the same for everybody."""


class Progress:
    """Counts questions within one chart. Built once for a set of charts."""

    def __init__(self, charts: Charts) -> None:
        self.charts = charts
        self.targets = {name: leads_to(charts, name) for name in charts.steps}
        self.reach: dict[str, frozenset[str]] = {}
        for name in charts.steps:
            self._reach(name)
        self._asked_about = cache(self._names)
        self._usual = lru_cache(maxsize=KEPT)(self._count)

    def of(self, place: Place, memory: Memory) -> tuple[int, int] | None:
        """Return (this question, how many there usually are); None where the chart does not show it."""
        chart = _chart(place.step)
        step = self.charts.steps[place.step]
        if not self.charts.flows[chart].progress or not isinstance(step, Question):
            return None
        before = sum(1 for given in place.trail if _chart(given.step) == chart)
        answers = memory.answers
        known = tuple((name, answers[name]) for name in self._asked_about(place.step) if name in answers)
        return before + 1, max(before + 1, before + self._usual(place.step, known))

    def _count(self, step: str, known: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
        """Count the questions from `step` on; `known` are the answers that a crossroads ahead asks about."""
        chart, coming, answers = _chart(step), self.reach[step], dict(known)

        @cache
        def usual(name: str) -> int:
            """Count the questions from here on: by the middle one of the answers, the shorter half of the open ways."""
            if _chart(name) != chart:
                return 0
            box = self.charts.steps[name]
            if not isinstance(box, Crossroads):
                ahead = sorted(usual(each) for each in self.targets[name])
                return (isinstance(box, Question) + ahead[len(ahead) // 2]) if ahead else 0
            open_ways: list[int] = []
            for way in box.ways:
                decided = _decided(way.when, answers, coming)
                if decided is not False:
                    open_ways.append(usual(way.go))
                if decided:
                    break
            return sorted(open_ways)[(len(open_ways) - 1) // 2]

        return usual(step)

    def _names(self, step: str) -> tuple[str, ...]:
        """Return the questions that any crossroads from here on in this chart asks about."""
        chart = _chart(step)
        boxes = (self.charts.steps[name] for name in self.reach[step] if _chart(name) == chart)
        ways = [way for box in boxes if isinstance(box, Crossroads) for way in box.ways]
        return tuple(sorted({name for way in ways for name in way.when.answered}))

    def _reach(self, name: str) -> frozenset[str]:
        """Return this step and all that may follow it; charts have no circles."""
        if name not in self.reach:
            following = [self._reach(target) for target in self.targets[name]]
            self.reach[name] = frozenset({name}).union(*following)
        return self.reach[name]


def _decided(when: Condition, answers: Mapping[str, tuple[str, ...]], coming: frozenset[str]) -> bool | None:
    """Return whether a way is taken for sure (True), not at all (False), or depends on questions to come (None).

    A question that was not asked and cannot come any more stays unasked.
    """
    if any(step not in answers and step not in coming for step in when.answered):
        return False
    known = {step: wanted for step, wanted in when.answered.items() if step in answers}
    if any(not set(wanted).intersection(answers[step]) for step, wanted in known.items()):
        return False
    if when.at_least or when.facts or len(known) < len(when.answered):
        return None
    return True


def _chart(step: str) -> str:
    return step.partition(".")[0]
