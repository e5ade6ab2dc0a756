"""Charts that were reworked while people stand on them: the same charts with one step or answer removed or renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from bot.content.loaded import Content
from flows.hear.alarm import Alarm
from flows.model.chart import Answer, Charts, Condition, Crossroads, Outcome, Question, Step
from flows.model.memory import answers_of
from flows.walk.arrows import leads_to
from flows.walk.progress import Progress
from flows.walk.walk import Walk

END, OTHER_END = "menu.no_thanks", "handoff.not_sent"
"""Where an arrow leads when what it led to is gone and led nowhere itself."""

S = TypeVar("S", Question, Outcome)


def content_of(content: Content, charts: Charts) -> Content:
    """The same content with other charts."""
    return replace(content, charts=charts, walk=Walk(charts, Alarm()), progress=Progress(charts))


def charts_of(charts: Charts, steps: Iterable[Step]) -> Charts:
    """The same flows with these steps; a start that is gone is followed by the step that took its place."""
    found = {step.name: step for step in steps}
    flows = {
        name: replace(flow, steps={key: step for key, step in found.items() if key.partition(".")[0] == name})
        for name, flow in charts.flows.items()
    }
    return Charts(flows, found)


def without_step(charts: Charts, name: str) -> Charts:
    """This step removed: arrows to it lead to its first successor, and conditions on it go with it."""
    gone = charts.steps[name]
    after = [gone.no] if isinstance(gone, Outcome) and gone.no else [*leads_to(charts, name)]
    heir = after[0] if after and after[0] else (OTHER_END if name == END else END)

    def led(target: str | None) -> str | None:
        return heir if target == name else target

    left = [_rewired(_unasked(step, name), led, drop_back=name) for step in charts.steps.values() if step.name != name]
    left = [_giving(step, lambda other, said: None if other == name else (other, said)) for step in left]
    flows = {
        key: replace(
            flow,
            start=led(flow.start) or "",
            scores=tuple(each for each in flow.scores if each.question != name),
        )
        for key, flow in charts.flows.items()
    }
    return charts_of(Charts(flows, {}), left)


def renamed_steps(charts: Charts, names: Iterable[str], *, was: bool) -> Charts:
    """These steps under another name, everywhere; with `was` they say what they were called."""
    new = {name: f"{name}_2" for name in names}

    def led(target: str | None) -> str | None:
        return new.get(target, target) if target else target

    def one(step: Step) -> Step:
        step = _giving(_rewired(_asked(step, new), led), lambda other, said: (new.get(other, other), said))
        if step.name not in new:
            return step
        return replace(step, name=new[step.name], was=(step.name,) if was else ())

    flows = {
        key: replace(
            flow,
            start=led(flow.start) or "",
            scores=tuple(replace(each, question=led(each.question) or "") for each in flow.scores),
        )
        for key, flow in charts.flows.items()
    }
    return charts_of(Charts(flows, {}), map(one, charts.steps.values()))


def without_answers(charts: Charts, answers: Iterable[tuple[str, str]]) -> Charts:
    """These (step, answer) removed."""
    gone = set(answers)

    def one(step: Step) -> Step:
        if isinstance(step, Crossroads):
            return step
        left = replace(step, answers={key: a for key, a in step.answers.items() if (step.name, key) not in gone})
        return _giving(left, lambda other, said: None if (other, said) in gone else (other, said))

    return charts_of(charts, map(one, charts.steps.values()))


def renamed_answers(charts: Charts, answers: Iterable[tuple[str, str]], *, was: bool) -> Charts:
    """These (step, answer) under another id, also in conditions; with `was` they say what they were called."""
    new = {each: f"{each[1]}_2" for each in answers}

    def one(step: Step) -> Step:
        step = _giving(_asked(step, {}, new), lambda other, said: (other, new.get((other, said), said)))
        if isinstance(step, Crossroads):
            return step
        own = [
            replace(each, id=new[step.name, each.id], was=(each.id,) if was else ())
            if (step.name, each.id) in new
            else each
            for each in step.answers.values()
        ]
        return replace(step, answers={each.id: each for each in own})

    return charts_of(charts, map(one, charts.steps.values()))


def _giving(step: Step, now: Callable[[str, str], tuple[str, str] | None]) -> Step:
    """This step with what its answers give under other names; None is dropped."""
    if isinstance(step, Crossroads):
        return step
    answers = {
        key: replace(each, gives=dict(pair for given in each.gives.items() if (pair := now(*given))))
        for key, each in step.answers.items()
    }
    return replace(step, answers=answers)


def _rewired(step: Step, led: Callable[[str | None], str | None], drop_back: str = "") -> Step:
    """Every arrow of this step led elsewhere; an answer that goes back to what is gone is dropped."""

    def answer(each: Answer) -> Answer:
        return replace(each, go=led(each.go), back=led(each.back))

    match step:
        case Crossroads():
            return replace(step, ways=tuple(replace(way, go=led(way.go) or "") for way in step.ways))
        case Question():
            return replace(_kept(step, answer, drop_back), go=led(step.go))
        case Outcome():
            return replace(_kept(step, answer, drop_back), yes=led(step.yes), no=led(step.no))


def _kept(step: S, answer: Callable[[Answer], Answer], drop_back: str) -> S:
    left = {key: answer(each) for key, each in step.answers.items() if not (drop_back and each.back == drop_back)}
    return replace(step, answers=left)


def _unasked(step: Step, name: str) -> Step:
    """Without the ways and offers that depend on this question."""
    if isinstance(step, Crossroads):
        return replace(step, ways=tuple(way for way in step.ways if name not in way.when.questions))
    if isinstance(step, Outcome):
        offers = tuple(
            replace(each, hand=tuple(question for question in each.hand if question != name))
            for each in step.offers
            if name not in each.when.questions
        )
        return replace(step, offers=offers)
    return step


def _asked(step: Step, steps: dict[str, str], answers: dict[tuple[str, str], str] | None = None) -> Step:
    """With conditions in other names."""
    ids = answers or {}

    def when(condition: Condition) -> Condition:
        def named(asked: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
            return {
                steps.get(name, name): tuple(ids.get((name, each), each) for each in wanted)
                for name, wanted in asked.items()
            }

        return replace(
            condition,
            answered=named(condition.answered),
            only=named(condition.only),
            any_of=tuple(map(when, condition.any_of)),
            unless=tuple(map(when, condition.unless)),
        )

    if isinstance(step, Crossroads):
        return replace(step, ways=tuple(replace(way, when=when(way.when)) for way in step.ways))
    if isinstance(step, Outcome):
        offers = tuple(
            replace(each, when=when(each.when), hand=tuple(steps.get(q, q) for q in each.hand)) for each in step.offers
        )
        return replace(step, offers=offers)
    return step


def removable(charts: Charts, step: str, answer: str) -> bool:
    """Whether the question is still a question without this answer."""
    box = charts.steps[step]
    others = [each for key, each in answers_of(box).items() if key != answer]
    if isinstance(box, Question) and box.many:
        return any(each.go is None for each in others)
    return bool(others) or (isinstance(box, Question) and bool(box.write or box.share))
