"""What happens to a koppelkans: who is told, and that it always has an owner and a review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.handle import Handle
from bot.leads.deadlines import works
from bot.messages.taps.members import RegisterTap
from bot.register import moves
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.script import without
from tests.simulated import CONTENT, NOW, go
from tests.unit.bot.register.wijk_room import Around


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


def test_one_is_named_with_its_owner_and_a_review_in_four_weeks(around: Around) -> None:
    one = around.named(around.noor)
    assert (one.status, one.owner, one.said("yes")) == ("named", "connector", ["connector"])
    assert (one.due_at - NOW).days in range(27, 29)
    assert one.asked_at is None


@pytest.mark.parametrize("weeks", moves.WEEKS)
def test_a_review_is_on_a_working_day_at_nine(weeks: int) -> None:
    due = moves.review_at(datetime(2026, 11, 27, 22, 0, tzinfo=UTC), weeks)
    assert works(due.date())
    assert (due.hour, due.minute) == (9, 0)


def test_the_second_yes_makes_it_run_and_its_owner_hears_so(around: Around) -> None:
    one = around.named(around.ans)
    around.taps(around.ans, "where", one, "session")
    around.taps(around.ans, "party", one, "eas")
    assert "Samen op huisbezoek" in around.read(around.omar)
    assert around.now(one).status == "named"
    around.hush()
    around.taps(around.omar, "yes", one)
    assert around.now(one).status == "running"
    assert "Energie Actief Soest doet mee" in around.read(around.ans)


def test_a_no_is_told_and_may_become_a_yes_later(around: Around) -> None:
    one = around.named(around.ans)
    around.taps(around.ans, "where", one, "session")
    around.taps(around.ans, "party", one, "eas")
    around.taps(around.omar, "no", one)
    assert around.now(one).said("no") == ["eas"]
    assert "doet nu niet mee" in around.read(around.ans)
    around.taps(around.omar, "yes", one)
    assert (around.now(one).status, around.now(one).said("no")) == ("running", [])


def test_an_answer_twice_is_told_once(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.omar, "yes", one)
    assert not around.ans.news
    assert around.now(one).version == one.version


def test_slowly_is_looked_at_sooner_and_the_weeks_can_be_chosen(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.ans, "review", one, "slow")
    assert (around.now(one).mood, (around.now(one).due_at - NOW).days) == ("slow", 13)
    around.taps(around.ans, "weeks", one, "8")
    assert (around.now(one).due_at - NOW).days == 55


def test_the_result_ends_it_and_everybody_in_it_reads_so(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.ans, "result", one, "partly")
    assert (around.now(one).status, around.now(one).result) == ("closed", "partly")
    assert "een beetje gelukt" in around.read(around.omar)
    assert not around.open()


def test_when_the_last_member_of_its_owner_leaves_another_party_goes_on(around: Around) -> None:
    one = around.running(around.noor, around.omar, "eas")
    before = around.now(one)
    around.sim.hear(around.noor, Blocked(True))
    now = around.now(one)
    assert (now.owner, now.said("yes"), now.due_at) == ("eas", ["eas"], before.due_at)
    assert "Jullie houden dit nu bij" in around.read(around.omar)


def test_when_nobody_else_said_yes_the_coordinator_goes_on(around: Around) -> None:
    one = around.named(around.noor)
    around.sim.hear(around.noor, Blocked(True))
    assert around.now(one).owner == "coordinator"
    assert "Jullie houden dit nu bij" in around.read(around.ria)


def test_a_party_that_leaves_is_no_party_any_more(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.sim.hear(around.omar, Blocked(True))
    assert (around.now(one).owner, around.now(one).party("eas")) == ("balans", None)


def test_while_a_colleague_reads_on_nothing_changes(around: Around) -> None:
    simulated.member(around.sim, "balans", "telegram:2002", "Bep")
    one = around.running(around.ans, around.omar, "eas")
    around.sim.hear(around.ans, Blocked(True))
    assert around.now(one) == one


def test_a_partner_that_leaves_the_wijk_hands_over_what_it_owned(around: Around) -> None:
    one = around.running(around.omar, around.ans, "balans")
    old = around.sim.handle
    around.sim.content = without(CONTENT, "eas")
    around.sim.handle = Handle(around.sim.content, old.store, now=old.now)
    around.ticks(hours=18)
    now = around.now(one)
    assert (now.owner, now.said("yes"), now.status) == ("balans", ["balans"], "named")


def test_an_old_button_takes_back_no_yes(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.omar, "no", one)
    around.taps(around.ans, "no", one)
    assert around.now(one) == one


def test_a_member_who_erases_themselves_leaves_no_trace_in_it(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.sim.type(around.ans, "/verwijder")
    go(around.sim, around.ans, "yes")
    assert around.now(one).owner == "eas"
    assert around.ans.id not in str(simulated.everything(around.sim.store)["opportunities"])


def test_a_double_tap_answers_for_no_second_organisation(around: Around) -> None:
    simulated.joins(around.sim, around.omar, "hiphelpt")
    one = around.named(around.ans)
    around.taps(around.ans, "where", one, "session")
    around.taps(around.ans, "party", one, "eas")
    asked = next(each for each in reversed(around.omar.chat.values()) if "Doen jullie mee" in each.text)
    for _ in range(2):
        around.sim.press(around.omar, asked.id, asked.buttons[0][0].data)
    assert around.now(one).said("yes") == ["balans", "eas"]
    around.taps(around.omar, "view", one)
    go(around.sim, around.omar, "register.yes.hiphelpt")
    assert around.now(one).said("yes") == ["balans", "eas", "hiphelpt"]


def test_a_button_of_another_organisation_answers_for_nobody(around: Around) -> None:
    one = around.named(around.ans)
    around.taps(around.ans, "where", one, "session")
    around.taps(around.ans, "party", one, "eas")
    before = around.now(one)
    around.taps(around.noor, "yes", one, "eas")
    around.taps(around.ans, "no", one, "eas")
    assert around.now(one) == before


@pytest.mark.parametrize("state", ["named", "where", "running", "asked", "overdue"])
@pytest.mark.parametrize("way", ["block", "leave", "erase"])
def test_whoever_goes_at_whatever_moment_somebody_owns_it_and_is_asked(around: Around, way: str, state: str) -> None:
    one = around.named(around.ans)
    if state != "named":
        around.taps(around.ans, "where", one, "street")
    if state in ("running", "asked", "overdue"):
        around.taps(around.ans, "party", one, "eas")
        around.taps(around.omar, "yes", one)
    if state in ("asked", "overdue"):
        around.clock.moment = around.now(one).due_at
        around.ticks(days=8 if state == "overdue" else 0)
    if way == "block":
        around.sim.hear(around.ans, Blocked(True))
    elif way == "leave":
        around.sim.type(around.ans, "/postvak")
        go(around.sim, around.ans, "desk:settings", "leave", "leave_sure")
    else:
        around.sim.type(around.ans, "/verwijder")
        go(around.sim, around.ans, "erase:yes")
    heir = around.ria if state in ("named", "where") else around.omar
    now = around.now(one)
    assert (now.owner, now.party("balans")) == ("coordinator" if heir is around.ria else "eas", None)
    around.hush()
    around.clock.moment = max(now.due_at, around.clock()) + timedelta(days=14)
    around.ticks()
    assert around.read(heir).count("Hoe gaat het?") == 1


def test_two_who_answer_in_one_moment_are_both_heard(around: Around) -> None:
    one = around.named(around.ans)
    around.taps(around.ans, "where", one, "street")
    around.taps(around.ans, "party", one, "eas")
    around.taps(around.ans, "party", one, "connector")
    now = around.now(one)
    eas, connector = (RegisterTap("yes", one.token, each, now.version) for each in ("eas", "connector"))
    ends = RegisterTap("result", one.token, "worked", now.version + 2)
    late = RegisterTap("result", one.token, "failed", now.version + 2)
    said = [(around.omar, eas), (around.noor, connector), (around.omar, eas), (around.ans, ends), (around.ria, late)]
    around.sim.hear_all([(person, tap, None) for person, tap in said])
    now = around.now(one)
    assert (now.said("yes"), now.result) == (["balans", "eas", "connector"], "worked")
