"""The page itself: by keyboard only, on a narrow telephone, in the dark, and with letters that can be read."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urljoin

import pytest
from playwright.async_api import Locator, Page, expect

from bot.content.loaded import Content
from bot.demo.laptop import RESIDENT, TOKEN
from bot.demo.standin.world.files import sample_picture
from tests.browser.conftest import Open
from tests.browser.phone import Phone, Speech

pytestmark = pytest.mark.browser

TABS = 80
CONTRAST = 4.5
"""WCAG 2.1, 1.4.3 (AA), for ordinary text."""

FAINT = """
() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (colors) => {
    pen.clearRect(0, 0, 1, 1);
    for (const color of colors) { pen.fillStyle = color; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((one) => one / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const drawn = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!node.data.trim() || !drawn || element.closest(".hidden, .icons, .toast, select, template")) continue;
    const under = [];
    for (let at = element; at; at = at.parentElement) under.unshift(getComputedStyle(at).backgroundColor);
    const ground = paint(["Canvas", ...under]);
    const ink = paint(["Canvas", ...under, getComputedStyle(element).color]);
    const [high, low] = [light(ground), light(ink)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    out.push([node.data.trim().slice(0, 40), element.className, Math.round(ratio * 100) / 100]);
  }
  return out;
}
"""


@pytest.fixture
def speech(content: Content) -> Speech:
    """Dutch."""
    return Speech(content, "nl")


async def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until this has the focus, as somebody without a mouse does, and see that it shows."""
    for _ in range(TABS):
        await page.keyboard.press(key)
        if await wanted.evaluate("element => element === document.activeElement"):
            assert await wanted.evaluate("element => element.matches(':focus-visible')")
            return
    raise AssertionError(f"{TABS} times {key} does not reach {wanted}")


async def enter(page: Page, phone: Phone, label: str) -> None:
    """Reach a button by keyboard and press it."""
    button = phone.button(label)
    await expect(button).to_be_visible()
    await tab_to(page, button)
    await page.keyboard.press("Enter")


async def test_everything_goes_by_keyboard(visit: Open, speech: Speech) -> None:
    phones = await visit()
    page, resident = phones.page, phones.phone("Fatma, bewoner")
    await tab_to(page, resident.element.get_by_role("button", name="START", exact=True))
    await page.keyboard.press("Enter")
    await enter(page, resident, speech.words.name("nl"))
    await resident.sees(speech.asked("menu.welcome"))
    # A card that changes keeps the focus, so that nobody has to begin at the top of the page again.
    await expect(resident.log.locator(".button:focus")).to_have_count(1)
    begin = resident.button(speech.answer("menu.welcome.begin"))
    if not await begin.evaluate("element => element === document.activeElement"):
        await tab_to(page, begin, "Shift+Tab")
    await page.keyboard.press("Space")
    await resident.sees(speech.asked("menu.worries"))
    await phones.shoot("focus")
    bills = resident.button(speech.answer("menu.worries.bills"))
    if not await bills.evaluate("element => element === document.activeElement"):
        await tab_to(page, bills, "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(resident.button(speech.picked("menu.worries.bills"))).to_be_focused()
    await enter(page, resident, speech.phrase("nav.next"))
    await resident.sees(speech.asked("referral.paying"))

    attach = resident.element.get_by_role("button", name="Iets meesturen")
    await tab_to(page, attach)
    await page.keyboard.press("Enter")
    first = resident.element.get_by_role("menuitem").first
    await expect(first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(resident.element.get_by_role("menuitem").nth(1)).to_be_focused()
    await phones.shoot("menu")
    await page.keyboard.press("Escape")
    await expect(attach).to_be_focused()
    await tab_to(page, resident.written)
    await page.keyboard.type("hallo")
    await page.keyboard.press("Enter")
    await resident.sees(speech.phrase("overlays.typed", question="").split("\n")[0])


async def fits(page: Page, phone: Phone, width: int) -> None:
    """Nothing sticks out at the side, and a thumb finds every button."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await phone.log.evaluate("log => log.scrollWidth <= log.clientWidth")
    for button in await phone.element.get_by_role("button").all():
        box = await button.bounding_box()
        if box is None or await button.evaluate("element => element.matches('.command, .hidden *')"):
            continue
        assert box["x"] >= 0, await button.inner_text()
        assert box["x"] + box["width"] <= width, await button.inner_text()
        assert min(box["width"], box["height"]) >= 38, await button.inner_text()


async def test_a_narrow_telephone_shows_one_phone_and_a_tab_for_each(
    visit: Open, content: Content, speech: Speech
) -> None:
    width = 360
    phones = await visit(width=width, height=740, has_touch=True, is_mobile=True)
    page, resident, partner = phones.page, phones.phone("Fatma, bewoner"), phones.phone("Ans, partner")
    await expect(partner.element).to_be_hidden()
    await fits(page, resident, width)
    await phones.shoot("fresh")
    await resident.start()
    await resident.tap(speech.words.name("nl"), speech.answer("menu.welcome.begin"))
    await resident.pick(speech, "menu.worries.energy")
    await fits(page, resident, width)
    await phones.shoot("worries")
    await resident.element.get_by_role("button", name="Meer", exact=True).click()
    await phones.shoot("more")
    await page.keyboard.press("Escape")

    await page.get_by_role("tab", name="Ans").click()
    await expect(resident.element).to_be_hidden()
    await partner.element.get_by_label("Organisatie").select_option(label=content.wijk.partners["goos"].name)
    # What comes while another phone is in view is counted on its tab.
    await page.get_by_role("tab", name="Fatma").click()
    await resident.tap(speech.phrase("nav.next"))
    await resident.sees(speech.asked("referral.energy"))
    await page.get_by_role("tab", name="Ans").click()
    await partner.sees(speech.phrase("desk.joined", partner=content.wijk.partners["goos"].name))
    await fits(page, partner, width)
    await phones.shoot("partner")

    coordinator = phones.phone("Dewi, coördinator")
    await page.get_by_role("tab", name="Dewi").click()
    await coordinator.start()
    await coordinator.tap(speech.phrase("coordinator.partners"))
    await coordinator.sees(speech.phrase("coordinator.title", wijk=content.wijk.name, open=0, waiting=0).split("\n")[0])
    await fits(page, coordinator, width)
    await phones.shoot("coordinator")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_letters_can_be_read(
    visit: Open, content: Content, speech: Speech, scheme: Literal["light", "dark"]
) -> None:
    phones = await visit(color_scheme=scheme, reduced_motion="reduce")
    page, resident, coordinator = phones.page, phones.phone("Fatma, bewoner"), phones.phone("Dewi, coördinator")
    await phones.shoot("fresh")
    faint = await page.evaluate(FAINT)
    await resident.start()
    await coordinator.start()
    await coordinator.sees(speech.phrase("desk.joined_coordinator", wijk=content.wijk.name))
    await resident.tap(speech.words.name("nl"), speech.answer("menu.welcome.begin"))
    await resident.sees(speech.asked("menu.worries"))
    await resident.types("hallo")
    await resident.sees(speech.phrase("overlays.typed", question="").split("\n")[0])
    await page.mouse.move(0, 0)
    await phones.shoot("chat")
    faint += await page.evaluate(FAINT)
    assert len(faint) > 30
    low = sorted({f"{ratio} {words} .{place}" for words, place, ratio in faint if ratio < CONTRAST})
    assert not low, "\n".join(low)


async def test_a_file_of_the_bot_is_seen_heard_or_saved(visit: Open) -> None:
    phones = await visit()
    resident = phones.phone("Fatma, bewoner")
    await resident.start()
    sent = (
        ("sendPhoto", "photo", "plan.png", "image/png", sample_picture(40, 30)),
        ("sendDocument", "document", "cijfers.pdf", "application/pdf", b"%PDF-1.7"),
        ("sendVoice", "voice", "uitleg.ogg", "audio/ogg", b"OggS"),
    )
    for method, field, name, kind, data in sent:
        file = {"name": name, "mimeType": kind, "buffer": data}
        answer = await phones.page.request.post(
            urljoin(phones.page.url, f"/bot{TOKEN}/{method}"),
            multipart={"chat_id": str(RESIDENT), "caption": f"Hier: {name}", field: file},
        )
        assert answer.ok
        await resident.sees(f"Hier: {name}")
    picture = resident.log.get_by_role("img", name="Foto")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 40)
    await expect(resident.log.get_by_role("link", name="cijfers.pdf")).to_have_attribute("download", "cijfers.pdf")
    await expect(resident.log.locator("audio")).to_be_visible()
