"""Joins charts with a worry of their own to the others: its button, its questions and its offers.

So a new worry is one file in `flows/charts`: nothing in the other charts has to name it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flows.model.chart import UNKNOWN, Answer, Charts, Condition, Crossroads, Flow, Outcome, Question, Step, Way
from flows.model.faults import Fault, FlowError
from flows.model.names import MENU

SPLICE = "referral.to_worries"
"""The crossroads of the stroomschema from which the questions of all such charts are asked, one after another."""

HELP = "advice.help"
"""The outcome that gets their offers, after its own."""

NEXT = "next"
"""What a question of such a chart writes as `go` when the chart has nothing more to ask."""


def joined(charts: Charts) -> Charts:
    """Return the charts with every worry in its place. Raises FlowError when there is no place for one."""
    worries = [flow for flow in charts.flows.values() if flow.worry]
    if not worries:
        return charts
    steps = dict(charts.steps)
    menu, splice, help = steps.get(MENU), steps.get(SPLICE), steps.get(HELP)
    if not isinstance(menu, Question) or not isinstance(splice, Crossroads) or not isinstance(help, Outcome):
        missing = f"a chart with a worry needs the question {MENU}, the crossroads {SPLICE} and the outcome {HELP}"
        raise FlowError([Fault(f"{flow.name}.toml", "", missing) for flow in worries])
    added = {step.name: step for step in _ways(worries, splice)}
    own = {flow.name: Answer(flow.name, flow.worry) for flow in worries}
    last = {UNKNOWN: menu.answers[UNKNOWN]} if UNKNOWN in menu.answers else {}
    steps[MENU] = replace(menu, answers={k: v for k, v in menu.answers.items() if k not in last} | own | last)
    more = tuple(offer for flow in worries for offer in flow.offers.values())
    steps[HELP] = replace(help, offers=(*help.offers, *more))
    steps |= added
    flows = {
        name: replace(flow, steps={each: step for each, step in steps.items() if each.partition(".")[0] == name})
        for name, flow in charts.flows.items()
    }
    return replace(charts, flows=flows, steps=steps)


def _ways(worries: list[Flow], splice: Crossroads) -> Iterator[Step]:
    """Yield the crossroads that lead into each worry when it was picked, and on to the next one."""
    onward = splice.ways[-1].go
    enters = [f"{flow.name}.to_{flow.name}" for flow in worries]
    yield replace(splice, ways=(Way(Condition(), enters[0]),))
    for flow, enter, after in zip(worries, enters, [*enters[1:], onward], strict=True):
        picked = Condition(answered={MENU: (flow.name,)})
        yield Crossroads(enter, (Way(picked, flow.start), Way(Condition(), after)))
        yield Crossroads(f"{flow.name}.{NEXT}", (Way(Condition(), after),))
