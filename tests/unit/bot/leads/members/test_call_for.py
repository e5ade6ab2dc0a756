"""What a member may be called for: who writes it, who reads it, and that it goes with the membership at once."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Person
from bot.leads.members.call_for import MOST
from bot.messages.taps.members import MemberTap, WhoTap
from db.people import members
from db.people.members import Member
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, WIJK
from tests.unit.bot.register.wijk_room import Around

LINE = "brieven van de deurwaarder"


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


def member(around: Around, person: Person) -> Member:
    """The membership of this person."""
    with around.sim.store.read() as tx:
        return members.of(tx, WIJK, person.id)[0]


def taps(around: Around, person: Person, tap: MemberTap) -> str:
    """Tap this; gives what the person then reads."""
    around.sim.hear(person, tap)
    return person.news[-1].text


def writes(around: Around, person: Person, words: str, line: int = 0) -> str:
    """Write one of the own lines; gives what the person then reads."""
    around.sim.hear(person, WhoTap("write", f"{member(around, person).handle}_{line}"))
    around.sim.type(person, words)
    return person.news[-1].text


def test_a_member_writes_two_lines_and_changes_one(around: Around) -> None:
    assert f"1. {LINE}" in writes(around, around.ans, LINE)
    writes(around, around.ans, "  meegaan   naar een loket ", 1)
    assert member(around, around.ans).call_for == f"{LINE}\nmeegaan naar een loket"
    read = writes(around, around.ans, "praten over geld")
    assert "1. praten over geld" in read
    assert member(around, around.ans).call_for == "praten over geld\nmeegaan naar een loket"


def test_nobody_has_more_than_two_lines(around: Around) -> None:
    for line in (0, 1, 1, 1):
        writes(around, around.ans, f"regel {line}", line)
    taps(around, around.ans, WhoTap("write", f"{member(around, around.ans).handle}_2"))
    around.sim.type(around.ans, "nog een")
    assert len((member(around, around.ans).call_for or "").split("\n")) == MOST
    assert not simulated.found(around.sim.store, "nog een")


@pytest.mark.parametrize("words", ["bel 06 12345678", "ans@balans.example", "kijk op www.balans.example", "x" * 61])
def test_what_leads_to_somebody_or_is_too_long_is_not_kept(around: Around, words: str) -> None:
    writes(around, around.ans, words)
    assert member(around, around.ans).call_for is None


@pytest.mark.parametrize("reader", ["omar", "ria", "noor"])
def test_colleagues_coordinators_and_wijkverbinders_read_it_with_the_first_name(around: Around, reader: str) -> None:
    writes(around, around.ans, LINE)
    person: Person = getattr(around, reader)
    assert LINE not in taps(around, person, WhoTap("view", "balans"))
    assert f"• Ans: {LINE}" in taps(around, person, WhoTap("lines", "0_balans"))


def test_a_wijkverbinder_and_a_coordinator_have_lines_too(around: Around) -> None:
    writes(around, around.noor, "een praatje op de markt")
    writes(around, around.ria, "alles wat blijft liggen")
    assert "Noor: een praatje op de markt" in taps(around, around.ans, WhoTap("lines", "0_connector"))
    assert "Ria: alles wat blijft liggen" in taps(around, around.ans, WhoTap("lines", "0_coordinator"))


def test_it_is_gone_at_once_when_the_member_erases_it_or_the_membership_ends(around: Around) -> None:
    writes(around, around.ans, LINE)
    taps(around, around.ans, WhoTap("erase", member(around, around.ans).handle))
    assert member(around, around.ans).call_for is None
    writes(around, around.ans, LINE)
    with around.sim.store.write() as tx:
        members.end(tx, WIJK, member(around, around.ans).handle)
    assert LINE not in taps(around, around.omar, WhoTap("lines", "0_balans"))


def test_who_was_removed_while_writing_keeps_nothing_and_reads_nothing(around: Around) -> None:
    writes(around, around.omar, LINE)
    handle = member(around, around.ans).handle
    around.sim.hear(around.ans, WhoTap("write", f"{handle}_0"))
    with around.sim.store.write() as tx:
        members.end(tx, WIJK, handle)
    around.sim.type(around.ans, "te laat geschreven")
    assert around.ans.news[-1].text == CONTENT.words.phrase("nl", "who.gone")
    assert not simulated.found(around.sim.store, "te laat geschreven")
    for tap in (WhoTap("lines", "0_eas"), WhoTap("mine", handle), WhoTap("erase", handle)):
        assert taps(around, around.ans, tap) == CONTENT.words.phrase("nl", "desk.no_member")


def test_nobody_writes_or_erases_the_lines_of_somebody_else(around: Around) -> None:
    writes(around, around.ans, LINE)
    handle, fatma = member(around, around.ans).handle, simulated.resident(around.sim)
    for person in (around.omar, around.noor, around.ria, fatma):
        person.news.clear()
        for tap in (WhoTap("write", f"{handle}_0"), WhoTap("erase", handle), WhoTap("mine", handle)):
            around.sim.hear(person, tap)
        around.sim.type(person, "van een ander")
        assert not any(LINE in each.text for each in person.news)
    assert member(around, around.ans).call_for == LINE


def test_a_resident_reads_no_line_by_a_made_up_button(around: Around) -> None:
    writes(around, around.ans, LINE)
    fatma = simulated.resident(around.sim)
    assert taps(around, fatma, WhoTap("lines", "0_balans")) == CONTENT.words.phrase("nl", "desk.no_member")


def test_a_member_reads_their_own_lines_in_their_data(around: Around) -> None:
    writes(around, around.ans, LINE)
    around.sim.type(around.ans, "/mijngegevens")
    assert any(f"Bel mij voor: {LINE}" in each.text for each in around.ans.news)
