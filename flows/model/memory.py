"""What the trail tells: answers, points, and whether a condition holds. Made anew for each step, kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from flows.model.chart import Answer, Charts, Condition, Outcome, Question, Step
from flows.model.place import SPOKEN, TYPED, Trail
from flows.model.wijk import Wijk


class Memory:
    """A trail read together with the charts and the wijk. `facts` are the named facts that a chart may ask for."""

    __slots__ = ("_known", "_points", "answers", "charts", "facts", "trail", "wijk")

    def __init__(self, charts: Charts, wijk: Wijk, trail: Trail, facts: Facts) -> None:
        self.charts, self.wijk, self.trail, self.facts = charts, wijk, trail, facts
        self.answers: dict[str, tuple[str, ...]] = {given.step: given.answers for given in trail}
        self._points: dict[str, int] | None = None
        self._known: dict[str, bool] = {}

    def answer(self, step: str) -> str:
        """Return the one answer to that question, or an empty text when it was not asked."""
        return next(iter(self.answers.get(step, ())), "")

    def typed(self, field: str) -> str:
        """Return the words that were typed (or the number that was shared) for that field, or an empty text."""
        return self._filled_in(field, TYPED)

    def spoken(self, field: str) -> str:
        """Return what was spoken for that field, as it is kept, or an empty text."""
        return self._filled_in(field, SPOKEN)

    def _filled_in(self, field: str, how: str) -> str:
        for given in reversed(self.trail):
            if given.answers == (how,):
                step = self.charts.steps.get(given.step)
                if isinstance(step, Question) and field in (step.write, step.share):
                    return given.text
        return ""

    def fact(self, name: str) -> bool:
        """Return whether the named fact is true here; worked out once, because several offers ask for the same."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self.facts[name](self)
        return known

    def holds(self, when: Condition) -> bool:
        """Return whether every part of the condition is true. For the many offers at once, plain loops are quickest."""
        for step, wanted in when.answered.items():
            for answer in self.answers.get(step, ()):
                if answer in wanted:
                    break
            else:
                return False
        for step, wanted in when.only.items():
            given = self.answers.get(step, ())
            if not given or not set(given).issubset(wanted):
                return False
        for name, lowest in when.at_least.items():
            if self.points.get(name, 0) < lowest:
                return False
        if when.facts and not all(map(self.fact, when.facts)):
            return False
        if when.any_of and not any(map(self.holds, when.any_of)):
            return False
        return not (when.unless and any(map(self.holds, when.unless)))

    @property
    def points(self) -> Mapping[str, int]:
        """The sum of all contributions, by name."""
        if self._points is None:
            self._points = {}
            for _step, _answers, points in self.contributions():
                for name, value in points.items():
                    self._points[name] = self._points.get(name, 0) + value
        return self._points

    def contributions(self) -> Iterator[tuple[str, tuple[Answer, ...], Mapping[str, int]]]:
        """Yield for each answered question its name, the answers, and the points that follow from them.

        The points of a `Score` stand beside the question that its fact looks at, so that what is shown adds up.
        """
        for given in self.trail:
            known = answers_of(self.charts.steps.get(given.step))
            answers = tuple(known[each] for each in given.answers if each in known)
            points: dict[str, int] = {}
            for answer in answers:
                for name, value in answer.points.items():
                    points[name] = points.get(name, 0) + value
            flow = self.charts.flows.get(given.step.partition(".")[0])
            for score in flow.scores if flow else ():
                if score.question == given.step and self.fact(score.fact):
                    for name, value in score.points.items():
                        points[name] = points.get(name, 0) + value
            yield given.step, answers, points


Facts = Mapping[str, Callable[[Memory], bool]]
"""Named facts, each a plain function of what the trail tells."""


def answers_of(step: Step | None) -> Mapping[str, Answer]:
    """Return the answers of a question or an outcome; nothing for a crossroads."""
    return step.answers if isinstance(step, Question | Outcome) else {}
