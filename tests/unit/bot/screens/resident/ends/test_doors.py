"""Whom to call today on an end card; and what is read while nobody knows a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.content.doors import call_lines
from flows.model.chart import Offer
from flows.model.wijk import Source
from tests.simulated import CONTENT

TODAY = date(2026, 11, 27)
NOWHERE = "☎️ Geen nummer bekend. Loop binnen bij De Plantage, of vraag buren."


def calls(*lines: str, phones: dict[str, str] | None = None, checked: date | int = 2019) -> list[str]:
    wijk = CONTENT.wijk
    known = {key: replace(wijk.lines[key], phone=phone) for key, phone in (phones or {}).items()}
    door = replace(wijk.places[wijk.walk_in], known=Source("test", checked))
    wijk = replace(wijk, lines={**wijk.lines, **known}, places={**wijk.places, wijk.walk_in: door})
    offers = [Offer(f"advice.offer.{each}", "M1", ("fallback_person",), "Hulp.", "food", line=each) for each in lines]
    return call_lines(CONTENT, offers, wijk, "nl", TODAY)


def test_who_needs_no_number_today_reads_nothing_of_it() -> None:
    assert calls("") == []


def test_a_number_that_is_known_is_the_one_to_call() -> None:
    assert calls("food", phones={"food": "035-0000000"}) == ["☎️ Bel vandaag: Eten voor vandaag, 035-0000000."]


@pytest.mark.parametrize("line", ["food", "warmth"])
def test_a_number_that_nobody_knows_is_said_with_the_door(line: str) -> None:
    assert calls(line) == [NOWHERE]


def test_two_numbers_that_nobody_knows_are_said_once() -> None:
    assert calls("food", "warmth") == [NOWHERE]


def test_hours_that_were_checked_lately_stand_beside_the_door() -> None:
    assert calls("food", checked=date(2026, 11, 1)) == [
        NOWHERE,
        "Open: dinsdag, woensdag en donderdag van 09.00 tot 12.00.",
    ]


def test_the_number_of_a_landlord_stands_on_letters_at_home() -> None:
    assert calls("landlord") == ["☎️ Nummer? Op post van Portaal."]
    assert calls("landlord", "warmth") == ["☎️ Nummer? Op post van Portaal.", NOWHERE]


def test_where_little_fits_nothing_is_said_of_where_to_find_the_number_of_a_landlord() -> None:
    offers = [
        Offer(f"advice.offer.{each}", "M1", ("fallback_person",), "Hulp.", "food", line=each)
        for each in ("landlord", "food")
    ]
    assert call_lines(CONTENT, offers, CONTENT.wijk, "nl", TODAY, brief=True) == [NOWHERE]
