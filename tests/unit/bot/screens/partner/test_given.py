"""Given to a colleague or a volunteer, and taken over: who has it, who hears it, and that no clock moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.demo.simulator import Person, Simulator
from bot.messages.message import Incoming
from bot.messages.taps.buttons import decode
from bot.messages.ticks import ForgetWhatIsDue
from db import tables
from db.leads import leads
from db.leads.lead import HANDED, Lead
from db.people import members
from db.store import Store
from flows.model.heard import Blocked
from flows.model.names import NOT_SENT, VOLUNTEER
from tests import simulated
from tests.simulated import CONTENT, WIJK, go
from tests.unit.bot.screens.partner.room import Room, put

OPEN_HERE = ("sent", "accepted", "in_progress", "on_hold")


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def handle(room: Room, person: Person, organisation: str = "balans") -> str:
    with room.sim.store.read() as tx:
        return next(each.handle for each in members.of(tx, WIJK, person.id) if each.organisation == organisation)


def clocks(lead: Lead) -> tuple[object, ...]:
    return lead.due_at, lead.claim_by, lead.contact_by, lead.look_at, lead.rung, lead.owner


def taken(room: Room, *moves: str) -> Lead:
    lead = room.handed_over()
    for each in ("accept", *moves):
        room.do(room.ans, lead, each)
    room.hush()
    return simulated.lead(room.sim, lead.id)


def volunteer(room: Room, lead: Lead, name: str = "Joke") -> Lead:
    room.do(room.ans, lead, "give.new")
    room.sim.type(room.ans, name)
    return simulated.lead(room.sim, lead.id)


@pytest.mark.parametrize("moves", [(), ("contact",), ("hold.waitlist_2",)])
def test_a_colleague_who_is_given_a_lead_has_it_with_the_same_days(room: Room, moves: tuple[str, ...]) -> None:
    before = taken(room, *moves)
    room.do(room.ans, before, f"give.{handle(room, room.bep)}")
    after = simulated.lead(room.sim, before.id)
    assert (after.assignee, after.status, after.version) == (room.bep.id, before.status, before.version + 1)
    assert clocks(after) == clocks(before)
    (told,) = room.bep.news
    assert told.text.startswith(f"👤 {before.code}")
    assert "Ans gaf dit aan jou" in told.text
    assert "Fatma" not in told.text
    go(room.sim, room.bep, "view")
    assert "Opgepakt door Bep\nGegeven door Ans" in room.bep.card.text
    assert "Opgepakt door Bep" in room.ans.card.text, "both see who has it"
    assert ["Bep helpt je nu" in each.text for each in room.fatma.news] == [True]


def test_a_new_lead_that_is_given_is_taken_by_the_colleague_and_the_resident_reads_good_news_once(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, f"give.{handle(room, room.bep)}")
    after = simulated.lead(room.sim, lead.id)
    assert (after.status, after.assignee, after.contact_by) == ("accepted", room.bep.id, lead.contact_by)
    assert ["Bep van Stichting Balans neemt jouw vraag op" in each.text for each in room.fatma.news] == [True]


def test_a_volunteer_without_a_chat_helps_and_the_dispatcher_reports(room: Room) -> None:
    before = taken(room)
    after = volunteer(room, before)
    assert (after.assignee, after.volunteer, after.status) == (room.ans.id, "Joke", "accepted")
    assert clocks(after) == clocks(before)
    (told,) = room.fatma.news
    assert told.text.startswith("Een vrijwilliger pakt jouw vraag op.")
    assert "Joke" not in str(room.fatma.chat), "a volunteer is never named"
    assert "Vrijwilliger: Joke" in room.do(room.ans, after, "view")
    room.do(room.ans, after, "contact")
    assert simulated.lead(room.sim, after.id).volunteer == "Joke"
    room.do(room.ans, after, "complete.helped")
    assert simulated.lead(room.sim, after.id).status == "completed"


def test_a_partner_that_matches_says_that_it_looks_for_a_buddy(room: Room) -> None:
    lead = taken(room)
    partners = {**CONTENT.wijk.partners, "balans": replace(CONTENT.wijk.partners["balans"], matches=True)}
    sim = Simulator(replace(CONTENT, wijk=replace(CONTENT.wijk, partners=partners)), room.sim.store, simulated.Clock())
    sim._updates = 1000
    ans, fatma = sim.person(room.ans.address, "Ans"), sim.person(room.fatma.address, "Fatma")
    sim.press(ans, None, simulated.under(lead, "give.new", lead.version))
    sim.type(ans, "Joke")
    assert ["We zoeken een maatje dat bij je past" in each.text for each in fatma.news] == [True]
    assert CONTENT.wijk.partners["shm"].matches


def test_another_volunteer_is_no_news_for_the_resident_and_known_names_need_no_typing(room: Room) -> None:
    lead = volunteer(room, taken(room))
    other = put(room.sim, room.fatma, "sent")
    room.do(room.ans, other, "give")
    room.hush()
    go(room.sim, room.ans, *(each for each in labels_of(room, "give.as_")))
    assert simulated.lead(room.sim, other.id).volunteer == "Joke"
    room.hush()
    assert volunteer(room, lead, "Piet").volunteer == "Piet"
    assert room.fatma.news == []


def labels_of(room: Room, begins: str) -> list[str]:
    found = [name for row in room.ans.card.buttons for each in row for name in simulated.names(each.data)]
    return [each for each in found if each.startswith(begins)]


@pytest.mark.parametrize("moves", [(), ("contact",), ("hold.waitlist_2",)])
def test_a_colleague_takes_over_after_reading_who_has_it(room: Room, moves: tuple[str, ...]) -> None:
    before = taken(room, *moves)
    asked = room.do(room.bep, before, "take_over")
    assert asked == f"{before.code}\nAns heeft dit. Neem jij het over?"
    assert simulated.lead(room.sim, before.id) == before
    room.do(room.bep, before, "take_over.sure")
    after = simulated.lead(room.sim, before.id)
    assert (after.assignee, after.status) == (room.bep.id, before.status)
    assert clocks(after) == clocks(before)
    assert any("Bep nam dit over" in each.text for each in room.ans.news)
    assert ["Bep helpt je nu" in each.text for each in room.fatma.news] == [True]


def test_a_day_that_passed_is_not_told_again(room: Room) -> None:
    lead = taken(room)
    with room.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(contact_by=lead.created_at - timedelta(days=1)))
    room.do(room.bep, lead, "take_over.sure")
    assert [each.text.split("\n")[1] for each in room.fatma.news] == ["Verder verandert er niks."]


def test_the_volunteer_stays_when_a_colleague_takes_over_and_the_resident_hears_nothing(room: Room) -> None:
    lead = volunteer(room, taken(room))
    room.hush()
    room.do(room.bep, lead, "take_over.sure")
    after = simulated.lead(room.sim, lead.id)
    assert (after.assignee, after.volunteer) == (room.bep.id, "Joke")
    assert room.fatma.news == []


@pytest.mark.parametrize("how", ["hand_back", "fail.other", "blocks", "give"])
def test_a_volunteer_is_forgotten_with_whoever_reported_for_them(room: Room, how: str) -> None:
    lead = volunteer(room, taken(room))
    if how == "blocks":
        room.sim.hear(room.ans, Blocked(True))
    else:
        room.do(room.ans, lead, f"give.{handle(room, room.bep)}" if how == "give" else how)
    assert simulated.lead(room.sim, lead.id).volunteer is None
    assert simulated.found(room.sim.store, "Joke") == []


def test_a_volunteer_is_forgotten_with_the_lead(room: Room) -> None:
    lead = volunteer(room, taken(room))
    room.do(room.ans, lead, "complete.helped")
    room.sim.handle.now = simulated.Clock(simulated.NOW + timedelta(days=31))
    while any(room.sim.handle.tick(ForgetWhatIsDue()).done.values()):
        pass
    assert simulated.found(room.sim.store, "Joke") == []


def test_the_resident_may_see_the_volunteer_among_what_is_kept(room: Room) -> None:
    volunteer(room, taken(room))
    room.sim.type(room.fatma, "/mijngegevens")
    assert any("Een vrijwilliger helpt mee: Joke" in each.text for each in room.fatma.news)


@pytest.mark.parametrize("who", ["bep", "omar", "ria", "fatma"])
def test_only_whoever_has_a_lead_gives_it_away(room: Room, who: str) -> None:
    lead = taken(room)
    person = getattr(room, who)
    for answer in (f"give.{handle(room, room.bep)}", "give.new", "give"):
        room.do(person, lead, answer)
    room.sim.type(person, "Joke")
    assert simulated.lead(room.sim, lead.id) == lead


@pytest.mark.parametrize("who", ["ans", "omar", "ria", "fatma"])
def test_only_a_colleague_takes_over(room: Room, who: str) -> None:
    lead = taken(room)
    room.do(getattr(room, who), lead, "take_over.sure")
    assert simulated.lead(room.sim, lead.id) == lead


def test_nobody_outside_the_inbox_and_not_the_resident_can_be_given_a_lead(room: Room) -> None:
    simulated.joins(room.sim, room.fatma, "balans")
    lead = taken(room)
    for other in (handle(room, room.omar, "eas"), handle(room, room.ria, "coordinator"), handle(room, room.fatma)):
        room.do(room.ans, lead, f"give.{other}")
    assert simulated.lead(room.sim, lead.id) == lead


@pytest.mark.parametrize("status", sorted({*CONTENT.desk.statuses} - {*OPEN_HERE}))
@pytest.mark.parametrize("act", ["give.new", "take_over.sure"])
def test_nothing_is_given_or_taken_over_that_is_not_open_at_the_partner(room: Room, status: str, act: str) -> None:
    room.handed_over()
    lead = put(room.sim, room.fatma, status)
    room.do(room.ans, lead, act)
    after = simulated.lead(room.sim, lead.id)
    assert (after.status, after.version, after.assignee) == (status, 1, None)
    assert simulated.place(room.sim, room.ans).step != VOLUNTEER


def test_an_old_button_gives_nothing(room: Room) -> None:
    lead = taken(room)
    for answer in (f"give.{handle(room, room.bep)}", "take_over.sure"):
        for person in (room.ans, room.bep):
            room.sim.press(person, None, simulated.under(lead, answer, lead.version - 1))
    assert simulated.lead(room.sim, lead.id) == lead


def test_two_who_give_one_lead_in_one_batch_the_first_wins(room: Room) -> None:
    lead = taken(room)
    give = decode(simulated.under(lead, f"give.{handle(room, room.bep)}", lead.version))
    take = decode(simulated.under(lead, "take_over.sure", lead.version))
    room.sim.handle(
        [
            Incoming("telegram", 9001, room.ans.address, room.ans.address, give),
            Incoming("telegram", 9002, room.bep.address, room.bep.address, take),
        ]
    )
    after = simulated.lead(room.sim, lead.id)
    with room.sim.store.read() as tx:
        reasons = [each.reason for each in leads.events(tx, WIJK, lead.id) if each.reason in HANDED]
    assert (after.assignee, after.version, reasons) == (room.bep.id, lead.version + 1, ["give"])


def test_a_name_that_is_typed_after_somebody_took_the_lead_over_stays_nowhere(room: Room) -> None:
    lead = taken(room)
    room.do(room.ans, lead, "give.new")
    room.do(room.bep, lead, "take_over.sure")
    room.sim.type(room.ans, "Joke")
    assert simulated.found(room.sim.store, "Joke") == []
    assert simulated.place(room.sim, room.ans).step == NOT_SENT


def test_whoever_opens_something_else_gives_it_to_nobody(room: Room) -> None:
    lead = taken(room)
    room.do(room.ans, lead, "give.new")
    room.sim.type(room.ans, "/postvak")
    room.sim.type(room.ans, "Joke")
    assert simulated.found(room.sim.store, "Joke") == []


@pytest.mark.parametrize("words", ["123456782", "x" * 31])
def test_a_number_and_a_long_text_are_no_first_name(room: Room, words: str) -> None:
    lead = volunteer(room, taken(room), words)
    assert lead.volunteer is None
    assert simulated.place(room.sim, room.ans).step == VOLUNTEER


def test_a_cry_that_is_typed_as_a_name_rings_and_is_not_kept(room: Room) -> None:
    lead = volunteer(room, taken(room), "het ruikt naar gas")
    assert lead.volunteer is None
    assert any("112" in each.text or "0800" in each.text for each in room.ans.news)
    assert any(CONTENT.words.phrase("nl", "own_words.unsaid_on_lead") in each.text for each in room.ans.news)


def test_a_resident_who_wrote_to_whoever_had_it_is_asked_for_whom_the_words_are(room: Room) -> None:
    lead = taken(room, "contact")
    go(room.sim, room.fatma, "_help", f"reply:{lead.token}")
    room.sim.handle.now = simulated.Clock(simulated.NOW + timedelta(minutes=1))
    room.do(room.bep, lead, "take_over.sure")
    room.hush()
    room.sim.type(room.fatma, "Kom je morgen?")
    assert not any("Kom je morgen?" in each.text for each in (*room.ans.news, *room.bep.news))
