"""Who does what: what members read of an organisation, and that nobody else reads any of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.demo.simulator import Person, Simulator
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import AvailabilityTap, InboxTap, MemberTap, WhoTap
from bot.messages.ticks import LookAtLeads
from bot.messages.turn import Turn
from bot.screens.who.screen import PAGE, WhoDoesWhat
from db.people import members
from db.people.conversations import Conversation
from db.store import Store
from flows.texts.lines import SCREEN, lines
from tests import simulated
from tests.simulated import CONTENT, WIJK
from tests.unit.bot.register.wijk_room import Around


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


def taps(sim: Simulator, person: Person, tap: MemberTap) -> str:
    """Tap this; gives what the person then reads."""
    sim.hear(person, tap)
    return person.news[-1].text


def shown(person: Person) -> list[WhoTap]:
    """The taps of this screen under what the person read last."""
    found = (decode(each.data) for row in person.news[-1].buttons for each in row)
    return [each for each in found if isinstance(each, WhoTap)]


def test_every_organisation_of_the_wijk_is_on_one_of_the_pages(around: Around) -> None:
    seen, tap = list[str](), WhoTap()
    for _ in range(3):
        taps(around.sim, around.ans, tap)
        views = [each.value for each in shown(around.ans) if each.act == "view"]
        assert 0 < len(views) <= PAGE
        seen += views
        tap = next(each for each in shown(around.ans) if each.act == "list")
    assert seen == [*CONTENT.wijk.partners, "connector", "coordinator"]
    assert tap.value == "0", "after the last page comes the first"


@pytest.mark.parametrize("role", ["ans", "ria", "noor"])
def test_members_coordinators_and_wijkverbinders_read_what_an_organisation_does(around: Around, role: str) -> None:
    person: Person = getattr(around, role)
    read = taps(around.sim, person, WhoTap("view", "portaal"))
    assert "• de verhuurder die iets maakt (huurders van Portaal)" in read
    assert "Staat op: open" in read
    assert "📍 De Plantage" in read
    assert "Laatst nagevraagd: 2022" in read
    assert "{" not in read


def test_an_organisation_shows_what_it_does_and_nothing_that_others_do(around: Around) -> None:
    read = taps(around.sim, around.ans, WhoTap("view", "hiphelpt"))
    services = CONTENT.charts.services
    assert services["small_jobs"] in read
    assert services["letter_buddy"] in read
    assert services["letter_desk"] not in read


def test_what_a_member_switches_is_read_by_a_wijkverbinder_at_once(around: Around) -> None:
    with around.sim.store.read() as tx:
        handle = members.of(tx, WIJK, around.omar.id)[0].handle
    day = around.clock().date().replace(month=12, day=14)
    around.sim.hear(around.omar, AvailabilityTap(handle, "full", day))
    read = taps(around.sim, around.noor, WhoTap("view", "eas"))
    assert "Staat op: vol, tot en met maandag 14 december" in read
    assert "In de bot leest hier nog niemand." not in read
    taps(around.sim, around.noor, WhoTap())
    assert any(each.text == "Energie Actief Soest · vol" for row in around.noor.news[-1].buttons for each in row)
    assert "In de bot leest hier nog niemand." in taps(around.sim, around.noor, WhoTap("view", "shm"))


def test_the_days_are_read_only_when_somebody_agreed_to_them(around: Around) -> None:
    assert "Contact binnen" not in taps(around.sim, around.ans, WhoTap("view", "shm"))
    simulated.agrees(around.sim, "shm")
    assert "Contact binnen 5 werkdagen." in taps(around.sim, around.ans, WhoTap("view", "shm"))


def test_a_resident_and_who_was_removed_see_nothing_of_it(around: Around) -> None:
    fatma = simulated.resident(around.sim)
    with around.sim.store.write() as tx:
        members.leave(tx, WIJK, around.ans.id)
    none = CONTENT.words.phrase("nl", "desk.no_member")
    for person in (fatma, around.ans):
        person.news.clear()
        for tap in (WhoTap(), WhoTap("view", "goos"), WhoTap("list", "6")):
            around.sim.hear(person, tap)
        around.sim.type(person, "/wiedoetwat")
        assert {each.text for each in person.news} == {none}


def test_a_made_up_organisation_or_page_leads_to_the_list(around: Around) -> None:
    title = CONTENT.words.phrase("nl", "who.title", wijk=CONTENT.wijk.name)
    for tap in (WhoTap("view", "nobody"), WhoTap("list", "999"), WhoTap("zz", "goos"), WhoTap("lines", "0_nobody")):
        assert taps(around.sim, around.ans, tap) == title
    around.sim.type(around.noor, "/wiedoetwat")
    assert around.noor.news[-1].text == title


def test_the_inbox_and_the_register_lead_here(around: Around) -> None:
    taps(around.sim, around.ans, InboxTap())
    assert WhoTap() in shown(around.ans)
    around.sim.type(around.noor, "/koppelkansen")
    assert WhoTap() in shown(around.noor)


@pytest.mark.parametrize("partner", CONTENT.wijk.partners)
def test_every_card_fits_one_screen(around: Around, partner: str) -> None:
    assert lines(taps(around.sim, around.ans, WhoTap("view", partner))) <= SCREEN


def test_only_a_number_of_the_wijk_itself_is_told_and_a_day_as_it_is_written(around: Around) -> None:
    screen = WhoDoesWhat(CONTENT)
    assert "☎️" not in taps(around.sim, around.ans, WhoTap("view", "goos")), "the line of the whole country"
    own = replace(CONTENT.wijk.lines["food"], phone="088-0000000")
    wijk = replace(CONTENT.wijk, lines={**CONTENT.wijk.lines, "food": own})
    partner = replace(wijk.partners["welzin"], line="food")
    with around.sim.store.read() as tx:
        turn = Turn(tx, LookAtLeads(), "", "", wijk, CONTENT.words, around.clock(), Conversation(""), None)
        assert "☎️ Eten voor vandaag: 088-0000000" in screen.door(turn, partner)
    assert screen.checked(date(2026, 11, 1)) == "01-11-2026"
    assert screen.checked(0) == "nog niet"


def test_a_button_carries_what_was_meant_and_a_made_up_one_nothing() -> None:
    tap = WhoTap("view", "x" * 44)
    assert decode(encode(tap)) == tap
    assert len(encode(tap)) <= 64
    for data in ("who:view:0", "who:view.A:0", "who:VIEW.goos:0", "who:.:0", "who:view.goos:1"):
        assert not isinstance(decode(data), WhoTap)
