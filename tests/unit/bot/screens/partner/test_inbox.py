"""The inbox: which leads stand in it, in which order, and for whom it opens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.demo.simulator import Shown, Simulator
from bot.messages.taps.buttons import decode
from bot.messages.taps.members import DashboardTap, InboxTap, LeadTap
from bot.screens.partner.inbox import LINE, PAGE, WHO, Inbox, cut
from db import tables
from db.leads.lists import LISTS
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, Clock, go
from tests.unit.bot.screens.partner.room import Room, put
from tests.unit.flows.model.test_desk_table import FELL, OPEN, STATUSES


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def at_inbox(room: Room) -> list[Shown]:
    return room.sim.type(room.ans, "/postvak")


def lines(page: Shown) -> list[str]:
    """The lines of the leads on this page."""
    return [b.text for row in page.buttons for b in row if b.data.startswith("lead:")]


def test_leads_stand_by_their_day_in_pages(room: Room) -> None:
    room.handed_over()
    made = [put(room.sim, room.fatma, "sent") for _ in range(PAGE)]
    (page,) = at_inbox(room)
    assert len(lines(page)) == PAGE
    assert f"{PAGE + 1} open" in page.text
    (rest,) = go(room.sim, room.ans, f"inbox{PAGE}")
    assert len(lines(rest)) == 1
    assert all(each.code in str(lines(page) + lines(rest)) for each in made)


def pages(room: Room, offset: int) -> tuple[int, list[int]]:
    """How many leads this page of the inbox shows, and where its button for more leads."""
    (page,) = room.sim.hear(room.ans, InboxTap(offset))
    taps = [decode(b.data) for row in page.buttons for b in row]
    more = [each.offset for each in taps if isinstance(each, InboxTap) and each.offset]
    return sum(isinstance(each, LeadTap) for each in taps), more


def test_a_member_who_asked_for_help_finds_it_in_no_list_of_the_inbox_and_a_colleague_does(room: Room) -> None:
    room.sim.type(room.ans, "/start")
    go(room.sim, room.ans, "begin")
    simulated.handed_over(room.sim, room.ans)
    room.hush()
    (own,) = at_inbox(room)
    assert not lines(own)
    assert "niets open" in own.text
    (hers,) = room.sim.type(room.bep, "/postvak")
    assert len(lines(hers)) == 1


@pytest.mark.parametrize("alone", [False, True])
def test_a_member_who_asked_for_help_hears_nothing_of_it_as_a_reader(room: Room, alone: bool) -> None:
    person = room.omar if alone else room.ans
    way = (simulated.MONEY_AND_COLD, "second") if alone else (simulated.ALONE, "first")
    room.sim.type(person, "/start")
    go(room.sim, person, "begin")
    lead = simulated.handed_over(room.sim, person, *way)
    assert lead.resident == person.id
    assert not [each for each in person.news if "📥 Nieuw" in each.text]
    assert simulated.lead(room.sim, lead.id).inbox == ("coordinator" if alone else "balans")
    assert [each for each in (room.ria if alone else room.bep).news if lead.code in each.text]


def test_a_full_page_has_no_way_on_and_with_one_lead_more_it_has(room: Room) -> None:
    room.handed_over()
    for _ in range(PAGE - 1):
        put(room.sim, room.fatma, "sent")
    assert pages(room, 0) == (PAGE, [])
    put(room.sim, room.fatma, "sent")
    assert pages(room, 0) == (PAGE, [PAGE])
    assert pages(room, PAGE) == (1, [])


def test_each_page_leads_to_the_next(room: Room) -> None:
    room.handed_over()
    for _ in range(2 * PAGE):
        put(room.sim, room.fatma, "sent")
    assert pages(room, PAGE) == (PAGE, [2 * PAGE])
    assert pages(room, 2 * PAGE) == (1, [])


def test_what_cannot_wait_stands_first_with_a_mark_and_nothing_else_has_one(room: Room) -> None:
    room.handed_over()
    put(room.sim, room.fatma, "sent")
    urgent = put(room.sim, room.fatma, "sent")
    with room.sim.store.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == urgent.id).values(urgent=True))
    (page,) = at_inbox(room)
    assert [each.startswith("❗") for each in lines(page)] == [True, False, False]
    assert urgent.code in lines(page)[0]


def test_whoever_reads_for_two_organisations_finds_the_leads_of_both_and_how_many_there_are(room: Room) -> None:
    lead = room.handed_over()
    simulated.joins(room.sim, room.omar, "balans")
    other = put(room.sim, room.fatma, "sent")
    with room.sim.store.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == other.id).values(partner="eas", inbox="eas"))
    (page,) = room.sim.type(room.omar, "/postvak")
    assert page.text == CONTENT.words.phrase(
        "nl", "desk.inbox", partner="Stichting Balans, Energie Actief Soest", count=2
    )
    assert all(code in str(page.buttons) for code in (lead.code, other.code))
    assert "1 open" in at_inbox(room)[0].text


@pytest.mark.parametrize(("who", "leads"), [("ria", True), ("ans", False)])
def test_only_a_coordinator_finds_the_way_from_the_inbox_to_the_dashboard(room: Room, who: str, leads: bool) -> None:
    (page,) = room.sim.type(getattr(room, who), "/postvak")
    assert any(isinstance(decode(b.data), DashboardTap) for row in page.buttons for b in row) == leads


def test_an_empty_inbox_says_so(room: Room) -> None:
    (card,) = room.sim.type(room.ans, "/postvak")
    assert card.text == CONTENT.words.phrase("nl", "desk.inbox_empty", partner="Stichting Balans", count=0)


def test_an_inbox_shows_every_open_lead_and_no_closed_one(room: Room) -> None:
    room.handed_over()
    made = {status: put(room.sim, room.fatma, status).code for status in STATUSES}
    for person, theirs in ((room.ans, set(OPEN) - set(FELL)), (room.ria, set(FELL))):
        (inbox,) = room.sim.type(person, "/postvak")
        assert {status for status, code in made.items() if code in str(inbox.buttons)} == theirs


def test_the_table_decides_for_whom_an_inbox_opens(room: Room) -> None:
    room.handed_over()
    desk = replace(CONTENT.desk, acts={**CONTENT.desk.acts, "inbox": ("coordinator",)})
    sim = Simulator(replace(CONTENT, desk=desk), room.sim.store, Clock())
    sim._updates = 1000
    (told,) = sim.type(sim.person(room.ans.address, "Ans"), "/postvak")
    assert told.text == CONTENT.words.phrase("nl", "register.none"), "the register is open to every role"
    (told,) = sim.type(sim.person(room.ria.address, "Ria"), "/postvak")
    assert "Postvak" in told.text


def tabs(page: Shown) -> dict[str, str]:
    """The buttons to other lists on this page, by the list that each shows."""
    taps = [(decode(b.data), b.text) for row in page.buttons for b in row]
    return {tap.shows: text for tap, text in taps if isinstance(tap, InboxTap) and f"({text[-2:-1]})" in text}


def test_each_open_lead_stands_in_the_list_of_who_must_do_something(room: Room) -> None:
    mine = room.handed_over()
    room.sim.type(room.ans, "/postvak")
    new, hers = put(room.sim, room.fatma, "sent"), put(room.sim, room.fatma, "sent")
    go(room.sim, room.ans, "inbox", f"{mine.token}:view", "accept")
    go(room.sim, room.bep, f"{mine.token}:view")
    room.sim.type(room.bep, "/postvak")
    go(room.sim, room.bep, f"{hers.token}:view", "accept")
    room.sim.type(room.ans, "/postvak")
    (page,) = go(room.sim, room.ans, "inbox")
    assert {each.split()[0] for each in lines(page)} == {mine.code, new.code}
    assert tabs(page) == {"new": "🆕 Nieuw (1)", "mine": "✋ Van mij (1)", "ours": "👥 Van ons (3)"}
    (ours,) = go(room.sim, room.ans, "ours")
    assert {each.split()[0]: each.rpartition(" ")[2] for each in lines(ours)} == {
        mine.code: "jij",
        new.code: "nieuw",
        hers.code: "Bep",
    }
    (page,) = go(room.sim, room.ans, "new")
    assert [each.split()[0] for each in lines(page)] == [new.code]
    assert tabs(page)[""] == "📥 Te doen (2)"
    (page,) = go(room.sim, room.ans, "mine")
    assert [each.split()[0] for each in lines(page)] == [mine.code]


def test_what_waits_is_not_to_do_and_what_ended_is_found_for_thirty_days(room: Room) -> None:
    clock = Clock()
    room.sim.handle.now = clock
    lead = room.handed_over()
    room.sim.type(room.ans, "/postvak")
    go(
        room.sim,
        room.ans,
        f"{lead.token}:view",
        "accept",
        "contact",
        "more",
        "hold",
        "hold.waitlist",
        "hold.waitlist_2",
    )
    (page,) = room.sim.type(room.ans, "/postvak")
    assert "Niets te doen vandaag." in page.text
    (waiting,) = go(room.sim, room.ans, "waiting")
    assert lines(waiting)[0].startswith(lead.code)
    go(room.sim, room.ans, f"{lead.token}:view", "unhold", "complete", "complete.helped")
    (page,) = room.sim.type(room.ans, "/postvak")
    assert page.text == CONTENT.words.phrase("nl", "desk.inbox_empty", partner="Stichting Balans", count=0)
    (done,) = go(room.sim, room.ans, "done")
    assert lines(done)[0].startswith(lead.code)
    clock.forward(days=31)
    (page,) = go(room.sim, room.ans, "done")
    assert "Niets klaar in de laatste 30 dagen." in page.text


def test_a_list_of_another_organisation_stays_shut(room: Room) -> None:
    lead = room.handed_over()
    for shows in ("", *LISTS):
        for shown in room.sim.hear(room.omar, InboxTap(shows=shows)):
            assert lead.code not in f"{shown.text}{shown.buttons}"
        (told,) = room.sim.hear(room.fatma, InboxTap(shows=shows))
        assert told.text == CONTENT.words.phrase("nl", "desk.no_member")


def test_a_line_fits_on_a_phone_whatever_it_says(room: Room) -> None:
    lead, names = room.handed_over(), {"x": cut("Willemijntje", WHO)}
    for topic in (key.removeprefix("topics.") for key in CONTENT.words.phrases if key.startswith("topics.")):
        assert len(CONTENT.words.phrase("nl", f"desk.topic_{topic}")) <= 10
        for more in ([], ["letter"] * 11):
            changed = replace(lead, topic=[topic, *more], urgent=True, assignee="x")
            assert len(Inbox(CONTENT).line(changed, names).text) <= LINE


def test_what_a_colleague_has_is_to_do_for_all_when_its_day_comes(room: Room) -> None:
    clock = Clock()
    room.sim.handle.now = clock
    lead = room.handed_over()
    room.sim.type(room.ans, "/postvak")
    go(room.sim, room.ans, f"{lead.token}:view", "accept")
    (page,) = room.sim.type(room.bep, "/postvak")
    assert "Niets te doen vandaag." in page.text
    due = simulated.lead(room.sim, lead.id).due_at
    assert due is not None
    clock.forward(days=(due - clock()).days)
    (page,) = room.sim.type(room.bep, "/postvak")
    assert [each.split()[0] for each in lines(page)] == [lead.code]
    assert tabs(page) == {}


@pytest.mark.parametrize("shows", ["", *LISTS])
def test_a_page_that_has_emptied_shows_the_first_one(room: Room, shows: str) -> None:
    lead = room.handed_over()
    (page,) = room.sim.hear(room.ans, InboxTap(PAGE, shows=shows))
    there = shows in ("", "new", "ours")
    assert [each.split()[0] for each in lines(page)] == ([lead.code] if there else [])
    assert page.text == room.sim.hear(room.ans, InboxTap(shows=shows))[0].text
