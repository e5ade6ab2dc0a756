"""●●○○○: the dots fill as questions are answered, never go back, and are never all filled before the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.screens.resident.cards import Cards
from flows.hear.alarm import Alarm
from flows.model.chart import Outcome, Question
from flows.model.heard import ChartTap
from flows.model.memory import answers_of
from flows.model.names import MENU, WELCOME
from flows.model.place import Given, Place
from flows.walk.arrows import ALL, NEXT
from flows.walk.progress import DOTS, Progress
from flows.walk.walk import Walk
from tests.simulated import CONTENT, NOW
from tests.unit.flows import toys

ROW = """
title = "Een rij"
start = "one"
progress = true
[one]
ask = "Eén?"
answers.yes = { text = "Ja", go = "two" }
answers.unknown = { text = "Weet ik niet", go = "two" }
[two]
ask = "Twee?"
answers.yes = { text = "Ja", go = "fork" }
answers.unknown = { text = "Weet ik niet", go = "fork" }
[fork]
choose = [ { if.one = "yes", go = "three" }, { go = "four" } ]
[three]
ask = "Drie?"
answers.yes = { text = "Ja", go = "four" }
answers.unknown = { text = "Weet ik niet", go = "four" }
[four]
ask = "Vier?"
answers.yes = { text = "Ja", go = "end" }
answers.unknown = { text = "Weet ik niet", go = "end" }
[end]
say = "Klaar."
"""


@pytest.mark.parametrize(
    ("first", "told"),
    [("yes", [1, 2, 3, 4]), ("unknown", [1, 2, 3])],
)
def test_a_row_fills_its_dots_by_what_is_still_to_come(tmp_path: Path, first: str, told: list[int]) -> None:
    charts = toys.charts(tmp_path, row=ROW, menu=toys.MENU.replace("toy.home", "row.one"), danger=DANGERLESS)
    walk, here, progress = Walk(charts, Alarm()), toys.wijk(), Progress(charts)
    place, found = Place("row.one", language="nl"), []
    while isinstance(charts.steps[place.step], Question):
        found.append(progress.of(place, walk.memory(place, here)))
        place = walk.step(
            place, ChartTap(place.step, first if place.step == "row.one" else "yes", place.revision), here
        ).place
    assert found == told
    assert progress.of(place, walk.memory(place, here)) is None


DANGERLESS = 'title = "Gevaar"\nstart = "all"\nanywhere = true\n[all]\nsay = "Bel 112."\n'


def test_a_chart_that_does_not_count_shows_nothing(tmp_path: Path) -> None:
    charts = toys.charts(tmp_path)
    place = Place(MENU, language="nl")
    assert Progress(charts).of(place, Walk(charts, Alarm()).memory(place, toys.wijk())) is None


@settings(max_examples=80)
@given(st.data())
def test_on_every_real_walk_the_dots_never_go_back_and_are_never_full(data: st.DataObject) -> None:
    """Walk from the first card to the end, and look at each question."""
    here = CONTENT.wijk.with_switches({}, frozenset(CONTENT.wijk.partners))
    place = Place(WELCOME, language="nl")
    before = 0
    for _ in range(60):
        step = CONTENT.charts.steps[place.step]
        answers = answers_of(step)
        ahead = sorted(key for key, each in answers.items() if each.go)
        ahead += [ALL] if isinstance(step, Outcome) and step.offers else []
        filled = CONTENT.progress.of(place, CONTENT.walk.memory(place, here))
        if filled is not None:
            assert before <= filled < DOTS
            assert filled > 0
            before = filled
        many = isinstance(step, Question) and step.many
        picks = data.draw(st.sets(st.sampled_from(sorted(answers)), min_size=1)) if many else set()
        for pick in sorted(picks):
            if answers[pick].go is None:
                place = CONTENT.walk.step(place, ChartTap(place.step, f"+{pick}", place.revision), here).place
        chosen = NEXT if place.picked else data.draw(st.sampled_from(ahead or [NEXT]))
        after = CONTENT.walk.step(place, ChartTap(place.step, chosen, place.revision), here, "Fatma").place
        if after.step == place.step:
            break
        place = after


def test_a_resident_sees_dots_and_no_numbers_that_could_lie() -> None:
    drawn = Cards(CONTENT)
    worries = Given(MENU, ("bills", "cold", "draught", "damp", "energy", "letter", "job", "people"))
    for language, mark in (("nl", ""), ("ar", "\u200f")):
        place = Place("referral.paying", (Given(WELCOME, ("begin",)), worries), language=language)
        first, second = drawn.of(place, CONTENT.wijk, now=NOW).text.split("\n")[:2]
        assert (first, second) == (f"{mark}●○○○○", "")
