"""What a koppelkans asks all others for: everybody hears it once, the first yes is enough, silence is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages.taps.members import RegisterTap
from db.people import digests
from db.people.digests import Digest
from db.records.register import support
from db.records.register.opportunities import Opportunity
from db.records.register.support import SupportRequest
from db.store import Store
from flows.model.heard import Blocked
from tests.simulated import WIJK
from tests.unit.bot.register.wijk_room import Around


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


def asks(around: Around, what: str = "room") -> tuple[Opportunity, SupportRequest]:
    """Ans asks everybody for something."""
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.ans, "ask", one, what)
    with around.sim.store.read() as tx:
        (asked,) = support.of(tx, WIJK, one.id)
    return one, asked


def test_everybody_else_hears_it_once(around: Around) -> None:
    asks(around)
    for person in (around.omar, around.noor, around.ria):
        assert around.read(person).count("Stichting Balans zoekt: zaal") == 1
    assert "zoekt" not in around.read(around.ans)


def test_the_first_yes_is_enough_and_the_second_reads_who_helps(around: Around) -> None:
    one, asked = asks(around)
    around.hush()
    around.sim.hear(around.noor, RegisterTap("help", asked.token))
    assert "Wijkverbinders helpt: zaal" in around.read(around.ans)
    around.hush()
    around.sim.hear(around.omar, RegisterTap("help", asked.token))
    assert "Geholpen door Wijkverbinders" in around.read(around.omar)
    assert not around.ans.news
    assert "zaal: geholpen door Wijkverbinders" in around.taps(around.ria, "view", one)


def test_who_asked_cannot_help_themselves(around: Around) -> None:
    _, asked = asks(around)
    around.sim.hear(around.ans, RegisterTap("help", asked.token))
    with around.sim.store.read() as tx:
        assert support.by_token(tx, WIJK, asked.token) == asked


def test_a_party_may_ask_and_somebody_else_may_not(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.noor, "ask", one, "bike")
    around.taps(around.omar, "ask", one, "hands")
    around.taps(around.omar, "ask", one, "hands")
    around.taps(around.omar, "ask", one, "gold")
    with around.sim.store.read() as tx:
        assert [(each.asker, each.what) for each in support.of(tx, WIJK, one.id)] == [("eas", "hands")]


def test_after_ten_working_days_who_asked_and_the_coordinator_hear_that_nobody_answered(around: Around) -> None:
    _, asked = asks(around)
    around.hush()
    around.clock.moment = asked.due_at - timedelta(hours=4)
    around.ticks()
    assert "Nog niemand" not in around.read(around.ans)
    around.clock.moment = asked.due_at
    around.ticks(hours=18)
    assert around.read(around.ans).count("Nog niemand: zaal") == 1
    assert around.read(around.ria).count("Nog niemand: zaal") == 1
    assert "Nog niemand" not in around.read(around.omar)
    around.sim.hear(around.omar, RegisterTap("help", asked.token))
    assert "niet meer nodig" in around.read(around.omar)


def test_who_reads_a_digest_finds_it_there(around: Around) -> None:
    with around.sim.store.write() as tx:
        due = around.clock() + timedelta(hours=19)
        digests.put(tx, WIJK, Digest(around.noor.id, 9, due, around.clock()))
    asks(around)
    assert "zoekt" not in around.read(around.noor)
    around.ticks(hours=18)
    assert "zaal gezocht: Samen op huisbezoek" in around.read(around.noor)
    around.sim.hear(around.noor, RegisterTap("list"))
    labels = [each.text for shown in around.noor.chat.values() for row in shown.buttons for each in row]
    assert "🙋 Wij helpen: zaal" in labels


def test_a_made_up_request_leads_to_the_list(around: Around) -> None:
    around.sim.hear(around.omar, RegisterTap("help", "f" * 16))
    assert "koppelkans" in around.read(around.omar)


def test_who_counted_on_help_hears_when_it_is_gone_and_may_ask_again(around: Around) -> None:
    one, asked = asks(around)
    around.sim.hear(around.noor, RegisterTap("help", asked.token))
    around.hush()
    around.sim.hear(around.noor, Blocked(True))
    assert "Wijkverbinders helpt toch niet: zaal" in around.read(around.ans)
    assert "zaal: nog niemand" in around.taps(around.ans, "view", one)
    around.hush()
    around.taps(around.ans, "ask", one, "room")
    assert "zoekt: zaal" in around.read(around.omar)


def test_an_answer_reaches_who_goes_on_with_it(around: Around) -> None:
    _, asked = asks(around)
    around.sim.hear(around.ans, Blocked(True))
    around.hush()
    around.sim.hear(around.noor, RegisterTap("help", asked.token))
    assert "Wijkverbinders helpt: zaal" in around.read(around.omar)


def test_a_digest_says_how_many_more_there_are(around: Around) -> None:
    with around.sim.store.write() as tx:
        due = around.clock() + timedelta(hours=19)
        digests.put(tx, WIJK, Digest(around.noor.id, 9, due, around.clock()))
    one, _ = asks(around)
    for what in ("bike", "hands", "ride"):
        around.taps(around.ans, "ask", one, what)
    around.ticks(hours=18)
    assert "Nog 2 keer iets gezocht" in around.read(around.noor)
    around.taps(around.noor, "view", one)
    labels = [row[0].text for row in around.noor.news[-1].buttons]
    assert len([each for each in labels if each.startswith("🙋 Wij helpen")]) == 4, "each can be answered there"


def test_an_owner_reads_what_a_coordinator_asks_in_its_name(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.ria, "ask", one, "room")
    assert around.read(around.ans).count("De coördinator vroeg voor jullie: zaal") == 1
    assert "voor jullie" not in around.read(around.omar) + around.read(around.noor)
