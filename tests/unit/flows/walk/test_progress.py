"""Vraag 2 van 4: the number counts what was answered, the total never lies below it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.hear.alarm import Alarm
from flows.model.chart import Question
from flows.model.heard import ChartTap
from flows.model.names import MENU
from flows.model.place import Place
from flows.walk.arrows import NEXT
from flows.walk.progress import Progress
from flows.walk.walk import Walk
from tests.simulated import CONTENT
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
    [("yes", [(1, 3), (2, 4), (3, 4), (4, 4)]), ("unknown", [(1, 3), (2, 3), (3, 3)])],
)
def test_a_row_is_counted_exactly_once_its_fork_is_decided(
    tmp_path: Path, first: str, told: list[tuple[int, int]]
) -> None:
    """Before the fork is decided the shorter way is promised."""
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
def test_on_every_real_walk_the_number_rises_by_one_and_the_last_question_is_the_last(data: st.DataObject) -> None:
    here = CONTENT.wijk.with_switches({}, frozenset(CONTENT.wijk.partners))
    place = Place(MENU, language="nl")
    before: tuple[str, int] | None = None
    for _ in range(60):
        step = CONTENT.charts.steps[place.step]
        if not isinstance(step, Question) or step.consent:
            break
        told = CONTENT.progress.of(place, CONTENT.walk.memory(place, here))
        chart = place.step.partition(".")[0]
        if told:
            number, total = told
            assert 1 <= number <= total
            assert number == (before[1] + 1 if before and before[0] == chart else 1)
            before = (chart, number)
        picks = data.draw(st.sets(st.sampled_from(sorted(step.answers)), min_size=1))
        for pick in sorted(picks) if step.many else ():
            if step.answers[pick].go is None:
                place = CONTENT.walk.step(place, ChartTap(place.step, f"+{pick}", place.revision), here).place
        ahead = sorted(key for key, each in step.answers.items() if each.go)
        chosen = NEXT if place.picked else data.draw(st.sampled_from(ahead or [NEXT]))
        after = CONTENT.walk.step(place, ChartTap(place.step, chosen, place.revision), here, "Fatma").place
        if after.step == place.step:
            break
        place = after
