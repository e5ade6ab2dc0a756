"""One lead's life on three phones: handed over, silent, in danger, taken from the inbox, done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from bot.content.loaded import Content
from tests.browser.conftest import Open
from tests.browser.phone import Phones, Speech
from tests.browser.test_handoff import CODE, helpers, move_of, to_advice, to_consent

pytestmark = pytest.mark.browser


async def moves_on(phones: Phones, by: str, until: str) -> None:
    """Move the clock of the demo on, by a day or an hour, until it shows this."""
    clock = phones.page.get_by_role("time")
    while until not in (before := await clock.inner_text()):
        await phones.page.get_by_role("button", name=by, exact=True).click()
        await expect(clock).not_to_have_text(before)


async def test_a_lead_lives_from_silence_to_its_end(visit: Open, content: Content) -> None:
    phones = await visit()
    desk = Speech(content, "nl")
    partner, coordinator = await helpers(phones, content)
    resident = phones.phone("Fatma, bewoner")
    await to_advice(phones, resident, desk)
    await to_consent(phones, resident, desk, "Fatma", call=False)
    await resident.tap(desk.answer("handoff.consent.yes"))
    await resident.sees(desk.phrase("notices.sent_one"), content.wijk.partners["eas"].name)
    await resident.tap(desk.answer("handoff.consent.no"))
    code = CODE.findall(await resident.text(await resident.sees("KOP-")))[0]
    notice = await partner.text(await partner.sees("📥", code))
    soon = (datetime.now(UTC).date() + timedelta(days=ahead) for ahead in range(20))
    due = next(each for each in soon if content.words.day("nl", each) in notice)
    await phones.shoot("handed-over")

    # Nobody takes it: its inbox is asked, then the coordinator rings, and the resident reads what happens now.
    await moves_on(phones, "+1 uur", ", 10:")
    await moves_on(phones, "+1 dag", content.words.short_date("nl", due - timedelta(days=1)))
    await partner.sees("⏰", code)
    await phones.shoot("asked")
    await moves_on(phones, "+1 dag", content.words.short_date("nl", due + timedelta(days=1)))
    await coordinator.sees("⚠️", code)
    await phones.shoot("in-danger")

    # The partner finds it in the inbox, by its day, and takes it.
    await partner.types("/postvak")
    await partner.sees(desk.phrase("desk.inbox", partner=content.wijk.partners["shm"].name, count=1))
    await phones.shoot("inbox")
    await partner.log.get_by_role("button", name=code).last.click()
    await partner.tap(move_of(content, "accept", "sent").label)
    await partner.sees(code, desk.phrase("desk.assigned", member="Ans"))
    await phones.shoot("taken")
    await partner.tap(move_of(content, "contact", "accepted").label)
    await partner.sees(code, content.desk.statuses["in_progress"].label)
    done = move_of(content, "complete", "in_progress")
    await partner.tap(done.label, done.reasons["helped"], desk.phrase("desk.done_ready"))
    await partner.sees(desk.phrase("desk.closed", code=code, status=content.desk.statuses["completed"].label))
    await phones.shoot("done")
    await partner.types("/postvak")
    await partner.tap(desk.phrase("desk.tab_done", count=1))
    await partner.sees(desk.phrase("desk.list_done"))
    await resident.tap(desk.phrase("nav.my_help"))
    await coordinator.types("/coordinator")
    await coordinator.sees(desk.phrase("coordinator.title", wijk=content.wijk.name, open=0, waiting=0).split("\n")[0])
    await phones.shoot("afterwards")
