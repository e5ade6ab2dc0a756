"""Joining by an invitation: once, by one person, in one wijk, within its days, into a role that may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.simulator import Simulator
from bot.handle import Handle
from bot.messages.message import Incoming, Outgoing
from bot.messages.taps.buttons import decode
from bot.messages.taps.members import DashboardTap, InboxTap
from bot.messages.taps.residents import HideTap
from db.people import invitations, members
from db.records import audit
from db.store import Store
from flows.model.heard import ChartTap, Command
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, Clock
from tests.unit.bot.screens.partner.room import Room
from tests.unit.db.examples import together


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def test_an_invitation_works_once_for_one_person(room: Room) -> None:
    code = simulated.invitation(room.sim, "balans")
    first = room.sim.person("telegram:3001", "Cor")
    second = room.sim.person("telegram:3002", "Dirk")
    room.sim.type(first, f"/start i_{code}")
    news = room.sim.type(second, f"/start i_{code}")
    assert news[0].text == CONTENT.words.phrase("nl", "notices.invitation_used")
    assert room.sim.type(second, "/postvak")[0].text == CONTENT.words.phrase("nl", "desk.no_member")
    assert "Balans" in room.sim.type(first, "/postvak")[0].text


@pytest.mark.both_stores
def test_two_who_use_one_invitation_at_the_same_moment_one_comes_in(store: Store) -> None:
    sim = simulated.simulator(store)
    code = simulated.invitation(sim, "balans")
    bots = [Handle(CONTENT, store, now=Clock()) for _ in range(2)]

    def join(bot: Handle, id: int, who: str) -> list[Outgoing]:
        return bot([Incoming("telegram", id, who, who, Command("start", f"i_{code}"))])

    together([lambda: join(bots[0], 1, "telegram:3001"), lambda: join(bots[1], 2, "telegram:3002")])
    assert len(simulated.everything(store)["memberships"]) == 1


def test_an_invitation_ends_after_two_weeks(store: Store) -> None:
    sim = Simulator(CONTENT, store, clock := Clock())
    code = simulated.invitation(sim, "balans")
    clock.forward(days=14)
    (told, *_) = sim.type(sim.person("telegram:3001", "Cor"), f"/start i_{code}")
    assert told.text == CONTENT.words.phrase("nl", "notices.invitation_used")


def test_no_invitation_spells_a_word_of_danger(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = simulated.simulator(store)
    cor = sim.person("telegram:3001", "Cor")
    (danger,) = sim.type(cor, "/start i_SUF6AGCFZQ2G")
    assert "112" in danger.text, "whatever comes in is read for danger first"
    drawn: set[str] = set()

    def last(letters: str) -> str:
        drawn.update(letters)
        return letters[-1]

    monkeypatch.setattr("db.people.invitations.dice.choice", last)
    sim.type(cor, f"/start i_{simulated.invitation(sim, 'balans')}")
    with store.read() as tx:
        assert [each.organisation for each in members.of(tx, WIJK, cor.id)] == ["balans"]
    assert drawn.isdisjoint("AEIOUY")


def test_an_invitation_of_one_wijk_opens_no_other(store: Store) -> None:
    sim = simulated.simulator(store)
    with store.write() as tx:
        code = invitations.make(tx, "elders", "balans", "partner", None, NOW)
    (told, *_) = sim.type(sim.person("telegram:3001", "Cor"), f"/start i_{code}")
    assert told.text == CONTENT.words.phrase("nl", "notices.invitation_used")


def test_the_table_decides_into_which_role_somebody_joins(store: Store) -> None:
    desk = replace(CONTENT.desk, acts={**CONTENT.desk.acts, "join": ("coordinator",)})
    sim = Simulator(replace(CONTENT, desk=desk), store, Clock())
    cor, ria = sim.person("telegram:3001", "Cor"), sim.person("telegram:3002", "Ria")
    (told, *_) = sim.type(cor, f"/start i_{simulated.invitation(sim, 'balans')}")
    assert told.text == CONTENT.words.phrase("nl", "notices.invitation_used")
    sim.type(ria, f"/start i_{simulated.invitation(sim, 'coordinator')}")
    with store.read() as tx:
        assert not members.of(tx, WIJK, cor.id)
        assert [each.role for each in members.of(tx, WIJK, ria.id)] == ["coordinator"]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_whoever_joins_keeps_the_language_that_they_chose_and_gets_dutch_when_they_chose_none(
    room: Room, language: str
) -> None:
    room.sim.press(room.fatma, room.fatma.card.id, f"language:{language}:0")
    room.sim.type(room.fatma, f"/start i_{simulated.invitation(room.sim, 'eas')}")
    assert simulated.place(room.sim, room.fatma).language == language
    assert simulated.place(room.sim, room.ans).language == "nl"


@pytest.mark.parametrize(
    ("organisation", "key", "ways"),
    [
        ("eas", "joined", [InboxTap, ChartTap, HideTap]),
        ("coordinator", "joined_coordinator", [DashboardTap, InboxTap, ChartTap, HideTap]),
    ],
)
def test_whoever_joins_is_told_what_they_are_now_and_finds_their_way(
    room: Room, organisation: str, key: str, ways: list[type]
) -> None:
    dirk = room.sim.person("telegram:3001", "Dirk")
    (told,) = room.sim.type(dirk, f"/start i_{simulated.invitation(room.sim, organisation)}")
    assert told.text == CONTENT.words.phrase(
        "nl", f"desk.{key}", partner="Energie Actief Soest", wijk=CONTENT.wijk.name
    )
    assert [type(decode(b.data)) for row in told.buttons for b in row] == ways
    with room.sim.store.read() as tx:
        assert [each.what for each in audit.since(tx, WIJK, NOW) if each.actor == dirk.id] == ["member.joined"]


def test_whoever_joins_an_inbox_that_nobody_read_gets_the_next_lead_at_once(store: Store) -> None:
    """What is remembered of who reads which inbox is read again: nobody waits for it."""
    sim = simulated.simulator(store)
    assert simulated.handed_over(sim, simulated.resident(sim)).inbox == "coordinator"
    simulated.member(sim, "balans")
    assert simulated.handed_over(sim, simulated.resident(sim, "telegram:1002", "Karim")).inbox == "balans"
