"""What one tap answers beside its own question: the usual name, the chat, any time (`gives` in a chart).

Guards two rules: what the resident said themselves goes before it, and the way back skips what they were never asked.
"""

from __future__ import annotations

from dataclasses import replace

from flows.model.chart import Charts, Question
from flows.model.memory import answers_of
from flows.model.names import SHOWN
from flows.model.place import TYPED, Given, Trail


def given_too(charts: Charts, step: str, answer: str, name: str) -> Trail:
    """Return the answers that this one gives as well. Without a name that the channel shows, the name is asked."""
    found = answers_of(charts.steps.get(step)).get(answer)
    trail = []
    for other, said in found.gives.items() if found else ():
        question = charts.steps[other]
        if said != SHOWN or not isinstance(question, Question):
            trail.append(Given(other, (said,)))
        elif name:
            trail.append(Given(other, (TYPED,), name[: question.limit]))
    return tuple(trail)


def joined(charts: Charts, given: Given, before: Given | None) -> Given:
    """Return this answer together with what was picked before, where several answers count; else this one."""
    question = charts.steps.get(given.step)
    if before is None or not isinstance(question, Question) or not question.many:
        return given
    picked = [each for each in before.answers if each in question.answers and question.answers[each].go is None]
    picks = {*given.answers, *picked}
    return replace(given, answers=tuple(each for each in question.answers if each in picks))


def was_given(charts: Charts, last: Given, trail: Trail) -> bool:
    """Return whether an answer on this trail gave that one too, so that the resident was not asked."""
    for each in trail:
        for answer in each.answers:
            found = answers_of(charts.steps.get(each.step)).get(answer)
            said = found.gives.get(last.step) if found else None
            if said and last.answers == ((TYPED,) if said == SHOWN else (said,)):
                return True
    return False
