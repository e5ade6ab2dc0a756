"""Who gets which help: the people of `personas.toml` through the real charts, and the rules that hold for everybody.

Sources: domain.md §2.3 and §2.4 (the decision table), §3.2 to §3.5 (the self-check, its figures and its tips).
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.content.loaded import Content
from bot.messages.card import Card
from bot.screens.resident.cards import Cards
from bot.screens.resident.offers import tip_lines
from bot.screens.resident.overlays import Overlays
from flows.model.chart import Question
from flows.model.memory import Memory
from flows.model.place import Given, Place
from flows.model.tip import Tip
from flows.model.wijk import COORDINATOR, STATES, Wijk
from flows.walk import facts
from flows.walk.advice import receiver
from flows.walk.facts import recall
from tests import walks
from tests.script import NOW
from tests.simulated import CONTENT
from tests.walks import PERSONAS, SITUATIONS

ROWS = {
    *("U1", "U2", "U3", "U4", "U5", "M1a", "M1b", "M1c", "M2", "M3", "M4", "M5", "M6", "M7", "M8"),
    *("H1", "H2", "H3", "H4", "H5", "E1", "E2", "J1", "L1", "L2", "S1", "S2", "S3", "X1"),
}
"""The 29 routes of domain.md §2.4."""

KINDS = {"landlord": "landlord", "fitting": "fit", "own_home": "bouwloket", "coach": "coach"}
"""The kind of an offer of the self-check, by its topic; every other topic is money."""

MAIN = {"money_first": "money", "home_first": "landlord", "coach": "coach", "fit": "fit", "tips": ""}
"""The kind of help that each outcome is about; any other offer under it is an add-on."""

MIDDLE = {"warm": "sometimes", "draught": "bit", "damp": "bit", "paying": "just", "shower": "medium", "visit": "maybe"}
"""The answer that "weet ik niet" counts as, for each question (domain.md §3.2)."""

NAMING = {"urgent", "letter", "letter_date", "warm", "job"}
"""Questions that name the worry or its date; at any other, "weet ik niet" leaves an emergency what it is."""

WALKED = [each for each in SITUATIONS if "worries" in each or "door" in each]
OFFERED = [each for each in WALKED if each["to"]]
LESS_HEAT = {"thermostat", "night", "away"}


@pytest.fixture(scope="module")
def content() -> Content:
    return CONTENT


@pytest.fixture(scope="module")
def cards(content: Content) -> Callable[[Place, Wijk], Card]:
    """Draws the card of a place."""
    drawn = Cards(content)
    return lambda place, wijk: drawn.of(place, wijk, name="Fatma", now=NOW)


@pytest.mark.parametrize("situation", WALKED, ids=walks.who)
def test_somebody_in_this_situation_is_offered_the_right_help(content: Content, situation: dict[str, Any]) -> None:
    wijk = walks.wijk_of(content, situation)
    place = walks.arrived(walks.visited(content, situation, wijk))
    assert place.step == situation.get("end", "advice.help")
    if not situation["to"]:
        return
    found = walks.advised(content, place, wijk)
    rows = list(dict.fromkeys(offer.row for offer in walks.matching(content, place, wijk)))
    assert rows == [row for row in situation["rows"] if not row.startswith("U")]
    assert walks.partners(found) == situation["to"]
    assert any(each.urgent for each in found.now) is situation["urgent"]


def test_all_29_routes_are_walked() -> None:
    assert len(ROWS) == 29
    assert {row for situation in SITUATIONS for row in situation["rows"]} == ROWS


@pytest.mark.parametrize("situation", [each for each in SITUATIONS if "calls" in each], ids=walks.who)
def test_danger_is_one_message_with_its_numbers(content: Content, situation: dict[str, Any]) -> None:
    card = Overlays(content).danger(f"danger.{situation['danger']}", Place("referral.paying", language="nl"), "nl")
    assert not [number for number in situation["calls"] if number not in card.text]


@pytest.mark.parametrize("worry", ["bills", "cold", "draught", "damp", "energy", "letter", "job", "people", "unknown"])
def test_weet_ik_niet_to_everything_never_ends_in_no_help(content: Content, worry: str) -> None:
    wijk = walks.wijk_of(content)
    place = walks.answered(content, wijk, Place(walks.WORRIES, language="nl"), [worry])
    for _ in range(30):
        step = content.charts.steps[place.step]
        if not isinstance(step, Question):
            break
        place = walks.answered(
            content, wijk, place, ["unknown" if "unknown" in step.answers else next(iter(step.answers))]
        )
    assert walks.partners(walks.advised(content, place, wijk))


@pytest.mark.parametrize("situation", [each for each in WALKED if each["urgent"]], ids=walks.who)
def test_weet_ik_niet_never_makes_an_emergency_less_urgent(content: Content, situation: dict[str, Any]) -> None:
    wijk = walks.wijk_of(content, situation)
    places = list(walks.visited(content, situation, wijk))
    asked = [place for place in places if place.step.removeprefix("referral.") not in {*NAMING, walks.WORRIES}]
    for place in asked:
        if "unknown" not in getattr(content.charts.steps[place.step], "answers", {}):
            continue
        after = walks.answered(content, wijk, place, ["unknown"])
        while isinstance(step := content.charts.steps[after.step], Question):
            name = after.step.removeprefix("referral.")
            said = walks.listed(situation["answers"].get(name, "unknown" if "unknown" in step.answers else "safe"))
            after = walks.answered(content, wijk, after, said)
        found = walks.advised(content, after, wijk)
        assert any(each.urgent for each in found.now), f"not urgent any more after weet ik niet at {place.step}"


@pytest.mark.parametrize("state", [state for state in STATES if state != "open"])
@pytest.mark.parametrize("situation", OFFERED, ids=walks.who)
def test_a_closed_partner_is_followed_by_the_next_one_and_the_card_says_so(
    content: Content, cards: Callable[[Place, Wijk], Card], situation: dict[str, Any], state: str
) -> None:
    for partner in situation["to"]:
        settings = {**situation, "state": {**situation.get("state", {}), partner: state}}
        wijk = walks.wijk_of(content, settings)
        place = walks.arrived(walks.visited(content, settings, wijk))
        found = walks.advised(content, place, wijk)
        assert partner not in walks.partners(found)
        assert walks.partners(found)
        wanted = [wijk.partner_for(to) for offer in walks.matching(content, place, wijk) for to in offer.to]
        if partner not in wanted:
            continue  # it took over from another partner, which is named
        name = content.wijk.partners[partner].name
        said = content.words.phrase("nl", f"offer.{state}", partner=name)
        assert said.casefold() in cards(place, wijk).text.casefold(), f"nothing is said about {name}"


def test_every_partner_of_the_wijk_is_offered_to_somebody(content: Content) -> None:
    assert {partner for situation in OFFERED for partner in situation["to"]} == set(content.wijk.partners)


def test_who_has_nothing_to_eat_today_reads_a_day_and_what_nobody_knows(content: Content) -> None:
    """Look on a Friday night: the next working day is Monday, and the door of the wijk may be closed."""
    (situation,) = [each for each in SITUATIONS if each["who"] == "Vandaag geen eten, met kinderen"]
    friday = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
    wijk = walks.wijk_of(content)
    place = walks.arrived(walks.visited(content, situation, wijk))
    text = Cards(content).of(place, wijk, name="Fatma", now=friday).text
    assert "uiterlijk maandag 30 november" in text
    assert "We weten niet wie er open is." in text
    assert "We weten niet of die nu open is." in text
    assert "☎️ Bel vandaag nog" not in text, "nobody knows a number"
    known = replace(wijk, lines={**wijk.lines, "food": replace(wijk.lines["food"], phone="035-0000000")})
    text = Cards(content).of(place, known, name="Fatma", now=friday).text
    assert "☎️ Bel vandaag nog: Eten voor vandaag, 035-0000000." in text


@pytest.mark.parametrize("situation", [each for each in WALKED if each["urgent"]], ids=walks.who)
def test_whatever_cannot_wait_has_a_day_and_says_when_a_door_may_be_closed(
    content: Content, cards: Callable[[Place, Wijk], Card], situation: dict[str, Any]
) -> None:
    wijk = walks.wijk_of(content, situation)
    text = cards(walks.arrived(walks.visited(content, situation, wijk)), wijk).text
    assert "Wanneer: uiterlijk donderdag 26 november. Dit heeft haast." in text
    assert "We weten niet of die nu open is." in text


def test_the_energy_fund_is_told_as_it_is(content: Content, cards: Callable[[Place, Wijk], Card]) -> None:
    situation = {"worries": ["energy"], "answers": {"energy": "cannot_pay", "energy_pay": "no"}}
    told = {}
    for is_open in (True, False):
        wijk = walks.wijk_of(content, {**situation, "energiefonds_open": is_open})
        told[is_open] = cards(walks.arrived(walks.visited(content, situation, wijk)), wijk).text
    assert "Er is nu een fonds" in told[True]
    assert "geen fonds" in told[False]
    assert "geen fonds" not in told[True]


def outcome_of(content: Content, answers: Mapping[str, str]) -> tuple[Place, Memory]:
    wijk = walks.wijk_of(content)
    place = walks.arrived(walks.checked(content, answers, wijk))
    return place, walks.memory_of(content, place, wijk)


@pytest.mark.parametrize("persona", PERSONAS, ids=walks.who)
def test_the_self_check_ends_where_a_coach_would_end(content: Content, persona: dict[str, Any]) -> None:
    place, memory = outcome_of(content, persona["answers"])
    assert place.step == f"selfcheck.{persona['outcome']}"
    assert {name: memory.points.get(name, 0) for name in persona["points"]} == persona["points"]
    kinds = {KINDS.get(offer.topic, "money") for offer in walks.matching(content, place, walks.wijk_of(content))}
    assert kinds - {MAIN[persona["outcome"]]} == set(persona["add_ons"])


def test_there_are_enough_personas_and_the_seven_vectors_are_among_them() -> None:
    assert len(PERSONAS) >= 25
    assert {each["who"][:2] for each in PERSONAS} >= {"A.", "B.", "C.", "D.", "E.", "F.", "G."}
    assert {each["outcome"] for each in PERSONAS} == set(MAIN)


@pytest.mark.parametrize("persona", PERSONAS, ids=walks.who)
def test_what_waarom_shows_adds_up_to_the_score(content: Content, persona: dict[str, Any]) -> None:
    place, memory = outcome_of(content, persona["answers"])
    *lines, total, _because = Overlays(content).why(place, walks.wijk_of(content)).text.split("\n\n")
    assert _points("\n".join(lines)) == _points(total)
    names = {content.words.phrase("nl", f"why.{name}"): value for name, value in memory.points.items() if value}
    assert _points(total) == Counter(names)


def _points(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, value in re.findall(r"(\w+) \+(\d+)", text):
        found[name] += int(value)
    return found


@pytest.mark.parametrize(("question", "middle"), MIDDLE.items())
def test_weet_ik_niet_counts_as_the_middle_answer(content: Content, question: str, middle: str) -> None:
    answers = content.charts.question(f"selfcheck.{question}").answers
    assert answers["unknown"].points == answers[middle].points


@pytest.mark.parametrize("persona", PERSONAS, ids=walks.who)
def test_weet_ik_niet_never_lowers_what_comes_first(content: Content, persona: dict[str, Any]) -> None:
    """Hold the order of money, house and the rest: only what that one answer said may be lost, nothing else."""
    before, known = outcome_of(content, persona["answers"])
    for question in walks.QUESTIONS:
        after, unknown = outcome_of(content, {**persona["answers"], question: "unknown"})
        fewer = any(unknown.points.get(name, 0) < known.points.get(name, 0) for name in ("money", "home"))
        decisive = (question, persona["answers"][question]) in {("paying", "behind"), ("damp", "much")}
        assert fewer or decisive or _urgency(after) >= _urgency(before), (
            f"{question}: {before.step} became {after.step}"
        )


def _urgency(place: Place) -> int:
    return {"selfcheck.money_first": 2, "selfcheck.home_first": 1}.get(place.step, 0)


def with_a_bill_of(content: Content, euros: float) -> Memory:
    """Recall a resident in a cold home whose household usually pays exactly 100 euros a month."""
    amounts = dict(content.wijk.amounts)
    for name, value in (("tariff.gas", 0), ("tariff.power", 0), ("tariff.fixed", 100), ("band.b75_125", euros)):
        amounts[name] = replace(amounts[name], value=value, persons={})
    said = {"heat": "boiler", "warm": "sometimes", "bill": "b75_125"}
    trail = tuple(Given(f"selfcheck.{question}", (answer,)) for question, answer in said.items())
    return recall(content.charts, replace(content.wijk, amounts=amounts), trail)


@pytest.mark.parametrize(
    ("euros", "true"),
    [
        (64.99, {"hidden_cold", "bill_otherwise"}),
        (65, {"bill_otherwise"}),
        (109.99, {"bill_otherwise"}),
        (110, {"bill_above"}),
        (124.99, {"bill_above"}),
        (125, {"bill_far_above"}),
    ],
)
def test_each_band_of_the_bill_begins_where_it_should(content: Content, euros: float, true: set[str]) -> None:
    memory = with_a_bill_of(content, euros)
    assert facts.ratio(memory) == pytest.approx(euros / 100)
    bands = ("hidden_cold", "bill_otherwise", "bill_above", "bill_far_above")
    assert {name for name in bands if memory.fact(name)} == true


@pytest.mark.parametrize(("persons", "euros"), [("p1", 125), ("p2", 156), ("p3", 180), ("p4", 201), ("p5", 222)])
def test_the_usual_bill_of_a_flat_is_that_of_the_source(content: Content, persons: str, euros: int) -> None:
    """Compare with the monthly baselines of a flat in domain.md §3.4."""
    trail = (Given("selfcheck.dwelling", ("flat",)), Given("selfcheck.persons", (persons,)))
    assert round(facts.monthly_baseline(recall(content.charts, content.wijk, trail))) == euros


def tipped(content: Content) -> list[Memory]:
    """Recall everybody who might get tips, as far as tips look at the answers."""
    wijk: Wijk = walks.wijk_of(content)
    answers = [
        list(content.charts.question(f"selfcheck.{question}").answers)
        for question in ("heat", "warm", "draught", "damp", "shower")
    ]
    memories = []
    for persons, bill in (("p1", "b0_75"), ("p4", "b0_75"), ("p5", "b250"), ("unknown", "unknown")):
        for heat, warm, draught, damp, shower in itertools.product(*answers):
            said = {"persons": persons, "heat": heat, "warm": warm, "draught": draught, "damp": damp, "bill": bill}
            trail = tuple(Given(f"selfcheck.{name}", (each,)) for name, each in {**said, "shower": shower}.items())
            memories.append(recall(content.charts, wijk, trail))
    return memories


def tips_of(content: Content, memory: Memory) -> list[Tip]:
    """Return the tips that this resident gets, in order."""
    lines = tip_lines(content, memory, "nl")[1:]
    shown = [next(tip for tip in content.tips if line.startswith(tip.say.partition("{")[0])) for line in lines]
    assert len({tip.id for tip in shown}) == len(shown)
    return shown


def test_tips_are_few_and_free_ones_first_and_nobody_in_the_cold_is_told_to_heat_less(content: Content) -> None:
    for memory in tipped(content):
        chosen = tips_of(content, memory)
        assert 1 <= len(chosen) <= 3
        assert [tip.free for tip in chosen] == sorted((tip.free for tip in chosen), reverse=True)
        if memory.answer("selfcheck.warm") != "yes" or memory.answer("selfcheck.damp") != "no":
            assert not LESS_HEAT & {tip.id for tip in chosen}


def test_the_tips_that_lower_the_heating_are_all_known(content: Content) -> None:
    assert {tip.id for tip in content.tips if re.search(r"lager|15 graden", tip.say)} == LESS_HEAT


def test_the_euros_of_tips_are_round_and_never_more_than_a_fifth_of_the_bill(content: Content) -> None:
    """Hold domain.md §3.5: rounded down to 5, all tips together at most 20 % of twelve monthly bills."""
    for memory in tipped(content):
        said = [int(each) for each in re.findall(r"€(\d+)", "\n".join(tip_lines(content, memory, "nl")))]
        assert not [each for each in said if each == 0 or each % 5]
        bill = facts.monthly_bill(memory)
        assert bill is None or sum(said) <= 0.20 * bill * 12


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_whoever_is_in_danger_or_does_not_know_is_shown_112_at_once(
    content: Content, cards: Callable[[Place, Wijk], Card], answer: str
) -> None:
    wijk = walks.wijk_of(content)
    place = walks.answered(content, wijk, Place(walks.WORRIES, language="nl"), ["people"])
    place = walks.answered(content, wijk, place, ["unsafe"])
    assert place.step == "referral.danger_now"
    place = walks.answered(content, wijk, place, [answer])
    text = cards(place, wijk).text
    assert "112" in text
    assert "112" not in cards(walks.answered(content, wijk, place, ["safe"]), wijk).text


def test_not_knowing_whether_there_is_danger_is_taken_for_danger(content: Content) -> None:
    """Hold that at `danger_now` and its like "weet ik niet" never goes the way of a resident who is safe."""
    asked = content.charts.question("referral.danger_now")
    assert asked.answers["unknown"].go == asked.answers["yes"].go
    assert asked.answers["unknown"].go != asked.answers["no"].go


INSTEAD = {
    "goos": "shm",
    "shm": "goos",
    "welzin": "goos",
    "voedselbank": "welzin",
    "eas": "gratis_aanpak",
    "gratis_aanpak": "eas",
    "bouwloket": "eas",
    "portaal": "makelaar",
    "balans": "makelaar",
    "makelaar": COORDINATOR,
    "hiphelpt": "balans",
    "binnenhof": "balans",
}
"""The partner that takes over in Smitsveen while another one is paused or full. After the landlord comes a person."""


def test_who_takes_over_can_do_the_same_or_is_a_person(content: Content) -> None:
    found = {}
    for key, partner in content.wijk.partners.items():
        full = replace(content.wijk, partners={**content.wijk.partners, key: replace(partner, state="full")})
        found[key] = receiver(full, key)
    assert found == INSTEAD
