"""Where to walk in: what is told of a door, and how it stands today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.content.doors import FRESH, stands, walk_ins
from bot.content.loaded import ZONE
from flows.model.wijk import Hours, Source, WalkIn, Wijk
from flows.texts.lines import SCREEN, lines
from tests.simulated import CONTENT

MONDAY = date(2026, 11, 30)
DOOR = WalkIn(
    "brug",
    "De Brug",
    "Brugstraat 1",
    (Hours((0, 2), time(13), time(16)), Hours((0,), time(9, 30), time(12))),
    Source("test", MONDAY),
)


def never(_: date) -> bool:
    """No day is a holiday."""
    return False


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """That hour, so many days after Monday 30 November."""
    return datetime(2026, 11, 30, hour, minute, tzinfo=ZONE) + timedelta(day)


def wijk(*doors: WalkIn) -> Wijk:
    """The wijk with these doors, the first of which is the one for everything."""
    return replace(CONTENT.wijk, walk_in=doors[0].id, places={each.id: each for each in doors[::-1]})


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (on(0, 9, 29), "Vandaag open om 09.30."),
        (on(0, 9, 30), "Nu open, tot 12.00."),
        (on(0, 12, 0), "Vandaag open om 13.00."),
        (on(0, 15, 59), "Nu open, tot 16.00."),
        (on(0, 16, 0), "Nu dicht. Weer open: woensdag om 13.00."),
        (on(1, 10), "Nu dicht. Weer open: woensdag om 13.00."),
        (on(2, 17), "Nu dicht. Weer open: maandag om 09.30."),
    ],
)
def test_a_door_says_until_when_it_is_open_or_when_it_opens(now: datetime, said: str) -> None:
    assert stands(CONTENT, DOOR, "nl", now, never) == said


def holiday(*days: date) -> Callable[[date], bool]:
    """These days are holidays."""
    return lambda day: day in days


def test_on_a_holiday_nobody_says_that_a_door_is_open_or_opens() -> None:
    assert stands(CONTENT, DOOR, "nl", on(0, 10), holiday(MONDAY)) == ""
    wednesday = date(2026, 12, 2)
    assert stands(CONTENT, DOOR, "nl", on(1, 10), holiday(wednesday)) == "Nu dicht. Weer open: maandag om 09.30."


@pytest.mark.parametrize("known", [Source("test", 2026), Source("test", MONDAY - FRESH)])
def test_hours_that_nobody_checked_lately_are_not_told(known: Source) -> None:
    door = replace(DOOR, known=known)
    assert stands(CONTENT, door, "nl", on(0, 10), never) == ""
    told = walk_ins(CONTENT, wijk(door), "nl", on(0, 10), never)
    assert told == "Hier kun je binnenlopen:\n\n📍 De Brug\nBrugstraat 1\nVraag eerst of er iemand is."


def test_every_door_is_there_and_the_one_for_everything_comes_first() -> None:
    other = replace(DOOR, id="hof", name="Het Hof", address="", hours=())
    told = walk_ins(CONTENT, wijk(DOOR, other), "nl", on(0, 10), never)
    first, second = told.split("\n\n")[1:]
    assert first.split("\n")[:3] == ["📍 De Brug", "Brugstraat 1", "Nu open, tot 12.00."]
    assert "maandag" in first
    assert second == "📍 Het Hof\nVraag eerst of er iemand is."


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_many_doors_still_fit_on_one_screen(language: str) -> None:
    doors = [replace(DOOR, id=f"d{each}", name=f"Deur {each}", address="") for each in range(5)]
    told = walk_ins(CONTENT, wijk(*doors), language, on(0, 10), never)
    assert lines(told) <= SCREEN
    assert all(each.name in told for each in doors)


def test_the_doors_of_the_wijk_itself_fit_in_every_language() -> None:
    for language in CONTENT.wijk.languages:
        told = walk_ins(CONTENT, CONTENT.wijk, language, on(0, 10), never)
        assert lines(told) <= SCREEN
        assert all(each.name in told for each in CONTENT.wijk.places.values())
