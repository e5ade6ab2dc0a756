"""Finds what is wrong with the list of cries for help: phrases that never ring, and exceptions that take too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.hear.alarm import Alarm, shape_fault
from flows.hear.exceptions import Exempt, exempt
from flows.hear.phrases import typed
from flows.hear.plain import plain
from flows.model.alarm import BUT, WITHIN, Cry
from flows.model.chart import Charts
from flows.model.faults import Fault, meant


def faults(charts: Charts, cries: Sequence[Cry], rings: Alarm) -> Iterator[Fault]:
    """Find phrases of a danger that is not there, that ring at anything or never, and exceptions that hide a cry.

    `rings` is the alarm of those whose form is right.
    """
    dangers = [name.partition(".")[2] for name in charts.steps if name.startswith("danger.")]
    for danger in dict.fromkeys(cry.danger for cry in cries):
        if danger not in dangers:
            yield Fault("alarm.toml", danger, f"there is no such step in danger.toml.{meant(danger, dangers)}")
    wrong = [(cry, message) for cry in cries if (message := shape_fault(cry))]
    yield from (_fault(cry, message) for cry, message in wrong)
    if wrong:
        return
    for cry in cries:
        if cry.how != BUT:
            rung = rings.rung(typed(cry))
            if rung is None or rung.danger != cry.danger:
                instead = f"[{rung.danger}] comes first" if rung else "an exception takes it"
                yield _fault(cry, f'"{cry.words}" never rings: {instead}')
    yield from _exceptions(rings, cries)


def _exceptions(rings: Alarm, cries: Sequence[Cry]) -> Iterator[Fault]:
    """Find exceptions that can never match, and those in whose own words there is a cry besides the one they excuse."""
    whole = [(each, f" {plain(typed(each))} ") for each in cries if each.how != BUT]
    for cry in cries:
        if cry.how != BUT:
            continue
        found = exempt(cry, rings.within)
        if not found.holds:
            yield _fault(cry, f'"{cry.words}" excuses nothing: no phrase of [{cry.danger}] stands in it')
        elif rung := rings.rung(cry.words):
            yield _fault(cry, f'"{cry.words}" holds a cry of [{rung.danger}], which rings all the same')
        elif _apart(found):
            yield _fault(cry, f'"{cry.words}" holds two cries: excuse one at a time')
        words = f" {plain(cry.words)} "
        for other, text in whole:
            if words in text and words != text:
                yield _fault(cry, f'"{cry.words}" is a part of the cry "{other.words}" of [{other.danger}]')
                break


def _apart(exception: Exempt) -> bool:
    """Return whether two of the phrases that an exception holds share no letter, so that they are two cries."""
    spans = sorted((start, end) for _, start, end in exception.holds)
    reached = spans[0][1]
    for start, end in spans:
        if start >= reached:
            return True
        reached = max(reached, end)
    return False


def _fault(cry: Cry, message: str) -> Fault:
    return Fault("alarm.toml", cry.danger if cry.how == WITHIN else f"{cry.danger}.{cry.how}", message)
