"""A walk as a resident makes it. Which answers are given is the caller's choice, for instance by chance with a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from flows.model.chart import Outcome, Question, Step
from flows.model.heard import ChartTap, Contact, Heard, Text
from flows.model.names import MENU
from flows.model.place import Place
from flows.model.wijk import Wijk
from flows.walk import advice
from flows.walk.arrows import ALL, NEXT
from flows.walk.walk import Walk

T = TypeVar("T")

Choose = Callable[[int], int]
"""From a number to a lower one, from 0 on."""

LONGEST = 60
"""Answers in one walk, at most; charts are acyclic, so a walk that is longer goes back and forth."""

TYPED = "Smitsweg 12"
"""What is typed wherever words may be typed."""

NAME = "Fatma"


def places(walk: Walk, wijk: Wijk, choose: Choose, begin: Sequence[str] = (MENU,)) -> Iterator[Place]:
    """Yield every place of one walk, from one of these steps to where nothing more is asked."""
    place = Place(_one(begin, choose), language="nl")
    for _ in range(LONGEST):
        yield place
        step = walk.charts.steps[place.step]
        said = _said(walk, step, place, wijk, choose)
        if not said:
            break
        for heard in said:
            place = walk.step(place, heard, wijk, NAME).place


def _said(walk: Walk, step: Step, place: Place, wijk: Wijk, choose: Choose) -> list[Heard]:
    """Return what a resident says at this step: one answer, or the answers that they pick and then *verder*."""

    def tap(answer: str, mark: str = "") -> Heard:
        return ChartTap(step.name, answer, place.revision, mark)

    match step:
        case Outcome() if step.offers and advice.open_to(step, walk.memory(place, wijk), ALL):
            return [tap(ALL)]
        case Question(share=str()):
            return [Contact("+31612345678", own=True)]
        case Question(write=str()):
            return [Text(TYPED)]
        case Question(consent=True):
            packet = advice.packet(walk.memory(place, wijk), place.language or "")
            return [tap("yes", advice.fingerprint(packet))] if packet else []
        case Question(many=True):
            several = [each.id for each in step.answers.values() if each.go is None]
            picks = {_one(several, choose) for _ in range(_one((1, 1, 2, 2, 3, 5), choose))}
            return [*(tap(f"+{each}") for each in several if each in picks), tap(NEXT)]
        case Question():
            onward = [each.id for each in step.answers.values() if each.go]
            return [tap(_one(onward, choose))] if onward else []
        case _:
            return []


def _one(items: Sequence[T], choose: Choose) -> T:
    return items[choose(len(items))]
