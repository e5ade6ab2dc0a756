"""A lead goes on to another organisation with a yes that covers it, and never without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.demo.simulator import Person
from bot.handle import Handle
from bot.leads.consent import passing
from bot.messages.taps.buttons import encode
from bot.messages.taps.members import AvailabilityTap, PassTap
from bot.messages.taps.residents import YesTap
from bot.messages.ticks import LookAtLeads
from db.leads import leads
from db.leads.consent import consents, disclosures, passings
from db.leads.consent.passings import Passing
from db.leads.due import Next
from db.leads.lead import Lead
from db.people import members
from db.store import Store
from flows.model.heard import Blocked, ChartTap, StopHelpTap
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, Clock, go
from tests.unit.bot.screens.partner.room import Room

SAID = {"redirect": "fits", "pass_on": "found"}


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def says(room: Room, person: Person, lead: Lead, to: str = "eas", why: str = "fits", asks: str = "call") -> str:
    """This member passes the lead on to that organisation, as it stands now."""
    now = simulated.lead(room.sim, lead.id)
    room.hush()
    news = room.sim.hear(person, PassTap(lead.token, to, why, asks, now.version))
    return "\n".join(each.text for each in news)


def asked(room: Room, lead: Lead) -> Passing | None:
    with room.sim.store.read() as tx:
        return passings.of_lead(tx, WIJK, lead.id)


def asks(room: Room) -> Lead:
    """Ans took Fatma's lead, and asks her whether it may go to Energie Actief Soest."""
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    says(room, room.ans, lead)
    return simulated.lead(room.sim, lead.id)


def answers(room: Room, answer: str) -> str:
    room.sim.people[room.fatma.address].news.clear()
    return "\n".join(each.text for each in go(room.sim, room.fatma, f"pass_{answer}"))


def goes_on(room: Room, lead: Lead) -> Lead:
    """The lead in which this one goes on."""
    (found,) = [each for each in simulated.leads_of(room.sim, room.fatma) if each.continues == lead.id]
    return found


def news(person: Person) -> str:
    return "\n".join(each.text for each in person.news)


def read(person: Person) -> str:
    """All that this person can read now."""
    return "\n".join(each.text for each in person.chat.values())


def test_the_resident_is_asked_on_the_card_of_what_would_be_shared_and_nothing_moves(room: Room) -> None:
    lead = asks(room)
    assert (lead.status, lead.inbox, lead.version) == ("accepted", "balans", 2)
    card = news(room.fatma)
    assert "Stichting Balans" in card
    assert "wil je vraag doorgeven" in card
    assert "Dit ziet Energie Actief Soest" in card
    assert "• Voornaam: Fatma" in card
    assert "Zonder jouw ja gebeurt er niks." in card
    assert not room.omar.news
    assert "Tot een ja blijft alles zoals het is." in news(room.ans)
    go(room.sim, room.ans, f"{lead.token}:view")
    assert "⏳ Wacht op ja van bewoner sinds woensdag 25 november, voor Energie Actief Soest." in news(room.ans)


def test_with_a_yes_it_goes_on_and_who_had_it_sees_it_no_more(room: Room) -> None:
    lead = asks(room)
    go(room.sim, room.ans, f"{lead.token}:view")
    assert "Fatma" in read(room.ans)
    room.hush()
    told = answers(room, "yes")
    old, new = simulated.lead(room.sim, lead.id), goes_on(room, lead)
    assert (old.status, old.reason, old.owner) == ("redirected", "fits", None)
    assert (new.status, new.inbox, new.partner, new.owner) == ("sent", "eas", "eas", "inbox")
    assert (new.needs, new.topic, new.asked) == (old.needs, old.topic, "call")
    assert new.packet == {**(old.packet or {}), "partner": "eas", "inbox": "eas"}
    assert f"Je nieuwe code is {new.code}." in told
    assert "Je hoort iets op woensdag 9 december, of eerder." in told
    assert "Fatma" not in read(room.ans)
    assert f"👍 De bewoner zei ja. {lead.code} is doorgezet naar Energie Actief Soest." in news(room.ans)
    assert f"📥 Nieuw · mensen ontmoeten · gewoon · {new.code}" in news(room.omar)
    assert "Fatma" not in read(room.omar)
    shown = "\n".join(each.text for each in go(room.sim, room.omar, f"{new.token}:view"))
    assert "• Voornaam: Fatma" in shown
    assert "↪️ Eerst bij Stichting Balans: Past daar beter" in shown
    assert "📌 Gevraagd: Bel of schrijf de bewoner" in shown
    room.hush()
    room.sim.press(room.ans, None, simulated.under(old, "view", old.version))
    assert "Fatma" not in read(room.ans)
    room.do(room.omar, new, "accept")
    assert simulated.lead(room.sim, new.id).status == "accepted"


def test_the_ledger_has_the_yes_and_what_was_shown_and_the_new_lead_rests_on_it(room: Room) -> None:
    lead = asks(room)
    answers(room, "yes")
    new = goes_on(room, lead)
    with room.sim.store.read() as tx:
        assert new.consent is not None
        yes = consents.live(tx, WIJK, new.consent)
        told = disclosures.of_lead(tx, WIJK, new.id)
    assert yes is not None
    assert (yes.recipient, yes.given, yes.resident, yes.fields) == (
        "eas",
        True,
        room.fatma.id,
        sorted(new.packet or {}),
    )
    assert "Dit ziet Energie Actief Soest" in (yes.shown or "")
    assert [(each.recipient, each.consent) for each in told] == [("eas", new.consent)]


def test_a_no_leaves_everything_where_it_is_and_whoever_asked_reads_it(room: Room) -> None:
    lead = asks(room)
    room.hush()
    assert "We geven niks door." in answers(room, "no")
    assert simulated.lead(room.sim, lead.id) == lead
    assert asked(room, lead) is None
    assert "👎" in news(room.ans)
    assert not room.omar.news
    with room.sim.store.read() as tx:
        last = consents.of(tx, WIJK, room.fatma.id)[-1]
    assert (last.recipient, last.given, last.shown) == ("eas", False, "")
    assert "Deze vraag geldt niet meer." in "\n".join(
        each.text for each in room.sim.hear(room.fatma, YesTap("0" * 16, "yes"))
    )
    says(room, room.ans, lead)
    assert asked(room, lead) is not None, "she may be asked again"


def test_who_wants_to_talk_is_asked_no_more_than_once_and_can_still_say_yes(room: Room) -> None:
    lead = asks(room)
    room.hush()
    assert "We zeggen dat je eerst wilt praten." in answers(room, "talk")
    assert "💬" in news(room.ans)
    assert "wil eerst praten" in news(room.ria)
    assert "Fatma" not in read(room.ria)
    assert asked(room, lead) is not None
    room.hush()
    passing_token = asked(room, lead)
    assert passing_token is not None
    room.sim.hear(room.fatma, YesTap(passing_token.token, "talk"))
    assert not room.ans.news
    answers(room, "yes")
    assert goes_on(room, lead).inbox == "eas"


def declined(room: Room) -> Lead:
    """A lead of Fatma that Balans declined: the coordinator has it."""
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.other")
    return simulated.lead(room.sim, lead.id)


def test_to_an_organisation_that_the_resident_agreed_to_it_goes_at_once(room: Room) -> None:
    lead = declined(room)
    go(room.sim, room.ria, f"{lead.token}:view")
    assert "Fatma" in read(room.ria)
    assert "is doorgezet naar Stichting Balans" in says(room, room.ria, lead, "balans", "")
    new = goes_on(room, lead)
    assert (new.inbox, new.status, new.reason, new.consent) == ("balans", "sent", "found", lead.consent)
    assert simulated.lead(room.sim, lead.id).status == "redirected"
    assert "Ria geeft je vraag door aan Stichting Balans." in news(room.fatma)
    assert f"Je nieuwe code is {new.code}." in news(room.fatma)
    assert f"📥 Nieuw · mensen ontmoeten · gewoon · {new.code}" in news(room.ans)
    assert "Fatma" not in read(room.ria), "she passed it on, and sees it no more"
    room.do(room.ans, new, "accept")
    assert simulated.lead(room.sim, new.id).assignee == room.ans.id


def test_a_yes_that_was_taken_back_covers_nothing(room: Room) -> None:
    lead = declined(room)
    with room.sim.store.write() as tx:
        consents.withdraw(tx, WIJK, lead.consent or 0, NOW)
    says(room, room.ria, lead, "balans", "")
    assert asked(room, lead) is not None
    assert simulated.lead(room.sim, lead.id).status == "declined"


def test_a_yes_to_something_else_covers_nothing(room: Room) -> None:
    """A yes to the same organisation, but to less than this lead has."""
    lead = declined(room)
    packet = {**(lead.packet or {}), "words": "bel snel"}
    more = replace(lead, packet=packet)
    with room.sim.store.read() as tx:
        turn = type("Turn", (), {"tx": tx, "wijk": CONTENT.wijk})()
        assert passing.agreed(turn, lead, "balans") == lead.consent
        assert passing.agreed(turn, more, "balans") is None


def test_the_coordinator_is_asked_for_no_reason_and_decides_in_three_taps(room: Room) -> None:
    lead = declined(room)
    for tap in (f"{lead.token}:view", "pass_on", "pass.eas"):
        go(room.sim, room.ria, tap)
    found = asked(room, lead)
    assert found is not None
    assert (found.to, found.why, found.asks) == ("eas", "found", "call")


def test_a_partner_chooses_whom_what_and_why(room: Room) -> None:
    lead = room.handed_over()
    for tap in (f"{lead.token}:view", "redirect"):
        go(room.sim, room.ans, tap)
    assert "🔁 Vraag: Bel of schrijf de bewoner" in {b.text for row in room.ans.card.buttons for b in row}
    go(room.sim, room.ans, "pass.visit")
    assert "🔁 Vraag: Kom langs" in {b.text for row in room.ans.card.buttons for b in row}
    go(room.sim, room.ans, "pass.eas")
    assert asked(room, lead) is None
    go(room.sim, room.ans, "pass.eas.more")
    found = asked(room, lead)
    assert found is not None
    assert (found.to, found.why, found.asks) == ("eas", "more", "visit")


def test_what_was_asked_can_be_taken_back(room: Room) -> None:
    lead = asks(room)
    go(room.sim, room.ans, f"{lead.token}:view", "more", "redirect", "pass_back")
    assert asked(room, lead) is None
    assert "Deze vraag geldt niet meer." in answers(room, "yes")
    assert simulated.lead(room.sim, lead.id) == lead


@pytest.mark.parametrize("way", ["full", "empty", "gone"])
def test_a_yes_for_who_cannot_take_it_any_more_moves_nothing(room: Room, way: str) -> None:
    """It is full, its last member left, or the wijk has it no more."""
    lead = asks(room)
    with room.sim.store.read() as tx:
        handle = members.of(tx, WIJK, room.omar.id)[0].handle
    if way == "full":
        room.sim.hear(room.omar, AvailabilityTap(handle, "full", (NOW + timedelta(days=9)).date()))
    elif way == "empty":
        room.sim.hear(room.omar, Blocked(True))
    else:
        others = {key: each for key, each in CONTENT.wijk.partners.items() if key != "eas"}
        content = replace(CONTENT, wijk=replace(CONTENT.wijk, partners=others))
        room.sim.handle = Handle(content, room.sim.store, now=room.sim.handle.now)
    room.hush()
    assert "Er is niks doorgegeven." in answers(room, "yes")
    assert "Alles blijft zoals het is." in news(room.ans)
    assert simulated.lead(room.sim, lead.id) == lead
    assert asked(room, lead) is None


def test_a_resident_who_stops_while_asked_is_asked_no_more(room: Room) -> None:
    lead = asks(room)
    revision = simulated.place(room.sim, room.fatma).revision
    room.sim.press(room.fatma, None, encode(StopHelpTap(lead.token, revision, sure=True)))
    assert simulated.lead(room.sim, lead.id).status == "withdrawn"
    assert asked(room, lead) is None
    assert "Deze vraag geldt niet meer." in answers(room, "yes")
    assert not room.omar.news


def test_a_resident_who_erases_while_asked_leaves_no_question(room: Room) -> None:
    lead = asks(room)
    button = simulated.button(room.fatma, "pass_yes")[1].data
    revision = simulated.place(room.sim, room.fatma).revision
    room.sim.hear(room.fatma, ChartTap("erase", "yes", revision))
    assert asked(room, lead) is None
    room.sim.press(room.fatma, None, button)
    assert simulated.lead(room.sim, lead.id).status == "withdrawn"
    assert not room.omar.news


def test_who_stops_after_it_went_on_stops_all_of_it(room: Room) -> None:
    lead = asks(room)
    answers(room, "yes")
    new = goes_on(room, lead)
    revision = simulated.place(room.sim, room.fatma).revision
    room.sim.press(room.fatma, None, encode(StopHelpTap(new.token, revision, sure=True)))
    for id in (lead.id, new.id):
        now = simulated.lead(room.sim, id)
        assert (now.packet, now.resident) == (None, None)
        with room.sim.store.read() as tx:
            assert consents.live(tx, WIJK, now.consent or 0) is None


def test_two_members_act_at_once_and_the_resident_is_asked_once(room: Room) -> None:
    lead = room.handed_over()
    one, two = (PassTap(lead.token, "eas", "fits", "call", lead.version) for _ in "ab")
    room.sim.hear_all([(room.ans, one, None), (room.bep, two, None)])
    assert len([each for each in room.fatma.news if "wil je vraag doorgeven" in each.text]) == 1
    assert "⏳ Wacht op ja van bewoner" in news(room.bep)


def test_a_lead_that_moved_meanwhile_is_not_passed_on_by_an_old_button(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.hush()
    room.sim.hear(room.bep, PassTap(lead.token, "eas", "fits", "call", lead.version))
    assert "is al veranderd" in news(room.bep)
    assert asked(room, lead) is None


def test_what_leaves_the_inbox_is_asked_about_no_more(room: Room) -> None:
    lead = asks(room)
    room.do(room.ans, lead, "fail.other")
    assert asked(room, lead) is None
    assert "Deze vraag geldt niet meer." in answers(room, "yes")
    assert simulated.lead(room.sim, lead.id).status == "unsuccessful"


def test_nobody_passes_on_a_lead_that_is_not_theirs(room: Room) -> None:
    lead = room.handed_over()
    for person in (room.omar, room.ria, room.fatma):
        room.hush()
        room.sim.hear(person, PassTap(lead.token, "eas", "fits", "call", lead.version))
        assert asked(room, lead) is None
        assert not room.ans.news
    assert simulated.lead(room.sim, lead.id) == lead


def test_nobody_answers_for_another_resident(room: Room) -> None:
    lead = asks(room)
    data = simulated.button(room.fatma, "pass_yes")[1].data
    karim = simulated.resident(room.sim, "telegram:1002", "Karim")
    room.sim.press(karim, None, data)
    assert simulated.lead(room.sim, lead.id) == lead
    assert asked(room, lead) is not None


def test_a_resident_who_does_not_read_the_chat_is_not_asked_here(room: Room) -> None:
    lead = room.handed_over()
    room.sim.hear(room.fatma, Blocked(True))
    assert "bel zelf" in says(room, room.ans, lead)
    assert asked(room, lead) is None


def test_without_a_yes_to_more_the_question_rests_behind_a_notice(store: Store) -> None:
    room = Room(store)
    fatma = simulated.resident(room.sim, "telegram:1009", "Fadma")
    go(room.sim, fatma, *simulated.ALONE, "first", *simulated.ABOUT, "handoff.consent:yes")
    lead = simulated.leads_of(room.sim, fatma)[-1]
    says(room, room.ans, lead)
    assert "Energie Actief" not in news(fatma)
    assert "Balans" not in news(fatma)
    assert "Dit ziet Energie Actief Soest" in "\n".join(each.text for each in go(room.sim, fatma, "open"))
    go(room.sim, fatma, "pass_yes")
    assert [each.inbox for each in simulated.leads_of(room.sim, fatma)] == ["balans", "eas"]


def test_silence_moves_nothing_and_is_heard_twice(room: Room) -> None:
    """First by whoever asked, then by the coordinator; neither the lead nor the question ends."""
    lead = asks(room)
    clock = room.sim.handle.now
    assert isinstance(clock, Clock)
    heard: dict[str, list[int]] = {"Ans": [], "Ria": []}
    for day in range(1, 15):
        clock.forward(days=1)
        room.hush()
        while not (ticked := room.sim.handle.tick(LookAtLeads())).all_done:
            room.sim.deliver(list(ticked.messages))
        for person in (room.ans, room.ria):
            if "antwoord van de bewoner" in news(person):
                heard[person.name].append(day)
    assert heard == {"Ans": [6], "Ria": [9]}
    assert asked(room, lead) is not None or simulated.lead(room.sim, lead.id).inbox == "coordinator"


def test_other_help_that_rests_on_the_same_yes_keeps_it(room: Room) -> None:
    lead = declined(room)
    says(room, room.ria, lead, "balans", "")
    new = goes_on(room, lead)
    with room.sim.store.write() as tx:
        other = leads.create(
            tx,
            WIJK,
            resident=room.fatma.id,
            sender=room.fatma.id,
            partner="balans",
            inbox="balans",
            row="X",
            topic=["bills"],
            urgent=False,
            packet=new.packet or {},
            language="nl",
            now=NOW,
            next=Next("inbox", NOW + timedelta(days=9)),
            consent=new.consent,
        )
    revision = simulated.place(room.sim, room.fatma).revision
    room.sim.press(room.fatma, None, encode(StopHelpTap(new.token, revision, sure=True)))
    with room.sim.store.read() as tx:
        assert consents.live(tx, WIJK, other.consent or 0) is not None
    room.do(room.ans, other, "view")


def test_every_reason_and_every_act_has_words_for_the_resident() -> None:
    for name in passing.MOVES:
        move = CONTENT.desk.moves_by_name[name]
        assert move.reasons
        assert move.asks
        for key in (*(f"why_{each}" for each in move.reasons), *(f"asks_{each}" for each in move.asks)):
            assert f"passing.{key}" in CONTENT.words.phrases
