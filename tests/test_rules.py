"""Every road through the stroomschema, held against the rules of `rules.toml`; every rule is broken once on purpose."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from bot.screens.resident.ends.offers import end_text, told
from flows.check.lines import Shown, too_long
from flows.check.roads import Roads
from flows.model.chart import Condition, Offer, Outcome, Question
from flows.model.memory import Memory
from flows.model.names import MENU
from flows.model.place import Given, Place
from flows.read.conditions import CONDITION_KEYS, read_condition
from flows.read.toml import read_toml
from flows.texts.fields import of_wijk, without_unknown
from flows.texts.offers import offer_words
from flows.walk.advice import advise
from flows.walk.help import Advice, Help
from tests import walks
from tests.simulated import CONTENT

KINDS = ("helps", "never", "alone", "urgent", "topic", "apart", "warns", "sight", "unsaid", "asked", "not_asked")
WIJK = walks.wijk_of(CONTENT)
WORRIES = [each.id for each in CONTENT.charts.question(MENU).answers.values() if each.go is None]
PAIRS = list(combinations(WORRIES, 2))
NOW = datetime(2026, 11, 27, 20, tzinfo=UTC)
"""A Friday night: two helpers seldom share a day."""

HEADING = "Dit kunnen we doen."
MANY = 400
"""Walks of more than two worries, each with a seed of its own number."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `kind` is the word that says what must hold, `wanted` what stands behind it."""

    name: str
    when: Condition
    kind: str
    wanted: Any
    later: bool = False
    service: str = ""

    def __str__(self) -> str:
        return self.name


def rules() -> list[Rule]:
    """Read the rules; a word that is not known fails."""
    found = []
    for row in read_toml(Path(__file__).parent / "rules.toml")["rule"]:
        wrong: list[str] = []
        when = read_condition(row, str, wrong.append)
        (kind,) = [each for each in KINDS if each in row]
        assert not wrong, wrong
        assert not row.keys() - CONDITION_KEYS - {"name", kind, "later", "service"}, row
        found.append(Rule(row["name"], when, kind, row[kind], row.get("later", False), row.get("service", "")))
    return found


RULES = rules()


@dataclass(frozen=True, slots=True)
class End:
    """What a resident gets at the end of a road."""

    memory: Memory
    found: Advice

    def services(self, *, later: bool = False) -> set[str]:
        """Return the kinds of help that are offered; what was too much for two is help of the one who takes it all."""
        helps: tuple[Help, ...] = (*self.found.now, *(self.found.later if later else ()))
        own = {service for each in helps for _, (service, _) in each.needs}
        return own | {service for each in helps for offer in each.offers for service in offer.to}

    @property
    def offers(self) -> list[Offer]:
        return [offer for each in self.found.now for offer in each.offers]

    def text(self, offer: Offer, *, short: bool = False) -> str:
        """Return what is said of it, and its warning; when `short`, only the first line that the wijk can fill in."""
        values = of_wijk(self.memory.wijk)
        said = without_unknown(offer_words(self.memory.wijk, offer)[1], values)
        text = f"{said.split(chr(10))[0] if short else said}\n{offer.warn}"
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value or "")
        return text

    def short(self, each: Help) -> Iterator[str]:
        """Yield what is read of this help where little fits: the first lines of what is told, and every warning."""
        yield from (self.text(offer, short=True) for offer in told(each))
        yield from (offer.warn for offer in each.offers)


def broken(rule: Rule, end: End) -> bool:
    """Return whether this end breaks the rule."""
    wanted = rule.wanted
    match rule.kind:
        case "helps":
            return not end.services(later=rule.later) & set(wanted)
        case "never":
            return bool(end.services(later=True) & set(wanted))
        case "alone":
            return end.services() == {wanted}
        case "urgent":
            return any(offer.urgent for offer in (end.offers[:1] if wanted else end.offers)) is not wanted
        case "topic":
            return not {offer.topic for offer in end.offers} & set(wanted)
        case "apart":
            own = [each for each in end.found.now if wanted in {o.topic for o in each.offers if rule.service in o.to}]
            return any(len({offer.topic for offer in each.offers}) > 1 for each in own)
        case "warns":
            return not any(wanted in end.text(offer) for offer in end.offers)
        case "sight":
            return not any(wanted in text for each in end.found.now for text in end.short(each))
        case "unsaid":
            return any(wanted in end.text(offer) for offer in end.offers)
        case "asked":
            return wanted not in end.memory.answers
        case _:
            return wanted in end.memory.answers


def kind_of(found: Advice) -> str:
    """Return the kind of end card that this makes."""
    several = sum(len(each.to) for each in found.now) > 1 or any(each.urgent for each in found.now)
    return "end, two or urgent" if several else "end"


def free(step: str, _answer: str) -> bool:
    """Take every answer of the stroomschema; in the self-check at most two that are not "weet ik niet"."""
    return not step.startswith("selfcheck.")


def ends(
    roads: Roads, picked: Sequence[str], outcome: Callable[[Outcome], Outcome] = lambda step: step
) -> Iterator[End]:
    for road in roads.walk(picked, 2, free) if picked else roads.short(2, free):
        if road.outcome.name == "advice.help":
            yield End(road.memory, advise(outcome(road.outcome), road.memory))


def violations(found: Iterable[End], among: Sequence[Rule] = RULES) -> tuple[dict[str, int], list[str]]:
    """Return how often each rule was tried, and where one was broken."""
    tried = dict.fromkeys([rule.name for rule in among], 0)
    told: list[str] = []
    for end in found:
        for rule in among:
            if end.memory.holds(rule.when):
                tried[rule.name] += 1
                if broken(rule, end) and len(told) < 5:
                    told.append(f"{rule.name}: {[(g.step, *g.answers) for g in end.memory.trail]}")
    return tried, told


@pytest.fixture(scope="module")
def roads() -> Roads:
    return Roads(CONTENT.charts, WIJK)


def test_there_are_enough_rules_and_each_has_a_name_of_its_own() -> None:
    assert len(RULES) >= 40
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("worry", WORRIES)
def test_every_road_of_one_worry_keeps_every_rule(roads: Roads, worry: str) -> None:
    _tried, told = violations(ends(roads, (worry,)))
    assert told == []


def test_every_short_road_keeps_every_rule(roads: Roads) -> None:
    """Of who cannot wait, and of who comes out of a danger message."""
    tried, told = violations(ends(roads, ()))
    assert told == []
    assert sum(tried.values())


@pytest.mark.soak
@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_every_road_of_two_worries_keeps_every_rule(roads: Roads, pair: tuple[str, str]) -> None:
    tried, told = violations(ends(roads, pair))
    assert told == []
    assert sum(tried.values())


@pytest.mark.parametrize(
    "picked",
    [*((each,) for each in WORRIES), *(pytest.param(each, marks=pytest.mark.soak) for each in PAIRS)],
    ids="+".join,
)
def test_every_end_card_of_one_or_two_worries_fits_a_small_phone(roads: Roads, picked: tuple[str, ...]) -> None:
    met: dict[object, Advice] = {}
    for end in ends(roads, picked):
        met.setdefault(tuple((each.to, *(offer.id for offer in each.offers)) for each in end.found.now), end.found)
    cards = [
        Shown(kind_of(found), "advice.help", language, end_text(CONTENT, HEADING, found, WIJK, language, NOW), 1)
        for found in met.values()
        for language in WIJK.languages
    ]
    assert cards
    assert [str(each) for each in too_long(cards)] == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_roads_of_more_worries_keep_every_rule(seed: int) -> None:
    def one(number: int) -> End | None:
        chance = random.Random(f"rules {seed} {number}")
        place = Place(MENU, language="nl")
        place = walks.answered(CONTENT, WIJK, place, chance.sample(WORRIES, chance.randint(3, len(WORRIES))))
        while isinstance(step := CONTENT.charts.steps[place.step], Question):
            ids = [each.id for each in step.answers.values() if each.back is None]
            picks = [each.id for each in step.answers.values() if each.go is None and each.back is None]
            said = chance.sample(picks, chance.randint(1, len(picks))) if step.many else [chance.choice(ids)]
            place = walks.answered(CONTENT, WIJK, place, said)
        step = CONTENT.charts.steps[place.step]
        assert isinstance(step, Outcome)
        memory = walks.memory_of(CONTENT, place, WIJK)
        return End(memory, advise(step, memory)) if step.name == "advice.help" else None

    tried, told = violations(each for number in range(MANY) if (each := one(number)))
    assert told == []
    assert sum(tried.values()) > MANY


def sabotaged(rule: Rule, step: Outcome) -> Outcome:
    """Return the outcome with one thing wrong, of the kind that this rule forbids."""
    offers = step.offers
    match rule.kind:
        case "helps":
            return replace(step, offers=tuple(each for each in offers if not set(each.to) & set(rule.wanted)))
        case "never":
            wrong = next(each for each in offers if set(each.to) & set(rule.wanted))
            return replace(step, offers=(*offers, replace(wrong, when=Condition(), own_yes=False)))
        case "alone":
            return replace(step, offers=tuple(each for each in offers if each.to == (rule.wanted,)))
        case "topic":
            return replace(step, offers=tuple(each for each in offers if each.topic not in rule.wanted))
        case "urgent":
            return replace(step, offers=tuple(replace(each, urgent=not rule.wanted) for each in offers))
        case "apart":
            return replace(step, offers=tuple(replace(each, own_yes=False) for each in offers))
        case "warns" | "sight":
            return replace(step, offers=tuple(replace(each, warn="", say="Hulp.") for each in offers))
        case "unsaid":
            return replace(step, offers=tuple(replace(each, warn=rule.wanted) for each in offers))
        case _:
            return step


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_is_tried_and_can_be_broken(roads: Roads, rule: Rule) -> None:
    """Walk the worries of which the rule speaks, with every offer as the rule forbids it."""
    asked = rule.when.answered.get(MENU, ()) or rule.when.only.get(MENU, ())
    tried = 0
    for picked in [*((each,) for each in asked or WORRIES), *PAIRS]:
        for end in ends(roads, picked, lambda step: sabotaged(rule, step)):
            if not end.memory.holds(rule.when):
                continue
            tried += 1
            if rule.kind in ("asked", "not_asked"):
                end = replace(end, memory=_answering(end.memory, rule))
            if broken(rule, end):
                return
        if tried > 3000:
            break
    pytest.fail(f"tried on {tried} roads, never broken")


def _answering(memory: Memory, rule: Rule) -> Memory:
    """Return what a trail tells on which the question was asked, or not, against the rule."""
    trail = tuple(each for each in memory.trail if each.step != rule.wanted)
    trail = (*trail, Given(rule.wanted, ("no",))) if rule.kind == "not_asked" else trail
    return Memory(memory.charts, memory.wijk, trail, memory.facts)
