"""Rules for everybody who does the self-check, whatever they answer: random walks, and every way to the last question.

Sources: domain.md §3, docs/decisions/0006. Who ends where stands in `personas.toml`.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from functools import cache

import pytest

from bot.screens.resident.ends.tips import tip_lines
from flows.model.chart import UNKNOWN, Crossroads, Offer, Question
from flows.model.memory import Memory
from flows.model.place import Given, Place, Trail
from flows.walk.arrows import NEXT
from flows.walk.facts import recall
from flows.walk.help import Advice
from flows.walk.progress import Progress
from tests import walks
from tests.simulated import CONTENT

CHARTS, WIJK = CONTENT.charts, walks.wijk_of(CONTENT)
START = "selfcheck.home"
MOST_QUESTIONS = 12
TENANTS = ("landlord", "other", "room", "unknown")
COLD = ("sometimes", "often", "off_money", "unknown")
STRIPS = re.compile(r"strips|folie", re.IGNORECASE)
REPAIRS = {"landlord_repair", "rights_desk", "fallback_person"}
OWN_HOME = {"owner_advice"}

Answers = dict[str, tuple[str, ...]]


def answered(place: Place, answers: tuple[str, ...]) -> Place:
    """Give these answers where the place stands, without drawing anything."""
    step = CHARTS.steps[place.step]
    assert isinstance(step, Question)
    given = Given(place.step, answers)
    trail = (*place.trail, given)
    alone = step.answers[answers[0]].go is not None
    return place.moved(
        CONTENT.walk.moves.follow(place.step, answers[0] if alone else NEXT, recall(CHARTS, WIJK, trail)), trail
    )


def choices(question: Question, chance: random.Random) -> tuple[str, ...]:
    """Pick one answer, or some of a question with several."""
    answer = chance.choice(list(question.answers))
    if question.answers[answer].go is not None:
        return (answer,)
    open_ones = [key for key, each in question.answers.items() if each.go is None]
    return tuple(key for key in open_ones if key == answer or chance.random() < 0.3)


def walked(seed: int) -> Place:
    """Walk to an outcome; one seed in three leans to "weet ik niet", because that is what people say."""
    chance, place = random.Random(seed), Place(START, language="nl")
    while isinstance(step := CHARTS.steps[place.step], Question):
        shy = seed % 3 == 0 and UNKNOWN in step.answers and chance.random() < 0.5
        place = answered(place, (UNKNOWN,) if shy else choices(step, chance))
    return place


@cache
def ends(seeds: int) -> tuple[tuple[Place, Memory], ...]:
    """Return so many ends, each with what is known."""
    return tuple((place, CONTENT.walk.memory(place, WIJK)) for place in map(walked, range(seeds)))


def found(seeds: int) -> Iterator[tuple[Answers, Place, Advice, list[Offer]]]:
    """Yield what each of these people said, where they end, and what is offered."""
    for place, memory in ends(seeds):
        said = {step.removeprefix("selfcheck."): answers for step, answers in memory.answers.items()}
        yield said, place, walks.advised(CONTENT, place, WIJK), walks.matching(CONTENT, place, WIJK)


def services(advice: Advice) -> set[str]:
    """Return what is offered now."""
    return {service for each in advice.now for offer in each.offers for service in offer.to}


def is_(said: Answers, question: str, *answers: str) -> bool:
    """Return whether one of these was answered."""
    return bool(set(said.get(question, ())) & set(answers))


SEEDS = pytest.mark.parametrize("seeds", [600, pytest.param(12000, marks=pytest.mark.soak)])


FACTS_ASK = {"dwelling_matters": ("heat", "persons", "warm", "bill")}
"""The questions behind the facts at which a crossroads before the last question looks."""


@cache
def looked_at(step: str) -> frozenset[str]:
    """Return the questions at which any crossroads looks from this step on, before the last question."""
    boxes = [CHARTS.steps[name] for name in Progress(CHARTS).reach[step] if name != "selfcheck.score"]
    ways = [
        way for box in boxes if isinstance(box, Crossroads) and box.name.startswith("selfcheck.") for way in box.ways
    ]
    facts = {f"selfcheck.{name}" for way in ways for fact in way.when.facts for name in FACTS_ASK[fact]}
    return frozenset({question for way in ways for question in way.when.questions} | facts)


def test_nobody_is_ever_asked_more_than_twelve_questions() -> None:
    """Take every way through the check: what no crossroads looks at any more is answered once, all else in all ways."""
    lengths: dict[tuple[str, Trail], int] = {}

    def longest(place: Place) -> int:
        step = CHARTS.steps[place.step]
        if not isinstance(step, Question):
            return 0
        known = looked_at(place.step)
        key = (place.step, tuple(given for given in place.trail if given.step in known))
        if key not in lengths:
            options = list(step.answers) if place.step in known else list(step.answers)[:1]
            lengths[key] = 1 + max(longest(answered(place, (option,))) for option in options)
        return lengths[key]

    assert longest(Place(START, language="nl")) == MOST_QUESTIONS


def test_weet_ik_niet_to_everything_ends_at_a_person() -> None:
    place = Place(START, language="nl")
    while isinstance(CHARTS.steps[place.step], Question):
        place = answered(place, (UNKNOWN,))
    assert place.step == "selfcheck.person"
    assert services(walks.advised(CONTENT, place, WIJK)) == {"fallback_person"}
    assert not tip_lines_of(place)


def tip_lines_of(place: Place) -> list[str]:
    """Return the tips at this end, or nothing where it has none."""
    step = CHARTS.steps[place.step]
    return tip_lines(CONTENT, CONTENT.walk.memory(place, WIJK), "nl") if getattr(step, "tips", False) else []


@SEEDS
def test_strips_are_for_a_tenant_with_a_draught_and_never_for_much_mould(seeds: int) -> None:
    seen = 0
    for said, place, _advice, offers in found(seeds):
        told = [offer.say for offer in offers if STRIPS.search(offer.say)] + list(
            filter(STRIPS.search, tip_lines_of(place))
        )
        if told:
            seen += 1
            assert is_(said, "draught", "bit", "much"), place
            assert not is_(said, "damp", "much"), place
        if not is_(said, "home", *TENANTS):
            assert "fitting" not in {service for offer in offers for service in offer.to}, place
    assert seen > seeds / 20


@SEEDS
def test_a_visit_that_is_wanted_is_a_coach_that_is_offered(seeds: int) -> None:
    """The coach is shown at once, but for what cannot wait and for mould: those leave the coach for later."""
    seen = 0
    for said, place, advice, offers in found(seeds):
        if is_(said, "visit", "yes"):
            seen += 1
            assert "home_coach" in {service for offer in offers for service in offer.to}, place
            first = place.step == "selfcheck.warm_first" or is_(said, "damp", "bit", "much")
            assert first or "eas" in walks.partners(advice), place
    assert seen > seeds / 20


@SEEDS
def test_who_wants_nobody_at_home_is_not_sent_a_coach_unless_the_bill_hides_the_cold(seeds: int) -> None:
    for said, place, _advice, offers in found(seeds):
        if is_(said, "visit", "no"):
            coach = [offer.id for offer in offers if "home_coach" in offer.to]
            assert set(coach) <= {"selfcheck.offer.hidden_cold"}, place


@SEEDS
def test_heating_off_because_of_money_or_bills_behind_is_never_tips_only(seeds: int) -> None:
    seen = set()
    for said, place, advice, _offers in found(seeds):
        off, behind = is_(said, "warm", "off_money"), is_(said, "paying", "behind")
        if off or behind:
            seen.add((off, behind))
            assert place.step in {f"selfcheck.{name}" for name in ("warm_first", "money_first", "money_cold")}
            assert services(advice) & {"money_desk", "money_buddy"}, place
            assert not tip_lines_of(place)
    assert len(seen) == 3


@SEEDS
def test_damp_always_has_somebody_who_must_repair_it(seeds: int) -> None:
    """Hold it for tenants of all kinds and owners; behind what cannot wait it may come later, but it is there."""
    seen = 0
    for said, place, advice, offers in found(seeds):
        if is_(said, "damp", "bit", "much"):
            seen += 1
            wanted = OWN_HOME if is_(said, "home", "own") else REPAIRS
            about = {"landlord", "own_home"}
            there = {service for offer in offers if offer.topic in about for service in offer.to}
            assert there & wanted, place
            shown = {to for each in advice.now for offer in each.offers if offer.topic in about for to in offer.to}
            assert shown & wanted or place.step == "selfcheck.warm_first", place
    assert seen > seeds / 20


@SEEDS
def test_cold_with_a_baby_or_somebody_old_or_ill_is_for_a_person_at_once(seeds: int) -> None:
    """One clear yes is enough, "weet ik niet" alone is not, and a clear no to either is none."""
    seen = 0
    for said, place, advice, _offers in found(seeds):
        both = (said.get("fragile", ("no",)), said.get("freezing", ("no",)))
        wanted = both in {(("yes",), ("yes",)), (("yes",), ("unknown",)), (("unknown",), ("yes",))}
        assert (place.step == "selfcheck.warm_first") is wanted, place
        assert any(each.urgent for each in advice.now) is wanted, place
        if wanted:
            seen += 1
            assert advice.now[0].offers[0].to == ("fallback_person",), place
    assert seen > seeds / 50


@SEEDS
def test_whether_it_is_cold_and_who_is_at_home_is_asked_of_everybody_in_the_cold(seeds: int) -> None:
    for said, place, _advice, _offers in found(seeds):
        if is_(said, "warm", *COLD):
            assert "fragile" in said, place
            assert ("freezing" in said) is is_(said, "fragile", "yes", "unknown"), place


@SEEDS
def test_an_owner_gets_the_answer_of_the_stroomschema(seeds: int) -> None:
    """There an owner with a draught, cold or damp gets advice for owners, and a coach at most beside it."""
    there = {
        service
        for offer in getattr(CHARTS.steps["advice.help"], "offers", ())
        if offer.row in ("H1", "H2", "H3") and offer.when.answered.get("referral.home") == ("own",)
        for service in offer.to
    }
    assert there == OWN_HOME
    seen = 0
    for said, place, _advice, offers in found(seeds):
        if is_(said, "home", "own"):
            about = {service for offer in offers if offer.row in ("H1", "H3", "E1") for service in offer.to}
            trouble = is_(said, "draught", "bit", "much") or is_(said, "damp", "bit", "much")
            if trouble and place.step != "selfcheck.person":
                seen += 1
                assert "owner_advice" in about, place
            assert about <= {"owner_advice", "home_coach"}, place
    assert seen > seeds / 50


@SEEDS
def test_a_very_low_bill_in_a_cold_home_is_spoken_of(seeds: int) -> None:
    """Unless something that cannot wait or damp comes first, or hardly anything else is known."""
    seen = 0
    for (place, memory), (said, _same, advice, _offers) in zip(ends(seeds), found(seeds), strict=True):
        first = place.step in ("selfcheck.warm_first", "selfcheck.home_first", "selfcheck.person")
        if memory.fact("hidden_cold") and not first:
            seen += 1
            told = [getattr(CHARTS.steps[place.step], "say", "")]
            told += [offer.say for each in advice.now for offer in each.offers]
            assert "Je betaalt weinig en het is koud." in "\n".join(told), said
    assert seen > seeds / 100


@SEEDS
def test_nobody_is_praised_and_what_comes_first_fits_the_heading(seeds: int) -> None:
    fitting = {
        "warm_first": {"fallback_person"},
        "money_first": {"money_desk", "money_buddy", "home_coach"},
        "money_cold": {"money_desk", "money_buddy", "home_coach"},
        "home_first": REPAIRS | OWN_HOME,
        "coach": {"home_coach", "money_buddy"},
        "person": {"fallback_person"},
        "fit": {"fitting"},
    }
    money = {"money_desk", "money_buddy"}
    first = {"coach": {"home_coach"}, "money_first": money, "money_cold": money}
    seen = set()
    for _said, place, advice, _offers in found(seeds):
        assert "goed" not in getattr(CHARTS.steps[place.step], "say", "").lower(), place
        name = place.step.removeprefix("selfcheck.")
        seen.add(name)
        if name in fitting:
            assert set(advice.now[0].offers[0].to) <= fitting[name], place
            assert name not in first or first[name] & set(advice.now[0].offers[0].to), place
    assert seen >= set(fitting) | {"tips", "tips_cold"}


def test_every_offer_of_the_check_reaches_somebody() -> None:
    offered = {offer.id for *_, offers in found(3000) for offer in offers}
    known = {
        offer.id for step in CHARTS.steps.values() for offer in getattr(step, "offers", ()) if "selfcheck" in offer.id
    }
    assert offered == known


def test_the_walks_differ() -> None:
    counts = {step: len(list(group)) for step, group in itertools.groupby(sorted(place.step for place, _ in ends(600)))}
    assert min(counts.values()) >= 3, counts
