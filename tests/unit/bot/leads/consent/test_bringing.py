"""Another organisation comes in beside the one that has a lead: with a yes, a lead of its own, and no word too many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.simulator import Person
from bot.handle import Handle
from bot.leads.consent import bringing
from bot.messages.taps.members import DashboardTap, PassTap
from db.leads import leads
from db.leads.consent import consents, disclosures, passings
from db.leads.consent.passings import Passing
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import StopHelpTap
from tests import simulated
from tests.simulated import CONTENT, WIJK, Clock, go
from tests.unit.bot.screens.partner.room import Room
from tests.unit.bot.screens.partner.test_given import handle


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def taken(room: Room) -> Lead:
    """Ans took Fatma's lead."""
    return taken_now(room, room.handed_over())


def taken_now(room: Room, lead: Lead) -> Lead:
    room.do(room.ans, lead, "accept")
    room.hush()
    return simulated.lead(room.sim, lead.id)


def says(room: Room, person: Person, lead: Lead, to: str = "eas", topic: str = "cold", asks: str = "join") -> str:
    """This member brings that organisation in, by a button for the lead as it is given."""
    news = room.sim.hear(person, PassTap(lead.token, to, topic, asks, lead.version, keeps=True))
    return "\n".join(each.text for each in news)


def open_question(room: Room, lead: Lead) -> Passing | None:
    with room.sim.store.read() as tx:
        return passings.of_lead(tx, WIJK, lead.id)


def hers(room: Room) -> list[Lead]:
    with room.sim.store.read() as tx:
        return leads.of_resident(tx, WIJK, room.fatma.id)


def answers(room: Room, answer: str) -> str:
    room.hush()
    return "\n".join(each.text for each in go(room.sim, room.fatma, f"pass_{answer}"))


@pytest.mark.both_stores
def test_with_a_yes_there_is_a_second_lead_and_the_first_stays_as_it_was(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    assert hers(room) == [lead]
    told = answers(room, "yes")
    first, second = hers(room)
    assert replace(first, together=None) == lead
    assert first.together == second.together == lead.code
    assert (second.inbox, second.status, second.topic, second.asked) == ("eas", "sent", ["cold"], "join")
    assert second.owner == "inbox"
    assert second.due_at is not None
    assert second.code in told
    assert second.code in str(room.ans.news)
    assert second.code in str(room.omar.news)
    assert open_question(room, lead) is None


def test_who_comes_in_sees_who_the_resident_is_and_what_for_and_nothing_else(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    (card,) = [each.text for each in room.fatma.chat.values() if "Dit ziet Energie Actief Soest" in each.text]
    answers(room, "yes")
    _, second = hers(room)
    assert lead.packet is not None
    assert second.packet == {
        **{key: value for key, value in lead.packet.items() if key in bringing.WHO},
        "topics": ["cold"],
        "together": ["balans"],
        "partner": "eas",
        "inbox": "eas",
    }
    with room.sim.store.read() as tx:
        yes = consents.live(tx, WIJK, second.consent or 0)
        (handed,) = disclosures.of_lead(tx, WIJK, second.id)
    assert yes is not None
    assert (yes.recipient, set(yes.fields)) == ("eas", set(second.packet))
    assert handed.recipient == "eas"
    shown = room.do(room.omar, second, "view")
    seen = {line for line in card.split("\n") if line.startswith("• ")}
    assert {line for line in shown.split("\n") if line.startswith("• ")} == seen
    assert f"Samen met Stichting Balans: {lead.code}" in shown
    assert f"Samen met Energie Actief Soest: {second.code}" in room.do(room.ans, lead, "view")


def stops(room: Room, lead: Lead) -> None:
    """Fatma stops this help."""
    room.sim.hear(room.fatma, StopHelpTap(lead.token, simulated.place(room.sim, room.fatma).revision, sure=True))


def test_a_no_and_silence_bring_nobody_in(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    answers(room, "talk")
    assert hers(room) == [lead]
    answers(room, "no")
    assert hers(room) == [lead]
    assert not room.omar.news
    with room.sim.store.read() as tx:
        assert [each.given for each in consents.of(tx, WIJK, room.fatma.id)][-1] is False


def test_only_who_has_the_lead_brings_somebody_in(room: Room) -> None:
    lead = room.handed_over()
    for person in (room.ans, room.bep, room.omar, room.ria, room.fatma):  # nobody has it yet
        says(room, person, lead)
    lead = taken_now(room, lead)
    for person in (room.bep, room.omar, room.ria, room.fatma):
        says(room, person, lead)
    says(room, room.ans, replace(lead, version=lead.version - 1))
    assert open_question(room, lead) is None
    says(room, room.ans, lead)
    assert open_question(room, lead) is not None


MADE_UP = [("balans", "company"), ("nobody", "cold"), ("eas", "cut_off"), ("eas", "food")]


@pytest.mark.parametrize(("to", "topic"), MADE_UP)
def test_a_button_that_somebody_made_up_asks_nothing_of_the_resident(room: Room, to: str, topic: str) -> None:
    lead = taken(room)
    says(room, room.ans, lead, to, topic)
    assert open_question(room, lead) is None
    assert not room.fatma.news


def test_who_is_full_when_the_yes_comes_does_not_come_in(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    room.sim.hear(room.ria, DashboardTap("state", "eas", "full"))
    told = answers(room, "yes")
    assert "kan je nu niet helpen" in told
    assert hers(room) == [lead]
    assert "Energie Actief Soest" in str(room.ans.news)
    assert open_question(room, lead) is None


def test_what_runs_already_is_not_asked_again(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    answers(room, "yes")
    says(room, room.ans, lead)
    assert open_question(room, lead) is None
    assert len(hers(room)) == 2


def test_with_as_much_help_as_there_may_be_nothing_is_shared(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    few = replace(CONTENT, wijk=replace(CONTENT.wijk, most_help=1))
    room.sim.handle = Handle(few, room.sim.store, now=Clock())
    told = answers(room, "yes")
    assert "kan je nu niet helpen" in told
    assert hers(room) == [lead]
    with room.sim.store.read() as tx:
        last = consents.of(tx, WIJK, room.fatma.id)[-1]
        assert not last.given or consents.live(tx, WIJK, last.id) is None


def test_the_question_ends_when_the_lead_leaves_and_when_it_is_taken_back(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    room.sim.hear(room.ans, PassTap(lead.token, version=lead.version, back=True, keeps=True))
    assert open_question(room, lead) is None
    assert "geldt niet meer" in answers(room, "yes")
    says(room, room.ans, lead)
    stops(room, lead)
    assert open_question(room, lead) is None
    assert [each.inbox for each in hers(room) if each.closed_at is None] == []


def test_stopping_one_of_the_two_leaves_the_other(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    answers(room, "yes")
    second = hers(room)[-1]
    room.hush()
    stops(room, lead)
    assert [each.inbox for each in hers(room) if each.closed_at is None] == ["eas"]
    assert f"{second.code}: Stichting Balans komt niet meer mee." in str(room.omar.news), "a card that is open is old"


def test_who_passes_a_lead_on_is_not_expected_by_who_came_in_beside(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    answers(room, "yes")
    second = hers(room)[-1]
    simulated.member(room.sim, "shm", "telegram:2050", "Kim")
    go(room.sim, room.ans, "view", "more", "redirect", "pass.shm", "pass.shm.fits")
    answers(room, "yes")
    assert hers(room)[-1].inbox == "shm"
    assert f"{second.code}: Stichting Balans komt niet meer mee." in str(room.omar.news)
    assert "🤝 Samen met" not in room.do(room.omar, second, "view")


def test_when_one_cannot_help_the_resident_reads_who_goes_on(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    answers(room, "yes")
    _, second = hers(room)
    room.hush()
    room.sim.type(room.omar, "/postvak")
    go(room.sim, room.omar, f"{second.token}:view", "decline", "decline.no_capacity")
    assert "Stichting Balans blijft je helpen." in str(room.fatma.news)
    assert f"{lead.code}: Energie Actief Soest komt niet meer mee." in str(room.ans.news)
    assert simulated.lead(room.sim, lead.id).status == "accepted"


def test_of_three_the_first_and_the_last_do_not_know_each_other(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    answers(room, "yes")
    second = hers(room)[-1]
    room.do(room.omar, second, "accept")
    kim = simulated.member(room.sim, "shm", "telegram:2050", "Kim")
    says(room, room.omar, simulated.lead(room.sim, second.id), "shm", "bills")
    answers(room, "yes")
    third = hers(room)[-1]
    assert third.together == lead.code
    assert "Balans" not in room.do(kim, third, "view")
    assert "SchuldHulpMaatje" not in room.do(room.ans, lead, "view")
    both = room.do(room.omar, second, "view")
    assert all(code in both for code in (lead.code, third.code))


def test_a_coordinator_who_took_a_lead_over_passes_it_on_and_brings_in_no_one(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.other")
    room.do(room.ria, lead, "reopen")
    lead = simulated.lead(room.sim, lead.id)
    assert lead.assignee == room.ria.id
    says(room, room.ria, lead)
    assert open_question(room, lead) is None
    assert "Erbij halen" not in str(room.ria.card.buttons)


def test_the_colleague_who_has_the_lead_now_hears_the_yes_too(room: Room) -> None:
    lead = taken(room)
    says(room, room.ans, lead)
    room.do(room.ans, lead, f"give.{handle(room, room.bep)}")
    assert simulated.lead(room.sim, lead.id).assignee == room.bep.id
    answers(room, "yes")
    assert hers(room)[-1].code in str(room.bep.news)
