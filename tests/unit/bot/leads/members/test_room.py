"""There is room again: the queue moves, and nothing goes to anybody without a yes that covers them (pitfall 35)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.content.loaded import ZONE
from bot.demo.simulator import Person
from bot.messages.taps.members import AvailabilityTap, DashboardTap
from bot.messages.ticks import LookAtLeads, OpenAgain
from db.leads.lead import Lead
from db.people import members
from db.store import Store
from tests import simulated
from tests.simulated import ABOUT, ALONE, CONTENT, NOW, WIJK, Clock, go
from tests.unit.bot.screens.partner.room import Room

WEEK = date(2026, 12, 2)


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def says(room: Room, person: Person, state: str, day: date | None = None) -> None:
    with room.sim.store.read() as tx:
        handle = members.of(tx, WIJK, person.id)[0].handle
    room.hush()
    room.sim.hear(person, AvailabilityTap(handle, state, day))


def declined(room: Room, reason: str = "no_capacity") -> Lead:
    """A lead of Fatma that Ans declined with this reason, while Balans is full."""
    lead = room.handed_over()
    says(room, room.ans, "full", WEEK)
    room.do(room.ans, lead, f"decline.{reason}")
    found = simulated.lead(room.sim, lead.id)
    assert (found.status, found.inbox) == ("declined", "coordinator")
    return found


def news(person: Person) -> str:
    return "\n".join(each.text for each in person.news)


def test_what_a_full_partner_declined_goes_back_when_it_opens_and_everybody_hears_it(room: Room) -> None:
    lead = declined(room)
    go(room.sim, room.ria, f"{lead.token}:view")
    says(room, room.bep, "open")
    back = simulated.lead(room.sim, lead.id)
    assert (back.status, back.inbox, back.assignee, back.owner) == ("sent", "balans", None, "inbox")
    assert back.due_at == back.claim_by
    assert f"Er is weer plek bij Stichting Balans. ({lead.code})" in news(room.fatma)
    for person in (room.ans, room.bep):
        assert f"📥 Nieuw · mensen ontmoeten · gewoon · {lead.code}" in news(person)
    assert f"Er is weer plek bij Stichting Balans.\nTerug in hun postvak: {lead.code}." in news(room.ria)
    assert "Fatma" not in "".join(each.text for each in room.ria.chat.values()), "she sees it no more"
    assert not room.omar.news
    room.do(room.ans, back, "accept")
    assert simulated.lead(room.sim, lead.id).status == "accepted"


def test_it_goes_back_once(room: Room) -> None:
    lead = declined(room)
    says(room, room.ans, "open")
    version = simulated.lead(room.sim, lead.id).version
    says(room, room.ans, "open")
    assert not room.ria.news
    assert simulated.lead(room.sim, lead.id).version == version


@pytest.mark.parametrize("reason", ["not_eligible", "duplicate", "other"])
def test_what_was_declined_for_another_reason_stays_with_the_coordinator(room: Room, reason: str) -> None:
    lead = declined(room, reason)
    says(room, room.ans, "open")
    assert simulated.lead(room.sim, lead.id).inbox == "coordinator"
    assert lead.code not in news(room.ria)
    assert not room.fatma.news


def test_what_the_coordinator_took_over_or_ended_stays_there(room: Room) -> None:
    lead = declined(room)
    room.do(room.ria, lead, "reopen")
    says(room, room.ans, "open")
    assert (simulated.lead(room.sim, lead.id).status, simulated.lead(room.sim, lead.id).inbox) == (
        "accepted",
        "coordinator",
    )
    assert lead.code not in news(room.ria)


def test_what_the_resident_stopped_does_not_come_back(room: Room) -> None:
    lead = declined(room)
    room.sim.type(room.fatma, "/hulp")
    go(room.sim, room.fatma, f"stop_help:{lead.token}", f"withdraw:{lead.token}")
    says(room, room.ans, "open")
    assert simulated.lead(room.sim, lead.id).status == "withdrawn"
    assert not room.fatma.news


def queued(room: Room) -> Lead:
    """A lead that went to the coordinator because the partner of its service and the next one are full."""
    simulated.agrees(room.sim, "makelaar")
    mo = simulated.member(room.sim, "makelaar", "telegram:2005", "Mo")
    says(room, room.ans, "full", WEEK)
    says(room, mo, "full", WEEK)
    simulated.handed_over(room.sim, room.fatma, ALONE, "all")
    lead = next(each for each in simulated.leads_of(room.sim, room.fatma) if each.partner == "coordinator")
    assert lead.inbox == "coordinator"
    room.hush()
    return lead


def test_who_said_yes_to_the_coordinator_only_is_not_sent_on_but_named_to_the_coordinator(room: Room) -> None:
    lead = queued(room)
    says(room, room.ans, "open")
    same = simulated.lead(room.sim, lead.id)
    assert (same.inbox, same.status, same.version) == ("coordinator", "sent", lead.version)
    assert not room.fatma.news
    assert lead.code not in news(room.ans) + news(room.bep)
    text = CONTENT.words.phrase("nl", "coordinator.room_waits", codes=lead.code, partner="Stichting Balans")
    assert text in news(room.ria)
    go(room.sim, room.ria, f"{lead.token}:view")
    assert "Fatma" in room.ria.card.text


def test_what_a_silent_partner_lost_stays_with_the_coordinator_and_is_not_called_a_yes_to_her(room: Room) -> None:
    lead = room.handed_over()
    says(room, room.ans, "full", WEEK)
    clock = room.sim.handle.now
    assert isinstance(clock, Clock)
    while simulated.lead(room.sim, lead.id).inbox == "balans":
        clock.forward(hours=6)
        assert clock.moment < NOW + timedelta(days=30)
        room.sim.deliver(list(room.sim.handle.tick(LookAtLeads()).messages))
    says(room, room.ans, "open")
    assert simulated.lead(room.sim, lead.id).inbox == "coordinator"
    assert lead.code not in news(room.ria) + news(room.fatma)


def test_a_partner_of_which_nobody_reads_the_inbox_gets_nothing_back(room: Room) -> None:
    lead = declined(room)
    for person in (room.ans, room.bep):
        room.sim.type(person, "/postvak")
        go(room.sim, person, "settings", "leave", "leave_sure")
    room.hush()
    room.sim.hear(room.ria, DashboardTap("state", "balans", "open"))
    assert simulated.lead(room.sim, lead.id).inbox == "coordinator"
    assert not room.fatma.news


def test_the_queue_moves_by_itself_after_the_last_day(room: Room) -> None:
    lead = declined(room)
    room.hush()
    clock = room.sim.handle.now
    assert isinstance(clock, Clock)
    clock.moment = datetime(2026, 12, 3, 9, tzinfo=ZONE)
    ticked = room.sim.handle.tick(OpenAgain())
    room.sim.deliver(list(ticked.messages))
    back = simulated.lead(room.sim, lead.id)
    assert (back.status, back.inbox) == ("sent", "balans")
    assert back.claim_by is not None
    assert back.claim_by > clock.moment
    assert lead.code in news(room.ans)
    assert f"Er is weer plek bij Stichting Balans. ({lead.code})" in news(room.fatma)
    assert f"Terug in hun postvak: {lead.code}." in news(room.ria)
    assert room.sim.handle.tick(OpenAgain()).all_done
    with room.sim.store.read() as tx:
        assert members.of(tx, WIJK, room.ans.id)


def test_a_notice_says_no_more_than_that_there_is_news_unless_the_resident_said_otherwise(room: Room) -> None:
    go(room.sim, room.fatma, *ALONE, "first", *ABOUT, "handoff.consent:yes")
    (lead,) = simulated.leads_of(room.sim, room.fatma)
    says(room, room.ans, "full", WEEK)
    go(room.sim, room.ans, f"{lead.token}:view")
    room.do(room.ans, lead, "decline.no_capacity")
    room.hush()
    clock = room.sim.handle.now
    assert isinstance(clock, Clock)
    clock.moment = datetime(2026, 12, 3, 9, tzinfo=ZONE)
    room.sim.deliver(list(room.sim.handle.tick(OpenAgain()).messages))
    assert news(room.fatma) == CONTENT.words.phrase("nl", "news.text", code=lead.code)
    go(room.sim, room.fatma, "open")
    assert "Er is weer plek bij Stichting Balans." in news(room.fatma)
