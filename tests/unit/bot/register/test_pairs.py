"""The koppelkans that reports itself: counts only, two are asked once a quarter, and the second yes makes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.demo.simulator import Person
from bot.leads.members.weekly import card
from bot.messages.ticks import LookAtLeads
from bot.messages.turn import Turn
from bot.register.pairs import OFTEN, monday, worries
from db import tables
from db.leads import leads
from db.leads.lead import Lead
from db.people.conversations import Conversation
from db.records.register import opportunities, pairs
from db.records.register.opportunities import Opportunity
from db.records.register.pairs import Pair
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import CONTENT, MONEY_AND_COLD, WIJK, go
from tests.unit.bot.register.wijk_room import Around

BALANS, EAS = (
    next(key for key, each in CONTENT.wijk.services.items() if each.partner == partner) for partner in ("balans", "eas")
)
PAIR = Pair("worries", "cold+company", f"{EAS}+{BALANS}")


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


def turn(around: Around, tx: Any) -> Turn:
    wijk = around.handle.wijk(tx, around.clock())
    return Turn(tx, LookAtLeads(), "", "", wijk, CONTENT.words, around.clock(), Conversation(""), None)


def monday_of(around: Around) -> date:
    with around.sim.store.read() as tx:
        return monday(turn(around, tx))


def came(around: Around, times: int, pair: Pair = PAIR) -> None:
    """This pair came together so often this week."""
    with around.sim.store.write() as tx:
        for _ in range(times):
            pairs.add(tx, WIJK, [pair], monday(turn(around, tx)))


def reported(around: Around) -> list[Opportunity]:
    return [each for each in around.open() if each.pair]


def counted(around: Around) -> list[tuple[Any, ...]]:
    with around.sim.store.read() as tx:
        return sorted(tuple(row) for row in tx.execute(sa.select(tables.pair_counts)))


def test_nine_are_nothing_and_ten_ask_both(around: Around) -> None:
    came(around, OFTEN - 1)
    around.ticks(hours=0)
    assert not reported(around)
    came(around, 3)
    around.ticks(hours=0)
    for person in (around.ans, around.omar):
        assert around.read(person).count("12 keer samen: kou en mensen.\nSamen iets proberen?") == 1
    assert "keer samen" not in around.read(around.ria) + around.read(around.noor)
    around.ticks(days=1)
    assert len(reported(around)) == 1


def test_the_second_yes_makes_it_with_the_first_as_its_owner(around: Around) -> None:
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    assert "Dan hoor je het" in around.taps(around.omar, "yes", one)
    assert (around.now(one).status, around.now(one).owner) == ("asked", "coordinator")
    around.hush()
    around.taps(around.ans, "yes", one)
    now = around.now(one)
    assert (now.status, now.owner, now.said("yes")) == ("running", "eas", ["eas", "balans"])
    assert (now.due_at - around.clock()).days in range(26, 29)
    assert "Stichting Balans doet ook mee" in around.read(around.omar)
    assert "kwam vaak samen" in around.taps(around.ria, "view", one)


def test_nobody_else_sees_the_question(around: Around) -> None:
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    for act in ("view", "yes", "no", "result"):
        around.taps(around.noor, act, one, "worked")
    assert around.now(one) == one
    assert "kou" not in around.read(around.noor)
    assert "open: 1" not in around.taps(around.ria, "list")


def test_not_now_ends_it_for_the_quarter_and_who_said_yes_hears_so(around: Around) -> None:
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    around.taps(around.ans, "yes", one)
    around.hush()
    around.taps(around.omar, "no", one)
    assert (around.now(one).status, around.now(one).result) == ("closed", "not_now")
    assert "doet nu niet mee" in around.read(around.ans)
    came(around, 12)
    around.ticks(days=1)
    assert not reported(around)


def test_it_is_asked_again_in_the_next_quarter_if_it_still_comes_together(around: Around) -> None:
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    around.taps(around.omar, "no", one)
    around.clock.forward(weeks=14)
    around.ticks(hours=0)
    assert not reported(around), "those of before do not count any more"
    came(around, 12)
    around.ticks(days=1)
    assert len(reported(around)) == 1


def test_silence_ends_it_and_only_the_coordinator_reads_so(around: Around) -> None:
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    around.hush()
    around.clock.moment = one.due_at
    around.ticks(hours=18)
    assert (around.now(one).status, around.now(one).result) == ("closed", "silent")
    assert not around.ans.news
    with around.sim.store.write() as tx:
        assert "Geen antwoord: Kou en mensen." in card(CONTENT, turn(around, tx)).text
    around.taps(around.ans, "yes", one)
    assert around.now(one).result == "silent"


def test_what_one_organisation_does_is_told_to_the_coordinator_alone(around: Around) -> None:
    came(around, 11, Pair("worries", "cold+company", f"{BALANS}+{BALANS}"))
    around.ticks(hours=0)
    assert not reported(around)
    assert "keer samen" not in around.read(around.ans)
    with around.sim.store.write() as tx:
        assert "11 keer samen: kou en mensen. Bij Stichting Balans." in card(CONTENT, turn(around, tx)).text


def test_worries_of_one_person_are_counted_once(around: Around) -> None:
    fatma = simulated.resident(around.sim)
    simulated.handed_over(around.sim, fatma, MONEY_AND_COLD, "all")
    assert counted(around) == [], "what one does alone is no pair"
    go(around.sim, fatma, "handoff.consent:yes")
    with around.sim.store.read() as tx:
        told = [(each.pair.kind, each.pair.pair, each.many) for each in pairs.totals(tx, WIJK, monday_of(around), 1)]
    assert told == [("services", "home_coach+money_buddy", 1), ("worries", "bills+cold", 1)]


def test_pairs_are_those_that_are_new() -> None:
    bills, cold, letter = ("a", "bills"), ("b", "cold"), ("c", "letter")
    assert [each.pair for each in worries([cold, bills], [])] == ["bills+cold"]
    assert [each.pair for each in worries([bills, cold, letter], [bills, cold])] == ["bills+letter", "cold+letter"]
    assert not [*worries([bills, ("b", "bills")], [("b", "bills")])]
    assert not [*worries([bills, cold], [bills, cold])]


def visit(around: Around, fatma: Person) -> list[Lead]:
    """Fatma asks for the visit of two; returns both leads."""
    simulated.handed_over(around.sim, fatma, MONEY_AND_COLD, "all")
    go(around.sim, fatma, "handoff.consent:yes")
    return simulated.leads_of(around.sim, fatma)[-2:]


def withdrawn(around: Around, fatma: Person, found: list[Lead]) -> None:
    """Fatma stops these, and stands before the list of worries again."""
    for at, lead in enumerate(found):
        ways = [f"{lead.token}:mine.view"] if at < len(found) - 1 else []
        go(around.sim, fatma, "_help", *ways, f"stop_help:{lead.token}", f"withdraw:{lead.token}")
    around.sim.type(fatma, "/start")


@pytest.mark.parametrize("order", [1, -1])
def test_who_asks_and_withdraws_again_and_again_makes_nothing_often(around: Around, order: int) -> None:
    fatma = simulated.resident(around.sim)
    for _ in range(3):
        withdrawn(around, fatma, visit(around, fatma)[::order])
        around.clock.forward(weeks=1)
    with around.sim.store.read() as tx:
        assert pairs.totals(tx, WIJK, monday_of(around) - timedelta(weeks=9), 1) == []
    visit(around, fatma)
    with around.sim.store.read() as tx:
        assert [each.many for each in pairs.totals(tx, WIJK, monday_of(around), 1)] == [1, 1]


def test_what_is_withdrawn_after_a_quarter_takes_nothing_back_of_others(around: Around) -> None:
    fatma, samira = simulated.resident(around.sim), simulated.resident(around.sim, "telegram:1002", "Samira")
    old = visit(around, fatma)
    around.clock.forward(weeks=14)
    visit(around, samira)
    before = counted(around)
    withdrawn(around, fatma, old)
    assert counted(around) == before
    assert sum(row[-1] for row in before) == 4


def test_of_one_resident_a_pair_counts_once_in_a_quarter(around: Around) -> None:
    fatma = simulated.resident(around.sim)
    for weeks, times in ((0, 1), (7, 1), (14, 2)):
        around.clock.forward(weeks=weeks)
        with around.sim.store.write() as tx:
            ends: dict[str, Any] = {"next": None, "now": around.clock(), "actor": "partner"}
            for lead in simulated.leads_of(around.sim, fatma):
                if lead.closed_at is None:
                    leads.move(tx, WIJK, lead.id, lead.version, "completed", **ends)
        around.sim.type(fatma, "/start")
        visit(around, fatma)
        assert [row[-1] for row in counted(around)] == [1, 1] * times


def test_an_erasure_changes_no_count_and_no_koppelkans(around: Around) -> None:
    came(around, 12)
    fatma = simulated.resident(around.sim)
    simulated.handed_over(around.sim, fatma)
    around.ticks(hours=0)
    (one,) = reported(around)
    around.taps(around.ans, "yes", one)
    before, was = counted(around), around.now(one)
    for person in (fatma, around.ans):
        around.sim.type(person, "/verwijder")
        go(around.sim, person, "erase:yes")
    assert counted(around) == before
    assert fatma.id not in str(before) + str(was)


def test_of_two_services_that_did_these_worries_nobody_is_asked_again(around: Around) -> None:
    came(around, 12)
    came(around, 12, Pair("services", f"{BALANS}+{EAS}", f"{BALANS}+{EAS}"))
    around.ticks(hours=0)
    assert [each.title for each in reported(around)] == ["worries"]


def test_two_services_of_which_nobody_knows_the_worries_name_their_organisations(around: Around) -> None:
    came(around, 12, Pair("services", f"{BALANS}+{EAS}", f"{BALANS}+{EAS}"))
    around.ticks(hours=0)
    assert "12 keer samen: Stichting Balans en Energie Actief Soest." in around.read(around.ans)


def test_old_weeks_do_not_count(around: Around) -> None:
    with around.sim.store.write() as tx:
        this = monday(turn(around, tx))
        for _ in range(12):
            pairs.add(tx, WIJK, [PAIR], this - timedelta(weeks=13))
    around.ticks(hours=0)
    assert not reported(around)
    with around.sim.store.read() as tx:
        assert opportunities.reported(tx, WIJK, around.clock() - timedelta(weeks=13)) == []


def test_many_questions_at_once_are_found_in_the_register(around: Around) -> None:
    five = ("cold+company", "cold+letter", "company+letter", "bills+cold", "bills+damp")
    for each in five:
        came(around, 12, Pair("worries", each, f"{EAS}+{BALANS}"))
    around.ticks(hours=0)
    assert "5 berichten" in around.read(around.ans), "so many become one notice, without their buttons"
    assert "❓ Vragen aan jullie: 5" in around.taps(around.ans, "list")
    marked = [row[0].text for row in around.ans.news[-1].buttons if row[0].text.startswith("❓")]
    assert len(marked) == len(five)
    go(around.sim, around.ans, *(f"{each.token}:view" for each in reported(around)[:1]), "register.no.balans")
    assert "❓ Vragen aan jullie: 4" in around.taps(around.ans, "list")
    assert "❓" not in around.taps(around.noor, "list")


def test_a_coordinator_with_another_role_comes_between_no_two(around: Around) -> None:
    simulated.joins(around.sim, around.ria, "hiphelpt")
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    around.taps(around.ria, "view", one)
    assert "🤝 Wij doen mee" not in [row[0].text for row in around.ria.news[-1].buttons]
    around.taps(around.ria, "yes", one)
    around.taps(around.ria, "yes", one, "hiphelpt")
    assert around.now(one) == one


def test_who_tries_something_for_it_is_not_asked_again(around: Around) -> None:
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    around.taps(around.omar, "yes", one)
    around.taps(around.ans, "yes", one)
    around.clock.forward(weeks=14)
    came(around, 12)
    around.ticks(hours=0)
    assert reported(around) == [around.now(one)]


def test_who_said_yes_hears_that_the_other_is_gone(around: Around) -> None:
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    around.taps(around.omar, "yes", one)
    around.hush()
    around.sim.hear(around.ans, Blocked(True))
    assert around.now(one).status == "closed"
    assert "Stichting Balans doet nu niet mee" in around.read(around.omar)


def test_who_is_at_both_is_asked_once_and_answers_for_each(around: Around) -> None:
    simulated.joins(around.sim, around.ans, "eas")
    came(around, 12)
    around.ticks(hours=0)
    (one,) = reported(around)
    assert around.read(around.ans).count("keer samen") == 1
    asked = next(each for each in reversed(around.ans.chat.values()) if "keer samen" in each.text)
    for _ in range(2):
        around.sim.press(around.ans, asked.id, asked.buttons[0][0].data)
    assert around.now(one).said("yes") == ["eas"]
    go(around.sim, around.ans, "register.yes.balans")
    assert around.now(one).status == "running"
