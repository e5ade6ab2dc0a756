"""The page with the phones as a person uses it: what one reads on a phone, and what one taps by its label."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from bot.content.loaded import Content
from flows.model.chart import Outcome, Question

SHOTS = Path(__file__).parents[2] / "shots"
"""Where screenshots are left to be looked at; git ignores it."""

ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


class Speech:
    """What the bot says in one language, so that no test holds a second copy of a text."""

    def __init__(self, content: Content, language: str) -> None:
        self.content, self.words, self.language = content, content.words, language

    def phrase(self, key: str, **fields: object) -> str:
        """One of the bot's own sentences."""
        return self.words.phrase(self.language, key, **fields)

    def asked(self, name: str) -> str:
        """What stands first on the card of a step: its first line."""
        step = self.content.charts.steps[name]
        assert isinstance(step, Question | Outcome)
        text = step.ask if isinstance(step, Question) else step.say
        unknown = dict.fromkeys(("name", "partner", "packet", "fallback", "receipts", "to"), "")
        known = {**self.content.places(self.content.wijk, self.language), **unknown}
        return self.words.fill(self.language, name, text, known).split("\n")[0]

    def answer(self, name: str, /, **fields: object) -> str:
        """The label of an answer, by its full name: `referral.paying.not_always`."""
        step, _, answer = name.rpartition(".")
        asked = self.content.charts.steps[step]
        assert isinstance(asked, Question | Outcome)
        return self.words.say(self.language, name, asked.answers[answer].text, **fields)

    def what(self, partner: str) -> str:
        """What a partner does, in a few words."""
        return self.words.say(self.language, f"partner.{partner}.what", self.content.wijk.partners[partner].what)

    def picked(self, name: str) -> str:
        """The label of an answer that somebody picked among others."""
        return self.phrase("nav.picked", text=self.answer(name))


class Phone:
    """One phone on the page. Everything waits until it is so, or fails after a few seconds."""

    def __init__(self, page: Page, owner: str) -> None:
        self.page = page
        self.element = page.get_by_role("region", name=f"Telefoon van {owner}")
        self.log = self.element.get_by_role("log")
        self.messages = self.log.locator(".message")
        self.written = self.element.get_by_role("textbox", name="Bericht van")

    def button(self, label: str) -> Locator:
        """The button with exactly this label; the lowest one, when an older message has it too."""
        return self.log.get_by_role("button", name=label, exact=True).last

    async def start(self) -> None:
        """Begin the conversation."""
        await self.element.get_by_role("button", name="START", exact=True).click()

    async def tap(self, *labels: str) -> None:
        """Tap these buttons, one after the other, as soon as each is there."""
        for label in labels:
            await self.button(label).click()

    async def pick(self, speech: Speech, *names: str) -> None:
        """Pick several answers; each must get its mark before the next is tapped."""
        for name in names:
            await self.tap(speech.answer(name))
            await expect(self.button(speech.picked(name))).to_be_in_viewport()

    async def sees(self, *texts: str) -> Locator:
        """One message holds all of these, and stands (partly) in view. Returns the lowest such message."""
        message = self.messages
        for text in texts:
            message = message.filter(has_text=text)
        await expect(message.last).to_be_in_viewport()
        return message.last

    async def text(self, message: Locator) -> str:
        """The words of a message, as they are read."""
        return await message.locator(".text").first.inner_text()

    async def types(self, words: str) -> None:
        """Type words and send them."""
        await self.written.fill(words)
        await self.written.press("Enter")

    async def chooses(self, opener: str, entry: str) -> None:
        """Open one of the phone's menus and choose from it."""
        await self.element.get_by_role("button", name=opener, exact=True).click()
        await self.element.get_by_role("menuitem", name=entry).click()

    async def reads_from_the_right_side(self, message: Locator, speech: Speech) -> None:
        """The bubble begins where that language begins."""
        direction = "rtl" if speech.words.right_to_left(speech.language) else "ltr"
        await expect(message.locator(".bubble")).to_have_css("direction", direction)


class Phones:
    """The page itself."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name, self.shots = page, name, 0

    def phone(self, owner: str) -> Phone:
        """The phone of this person: `Fatma, bewoner`."""
        return Phone(self.page, owner)

    async def add_resident(self, name: str, language: str) -> Phone:
        """Put one more resident's phone on the page; `language` is that of the phone, by its own name."""
        await self.page.get_by_role("button", name="Bewoner", exact=True).click()
        window = self.page.get_by_role("dialog")
        await window.get_by_label("Voornaam").fill(name)
        await window.get_by_label("Taal van de telefoon").select_option(label=language)
        await window.get_by_role("button", name="Erbij zetten").click()
        phone = self.phone(f"{name}, bewoner")
        await expect(phone.element).to_be_visible()
        return phone

    async def shoot(self, what: str) -> None:
        """Leave a picture of the page as it is now."""
        SHOTS.mkdir(exist_ok=True)
        self.shots += 1
        await self.page.screenshot(path=SHOTS / f"{self.name}-{self.shots:02}-{what}.png", animations="disabled")


def plain(text: str) -> str:
    """Without the invisible marks that keep names and numbers in order, and with single spaces."""
    return re.sub(r"[ \t\xa0]+", " ", text.translate(ISOLATES)).strip()


def points(text: str) -> list[str]:
    """The lines of a text that list something, without invisible marks."""
    return [line for line in map(plain, text.split("\n")) if line.startswith("• ")]
