"""How far a resident is, as dots that fill: ●●○○○. No number, because an honest total cannot be known.

Guards the rule that the dots never go back while a resident answers, from the menu to the offer
(`docs/decisions/0029-dots-instead-of-a-count.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from flows.model.chart import Charts, Condition, Crossroads, Question
from flows.model.memory import Memory
from flows.model.place import Place
from flows.walk.arrows import leads_to
from flows.walk.given import was_given

DOTS = 5
"""So many dots there always are."""

KEPT = 4096
"""How many counts are cached at most: they depend on the step and on few answers, and are the same for everybody."""


class Progress:
    """Counts the questions of the charts that show it. Built once for a set of charts."""

    def __init__(self, charts: Charts) -> None:
        self.charts = charts
        self.targets = {name: leads_to(charts, name) for name in charts.steps}
        self.reach: dict[str, frozenset[str]] = {}
        for name in charts.steps:
            self._reach(name)
        self._asked_about, self._counts = cache(self._names), cache(self._shows_dots)
        self._usual = lru_cache(maxsize=KEPT)(self._count)

    def of(self, place: Place, memory: Memory) -> int | None:
        """Return how many of the dots are filled, 1 to `DOTS` - 1; None where the chart does not show it.

        The most of all questions so far: when an answer makes the way longer, the dots stand still.
        """
        step = self.charts.steps[place.step]
        if not self._counts(place.step) or not isinstance(step, Question):
            return None
        answers: dict[str, tuple[str, ...]] = {}
        filled, before = 1, 0
        for number, given in enumerate((*place.trail, None)):
            name = given.step if given else place.step
            asked = self._counts(name) and not (given and was_given(self.charts, given, place.trail[:number]))
            if asked:
                known = tuple((each, answers[each]) for each in self._asked_about(name) if each in answers)
                left = max(1, self._usual(name, known))
                filled = max(filled, DOTS * (before + 1) // (before + left + 1))
                before += 1
            if given:
                answers[given.step] = given.answers
        return filled

    def _shows_dots(self, name: str) -> bool:
        flow = self.charts.flows.get(name.partition(".")[0])
        return flow is not None and flow.progress

    def _count(self, step: str, known: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
        """Count the questions from `step` on; `known` are the answers that a crossroads ahead asks about."""
        coming, answers = self.reach[step], dict(known)

        @cache
        def usual(name: str) -> int:
            """Count the questions from here on: by the middle one of the answers, the shorter half of the open ways."""
            if not self._counts(name):
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
        """Return the questions that any crossroads from here on asks about."""
        boxes = (self.charts.steps[name] for name in self.reach[step] if self._counts(name))
        ways = [way for box in boxes if isinstance(box, Crossroads) for way in box.ways]
        return tuple(sorted({name for way in ways for name in way.when.questions}))

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
    parts: list[bool | None] = [None] * bool(when.at_least or when.facts)
    for step, wanted in (*when.answered.items(), *when.only.items()):
        if step not in answers:
            parts.append(None if step in coming else False)
        elif step in when.only and not set(when.only[step]).issuperset(answers[step]):
            parts.append(False)
        else:
            parts.append(not set(wanted).isdisjoint(answers[step]))
    if when.any_of:
        found = [_decided(each, answers, coming) for each in when.any_of]
        parts.append(True if True in found else None if None in found else False)
    for each in when.unless:
        decided = _decided(each, answers, coming)
        parts.append(None if decided is None else not decided)
    return False if False in parts else None if None in parts else True
