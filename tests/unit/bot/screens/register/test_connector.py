"""A wijkverbinder sees koppelkansen and never a lead: whatever they tap or type, and whatever is told to others."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Person
from bot.messages.taps.buttons import Tap
from bot.messages.taps.members import (
    AvailabilityTap,
    CallTap,
    DashboardTap,
    DaysTap,
    InboxTap,
    LeadTap,
    LeaveTap,
    PassTap,
    RegisterTap,
)
from bot.messages.taps.residents import HideTap, ReplyTap, ReturnTap, SayTap, SendAnywayTap, SendTap
from bot.messages.taps.visits import PlanTap, VisitTap
from db.people import members
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import CONTENT, MONEY_AND_COLD, WIJK, go
from tests.unit.bot.register.wijk_room import Around


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


def handle_of(around: Around, person: Person) -> str:
    with around.sim.store.read() as tx:
        return members.of(tx, WIJK, person.id)[0].handle


def test_whatever_they_tap_of_a_lead_they_read_and_change_nothing(around: Around) -> None:
    fatma = simulated.resident(around.sim)
    simulated.handed_over(around.sim, fatma, MONEY_AND_COLD, "all")
    go(around.sim, fatma, "handoff.consent:yes")
    around.hush()
    found = simulated.leads_of(around.sim, fatma)
    secret = {"Fatma", *(lead.code for lead in found)}
    before = simulated.everything(around.sim.store)
    handle = handle_of(around, around.noor)
    moves = ("view", "note", "write", "history", "bring", "pass", *CONTENT.desk.moves_by_name)
    for lead in found:
        token, version = lead.token, lead.version
        taps: list[Tap] = [LeadTap(token, move, version=version) for move in moves]
        taps += [PassTap(token, "eas", version=version), PassTap(token, version=version, keeps=True)]
        taps += [ReplyTap(token), SayTap(token, page=-1), SendAnywayTap(token, 0), SendTap(token, 0), CallTap(token)]
        taps += [RegisterTap(act, token) for act in ("view", "help", "yes", "line", "ask")]
        taps += [PlanTap(token, version=version), PlanTap(token, "none", sends=True, version=version)]
        taps += [VisitTap(token, act) for act in ("view", "yes", "off")]
        for tap in taps:
            around.sim.hear(around.noor, tap)
            around.sim.type(around.noor, "Mijn woorden")
    for shows in ("", "new", "ours", "mine", "waiting", "done", "settings"):
        around.sim.hear(around.noor, InboxTap(shows=shows))
    for act in ("", "rest", "members", "waiting", "week", "calls", "invite_connector", "invite_deputy", "remove"):
        for subject in ("", "connector", "coordinator", "balans", handle):
            around.sim.hear(around.noor, DashboardTap(act, subject))
    for own in (AvailabilityTap(handle), AvailabilityTap(handle, "full"), DaysTap(handle, 3), InboxTap(digest="9")):
        around.sim.hear(around.noor, own)
    for text in ("/postvak", "/coordinator", "/mijngegevens", "/koppelkansen"):
        around.sim.type(around.noor, text)
    told = around.read(around.noor) + "".join(each.text + str(each.buttons) for each in around.noor.chat.values())
    assert not [each for each in (*secret, *(lead.token for lead in found)) if each in told]
    after = simulated.everything(around.sim.store)
    for table in ("leads", "lead_events", "lead_views", "memberships", "invitations", "switches", "visits", "calls"):
        assert after[table] == before[table], table


def test_no_notice_of_any_lead_ever_reaches_them(around: Around) -> None:
    fatma = simulated.resident(around.sim)
    simulated.handed_over(around.sim, fatma)
    around.hush()
    for person in (around.ans, around.omar, around.ria):
        around.sim.hear(person, Blocked(True))
    for _ in range(20):
        around.ticks(days=2)
    read = around.read(around.noor)
    (lead,) = simulated.leads_of(around.sim, fatma)
    assert lead.code not in read
    assert "Fatma" not in read
    assert not [each for each in around.noor.chat.values() if lead.code in each.text]


def test_a_hidden_chat_holds_what_comes_of_koppelkansen(around: Around) -> None:
    one = around.running(around.ans, around.noor, "connector")
    around.taps(around.noor, "own")
    around.sim.hear(around.noor, HideTap())
    around.hush()
    around.sim.type(around.noor, "Tent bij de flat")
    around.taps(around.noor, "list")
    around.taps(around.noor, "result", one, "worked")
    around.taps(around.ans, "ask", one, "room")
    around.taps(around.ans, "result", one, "worked")
    assert "koppelkans" not in around.read(around.noor).lower()
    assert "huisbezoek" not in around.read(around.noor)
    assert "zaal" not in around.read(around.noor)
    around.sim.hear(around.noor, ReturnTap())
    assert [each.words for each in around.open()] == []


def test_the_end_of_one_role_leaves_the_other(around: Around) -> None:
    simulated.joins(around.sim, around.noor, "hiphelpt")
    one = around.named(around.noor)
    with around.sim.store.read() as tx:
        handles = {each.organisation: each.handle for each in members.of(tx, WIJK, around.noor.id)}
    around.sim.hear(around.noor, LeaveTap(handles["connector"], sure=True))
    assert around.now(one).owner == ("coordinator" if one.owner == "connector" else "hiphelpt")
    around.hush()
    around.taps(around.noor, "make", value="food")
    assert {each.owner for each in around.open()} == {"coordinator", "hiphelpt"}
    around.sim.hear(around.noor, LeaveTap(handles["hiphelpt"], sure=True))
    assert {each.owner for each in around.open()} == {"coordinator"}
    around.hush()
    assert around.taps(around.noor, "list") == CONTENT.words.phrase("nl", "desk.no_member")
