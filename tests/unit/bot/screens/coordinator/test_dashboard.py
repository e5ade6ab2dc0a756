"""The coordinator's dashboard: invitations, who is open, and the switches of the wijk; for nobody else."""

from __future__ import annotations

import re

import pytest

from bot.demo.simulator import Person, Table
from bot.messages.buttons import DashboardTap
from db.records import audit, switches
from db.store import Store
from flows.model.heard import Command
from tests import seated
from tests.seated import ALONE, CONTENT, NOW, WIJK, Clock, go

ACTS = (
    *("home", "partner.goos", "state.goos.full", "invite.goos", "invite_coordinator"),
    *("switch.energiefonds_open.on", "nonsense", ""),
)
CODE = re.compile(r"start[= ](i_[0-9A-Z]{12})")


@pytest.fixture
def at(store: Store) -> Table:
    return Table(CONTENT, store, Clock(), username="koppelkans_bot")


@pytest.fixture
def ria(at: Table) -> Person:
    return seated.member(at, "coordinator", "telegram:2004", "Ria")


def dashboard(at: Table, person: Person, answer: str) -> str:
    """Tap this on the dashboard; gives what the person then reads."""
    act, subject, value = (*answer.split("."), "", "")[:3]
    return "\n".join(each.text for each in at.hear(person, DashboardTap(act, subject, value)))


def settled(at: Table) -> dict[str, object]:
    with at.store.read() as tx:
        return switches.all(tx, WIJK)


def test_the_dashboard_shows_every_partner_and_every_switch_with_a_button(at: Table, ria: Person) -> None:
    (card,) = at.type(ria, "/coordinator")
    buttons = [each.data for row in card.buttons for each in row]
    assert {f"dashboard:partner.{key}:0" for key in CONTENT.wijk.partners} <= set(buttons)
    assert "dashboard:switch.energiefonds_open.on:0" in buttons


@pytest.mark.parametrize("answer", ACTS)
def test_the_dashboard_is_closed_to_everybody_else(at: Table, answer: str) -> None:
    ans = seated.member(at, "balans")
    fatma = seated.resident(at)
    before = settled(at), seated.everything(at.store)["invitations"]
    assert dashboard(at, ans, answer) == CONTENT.words.phrase("nl", "coordinator.not_coordinator")
    assert dashboard(at, fatma, answer) == CONTENT.words.phrase("nl", "desk.no_member")
    assert (settled(at), seated.everything(at.store)["invitations"]) == before


def test_the_command_is_closed_to_everybody_else(at: Table) -> None:
    ans = seated.member(at, "balans")
    (told,) = at.hear(ans, Command("coordinator"))
    assert told.text == CONTENT.words.phrase("nl", "coordinator.not_coordinator")


@pytest.mark.parametrize(("answer", "partner"), [("invite.balans", "balans"), ("invite_coordinator", "coordinator")])
def test_a_link_makes_one_person_a_member_of_what_it_says(at: Table, ria: Person, answer: str, partner: str) -> None:
    found = CODE.search(dashboard(at, ria, answer))
    assert found
    cor = at.sit("telegram:3001", "Cor")
    at.type(cor, f"/start {found[1]}")
    dirk = at.sit("telegram:3002", "Dirk")
    at.type(dirk, f"/start {found[1]}")
    members = seated.everything(at.store)["memberships"]
    assert [row for row in members if cor.id in row and f"'{partner}'" in row]
    assert not [row for row in members if dirk.id in row]


def test_a_link_is_shown_once_and_cannot_be_read_back(at: Table, ria: Person) -> None:
    found = CODE.search(dashboard(at, ria, "invite.balans"))
    assert found
    assert seated.found(at.store, found[1][2:]) == []


@pytest.mark.parametrize("state", ["paused", "full"])
def test_a_partner_that_is_away_is_replaced_by_the_next_and_named(at: Table, ria: Person, state: str) -> None:
    """Pitfall 35."""
    seated.member(at, "balans")
    dashboard(at, ria, f"state.balans.{state}")
    fatma = seated.resident(at)
    (card,) = go(at, fatma, *ALONE)
    assert CONTENT.words.phrase("nl", f"offer.{state}", partner="Stichting Balans") in card.text
    assert "Wie: de sociaal makelaar" in card.text
    dashboard(at, ria, "state.balans.open")
    (again,) = go(at, fatma, "_back", "meet")
    assert "Wie: iemand van Stichting Balans" in again.text


def test_a_switch_is_turned_and_turned_back_at_once(at: Table, ria: Person) -> None:
    for value, on in (("on", True), ("on", True), ("off", False), ("off", False)):
        dashboard(at, ria, f"switch.energiefonds_open.{value}")
        assert settled(at)["switch.energiefonds_open"] is on, "a doubled tap changes nothing"


def test_what_the_coordinator_sets_outlives_the_bot(at: Table, ria: Person) -> None:
    dashboard(at, ria, "state.balans.full")
    reborn = seated.table(at.store, since=1000)
    (card,) = go(reborn, seated.resident(reborn), *ALONE)
    assert CONTENT.words.phrase("nl", "offer.full", partner="Stichting Balans") in card.text


def test_another_bot_on_the_same_store_knows_within_five_seconds(at: Table, ria: Person) -> None:
    clock = Clock()
    other = seated.table(at.store, clock, since=1000)
    fatma = seated.resident(other)
    dashboard(at, ria, "state.balans.full")
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
def test_a_button_that_the_dashboard_never_drew_changes_nothing(at: Table, ria: Person, answer: str) -> None:
    before = settled(at), len(seated.everything(at.store)["invitations"])
    assert dashboard(at, ria, answer)
    assert (settled(at), len(seated.everything(at.store)["invitations"])) == before


def test_what_a_coordinator_does_is_written_down_without_content(at: Table, ria: Person) -> None:
    dashboard(at, ria, "state.balans.full")
    dashboard(at, ria, "invite.goos")
    with at.store.read() as tx:
        done = [(each.actor, each.what) for each in audit.since(tx, WIJK, NOW)]
    assert done[-2:] == [(ria.id, "set.partner.balans.state"), (ria.id, "invitation.made")]


def test_the_dashboard_counts_what_waits_and_never_names_anybody(at: Table, ria: Person) -> None:
    fatma = seated.resident(at)
    seated.handed_over(at, fatma)
    (card,) = at.type(ria, "/coordinator")
    assert CONTENT.words.phrase("nl", "coordinator.title", wijk="Smitsveen", open=1, waiting=1) == card.text
    assert "Fatma" not in str(card)
