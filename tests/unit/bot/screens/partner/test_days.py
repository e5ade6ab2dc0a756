"""An organisation agrees to its days at the first login; until then no resident reads a day that nobody promised."""

from __future__ import annotations

from datetime import date

import pytest

from bot.demo.simulator import Person, Simulator
from bot.messages.links import INVITATION
from bot.messages.taps.members import DaysTap
from db.people import members
from db.records import switches
from db.store import Store
from tests import simulated
from tests.simulated import ABOUT_ME, CONTENT, MONEY_AND_COLD, WIJK, go


@pytest.fixture
def sim(store: Store) -> Simulator:
    return simulated.simulator(store)


def newcomer(sim: Simulator, partner: str, address: str = "telegram:2001", name: str = "Ans") -> Person:
    """Make a member by an invitation, as the first of their organisation: nobody agreed to anything."""
    person = sim.person(address, name)
    sim.type(person, f"/start {INVITATION}{simulated.invitation(sim, partner)}")
    return person


def handle(sim: Simulator, person: Person) -> str:
    with sim.store.read() as tx:
        return members.of(tx, WIJK, person.id)[0].handle


def agreed(sim: Simulator, partner: str) -> object:
    with sim.store.read() as tx:
        return switches.all(tx, WIJK).get(f"partner.{partner}.contact_days")


def answers(person: Person) -> list[str]:
    return [each.text for row in person.card.buttons for each in row if each.data.startswith("days:")]


def test_the_first_member_is_asked_and_says_yes(sim: Simulator) -> None:
    ans = newcomer(sim, "portaal")
    assert "Contact binnen 5 werkdagen. Met haast: binnen 1 werkdag." in ans.news[-1].text
    assert answers(ans) == ["Ja", "Liever 10 werkdagen"]
    go(sim, ans, "days.5")
    assert agreed(sim, "portaal") == 5
    bep = newcomer(sim, "portaal", "telegram:2002", "Bep")
    assert not any("werkdagen" in each.text for each in bep.news), "the next one is not asked"


def test_what_is_asked_is_the_soonest_day_that_a_resident_could_read(sim: Simulator) -> None:
    assert CONTENT.wijk.partners["eas"].contact_days == 10
    assert "Contact binnen 5 werkdagen" in newcomer(sim, "eas").news[-1].text, "some rows say five"


def test_until_somebody_answered_a_resident_reads_when_the_coordinator_looks(sim: Simulator) -> None:
    simulated.agrees(sim, "shm")
    newcomer(sim, "shm", "telegram:2003", "Bert")
    ans = newcomer(sim, "eas")
    fatma = simulated.resident(sim)
    (card,) = go(sim, fatma, *MONEY_AND_COLD)
    assert "Niks gehoord op" in card.text
    assert "Je hoort iets op" not in card.text, "of two who come together the one that did not agree counts"
    go(sim, fatma, "all", *ABOUT_ME, "handoff.consent:yes", "handoff.consent:yes")
    receipt = fatma.news[-1].text
    assert "Niks gehoord op" in receipt
    lead = next(each for each in simulated.leads_of(sim, fatma) if each.partner == "shm")
    assert lead.contact_by is not None
    go(sim, ans, "days.10")
    mo = simulated.resident(sim, "telegram:1002", "Mo")
    (card,) = go(sim, mo, *MONEY_AND_COLD)
    assert "Je hoort iets op wo 9 december, of eerder." in card.text, "ten working days, and not the five of the row"


def test_the_coordinator_promises_for_an_inbox_that_nobody_reads(sim: Simulator) -> None:
    (card,) = go(sim, simulated.resident(sim), *MONEY_AND_COLD)
    assert "Je hoort iets op wo 2 december, of eerder." in card.text


def test_who_takes_the_first_lead_agrees_before_a_resident_reads_a_day(sim: Simulator) -> None:
    ans = newcomer(sim, "balans")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    assert lead.contact_by is None
    assert lead.claim_by is not None
    assert lead.due_at == lead.claim_by
    go(sim, ans, "view")
    fatma.news.clear()
    for _ in range(2):
        asked = sim.press(ans, ans.card.id, simulated.under(lead, "accept", lead.version))
        assert f"Daarna zie je {lead.code} weer." in asked[-1].text
    assert not fatma.news
    assert simulated.lead(sim, lead.id).status == "sent"
    go(sim, ans, f"days.10.{lead.token}", "view", "accept")
    taken = simulated.lead(sim, lead.id)
    assert taken.status == "accepted"
    assert taken.contact_by is not None
    assert taken.contact_by.date() == date(2026, 12, 9)
    assert agreed(sim, "balans") == 10


def test_days_can_be_changed_later_and_only_by_who_belongs_there(sim: Simulator) -> None:
    ans = simulated.member(sim, "balans")
    omar = simulated.member(sim, "eas", "telegram:2003", "Omar")
    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    before = agreed(sim, "balans")
    for person, key in ((omar, handle(sim, ans)), (ria, handle(sim, ria)), (simulated.resident(sim), handle(sim, ans))):
        sim.hear(person, DaysTap(key, 20))
    assert (agreed(sim, "balans"), agreed(sim, "coordinator")) == (before, None)
    sim.type(ans, "/postvak")
    go(sim, ans, "available", "days.0")
    assert answers(ans) == ["Ja", *(f"Liever {days} werkdagen" for days in (3, 5, 10, 15, 20) if days != before)]
    sim.hear(ans, DaysTap(handle(sim, ans), 7))
    assert agreed(sim, "balans") == before, "nobody offered seven"
    sim.hear(ans, DaysTap(handle(sim, ans), 20))
    assert agreed(sim, "balans") == 20


def test_an_organisation_of_before_finds_the_question_in_its_inbox(sim: Simulator) -> None:
    ans = newcomer(sim, "portaal")
    (inbox,) = sim.type(ans, "/postvak")
    assert "📆 Contact binnen 5 werkdagen. Past dat?" in [each.text for row in inbox.buttons for each in row]
    go(sim, ans, "days.0", "days.5")
    (inbox,) = sim.type(ans, "/postvak")
    assert not [each.text for row in inbox.buttons for each in row if "werkdagen" in each.text]


def test_the_coordinator_sees_who_agreed(sim: Simulator) -> None:
    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    ans = newcomer(sim, "portaal")
    sim.type(ria, "/coordinator")
    assert "Contact binnen 5 werkdagen: nog niet afgesproken" in go(sim, ria, "partners", "partner.portaal")[-1].text
    go(sim, ans, "days.10")
    sim.type(ria, "/coordinator")
    assert "Contact binnen 10 werkdagen: afgesproken" in go(sim, ria, "partners", "partner.portaal")[-1].text
