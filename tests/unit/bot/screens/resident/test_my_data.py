"""What is mine: the help that runs for me, everything that is stored about me, and the way to erase it."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Person, Table
from bot.leads.packet import packet_lines
from bot.messages.buttons import LeadTap, encode
from bot.screens.resident.my_data import LONGEST
from db.store import Store
from tests import seated
from tests.seated import ABOUT_ME, ALONE, CONTENT, go

NAME, WORDS, PHONE = "Fatmanur", "mijn buurvrouw heet Zebra", "+31600000001"


def shown(at: Table, person: Person) -> str:
    return "\n".join(each.text for each in at.type(person, "/mijngegevens"))


@pytest.fixture
def at(store: Store) -> Table:
    return seated.table(store)


def everything_said(at: Table) -> tuple[Person, Person]:
    """A resident who filled in everything there is and has a lead, and the member who took it."""
    ans = seated.member(at, "balans", name="Ans")
    fatma = seated.resident(at, name=NAME)
    go(at, fatma, *ALONE, "first", "ok", "yes", "shown", "phone")
    at.share(fatma, PHONE)
    go(at, fatma, "evening")
    at.type(fatma, WORDS)
    go(at, fatma, "handoff.consent:yes")
    go(at, ans, "view", "accept")
    return fatma, ans


def test_who_is_not_known_is_told_that_nothing_is_kept(at: Table) -> None:
    assert shown(at, at.sit("telegram:1001", "Fatma")) == CONTENT.words.phrase("nl", "data.nothing")


def test_every_answer_that_was_given_is_shown(at: Table) -> None:
    fatma = seated.resident(at)
    go(at, fatma, *ALONE, "first", *ABOUT_ME[:-1])
    at.type(fatma, WORDS)
    told = shown(at, fatma)
    for said in (WORDS, "Fatma", "👥 Ik ben alleen", "Mensen ontmoeten", "’s Avonds", "Nederlands"):
        assert said in told


def test_the_menu_hides_nothing_of_what_is_kept(at: Table) -> None:
    fatma = seated.resident(at)
    go(at, fatma, *ALONE, "first", *ABOUT_ME[:-1])
    at.type(fatma, WORDS)
    at.type(fatma, "/menu")
    assert WORDS in shown(at, fatma)


def test_what_was_handed_over_is_shown_as_it_was_handed_over(at: Table) -> None:
    fatma, _ans = everything_said(at)
    (lead,) = seated.leads_of(at, fatma)
    assert lead.packet is not None
    told = shown(at, fatma)
    for line in packet_lines(CONTENT, lead.packet, CONTENT.wijk, "nl"):
        assert line in told
    assert lead.code in told


@pytest.mark.slow
def test_much_is_shown_in_as_many_messages_as_it_takes(at: Table) -> None:
    fatma = seated.resident(at)
    for _ in range(25):
        seated.asked(at, fatma)
        go(at, fatma, "handoff.consent:yes", "_menu")
    news = at.type(fatma, "/mijngegevens")
    assert len(news) > 1
    assert all(len(each.text) <= LONGEST + 200 for each in news)
    assert not any(each.buttons for each in news[:-1])
    assert all(each.code in "".join(one.text for one in news) for each in seated.leads_of(at, fatma))


def test_my_help_shows_what_runs_and_a_button_to_stop_each(at: Table) -> None:
    fatma, _ans = everything_said(at)
    (lead,) = seated.leads_of(at, fatma)
    (card,) = go(at, fatma, "_help")
    assert f"{lead.code} · Stichting Balans" in card.text
    assert CONTENT.desk.statuses["accepted"].resident in card.text
    assert f"stop_help:{lead.token}" in str(card.buttons)


def test_without_help_my_help_says_so_and_leads_to_the_menu(at: Table) -> None:
    fatma = seated.resident(at)
    (card,) = at.type(fatma, "/hulp")
    assert card.text == CONTENT.words.phrase("nl", "overlays.help_none")
    assert "_menu" in str(card.buttons)


def test_nobody_sees_what_is_mine(at: Table) -> None:
    """Pitfall 33."""
    fatma, _ans = everything_said(at)
    karim = seated.resident(at, "telegram:1002", "Karim")
    (lead,) = seated.leads_of(at, fatma)
    told = shown(at, karim) + at.type(karim, "/hulp")[0].text
    for secret in (NAME, WORDS, PHONE, lead.code):
        assert secret not in told


def erased(at: Table, person: Person) -> None:
    at.type(person, "/verwijder")
    go(at, person, "erase:yes")


def test_after_erasing_nothing_about_a_resident_stands_in_any_table(at: Table) -> None:
    fatma, ans = everything_said(at)
    (lead,) = seated.leads_of(at, fatma)
    for trace in (NAME, WORDS, PHONE):
        assert seated.found(at.store, trace), "the test would see it if it were there"
    erased(at, fatma)
    for trace in (NAME, WORDS, PHONE, fatma.id):
        assert seated.found(at.store, trace) == []
    after = seated.lead(at, lead.id)
    assert (after.status, after.packet, after.resident) == ("withdrawn", None, None)
    assert NAME not in "".join(each.text for each in ans.chat.values()), "the card that was open is blanked"


def test_after_erasing_every_message_that_showed_a_lead_is_blanked(at: Table) -> None:
    """The second message of one member, one sent after a tap on what Telegram no longer shows, and a colleague's."""
    bep = seated.member(at, "balans", "telegram:2002", "Bep")
    fatma, ans = everything_said(at)
    (lead,) = seated.leads_of(at, fatma)
    for person in (ans, ans, bep):
        at.press(person, None, encode(LeadTap(lead.token, "view", version=2)))
    (second,) = at.type(ans, "/postvak")
    at.press(ans, second.id, encode(LeadTap(lead.token, "view", version=2)))
    showing = [each.id for person in (ans, bep) for each in person.chat.values() if NAME in each.text]
    assert len(showing) == 5
    erased(at, fatma)
    assert [each.text for person in (ans, bep) for each in person.chat.values() if NAME in each.text] == []


def test_after_erasing_nothing_about_a_member_stands_in_any_table(at: Table) -> None:
    fatma, ans = everything_said(at)
    (lead,) = seated.leads_of(at, fatma)
    erased(at, ans)
    for trace in (ans.id, "'Ans'"):
        assert seated.found(at.store, trace) == []
    assert seated.lead(at, lead.id).assignee is None
    assert NAME not in "".join(each.text for each in ans.chat.values()), "no card stays open"
    assert NAME not in "".join(each.text for each in at.press(ans, None, seated.under(lead, "view", 2)))


def test_after_the_last_member_left_nothing_new_goes_to_an_inbox_that_nobody_reads(at: Table) -> None:
    ans = seated.member(at, "balans")
    erased(at, ans)
    lead = seated.handed_over(at, seated.resident(at))
    assert lead.inbox == "coordinator"


def test_after_the_last_member_left_the_open_leads_come_to_the_coordinator(at: Table) -> None:
    dewi = seated.member(at, "coordinator", "telegram:3001", "Dewi")
    fatma, ans = everything_said(at)
    (lead,) = seated.leads_of(at, fatma)
    erased(at, ans)
    moved = seated.lead(at, lead.id)
    assert (moved.inbox, moved.assignee, moved.status) == ("coordinator", dewi.id, lead.status)
    assert lead.code in dewi.news[-1].text
    assert NAME not in dewi.news[-1].text
    assert NAME in go(at, dewi, "view")[-1].text


def test_erasing_waits_for_a_yes_and_a_no_keeps_everything(at: Table) -> None:
    fatma = seated.resident(at)
    go(at, fatma, *ALONE)
    before = seated.place(at, fatma)
    (asked,) = at.type(fatma, "/verwijder")
    assert asked.text == CONTENT.words.phrase("nl", "overlays.erase")
    assert seated.place(at, fatma) == before
    (told,) = go(at, fatma, "_stay")
    assert seated.place(at, fatma) == before
    assert told.buttons


def test_somebody_who_never_chose_a_language_can_erase_what_there_is(at: Table) -> None:
    fatma = at.sit("telegram:1001", NAME)
    at.type(fatma, "/start")
    erased(at, fatma)
    assert seated.found(at.store, fatma.id) == []


def test_who_was_erased_is_a_newcomer(at: Table) -> None:
    fatma, _ans = everything_said(at)
    erased(at, fatma)
    (card,) = at.type(fatma, "/start")
    assert "language:nl:0" in str(card.buttons)
    assert shown(at, fatma) == CONTENT.words.phrase("nl", "data.nothing")


def test_words_of_danger_and_nonsense_are_stored_nowhere(at: Table) -> None:
    fatma = seated.resident(at)
    go(at, fatma, *ALONE)
    for words in ("ik wil niet meer leven zegt Zebra", "Zebra snapt het niet"):
        at.type(fatma, words)
    assert seated.found(at.store, "Zebra") == []
