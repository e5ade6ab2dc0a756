"""The arrows of the charts, derived once: for the machine, the checks, the drawings and the progress line."""

from __future__ import annotations

from collections.abc import Iterator

from flows.model.chart import Charts, Condition, Crossroads, Offer, Outcome, Question, Step
from flows.model.memory import answers_of
from flows.model.place import TYPED

NEXT = "_next"
"""The trigger of *verder* in a question with several answers."""

ALL, FIRST, SECOND, NO = "all", "first", "second", "no"
"""The answers under an outcome with offers: everything, only the first, only the second, nothing."""

OFFERED = (ALL, FIRST, SECOND, NO)

LATER = "_later"
"""Not an answer: the resident wants none of it now, and comes back to it."""

ASK = "ask."
"""With the name of an offer: the answer to *meer hulp* that asks for that one now, and for nothing else."""


def offered(step: Step | None) -> tuple[str, ...]:
    """Return the answers that an outcome has by its offers: one of each, and those of `OFFERED`."""
    offers = step.offers if isinstance(step, Outcome) else ()
    return (*OFFERED, *map(asking, offers)) if offers else ()


def asking(offer: Offer) -> str:
    """Return the answer that asks for this offer alone."""
    return ASK + offer.id.rpartition(".")[2]


def arrows(charts: Charts) -> Iterator[tuple[str, str, str]]:
    """Yield every arrow as (step, trigger, target); the target may be a crossroads, which has no arrows here itself."""
    for name, step in charts.steps.items():
        for answer in answers_of(step).values():
            if answer.go is not None:
                yield name, answer.id, answer.go
        if isinstance(step, Question) and step.go is not None:
            if step.many:
                yield name, NEXT, step.go
            if step.write or step.share:
                yield name, TYPED, step.go
        if isinstance(step, Outcome) and step.yes and step.no:
            for trigger in offered(step) or OFFERED:
                yield name, trigger, step.no if trigger == NO else step.yes


def ways(
    charts: Charts, target: str, so_far: tuple[Condition, ...] = ()
) -> Iterator[tuple[tuple[Condition, ...], str]]:
    """Yield every way through crossroads to a box where the walk rests, as (conditions, box), first match first."""
    step = charts.steps[target]
    if not isinstance(step, Crossroads):
        yield so_far, target
        return
    for way in step.ways:
        yield from ways(charts, way.go, so_far if way.when.empty else (*so_far, way.when))


def leads_to(charts: Charts, name: str) -> tuple[str, ...]:
    """Return the steps one arrow away, crossroads included, in order and without repeats."""
    step = charts.steps[name]
    if isinstance(step, Crossroads):
        return tuple(dict.fromkeys(way.go for way in step.ways))
    return tuple(dict.fromkeys(target for source, _trigger, target in arrows(_only(charts, name)) if source == name))


def _only(charts: Charts, name: str) -> Charts:
    return Charts(charts.flows, {name: charts.steps[name]})
