"""The `{fields}` that texts may hold: one place that says which names the bot fills in where."""

from __future__ import annotations

import re
from string import Formatter

from flows.model.chart import Outcome, Question, Step

PLACES = frozenset({"place", "municipality", "wijk", "person"})
"""Known wherever a resident stands: the door to walk to, the municipality, the wijk, the human fallback."""

QUESTION = PLACES | {"name"}
CONSENT = PLACES | {"name", "partner", "packet", "fallback"}
OUTCOME = PLACES
RECEIPT = PLACES | {"receipts"}
OFFER = PLACES
TIP = frozenset({"euros"})
NONE: frozenset[str] = frozenset()

CALLED = re.compile(r"(?<![\d-])(?:0[89]\d\d-\d{4,7}|0\d{1,3}-\d{5,8}|11[23])(?![\d-])")
"""Numbers to call as they are written in texts: 0800-9009, 088-1600300, 112."""


def fields_of(text: str) -> frozenset[str]:
    """The names of the `{fields}` in a text. ValueError when a brace is not closed or a field has no plain name."""
    found = set()
    for _literal, name, spec, conversion in Formatter().parse(text):
        if name is not None:
            if not name.isidentifier() or spec or conversion:
                raise ValueError(f"{{{name}}}")
            found.add(name)
    return frozenset(found)


def allowed(step: Step, *, anywhere: bool = False) -> frozenset[str]:
    """The fields that are filled in when this step is shown; in a chart that is shown from anywhere there are none."""
    match step:
        case Question() if not anywhere:
            return CONSENT if step.consent else QUESTION
        case Outcome() if not anywhere:
            return RECEIPT if step.refer else OUTCOME
        case _:
            return NONE


def required(step: Step) -> frozenset[str]:
    """The fields that a step is pointless without: what is shared on a consent card, the receipt after it."""
    match step:
        case Question(consent=number) if number:
            return frozenset({"packet", "partner"})
        case Outcome(refer=True):
            return frozenset({"receipts"})
        case _:
            return NONE
