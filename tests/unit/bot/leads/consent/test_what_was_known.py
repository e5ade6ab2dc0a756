"""Whoever had a lead that went on knows nothing of it any more, wherever they read it; and no lead goes round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.simulator import Person
from bot.handle import Handle
from bot.messages.taps.buttons import Tap
from bot.messages.taps.members import LeadTap, PassTap
from bot.messages.taps.residents import HideTap, NewsTap, ReplyTap, ReturnTap, YesTap
from db.leads.consent import passings
from db.leads.lead import Lead
from db.people import members
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import CONTENT, WIJK, go
from tests.unit.bot.screens.partner.room import Room

SECRET = "Mijn buurman heeft de sleutel"


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def now(room: Room, lead: Lead) -> Lead:
    return simulated.lead(room.sim, lead.id)


def gives(room: Room, lead: Lead) -> None:
    """Ans gives the lead to Bep, who never opens it."""
    with room.sim.store.read() as tx:
        handle = members.of(tx, WIJK, room.bep.id)[0].handle
    room.do(room.ans, lead, f"give.{handle}")


def writes(room: Room, lead: Lead) -> None:
    room.sim.hear(room.fatma, ReplyTap(lead.token))
    room.sim.type(room.fatma, SECRET)


def passes(room: Room, member: Person, lead: Lead, to: str = "eas") -> None:
    room.sim.hear(member, PassTap(lead.token, to, "fits", "call", now(room, lead).version))


def newest(room: Room) -> Lead:
    return simulated.leads_of(room.sim, room.fatma)[-1]


def read(person: Person) -> str:
    return "\n".join(each.text for each in person.chat.values())


def news(person: Person) -> str:
    return "\n".join(each.text for each in person.news)


def test_words_to_a_member_who_never_opened_the_lead_are_blanked_too(room: Room) -> None:
    lead = room.handed_over()
    gives(room, lead)
    writes(room, lead)
    assert SECRET in read(room.bep)
    passes(room, room.bep, lead)
    go(room.sim, room.fatma, "pass_yes")
    assert newest(room).continues == lead.id
    assert SECRET not in read(room.bep)


def test_who_keeps_the_chat_hidden_finds_no_words_of_a_lead_that_went_on(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    passes(room, room.ans, lead)
    room.sim.hear(room.ans, HideTap())
    writes(room, lead)
    go(room.sim, room.fatma, "pass_yes")
    room.hush()
    room.sim.hear(room.ans, ReturnTap())
    assert "Berichten: 1" in news(room.ans), "that the resident said yes, and not what they wrote"
    room.sim.hear(room.ans, NewsTap())
    assert SECRET not in read(room.ans)
    assert "👍 De bewoner zei ja" in news(room.ans)


@pytest.mark.parametrize("end", ["fail.other", "complete.helped", "decline.other"])
def test_whoever_ends_it_in_one_message_does_not_keep_it_in_another(room: Room, end: str) -> None:
    lead = room.handed_over()
    go(room.sim, room.ans, f"{lead.token}:view")
    first = room.ans.card
    room.sim.hear(room.ans, LeadTap(lead.token, "view", version=lead.version))
    if end != "decline.other":
        room.do(room.ans, lead, "accept")
    assert first.id != room.ans.card.id
    assert "Fatma" in room.ans.chat[first.id].text
    room.do(room.ans, lead, end)
    assert now(room, lead).status in ("unsuccessful", "completed", "declined")
    assert "Fatma" not in read(room.ans)


def test_a_partner_does_not_send_back_what_came_from_there_without_a_new_yes(room: Room) -> None:
    """Else it could go round between two organisations, with a new day each time."""
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    passes(room, room.ans, lead)
    go(room.sim, room.fatma, "pass_yes")
    there = newest(room)
    passes(room, room.omar, there, "balans")
    assert newest(room) == there, "her first yes does not do"
    go(room.sim, room.fatma, "pass_yes")
    assert (newest(room).inbox, newest(room).continues) == ("balans", there.id)


def test_who_wants_to_talk_is_not_asked_on_when_nobody_can_take_it_any_more(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    passes(room, room.ans, lead)
    others = {key: each for key, each in CONTENT.wijk.partners.items() if key != "eas"}
    content = replace(CONTENT, wijk=replace(CONTENT.wijk, partners=others))
    room.sim.handle = Handle(content, room.sim.store, now=room.sim.handle.now)
    room.hush()
    go(room.sim, room.fatma, "pass_talk")
    assert "Er is niks doorgegeven." in news(room.fatma)
    assert "Dit ziet" not in news(room.fatma)
    assert "💬" in news(room.ans), "that she wants to talk is not lost"
    with room.sim.store.read() as tx:
        assert passings.of_lead(tx, WIJK, lead.id) is None


def test_whoever_reads_the_chat_again_reads_what_they_are_asked(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    passes(room, room.ans, lead)
    room.sim.hear(room.fatma, Blocked(True))
    room.hush()
    room.sim.hear(room.fatma, Blocked(False))
    assert "Dit ziet Energie Actief Soest" in news(room.fatma)
    go(room.sim, room.fatma, "pass_yes")
    assert newest(room).inbox == "eas"


@pytest.mark.parametrize("how", ["fail.other", "return", "pass"])
def test_whoever_looks_in_the_batch_in_which_it_leaves_keeps_nothing(room: Room, how: str) -> None:
    """The card was decided before it left, and would arrive after it was blanked."""
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    version = now(room, lead).version
    if how == "pass":
        passes(room, room.ans, lead)
        with room.sim.store.read() as tx:
            asked = passings.of_lead(tx, WIJK, lead.id)
        assert asked is not None
        leaves: tuple[Person, Tap, None] = (room.fatma, YesTap(asked.token, "yes"), None)
    else:
        move, _, reason = how.partition(".")
        leaves = (room.ans, LeadTap(lead.token, move, reason, version), None)
    room.sim.hear_all([(room.bep, LeadTap(lead.token, "view", version=version), None), leaves])
    assert now(room, lead).inbox == "coordinator" or now(room, lead).status == "redirected"
    assert "Fatma" not in read(room.bep)


def test_a_note_and_a_volunteer_go_with_the_organisation_that_had_them(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "give.new")
    room.sim.type(room.ans, "Joke")
    room.do(room.ans, lead, "note")
    room.sim.type(room.ans, "Belt liever in de middag")
    passes(room, room.ans, lead)
    go(room.sim, room.fatma, "pass_yes")
    assert newest(room).continues == lead.id
    assert simulated.found(room.sim.store, "Joke") == []
    assert simulated.found(room.sim.store, "Belt liever in de middag") == []
    assert "Fatma" in str(now(room, lead).packet), "that she was helped there, and with what, is hers to read"
