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
from functools import cache
from typing import Any

import pytest

from bot.content.loaded import Content
from bot.messages.card import Card
from bot.screens.resident.cards import Cards
from bot.screens.resident.ends.tips import tip_lines
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

ENDS = {
    *("warm_first", "money_first", "money_cold", "home_first", "coach", "person", "fit", "tips", "tips_cold"),
}
"""The outcomes of the self-check, besides the coach that a resident asks for anyway."""

MIDDLE = {"warm": "sometimes", "draught": "bit", "damp": "bit", "paying": "just", "visit": "maybe"}
"""The answer that "weet ik niet" counts as, for each question (domain.md §3.2)."""

NAMING = {"urgent", "letter", "letter_date", "warm", "job", "defect"}
"""Questions that name the worry or its date; at any other, "weet ik niet" leaves an emergency what it is."""

COLD = {"fragile", "freezing"}
"""Of these two one clear yes is needed: who does not know either of them is not told that it is an emergency."""

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
        name = place.step.removeprefix("referral.")
        known = {each for each in COLD - {name} if situation["answers"].get(each) == "yes"}
        if name in COLD and "H2" in situation["rows"] and not known:
            continue
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
    assert "Je hoort iets op ma 30 november, of eerder." in text
    assert "Vraag nu ook een kerk of je buren." in text
    assert "Vraag eerst of er iemand is." in Overlays(content).behind("more", place, wijk, friday).text
    assert "☎️ Bel vandaag" not in text, "nobody knows a number"
    assert "☎️ Geen nummer bekend. Loop binnen bij De Plantage, of vraag buren." in text
    known = replace(wijk, lines={**wijk.lines, "food": replace(wijk.lines["food"], phone="035-0000000")})
    text = Cards(content).of(place, known, name="Fatma", now=friday).text
    assert "☎️ Bel vandaag: Eten voor vandaag, 035-0000000." in text
    assert "Geen nummer bekend" not in text


@pytest.mark.parametrize("situation", [each for each in WALKED if each["urgent"]], ids=walks.who)
def test_whatever_cannot_wait_has_a_day_and_says_when_a_door_may_be_closed(
    content: Content, cards: Callable[[Place, Wijk], Card], situation: dict[str, Any]
) -> None:
    wijk = walks.wijk_of(content, situation)
    place = walks.arrived(walks.visited(content, situation, wijk))
    assert "Je hoort iets op do 26 november, of eerder." in cards(place, wijk).text
    assert "Vraag eerst of er iemand is." in Overlays(content).behind("more", place, wijk, NOW).text


def test_the_energy_fund_is_told_as_it_is(content: Content, cards: Callable[[Place, Wijk], Card]) -> None:
    situation = {"worries": ["energy"], "answers": {"energy": "cannot_pay", "energy_pay": "yes"}}
    told = {}
    for fund in ("open", "closed", "unknown"):
        wijk = walks.wijk_of(content, {**situation, "energiefonds": fund})
        told[fund] = cards(walks.arrived(walks.visited(content, situation, wijk)), wijk).text
    assert "Er is nu extra geld voor energie." in told["open"]
    assert "Er is nu geen extra geld" in told["closed"]
    assert "Misschien komt er extra geld." in told["unknown"]


def outcome_of(content: Content, answers: Mapping[str, str]) -> tuple[Place, Memory]:
    wijk = walks.wijk_of(content)
    place = walks.arrived(walks.checked(content, answers, wijk))
    return place, walks.memory_of(content, place, wijk)


@pytest.mark.parametrize("persona", PERSONAS, ids=walks.who)
def test_the_self_check_ends_where_a_coach_would_end(content: Content, persona: dict[str, Any]) -> None:
    place, memory = outcome_of(content, persona["answers"])
    wijk = walks.wijk_of(content)
    assert [given.step for given in place.trail] == [f"selfcheck.{name}" for name in persona["answers"]]
    assert place.step == f"selfcheck.{persona['outcome']}"
    assert {name: memory.points.get(name, 0) for name in persona["points"]} == persona["points"]
    assert [offer.id.rpartition(".")[2] for offer in walks.matching(content, place, wijk)] == persona["offers"]
    assert walks.partners(walks.advised(content, place, wijk)) == persona["to"]


def test_there_are_enough_personas_and_the_seven_vectors_are_among_them() -> None:
    assert len(PERSONAS) >= 25
    assert {each["who"][:2] for each in PERSONAS} >= {"A.", "B.", "C.", "D.", "E.", "F.", "G."}
    assert {each["outcome"] for each in PERSONAS} == ENDS


@pytest.mark.parametrize("persona", PERSONAS, ids=walks.who)
def test_what_waarom_shows_adds_up_to_the_score(content: Content, persona: dict[str, Any]) -> None:
    place, memory = outcome_of(content, persona["answers"])
    *lines, total = Overlays(content).behind("points", place, walks.wijk_of(content), NOW).text.split("\n\n")
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
    """Hold the order of cold, money, house and the rest: only what that one answer said may be lost, nothing else."""
    before, known = outcome_of(content, persona["answers"])
    for question in persona["answers"]:
        after, unknown = outcome_of(content, {**persona["answers"], question: "unknown"})
        fewer = any(unknown.points.get(name, 0) < known.points.get(name, 0) for name in ("money", "home"))
        decisive = persona["answers"][question] in DECISIVE.get(question, ())
        assert fewer or decisive or _urgency(after) >= _urgency(before), (
            f"{question}: {before.step} became {after.step}"
        )


DECISIVE = {
    "paying": ("behind",),
    "damp": ("bit", "much"),
    "warm": ("off_money",),
    "fragile": ("yes",),
    "freezing": ("yes",),
}
"""The answers that decide by themselves what comes first."""


def _urgency(place: Place) -> int:
    order = ("home_first", "money_first", "money_cold", "warm_first")
    return (
        order.index(place.step.removeprefix("selfcheck.")) + 1 if place.step.removeprefix("selfcheck.") in order else 0
    )


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
    assert round(facts.monthly_baseline(recall(content.charts, content.wijk, trail)) or 0) == euros


HOUSEHOLDS = (
    {"persons": "p1", "bill": "b0_75", "fragile": "no", "contract": "fixed", "home": "landlord"},
    {"persons": "p4", "bill": "b0_75", "fragile": "yes", "contract": "dynamic", "home": "other"},
    {"persons": "p5", "bill": "b250", "fragile": "no", "contract": "ends", "home": "own"},
    {"persons": "unknown", "bill": "unknown", "fragile": "unknown", "contract": "unknown", "home": "room"},
)


@cache
def tipped() -> list[tuple[Memory, list[str]]]:
    """Recall everybody who might get tips, as far as tips look at the answers, each with what they read."""
    content, wijk = CONTENT, walks.wijk_of(CONTENT)
    questions = ("heat", "warm", "draught", "damp", "use")
    answers = [list(content.charts.question(f"selfcheck.{question}").answers) for question in questions]
    memories = []
    for household in HOUSEHOLDS:
        for given in itertools.product(*answers):
            said = household | dict(zip(questions, given, strict=True))
            trail = tuple(Given(f"selfcheck.{name}", (each,)) for name, each in said.items())
            memory = recall(content.charts, wijk, trail)
            memories.append((memory, tip_lines(content, memory, "nl")))
    return memories


def tips_of(content: Content, lines: list[str]) -> list[Tip]:
    """Return the tips of which a resident reads these texts, in order."""
    shown = [next(tip for tip in content.tips if line.startswith(tip.say.partition("{")[0])) for line in lines]
    assert len({tip.id for tip in shown}) == len(shown)
    return shown


def test_tips_are_few_and_free_ones_first_and_nobody_whom_it_harms_is_told_to_heat_less(content: Content) -> None:
    for memory, lines in tipped():
        chosen = tips_of(content, lines)
        assert 1 <= len(chosen) <= 3
        assert [tip.free for tip in chosen] == sorted((tip.free for tip in chosen), reverse=True)
        safe = {"selfcheck.warm": "yes", "selfcheck.damp": "no", "selfcheck.fragile": "no"}
        if any(memory.answer(question) != answer for question, answer in safe.items()):
            assert not LESS_HEAT & {tip.id for tip in chosen}


def test_no_tip_speaks_of_what_nobody_has(content: Content) -> None:
    """Hold tips about a lamp, a machine, panels, a contract or a draught against what was said."""
    needs = {
        "led": ("use", "lamps"),
        "dryer": ("use", "dryer"),
        "panels": ("use", "panels"),
        "radiator": ("use", "radiator"),
        "contract_ends": ("contract", "ends"),
        "contract_dynamic": ("contract", "dynamic"),
    }
    for memory, lines in tipped():
        for tip in tips_of(content, lines):
            if tip.id in needs:
                question, answer = needs[tip.id]
                assert memory.answer(f"selfcheck.{question}") == answer
            if tip.id == "strips":
                assert memory.answer("selfcheck.draught") in ("bit", "much")
                assert memory.answer("selfcheck.damp") != "much"


def test_the_tip_about_the_television_comes_last(content: Content) -> None:
    assert [tip.id for tip in sorted(content.tips, key=lambda tip: not tip.free)][-1] == "tv_box"


def test_the_tips_that_lower_the_heating_are_all_known(content: Content) -> None:
    assert {tip.id for tip in content.tips if re.search(r"lager|15 graden", tip.say)} == LESS_HEAT


def test_the_euros_of_tips_are_round_and_never_more_than_a_fifth_of_the_bill(content: Content) -> None:
    """Hold domain.md §3.5: rounded down to 5, all tips together at most 20 % of twelve monthly bills."""
    for memory, lines in tipped():
        said = [int(each) for each in re.findall(r"€(\d+)", "\n".join(lines))]
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
