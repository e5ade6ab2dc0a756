"""However long a list is, Telegram takes every page of it, and the pages together hold everything.

Each list is filled with 200 entries; what then comes out goes to the stand-in, which refuses what Telegram refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.content.loaded import Content
from bot.demo.simulator import Person, Shown, Simulator
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import DashboardTap, InboxTap
from bot.messages.taps.residents import HelpTap
from db.leads import leads
from db.leads.due import Next
from db.people import members
from db.store import Store
from flows.model.wijk import COORDINATOR
from flows.texts.fields import units
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, go
from tests.unit.bot.demo.standin_line import open_line

MANY = 200
LONGEST, BUTTONS = 3500, 40
"""What a page may have here: far below what Telegram takes."""

CODE = re.compile(r"KOP-\w+")
EMOJI = "😀" * 200


@pytest.fixture
def content() -> Content:
    """The content of a wijk with 200 partners and 200 switches."""
    partner, switch = next(iter(CONTENT.wijk.partners.values())), next(iter(CONTENT.wijk.switches.values()))
    partners = {f"p{n}": replace(partner, id=f"p{n}", name=f"Vereniging {n}", instead="") for n in range(MANY)}
    switches = {f"s{n}": replace(switch, name=f"s{n}") for n in range(MANY)}
    words = copy(CONTENT.words)
    words.phrases = {**words.phrases, **{f"coordinator.s{n}": f"Schakelaar {n}" for n in range(MANY)}}
    wijk = replace(CONTENT.wijk, partners={**CONTENT.wijk.partners, **partners}, switches=switches)
    return replace(CONTENT, wijk=wijk, words=words)


def many_leads(sim: Simulator, person: Person, inbox: str, *, closed: bool = False) -> None:
    """Leads as long as they may be, all about this resident."""
    packet = {"name": EMOJI[:40], "reach": "chat", "when": "any", "language": "nl", "words": EMOJI}
    with sim.store.write() as tx:
        for _ in range(MANY):
            leads.create(
                tx,
                WIJK,
                resident=person.id,
                sender=person.id,
                partner="goos",
                inbox=inbox,
                row="M2",
                topic=["bills_and_cold", "energy_bill"],
                urgent=False,
                packet=packet,
                language="nl",
                now=NOW,
                next=None if closed else Next("inbox", NOW),
                status="completed" if closed else "sent",
            )


def pages(sim: Simulator, person: Person, first: list[Shown], kind: type[object]) -> Iterator[Shown]:
    """Every page, from the first one until the button leads back to it."""
    shown = first[-1]
    seen: set[Tap] = set()
    while True:
        yield shown
        onward = next(
            (
                tap
                for row in shown.buttons
                for each in row
                if isinstance(tap := decode(each.data), kind) and each.text == CONTENT.words.phrase("nl", "nav.next")
            ),
            None,
        )
        if onward is None or onward in seen:
            return
        seen.add(onward)
        sim.hear(person, onward, shown.id)
        shown = person.chat[shown.id]


async def taken(all_of: list[Shown]) -> None:
    """Send these by the stand-in, and keep to the bounds of a page."""
    assert all_of
    async with open_line() as line:
        line.resident()
        for shown in all_of:
            rows = [[InlineKeyboardButton(b.text, callback_data=b.data or "x") for b in row] for row in shown.buttons]
            await line.bot.send_message(1001, shown.text, reply_markup=InlineKeyboardMarkup(rows) if rows else None)
            assert units(shown.text) <= LONGEST
            assert sum(map(len, shown.buttons)) <= BUTTONS


async def test_my_help(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    many_leads(sim, fatma, "goos")
    found = list(pages(sim, fatma, sim.type(fatma, "/hulp"), HelpTap))
    await taken(found)
    assert len({code for shown in found for code in CODE.findall(shown.text)}) == MANY


async def test_a_page_of_help_that_is_gone_is_the_first(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    (shown,) = sim.hear(fatma, HelpTap(999_999))
    assert len(CODE.findall(shown.text)) == 1
    stranger = sim.person("telegram:1009", "Sam")
    assert sim.hear(stranger, HelpTap(5)), "somebody of whom nothing is known gets the languages"


async def test_receipts_and_all_that_is_known(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    many_leads(sim, fatma, "goos", closed=True)
    simulated.handed_over(sim, fatma)
    many_leads(sim, fatma, "goos")
    sim.press(fatma, None, "handoff.done:_stay:0")
    receipt = fatma.news[-1]
    assert len(CODE.findall(receipt.text)) == 2, "the newest; the others have theirs"
    sim.type(fatma, "/mijngegevens")
    known = list(fatma.news)
    await taken([receipt, *known])
    assert len({code for shown in known for code in CODE.findall(shown.text)}) == 2 * MANY + 1


async def test_the_inbox_of_a_member_of_very_many_organisations(store: Store, content: Content) -> None:
    sim = Simulator(content, store, simulated.Clock())
    fatma, ans = sim.person("telegram:1001", "Fatma"), sim.person("telegram:2001", "Ans")
    for person in (fatma, ans):
        sim.type(person, "/start")
        go(sim, person, "nl")
    with store.write() as tx:
        for partner in content.wijk.partners:
            members.join(tx, WIJK, ans.id, partner, "partner", "Ans", NOW)
    sim.handle.wijk.forget()
    many_leads(sim, fatma, "p7")
    found = list(pages(sim, ans, sim.type(ans, "/postvak"), InboxTap))
    await taken(found)
    assert len({code for shown in found for row in shown.buttons for b in row for code in CODE.findall(b.text)}) == MANY
    many_leads(sim, fatma, "p8")
    sim.type(ans, "/verwijder")
    go(sim, ans, "erase:yes")
    await taken(list(ans.news))


async def test_the_dashboard_of_a_wijk_with_very_many_partners_and_switches(store: Store, content: Content) -> None:
    sim = Simulator(content, store, simulated.Clock())
    ria = sim.person("telegram:2004", "Ria")
    sim.type(ria, "/start")
    go(sim, ria, "nl")
    with store.write() as tx:
        members.join(tx, WIJK, ria.id, COORDINATOR, "coordinator", "Ria", NOW)
    sim.handle.wijk.forget()
    found = list(pages(sim, ria, sim.hear(ria, DashboardTap("partners")), DashboardTap))
    await taken(found)
    taps = [decode(b.data) for shown in found for row in shown.buttons for b in row]
    subjects = {tap.subject for tap in taps if isinstance(tap, DashboardTap) and tap.act in ("partner", "switch")}
    assert subjects == {*content.wijk.partners, *content.wijk.switches}
    turned = next(b for shown in found for row in shown.buttons for b in row if "s199" in b.data)
    (shown,) = sim.hear(ria, decode(turned.data), ria.card.id)
    after = next(b for row in shown.buttons for b in row if "s199" in b.data)
    assert after.text != turned.text, "the page with the switch that was turned stays"
