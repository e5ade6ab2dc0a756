"""The ladder: one question, one word to the coordinator, and then it is theirs. The resident hears of every day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.content.loaded import ZONE
from bot.demo.simulator import Person
from bot.handle import Handle
from bot.leads.clocks.ladder import MOST
from bot.leads.clocks.look import PROOF
from bot.leads.clocks.times import SLEEPS, WAKES, asks_at, awake, first_look, next_morning, second_moment
from bot.leads.deadlines import working_days, works
from bot.leads.recipients import MANY
from bot.messages.message import Outgoing
from bot.messages.ticks import LookAtLeads
from db import tables
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import StopHelpTap
from tests import simulated
from tests.simulated import CONTENT, NOW, Clock
from tests.unit.bot.screens.partner.room import Room, put

BALANS = CONTENT.wijk.partners["balans"]
MINUTE = timedelta(minutes=1)


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", key, **fields)


class Street(Room):
    """The room, with a clock that ticks: `until` looks at the leads every half hour, as the bot does every minute."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.clock = self.sim.handle.now
        assert isinstance(self.clock, Clock)

    def tick(self) -> list[Outgoing]:
        """Look at once at all leads at which it is time to look; gives what was sent, without the list of the week."""
        out: list[Outgoing] = []
        while not (done := self.sim.handle.tick(LookAtLeads())).all_done:
            out += [each for each in done.messages if each.replaces != "week"]
            self.sim.deliver(list(done.messages))
        return out

    def until(self, moment: datetime) -> list[Outgoing]:
        """Let the time pass until then; gives what anybody was sent."""
        out = self.tick()
        assert isinstance(self.clock, Clock)
        while self.clock.moment < moment:
            self.clock.moment = min(self.clock.moment + 30 * MINUTE, moment)
            out += self.tick()
        return out

    def now(self, lead: Lead) -> Lead:
        return simulated.lead(self.sim, lead.id)


@pytest.fixture
def street(store: Store) -> Street:
    return Street(store)


def falls_due(street: Street, moment: datetime, **values: object) -> None:
    """All leads are due at that moment, also for their residents."""
    with street.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(due_at=moment, look_at=moment, contact_by=moment, **values))


def new(person: Person, out: Sequence[Outgoing]) -> list[str]:
    """The first lines of the new messages that this person was sent."""
    return [each.text.split("\n")[0] for each in out if each.to == person.id and each.edit is None]


def taken(street: Street) -> Lead:
    """A lead that Ans took, and the day on which its resident hears something."""
    lead = street.handed_over()
    street.do(street.ans, lead, "accept")
    street.hush()
    return street.now(lead)


def test_silence_goes_up_the_ladder_and_the_resident_hears_before_each_day_is_over(street: Street) -> None:
    lead = taken(street)
    due = lead.due_at
    assert due is not None
    asked = street.until(asks_at(due, BALANS))
    assert (new(street.ans, asked), new(street.bep, asked), new(street.fatma, asked)) == (
        [f"⏰ {lead.code} · mensen ontmoeten"], [], [],
    )  # fmt: skip
    told = street.until(due)
    assert [lead.code in each for each in new(street.ria, told)] == [True]
    assert "Ans" not in str(told), "nobody is blamed by name"
    assert [lead.code in each for each in new(street.fatma, told)] == [True]
    assert street.now(lead).assignee == street.ans.id, "the lead stays"
    second = street.now(lead).contact_by
    assert second == working_days(due, 1)
    street.until(second)
    after = street.now(lead)
    assert (after.status, after.inbox, after.owner, after.assignee) == ("sent", "coordinator", "coordinator", None)
    assert after.due_at is not None
    assert after.due_at > second
    assert after.contact_by == after.due_at
    day = CONTENT.words.day("nl", after.contact_by.astimezone(ZONE).date())
    assert day in street.fatma.news[-1].text
    assert "Fatma" not in str([each.text for each in street.ans.chat.values()])
    assert street.do(street.ans, lead, "view") == phrase("desk.not_yours")


@pytest.mark.both_stores
def test_nothing_is_said_twice_however_often_the_clock_ticks(street: Street) -> None:
    lead = taken(street)
    assert lead.due_at is not None
    for moment in (asks_at(lead.due_at, BALANS), lead.due_at, working_days(lead.due_at, 1)):
        assert street.until(moment)
        assert street.tick() == []
        again = Handle(CONTENT, street.sim.store, now=lambda moment=moment: moment)  # type: ignore[misc]
        assert list(again.tick(LookAtLeads()).messages) == [], "a restart, or a second process"
        assert street.until(moment + MINUTE) == []


def test_a_coordinator_who_does_nothing_costs_no_resident_the_way_to_a_door(street: Street) -> None:
    lead = street.handed_over()
    street.do(street.ans, lead, "decline.no_capacity")
    street.hush()
    fell = street.now(lead)
    assert fell.due_at is not None
    waits = street.until(fell.due_at)
    assert new(street.ria, waits) == [f"⏰ {lead.code} · mensen ontmoeten"]
    with capture_logs() as logs:
        said = street.until(fell.due_at + timedelta(days=21))
    assert len([each["event"] for each in logs if each["log_level"] == "error"]) == 1
    place = CONTENT.wijk.places[CONTENT.wijk.walk_in].name
    door = [each.text for each in said if each.to == street.fatma.id]
    assert ["Heb je nog niets gehoord?" in each for each in door] == [True, False], "not before the day that she read"
    assert place in door[-1]
    assert "Je hoort iets op" not in door[-1], "nothing is promised that nobody keeps"
    after = street.now(lead)
    assert (after.closed_at, after.owner, after.contact_by) == (None, "coordinator", None)
    assert (after.status, after.reason) == ("declined", "no_capacity"), "it can still go back when there is room"
    assert {*new(street.ria, said)} == {*new(street.ria, waits)}, "the coordinator is reminded, and of nothing else"
    assert 3 < len(new(street.ria, said)) < 10
    assert len([each for each in door if "tijd" in each]) == 1


def test_a_yes_is_an_answer_and_another_day_is_read_by_the_resident(street: Street) -> None:
    lead = taken(street)
    assert lead.due_at is not None
    street.until(asks_at(lead.due_at, BALANS))
    assert phrase("desk.stays", code=lead.code, deadline=CONTENT.words.day("nl", lead.due_at.date())) in street.do(
        street.ans, lead, "still"
    )
    later = working_days(lead.due_at, 2, BALANS)
    street.fatma.news.clear()
    street.do(street.ans, lead, f"later.{later:%Y%m%d}")
    after = street.now(lead)
    assert (after.due_at, after.contact_by, after.postponed, after.status) == (later, later, 1, "accepted")
    assert CONTENT.words.day("nl", later.date()) in street.fatma.news[-1].text


def test_a_day_can_be_named_twice_and_then_a_person_calls(street: Street) -> None:
    lead = taken(street)
    for _ in range(MOST):
        now = street.now(lead)
        assert now.due_at is not None
        asked = street.until(asks_at(now.due_at, BALANS))
        assert "later" in str([button.data for each in asked for row in each.buttons for button in row])
        street.do(street.ans, lead, f"later.{working_days(now.due_at, 1, BALANS):%Y%m%d}")
    last = street.now(lead)
    assert last.due_at is not None
    assert last.postponed == MOST
    assert street.do(street.ans, lead, f"later.{working_days(last.due_at, 1, BALANS):%Y%m%d}")
    assert street.now(lead).due_at == last.due_at, "a third time is refused"
    said = street.until(last.due_at)
    assert phrase("desk.call_now") in "\n".join(each.text for each in said if each.to == street.ria.id)
    assert street.now(lead).inbox == "coordinator"


def test_a_day_that_nobody_offered_or_that_somebody_else_names_changes_nothing(street: Street) -> None:
    lead = taken(street)
    assert lead.due_at is not None
    for person, answer in (
        (street.ans, "later.20990101"),
        (street.ans, "later.abc"),
        (street.bep, f"later.{working_days(lead.due_at, 1, BALANS):%Y%m%d}"),
        (street.bep, "return"),
        (street.omar, "return"),
        (street.ria, "return"),
        (street.fatma, "return"),
    ):
        street.do(person, lead, answer)
        assert street.now(lead) == lead, (person.name, answer)


def test_whoever_gives_it_back_hands_it_to_the_coordinator_and_the_day_still_holds(street: Street) -> None:
    lead = taken(street)
    street.fatma.news.clear()
    street.do(street.ans, lead, "return")
    after = street.now(lead)
    assert (after.inbox, after.owner, after.contact_by) == ("coordinator", "coordinator", lead.contact_by)
    assert [lead.code in each.text for each in street.fatma.news] == [True]
    assert [lead.code in each.text for each in street.ria.news] == [True]


def test_a_coordinator_gives_back_what_they_had_taken_and_it_only_takes_longer(street: Street) -> None:
    lead = street.handed_over()
    street.do(street.ans, lead, "decline.other")
    street.do(street.ria, lead, "reopen")
    street.fatma.news.clear()
    street.do(street.ria, lead, "return")
    after = street.now(lead)
    assert (after.status, after.inbox, after.assignee) == ("sent", "coordinator", None)
    assert [each.text.split("\n")[0] for each in street.fatma.news] == [f"Het duurt iets langer. ({lead.code})"]


def test_an_inbox_is_asked_too_and_whoever_says_yes_has_taken_it(street: Street) -> None:
    lead = street.handed_over()
    assert lead.due_at is not None
    asked = street.until(asks_at(lead.due_at, BALANS))
    assert len(new(street.ans, asked)) == len(new(street.bep, asked)) == 1
    street.do(street.bep, lead, "accept")
    assert street.now(lead).assignee == street.bep.id


def test_help_that_goes_on_is_asked_about_and_a_yes_gives_it_new_time(street: Street) -> None:
    lead = taken(street)
    street.do(street.ans, lead, "contact")
    going = street.now(lead)
    assert going.due_at is not None
    assert going.contact_by is None, "the promise was kept"
    asked = street.until(asks_at(going.due_at, BALANS))
    assert [each.text.split("\n")[-1] for each in asked] == [phrase("desk.asks_going").split("\n")[-1]]
    street.do(street.ans, lead, "still")
    after = street.now(lead)
    assert after.due_at is not None
    assert after.due_at > going.due_at
    assert after.status == "in_progress"


def test_help_that_goes_on_is_taken_away_from_nobody_and_the_coordinator_hears_of_the_silence(street: Street) -> None:
    lead = taken(street)
    street.do(street.ans, lead, "contact")
    going = street.now(lead)
    assert going.due_at is not None
    said = street.until(going.due_at + timedelta(days=14))
    after = street.now(lead)
    assert (after.status, after.assignee, after.inbox, after.owner) == (
        "in_progress", street.ans.id, "balans", "assignee",
    )  # fmt: skip
    assert new(street.fatma, said) == [], "nothing was promised, and nothing untrue is said"
    silent = phrase("desk.no_answer").split("\n")[1].split("{partner}")[1]
    assert [silent in each.text for each in said if each.to == street.ria.id] == [True, True], "once a week"
    assert len(new(street.ans, said)) == 2


def test_a_lead_that_was_stopped_has_no_clock(street: Street) -> None:
    lead = taken(street)
    street.sim.hear(
        street.fatma, StopHelpTap(lead.token, simulated.place(street.sim, street.fatma).revision, sure=True)
    )
    assert street.now(lead).look_at is None
    assert street.until(NOW + timedelta(days=30)) == []


def test_after_an_outage_everybody_gets_one_notice_and_nothing_has_run_out_yet(street: Street) -> None:
    lead = street.handed_over()
    many = [lead, *(put(street.sim, street.fatma, "sent") for _ in range(2 * MANY))]
    assert lead.due_at is not None
    falls_due(street, lead.due_at)
    street.tick()
    back = datetime.combine(lead.due_at.date() + timedelta(days=10), WAKES, ZONE)
    assert isinstance(street.clock, Clock)
    street.clock.moment = back
    assert street.tick() == [], "a clock that jumped is doubted"
    street.clock.moment = back + PROOF
    said = street.tick()
    assert new(street.ria, said) == [phrase("desk.many_in_danger", count=len(many))]
    assert all(street.now(each).inbox == "balans" for each in many), "who had it gets a working day to say so"


def test_at_night_nobody_is_told_anything(street: Street) -> None:
    lead = taken(street)
    assert lead.due_at is not None
    night = datetime.combine(lead.due_at.date(), SLEEPS, ZONE)
    assert isinstance(street.clock, Clock)
    street.until(asks_at(lead.due_at, BALANS))
    street.until(lead.due_at - MINUTE)
    street.clock.moment = night
    assert street.tick() == []
    assert new(street.fatma, street.until(next_morning(night))) != []


def test_what_cannot_wait_is_told_at_night_too(street: Street) -> None:
    taken(street)
    night = datetime.combine(NOW.date(), SLEEPS, ZONE)
    falls_due(street, night, urgent=True)
    assert new(street.fatma, street.until(night)) != []


def test_of_a_partner_that_is_away_the_days_of_the_wijk_count() -> None:
    away = replace(BALANS, state="paused", until=NOW.date() + timedelta(days=90))
    due = working_days(NOW, 2)
    assert asks_at(due, away) == asks_at(due, None)


@given(st.integers(0, 7 * 365 * 24 * 60), st.booleans())
@settings(max_examples=100)
def test_whatever_the_moment_the_clock_looks_between_now_and_the_day(minutes: int, urgent: bool) -> None:
    now = (NOW + minutes * MINUTE).astimezone(ZONE)
    due = working_days(now, 3, BALANS)
    asks = asks_at(due, BALANS)
    assert asks < due
    assert works(asks.date(), BALANS)
    for owner in ("inbox", "assignee", "coordinator", "system"):
        look = first_look(owner, due, None, now, BALANS)
        assert now < look <= due
        assert first_look(owner, due, due - MINUTE, now, BALANS) <= due - MINUTE
    assert second_moment(due, None, urgent) > due
    assert second_moment(due, due + MINUTE, urgent) == due + MINUTE
    assert awake(next_morning(now))
    assert now < next_morning(now) <= now + timedelta(days=1, hours=1)
