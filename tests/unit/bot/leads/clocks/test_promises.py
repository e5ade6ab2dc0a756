"""However often a lead changes hands, a promised day is kept, or somebody who can act hears that it is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.content.loaded import ZONE
from bot.leads.clocks.ladder import ASKED, MOST, TOLD
from bot.leads.clocks.look import PROOF
from bot.leads.clocks.times import asks_at, next_morning
from bot.leads.deadlines import working_days
from bot.leads.recipients import MANY, NAMED, OPENED
from bot.messages.message import Outgoing
from bot.messages.taps.members import AvailabilityTap
from db import tables
from db.leads.lead import Lead
from db.people import members
from db.records import switches
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import CONTENT, WIJK, Clock
from tests.unit.bot.leads.clocks.test_ladder import BALANS, Street, new, phrase, taken
from tests.unit.bot.screens.partner.room import put

HOUR = timedelta(hours=1)


@pytest.fixture
def street(store: Store) -> Street:
    return Street(store)


def day(moment: datetime | None) -> str:
    assert moment is not None
    return CONTENT.words.day("nl", moment.astimezone(ZONE).date())


def under(out: Sequence[Outgoing], to: str) -> list[str]:
    """What the buttons say under the messages to this person."""
    return [button.text for each in out if each.to == to for row in each.buttons for button in row]


def pause(street: Street, until: date) -> None:
    """Balans is away until then: its calendar has no working day before."""
    with street.sim.store.write() as tx:
        for name, value in (("state", "paused"), ("until", str(until))):
            switches.put(tx, WIJK, f"partner.balans.{name}", value, None, street.sim.handle.now())
    street.sim.handle.wijk.forget()


def at(street: Street, moment: datetime) -> None:
    assert isinstance(street.clock, Clock)
    street.clock.moment = moment


def gives_back(street: Street, lead: Lead, how: str) -> None:
    if how == "blocks":
        street.sim.hear(street.ans, Blocked(True))
    else:
        street.do(street.ans, lead, how)


@pytest.mark.parametrize("how", ["blocks", "hand_back", "return"])
@pytest.mark.parametrize("urgent", [False, True])
def test_who_gets_it_after_another_one_has_no_later_day_than_the_resident_read(
    street: Street, how: str, urgent: bool
) -> None:
    lead = taken(street)
    with street.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(urgent=urgent))
    assert lead.contact_by is not None
    pause(street, lead.contact_by.date() + timedelta(days=40))
    at(street, lead.contact_by - 5 * HOUR)
    gives_back(street, lead, how)
    after = street.now(lead)
    assert (after.status, after.contact_by, after.assignee) == ("sent", lead.contact_by, None)
    assert after.claim_by is not None
    assert after.claim_by <= lead.contact_by
    assert after.due_at is not None
    assert after.due_at <= lead.contact_by
    street.hush()
    said = street.until(lead.contact_by)
    assert len(new(street.fatma, said)) == len(new(street.ria, said)) == 1
    assert lead.code in new(street.ria, said)[0]


def test_a_promise_that_passes_before_anybody_must_act_is_told_to_the_coordinator_too(street: Street) -> None:
    lead = street.handed_over()
    promised = street.clock() + timedelta(days=1)
    with street.sim.store.write() as tx:  # as an older version left it
        far = promised + timedelta(days=30)
        tx.execute(update(tables.leads).values(contact_by=promised, look_at=promised, claim_by=far, due_at=far))
    said = street.until(promised)
    assert new(street.ria, said)[0].startswith(f"⚠️ Belofte loopt gevaar: {lead.code}")
    assert day(promised) in str([each.text for each in said if each.to == street.ria.id])
    second = street.now(lead).contact_by
    assert day(second) in street.fatma.news[-1].text
    assert second is not None
    street.until(second)
    assert street.now(lead).inbox == "coordinator", "and a working day later it is theirs"


@pytest.mark.parametrize("how", ["blocks", "hand_back", "try"])
def test_no_day_that_passed_is_replaced_without_a_word(street: Street, how: str) -> None:
    lead = taken(street)
    assert lead.contact_by is not None
    street.until(asks_at(lead.contact_by, BALANS))
    pause(street, lead.contact_by.date() + timedelta(days=40))
    at(street, lead.contact_by + 5 * HOUR)  # the bot was off when it passed
    gives_back(street, lead, how)
    assert street.now(lead).contact_by == lead.contact_by
    street.hush()
    said = street.until(next_morning(street.clock()))
    told = street.now(lead).contact_by
    assert told == working_days(street.clock(), 1)
    assert [day(told) in each.text for each in said if each.to == street.fatma.id] == [True]
    assert len(new(street.ria, said)) == 1


def moved_twice(street: Street) -> Lead:
    """A lead whose day Ans moved as often as she may."""
    lead = taken(street)
    for _ in range(MOST):
        now = street.now(lead)
        assert now.due_at is not None
        street.until(asks_at(now.due_at, BALANS))
        street.do(street.ans, lead, f"later.{working_days(now.due_at, 1, BALANS):%Y%m%d}")
    assert street.now(lead).postponed == MOST
    street.hush()
    return street.now(lead)


@pytest.mark.parametrize(
    ("move", "left"),
    [("return", 0), ("fail.other", 0), ("hand_back", MOST), ("contact", MOST), ("hold.documents_1", MOST + 1)],
)
def test_how_often_a_day_was_moved_counts_for_the_lead_until_another_inbox_has_it(
    street: Street, move: str, left: int
) -> None:
    lead = moved_twice(street)
    street.do(street.ans, lead, "try")
    assert street.now(lead).postponed == MOST, "an attempt changes nothing about it"
    street.do(street.ans, lead, move)
    assert street.now(lead).postponed == left


def test_who_takes_it_again_gets_no_new_days(street: Street) -> None:
    lead = moved_twice(street)
    for move in ("hand_back", "accept"):
        street.do(street.ans, lead, move)
    now = street.now(lead)
    assert (now.status, now.postponed) == ("accepted", MOST)
    street.do(street.ans, lead, "later")
    assert "Welke dag" not in street.ans.card.text


def test_whoever_lets_it_wait_again_and_again_is_heard_of_by_the_coordinator(street: Street) -> None:
    lead = taken(street)
    for _ in range(MOST):
        for move in ("hold.documents_8", "unhold"):
            street.do(street.ans, lead, move)
    assert not any("⏸" in each.text for each in street.ria.chat.values())
    street.do(street.ans, lead, "hold.documents_8")
    assert "⏸" in street.ria.news[-1].text
    assert "al twee keer verzet" in street.ria.news[-1].text
    assert "Ans" not in street.ria.news[-1].text
    assert "Fatma" not in street.ria.news[-1].text


def test_another_day_of_a_paused_partner_is_no_later_than_usual(street: Street) -> None:
    """Who took a lead does it, also while the organisation takes no new ones."""
    lead = taken(street)
    with street.sim.store.read() as tx:
        handle = members.of(tx, simulated.WIJK, street.ans.id)[0].handle
    due = street.now(lead).due_at
    assert due is not None
    street.sim.hear(street.ans, AvailabilityTap(handle, "paused", due.date() + timedelta(days=60)))
    street.do(street.ans, lead, f"later.{working_days(due, 1, BALANS):%Y%m%d}")
    assert street.now(lead).contact_by == working_days(due, 1, BALANS)


def test_the_coordinator_is_reminded_of_what_was_moved_twice_before_they_had_it(street: Street) -> None:
    lead = moved_twice(street)
    street.do(street.ans, lead, "fail.other")
    fell = street.now(lead)
    assert fell.due_at is not None
    said = street.until(fell.due_at + timedelta(days=30))
    assert len(new(street.ria, said)) > 3
    assert {*new(street.ria, said)} == {f"⏰ {lead.code} · mensen ontmoeten"}


def test_who_gives_help_that_goes_on_is_asked_though_the_day_was_moved_twice(street: Street) -> None:
    lead = moved_twice(street)
    street.do(street.ans, lead, "contact")
    going = street.now(lead)
    assert going.due_at is not None
    said = street.until(going.due_at + timedelta(days=14))
    assert len(new(street.ans, said)) == len(new(street.ria, said)) == 2, "the question, and word of the silence"
    assert street.now(lead).assignee == street.ans.id


@pytest.mark.parametrize("alone", [False, True])
def test_a_coordinator_who_moved_a_day_twice_is_reminded_and_hears_when_it_is_free_again(
    street: Street, alone: bool
) -> None:
    """Who coordinates alone keeps it, and is asked anew for a day: nobody else could take it."""
    if not alone:
        simulated.member(street.sim, "coordinator", "telegram:2009", "Eva")
    lead = street.handed_over()
    street.do(street.ans, lead, "decline.other")
    street.do(street.ria, lead, "reopen")
    with street.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(postponed=MOST))
    now = street.now(lead)
    assert now.due_at is not None
    street.hush()
    said = street.until(now.due_at)
    assert phrase("desk.waits", code="", topics="", deadline="").split("\n")[1][:15] in str(said)
    assert street.now(lead).assignee == street.ria.id
    second = street.now(lead).look_at
    assert second is not None
    said = street.until(second)
    read = str([each.text for each in said if each.to == street.ria.id])
    assert street.now(lead).assignee == (street.ria.id if alone else None)
    assert ("Wie pakt het op?" in read) is not alone
    if alone:
        assert "Lukt het voor" in read
        under = [button.text for each in said if each.to == street.ria.id for row in each.buttons for button in row]
        assert phrase("desk.other_day") in under
        assert phrase("desk.give_back") not in under, "there is nobody to give it to"
        assert street.now(lead).postponed == 0


@pytest.mark.parametrize("accepted", [False, True])
def test_after_an_outage_nobody_loses_what_they_were_not_asked_about(street: Street, accepted: bool) -> None:
    lead = taken(street) if accepted else street.handed_over()
    assert lead.due_at is not None
    with street.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(postponed=MOST if accepted else 0))
    street.until(asks_at(lead.due_at, BALANS) - HOUR)
    at(street, working_days(lead.due_at, 1) - 3 * HOUR)
    street.tick()
    street.hush()
    assert isinstance(street.clock, Clock)
    street.clock.moment += PROOF
    said = street.tick()
    assert new(street.ria, said)[0].startswith("⚠️")
    assert "↩️ Geef terug, is goed" in under(said, street.ans.id)
    kept = street.now(lead)
    assert (kept.inbox, kept.rung) == ("balans", TOLD)
    assert kept.look_at is not None
    street.until(kept.look_at - HOUR)
    street.do(street.ans, lead, "contact" if accepted else "accept")
    street.until(kept.look_at + 2 * HOUR)
    assert street.now(lead).assignee == street.ans.id


def test_a_late_yes_holds_the_day_that_the_resident_read_since(street: Street) -> None:
    lead = taken(street)
    assert lead.due_at is not None
    street.until(lead.due_at)
    told = street.now(lead)
    assert told.rung == TOLD
    assert told.contact_by is not None
    street.until(told.contact_by - 6 * HOUR)
    street.hush()
    said = street.do(street.ans, lead, "still")
    assert phrase("desk.stays", code=lead.code, deadline=day(told.contact_by)) in said
    held = street.now(lead)
    assert (held.due_at, held.contact_by, held.rung, held.postponed) == (told.contact_by, told.contact_by, 0, 1)
    assert street.fatma.news == [], "she read that day already"
    street.until(told.contact_by + 2 * HOUR)
    assert street.now(lead).assignee == street.ans.id, "not taken away that afternoon"


def test_a_yes_after_every_day_is_over_asks_which_day(street: Street) -> None:
    lead = taken(street)
    assert lead.due_at is not None
    street.until(asks_at(lead.due_at, BALANS))
    at(street, lead.due_at + 5 * HOUR)
    assert phrase("desk.which_day", code=lead.code) in street.do(street.ans, lead, "still")
    later = working_days(street.clock(), 1, BALANS)
    street.do(street.ans, lead, f"later.{later:%Y%m%d}")
    assert street.now(lead).contact_by == later
    assert day(later) in street.fatma.news[-1].text


def test_yes_every_time_and_no_contact_ends_with_the_coordinator(street: Street) -> None:
    lead = taken(street)
    for _ in range(MOST + 2):
        now = street.now(lead)
        if now.inbox == "coordinator":
            break
        assert now.due_at is not None
        street.until(now.due_at)
        street.do(street.ans, lead, "still")
        waits = street.now(lead).look_at
        assert waits is not None
        street.until(waits)
    assert street.now(lead).inbox == "coordinator"


def test_the_answers_stand_on_the_lead_for_who_was_asked_and_only_then(street: Street) -> None:
    lead = taken(street)
    answers = [phrase(f"desk.{key}") for key in ("yes", "other_day", "give_back")]

    def offered() -> list[str]:
        street.do(street.ans, lead, "view")
        return [button.text for row in street.ans.card.buttons for button in row if button.text in answers]

    assert offered() == []
    assert lead.due_at is not None
    street.until(asks_at(lead.due_at, BALANS))
    assert street.now(lead).rung == ASKED
    assert offered() == answers
    street.do(street.bep, lead, "view")
    assert not {button.text for row in street.bep.card.buttons for button in row} & {*answers}
    street.do(street.ans, lead, "contact")
    assert offered() == []


def test_on_a_lead_that_nobody_took_only_what_is_no_move_is_added(street: Street) -> None:
    lead = street.handed_over()
    assert lead.due_at is not None
    street.until(asks_at(lead.due_at, BALANS))
    street.do(street.ans, lead, "view")
    shown = [button.text for row in street.ans.card.buttons for button in row]
    assert phrase("desk.give_back") in shown
    assert phrase("desk.yes_take") not in shown, "✋ stands there already"


def test_many_questions_of_one_morning_can_each_be_opened_and_answered(street: Street) -> None:
    lead = taken(street)
    many = [lead, *(put(street.sim, street.fatma, "sent") for _ in range(NAMED))]
    assert lead.due_at is not None
    with street.sim.store.write() as tx:
        moments = {"due_at": lead.due_at, "look_at": asks_at(lead.due_at, BALANS), "contact_by": lead.due_at}
        values = {**moments, "status": "accepted", "owner": "assignee", "assignee": street.ans.id}
        tx.execute(update(tables.leads).values(**values))
    said = street.until(asks_at(lead.due_at, BALANS))
    mine = [each for each in said if each.to == street.ans.id]
    assert [each.text.split("\n")[0] for each in mine] == [phrase("desk.many_asks", count=len(many))]
    assert [each.code in mine[0].text for each in many] == [True] * NAMED + [False]
    assert mine[0].text.endswith(phrase("desk.and_more", count=1))
    assert under(mine, street.ans.id)[:OPENED] == [each.code for each in many[:OPENED]]
    simulated.go(street.sim, street.ans, "view")
    assert phrase("desk.yes") in [button.text for row in street.ans.card.buttons for button in row]


def test_many_promises_in_danger_are_named_with_where_they_are(street: Street) -> None:
    lead = taken(street)
    many = [lead, *(put(street.sim, street.fatma, "sent") for _ in range(MANY))]
    assert lead.due_at is not None
    with street.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(due_at=lead.due_at, look_at=lead.due_at, contact_by=lead.due_at))
    said = [each for each in street.until(lead.due_at) if each.to == street.ria.id]
    assert said[0].text == (
        f"{phrase('desk.many_in_danger', count=len(many))}\n{BALANS.name}: {', '.join(each.code for each in many)}"
    )
    assert not {each.code for each in many} & {*under(said, street.ria.id)}, "they are not in her inbox"
    second = street.now(lead).look_at
    assert second is not None
    said = [each for each in street.until(second) if each.to == street.ria.id]
    assert {each.code for each in many} <= {*under(said, street.ria.id)}


def test_a_coordinator_who_gives_back_their_own_reads_one_thing(street: Street) -> None:
    lead = street.handed_over()
    street.do(street.ans, lead, "decline.other")
    street.do(street.ria, lead, "reopen")
    street.hush()
    assert phrase("desk.with_others", code=lead.code) in street.do(street.ria, lead, "return")
    assert [each.text for each in street.ria.news] == [phrase("desk.with_others", code=lead.code)]
