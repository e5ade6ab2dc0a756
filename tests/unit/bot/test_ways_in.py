"""Every way in: a number that nobody may keep is kept nowhere, and a name is shown clean wherever it comes in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.demo.simulator import Person, Simulator
from bot.messages.message import Incoming
from bot.messages.taps.residents import ReplyTap
from db.people import members
from db.store import Store
from flows.model.heard import Command, Contact, Media, Text
from flows.model.names import TO_PARTNER
from tests import simulated
from tests.simulated import ALONE, CONTENT, WIJK, go

NUMBERS = ("bsn is 123 456 782", "NL91-ABNA-0417-1643-00", "4111.1111.1111.1111", "١١١ ٢٢٢ ٣٣٣")
TRICKS = "\u202eFat\u200bma\n\u2066van\u2069 " + "o" + "\u0301\u0334\u0489" * 10
SHOWN = "Fatma van \u00f3\u0334\u0489\u0334"


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", key, **fields)


@pytest.fixture
def sim(store: Store) -> Simulator:
    return simulated.simulator(store)


def kept(sim: Simulator, number: str) -> list[str]:
    """The tables in which something of the number stands; its digits are looked for as they were typed."""
    return simulated.found(sim.store, number.removeprefix("bsn is "))


WAYS = {
    "name": ("yes", "handoff.consent:change", "handoff.change:name"),
    "address": ("yes", "handoff.consent:change", "handoff.change:reach", "handoff.reach:home"),
    "words": ("yes", "handoff.consent:change", "handoff.change:words"),
}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("step", WAYS)
def test_what_is_typed_for_a_handover(sim: Simulator, step: str, number: str) -> None:
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "first", *WAYS[step])
    assert sim.type(fatma, number)[-1].text.startswith(phrase("notices.no_numbers"))
    assert simulated.place(sim, fatma).step == f"handoff.{step}"
    assert kept(sim, number) == []


@dataclass
class Pair:
    """Ans, who took Fatma's lead, and Fatma."""

    fatma: Person
    ans: Person


def pair(sim: Simulator) -> Pair:
    ans, fatma = simulated.member(sim, "balans"), simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    go(sim, ans, "view", "accept")
    sim.hear(fatma, ReplyTap(lead.token))
    go(sim, ans, "write")
    assert simulated.place(sim, fatma).step == TO_PARTNER
    return Pair(fatma, ans)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_written_to_the_other_side_of_a_lead(sim: Simulator, number: str) -> None:
    both = pair(sim)
    for person in (both.fatma, both.ans):
        assert sim.type(person, number)[-1].text.startswith(phrase("notices.no_numbers"))
    assert kept(sim, number) == []
    assert not any(number in shown.text for person in (both.fatma, both.ans) for shown in person.chat.values())


@pytest.mark.parametrize("number", NUMBERS)
def test_what_stands_under_a_photo_in_a_contact_or_behind_a_command_or_beside_the_card(
    sim: Simulator, number: str
) -> None:
    fatma = simulated.resident(sim)
    for heard in (Media("photo", number), Contact("", own=False, words=number), Command("start", number), Text(number)):
        sim.hear(fatma, heard)
    assert kept(sim, number) == []


@pytest.mark.parametrize("payload", ["111222333", "bsn_111222333", "123-456-782", "NL91ABNA0417164300", "111_222_333"])
def test_a_payload_of_a_link(sim: Simulator, payload: str) -> None:
    simulated.resident(sim)
    sim.type(sim.person("telegram:1002", "Karim"), f"/start {payload}")
    assert simulated.found(sim.store, payload) == []


@pytest.mark.parametrize("name", [*NUMBERS, "\u3164", "\u200b\u2066\u2069", "\u0301\u0301"])
def test_a_name_of_the_channel_that_is_none(sim: Simulator, name: str) -> None:
    """A resident is not offered it, and a member is called a member."""
    fatma = simulated.resident(sim, name=name)
    (card,) = go(sim, fatma, *ALONE, "first", "yes")
    assert simulated.place(sim, fatma).step == "handoff.name"
    assert not any(":shown:" in (button.data or "") for row in card.buttons for button in row)
    ans = simulated.member(sim, "balans", name=name)
    with sim.store.read() as tx:
        assert [each.name for each in members.of(tx, WIJK, ans.id)] == [phrase("desk.someone")]
    assert kept(sim, name) == [] or not name.strip()


def test_a_name_with_tricks_is_shown_clean_to_everybody(sim: Simulator) -> None:
    fatma, ans = simulated.resident(sim, name=TRICKS), simulated.member(sim, "balans", name=TRICKS)
    (card,) = go(sim, fatma, *ALONE, "first", "yes")
    assert SHOWN in card.text
    (card,) = go(sim, fatma, *WAYS["name"][1:])
    assert any(button.text == SHOWN for row in card.buttons for button in row)
    go(sim, fatma, "shown", "handoff.consent:change", "handoff.change:notices", "handoff.notices:yes")
    go(sim, fatma, "handoff.consent:yes")
    (lead,) = simulated.leads_of(sim, fatma)
    assert lead.packet is not None
    assert lead.packet["name"] == SHOWN
    go(sim, ans, "view", "accept")
    assert any(SHOWN in shown.text for shown in fatma.chat.values())
    shown = [text.text for person in (fatma, ans) for text in person.chat.values()]
    assert not any(trick in text for text in shown for trick in ("\u202e", "\u200b", "\u0489\u0334\u0301"))
    with sim.store.read() as tx:
        assert [each.name for each in members.of(tx, WIJK, ans.id)] == [SHOWN]


def test_typed_names_words_and_messages_are_clean_too(sim: Simulator) -> None:
    fatma, ans = simulated.resident(sim), simulated.member(sim, "balans")
    go(sim, fatma, *ALONE, "first", *WAYS["name"])
    sim.type(fatma, TRICKS)
    go(sim, fatma, *WAYS["words"][1:])
    sim.type(fatma, TRICKS)
    go(sim, fatma, "handoff.consent:yes")
    (lead,) = simulated.leads_of(sim, fatma)
    assert lead.packet is not None
    assert (lead.packet["name"], lead.packet["words"]) == (SHOWN, SHOWN)
    go(sim, ans, "view", "accept")
    sim.hear(fatma, ReplyTap(lead.token))
    sim.type(fatma, TRICKS)
    assert any(SHOWN in shown.text and "\u202e" not in shown.text for shown in ans.chat.values())


def test_whatever_channel_a_name_comes_from_it_is_clean_before_anybody_reads_it() -> None:
    assert Incoming("mail", 1, "mail:1", "mail:1", Text("dag"), name=TRICKS).name == SHOWN
