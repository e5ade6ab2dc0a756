"""From the first tap to a lead that a partner takes, on the phones page: once in Dutch, once in Arabic."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from bot.content.loaded import Content
from flows.model.desk import Move
from tests.browser.conftest import Open
from tests.browser.phone import Phone, Phones, Speech, plain, points

pytestmark = pytest.mark.browser

CODE = re.compile(r"KOP-[2-9A-Z]{3,4}")
OWN_WORDS = "Ik ben overdag weg"


def move_of(content: Content, name: str, status: str) -> Move:
    """The move of that name, for which a partner has a button at this status."""
    move = content.desk.move(name, status, "partner")
    assert move is not None
    return move


async def helpers(phones: Phones, content: Content) -> tuple[Phone, Phone]:
    """A partner that reads the inbox of SchuldHulpMaatje, and the coordinator."""
    speech = Speech(content, "nl")
    partner, coordinator = phones.phone("Ans, partner"), phones.phone("Dewi, coördinator")
    await partner.element.get_by_label("Organisatie").select_option(label=content.wijk.partners["shm"].name)
    await partner.sees(speech.phrase("desk.joined", partner=content.wijk.partners["shm"].name))
    await partner.tap(speech.phrase("desk.days_yes"))
    await coordinator.start()
    await coordinator.sees(speech.phrase("desk.joined_coordinator", wijk=content.wijk.name))
    return partner, coordinator


async def to_advice(phones: Phones, resident: Phone, speech: Speech) -> None:
    """From START to what can be done about bills and cold: two people come together."""
    await resident.start()
    await resident.sees(speech.words.phrase("nl", "overlays.choose_language"))
    await phones.shoot("language")
    await resident.tap(speech.words.name(speech.language))
    card = await resident.sees(speech.asked("menu.welcome"))
    await resident.reads_from_the_right_side(card, speech)
    await phones.shoot("welcome")
    await resident.tap(speech.answer("menu.welcome.begin"))
    await resident.pick(speech, "menu.worries.bills", "menu.worries.cold")
    await phones.shoot("worries")
    await resident.tap(speech.phrase("nav.next"))
    await resident.sees(speech.asked("referral.paying"))
    await phones.shoot("question")
    await resident.tap(speech.answer("referral.paying.not_always"))
    await resident.sees(speech.asked("referral.urgent"))
    await resident.tap(speech.answer("referral.urgent.none"))
    await resident.sees(speech.asked("referral.warm"))
    await resident.tap(speech.answer("referral.warm.off_money"))
    await resident.sees(speech.asked("referral.fragile"))
    await resident.tap(speech.answer("referral.fragile.no"))
    card = await resident.sees(speech.asked("advice.help"), speech.what("shm"))
    await resident.reads_from_the_right_side(card, speech)
    await phones.shoot("advice")
    await resident.tap(speech.phrase("nav.why"))
    await resident.sees(speech.phrase("why.choose"))
    await phones.shoot("why")
    await resident.tap(speech.phrase("nav.back"))
    await resident.sees(speech.asked("advice.help"))
    await resident.tap(speech.phrase("nav.more"))
    await resident.sees(speech.phrase("more.ask_first"))
    await phones.shoot("more")
    await resident.tap(speech.phrase("nav.back"))
    await resident.sees(speech.asked("advice.help"))


async def changing(resident: Phone, speech: Speech, question: str) -> None:
    """From the consent card to a question of which the answer shall be another one."""
    await resident.tap(speech.answer("handoff.consent.change"))
    await resident.tap(speech.answer(f"handoff.change.{question}"))
    await resident.sees(speech.asked(f"handoff.{question}"))


async def to_consent(phones: Phones, resident: Phone, speech: Speech, name: str, *, call: bool) -> list[str]:
    """From yes to the card that shows what will be shared; returns its lines."""
    await resident.tap(speech.phrase("offer.all"))
    await resident.sees(speech.asked("handoff.about"))
    await phones.shoot("about")
    await resident.tap(speech.answer("handoff.about.yes"))
    if call:
        await changing(resident, speech, "reach")
        await resident.tap(speech.answer("handoff.reach.phone"))
        await resident.sees(speech.phrase("nav.share_hint"))
        await phones.shoot("number")
        await resident.element.get_by_role("button", name=speech.phrase("nav.share_phone")).click()
        await phones.page.get_by_role("dialog").get_by_role("button", name="Deel mijn nummer").click()
        await changing(resident, speech, "words")
        await resident.types(OWN_WORDS)
    await changing(resident, speech, "when")
    await resident.tap(speech.answer("handoff.when.evening"))
    await changing(resident, speech, "notices")
    await phones.shoot("notices")
    await resident.tap(speech.answer("handoff.notices.yes" if call else "handoff.notices.no"))
    card = await resident.sees(speech.answer("handoff.consent.yes"))
    await resident.reads_from_the_right_side(card, speech)
    await phones.shoot("consent")
    return points(await resident.text(card))


@pytest.mark.parametrize(("language", "name"), [("nl", "Fatma"), ("ar", "سميرة")], ids=["dutch", "arabic"])
async def test_a_lead_from_start_to_inbox(visit: Open, content: Content, language: str, name: str) -> None:
    phones = await visit()
    speech, desk = Speech(content, language), Speech(content, "nl")
    partner, coordinator = await helpers(phones, content)
    arabic = language == "ar"
    resident = await phones.add_resident(name, "العربية") if arabic else phones.phone(f"{name}, bewoner")

    await to_advice(phones, resident, speech)
    shown = await to_consent(phones, resident, speech, name, call=not arabic)
    assert any(name in line for line in shown)
    await resident.tap(speech.answer("handoff.consent.yes"))
    second = await resident.sees(content.wijk.partners["eas"].name, speech.answer("handoff.consent.yes"))
    assert points(await resident.text(second))
    await phones.shoot("consent-second")
    await resident.tap(speech.answer("handoff.consent.yes"))
    receipt = await resident.sees(speech.asked("handoff.done"))
    codes = CODE.findall(await resident.text(receipt))
    assert len(codes) == len(set(codes)) == 2
    await phones.shoot("receipt")

    # The inbox hears of it without a name; who looks sees what the resident saw, in Dutch.
    notice = await partner.sees(codes[0])
    assert name not in await partner.text(notice)
    for_nobody = await coordinator.sees(codes[1])
    assert content.wijk.partners["eas"].name in await coordinator.text(for_nobody)
    await phones.shoot("notice")
    await partner.tap(desk.phrase("desk.view"))
    lead = await partner.sees(codes[0], name)
    seen = points(await partner.text(lead))
    assert len(seen) == len(shown)
    if arabic:
        assert plain(desk.phrase("packet.language", value="Arabisch")) in seen
    else:
        assert seen == shown
        assert any(OWN_WORDS in line for line in seen)
    await phones.shoot("lead")

    taken = speech.phrase("leads.accepted", code="", member="", partner="", deadline="").split("\n")[0].split("(")[0]
    await partner.tap(move_of(content, "accept", "sent").label)
    await partner.sees(codes[0], desk.phrase("desk.assigned", member="Ans"))
    if arabic:  # a notice with a code alone, and the rest behind a tap
        await expect(resident.button(speech.phrase("news.open"))).to_be_in_viewport()
        discreet = await resident.text(resident.messages.last)
        assert codes[0] in discreet
        assert not any(word in discreet for word in ("Ans", content.wijk.partners["shm"].name))
        await phones.shoot("discreet")
        await resident.tap(speech.phrase("news.open"))
    news = await resident.sees(taken.strip(), codes[0])
    assert "Ans" in await resident.text(news)
    await resident.reads_from_the_right_side(news, speech)
    await phones.shoot("taken")

    # The rest of the way: contact, and a good end, each told to the resident.
    await partner.tap(move_of(content, "contact", "accepted").label)
    await partner.sees(codes[0], content.desk.statuses["in_progress"].label)
    done = move_of(content, "complete", "in_progress")
    await partner.tap(done.label, done.reasons["helped"])
    await partner.sees(desk.phrase("desk.done", code=codes[0]).split("\n")[0])
    await partner.tap(desk.phrase("desk.done_ready"))
    await partner.sees(desk.phrase("desk.closed", code=codes[0], status=content.desk.statuses["completed"].label))
    unopened = 1 if arabic else 0  # what the end overtakes says no code any more
    await expect(resident.messages.filter(has_text=codes[0])).to_have_count(4 - unopened)
    await resident.tap(speech.phrase("nav.my_help"))
    await phones.shoot("closed")


async def test_the_coordinator_pauses_a_partner_and_makes_an_invitation(visit: Open, content: Content) -> None:
    phones = await visit()
    desk = Speech(content, "nl")
    _partner, coordinator = await helpers(phones, content)
    await coordinator.types("/coordinator")
    await coordinator.sees(desk.phrase("coordinator.title", wijk=content.wijk.name, open=0, waiting=0).split("\n")[0])
    await phones.shoot("office")
    eas = content.wijk.partners["eas"].name
    await coordinator.tap(desk.phrase("coordinator.partners"))
    await coordinator.log.get_by_role("button", name=re.compile(f"^{re.escape(eas)}")).last.click()
    await coordinator.tap(desk.phrase("coordinator.set_full"))
    await coordinator.sees(f"Staat op: {desk.phrase('coordinator.full')}")
    await coordinator.tap(desk.phrase("coordinator.invite"))
    invitation = await coordinator.sees(eas, "?start=i_")
    await expect(invitation.get_by_role("link")).to_have_attribute("href", re.compile(r"\?start=i_[0-9A-Z]{12}$"))
    await phones.shoot("invitation")

    # The link opens on whose phone one likes: a second resident becomes a member there.
    colleague = await phones.add_resident("Mehmet", "Nederlands")
    await invitation.get_by_role("link").click()
    window = phones.page.get_by_role("dialog")
    await window.get_by_label("Telefoon").select_option(label="Mehmet, bewoner")
    await window.get_by_role("button", name="Openen").click()
    await colleague.sees(desk.phrase("desk.joined", partner=eas))
    await phones.shoot("joined")
    await coordinator.tap(desk.phrase("coordinator.set_open"))
    await coordinator.sees(f"Staat op: {desk.phrase('coordinator.open')}")
