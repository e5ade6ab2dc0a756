"""Yesterday's backup is put back: row numbers and short codes are given out again, and old cards still lie in chats."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.simulator import Person, Simulator
from db.store import Store, open_store
from tests import simulated
from tests.simulated import CONTENT, Clock, go


@pytest.fixture
def backup(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A store with Ans of Balans, Fatma and Karim, and a copy of its file from before anybody asked for help."""
    store = open_store(f"sqlite:///{tmp_path / 'today.db'}")
    store.migrate()
    sim = simulator(store)
    simulated.member(sim, "balans")
    simulated.resident(sim)
    simulated.resident(sim, "telegram:1002", "Karim")
    with sqlite3.connect(tmp_path / "today.db") as line:
        line.execute("VACUUM INTO ?", (str(tmp_path / "yesterday.db"),))
    line.close()
    copy = open_store(f"sqlite:///{tmp_path / 'yesterday.db'}")
    yield store, copy
    store.close()
    copy.close()


def simulator(store: Store, since: int = 0) -> Simulator:
    """The bot on this store; every lead that it makes gets the same code while that is free."""
    sim = Simulator(CONTENT, store, Clock(), choose=lambda alphabet: alphabet[0])
    sim._updates = since
    return sim


def everything_tapped(person: Person) -> dict[str, int]:
    """Every button that ever lay before somebody, with its message."""
    return {b.data: shown.id for shown in person.chat.values() for row in shown.buttons for b in row}


def test_a_tap_on_an_old_card_never_acts_on_another_lead_after_a_backup_is_put_back(
    backup: tuple[Store, Store],
) -> None:
    today, yesterday = backup
    sim = simulator(today, since=1000)
    fatma, ans = sim.person("telegram:1001", "Fatma"), sim.person("telegram:2001", "Ans")
    sim.type(fatma, "/menu")
    lost = simulated.handed_over(sim, fatma)
    old: dict[str, dict[str, int]] = {fatma.address: {}, ans.address: {}}

    def remember() -> None:
        for person in (fatma, ans):
            old[person.address] |= everything_tapped(person)

    for person, answer in (
        *((ans, answer) for answer in ("view", "decline")),
        *((ans, answer) for answer in ("view", "accept", "complete")),
        *((fatma, answer) for answer in ("_help", f"stop_help:{lost.token}")),
    ):
        remember()
        go(sim, person, answer)
    go(sim, ans, "view", "write")
    sim.type(ans, "Zal ik morgen bellen?")
    remember()
    assert len([data for data in old[ans.address] if lost.token in data]) > 10
    assert len([data for data in old[fatma.address] if lost.token in data]) >= 3

    sim = simulator(yesterday, since=2000)
    karim, fatma, ans = (
        sim.person(f"telegram:{number}", name) for number, name in ((1002, "Karim"), (1001, "Fatma"), (2001, "Ans"))
    )
    sim.type(karim, "/menu")
    found = simulated.handed_over(sim, karim)
    assert (found.id, found.code) == (lost.id, lost.code), "the same number and code as the lead that was lost"
    assert found.token != lost.token
    for person in (ans, fatma, karim):
        person.news.clear()
        for data in (old | {karim.address: old[fatma.address]})[person.address]:
            if lost.token in data:
                told = sim.press(person, None, data)
                assert not any("Karim" in each.text for each in told)
    sim.type(fatma, "dit is voor Ans")
    assert not any("dit is voor Ans" in each.text for each in ans.news)
    assert simulated.lead(sim, found.id) == found
