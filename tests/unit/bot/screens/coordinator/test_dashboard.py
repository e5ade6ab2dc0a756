"""The coordinator's dashboard: invitations, who is open, and the switches of the wijk; for nobody else."""

from __future__ import annotations

import re

import pytest

from bot.demo.simulator import Person, Simulator
from bot.messages.taps.members import DashboardTap
from bot.screens.coordinator.dashboard import PAGE
from db.records import audit, switches
from db.store import Store
from flows.check.ready import gaps
from flows.model.heard import Command
from tests import simulated
from tests.simulated import ALONE, CONTENT, NOW, WIJK, Clock, go

ACTS = (
    *("home", "partner.goos", "state.goos.full", "until.goos.1", "gaps", "invite.goos", "invite_coordinator"),
    *("switch.energiefonds.open", "nonsense", "", "partners", "rest", "week.2", "waiting", "lead.0", "fetch.0.1"),
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
    sim.type(ria, "/coordinator")
    buttons: list[str] = []
    for page in range(len(CONTENT.wijk.partners)):
        (card,) = sim.hear(ria, DashboardTap("partners", str(page * PAGE)))
        buttons += [each.data for row in card.buttons for each in row]
    assert {f"dashboard:partner.{key}:0" for key in CONTENT.wijk.partners} <= set(buttons)
    assert "dashboard:switch.energiefonds:0" in buttons


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
    assert "De sociaal makelaar (helpt mensen in de wijk)" in card.text
    dashboard(sim, ria, "state.balans.open")
    (again,) = go(sim, fatma, "_back", "meet")
    assert "👥 Stichting Balans (mensen en activiteiten)" in again.text


def test_a_switch_is_turned_and_turned_back_at_once(sim: Simulator, ria: Person) -> None:
    for value in ("open", "open", "closed", "closed", "unknown", "unknown"):
        card = dashboard(sim, ria, f"switch.energiefonds.{value}")
        assert CONTENT.words.phrase("nl", f"coordinator.switch_{value}") in card
        assert settled(sim)["switch.energiefonds"] == value, "a doubled tap changes nothing"


def test_a_switch_offers_the_two_things_that_it_does_not_say_now(sim: Simulator, ria: Person) -> None:
    (card,) = sim.hear(ria, DashboardTap("switch", "energiefonds", "open"))
    buttons = [each.data for row in card.buttons for each in row]
    assert [each for each in buttons if each.startswith("dashboard:switch")] == [
        "dashboard:switch.energiefonds.closed:0",
        "dashboard:switch.energiefonds.unknown:0",
    ]


@pytest.mark.parametrize("state", ["paused", "full"])
def test_a_partner_is_away_for_two_weeks_or_as_long_as_the_coordinator_says(
    sim: Simulator, ria: Person, state: str
) -> None:
    assert "tot en met woensdag 9 december" in dashboard(sim, ria, f"state.balans.{state}")
    for _ in range(2):
        assert "tot en met woensdag 2 december" in dashboard(sim, ria, "until.balans.1"), "a doubled tap adds nothing"
    assert settled(sim) == {"partner.balans.state": state, "partner.balans.until": "2026-12-02"}
    dashboard(sim, ria, "state.balans.open")
    assert settled(sim) == {"partner.balans.state": "open", "partner.balans.until": ""}


def test_a_partner_is_open_again_after_the_last_day(store: Store) -> None:
    clock = Clock()
    sim = Simulator(CONTENT, store, clock, username="koppelkans_bot")
    ria, fatma = simulated.member(sim, "coordinator", "telegram:2004", "Ria"), simulated.resident(sim)
    simulated.member(sim, "balans")
    dashboard(sim, ria, "state.balans.full")
    dashboard(sim, ria, "until.balans.1")
    clock.forward(days=7)
    (card,) = go(sim, fatma, *ALONE)
    assert "De sociaal makelaar (helpt mensen in de wijk)" in card.text, "the last day itself"
    clock.forward(days=1)
    (card,) = go(sim, fatma, "_back", "meet")
    assert "👥 Stichting Balans (mensen en activiteiten)" in card.text
    assert "Staat op: open" in dashboard(sim, ria, "partner.balans")


def test_the_coordinator_sees_what_nobody_filled_in_yet(sim: Simulator, ria: Person) -> None:
    lacking = list(gaps(CONTENT.charts, CONTENT.wijk, NOW.date()))
    (card,) = sim.hear(ria, DashboardTap("rest"))
    (button,) = (each for row in card.buttons for each in row if each.data.startswith("dashboard:gaps"))
    assert button.text == f"📝 Nog in te vullen: {len(lacking)}"
    told = dashboard(sim, ria, "gaps")
    assert "• Eten voor vandaag: nog geen telefoonnummer" in told
    assert "• De Plantage: nog geen adres" in told
    assert "Lang niet nagevraagd" in told
    assert "Bedragen: " in told
    assert told.count("•") == len(lacking)


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
        "until.balans.2",
        "until.nobody.2",
        "state.nobody.full",
        "switch.moon.on",
        "switch.energiefonds.on",
        "switch.energiefonds.full",
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
    assert CONTENT.words.phrase("nl", "coordinator.title", wijk="Smitsveen", open=1, waiting=1) in card.text
    assert "Fatma" not in str(card)
