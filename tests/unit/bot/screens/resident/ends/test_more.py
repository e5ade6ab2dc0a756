"""What stands behind *meer hulp*: the door with hours that a person checked, and help that can really be asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from bot.content.doors import door_lines, fresh
from bot.content.loaded import ZONE
from bot.screens.resident.overlays import Overlays
from flows.check.walks import places
from flows.model.chart import Outcome
from flows.model.heard import ChartTap
from flows.model.place import Place
from flows.model.wijk import Hours, WalkIn
from flows.walk import advice
from flows.walk.advice import MOST
from flows.walk.arrows import ASK, asking
from flows.walk.help import Advice
from tests import walks
from tests.script import NOW
from tests.simulated import CONTENT

TODAY = date(2026, 11, 25)
DOOR = next(iter(CONTENT.wijk.places.values()))


@pytest.mark.parametrize(
    ("checked", "counts"),
    [
        (TODAY, True),
        (TODAY - timedelta(days=399), True),
        (TODAY - timedelta(days=400), False),
        (TODAY - timedelta(days=401), False),
        (2026, False),
        (2025, False),
    ],
)
def test_what_was_checked_within_400_days_is_fresh_and_a_bare_year_never_is(checked: date | int, counts: bool) -> None:
    assert fresh(replace(DOOR.known, checked=checked), TODAY) is counts


def told(door: WalkIn, *partners: str) -> str:
    wijk = replace(CONTENT.wijk, places={**CONTENT.wijk.places, door.id: door}, walk_in=door.id)
    return "\n".join(door_lines(CONTENT, wijk, "nl", datetime.combine(TODAY, time(14), ZONE), *partners))


def test_hours_that_nobody_checked_lately_are_not_shown_and_the_reader_is_told_to_ask() -> None:
    def line(days: int) -> str:
        known = replace(DOOR.known, checked=TODAY - timedelta(days=days))
        return told(replace(DOOR, hours=(Hours((1, 2), time(9), time(12)),), known=known))

    assert "dinsdag en woensdag van 09.00 tot 12.00" in line(399)
    assert "09.00" not in line(400)
    assert line(400).endswith("Vraag eerst of er iemand is.")


def test_an_address_is_shown_as_soon_as_it_is_filled_in() -> None:
    assert "Loop binnen bij De Plantage, Straat 2." in told(replace(DOOR, name="De Plantage", address="Straat 2"))
    assert "Loop binnen bij De Plantage." in told(replace(DOOR, name="De Plantage", address=""))


def test_the_door_is_that_of_the_partners_and_their_line_stands_below() -> None:
    assert "inloophuis De Binnenhof, Veenbesstraat 2" in told(DOOR, "binnenhof")
    assert "☎️ Geldfit: 0800-8115" in told(DOOR, "goos", "shm")
    assert "☎️" not in told(DOOR, "portaal")


def test_what_can_come_later_has_a_button_and_the_tap_asks_for_exactly_that() -> None:
    place, found = arrived()
    assert len(found.later) > MOST, "a situation with more than one page is needed here"
    wijk = walks.wijk_of(CONTENT)
    for page in range(1, (len(found.later) + 1) // MOST + 1):
        card = Overlays(CONTENT).behind(f"more_{page}" if page > 1 else "more", place, wijk, NOW)
        taps = [each.tap for row in card.choices for each in row if isinstance(each.tap, ChartTap)]
        asks = [tap for tap in taps if tap.answer.startswith(ASK)]
        for tap, later in zip(asks, found.later[(page - 1) * MOST : page * MOST], strict=True):
            after = CONTENT.walk.step(place, tap, wijk, "Fatma").place
            memory = CONTENT.walk.memory(after, wijk)
            assert [each.partner for each in advice.chosen(memory)] == list(later.to)
            assert all(each.help.offers == later.offers for each in advice.chosen(memory))
        further = [tap.answer for tap in taps if tap.answer.startswith("_more")]
        assert further == ([f"_more_{page + 1}"] if found.later[page * MOST :] else [])


def test_what_was_asked_for_does_not_become_something_else_when_a_partner_closes() -> None:
    place, found = arrived()
    wijk, later = walks.wijk_of(CONTENT), found.later[-1]
    tap = ChartTap(place.step, asking(later.offers[0]), place.revision)
    after = CONTENT.walk.step(place, tap, wijk, "Fatma").place
    full = wijk.with_switches({f"partner.{found.now[0].to[0]}.state": "full"}, frozenset(wijk.partners))
    for each in advice.chosen(CONTENT.walk.memory(after, full)):
        assert later.offers[0] in each.help.offers


def arrived() -> tuple[Place, Advice]:
    """Return the end of the walk, among many, after which most can come later, and what is offered there."""
    wijk = walks.wijk_of(CONTENT)
    ends = (
        (place, advice.advise(step, CONTENT.walk.memory(place, wijk)))
        for place in (each for seed in range(60) for each in places(CONTENT.walk, wijk, Random(seed).randrange))
        if isinstance(step := CONTENT.charts.steps[place.step], Outcome) and step.offers
    )
    return max(ends, key=lambda each: len(each[1].later))
