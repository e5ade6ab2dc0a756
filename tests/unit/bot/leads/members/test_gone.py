"""A partner is taken out of the files of the wijk, and the bot starts again: nothing there waits for nobody."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from bot.content.loaded import ZONE
from bot.demo.simulator import Simulator
from bot.handle import Handle
from bot.messages.links import INVITATION
from bot.messages.taps.members import AvailabilityTap, DashboardTap, DaysTap, InboxTap, LeadTap, LeaveTap, MemberTap
from db.leads import leads
from db.people import invitations, members
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.script import without
from tests.simulated import NOW, WIJK
from tests.unit.bot.leads.clocks.test_ladder import Street, phrase
from tests.unit.bot.screens.partner.room import put


def starts_without(sim: Simulator, partner: str) -> None:
    """Start the bot again, on the same store, with content that does not have this partner."""
    sim.content = without(sim.content, partner)
    sim.handle = Handle(sim.content, sim.store, now=sim.handle.now)


@pytest.fixture
def street(store: Store) -> Street:
    return Street(store)


@pytest.mark.both_stores
def test_what_lay_there_is_the_coordinators_and_everybody_hears_it_once(street: Street) -> None:
    first = street.handed_over()
    street.do(street.ans, first, "accept")
    known = [first.id, *(put(street.sim, street.fatma, each).id for each in ("sent", "in_progress", "on_hold"))]
    street.hush()
    starts_without(street.sim, "balans")
    street.tick()
    for lead in (simulated.lead(street.sim, id) for id in known):
        assert (lead.inbox, lead.owner, lead.assignee) == ("coordinator", "coordinator", None)
        assert lead.due_at is not None
        assert any(lead.code in each.text for each in street.fatma.news)
        assert lead.code in str([each.text for each in street.ria.news])
    assert any("doet niet meer mee" in each.text and first.code in each.text for each in street.fatma.news)
    gone = phrase("desk.partner_gone", wijk=street.sim.content.wijk.name)
    for member in (street.ans, street.bep):
        assert [each.text for each in member.news].count(gone) == 1
        assert "Fatma" not in str([each.text for each in member.chat.values()])
    with street.sim.store.read() as tx:
        assert {each.organisation for each in members.who_joined(tx, WIJK)} == {"eas", "coordinator"}
    street.hush()
    assert street.tick() == []
    street.until(NOW + timedelta(days=21))
    assert simulated.lead(street.sim, first.id).closed_at is None


def test_old_cards_buttons_and_invitations_lead_nowhere_and_nothing_falls(street: Street) -> None:
    lead = street.handed_over()
    street.do(street.ans, lead, "view")
    with street.sim.store.read() as tx:
        (own,) = members.of(tx, WIJK, street.ans.id)
    code = simulated.invitation(street.sim, "balans")
    taps: tuple[MemberTap, ...] = (
        *(LeadTap(lead.token, move, version=lead.version) for move in ("view", "accept", "decline", "still", "return")),
        *(InboxTap(), LeaveTap(own.handle), AvailabilityTap(own.handle), DaysTap(own.handle, 5)),
        *(DashboardTap(act, "balans") for act in ("partner", "state", "until", "invite", "members")),
    )
    starts_without(street.sim, "balans")
    for _ in range(2):  # before the clock has looked, and afterwards
        for person in (street.ans, street.ria, street.omar):
            for tap in taps:
                street.sim.hear(person, tap, person.card.id)
                assert person.news, tap
        stranger = street.sim.person("telegram:3001", "Iemand")
        street.sim.type(stranger, f"/start {INVITATION}{code}")
        with street.sim.store.read() as tx:
            assert members.of(tx, WIJK, stranger.id) == []
        for said in ("/hulp", "/mijngegevens", "/menu"):
            street.sim.type(street.fatma, said)
            assert street.fatma.news
        street.tick()
    with street.sim.store.read() as tx:
        assert invitations.open_ones(tx, WIJK, NOW, partner="balans") == []
        assert len(leads.events(tx, WIJK, lead.id)) > 1


def test_who_works_elsewhere_too_stays_there_and_who_blocked_the_bot_is_no_member_either(street: Street) -> None:
    simulated.joins(street.sim, street.ans, "eas")
    street.sim.hear(street.bep, Blocked(True))
    starts_without(street.sim, "balans")
    street.tick()
    with street.sim.store.read() as tx:
        assert [each.organisation for each in members.of(tx, WIJK, street.ans.id)] == ["eas"]
        assert members.of(tx, WIJK, street.bep.id) == []


def test_at_night_nobody_is_told(street: Street) -> None:
    lead = street.handed_over()
    night = datetime.combine(NOW.date(), time(23), ZONE)
    street.until(night)
    starts_without(street.sim, "balans")
    assert street.tick() == []
    assert street.now(lead).inbox == "balans"
    street.until(night + timedelta(hours=10))
    assert street.now(lead).inbox == "coordinator"


def test_a_resident_who_was_choosing_this_partner_is_offered_what_there_is_now(street: Street) -> None:
    simulated.asked(street.sim, street.fatma)
    starts_without(street.sim, "balans")
    simulated.go(street.sim, street.fatma, "handoff.consent:yes")
    assert street.fatma.news
    assert all(each.inbox != "balans" for each in simulated.leads_of(street.sim, street.fatma))
