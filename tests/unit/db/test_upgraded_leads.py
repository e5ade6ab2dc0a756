"""A store of version 0.1.0 with a lead in every status comes over, and everybody goes on where they were.

Every button that the table of the desk draws is tapped, what waited is delivered, and in the end every resident erases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from alembic import command

from bot.handle import Handle
from bot.messages.message import Incoming, Outgoing
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import LeadTap
from bot.runtime.channel import Outcome, Sent
from db import migrations
from db.leads.lead import Lead
from db.people import addresses, conversations
from db.records import switches
from db.records.codes import ALPHABET
from db.store import Store
from flows.model.desk import Move
from flows.model.heard import ChartTap, Heard, StopHelpTap
from flows.model.wijk import COORDINATOR
from tests import simulated
from tests.simulated import CONTENT, Clock, said_with
from tests.unit.bot.runtime.delivery.test_deliverer import Letterbox, delivering, eventually
from tests.unit.db.test_upgrade import LEDGER, NOW, WIJK, a_lead, a_message, put, sealed

pytestmark = pytest.mark.both_stores

ANS, RIA = "telegram:2001", "telegram:3001"
DESK = CONTENT.desk


@dataclass(frozen=True, slots=True)
class Case:
    """One lead: its status in the old store, and what is done to it afterwards, by whom. None: it is looked at."""

    id: int
    status: str
    role: str
    move: Move | None

    @property
    def code(self) -> str:
        high, low = divmod(self.id, len(ALPHABET))
        return f"KOP-{ALPHABET[high]}{ALPHABET[low]}"

    @property
    def name(self) -> str:
        """Of its resident: no two are the same."""
        return f"Zebra{self.id:02}"

    @property
    def resident(self) -> str:
        return f"telegram:{1000 + self.id}"

    @property
    def card(self) -> int:
        """The message in which a member has it open."""
        return 100 + self.id

    @property
    def who(self) -> str:
        return {"partner": ANS, "coordinator": RIA}.get(self.role, self.resident)

    def tap(self, lead: Lead) -> Tap | Heard:
        if self.move is None:
            return LeadTap(lead.token, "view", version=lead.version)
        if self.role == "resident":
            return StopHelpTap(lead.token, 3, sure=True)
        return LeadTap(lead.token, self.move.name, said_with(self.move)[0], lead.version)


def cases() -> list[Case]:
    """A lead for each button of each status, and one for each status that has none."""
    wanted: list[tuple[str, str, Move | None]] = []
    for status in DESK.statuses:
        drawn = [
            (role, move)
            for role in ("partner", "coordinator", "resident")
            for move in DESK.buttons(status, role)
            if not move.asks  # it asks more than one tap
            if role != "resident" or move.name == "withdraw"  # *nog niet* is what they say, not a button of its own
            if role != "coordinator" or DESK.falls(status)  # all these leads lie at a partner
        ]
        wanted += [(status, role, move) for role, move in drawn] or [(status, "partner", None)]
    return [Case(id, *each) for id, each in enumerate(wanted, start=1)]


CASES = cases()


def fill(store: Store) -> None:
    """Ans of Balans, Ria the coordinator, a resident for each lead, whoever has it open, and a message about each."""
    chat = {"language": "nl", "turn": 3, "step": "menu.worries", "blocked": False, "updated_at": NOW}
    place = sealed({"step": "menu.worries", "turn": 3, "language": "nl"})
    with store.write() as tx:
        for who, partner, role in ((ANS, "balans", "partner"), (RIA, COORDINATOR, "coordinator")):
            row = {"address": who, "partner": partner, "role": role, "name": sealed("Ans"), "joined_at": NOW}
            put(tx, "members", row)
            put(tx, "conversations", {"key": who, "place": place} | chat)
        put(tx, "numbers", {"last": 1000})
        put(tx, "stamps", {"last": 50})
        for each in CASES:
            packet = {"partner": "balans", "inbox": "balans", "name": each.name, "reach": "chat", "when": "any"}
            packet["language"] = "nl"
            yes = {"id": 100 + each.id, "resident": each.resident, "recipient": "Stichting Balans", "given": True}
            put(tx, "consents", yes | LEDGER | {"shown": sealed(each.name)})
            more = {"resident": each.resident, "code": each.code, "packet": sealed(packet), "consent": yes["id"]}
            more["assignee"] = ANS if DESK.statuses[each.status].next == "assignee" else None
            more["closed_at"] = NOW if DESK.closes(each.status) or DESK.falls(each.status) else None
            put(tx, "leads", a_lead(each.id, each.status, **more))
            put(tx, "lead_events", {"lead": each.id, "n": 1, "after": each.status, "actor": "resident", "at": NOW})
            put(tx, "conversations", {"key": each.resident, "place": place} | chat)
            cards = sealed({"cards": {ANS: each.card, RIA: each.card}})
            held = {"key": f"lead:{each.id}", "place": cards, "language": "", "step": "lead"}
            put(tx, "conversations", chat | held)
            put(tx, "outbox", a_message(each.id, ANS, f"{each.code}: {each.name} schrijft", rank=0))


@pytest.fixture
def upgraded(empty_url: str, open_stores: Callable[[str], Store]) -> Store:
    """The old store, brought over."""
    store = open_stores(empty_url)
    with store.rebuilding() as tx:
        command.upgrade(migrations.settings(tx), "0004")
    fill(store)
    store.migrate()
    return store


class Phones:
    """What everybody's phone shows: by address and message, first what version 0.1.0 had sent."""

    def __init__(self, store: Store) -> None:
        self.store, self.handle = store, Handle(CONTENT, store, now=Clock(NOW + timedelta(hours=1)))
        with store.write() as tx:
            switches.put(tx, WIJK, "partner.balans.contact_days", 5, None, NOW)
        self.shown = {(who, each.card): each.name for each in CASES for who in (ANS, RIA)}
        self.sent: list[str] = []
        self._updates = 0

    def says(self, who: str, heard: Tap | Heard, message: int | None = None) -> list[Outgoing]:
        self._updates += 1
        return self.handle([Incoming("telegram", self._updates, who, who, heard, message)])

    async def deliver(self) -> None:
        """Everything that waits arrives."""

        async def carry(message: Outgoing) -> Outcome:
            number = message.edit or 1000 + len(self.shown)
            self.sent.append(message.text)
            self.shown[message.reached_at, number] = message.text or self.shown[message.reached_at, number]
            return Sent(None if message.edit else number)

        ways: dict[str, Any] = {"tick": self.handle.tick, "now": self.handle.now}
        async with delivering(self.store, Letterbox(carry), **ways) as deliverer:
            await eventually(deliverer, self.store)

    def with_name(self, case: Case) -> list[tuple[str, int]]:
        """Where the resident's name can be read by others."""
        return [key for key, text in self.shown.items() if case.name in text and key[0] != case.resident]

    def lead(self, case: Case) -> Lead:
        return simulated.lead(simulated.simulator(self.store), case.id)

    def lets_erase(self, case: Case) -> None:
        with self.store.read() as tx:
            person = addresses.find(tx, WIJK, case.resident) or ""
            revision = conversations.look(tx, WIJK, [person])[person].revision
        self.says(case.resident, ChartTap("erase", "yes", revision))


def test_every_status_and_every_button_is_tried() -> None:
    assert {each.status for each in CASES} == set(DESK.statuses)
    assert {(each.status, each.role) for each in CASES if each.move} >= {
        ("sent", "partner"), ("accepted", "resident"), ("declined", "coordinator"), ("unsuccessful", "coordinator"),
    }  # fmt: skip


async def test_leads_of_every_status_go_on_after_the_upgrade_and_are_blanked_when_they_end(upgraded: Store) -> None:
    phones = Phones(upgraded)
    for each in CASES:
        before = phones.lead(each)
        assert (before.status, before.code) == (each.status, each.code)
        assert (before.closed_at is None) == (before.owner is not None) == (each.status in DESK.open)
        assert (before.owner == "coordinator", before.inbox == COORDINATOR) == (DESK.falls(each.status),) * 2
        phones.says(each.who, each.tap(before), None if each.role == "resident" else each.card)
    await phones.deliver()
    for each in CASES:
        after, ended = phones.lead(each), each.role == "resident"
        assert after.status == (each.move.to if each.move else each.status), each
        assert (after.packet is None) == ended, each
        given_up = each.role == "partner" and each.move is not None and DESK.falls(each.move.to)
        waited = f"{each.code}: {each.name} schrijft" in phones.sent
        assert waited != (ended or given_up), "what waited about it is taken back"
        if ended:
            assert phones.with_name(each) == [], each
            assert each.code in phones.shown[ANS, each.card]

    for each in CASES:
        phones.lets_erase(each)
    await phones.deliver()
    for each in CASES:
        assert phones.lead(each).packet is None
        assert phones.with_name(each) == [], each
        assert simulated.found(upgraded, each.name) == []


async def test_buttons_that_the_old_version_sent_act_on_no_lead(upgraded: Store) -> None:
    phones = Phones(upgraded)
    for each in CASES:
        for data in (f"lead.{each.id}:accept:1", f"withdraw:{each.code}:3", f"reply:{each.code}:0"):
            phones.says(ANS, decode(data), each.card)
            phones.says(each.resident, decode(data))
        assert phones.lead(each).status == each.status
