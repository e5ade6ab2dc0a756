"""What residents do that nobody planned: two taps at once, nonsense, another language, a link in the middle."""

from __future__ import annotations

import pytest
from playwright.async_api import Route, expect

from bot.content.loaded import Content
from tests.browser.conftest import Open
from tests.browser.phone import Phone, Speech

pytestmark = pytest.mark.browser


@pytest.fixture
def speech(content: Content) -> Speech:
    """Dutch."""
    return Speech(content, "nl")


async def to_paying(resident: Phone, speech: Speech) -> None:
    """From START to the first question about bills."""
    await resident.start()
    await resident.tap(speech.words.name("nl"), speech.answer("menu.welcome.begin"))
    await resident.pick(speech, "menu.worries.bills")
    await resident.tap(speech.phrase("nav.next"))
    await resident.sees(speech.asked("referral.paying"))


async def test_two_quick_taps_are_one_answer(visit: Open, speech: Speech) -> None:
    phones = await visit()
    resident = phones.phone("Fatma, bewoner")
    await to_paying(resident, speech)
    # Both taps leave before anything can come back, on the same button: a thumb that trembles.
    await resident.button(speech.answer("referral.paying.just")).evaluate(
        "button => { button.click(); button.click(); }"
    )
    await resident.sees(speech.asked("referral.urgent"))
    await expect(resident.log.locator("[aria-busy]")).to_have_count(0)
    await expect(resident.messages.filter(has_text=speech.asked("referral.urgent"))).to_have_count(1)
    await phones.shoot("after")
    await resident.tap(speech.phrase("nav.back"))
    await resident.sees(speech.asked("referral.paying"))


async def test_the_second_of_two_taps_that_comes_late_is_no_mistake(visit: Open, speech: Speech) -> None:
    phones = await visit()
    resident = phones.phone("Fatma, bewoner")
    await to_paying(resident, speech)
    held: list[Route] = []

    async def hold_the_second(route: Route) -> None:
        held.append(route)
        if len(held) != 2:
            await route.continue_()

    await phones.page.route("**/tap", hold_the_second)
    await resident.button(speech.answer("referral.paying.just")).evaluate(
        "button => { button.click(); button.click(); }"
    )
    await resident.sees(speech.asked("referral.urgent"))
    async with phones.page.expect_response("**/tap") as answer:
        await held[1].continue_()
    assert (await answer.value).ok
    await expect(resident.log.locator("[aria-busy]")).to_have_count(0)
    await expect(resident.messages.filter(has_text=speech.asked("referral.urgent"))).to_have_count(1)
    await resident.tap(speech.phrase("nav.back"))
    await resident.sees(speech.asked("referral.paying"))


async def test_words_and_pictures_move_nobody(visit: Open, speech: Speech) -> None:
    phones = await visit()
    resident = phones.phone("Fatma, bewoner")
    await to_paying(resident, speech)
    question = speech.words.say("nl", "referral.paying", speech.content.charts.question("referral.paying").ask).split(
        "\n"
    )[-1]
    await resident.types("ik snap er niks van <b>&amp;</b> 🤷")
    await resident.sees("ik snap er niks van <b>&amp;</b> 🤷")
    await resident.sees(speech.phrase("overlays.typed", question=question).split("\n")[0], question)
    await phones.shoot("typed")
    await resident.chooses("Iets meesturen", "Spraakbericht")
    await resident.sees(speech.phrase("overlays.voice", question=question).split("\n")[0], question)
    await phones.shoot("voice")
    await resident.types("/bestaatniet")
    await resident.sees(speech.phrase("overlays.unknown_command", question=question).split("\n")[0], question)
    await resident.tap(speech.phrase("nav.go_on"))
    await resident.sees(speech.asked("referral.paying"))
    await resident.tap(speech.answer("referral.paying.behind"))
    await resident.sees(speech.asked("referral.urgent"))

    # Whoever looks away and comes back finds the same chat.
    before = await resident.messages.all_inner_texts()
    await phones.page.reload()
    await expect(resident.messages).to_have_count(len(before))
    assert await resident.messages.all_inner_texts() == before
    await resident.sees(speech.asked("referral.urgent"))


async def test_another_language_halfway_loses_no_answer(visit: Open, content: Content, speech: Speech) -> None:
    phones = await visit()
    arabic = Speech(content, "ar")
    resident = phones.phone("Fatma, bewoner")
    await resident.start()
    await resident.tap(speech.words.name("nl"), speech.answer("menu.welcome.begin"))
    await resident.pick(speech, "menu.worries.bills", "menu.worries.cold")
    await resident.tap(speech.phrase("nav.language"), speech.words.name("ar"))
    card = await resident.sees(arabic.asked("menu.worries"))
    await resident.reads_from_the_right_side(card, arabic)
    for name in ("menu.worries.bills", "menu.worries.cold"):
        await expect(resident.button(arabic.picked(name))).to_be_visible()
    await phones.shoot("arabic")
    await resident.tap(arabic.phrase("nav.next"))
    await resident.sees(arabic.asked("referral.paying"))
    await resident.tap(arabic.phrase("nav.language"), speech.words.name("nl"))
    await resident.sees(speech.asked("referral.paying"))
    await resident.tap(speech.phrase("nav.back"))
    await expect(resident.button(speech.picked("menu.worries.bills"))).to_be_visible()
    await expect(resident.button(speech.picked("menu.worries.cold"))).to_be_visible()


async def test_a_link_opens_the_bot_and_in_the_middle_moves_nobody(visit: Open, speech: Speech) -> None:
    phones = await visit("/?start=poster-7")
    resident = phones.phone("Fatma, bewoner")
    await resident.sees("/start poster-7")
    await resident.sees(speech.phrase("overlays.choose_language"))
    assert "start" not in phones.page.url
    await phones.shoot("opened")
    await resident.tap(speech.words.name("nl"), speech.answer("menu.welcome.begin"))
    await resident.pick(speech, "menu.worries.letter")
    await resident.tap(speech.phrase("nav.next"))
    await resident.sees(speech.asked("referral.letter"))

    await resident.chooses("Meer", "Openen met een code")
    window = phones.page.get_by_role("dialog")
    await window.get_by_label("Code").fill("https://t.me/koppelkans_demo_bot?start=markt-2")
    await phones.shoot("code")
    await window.get_by_role("button", name="Openen").click()
    await resident.sees("/start markt-2")
    await resident.sees(speech.phrase("overlays.middle", question="").split("\n")[0])
    await phones.shoot("middle")
    await resident.tap(speech.phrase("nav.go_on"))
    await resident.sees(speech.asked("referral.letter"))


async def test_danger_is_one_tap_away(visit: Open, speech: Speech) -> None:
    phones = await visit()
    resident = phones.phone("Fatma, bewoner")
    await resident.start()
    await resident.tap(speech.phrase("nav.danger"))
    card = await resident.sees("0800-9009", "112")
    await expect(card.get_by_role("link", name="0800-9009").first).to_have_attribute("href", "tel:08009009")
    # However long the message is, it begins with what must be done first, and that line is in view.
    top = await card.bounding_box()
    screen = await resident.log.bounding_box()
    assert top is not None
    assert screen is not None
    assert top["y"] >= screen["y"]
    await phones.shoot("danger")
