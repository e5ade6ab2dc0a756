"""People tap whatever in the register, leave and come back: each open koppelkans has an owner and a review."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from bot.messages.taps.members import RegisterTap
from bot.register import moves
from bot.screens.register.screen import OF_ITS_OWNER
from db.records.register import opportunities
from db.records.register.opportunities import Opportunity
from db.store import Store
from flows.model.heard import Blocked
from flows.model.wijk import CONNECTOR, COORDINATOR
from tests.simulated import CONTENT, WIJK
from tests.unit.bot.register.wijk_room import Around

ACTS = ("view", "yes", "no", "list", "closed", *OF_ITS_OWNER)
VALUES = ("", "visit", "street", "balans", "eas", "connector", "good", "slow", "2", "8", "worked", "stopped")
HERE = [*CONTENT.wijk.partners, CONNECTOR, COORDINATOR]


class Weeks(Around):
    """Some weeks of Ans, Omar, Noor and Ria; every choice comes from one seed."""

    def __init__(self, store: Store, seed: int) -> None:
        super().__init__(store)
        self.dice, self.people = Random(seed), [self.ans, self.omar, self.noor, self.ria]
        self.ended: dict[int, Opportunity] = {}
        self.asked = self.owners = 0

    def somebody_taps(self) -> None:
        """Any button of any version, by anybody."""
        person, found = self.dice.choice(self.people), self.open()
        if not found or (len(found) < 9 and self.dice.random() < 0.2):
            self.sim.hear(person, RegisterTap("make", value=self.dice.choice(["visit", "food", "nothing"])))
            return
        one, act, value = self.dice.choice(found), self.dice.choice(ACTS), self.dice.choice(VALUES)
        self.sim.hear(person, RegisterTap(act, one.token, value, one.version - (self.dice.random() < 0.2)))
        if self.now(one).closed_at is not None:
            self.ended[one.id] = self.now(one)
            assert self.ended[one.id].result in (*moves.RESULTS, moves.STOPPED)

    def somebody_goes_or_comes(self) -> None:
        self.sim.hear(self.dice.choice(self.people[:3]), Blocked(self.dice.random() < 0.4))

    def hours_pass(self) -> None:
        before = {one.id: one for one in self.open()}
        self.ticks(hours=self.dice.randint(0, 12))
        for one in self.open():
            self.asked += one.asked_at is not None and before[one.id].asked_at is None

    def holds(self) -> None:
        """What must be true at any moment."""
        for one in self.open():
            assert one.owner in HERE
            assert one.status in ("named", "running")
            assert one.result is None
            names = [each.organisation for each in one.parties]
            assert len(names) == len(set(names))
            assert (one.status == "running") == (len(one.said("yes")) >= 2)
            self.owners += one.owner == COORDINATOR
        for id, was in self.ended.items():
            now = self.now(was)
            assert (now.status, now.result, now.parties) == ("closed", was.result, was.parties), id
        with self.sim.store.read() as tx:
            late = self.clock() - timedelta(days=10)  # Christmas, with a weekend behind it
            assert opportunities.stuck(tx, WIJK, HERE, late) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_each_open_koppelkans_keeps_an_owner_and_a_review(store: Store, seed: int) -> None:
    weeks = Weeks(store, seed)
    for _ in range(300):
        weeks.somebody_taps()
        if weeks.dice.random() < 0.1:
            weeks.somebody_goes_or_comes()
        if weeks.dice.random() < 0.7:
            weeks.hours_pass()
        weeks.holds()
        for person in weeks.people:
            person.news.clear()
    assert weeks.ended
    assert weeks.asked
    assert weeks.owners, "some fell to the coordinator"
