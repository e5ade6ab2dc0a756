"""Checks that what conditions, offers, scores and tips name exists: questions, answers, points, facts, topics, amounts.

Guards the rule that nothing asks about a question that cannot have been asked before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flows.check.arrows import Graph, fault, lost, shown
from flows.model.chart import Charts, Condition, Crossroads, Offer, Outcome, Question
from flows.model.faults import Fault, meant
from flows.model.memory import answers_of
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.texts.offers import bare
from flows.walk.arrows import OFFERED
from flows.walk.facts import BILL, FACTS

NEEDED = ("tariff.gas", "tariff.power", "tariff.fixed", "baseline.gas", "baseline.power")
"""Amounts without which a bill cannot be compared."""


def faults(charts: Charts, wijk: Wijk, tips: Sequence[Tip], phrases: Mapping[str, str]) -> Iterator[Fault]:
    """Yield all faults, chart by chart, then those of the tips and the amounts."""
    conditions = _Conditions(charts)
    for name, step in charts.steps.items():
        match step:
            case Crossroads():
                for number, way in enumerate(step.ways, start=1):
                    yield from conditions.of(way.when, name, f"way {number}")
            case Outcome():
                for offer in step.offers:
                    yield from conditions.of(offer.when, name, bare(offer))
                    yield from _asked(charts, conditions, name, offer)
                always = {offer.topic for offer in step.offers if not offer.own_yes}
                for offer in step.offers:
                    if offer.own_yes and offer.topic not in always:
                        yield fault(
                            name, f'{bare(offer)}: own_yes needs another offer about "{offer.topic}" without it'
                        )
                if step.offers:
                    for clash in [each for each in step.answers if each in OFFERED]:
                        yield fault(name, f'answer "{clash}" needs another id: that one is taken by the offers')
    used = {offer.id for step in charts.steps.values() if isinstance(step, Outcome) for offer in step.offers}
    for flow in charts.flows.values():
        for offer in flow.offers.values():
            yield from _offer(charts, wijk, phrases, offer)
            if offer.id not in used:
                yield Fault(f"{flow.name}.toml", bare(offer), "no outcome has this among its offers")
        for score in flow.scores:
            if score.fact not in FACTS:
                yield Fault(
                    f"{flow.name}.toml", "scores", f'there is no fact "{score.fact}".{meant(score.fact, FACTS)}'
                )
            if not isinstance(charts.steps.get(score.question), Question):
                plain = shown(score.question, flow.name)
                known = [shown(each, flow.name) for each in charts.steps]
                yield Fault(f"{flow.name}.toml", "scores", f'there is no question "{plain}".{meant(plain, known)}')
    yield from _tips(charts, wijk, tips, conditions)
    yield from _amounts(charts, wijk)


class _Conditions:
    """Holds what all conditions are compared with."""

    def __init__(self, charts: Charts) -> None:
        self.charts, self.graph = charts, Graph(charts)
        self.whole = not any(lost(charts))
        self.points = {
            name for step in charts.steps.values() for each in answers_of(step).values() for name in each.points
        } | {name for flow in charts.flows.values() for score in flow.scores for name in score.points}

    def of(self, when: Condition, name: str, what: str, before: frozenset[str] | None = None) -> Iterator[Fault]:
        """Yield the faults of a condition in step `name`; `before` are the steps that may have been asked by then."""
        chart = name.partition(".")[0]
        asked = self.graph.before(name) if before is None else before
        for inner in (*when.any_of, *when.unless):
            yield from self.of(inner, name, what, asked)
        for question, answers in (*when.answered.items(), *when.only.items()):
            plain, step = shown(question, chart), self.charts.steps.get(question)
            if not isinstance(step, Question | Outcome):
                known = [shown(each, chart) for each, s in self.charts.steps.items() if isinstance(s, Question)]
                yield fault(name, f'{what}: there is no question "{plain}".{meant(plain, known)}')
                continue
            ids = [*step.answers, *(OFFERED if isinstance(step, Outcome) and step.offers else ())]
            for answer in answers:
                if answer not in ids:
                    yield fault(name, f'{what}: "{plain}" has no answer "{answer}".{meant(answer, ids)}')
            if self.whole and question not in asked:
                yield fault(name, f'{what}: "{plain}" cannot have been asked before this step')
        for point in when.at_least:
            if point not in self.points:
                yield fault(name, f'{what}: no answer gives points "{point}".{meant(point, self.points)}')
        for fact in when.facts:
            if fact not in FACTS:
                yield fault(name, f'{what}: there is no fact "{fact}".{meant(fact, FACTS)}')


def _offer(charts: Charts, wijk: Wijk, phrases: Mapping[str, str], offer: Offer) -> Iterator[Fault]:
    """Check what an offer names, wherever it is used."""
    if len(offer.to) > 2:
        yield fault(offer.id, "at most two services come together")
    for service in offer.to:
        if service not in charts.services:
            yield fault(offer.id, f'"{service}" is not in services.toml.{meant(service, charts.services)}')
    if offer.line and offer.line not in wijk.lines:
        yield fault(offer.id, f'line = "{offer.line}" is not in wijk.toml.{meant(offer.line, wijk.lines)}')
    topics = [key.partition(".")[2] for key in phrases if key.startswith("topics.")]
    if offer.topic not in topics:
        yield fault(offer.id, f'topic "{offer.topic}" is not in phrases.toml.{meant(offer.topic, topics)}')


def _asked(charts: Charts, conditions: _Conditions, name: str, offer: Offer) -> Iterator[Fault]:
    """Check that what an offer shares can have been asked before the outcome that uses it."""
    what, chart = bare(offer), name.partition(".")[0]
    for question in offer.hand:
        plain, step = shown(question, chart), charts.steps.get(question)
        if not isinstance(step, Question):
            known = [shown(each, chart) for each, s in charts.steps.items() if isinstance(s, Question)]
            yield fault(name, f'{what}: hand names "{plain}", which is no question.{meant(plain, known)}')
        elif conditions.whole and question not in conditions.graph.before(name):
            yield fault(name, f'{what}: hand names "{plain}", which cannot have been asked before this step')


def _tips(charts: Charts, wijk: Wijk, tips: Sequence[Tip], conditions: _Conditions) -> Iterator[Fault]:
    ends = [name for name, step in charts.steps.items() if isinstance(step, Outcome) and step.tips]
    before = frozenset().union(*(conditions.graph.before(name) for name in ends))
    savings = [key.removeprefix("saving.") for key in wijk.amounts if key.startswith("saving.")]
    for number, tip in enumerate(tips):
        for each in conditions.of(tip.when, ".", "condition", before):
            yield Fault("tips.toml", tip.id, each.message)
        if tip.saving and tip.saving not in savings:
            yield Fault(
                "tips.toml", tip.id, f'saving "{tip.saving}" is not in amounts.toml.{meant(tip.saving, savings)}'
            )
        if tip.id in [each.id for each in tips[:number]]:
            yield Fault("tips.toml", tip.id, "two tips have this id")


def _amounts(charts: Charts, wijk: Wijk) -> Iterator[Fault]:
    """Check the amounts that the facts look up by name."""
    bill = charts.steps.get(BILL)
    if not isinstance(bill, Question):
        return
    bands = [f"band.{answer}" for answer in bill.answers if answer != "unknown"]
    for key in (*NEEDED, *bands):
        if key not in wijk.amounts:
            yield Fault("amounts.toml", key, f"this amount is missing.{meant(key, wijk.amounts)}")
