"""What changed between two versions of the charts, in words that a coordinator understands. Pure.

A renamed step or answer (`was`) is still the same one; a step that names it has not changed by that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeVar

from flows.model.chart import Answer, Charts, Condition, Crossroads, Flow, Offer, Outcome, Question, Score, Step
from flows.model.memory import answers_of
from flows.texts.offers import bare
from flows.walk.renames import Renames

ADDED, REMOVED, RENAMED, CHANGED = "added", "removed", "renamed", "changed"

S = TypeVar("S", Question, Outcome)


@dataclass(frozen=True, slots=True)
class Difference:
    """One step that changed. `before` is its name in the old charts, empty when the step is new.

    `what` are the changes in it, one sentence each; `lost` are the answers that nobody can give any more.
    """

    kind: str
    step: str
    before: str = ""
    what: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def differences(old: Charts, new: Charts) -> list[Difference]:
    """List every step that was added, removed, renamed or changed, in the order of the new files, removed ones last.

    The top of a file (start, scores, …) counts as a step with the name of the chart.
    """
    renames = Renames(new)
    before = _in_new_words(old, renames)
    names = {renames.step(name): name for name in old.steps}
    gone = {_words(step): name for name, step in old.steps.items() if renames.step(name) not in new.steps}
    found = []
    for chart, flow in new.flows.items():
        if chart not in before.flows:
            found.append(Difference(ADDED, chart))
        elif told := tuple(_top(before.flows[chart], flow)):
            found.append(Difference(CHANGED, chart, chart, told))
        for name, step in flow.steps.items():
            found += _step(before.steps.get(name), step, names.get(name, ""), gone)
    found += [Difference(REMOVED, was, was) for name, was in names.items() if name not in new.steps]
    found += [Difference(REMOVED, chart, chart) for chart in old.flows if chart not in new.flows]
    return found


def _step(was: Step | None, now: Step, old_name: str, gone: Mapping[str, str]) -> Iterator[Difference]:
    if was is None:
        twin = gone.get(_words(now)) if _words(now) else None
        hint = f'"{twin}" had the same words. Is it the same step? Then write in it: was = "{twin}"'
        yield Difference(ADDED, now.name, what=(hint,) if twin else ())
        return
    told = tuple(_within(was, now))
    lost = tuple(id for id in answers_of(was) if id not in answers_of(now))
    if old_name != now.name:
        yield Difference(RENAMED, now.name, old_name, told, lost)
    elif told:
        yield Difference(CHANGED, now.name, old_name, told, lost)


def _top(was: Flow, now: Flow) -> Iterator[str]:
    for word in ("title", "start", "progress", "anywhere"):
        if getattr(was, word) != getattr(now, word):
            yield f"{word}: {_told(getattr(was, word))} → {_told(getattr(now, word))}"
    if was.scores != now.scores:
        yield "the scores (points that follow from a fact)"


def _within(was: Step, now: Step) -> Iterator[str]:
    match was, now:
        case Question(), Question():
            yield from _question(was, now)
            yield from _answers(was.answers, now.answers)
        case Outcome(), Outcome():
            yield from _outcome(was, now)
            yield from _answers(was.answers, now.answers)
        case Crossroads(), Crossroads():
            for number, (one, other) in enumerate(zip_longest(was.ways, now.ways), start=1):
                if one != other:
                    yield f"way {number}: " + ("added" if one is None else "removed" if other is None else "changed")
        case _:
            yield f"it was {_kind(was)} and is {_kind(now)}"


def _question(was: Question, now: Question) -> Iterator[str]:
    if was.ask != now.ask:
        yield "the text of the question"
    for word in ("go", "many", "write", "limit", "share", "sure", "consent"):
        if getattr(was, word) != getattr(now, word):
            yield f"{word}: {_told(getattr(was, word))} → {_told(getattr(now, word))}"


def _outcome(was: Outcome, now: Outcome) -> Iterator[str]:
    if was.say != now.say:
        yield "the text of the outcome"
    for word in ("yes", "no", "tips", "refer", "relay", "forget"):
        if getattr(was, word) != getattr(now, word):
            yield f"{word}: {_told(getattr(was, word))} → {_told(getattr(now, word))}"
    yield from _offers(was.offers, now.offers)


def _offers(was: tuple[Offer, ...], now: tuple[Offer, ...]) -> Iterator[str]:
    """Compare offers, which are known by their names."""
    before = {each.id: each for each in was}
    for offer in now:
        twin = before.get(offer.id)
        if twin is None:
            yield f"{bare(offer)} ({_name(offer)}): added"
        elif twin != offer:
            words = (
                "row",
                "to",
                "say",
                "topic",
                "when",
                "urgent",
                "hand",
                "days",
                "own_yes",
                "line",
                "warn",
                "meanwhile",
            )
            named = {"say": "the text", "when": "when it counts", "hand": "what is shared", "warn": "the warning"}
            if changed := [named.get(word, word) for word in words if getattr(twin, word) != getattr(offer, word)]:
                yield f"{bare(offer)} ({_name(offer)}): {', '.join(changed)}"
    ids = [each.id for each in now]
    yield from (f"{bare(each)} ({_name(each)}): removed" for each in was if each.id not in ids)
    if [each.id for each in was if each.id in ids] != [id for id in ids if id in before]:
        yield "the order of the offers"


def _answers(was: Mapping[str, Answer], now: Mapping[str, Answer]) -> Iterator[str]:
    for id, answer in now.items():
        before = was.get(id)
        if before is None:
            yield f'answer "{id}": added'
            continue
        told = [] if before.was == (id,) else [f'was "{before.was[0]}"']
        if before.text != answer.text:
            told.append("the text")
        for word in ("go", "back"):
            if getattr(before, word) != getattr(answer, word):
                told.append(f"{word}: {_told(getattr(before, word))} → {_told(getattr(answer, word))}")
        if before.points != answer.points:
            told.append("the points")
        if before.gives != answer.gives:
            told.append("what it answers too")
        if told:
            yield f'answer "{id}": {", ".join(told)}'
    yield from (f'answer "{id}": removed' for id in was if id not in now)
    kept = [id for id in was if id in now]
    if kept != [id for id in now if id in was]:
        yield "the order of the answers"


def _in_new_words(old: Charts, renames: Renames) -> Charts:
    """Return the old charts with the names that their steps and answers have in the new ones."""
    flows = {name: _flow(flow, renames) for name, flow in old.flows.items()}
    return Charts(flows, {step.name: step for flow in flows.values() for step in flow.steps.values()})


def _flow(flow: Flow, renames: Renames) -> Flow:
    steps = {renames.step(name): _renamed(step, renames) for name, step in flow.steps.items()}
    scores = tuple(Score(each.fact, each.points, renames.step(each.question)) for each in flow.scores)
    return replace(flow, start=renames.step(flow.start), steps=steps, scores=scores)


def _renamed(step: Step, renames: Renames) -> Step:
    name = renames.step(step.name)
    match step:
        case Crossroads():
            ways = tuple(replace(w, when=_when(w.when, renames), go=renames.step(w.go)) for w in step.ways)
            return replace(step, name=name, ways=ways)
        case Question():
            return replace(_own(step, name, renames), go=renames.step(step.go) if step.go else None)
        case Outcome():
            offers = tuple(
                replace(each, when=_when(each.when, renames), hand=tuple(map(renames.step, each.hand)))
                for each in step.offers
            )
            yes, no = (renames.step(each) if each else None for each in (step.yes, step.no))
            return replace(_own(step, name, renames), offers=offers, yes=yes, no=no)


def _own(step: S, name: str, renames: Renames) -> S:
    """Give a step its new name and its answers their new ids; an old id stands in `was`."""
    answers = {}
    for each in step.answers.values():
        id = renames.answer(name, each.id)
        answers[id] = replace(
            each,
            id=id,
            go=renames.step(each.go) if each.go else None,
            back=renames.step(each.back) if each.back else None,
            gives={(to := renames.step(step)): renames.answer(to, said) for step, said in each.gives.items()},
            was=(each.id,),
        )
    return replace(step, name=name, answers=answers)


def _when(when: Condition, renames: Renames) -> Condition:
    def now(asked: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {(name := renames.step(each)): renames.all_answers(name, wanted) for each, wanted in asked.items()}

    return replace(
        when,
        answered=now(when.answered),
        only=now(when.only),
        any_of=tuple(_when(each, renames) for each in when.any_of),
        unless=tuple(_when(each, renames) for each in when.unless),
    )


def _words(step: Step) -> str:
    return step.ask if isinstance(step, Question) else step.say if isinstance(step, Outcome) else ""


def _name(offer: Offer) -> str:
    return f"{offer.row}, {' and '.join(offer.to)}"


def _kind(step: Step) -> str:
    return {"Question": "a question", "Crossroads": "a crossroads", "Outcome": "an outcome"}[type(step).__name__]


def _told(value: object) -> str:
    return "nothing" if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)
