"""The word at the door: the resident is told it first, each lead has its own, and whoever loses a lead knows none."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.demo.simulator import Person, Simulator
from bot.leads.talk import watchword
from bot.messages.taps.residents import HideTap, MineTap, NewsTap, ReturnTap
from bot.messages.ticks import LookAtLeads
from db import tables
from db.leads import leads
from db.leads.lead import Lead
from db.store import Store
from flows.check.watchwords import MANY
from flows.model.heard import Blocked, StopHelpTap
from flows.texts.lines import SCREEN, lines
from tests import simulated
from tests.simulated import CONTENT, WIJK, Clock, go
from tests.unit.bot.leads.members.test_departure import is_removed
from tests.unit.bot.screens.partner.room import Room

WORDS = [key for key in CONTENT.words.phrases if key.startswith(watchword.SECTION)]
SAY = "Zeg aan de deur of telefoon: "


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def said(key: str, language: str = "nl", **fields: object) -> str:
    return CONTENT.words.phrase(language, key, **fields)


def word(sim: Simulator, lead: Lead) -> str:
    """The picture and the word that count now, in Dutch; empty without one."""
    key = watchword.now(CONTENT, simulated.lead(sim, lead.id))
    return said(watchword.SECTION + key) if key else ""


def on_card(person: Person) -> str:
    """The word that the member who reads this card must say; empty when there is none."""
    return next((each.removeprefix(SAY) for each in person.card.text.split("\n") if each.startswith(SAY)), "")


def told(person: Person) -> list[str]:
    """Each word that this person reads in their news."""
    return [key for key in WORDS for each in person.news if f"{said(key)}." in each.text]


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_every_offered_language_has_its_own_word_for_each_thing(language: str) -> None:
    assert len(WORDS) == MANY
    if language != "nl":
        own = [CONTENT.words.translation(language, key, CONTENT.words.phrases[key]) for key in WORDS]
        assert None not in own


def test_the_receipt_and_the_card_of_who_helps_share_a_word(room: Room) -> None:
    lead = simulated.handed_over(room.sim, room.fatma)
    shared = word(room.sim, lead)
    assert lines(room.fatma.card.text) <= SCREEN, "a receipt with its word fits on a phone"
    assert f"Het woord is: {shared}.\nBelt of komt er iemand? Vraag het." in room.fatma.card.text
    room.do(room.ans, lead, "accept")
    assert on_card(room.ans) == shared
    assert "woord" not in room.fatma.news[-1].text, "she was told, and is not told again"
    go(room.sim, room.fatma, "_help")
    assert f"Het woord is: {shared}." in room.fatma.card.text
    room.sim.type(room.fatma, "/mijngegevens")
    assert any(shared in each.text for each in room.fatma.news)


def test_in_another_language_the_word_stands_beside_the_dutch_that_is_said() -> None:
    lead = lead_with(["apple"])
    assert watchword.line(CONTENT, lead, "en") == "The word is: 🍎 apple (appel)."
    assert "🍎 تفاحة" in watchword.line(CONTENT, lead, "ar")
    assert "appel" in watchword.line(CONTENT, lead, "ar")
    assert watchword.line(CONTENT, lead_with(["guitar"]), "nl") == "Het woord is: 🎸 gitaar."
    assert watchword.line(CONTENT, lead_with(["radio", ""]), "nl") == ""
    assert watchword.line(CONTENT, lead_with(["no_word_any_more"]), "nl") == ""
    assert watchword.line(CONTENT, lead_with(None), "nl") == ""


def lead_with(words: list[str] | None) -> Lead:
    empty: dict[str, Any] = dict.fromkeys(Lead.__dataclass_fields__)
    return Lead(**{**empty, "watchwords": words})


def test_no_two_leads_of_a_resident_have_the_same_word(room: Room) -> None:
    first = simulated.handed_over(room.sim, room.fatma)
    go(
        room.sim,
        room.fatma,
        "_menu",
        *simulated.MONEY_AND_COLD,
        "all",
        *simulated.ABOUT,
        "handoff.consent:yes",
        "handoff.consent:yes",
    )
    found = simulated.leads_of(room.sim, room.fatma)
    assert found[0].id == first.id
    shared = [word(room.sim, each) for each in found]
    assert len(set(shared)) == len(found) == 3
    assert all(shared)


@pytest.mark.parametrize("act", ["hand_back", "decline.no_capacity", "fail.other", "pass"])
def test_whoever_loses_a_lead_knows_no_word_that_counts(room: Room, act: str) -> None:
    lead = room.handed_over()
    before = word(room.sim, lead)
    if act == "pass":
        room.do(room.ans, lead, "accept")
        go(room.sim, room.ans, "more", "redirect", "pass.eas", "pass.eas.fits")
        go(room.sim, room.fatma, "pass_yes")
    else:
        for each in (*(() if act.startswith("decline") else ("accept",)), act):
            room.hush()
            room.do(room.ans, lead, each)
    now = simulated.leads_of(room.sim, room.fatma)[-1]
    after = word(room.sim, now)
    assert after not in ("", before)
    text = room.fatma.news[-1].text if act != "pass" else "\n".join(each.text for each in room.fatma.news)
    assert f"{after}.\nBelt of komt er iemand?" in text, "with the message that went anyway"
    assert ("Het woord is nu" in text) is (act != "pass")


def test_a_word_that_nobody_told_yet_is_on_no_card(room: Room, store: Store) -> None:
    lead = simulated.handed_over(room.sim, room.fatma)
    with store.write() as tx:
        tx.execute(update(tables.leads).values(watchwords=None))  # it was made before there were words
    room.do(room.ans, lead, "view")
    assert on_card(room.ans) == ""
    go(room.sim, room.fatma, "_help")
    assert "woord" not in room.fatma.card.text
    room.hush()
    room.do(room.ans, lead, "accept")
    assert word(room.sim, lead)
    assert f"Het woord is: {word(room.sim, lead)}." in room.fatma.news[-1].text, "the next message tells her"
    assert on_card(room.ans) == word(room.sim, lead)


def test_what_the_clock_takes_away_has_another_word(store: Store) -> None:
    clock = Clock()
    sim = simulated.simulator(store, clock)
    simulated.member(sim, "balans")
    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    before = word(sim, lead)
    while simulated.lead(sim, lead.id).inbox == "balans":
        clock.forward(hours=6)
        while not (done := sim.handle.tick(LookAtLeads())).all_done:
            sim.deliver(list(done.messages))
    now = word(sim, lead)
    assert now not in ("", before)
    assert f"Het woord is nu: {now}." in fatma.news[-1].text
    go(sim, ria, "view")
    assert on_card(ria) == now


def test_forty_words_are_enough_for_who_had_them_all(room: Room, store: Store) -> None:
    lead = room.handed_over()
    keys = [key.removeprefix(watchword.SECTION) for key in WORDS]
    with store.write() as tx:
        tx.execute(update(tables.leads).values(watchwords=[*keys, ""]))
    room.do(room.ans, lead, "accept")
    assert word(room.sim, lead)


def test_a_word_goes_with_its_lead(room: Room, store: Store) -> None:
    first = room.handed_over()
    go(
        room.sim,
        room.fatma,
        "_menu",
        *simulated.MONEY_AND_COLD,
        "all",
        *simulated.ABOUT,
        "handoff.consent:yes",
        "handoff.consent:no",
    )
    second = simulated.leads_of(room.sim, room.fatma)[-1]
    revision = simulated.place(room.sim, room.fatma).revision
    room.sim.hear(room.fatma, StopHelpTap(first.token, revision, sure=True))
    with store.read() as tx:
        kept = {each.id: each.watchwords for each in tx.execute(select(tables.leads))}
    assert kept[first.id] is None
    assert kept[second.id]


def test_every_word_is_drawn_as_often_as_another(store: Store) -> None:
    seen: list[str] = []

    def choose(among: str) -> str:
        if among[0] == "2":
            return among[len(seen) % len(among)]
        seen.append(among)
        return among[-1]

    sim = Simulator(CONTENT, store, Clock(), choose=choose)
    simulated.handed_over(sim, simulated.resident(sim))
    assert seen == ["".join(said(key)[0] for key in WORDS)], "among all forty, once"


def test_who_must_call_a_resident_reads_the_word_to_say(room: Room) -> None:
    lead = room.handed_over()
    shared = word(room.sim, lead)
    room.sim.hear(room.fatma, Blocked(True))
    room.do(room.ans, lead, "accept")
    call = next(each.text for each in room.ans.chat.values() if "Bel en zeg" in each.text and "·" not in each.text)
    assert f"{SAY}{shared}" in call
    assert word(room.sim, lead) == shared, "a call tells no other word"


def test_a_helper_who_erased_everything_knows_no_word_of_help_that_goes_on(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.do(room.ans, lead, "complete.helped")
    before = word(room.sim, lead)
    room.sim.type(room.ans, "/verwijder")
    go(room.sim, room.ans, "erase:yes")
    ended = simulated.lead(room.sim, lead.id)
    room.sim.hear(room.fatma, MineTap(ended.token, "said_not_yet", ended.version))
    assert simulated.lead(room.sim, lead.id).closed_at is None
    assert word(room.sim, lead) != before


def test_a_word_ends_with_a_reader_who_opened_the_lead_and_does_not_work_here_any_more(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.bep, lead, "view")
    room.do(room.ans, lead, "accept")
    shared = word(room.sim, lead)
    room.hush()
    is_removed(room, room.bep)
    now = word(room.sim, lead)
    assert now not in ("", shared)
    assert f"Het woord is nu: {now}." in str(room.fatma.news)
    assert simulated.lead(room.sim, lead.id).assignee == room.ans.id
    room.do(room.ans, lead, "view")
    assert on_card(room.ans) == now


def test_a_reader_who_never_opened_the_lead_changes_no_word(room: Room) -> None:
    lead = room.handed_over()
    shared = word(room.sim, lead)
    is_removed(room, room.bep)
    assert word(room.sim, lead) == shared
    assert not room.fatma.news


def test_without_a_chat_the_word_ends_and_the_next_message_tells_another_one(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.do(room.bep, lead, "view")
    room.sim.hear(room.fatma, Blocked(True))
    is_removed(room, room.bep)
    assert word(room.sim, lead) == ""
    room.do(room.ans, lead, "view")
    assert on_card(room.ans) == ""


@pytest.mark.parametrize("hides", [False, True])
def test_a_member_reads_a_new_word_after_its_resident_did(room: Room, hides: bool) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    with room.sim.store.write() as tx:
        leads.set_notices(tx, WIJK, room.fatma.id, named=hides)
    if hides:
        room.sim.hear(room.fatma, HideTap())
    room.do(room.ans, lead, "hand_back")
    now = word(room.sim, lead)
    assert now
    room.do(room.ans, lead, "view")
    assert on_card(room.ans) == "", "nobody asks for a word that was not read"
    if hides:
        room.sim.hear(room.fatma, ReturnTap())
        room.sim.hear(room.fatma, NewsTap())
    else:
        go(room.sim, room.fatma, "open")
    room.do(room.ans, lead, "view")
    assert on_card(room.ans) == now
