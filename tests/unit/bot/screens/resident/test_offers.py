"""What an offer promises: hours that somebody checked, a day that the slowest keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.content.loaded import ZONE
from bot.screens.resident.offers import fresh, walk_in_line
from flows.model.wijk import Hours
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


@pytest.mark.parametrize("hurry", [False, True])
def test_hours_that_nobody_checked_lately_are_not_shown(hurry: bool) -> None:
    moment = datetime.combine(TODAY, time(14), ZONE)

    def line(days: int) -> str:
        known = replace(DOOR.known, checked=TODAY - timedelta(days=days))
        door = replace(DOOR, hours=(Hours((1, 2), time(9), time(12)),), known=known)
        return walk_in_line(CONTENT, door, "nl", moment, hurry=hurry)

    assert "09.00" in line(399)
    assert "09.00" not in line(400)
    assert line(400) == CONTENT.words.phrase("nl", "offer.place_unsure" if hurry else "offer.place", place=DOOR.name)
