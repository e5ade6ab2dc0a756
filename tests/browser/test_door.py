"""🚪 on a narrow phone, in both directions: every label fits, one tap empties the screen, another opens it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.content.loaded import Content
from tests.browser.conftest import Open
from tests.browser.phone import Phone, Speech

pytestmark = pytest.mark.browser

CUT_OFF = """
() => [...document.querySelectorAll(".buttons .button")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent)
"""


async def fits(phone: Phone) -> None:
    """No label of any button is wider than its button, and nothing makes the page wider than the phone."""
    assert await phone.page.evaluate(CUT_OFF) == []
    assert await phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["nl", "ar"])
async def test_one_tap_empties_the_chat_and_another_opens_it(visit: Open, content: Content, language: str) -> None:
    phones = await visit(width=360, height=740)
    speech = Speech(content, language)
    resident = phones.phone("Fatma, bewoner")
    await resident.start()
    await resident.tap(speech.words.name(language))
    await resident.sees(speech.asked("menu.welcome"))
    await fits(resident)
    await phones.shoot("welcome")
    await resident.tap(speech.answer("menu.welcome.begin"))
    await resident.pick(speech, "menu.worries.bills")
    await fits(resident)
    await phones.shoot("worries")
    await resident.tap(speech.phrase("nav.next"))
    asked = await resident.sees(speech.asked("referral.paying"))
    await fits(resident)
    await phones.shoot("question")
    await expect(asked).to_be_in_viewport()
    await resident.types("gas")
    await resident.sees("0800-9009")
    await fits(resident)
    await phones.shoot("danger")
    await resident.tap(speech.phrase("nav.hide"))
    await expect(resident.messages).to_have_count(1)
    await expect(resident.button(speech.phrase("door.open"))).to_be_visible()
    await phones.shoot("hidden")
    await resident.tap(speech.phrase("door.open"))
    await resident.sees(speech.asked("referral.paying"))
    await expect(resident.messages).to_have_count(1)
    await phones.shoot("opened")
