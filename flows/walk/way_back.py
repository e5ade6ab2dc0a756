"""The ways that are no answers: to the answer before, to one that a resident wants to change, to the menu.

Guards the rule that nothing a resident said is lost on the way: ticks come back, and answers are kept.
"""

from __future__ import annotations

from dataclasses import replace

from flows.model.chart import Charts, Outcome, Question
from flows.model.memory import answers_of
from flows.model.names import MENU
from flows.model.place import SPOKEN, TYPED, Given, Left, Place, Trail
from flows.walk.given import joined, was_given


def undone(charts: Charts, place: Place) -> Place:
    """Return the place before the last answer: the inverse of an answer, but for the revision. Ticks come back."""
    last = place.trail[-1]
    step = charts.steps.get(last.step)
    many = isinstance(step, Question) and step.many
    known = answers_of(step)
    picked = tuple(each for each in last.answers if many and each in known and known[each].go is None)
    return place.moved(last.step, place.trail[:-1], picked, place.kept)


def back(charts: Charts, place: Place) -> Place:
    """Return the place before the last answer that the resident gave themselves."""
    kept = place.kept
    trail = place.trail
    while len(trail) > 1 and was_given(charts, trail[-1], trail[:-1]):
        kept = (*kept, trail[-1]) if trail[-1].answers in ((TYPED,), (SPOKEN,)) else kept
        trail = trail[:-1]
    return undone(charts, replace(place, trail=trail, kept=kept))


def rewound(charts: Charts, place: Place, step: str) -> Place:
    """Go back to an earlier question; when it is not on the trail, to the first answer."""
    while place.trail and place.step != step:
        place = undone(charts, place)
    return place


def changing(charts: Charts, place: Place, step: str) -> Place:
    """Go back to a question to change its answer. What was said since is kept, but for a yes to sharing."""
    there = rewound(charts, place, step)
    said = [each for each in place.trail[len(there.trail) :] if not _asks_a_yes(charts, each.step)]
    again = {each.step for each in said}
    return replace(there, kept=(*said, *(each for each in place.kept if each.step not in again)))


def fills_in(charts: Charts, step: str, other: str) -> bool:
    """Return whether that question fills in an answer to the other one: it comes right after it, and leads back."""
    follows = any(each.go == step for each in answers_of(charts.steps.get(other)).values())
    return follows and any(each.back == other for each in answers_of(charts.steps.get(step)).values())


def to_menu(charts: Charts, place: Place) -> Place:
    """Go to the menu, and keep where the resident was."""
    nothing = place.step == MENU or ended(charts, place) or not place.trail
    ticks = place.picked if place.step == MENU else ()
    return replace(place.moved(MENU, (), ticks), left=place.left if nothing else here(place))


def here(place: Place) -> Left:
    """Return where the resident is, to come back to it later."""
    return Left(place.step, place.trail, place.picked, place.kept)


def begin_at(charts: Charts, place: Place, step: str, about: int) -> Place:
    """Begin at another step, and keep where the resident was."""
    return replace(place.moved(step, ()), left=to_menu(charts, place).left, about=about)


def ended(charts: Charts, place: Place) -> bool:
    """Return whether nothing more is asked here."""
    step = charts.steps.get(place.step)
    return isinstance(step, Outcome) and not step.offers and not step.answers


def handed_over(charts: Charts, place: Place) -> bool:
    """Return whether the resident stands at a receipt."""
    step = charts.steps.get(place.step)
    return isinstance(step, Outcome) and step.refer


def worries(place: Place) -> Trail:
    """Return what the resident chose on the menu, or ticked there; nothing when they did neither."""
    ticked = (Given(MENU, place.picked),) if place.step == MENU and place.picked else ()
    return ticked or tuple(each for each in place.trail if each.step == MENU)


def was_said(place: Place, given: Given) -> bool:
    """Return whether the resident gave this answer on the way to where they are."""
    return any(each.step == given.step and set(given.answers) <= set(each.answers) for each in place.trail)


def with_these(charts: Charts, place: Place, go: str, given: Trail) -> tuple[Trail, Trail]:
    """Return the trail before `go`, and what is known for the way on from there: these answers, and all that was said.

    Where several answers count, those that were picked before stay. A resident who is not on the way to `go` begins
    there with their worries.
    """
    steps = [*(each.step for each in place.trail), place.step]
    trail = place.trail[: steps.index(go)] if go in steps else worries(place)
    known = {each.step: each for each in (*place.kept, *place.trail)}
    if place.picked:
        known[place.step] = Given(place.step, place.picked)
    new = {each.step: joined(charts, each, known.get(each.step)) for each in given}
    known.pop(go, None)  # it is asked anew
    known |= new
    return trail, tuple(each for each in known.values() if each not in trail and not _asks_a_yes(charts, each.step))


def _asks_a_yes(charts: Charts, step: str) -> bool:
    question = charts.steps.get(step)
    return not isinstance(question, Question) or question.consent
