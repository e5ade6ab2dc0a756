"""Who does not read the chat is told by somebody: what must be said, who says it, what was answered, and the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.demo.simulator import Person
from bot.messages.taps.members import CallTap
from db.leads import calls
from db.leads.calls import Call
from db.leads.consent import consents
from db.leads.lead import Lead
from db.records import audit
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import NOW, WIJK, go
from tests.unit.bot.leads.clocks.test_ladder import Street, phrase


@pytest.fixture
def street(store: Store) -> Street:
    return Street(store)


def call_of(street: Street, lead: Lead) -> Call | None:
    with street.sim.store.read() as tx:
        return calls.of_lead(tx, WIJK, lead.id)


def taken_of_somebody_away(street: Street) -> Lead:
    """Fatma blocked the bot; then Ans took her lead."""
    lead = street.handed_over()
    street.sim.hear(street.fatma, Blocked(True))
    street.hush()
    street.do(street.ans, lead, "accept")
    return street.now(lead)


def says(street: Street, person: Person, lead: Lead, *said: str) -> str:
    """This member says of the call of a lead as it is now; gives what they read last."""
    for each in said:
        call = call_of(street, lead)
        assert call is not None
        street.sim.hear(person, CallTap(call.token, each), person.card.id)
    return person.news[-1].text


def noted(street: Street) -> list[str]:
    with street.sim.store.read() as tx:
        return [each.what for each in audit.since(tx, WIJK, NOW) if each.what.startswith("call.")]


def test_what_nobody_reads_in_the_chat_is_said_by_who_took_the_lead(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    call = call_of(street, lead)
    assert call is not None
    assert call.due_at > NOW
    assert street.fatma.news == []
    assert "Goed nieuws" in street.ans.news[0].text
    assert "(leest Nederlands)" in street.ans.news[0].text
    assert street.bep.news == [], "one member says it"
    assert "Fatma" not in street.ans.news[0].text
    assert "Goed nieuws" in street.do(street.ans, lead, "view")
    assert "Goed nieuws" not in street.do(street.bep, lead, "view")


def test_only_what_is_true_now_is_said_and_the_button_of_before_does_nothing(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    before = call_of(street, lead)
    street.do(street.ans, lead, "hand_back")
    now = call_of(street, lead)
    assert before is not None
    assert now is not None
    assert before.token != now.token
    assert [each.text.split("\n")[1] for each in street.bep.news][-1].startswith("📞 Bel en zeg")
    street.sim.hear(street.ans, CallTap(before.token, "self_fine"), street.ans.card.id)
    assert street.ans.news[-1].text == phrase("desk.call_gone")
    assert call_of(street, lead) == now
    assert noted(street) == []


@pytest.mark.parametrize("answer", ["self_fine", "other_fine"])
def test_what_was_said_is_done_and_noted_in_a_word_from_a_list(street: Street, answer: str) -> None:
    lead = taken_of_somebody_away(street)
    assert says(street, street.ans, lead, answer.split("_")[0], answer) == phrase("desk.call_done", code=lead.code)
    assert call_of(street, lead) is None
    assert noted(street) == [f"call.{answer}"]
    assert street.now(lead).assignee == street.ans.id


def test_who_wants_something_else_is_the_coordinators(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    street.hush()
    gone = says(street, street.ans, lead, "self_else")
    assert gone == phrase("desk.with_coordinator", code=lead.code)
    assert street.now(lead).inbox == "coordinator"
    assert any(phrase("desk.call_else_note") in each.text for each in street.ria.news)
    call = call_of(street, lead)
    assert call is not None
    assert call.word["key"] == "leads.wants_else"
    assert says(street, street.ria, lead, "self_else") == phrase("desk.call_yours", code=lead.code)
    assert call_of(street, lead) is None


def test_who_wants_to_stop_is_asked_once_more_and_then_it_is_erased_everywhere(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    street.do(street.bep, lead, "view")
    says(street, street.ans, lead, "self_stop")
    assert street.now(lead).closed_at is None
    says(street, street.ans, lead, "self_sure")
    after = street.now(lead)
    assert (after.status, after.packet, after.resident) == ("withdrawn", None, None)
    assert call_of(street, lead) is None
    with street.sim.store.read() as tx:
        assert lead.consent is not None
        kept = consents.get(tx, WIJK, lead.consent)
        assert kept is not None
        assert not kept.resident
    for member in (street.ans, street.bep):
        assert not [each for each in member.chat.values() if "Goed nieuws" in each.text or "Fatma" in each.text]


def test_somebody_else_cannot_stop_it_for_them(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    for said in ("other_stop", "other_sure", "none_sure", "fine", "self_nonsense"):
        call = call_of(street, lead)
        assert call is not None
        street.sim.hear(street.ria, CallTap(call.token, said), street.ria.card.id)
        assert street.ria.news[-1].text == phrase("desk.call_gone"), "it is not hers"
    says(street, street.ans, lead, "other_stop", "other_sure", "self_nonsense")
    assert street.now(lead).closed_at is None
    assert call_of(street, lead) is not None


def test_the_third_time_that_nobody_answers_it_goes_to_the_coordinator(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    for count in (1, 2):
        assert says(street, street.ans, lead, "none") == phrase("desk.call_tried", code=lead.code, count=count)
        assert phrase("desk.tried", count=count) in street.do(street.ans, lead, "view")
    says(street, street.ans, lead, "none")
    after = street.now(lead)
    assert (after.inbox, after.assignee, after.reason) == ("coordinator", None, "not_reached")
    for count in (1, 2, 3, 4):
        assert says(street, street.ria, lead, "none") == phrase("desk.call_tried", code=lead.code, count=count)
    assert street.now(lead).closed_at is None, "silence ends nothing"


@pytest.mark.both_stores
def test_the_clock_reminds_once_and_then_it_is_the_coordinators(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    call = call_of(street, lead)
    assert call is not None
    street.hush()
    street.until(call.due_at - timedelta(minutes=30))
    assert street.ans.news == []
    street.until(call.due_at)
    assert len(street.ans.news) == 1
    assert street.tick() == []
    second = call_of(street, lead)
    assert second is not None
    assert second.due_at > call.due_at
    street.until(second.due_at)
    assert street.now(lead).inbox == "coordinator"
    third = call_of(street, lead)
    assert third is not None
    assert third.word["key"] == "leads.returned"


def test_help_that_goes_on_stays_and_the_coordinator_hears_which_partner_should_ring(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    street.do(street.ans, lead, "contact")
    assert call_of(street, lead) is None, "they spoke with each other"
    go(street.sim, street.ans, "view", "more", "hold", "hold.documents", "hold.documents_4")
    street.hush()
    street.until(NOW + timedelta(days=6))
    assert street.now(lead).assignee == street.ans.id
    assert any("Bel je even?" in each.text and lead.code in each.text for each in street.ria.news)


def test_the_chat_gets_the_word_when_its_reader_comes_back(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    street.sim.hear(street.fatma, Blocked(False))
    assert any("Goed nieuws" in each.text for each in street.fatma.news)
    assert call_of(street, lead) is None
    street.hush()
    street.until(NOW + timedelta(days=2))
    assert not any("📞" in each.text for each in street.ans.news)


def test_nothing_is_left_to_say_when_the_lead_ends(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    street.do(street.ans, lead, "complete.not_needed")
    assert call_of(street, lead) is None


def test_a_notice_that_nobody_opened_is_said_by_somebody_too(street: Street) -> None:
    simulated.asked(street.sim, street.fatma)
    go(street.sim, street.fatma, *simulated.changing("notices"), "handoff.notices:no", "handoff.consent:yes")
    lead = simulated.leads_of(street.sim, street.fatma)[-1]
    street.do(street.ans, lead, "accept")
    street.hush()
    street.sim.hear(street.fatma, Blocked(True))
    call = call_of(street, lead)
    assert call is not None
    assert call.word["key"] == "leads.stands"
    assert "iemand pakt het op" in street.ans.news[-1].text


def test_the_word_that_nobody_helps_is_said_by_who_has_the_lead_then(street: Street) -> None:
    """A partner that declines is not asked to ring: the coordinator has it from then on."""
    lead = street.handed_over()
    street.sim.hear(street.fatma, Blocked(True))
    street.hush()
    street.do(street.ans, lead, "decline.other")
    assert not any("Bel en zeg" in each.text for member in (street.ans, street.bep) for each in member.news)
    (asked,) = [each for each in street.ria.news if "Bel en zeg" in each.text]
    assert lead.code in asked.text
    says(street, street.ria, lead, "self_fine")
    assert call_of(street, lead) is None


def test_when_one_of_several_rang_the_others_read_that_they_need_not(street: Street) -> None:
    lead = taken_of_somebody_away(street)
    street.do(street.ans, lead, "hand_back")
    street.hush()
    says(street, street.ans, lead, "self_fine")
    assert [each.text for each in street.bep.news] == [phrase("desk.call_by_colleague", code=lead.code, member="Ans")]
