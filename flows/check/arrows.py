"""Arrows that lead nowhere, steps that nobody reaches, ends that help nobody, and circles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.model.chart import Charts, Crossroads, Outcome, Question, Step
from flows.model.faults import Fault, meant
from flows.model.memory import answers_of
from flows.model.names import MENU, PARKED, WELCOME
from flows.model.wijk import Wijk
from flows.texts.fields import fields_of
from flows.walk.arrows import leads_to, offered


def fault(name: str, message: str) -> Fault:
    """Make a fault in the step with this full name."""
    chart, _, step = name.partition(".")
    return Fault(f"{chart}.toml", step, message)


def shown(name: str, chart: str) -> str:
    """Return the name of a step as that chart writes it: bare for its own step, in full for another's."""
    return name.removeprefix(f"{chart}.")


class Graph:
    """All arrows between steps that exist."""

    def __init__(self, charts: Charts) -> None:
        self.targets = {name: [t for t in leads_to(charts, name) if t in charts.steps] for name in charts.steps}
        self.sources: dict[str, list[str]] = {name: [] for name in charts.steps}
        for name, targets in self.targets.items():
            for target in targets:
                self.sources[target].append(name)
        self._before: dict[str, frozenset[str]] = {}

    def before(self, name: str) -> frozenset[str]:
        """Return every step from which this one can be reached."""
        if name not in self._before:
            self._before[name] = frozenset(_spread(self.sources, self.sources.get(name, ())))
        return self._before[name]

    def from_here(self, names: Sequence[str]) -> set[str]:
        """Return these steps and every step that can be reached from them."""
        return _spread(self.targets, names)


def faults(charts: Charts, wijk: Wijk, doors: Sequence[str], alarms: Sequence[str]) -> Iterator[Fault]:
    """Yield all faults. `doors` are steps that the bot itself opens, `alarms` those that words of danger lead to."""
    dangling = list(lost(charts))
    yield from dangling
    graph = Graph(charts)
    yield from _dead_ends(charts, wijk)
    yield from _circles(graph)
    if dangling:
        return
    yield from _unreached(charts, graph, doors, alarms)
    for name, step in charts.steps.items():
        for answer in answers_of(step).values():
            if answer.back and answer.back not in graph.before(name):
                back = shown(answer.back, name.partition(".")[0])
                yield fault(name, f'answer "{answer.id}" goes back to "{back}", which does not come before this step')


def lost(charts: Charts) -> Iterator[Fault]:
    """Yield the arrows to steps that do not exist, and those that go back to a step that is no question."""
    for name, step in charts.steps.items():
        chart = name.partition(".")[0]
        known = [shown(each, chart) for each in charts.steps]
        for what, target in _named(step):
            if target not in charts.steps:
                bare = shown(target, chart)
                yield fault(name, f'{what} leads to "{bare}", which does not exist.{meant(bare, known)}')
            elif what.startswith("back of") and not isinstance(charts.steps[target], Question):
                yield fault(name, f'{what} leads to "{shown(target, chart)}", which is no question')
        for answer in answers_of(step).values():
            for other, said in answer.gives.items():
                box = charts.steps.get(other)
                there = (*answers_of(box), *offered(box))
                if box is not None and said not in there:
                    bare = shown(other, chart)
                    near = meant(said, there)
                    wrong = f'answer "{answer.id}" gives "{said}" to "{bare}", which has no such answer.{near}'
                    yield fault(name, wrong)


def _named(step: Step) -> Iterator[tuple[str, str]]:
    """Yield every place where a step names another one, in words, with the name."""
    for answer in answers_of(step).values():
        if answer.go:
            yield f'answer "{answer.id}"', answer.go
        if answer.back:
            yield f'back of answer "{answer.id}"', answer.back
        yield from ((f'what answer "{answer.id}" gives', other) for other in answer.gives)
    match step:
        case Question(go=str(go)):
            yield '"go"', go
        case Crossroads():
            yield from ((f"way {number}", way.go) for number, way in enumerate(step.ways, start=1))
        case Outcome():
            yield from ((f'"{word}"', target) for word, target in (("yes", step.yes), ("no", step.no)) if target)


def _unreached(charts: Charts, graph: Graph, doors: Sequence[str], alarms: Sequence[str]) -> Iterator[Fault]:
    """Yield only the first step of a stretch that nobody reaches: the rest follows from it."""
    for start in (WELCOME, MENU, *doors):
        if start not in charts.steps:
            yield fault(start, "this step is missing: the bot itself leads people there")
    starts = [WELCOME, MENU, PARKED, *doors, *alarms, *(flow.start for flow in charts.flows.values() if flow.anywhere)]
    reached = graph.from_here([start for start in starts if start in charts.steps])
    for name in charts.steps:
        if name not in reached and all(source in reached for source in graph.sources[name]):
            yield fault(name, "nobody can reach this step: no arrow leads to it")


def _dead_ends(charts: Charts, wijk: Wijk) -> Iterator[Fault]:
    calls = {f"line_{line.id}" for line in wijk.lines.values() if line.phone}
    for name, step in charts.steps.items():
        match step:
            case Question() if not (step.answers or step.write or step.share):
                yield fault(name, "a dead end: this question has no answers")
            case Question(many=True) if all(answer.go for answer in step.answers.values()):
                yield fault(name, "there is nothing to pick here: with many = true, most answers have no go")
            case Crossroads(ways=()):
                yield fault(name, "a dead end: this crossroads has no ways")
            case Outcome() if not (charts.flows[name.partition(".")[0]].anywhere or step.offers or step.answers):
                if not {"place", "receipts", *calls} & _fields(step.say):
                    yield fault(
                        name,
                        "a dead end: it names nobody. Give it offers, {place}, or a number to call, as {line_police}",
                    )


def _fields(text: str) -> frozenset[str]:
    try:
        return fields_of(text)
    except ValueError:
        return frozenset({"place"})


def _circles(graph: Graph) -> Iterator[Fault]:
    finished: set[str] = set()

    def follow(name: str, trail: tuple[str, ...]) -> Iterator[Fault]:
        if name in trail:
            circle = " > ".join([*trail[trail.index(name) :], name])
            yield fault(name, f'a loop: {circle}. To let somebody go back, write back = "…" instead of go')
        elif name not in finished:
            for target in graph.targets[name]:
                yield from follow(target, (*trail, name))
            finished.add(name)

    for name in (*(start for start in (WELCOME, MENU) if start in graph.targets), *graph.targets):
        yield from follow(name, ())


def _spread(arrows: dict[str, list[str]], starts: Sequence[str]) -> set[str]:
    found, waiting = set(starts), list(starts)
    while waiting:
        for target in arrows[waiting.pop()]:
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
