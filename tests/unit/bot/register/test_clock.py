"""Owners are asked how it goes, in working hours and once; who does not answer comes up with the coordinator."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.content.chores.waiting import LATE, store_command
from bot.leads.members.weekly import card
from bot.messages.ticks import LookAtLeads
from bot.messages.turn import Turn
from db.people.conversations import Conversation
from db.records.register import opportunities
from db.store import Store
from flows.model.wijk import CONNECTOR, COORDINATOR
from tests.simulated import CONTENT, WIJK
from tests.unit.bot.register.wijk_room import Around


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


def test_the_owner_is_asked_on_its_day_and_once(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.clock.moment = one.due_at - timedelta(hours=3)
    around.ticks()
    assert "Hoe gaat het?" not in around.read(around.ans)
    around.ticks(hours=1)
    assert around.read(around.ans).count("Hoe gaat het?") == 1
    around.ticks(hours=1)
    assert around.read(around.ans).count("Hoe gaat het?") == 1
    assert "Hoe gaat het?" not in around.read(around.omar)


def test_nobody_is_asked_at_night_or_on_a_free_day(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.clock.moment = one.due_at + timedelta(hours=12)
    around.ticks()
    assert around.now(one).asked_at is None
    around.clock.moment = one.due_at.replace(month=12, day=26)
    around.ticks()
    assert around.now(one).asked_at is None
    around.ticks(days=2)
    assert around.now(one).asked_at is not None


def test_after_a_week_without_an_answer_it_comes_first_and_stands_in_the_list_of_the_week(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.clock.moment = one.due_at
    around.ticks()
    other = around.named(around.ria, "food")
    around.ticks(days=7)
    told = around.taps(around.ria, "list")
    assert "Vaker het net ophalen: 1" in told
    assert around.ria.news[-1].buttons[0][0].text.startswith("⏰ Samen op huisbez")
    with around.sim.store.write() as tx:
        wijk = around.handle.wijk(tx, around.clock())
        turn = Turn(tx, LookAtLeads(), "", "", wijk, CONTENT.words, around.clock(), Conversation(""), None)
        assert "vaker het net ophalen.\nSamen op huisbezoek" in card(CONTENT, turn).text
        assert opportunities.stuck(tx, WIJK, [*wijk.partners, CONNECTOR, COORDINATOR], around.clock()) == []
    around.taps(around.ans, "review", one, "good")
    assert "Vaker" not in around.taps(around.ria, "list")
    assert other.owner == "coordinator"


def test_an_owner_at_which_nobody_reads_hands_over_before_anybody_is_asked(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    with around.sim.store.write() as tx:
        opportunities.change(tx, WIJK, one, owner="hiphelpt")
    around.clock.moment = one.due_at
    around.ticks()
    assert around.now(one).owner == "balans"
    assert "Hoe gaat het?" in around.read(around.ans)


def test_one_that_nobody_is_asked_about_is_named_by_the_check(around: Around) -> None:
    one = around.named(around.ans)
    with around.sim.store.read() as tx:
        assert opportunities.stuck(tx, WIJK, ["balans"], one.due_at + timedelta(days=1)) == [one.token]
        assert opportunities.stuck(tx, WIJK, ["eas"], one.due_at) == [one.token]
        assert opportunities.stuck(tx, WIJK, ["balans"], one.due_at) == []


def test_the_check_of_the_store_finds_one_that_no_clock_looked_at(
    around: Around, capsys: pytest.CaptureFixture[str]
) -> None:
    one = around.named(around.ans)
    assert store_command(around.sim.store, [CONTENT], one.due_at) == 0
    assert store_command(around.sim.store, [CONTENT], one.due_at + 2 * LATE) == 1
    assert f"[{one.token}]: nobody is asked how this koppelkans goes" in capsys.readouterr().out


def test_nobody_is_late_who_was_not_asked(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.clock.moment = one.due_at + timedelta(days=12)  # nothing ran for so long
    assert "Vaker" not in around.taps(around.ria, "list")
    around.ticks()
    assert around.read(around.ans).count("Hoe gaat het?") == 1
    assert "Vaker" not in around.taps(around.ria, "list")
    around.ticks(days=8)
    assert "Vaker het net ophalen: 1" in around.taps(around.ria, "list")
