"""The coordinator's dashboard: invitations, who is open, and the switches of the wijk; for nobody else."""

from __future__ import annotations

import re

import pytest

from bot.demo.simulator import Person, Simulator
from bot.messages.buttons import DashboardTap
from db.records import audit, switches
from db.store import Store
from flows.model.heard import Command
from tests import simulated
from tests.simulated import ALONE, CONTENT, NOW, WIJK, Clock, go

ACTS = (
    *("home", "partner.goos", "state.goos.full", "invite.goos", "invite_coordinator"),
    *("switch.energiefonds_open.on", "nonsense", ""),
)
CODE = re.compile(r"start[= ](i_[0-9A-Z]{12})")


@pytest.fixture
def sim(store: Store) -> Simulator:
    return Simulator(CONTENT, store, Clock(), username="koppelkans_bot")


@pytest.fixture
def ria(sim: Simulator) -> Person:
    return simulated.member(sim, "coordinator", "telegram:2004", "Ria")


def dashboard(sim: Simulator, person: Person, answer: str) -> str:
    """Tap this on the dashboard; gives what the person then reads."""
    act, subject, value = (*answer.split("."), "", "")[:3]
    return "\n".join(each.text for each in sim.hear(person, DashboardTap(act, subject, value)))


def settled(sim: Simulator) -> dict[str, object]:
    with sim.store.read() as tx:
        return switches.all(tx, WIJK)


def test_the_dashboard_shows_every_partner_and_every_switch_with_a_button(sim: Simulator, ria: Person) -> None:
    (card,) = sim.type(ria, "/coordinator")
    buttons = [each.data for row in card.buttons for each in row]
    assert {f"dashboard:partner.{key}:0" for key in CONTENT.wijk.partners} <= set(buttons)
    assert "dashboard:switch.energiefonds_open.on:0" in buttons


@pytest.mark.parametrize("answer", ACTS)
def test_the_dashboard_is_closed_to_everybody_else(sim: Simulator, answer: str) -> None:
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    before = settled(sim), simulated.everything(sim.store)["invitations"]
    assert dashboard(sim, ans, answer) == CONTENT.words.phrase("nl", "coordinator.not_coordinator")
    assert dashboard(sim, fatma, answer) == CONTENT.words.phrase("nl", "desk.no_member")
    assert (settled(sim), simulated.everything(sim.store)["invitations"]) == before


def test_the_command_is_closed_to_everybody_else(sim: Simulator) -> None:
    ans = simulated.member(sim, "balans")
    (told,) = sim.hear(ans, Command("coordinator"))
    assert told.text == CONTENT.words.phrase("nl", "coordinator.not_coordinator")


@pytest.mark.parametrize(("answer", "partner"), [("invite.balans", "balans"), ("invite_coordinator", "coordinator")])
def test_a_link_makes_one_person_a_member_of_what_it_says(
    sim: Simulator, ria: Person, answer: str, partner: str
) -> None:
    found = CODE.search(dashboard(sim, ria, answer))
    assert found
    cor = sim.person("telegram:3001", "Cor")
    sim.type(cor, f"/start {found[1]}")
    dirk = sim.person("telegram:3002", "Dirk")
    sim.type(dirk, f"/start {found[1]}")
    members = simulated.everything(sim.store)["memberships"]
    assert [row for row in members if cor.id in row and f"'{partner}'" in row]
    assert not [row for row in members if dirk.id in row]


def test_a_link_is_shown_once_and_cannot_be_read_back(sim: Simulator, ria: Person) -> None:
    found = CODE.search(dashboard(sim, ria, "invite.balans"))
    assert found
    assert simulated.found(sim.store, found[1][2:]) == []


@pytest.mark.parametrize("state", ["paused", "full"])
def test_a_partner_that_is_away_is_replaced_by_the_next_and_named(sim: Simulator, ria: Person, state: str) -> None:
    """Pitfall 35."""
    simulated.member(sim, "balans")
    dashboard(sim, ria, f"state.balans.{state}")
    fatma = simulated.resident(sim)
    (card,) = go(sim, fatma, *ALONE)
    assert CONTENT.words.phrase("nl", f"offer.{state}", partner="Stichting Balans") in card.text
    assert "Wie: de sociaal makelaar" in card.text
    dashboard(sim, ria, "state.balans.open")
    (again,) = go(sim, fatma, "_back", "meet")
    assert "Wie: iemand van Stichting Balans" in again.text


def test_a_switch_is_turned_and_turned_back_at_once(sim: Simulator, ria: Person) -> None:
    for value, on in (("on", True), ("on", True), ("off", False), ("off", False)):
        dashboard(sim, ria, f"switch.energiefonds_open.{value}")
        assert settled(sim)["switch.energiefonds_open"] is on, "a doubled tap changes nothing"


def test_what_the_coordinator_sets_outlives_the_bot(sim: Simulator, ria: Person) -> None:
    dashboard(sim, ria, "state.balans.full")
    reborn = simulated.simulator(sim.store, since=1000)
    (card,) = go(reborn, simulated.resident(reborn), *ALONE)
    assert CONTENT.words.phrase("nl", "offer.full", partner="Stichting Balans") in card.text


def test_another_bot_on_the_same_store_knows_within_five_seconds(sim: Simulator, ria: Person) -> None:
    clock = Clock()
    other = simulated.simulator(sim.store, clock, since=1000)
    fatma = simulated.resident(other)
    dashboard(sim, ria, "state.balans.full")
    clock.forward(seconds=6)
    (card,) = go(other, fatma, *ALONE)
    assert CONTENT.words.phrase("nl", "offer.full", partner="Stichting Balans") in card.text


@pytest.mark.parametrize(
    "answer",
    [
        "state.balans.gone",
        "state.nobody.full",
        "switch.moon.on",
        "switch.energiefonds_open",
        "switch.energiefonds_open.full",
        "invite.nobody",
        "partner.x",
    ],
)
def test_a_button_that_the_dashboard_never_drew_changes_nothing(sim: Simulator, ria: Person, answer: str) -> None:
    before = settled(sim), len(simulated.everything(sim.store)["invitations"])
    assert dashboard(sim, ria, answer)
    assert (settled(sim), len(simulated.everything(sim.store)["invitations"])) == before


def test_what_a_coordinator_does_is_written_down_without_content(sim: Simulator, ria: Person) -> None:
    dashboard(sim, ria, "state.balans.full")
    dashboard(sim, ria, "invite.goos")
    with sim.store.read() as tx:
        done = [(each.actor, each.what) for each in audit.since(tx, WIJK, NOW)]
    assert done[-2:] == [(ria.id, "set.partner.balans.state"), (ria.id, "invitation.made")]


def test_the_dashboard_counts_what_waits_and_never_names_anybody(sim: Simulator, ria: Person) -> None:
    fatma = simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    (card,) = sim.type(ria, "/coordinator")
    assert CONTENT.words.phrase("nl", "coordinator.title", wijk="Smitsveen", open=1, waiting=1) == card.text
    assert "Fatma" not in str(card)
