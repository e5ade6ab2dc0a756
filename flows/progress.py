"""How far somebody is: "vraag 2 van 4". The total is what is usual from here, by what is known."""

from __future__ import annotations

from functools import cache

from flows.arrows import leads_to
from flows.chart import Charts, Condition, Crossroads, Question
from flows.memory import Memory
from flows.place import Place


class Progress:
    """Counts questions within one chart. Built once for a set of charts."""

    def __init__(self, charts: Charts) -> None:
        self.charts = charts
        self.targets = {name: leads_to(charts, name) for name in charts.steps}
        self.reach: dict[str, frozenset[str]] = {}
        for name in charts.steps:
            self._reach(name)

    def of(self, place: Place, memory: Memory) -> tuple[int, int] | None:
        """(this question, how many there usually are); None where the chart does not show it."""
        chart = _chart(place.step)
        step = self.charts.steps[place.step]
        if not self.charts.flows[chart].progress or not isinstance(step, Question):
            return None
        coming = self.reach[place.step]
        before = sum(1 for given in place.trail if _chart(given.step) == chart)

        @cache
        def usual(name: str) -> int:
            """Questions from here on: the usual one of the answers, the shorter half of the open ways."""
            if _chart(name) != chart:
                return 0
            box = self.charts.steps[name]
            if not isinstance(box, Crossroads):
                ahead = sorted(usual(each) for each in self.targets[name])
                return (isinstance(box, Question) + ahead[len(ahead) // 2]) if ahead else 0
            open_ways: list[int] = []
            for way in box.ways:
                decided = _decided(way.when, memory, coming)
                if decided is not False:
                    open_ways.append(usual(way.go))
                if decided:
                    break
            return sorted(open_ways)[(len(open_ways) - 1) // 2]

        return before + 1, max(before + 1, before + usual(place.step))

    def _reach(self, name: str) -> frozenset[str]:
        """This step and all that may follow it; charts have no circles."""
        if name not in self.reach:
            following = [self._reach(target) for target in self.targets[name]]
            self.reach[name] = frozenset({name}).union(*following)
        return self.reach[name]


def _decided(when: Condition, memory: Memory, coming: frozenset[str]) -> bool | None:
    """Whether a way is taken for sure (True), not at all (False), or hangs on what is still to be asked (None).

    A question that was not asked and cannot come any more stays unasked.
    """
    if any(step not in memory.answers and step not in coming for step in when.answered):
        return False
    known = {step: wanted for step, wanted in when.answered.items() if step in memory.answers}
    if known and not memory.holds(Condition(known)):
        return False
    if when.at_least or when.facts or len(known) < len(when.answered):
        return None
    return True


def _chart(step: str) -> str:
    return step.partition(".")[0]
