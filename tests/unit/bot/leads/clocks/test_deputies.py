"""What no coordinator decides by its moment goes to the deputy, then to the door; and never in silence."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.demo.simulator import Person
from bot.messages.links import INVITATION
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import NOW, go
from tests.unit.bot.leads.clocks.test_ladder import Street, falls_due, phrase


@pytest.fixture
def street(store: Store) -> Street:
    return Street(store)


def deputy(street: Street) -> Person:
    """Dewi, who stands in for the coordinator."""
    dewi = street.sim.person("telegram:2009", "Dewi")
    street.sim.type(dewi, f"/start {INVITATION}{simulated.invitation(street.sim, 'coordinator', 'deputy')}")
    street.hush()
    return dewi


def fell(street: Street) -> Lead:
    """A lead that Balans declined; its resident was told the day on which it is decided."""
    lead = street.handed_over()
    street.do(street.ans, lead, "decline.other")
    due = street.now(lead).due_at
    assert due is not None
    falls_due(street, due)
    return street.now(lead)


def told(person: Person, lead: Lead) -> list[str]:
    return [each.text.split("\n")[1] for each in person.news if lead.code in each.text]


def moment(street: Street, lead: Lead) -> datetime:
    """When the clock looks at it next."""
    look_at = street.now(lead).look_at
    assert look_at is not None
    return look_at


def test_two_coordinators_hear_first_then_the_deputy_and_then_the_resident_reads_the_door(street: Street) -> None:
    bo = simulated.member(street.sim, "coordinator", "telegram:2008", "Bo")
    dewi = deputy(street)
    lead = fell(street)
    assert (bool(street.ria.news), bool(bo.news), dewi.news) == (True, True, [])
    street.hush()
    street.until(moment(street, lead))
    assert all(any("Dit wacht op jou" in each for each in told(one, lead)) for one in (street.ria, bo))
    assert dewi.news == []
    street.hush()
    street.until(moment(street, lead))
    assert any("Geen coördinator besliste dit" in each for each in told(dewi, lead))
    assert (street.ria.news, bo.news) == ([], [])
    street.hush()
    third = moment(street, lead)
    with capture_logs() as logs:
        street.until(third)
    assert [(each["log_level"], each["code"]) for each in logs if "code" in each] == [("error", lead.code)]
    assert not any(one.id in str(logs) or one.name in str(logs) for one in (street.ria, bo, dewi, street.fatma))
    assert phrase("leads.door", code=lead.code) in street.fatma.news[-1].text
    assert street.now(lead).closed_at is None


def test_the_resident_hears_of_every_day_that_passes_meanwhile(street: Street) -> None:
    deputy(street)
    lead = fell(street)
    for key in ("leads.late", "leads.later", "leads.door"):
        street.hush()
        street.until(moment(street, lead))
        begins = phrase(key, code=lead.code, deadline="", place="").split("\n")[0]
        assert [begins in each.text for each in street.fatma.news] == [True], key


def test_what_a_coordinator_took_and_left_lies_open_for_the_deputy(street: Street) -> None:
    dewi = deputy(street)
    lead = fell(street)
    street.do(street.ria, lead, "reopen")
    taken = street.now(lead)
    assert taken.due_at is not None
    street.until(taken.due_at)
    assert street.now(lead).assignee == street.ria.id
    street.hush()
    street.until(moment(street, lead))
    assert (street.now(lead).assignee, street.now(lead).owner) == (None, "coordinator")
    assert told(dewi, lead)
    go(street.sim, dewi, "view", "accept")
    assert street.now(lead).assignee == dewi.id


@pytest.mark.parametrize("gone", ["left", "blocked", "never"])
def test_without_a_deputy_it_goes_straight_on(street: Street, gone: str) -> None:
    if gone != "never":
        dewi = deputy(street)
        if gone == "blocked":
            street.sim.hear(dewi, Blocked(True))
        else:
            street.sim.type(dewi, "/postvak")
            go(street.sim, dewi, "settings", "leave", "leave_sure")
    lead = fell(street)
    street.until(moment(street, lead))
    street.hush()
    with capture_logs() as logs:
        street.until(moment(street, lead))
    assert "error" in [each["log_level"] for each in logs]
    assert phrase("leads.door", code=lead.code) in street.fatma.news[-1].text


def test_a_deputy_who_is_the_only_one_hears_it_at_once_and_once(street: Street) -> None:
    dewi = deputy(street)
    street.sim.hear(street.ria, Blocked(True))
    street.hush()
    lead = fell(street)
    assert any(lead.code in each.text for each in dewi.news)
    street.until(moment(street, lead))
    street.hush()
    street.until(moment(street, lead))
    assert dewi.news == []
    assert phrase("leads.door", code=lead.code) in street.fatma.news[-1].text


def test_help_that_a_coordinator_gives_is_not_the_deputys(street: Street) -> None:
    dewi = deputy(street)
    lead = fell(street)
    street.do(street.ria, lead, "reopen")
    street.do(street.ria, lead, "contact")
    street.hush()
    street.until(NOW + timedelta(weeks=7))
    assert dewi.news == []
    assert street.now(lead).assignee == street.ria.id
