"""A member who chose an hour reads once a working day what waits; what cannot wait comes at once, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from bot.content.loaded import ZONE
from bot.demo.simulator import Person
from bot.handle import Handle
from bot.leads.deadlines import works
from bot.leads.members.digest import HOURS, next_at
from bot.messages.taps.members import InboxTap
from bot.messages.taps.residents import HideTap, NewsTap, ReturnTap
from bot.messages.ticks import LookAtLeads
from db import tables
from db.people import digests
from db.people.digests import Digest
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, go
from tests.unit.bot.leads.clocks.test_ladder import Street, phrase


@pytest.fixture
def street(store: Store) -> Street:
    street = Street(store)
    for member in (street.ans, street.bep):
        chooses(street, member, "9")
    return street


def chooses(street: Street, member: Person, hour: str) -> None:
    street.sim.hear(member, InboxTap(digest=hour))


def of(street: Street, person: Person) -> Digest | None:
    with street.sim.store.read() as tx:
        return digests.of(tx, WIJK, person.id)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def read(person: Person) -> list[str]:
    return [each.text for each in person.news if each.text.startswith(phrase("desk.digest"))]


THURSDAY = NOW.date() + timedelta(days=1)


@pytest.mark.both_stores
def test_a_digest_comes_once_a_day_with_codes_and_days_and_nothing_of_anybody(street: Street) -> None:
    lead = simulated.handed_over(street.sim, street.fatma)
    assert not any(lead.code in each.text for each in street.ans.news), "it can wait"
    street.hush()
    street.until(at(THURSDAY, 8, 59))
    assert read(street.ans) == []
    street.until(at(THURSDAY, 9))
    (said,) = read(street.ans)
    assert "🆕 Nieuw" in said
    assert lead.code in said
    assert "Fatma" not in said
    assert "ontmoeten" not in said, "no topic: nothing takes it back"
    street.hush()
    assert street.tick() == []
    assert CONTENT.wijk.id == WIJK
    again = Handle(CONTENT, street.sim.store, now=lambda: at(THURSDAY, 9, 1))
    assert list(again.tick(LookAtLeads()).messages) == [], "a restart, or a second process"


def test_what_cannot_wait_and_what_residents_say_comes_at_once(street: Street) -> None:
    lead = street.handed_over()
    with street.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(urgent=True))
    street.do(street.ans, lead, "accept")
    street.hush()
    street.do(street.ans, lead, "hand_back")
    assert any(lead.code in each.text for each in street.bep.news), "urgent"
    go(street.sim, street.bep, "view", "accept")
    street.hush()
    token = simulated.lead(street.sim, lead.id).token
    street.sim.press(street.fatma, None, f"reply:{token}:0")
    street.sim.type(street.fatma, "Kan het morgen?")
    assert any("Kan het morgen?" in each.text for each in street.bep.news)


def test_what_comes_back_waits_for_the_digest_too(street: Street) -> None:
    lead = street.handed_over()
    street.do(street.ans, lead, "accept")
    street.hush()
    street.do(street.ans, lead, "hand_back")
    assert not street.bep.news
    street.until(at(THURSDAY, 9))
    assert any(lead.code in each for each in read(street.bep))


def test_nothing_to_tell_is_no_message_and_weekends_are_free(street: Street) -> None:
    street.until(at(THURSDAY, 12) + timedelta(days=10))
    assert not [each for member in (street.ans, street.bep) for each in member.chat.values() if "☀️ Dit" in each.text]


def test_after_an_outage_over_the_hour_it_comes_the_same_day_or_else_the_next(street: Street) -> None:
    lead = street.handed_over()
    street.clock.moment = at(THURSDAY, 13)  # type: ignore[attr-defined]
    street.tick()
    assert len(read(street.ans)) == 1
    due = of(street, street.ans)
    assert due is not None
    assert due.due_at == at(THURSDAY + timedelta(days=1), 9)
    street.hush()
    street.clock.moment = at(THURSDAY + timedelta(days=1), 22)  # type: ignore[attr-defined]
    street.tick()
    street.clock.moment = at(THURSDAY + timedelta(days=2), 9)  # type: ignore[attr-defined]
    street.tick()
    assert read(street.ans) == [], "a Saturday"
    assert street.now(lead).closed_at is None


def test_a_clock_that_jumps_sends_nothing_until_it_is_believed(street: Street) -> None:
    street.handed_over()
    street.tick()
    street.clock.moment = at(THURSDAY + timedelta(days=6), 10)  # type: ignore[attr-defined]
    street.tick()
    assert read(street.ans) == []
    street.clock.moment += timedelta(hours=1)  # type: ignore[attr-defined]
    street.tick()
    assert read(street.ans) == [], "the digest of a day that is over is left out"
    street.until(at(THURSDAY + timedelta(days=7), 9))
    assert len(read(street.ans)) == 1


@pytest.mark.parametrize("hour", HOURS)
def test_every_hour_is_that_of_the_wall_on_a_working_day_also_when_the_clock_changes(hour: int) -> None:
    for start in (date(2026, 3, 20), date(2026, 10, 16), date(2026, 12, 22)):
        moment = at(start, 0)
        for _ in range(12):
            moment = next_at(moment, hour)
            assert moment.astimezone(ZONE).hour == hour
            assert works(moment.astimezone(ZONE).date())


def test_who_chooses_at_once_hears_at_once_again_and_a_forged_hour_means_that_too(street: Street) -> None:
    for hour in ("0", "7", "99"):
        chooses(street, street.ans, "16")
        assert of(street, street.ans) is not None
        chooses(street, street.ans, hour)
        assert of(street, street.ans) is None
    lead = simulated.handed_over(street.sim, street.fatma)
    assert any(lead.code in each.text for each in street.ans.news)
    chooses(street, street.fatma, "9")
    assert of(street, street.fatma) is None, "who works nowhere reads none"


def test_new_members_begin_with_a_digest_and_members_of_before_hear_at_once_until_they_choose(store: Store) -> None:
    street = Street(store)  # members of before: nobody chose
    assert of(street, street.ans) is None
    street.sim.content = replace(CONTENT, wijk=replace(CONTENT.wijk, digest_hour=9))
    street.sim.handle = Handle(street.sim.content, store, now=street.sim.handle.now)
    new = simulated.member(street.sim, "balans", "telegram:2020", "Noa")
    assert of(street, new) is not None
    assert new.news[-1].text == phrase("desk.digest_begins", hour=9)
    go(street.sim, new, "digest.ask", "digest.0")
    assert of(street, new) is None
    simulated.joins(street.sim, new, "eas")
    assert of(street, new) is None, "what somebody chose stays"
    simulated.joins(street.sim, street.ans, "eas")
    assert of(street, street.ans) is None
    lead = simulated.handed_over(street.sim, street.fatma)
    assert any(lead.code in each.text for each in street.ans.news)


def test_it_goes_when_a_member_leaves(street: Street) -> None:
    street.sim.type(street.ans, "/postvak")
    go(street.sim, street.ans, "settings", "leave", "leave_sure")
    assert of(street, street.ans) is None


def test_promises_of_today_and_tomorrow_come_first_and_the_rest_is_counted(street: Street) -> None:
    lead = street.handed_over()
    street.do(street.ans, lead, "accept")
    due = street.now(lead).due_at
    assert due is not None
    for key, days in (("digest_tomorrow", 1), ("digest_today", 0)):
        street.hush()
        street.until(at(due.astimezone(ZONE).date() - timedelta(days=days), 9))
        assert any(phrase(f"desk.{key}", codes=lead.code) in each for each in read(street.ans)), key
    assert read(street.bep) == []


def test_of_the_digests_that_came_while_the_chat_was_hidden_the_newest_is_read(street: Street) -> None:
    """What the others say is not true any more."""
    lead = street.handed_over()
    street.sim.hear(street.ans, HideTap())
    for day in range(1, 6):
        street.until(at(NOW.date() + timedelta(days=day), 10))
    street.sim.hear(street.ans, ReturnTap())
    street.hush()
    street.sim.hear(street.ans, NewsTap())
    (said,) = read(street.ans)
    assert "✋ Nog niet opgepakt" in said
    assert lead.code in said
