"""The people of `personas.toml`, walked through the real charts by tapping, as a resident would.

A persona answers what the self-check asks; a situation picks worries and answers what the stroomschema
asks. Both are data that somebody who does not program may read and extend.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.content.loaded import Content
from flows.model.chart import UNKNOWN, Outcome, Question
from flows.model.heard import ChartTap
from flows.model.memory import Memory
from flows.model.place import Place
from flows.model.wijk import Wijk
from flows.walk import advice
from flows.walk.arrows import NEXT
from flows.walk.help import Advice

PEOPLE = tomllib.loads((Path(__file__).parent / "personas.toml").read_text("utf-8"))
PERSONAS: list[dict[str, Any]] = PEOPLE["persona"]
SITUATIONS: list[dict[str, Any]] = PEOPLE["situation"]
WORRIES = "menu.worries"


def who(person: Mapping[str, Any]) -> str:
    """Name the test about this person."""
    return str(person["who"])


def wijk_of(content: Content, situation: Mapping[str, Any] | None = None, *, staffed: bool = True) -> Wijk:
    """Return the wijk as the situation wants it: partners that are closed, a fund that is open.

    All partners agreed to their days.
    """
    situation = situation or {}
    settings: dict[str, object] = {f"partner.{key}.state": state for key, state in situation.get("state", {}).items()}
    settings |= {f"partner.{key}.contact_days": 1 for key in content.wijk.partners}
    if "energiefonds" in situation:
        settings["switch.energiefonds"] = situation["energiefonds"]
    return content.wijk.with_switches(settings, frozenset(content.wijk.partners) if staffed else frozenset())


def answered(content: Content, wijk: Wijk, place: Place, answers: Sequence[str]) -> Place:
    """Tap these answers where the place stands; several of a `many` question are picked, then *verder*."""
    step = content.charts.steps[place.step]
    assert isinstance(step, Question), f"{place.step} asks nothing"
    for answer in answers:
        assert answer in step.answers, f"{place.step} has no answer {answer}"
    if not step.many or step.answers[answers[0]].go is not None:
        return tapped(content, wijk, place, answers[0])
    for answer in answers:
        place = tapped(content, wijk, place, f"+{answer}")
    return tapped(content, wijk, place, NEXT)


def tapped(content: Content, wijk: Wijk, place: Place, answer: str, mark: str = "") -> Place:
    """Return the place to which one tap on this card leads. It must lead on."""
    after = content.walk.step(place, ChartTap(place.step, answer, place.revision, mark), wijk, "Fatma").place
    assert after != place, f"{place.step}: tapping {answer} leads nowhere"
    return after


def visited(content: Content, situation: Mapping[str, Any], wijk: Wijk, language: str = "nl") -> Iterator[Place]:
    """Yield every place where a person in this situation stands, up to the outcome. Each answer must be asked for."""
    if "door" in situation:
        danger = f"danger.{situation['danger']}"
        place = content.walk.step(Place(WORRIES, language=language), ChartTap(danger, situation["door"]), wijk).place
    else:
        place = Place(WORRIES, language=language)
        yield place
        place = answered(content, wijk, place, situation["worries"])
    for name, answers in situation.get("answers", {}).items():
        assert place.step == f"referral.{name}", f"asked {place.step}, not referral.{name}"
        yield place
        place = answered(content, wijk, place, listed(answers))
    yield place


def checked(
    content: Content, answers: Mapping[str, str | Sequence[str]], wijk: Wijk, language: str = "nl"
) -> Iterator[Place]:
    """Yield every place of a person who does the self-check with these answers, up to the outcome.

    What a person does not say about a question is "weet ik niet".
    """
    place = Place("selfcheck.home", language=language)
    while isinstance(content.charts.steps[place.step], Question):
        yield place
        place = answered(content, wijk, place, listed(answers.get(place.step.removeprefix("selfcheck."), UNKNOWN)))
    yield place


def arrived(places: Iterator[Place]) -> Place:
    """Return the last of these places."""
    return list(places)[-1]


def handed_over(content: Content, wijk: Wijk, place: Place, answer: str = "all") -> Iterator[Place]:
    """Yield every place after an outcome with offers, up to the last consent card."""
    place = tapped(content, wijk, place, answer)
    for step, given in (("about", "yes"), ("consent", "change"), ("change", "when"), ("when", "evening")):
        assert place.step == f"handoff.{step}"
        yield place
        place = tapped(content, wijk, place, given)
    yield place
    if len(advice.chosen(memory_of(content, place, wijk))) > 1:
        yield tapped(content, wijk, place, "no")


def memory_of(content: Content, place: Place, wijk: Wijk) -> Memory:
    """Recall what the place tells."""
    return content.walk.memory(place, wijk)


def advised(content: Content, place: Place, wijk: Wijk) -> Advice:
    """Return what is offered at the outcome where the place stands."""
    step = content.charts.steps[place.step]
    assert isinstance(step, Outcome), f"{place.step} is no outcome"
    return advice.advise(step, memory_of(content, place, wijk))


def partners(found: Advice) -> list[str]:
    """Return the partners that would be asked now, in order."""
    return [partner for each in found.now for partner in each.to]


def matching(content: Content, place: Place, wijk: Wijk) -> list[Any]:
    """Return all offers that hold at the outcome where the place stands, also those that are not shown."""
    step = content.charts.steps[place.step]
    memory = memory_of(content, place, wijk)
    return [offer for offer in getattr(step, "offers", ()) if memory.holds(offer.when)]


def listed(answers: str | Sequence[str]) -> list[str]:
    """Return one answer or several as a list."""
    return [answers] if isinstance(answers, str) else list(answers)
