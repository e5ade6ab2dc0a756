"""The calendar file, read back by a library: neutral, in UTC, and the same event when it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from bot.leads.visits.ics import NAME, OCTETS, calendar_file
from db.leads.consent.visits import CANCELLED, CHOSEN, Visit
from db.store import Store
from tests.simulated import CONTENT, NOW, go
from tests.unit.bot.leads.visits.house import FIRST, SECOND, House

SUMMER = datetime(2026, 7, 6, 8, 30, tzinfo=UTC)
AGREED = Visit("0123456789abcdef", 1, 2, "someone", CHOSEN, sequence=0, slot=SUMMER)


def events_in(content: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def event(visit: Visit, language: str = "nl") -> tuple[icalendar.Calendar, Any, bytes]:
    file = calendar_file(CONTENT, visit, language, NOW)
    assert file is not None
    calendar = icalendar.Calendar.from_ical(file.content)
    return calendar, events_in(file.content)[0], file.content


def test_a_library_reads_it_back() -> None:
    calendar, found, raw = event(AGREED)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert found["DTSTART"].dt == SUMMER
    assert found["DTEND"].dt == SUMMER + timedelta(hours=1)
    assert found["DTSTART"].dt.utcoffset() == timedelta(0)
    assert (found["SUMMARY"], found["SEQUENCE"], found["STATUS"]) == ("Afspraak", 0, "CONFIRMED")
    assert found.errors == []
    assert b"20260706T083000Z" in raw
    assert raw.endswith(b"END:VCALENDAR\r\n")


@pytest.mark.parametrize("language", ["nl", "ar", "en"])
def test_it_tells_only_that_there_is_an_appointment(language: str) -> None:
    _, found, raw = event(AGREED, language)
    assert set(found.keys()) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"}
    assert str(found["SUMMARY"]) == CONTENT.words.phrase(language, "visit.summary")
    assert AGREED.token.encode() not in raw, "what opens a visit is in no file"
    assert all(len(line) <= OCTETS for line in raw.split(b"\r\n"))
    assert NAME == "afspraak.ics"


def test_when_it_moves_it_is_the_same_event_with_a_higher_sequence() -> None:
    _, before, _ = event(AGREED)
    _, after, _ = event(replace(AGREED, sequence=1, slot=SECOND))
    _, off, _ = event(replace(AGREED, sequence=2, status=CANCELLED))
    assert before["UID"] == after["UID"] == off["UID"]
    assert [each["SEQUENCE"] for each in (before, after, off)] == [0, 1, 2]
    assert off["STATUS"] == "CANCELLED"
    _, other, _ = event(replace(AGREED, token="fedcba9876543210"))
    assert other["UID"] != before["UID"]


def test_without_an_agreed_time_there_is_no_file() -> None:
    assert calendar_file(CONTENT, replace(AGREED, slot=None, sequence=-1), "nl", NOW) is None


def test_all_three_get_the_file_and_may_take_it_along(store: Store) -> None:
    house = House(store)
    house.agreed()
    for person in (house.fatma, house.ans, house.omar):
        go(house.sim, person, "visit.agenda")
        file = person.news[-1].file
        assert file is not None
        (found,) = events_in(file.content)
        assert found["DTSTART"].dt == FIRST
        for told in (house.lead.code, "Balans", "Energie", "Fatma", "KOP-"):
            assert told not in f"{person.news[-1].text}{file.content.decode()}"


def test_nothing_of_the_visit_lies_readable_in_the_store(store: Store) -> None:
    house = House(store)
    house.agreed()
    with store.read() as tx:
        raw = str(tx.exec_driver_sql("SELECT * FROM visits").all())
    assert "2026-11-30T09:30" not in raw
