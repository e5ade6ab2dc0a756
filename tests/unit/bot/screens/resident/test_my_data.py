"""What is mine: the help that runs for me, everything that is stored about me, and the way to erase it."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Person, Simulator
from bot.leads.packet import packet_lines
from bot.messages.message import Incoming
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import LeadTap
from bot.messages.taps.residents import ReplyTap
from bot.screens.resident import my_data
from bot.screens.resident.my_data import LONGEST
from db.leads import counts, leads, views
from db.leads.due import Next
from db.leads.lead import Lead
from db.leads.views import View
from db.people import addresses, personal_data
from db.store import Store
from flows.model.heard import StopHelpTap
from tests import simulated
from tests.simulated import ALONE, CONTENT, TO_PHONE, TO_WORDS, changing, go
from tests.unit.bot.screens.partner.room import put

NAME, WORDS, PHONE = "Fatmanur", "mijn buurvrouw heet Zebra", "+31600000001"


def shown(sim: Simulator, person: Person) -> str:
    return "\n".join(each.text for each in sim.type(person, "/mijngegevens"))


def just_came(address: str) -> str:
    """What is shown to somebody of whom nothing is known yet but where they are."""
    return "\n".join(CONTENT.words.phrase("nl", f"data.{key}", address=address) for key in ("title", "address", "end"))


@pytest.fixture
def sim(store: Store) -> Simulator:
    return simulated.simulator(store)


def many_more(sim: Simulator, lead: Lead, count: int) -> list[Lead]:
    """So many more leads of the same resident, as they may be there from before there was a bound."""
    with sim.store.write() as tx:
        return [
            leads.create(
                tx,
                simulated.WIJK,
                resident=lead.resident or "",
                sender=lead.sender or "",
                partner=lead.partner,
                inbox=lead.inbox,
                row=lead.row,
                topic=lead.topic,
                urgent=False,
                packet=lead.packet or {},
                language="nl",
                now=simulated.NOW,
                next=Next("inbox", simulated.NOW),
            )
            for _ in range(count)
        ]


def everything_said(sim: Simulator) -> tuple[Person, Person]:
    """A resident who filled in everything there is and has a lead, and the member who took it."""
    ans = simulated.member(sim, "balans", name="Ans")
    fatma = simulated.resident(sim, name=NAME)
    go(sim, fatma, *ALONE, "first", *TO_PHONE)
    sim.share(fatma, PHONE)
    go(sim, fatma, *changing("words"))
    sim.type(fatma, WORDS)
    go(sim, fatma, "handoff.consent:yes")
    go(sim, ans, "view", "accept")
    return fatma, ans


def test_of_who_just_came_only_is_known_where_they_are_reached(sim: Simulator) -> None:
    assert shown(sim, sim.person("telegram:1001", "Fatma")) == just_came("Telegram 1001")


def test_every_address_at_which_somebody_is_reached_is_shown(sim: Simulator) -> None:
    fatma = simulated.resident(sim)
    with sim.store.write() as tx:
        addresses.add(tx, simulated.WIJK, {fatma.id: "mail:fatma@example.org"}, simulated.NOW)
    told = shown(sim, fatma)
    for address in ("Telegram 1001", "Mail fatma@example.org"):
        assert CONTENT.words.phrase("nl", "data.address", address=address) in told


def test_a_member_is_shown_how_much_is_known_of_what_they_did(sim: Simulator) -> None:
    _fatma, ans = everything_said(sim)
    with sim.store.read() as tx:
        found = personal_data.show(tx, simulated.WIJK, ans.id)
    noted = sum(len(rows) for column, rows in found.items() if column not in my_data.SHOWN + tuple(my_data.COUNTED))
    assert noted >= 4, "took a lead, moved it, opened it, used an invitation"
    told = shown(sim, ans)
    assert CONTENT.words.phrase("nl", "data.noted", count=noted) in told
    assert CONTENT.words.phrase("nl", "data.views", count=len(found["lead_views.member"])) in told
    assert NAME not in told, "but not whom they help"


def test_every_answer_that_was_given_is_shown(sim: Simulator) -> None:
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "first", *TO_WORDS)
    sim.type(fatma, WORDS)
    told = shown(sim, fatma)
    for said in (WORDS, "Fatma", "👥 Mensen en buurt", "Mensen ontmoeten", "’s Avonds", "Nederlands"):
        assert said in told


def test_the_menu_hides_nothing_of_what_is_kept(sim: Simulator) -> None:
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "first", *TO_WORDS)
    sim.type(fatma, WORDS)
    sim.type(fatma, "/menu")
    assert WORDS in shown(sim, fatma)


def test_what_was_handed_over_is_shown_as_it_was_handed_over(sim: Simulator) -> None:
    fatma, _ans = everything_said(sim)
    (lead,) = simulated.leads_of(sim, fatma)
    assert lead.packet is not None
    told = shown(sim, fatma)
    for line in packet_lines(CONTENT, lead.packet, CONTENT.wijk, "nl"):
        assert line in told
    assert lead.code in told


@pytest.mark.slow
def test_much_is_shown_in_as_many_messages_as_it_takes(sim: Simulator) -> None:
    fatma = simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    for _ in range(25):
        put(sim, fatma, "sent")
    news = sim.type(fatma, "/mijngegevens")
    assert len(news) > 1
    assert all(len(each.text) <= LONGEST + 200 for each in news)
    assert {b.data for each in news[:-1] for row in each.buttons for b in row} == {"danger:_danger:0", "door:hide:0"}
    assert all(each.code in "".join(one.text for one in news) for each in simulated.leads_of(sim, fatma))


def test_my_help_shows_what_runs_and_a_button_to_stop_each(sim: Simulator) -> None:
    fatma, _ans = everything_said(sim)
    (lead,) = simulated.leads_of(sim, fatma)
    (card,) = go(sim, fatma, "_help")
    assert f"{lead.code} · Stichting Balans" in card.text
    assert CONTENT.desk.statuses["accepted"].resident in card.text
    assert f"stop_help:{lead.token}" in str(card.buttons)


def test_without_help_my_help_says_so_and_leads_to_the_menu(sim: Simulator) -> None:
    fatma = simulated.resident(sim)
    (card,) = sim.type(fatma, "/hulp")
    assert card.text == CONTENT.words.phrase("nl", "overlays.help_none")
    assert "_menu" in str(card.buttons)


def test_nobody_sees_what_is_mine(sim: Simulator) -> None:
    """Pitfall 33."""
    fatma, _ans = everything_said(sim)
    karim = simulated.resident(sim, "telegram:1002", "Karim")
    (lead,) = simulated.leads_of(sim, fatma)
    told = shown(sim, karim) + sim.type(karim, "/hulp")[0].text
    for secret in (NAME, WORDS, PHONE, lead.code):
        assert secret not in told


def test_nobody_is_asked_whether_the_help_of_somebody_else_must_stop(sim: Simulator) -> None:
    fatma, _ans = everything_said(sim)
    karim = simulated.resident(sim, "telegram:1002", "Karim")
    (lead,) = simulated.leads_of(sim, fatma)
    (told,) = sim.hear(karim, StopHelpTap(lead.token, simulated.place(sim, karim).revision))
    assert told.text == CONTENT.words.phrase("nl", "overlays.help_none")
    assert lead.token not in str(told.buttons)


def erased(sim: Simulator, person: Person) -> None:
    sim.type(person, "/verwijder")
    go(sim, person, "erase:yes")


def test_after_erasing_nothing_about_a_resident_stands_in_any_table(sim: Simulator) -> None:
    fatma, ans = everything_said(sim)
    (lead,) = simulated.leads_of(sim, fatma)
    for trace in (NAME, WORDS, PHONE):
        assert simulated.found(sim.store, trace), "the test would see it if it were there"
    erased(sim, fatma)
    for trace in (NAME, WORDS, PHONE, fatma.id):
        assert simulated.found(sim.store, trace) == []
    after = simulated.lead(sim, lead.id)
    assert (after.status, after.packet, after.resident) == ("withdrawn", None, None)
    assert NAME not in "".join(each.text for each in ans.chat.values()), "the card that was open is blanked"


def test_who_is_erased_is_answered_first_whatever_the_number_of_leads(sim: Simulator) -> None:
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    assert lead.packet is not None
    opened = [View(each.id, ans.id, 1000 + each.id) for each in many_more(sim, lead, 69)]
    with sim.store.write() as tx:
        views.add(tx, simulated.WIJK, opened)
    sim.type(fatma, "/verwijder")
    shown, sure = simulated.button(fatma, "erase:yes")
    sent = sim.handle([Incoming("telegram", 9_000, "telegram:1001", "telegram:1001", decode(sure.data), shown.id)])
    assert len(sent) >= 70
    assert sent[0].text == CONTENT.words.phrase("nl", "notices.erased")
    assert min(each.id for each in sent) == sent[0].id
    with sim.store.read() as tx:
        assert counts.count_open(tx, simulated.WIJK) == 0


def test_a_resident_whose_helper_erased_everything_is_not_told_that_the_help_ended(sim: Simulator) -> None:
    fatma, ans = everything_said(sim)
    go(sim, ans, "write")
    sim.type(ans, "Dag, hoe gaat het?")
    (lead,) = simulated.leads_of(sim, fatma)
    with sim.store.write() as tx:
        personal_data.everything(tx, simulated.WIJK, ans.id, simulated.NOW)
    assert simulated.lead(sim, lead.id).closed_at is None
    sim.press(fatma, None, encode(ReplyTap(lead.token)))
    told = "".join(each.text for each in sim.type(fatma, "Ja, dinsdag is goed"))
    assert CONTENT.words.phrase("nl", "relay.nobody") in told
    assert CONTENT.words.phrase("nl", "relay.closed") not in told


def test_after_erasing_every_message_that_showed_a_lead_is_blanked(sim: Simulator) -> None:
    """The second message of one member, one sent after a tap on what Telegram no longer shows, and a colleague's."""
    bep = simulated.member(sim, "balans", "telegram:2002", "Bep")
    fatma, ans = everything_said(sim)
    (lead,) = simulated.leads_of(sim, fatma)
    for person in (ans, ans, bep):
        sim.press(person, None, encode(LeadTap(lead.token, "view", version=2)))
    (second,) = sim.type(ans, "/postvak")
    sim.press(ans, second.id, encode(LeadTap(lead.token, "view", version=2)))
    showing = [each.id for person in (ans, bep) for each in person.chat.values() if NAME in each.text]
    assert len(showing) == 5
    erased(sim, fatma)
    assert [each.text for person in (ans, bep) for each in person.chat.values() if NAME in each.text] == []


@pytest.mark.parametrize("fell", ["decline.no_capacity", "fail.no_contact"])
def test_after_erasing_the_card_of_a_lead_that_fell_is_blanked_before_the_coordinator(
    sim: Simulator, fell: str
) -> None:
    """It waits for the coordinator then, with its packet open."""
    ans = simulated.member(sim, "balans")
    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    fatma = simulated.resident(sim, name=NAME)
    lead = simulated.handed_over(sim, fatma)
    go(sim, ans, "view", *(("accept", "more") if fell.startswith("fail") else ()), fell.partition(".")[0], fell)
    (card,) = go(sim, ria, "view")
    assert NAME in card.text
    erased(sim, fatma)
    assert ria.chat[card.id].text == CONTENT.words.phrase("nl", "desk.withdrawn", code=lead.code)
    assert NAME not in "".join(each.text for person in (ans, ria) for each in person.chat.values())


def test_after_erasing_nothing_about_a_member_stands_in_any_table(sim: Simulator) -> None:
    fatma, ans = everything_said(sim)
    (lead,) = simulated.leads_of(sim, fatma)
    erased(sim, ans)
    for trace in (ans.id, "'Ans'"):
        assert simulated.found(sim.store, trace) == []
    assert simulated.lead(sim, lead.id).assignee is None
    assert NAME not in "".join(each.text for each in ans.chat.values()), "no card stays open"
    assert NAME not in "".join(each.text for each in sim.press(ans, None, simulated.under(lead, "view", 2)))


def test_after_the_last_member_left_nothing_new_goes_to_an_inbox_that_nobody_reads(sim: Simulator) -> None:
    ans = simulated.member(sim, "balans")
    erased(sim, ans)
    lead = simulated.handed_over(sim, simulated.resident(sim))
    assert lead.inbox == "coordinator"


def test_after_the_last_member_left_the_open_leads_come_to_the_coordinator(sim: Simulator) -> None:
    dewi = simulated.member(sim, "coordinator", "telegram:3001", "Dewi")
    fatma, ans = everything_said(sim)
    (lead,) = simulated.leads_of(sim, fatma)
    erased(sim, ans)
    moved = simulated.lead(sim, lead.id)
    assert (moved.inbox, moved.assignee, moved.status) == ("coordinator", None, "sent")
    assert lead.code in str(dewi.news)
    assert NAME not in str([each.text for each in dewi.news])
    assert NAME in go(sim, dewi, "view")[-1].text


def test_erasing_waits_for_a_yes_and_a_no_keeps_everything(sim: Simulator) -> None:
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE)
    before = simulated.place(sim, fatma)
    (asked,) = sim.type(fatma, "/verwijder")
    assert asked.text == CONTENT.words.phrase("nl", "overlays.erase")
    assert simulated.place(sim, fatma) == before
    (told,) = go(sim, fatma, "_stay")
    assert simulated.place(sim, fatma) == before
    assert told.buttons


def test_somebody_who_never_chose_a_language_can_erase_what_there_is(sim: Simulator) -> None:
    fatma = sim.person("telegram:1001", NAME)
    sim.type(fatma, "/start")
    erased(sim, fatma)
    assert simulated.found(sim.store, fatma.id) == []


def test_who_was_erased_is_a_newcomer(sim: Simulator) -> None:
    fatma, _ans = everything_said(sim)
    erased(sim, fatma)
    (card,) = sim.type(fatma, "/start")
    assert "language:nl:0" in str(card.buttons)
    told = shown(sim, fatma)
    assert told.startswith(just_came("Telegram 1001").rpartition("\n")[0])
    assert "KOP-" not in told


def test_words_of_danger_and_nonsense_are_stored_nowhere(sim: Simulator) -> None:
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE)
    for words in ("ik wil niet meer leven zegt Zebra", "Zebra snapt het niet"):
        sim.type(fatma, words)
    assert simulated.found(sim.store, "Zebra") == []
