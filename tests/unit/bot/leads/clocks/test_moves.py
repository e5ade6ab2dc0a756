"""Whatever is done with a lead, somebody must do what comes next, before a moment that is still to come."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.content.chores.waiting import LATE, store_command
from bot.demo.simulator import Person
from bot.leads.deadlines import office_hours, working_days
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import Blocked, StopHelpTap
from tests import simulated
from tests.simulated import CONTENT, NOW, Clock, go
from tests.unit.bot.screens.partner.room import Room

DAYS, BALANS = CONTENT.desk.days, CONTENT.wijk.partners["balans"]


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def waits(room: Room, lead: Lead) -> tuple[str | None, datetime | None]:
    now = simulated.lead(room.sim, lead.id)
    return now.owner, now.due_at


def later(room: Room, **by: int) -> datetime:
    assert isinstance(room.sim.handle.now, Clock)
    room.sim.handle.now.forward(**by)
    return room.sim.handle.now()


def test_who_is_next_and_before_when_follows_every_step_of_a_lead(room: Room) -> None:
    lead = room.handed_over()
    assert waits(room, lead) == ("inbox", lead.claim_by)
    room.do(room.ans, lead, "accept")
    assert waits(room, lead) == ("assignee", lead.contact_by)
    room.do(room.ans, lead, "contact")
    assert waits(room, lead) == ("assignee", working_days(NOW, DAYS["resolve"]))
    room.do(room.ans, lead, "fail.no_contact")
    assert waits(room, lead) == ("coordinator", working_days(NOW, DAYS["look"]))
    room.do(room.ria, lead, "reopen")
    assert waits(room, lead) == ("assignee", working_days(NOW, DAYS["look"])), "the day that the resident just read"
    room.do(room.ria, lead, "complete.helped")
    assert waits(room, lead) == (None, None)


def test_what_was_declined_lies_with_the_coordinator_until_they_say_what_became_of_it(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.no_capacity")
    fell = simulated.lead(room.sim, lead.id)
    assert (fell.closed_at, fell.inbox, fell.assignee) == (None, "coordinator", None)
    assert waits(room, lead) == ("coordinator", working_days(NOW, DAYS["find"]))
    room.fatma.news.clear()
    room.do(room.ria, lead, "end.elsewhere")
    ended = simulated.lead(room.sim, lead.id)
    assert (ended.status, ended.reason, ended.closed_at) == ("ended", "elsewhere", NOW)
    assert [lead.code in each.text for each in room.fatma.news] == [True]


def test_a_resident_can_stop_what_the_coordinator_has(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.no_capacity")
    sure = StopHelpTap(lead.token, simulated.place(room.sim, room.fatma).revision, sure=True)
    room.sim.hear(room.fatma, sure)
    assert simulated.lead(room.sim, lead.id).status == "withdrawn"


def test_a_day_that_passed_is_agreed_anew_and_one_that_is_to_come_stays(room: Room) -> None:
    lead = room.handed_over()
    later(room, days=4)
    room.do(room.ans, lead, "accept")
    assert waits(room, lead) == ("assignee", lead.contact_by)
    now = later(room, days=30)
    room.sim.hear(room.ans, Blocked(True))
    assert waits(room, lead) == ("inbox", lead.contact_by), "she reads no day with it: the clock tells her the next"
    room.fatma.news.clear()
    room.do(room.bep, lead, "accept")
    promised = working_days(now, BALANS.contact_days, BALANS)
    assert waits(room, lead) == ("assignee", promised)
    assert CONTENT.words.day("nl", promised.date()) in room.fatma.news[-1].text, "the resident reads the new day"


def test_what_cannot_wait_gets_office_hours_again(room: Room) -> None:
    lead = simulated.handed_over(room.sim, room.fatma)
    with room.sim.store.write() as tx:
        tx.exec_driver_sql("UPDATE leads SET urgent = true")
    room.do(room.ans, lead, "accept")
    now = later(room, days=9)
    room.sim.hear(room.ans, Blocked(True))
    assert waits(room, lead) == ("inbox", office_hours(now, BALANS.urgent_claim_hours, BALANS))


@pytest.mark.parametrize("taken", [False, True])
def test_when_nobody_reads_the_inbox_any_more_the_coordinator_is_next(room: Room, taken: bool) -> None:
    lead = room.handed_over()
    if taken:
        room.do(room.ans, lead, "accept")
    for member in (room.bep, room.ans):
        room.sim.hear(member, Blocked(True))
    now = simulated.lead(room.sim, lead.id)
    assert (now.inbox, now.owner, now.due_at) == ("coordinator", "coordinator", lead.claim_by)


def test_whoever_gave_up_reads_nothing_of_it_any_more_and_neither_do_those_who_looked(room: Room) -> None:
    lead = room.handed_over()

    def reading(person: Person) -> str:
        return str([each.text for each in person.chat.values()])

    for person in (room.bep, room.ans):
        go(room.sim, person, "view")
    room.do(room.ans, lead, "accept")
    room.sim.press(room.bep, None, simulated.under(lead, "view", 2))
    assert "Fatma" in reading(room.ans) + reading(room.bep)
    room.do(room.ans, lead, "fail.other")
    assert "Fatma" not in reading(room.ans) + reading(room.bep)
    for person in (room.ans, room.bep):
        assert CONTENT.words.phrase("nl", "desk.not_yours") == room.do(person, lead, "view")


def test_the_store_is_looked_through_for_leads_that_wait_for_nobody(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = room.handed_over()
    assert lead.due_at is not None
    assert store_command(room.sim.store, [CONTENT], NOW) == 0
    assert capsys.readouterr().out == "Every open lead waits for somebody: 1 leads.\n"
    assert store_command(room.sim.store, [CONTENT], lead.due_at + LATE) == 0
    capsys.readouterr()
    assert store_command(room.sim.store, [CONTENT], lead.due_at + 2 * LATE) == 1
    assert lead.code in capsys.readouterr().out
