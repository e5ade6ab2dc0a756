"""A visit that two phones agree on, in Arabic and in Dutch, on the phones page; and its file for a calendar."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import icalendar
import pytest
from playwright.async_api import expect

from bot.content.loaded import Content
from tests.browser.conftest import Open
from tests.browser.phone import Phones, Speech
from tests.browser.test_handoff import helpers, move_of, to_advice, to_consent
from tests.browser.test_life import moves_on

pytestmark = pytest.mark.browser

DAY = re.compile(r"^(ma|di|wo|do|vr) \d+ ")
NARROW = {"width": 360, "height": 740}


async def shoot_narrow(phones: Phones, tab: str, what: str) -> None:
    """Leave a picture of one phone as it is on a small telephone."""
    wide = phones.page.viewport_size
    assert wide is not None
    await phones.page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    await phones.page.get_by_role("tab", name=tab).click()
    await phones.shoot(what)
    await phones.page.set_viewport_size(wide)


async def test_a_visit_is_agreed_and_its_file_opens_in_a_calendar(visit: Open, content: Content) -> None:
    phones = await visit()
    speech, desk = Speech(content, "ar"), Speech(content, "nl")
    partner, _ = await helpers(phones, content)
    resident = await phones.add_resident("سميرة", "العربية")
    await moves_on(phones, "+1 uur", ", 10:")  # nobody is asked at night
    await to_advice(phones, resident, speech)
    await to_consent(phones, resident, speech, "سميرة", call=False)
    await resident.tap(speech.answer("handoff.consent.yes"), speech.answer("handoff.consent.no"))
    await partner.tap(desk.phrase("desk.view"), move_of(content, "accept", "sent").label)
    await resident.tap(speech.phrase("news.open"))

    await partner.tap(desk.phrase("desk.visit"))
    for hour in ("10:30", "14:30"):
        await partner.log.get_by_role("button", name=DAY).first.click()
        await partner.tap(hour)
    await shoot_narrow(phones, "Ans", "days")
    await partner.tap(desk.phrase("desk.visit_send"))
    await resident.tap(speech.phrase("news.open"))
    asked = resident.messages.filter(has_text="Ans").last
    await expect(asked).to_be_visible()
    await resident.reads_from_the_right_side(asked, speech)
    await shoot_narrow(phones, "سميرة", "asked")
    await resident.log.get_by_role("button", name="14:30").last.click()
    await resident.tap(speech.phrase("visit.agenda"))
    await expect(resident.messages.filter(has_text="afspraak.ics")).to_be_visible()
    await shoot_narrow(phones, "سميرة", "file")
    await partner.tap(desk.phrase("visit.agenda"))
    await shoot_narrow(phones, "Ans", "agreed")

    for phone, summary in ((resident, speech), (partner, desk)):
        link = phone.log.get_by_role("link", name="afspraak.ics").last
        await expect(link).to_have_attribute("download", "afspraak.ics")
        there = await link.get_attribute("href") or ""
        answer = await phones.page.request.get(urljoin(phones.page.url, there))
        assert answer.ok
        (event,) = icalendar.Calendar.from_ical(await answer.body()).walk("VEVENT")
        assert str(event["SUMMARY"]) == summary.phrase("visit.summary")
        assert str(event["STATUS"]) == "CONFIRMED"
