"""The earlier names of steps and answers (`was`), so that a resident who stands there under one loses nothing.

Everything that was kept or drawn under an old name is read through this: places, trails, buttons, packets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flows.model.chart import Charts
from flows.model.heard import ChartTap
from flows.model.memory import answers_of
from flows.model.place import Given, Left, Place, Trail

SIGNS = ("+", "-")
"""The signs before an answer that a button picks or drops."""


class Renames:
    """All `was` of a set of charts. Where nothing was renamed, everything comes back as it is, at no cost.

    A name that is in use is never an old one.
    """

    __slots__ = ("answers", "concerned", "steps")

    def __init__(self, charts: Charts) -> None:
        self.steps = {old: name for name, each in charts.steps.items() for old in each.was if old not in charts.steps}
        self.answers = {
            (name, old): each.id
            for name, step in charts.steps.items()
            for each in answers_of(step).values()
            for old in each.was
            if old not in answers_of(step)
        }

        self.concerned = frozenset([*self.steps, *(step for step, _ in self.answers)])

    def old(self, step: str, answers: Iterable[str]) -> bool:
        """Return whether this step, or one of these answers to it, has another name now."""
        return step in self.steps or any((step, each) in self.answers for each in answers)

    def step(self, name: str) -> str:
        """Return the present name of this step."""
        return self.steps.get(name, name)

    def answer(self, step: str, id: str) -> str:
        """Return the present id of this answer; `step` is a present name."""
        sign = id[:1] if id[:1] in SIGNS else ""
        bare = id.removeprefix(sign)
        return sign + self.answers.get((step, bare), bare)

    def all_answers(self, step: str, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the present ids of these answers, each once."""
        return tuple(dict.fromkeys(self.answer(step, id) for id in ids))

    def trail(self, trail: Trail) -> Trail:
        """Return the trail in present names."""
        return tuple(Given(name := self.step(g.step), self.all_answers(name, g.answers), g.text) for g in trail)

    def place(self, place: Place) -> Place:
        """Return the place in present names: the same one, as on nearly every turn, when it holds no old name."""
        left = place.left or Left(place.step)
        ticked = (Given(place.step, place.picked), Given(left.step, left.picked))
        given = (*ticked, *place.trail, *place.kept, *left.trail, *left.kept)
        for each in given:
            if each.step in self.concerned and self.old(each.step, each.answers):
                break
        else:
            return place
        step = self.step(place.step)
        return replace(
            place,
            step=step,
            trail=self.trail(place.trail),
            picked=self.all_answers(step, place.picked),
            left=self.left(left) if place.left else None,
            kept=self.trail(place.kept),
        )

    def left(self, left: Left) -> Left:
        """Return where the resident was, in present names."""
        step = self.step(left.step)
        picked = self.all_answers(step, left.picked)
        return Left(step, self.trail(left.trail), picked, self.trail(left.kept), left.refused)

    def tap(self, tap: ChartTap) -> ChartTap:
        """Return the tap in present names, so that a button drawn under old ones still means the same."""
        step = self.step(tap.step)
        if step not in self.concerned and step == tap.step:
            return tap
        return replace(tap, step=step, answer=self.answer(step, tap.answer))
