"""One lead and its moves: who may do what with it, and what everybody else hears of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import update

from bot.demo.simulator import Person, Simulator
from bot.handle import Handle
from bot.messages.message import INTERACTIVE, NOTICE, REPORT, Incoming, Outgoing
from bot.messages.taps.buttons import decode
from db import tables
from db.leads import views
from db.leads.consent import consents, disclosures
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import Blocked, StopHelpTap
from flows.model.names import TO_RESIDENT
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, Clock, go
from tests.unit.bot.screens.partner.room import Room, events, put
from tests.unit.db.examples import together
from tests.unit.flows.model.test_desk_table import ALLOWED, STATUSES


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def test_a_lead_is_taken_worked_on_and_closed_and_the_resident_hears_each_step(room: Room) -> None:
    lead = room.handed_over()
    heard = []
    go(room.sim, room.ans, "view")
    for answer in ("accept", "contact", "complete", "complete.helped"):
        room.fatma.news.clear()
        go(room.sim, room.ans, answer)
        heard.append([each.text.split("\n")[0] for each in room.fatma.news])
    assert [len(each) for each in heard] == [1, 1, 0, 1], "asking for a reason is no change"
    assert all(lead.code in each[0] for each in heard if each)
    after = simulated.lead(room.sim, lead.id)
    assert (after.status, after.reason, after.assignee, after.version) == ("completed", "helped", room.ans.id, 4)
    assert after.closed_at == NOW
    assert events(room.sim, lead.id) == [
        (None, "sent"),
        ("sent", "accepted"),
        ("accepted", "in_progress"),
        ("in_progress", "completed"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["ans", "omar", "ria", "fatma"])
def test_every_tap_of_everybody_obeys_the_table(room: Room, who: str) -> None:
    """Every move from every status, by a member, another partner, the coordinator and the resident."""
    room.handed_over()
    person = getattr(room, who)
    role = {"ans": "partner", "ria": "coordinator"}.get(who, "")
    for status, move in product(STATUSES, [each for each in CONTENT.desk.moves if not each.asks]):
        fallen = status in ("declined", "unsuccessful")
        lead = put(room.sim, room.fatma, status)
        room.do(person, lead, f"{move.name}.{simulated.said_with(move)[0]}".rstrip("."))
        after = simulated.lead(room.sim, lead.id)
        may = (
            role in move.shown
            and role in ALLOWED.get((status, move.to), set())
            and status in move.sources
            and (role == "partner" or fallen)
        ) or (move.name == "return" and role == "partner" and status in move.sources)  # under the clock's question
        assert (after.status, after.version) == ((move.to, 2) if may else (status, 1)), move.name


def test_what_a_partner_could_not_do_the_coordinator_takes_up_and_the_partner_sees_it_no_more(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.out_of_area")
    room.fatma.news.clear()
    room.do(room.ria, lead, "reopen")
    after = simulated.lead(room.sim, lead.id)
    assert (after.status, after.inbox, after.assignee) == ("accepted", "coordinator", room.ria.id)
    assert "Ria" in room.fatma.news[-1].text
    assert "Fatma" not in room.do(room.ans, lead, "view")


def priorities(room: Room, person: Person, lead: Lead, answer: str) -> dict[str, int]:
    """What everybody gets of this tap: with which priority, by name; an edit as `name edited`."""
    tap = decode(simulated.under(lead, answer, simulated.lead(room.sim, lead.id).version))
    out = room.sim.handle([Incoming("telegram", 9001, person.address, person.address, tap, person.card.id)])
    names = {each.id: each.name for each in room.sim.people.values()}
    return {names[each.to] + (" edited" if each.edit else ""): each.priority for each in out}


def test_an_answer_and_every_edit_go_before_notices_and_these_before_what_may_wait(room: Room) -> None:
    lead = room.handed_over()
    go(room.sim, room.bep, "view")
    assert priorities(room, room.ans, lead, "decline.out_of_area") == {
        "Ans edited": INTERACTIVE, "Bep edited": INTERACTIVE, "Fatma": NOTICE, "Ria": REPORT,
    }  # fmt: skip


def test_what_is_urgent_comes_to_the_coordinator_as_soon_as_it_can(room: Room) -> None:
    lead = room.handed_over()
    with room.sim.store.write() as tx:
        tx.execute(update(tables.leads).values(urgent=True))
    assert priorities(room, room.ans, lead, "decline.out_of_area")["Ria"] == NOTICE


def test_a_tap_on_a_card_that_is_no_longer_true_changes_nothing_and_shows_how_it_stands(room: Room) -> None:
    """Pitfall 45, one after another."""
    lead = room.handed_over()
    go(room.sim, room.ans, "view")
    go(room.sim, room.bep, "view")
    shown, button = simulated.button(room.bep, "accept")
    go(room.sim, room.ans, "accept")
    assert "opgepakt" in room.bep.chat[shown.id].text, "who had it open sees at once that it was taken"
    room.fatma.news.clear()
    (told,) = room.sim.press(room.bep, shown.id, button.data)
    assert told.text.startswith(CONTENT.words.phrase("nl", "desk.too_late", code=lead.code))
    assert "Opgepakt door Ans" in told.text
    assert room.fatma.news == []
    assert simulated.lead(room.sim, lead.id).assignee == room.ans.id


@pytest.mark.both_stores
def test_a_button_of_an_older_version_of_the_lead_does_nothing_also_where_the_move_is_still_allowed(room: Room) -> None:
    lead = room.handed_over()
    go(room.sim, room.ans, "view", "accept")
    go(room.sim, room.bep, "desk:inbox", "view")
    shown, old = simulated.button(room.bep, "complete")
    room.do(room.ans, lead, "contact")
    for data in (old.data, simulated.under(lead, "complete.helped", 2), simulated.under(lead, "complete.helped", 4)):
        (told,) = room.sim.press(room.bep, shown.id, data)
        assert told.text.startswith(CONTENT.words.phrase("nl", "desk.too_late", code=lead.code))
    after = simulated.lead(room.sim, lead.id)
    assert (after.status, after.version) == ("in_progress", 3)
    room.sim.press(room.bep, shown.id, simulated.under(lead, "complete.helped", 3))
    assert simulated.lead(room.sim, lead.id).status == "completed"


def test_two_who_take_a_lead_at_the_same_moment_one_wins_and_the_other_is_told(store: Store) -> None:
    """Pitfall 45, side by side: each in a thread and a bot of its own."""
    room = Room(store)
    lead = room.handed_over()
    bots = [Handle(CONTENT, store, now=Clock()) for _ in range(2)]
    tap = decode(simulated.under(lead, "accept", 1))

    def take(bot: Handle, id: int, who: str) -> list[Outgoing]:
        return bot([Incoming("telegram", id, who, who, tap, 7, None, "nl", "")])

    first, second = together(
        [
            lambda: take(bots[0], 9001, room.ans.address),
            lambda: take(bots[1], 9002, room.bep.address),
        ]
    )
    after = simulated.lead(room.sim, lead.id)
    assert (after.status, after.version) == ("accepted", 2)
    won, lost = (first, second) if after.assignee == room.ans.id else (second, first)
    assert after.assignee in (room.ans.id, room.bep.id)
    assert [each.to for each in won].count(room.fatma.id) == 1
    assert [each.to for each in lost if each.to == room.fatma.id] == []
    assert any(CONTENT.words.phrase("nl", "desk.too_late", code=lead.code) in each.text for each in lost)
    assert events(room.sim, lead.id) == [(None, "sent"), ("sent", "accepted")]


def test_two_taps_of_one_member_in_one_batch_count_once(room: Room) -> None:
    """Pitfall 1."""
    lead = room.handed_over()
    tap = decode(simulated.under(lead, "accept", 1))
    room.sim.hear_all([(room.ans, tap, None), (room.ans, tap, None)])
    assert events(room.sim, lead.id) == [(None, "sent"), ("sent", "accepted")]
    assert sum(lead.code in each.text for each in room.fatma.news) == 1


def test_news_about_an_open_card_leaves_a_way_back_to_the_inbox(room: Room) -> None:
    room.handed_over()
    go(room.sim, room.ans, "view")
    go(room.sim, room.bep, "view")
    go(room.sim, room.ans, "accept")
    assert [b.data for row in room.bep.card.buttons for b in row] == [
        *("desk:inbox:0", "danger:_danger:0", "door:hide:0"),
    ]
    (inbox,) = go(room.sim, room.bep, "inbox")
    assert "1 open" in inbox.text


def test_the_resident_hears_in_the_language_that_they_read_now(room: Room) -> None:
    lead = room.handed_over()
    room.sim.press(room.fatma, room.fatma.card.id, "language:en:0")
    room.hush()
    room.do(room.ans, lead, "accept")
    told = room.fatma.news[-1]
    (english,) = [b.text for row in told.buttons for b in row if b.data.split(":")[1] == "_help"]
    assert english == CONTENT.words.phrase("en", "nav.my_help")


def test_a_closed_lead_shows_its_member_no_name_any_more(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.do(room.ans, lead, "complete.partly")
    assert "Fatma" not in room.do(room.ans, lead, "view")
    assert "Fatma" not in room.ans.card.text


def test_a_reason_that_is_not_on_the_list_is_asked_for_again(room: Room) -> None:
    lead = room.handed_over()
    for answer in ("decline", "decline.", "decline.geen_zin"):
        told = room.do(room.ans, lead, answer)
        assert told.endswith(CONTENT.words.phrase("nl", "desk.why"))
    assert simulated.lead(room.sim, lead.id).status == "sent"


def test_whoever_took_a_lead_writes_to_the_resident_and_gets_the_answer(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.do(room.ans, lead, "write")
    room.sim.type(room.ans, "Zal ik morgen bellen?")
    assert "Zal ik morgen bellen?" in room.fatma.news[-1].text
    go(room.sim, room.fatma, f"reply:{lead.token}")
    room.sim.type(room.fatma, "Ja, graag")
    assert "Ja, graag" in room.ans.news[-1].text
    assert simulated.found(room.sim.store, "Zal ik morgen") == [], "delivered words are kept nowhere"


@pytest.mark.parametrize("who", ["bep", "omar", "ria"])
def test_nobody_else_writes_to_the_resident(room: Room, who: str) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.hush()
    person = getattr(room, who)
    room.do(person, lead, "write")
    room.sim.type(person, "Zal ik morgen bellen?")
    assert room.fatma.news == []


def test_an_answer_to_a_lead_of_somebody_else_goes_nowhere(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    karim = simulated.resident(room.sim, "telegram:1002", "Karim")
    room.hush()
    room.sim.press(karim, None, f"reply:{lead.token}:0")
    room.sim.type(karim, "hallo daar")
    assert room.ans.news == []


def noted(room: Room, lead: Lead) -> list[tuple[str, str | None]]:
    """To whom this lead was shown: the organisation and the member."""
    with room.sim.store.read() as tx:
        return [(each.recipient, each.member) for each in disclosures.of_lead(tx, WIJK, lead.id)]


def test_every_member_who_looks_is_noted_once(room: Room) -> None:
    lead = room.handed_over()
    go(room.sim, room.ans, "view")
    go(room.sim, room.bep, "view", "desk:inbox", "view")
    go(room.sim, room.ans, "desk:inbox", "view")
    assert noted(room, lead) == [("balans", None), ("balans", room.ans.id), ("balans", room.bep.id)]


def test_every_message_in_which_a_lead_is_open_is_known_edited_or_new(room: Room) -> None:
    lead = room.handed_over()
    (edited,) = go(room.sim, room.ans, "view")
    (new,) = room.sim.press(room.ans, None, simulated.under(lead, "view", 1))
    with room.sim.store.read() as tx:
        known = [(each.member, each.message) for each in views.of_lead(tx, WIJK, lead.id)]
    assert known == [(room.ans.id, edited.id), (room.ans.id, new.id)]


def test_of_what_fell_those_who_looked_see_it_end_and_those_who_did_not_are_not_disturbed(room: Room) -> None:
    lead = room.handed_over()
    before = set(room.bep.chat)
    room.do(room.ans, lead, "decline.no_capacity")
    assert set(room.bep.chat) == before, "the notice of before is blanked, and nothing new comes"
    assert room.bep.news[-1].text == f"{lead.code}\nDit zie je hier niet meer."
    assert lead.code in room.ria.news[-1].text


def test_the_partner_that_had_it_hears_no_more_of_what_the_coordinator_does_with_it(room: Room) -> None:
    lead = room.handed_over()
    go(room.sim, room.ans, "view")
    go(room.sim, room.bep, "view", "accept", "more", "fail", "fail.no_contact")
    before = dict(room.ans.chat), dict(room.bep.chat)
    room.hush()
    room.do(room.ria, lead, "reopen")
    room.do(room.ria, lead, "complete.helped")
    assert (room.ans.chat, room.bep.chat) == before
    assert "Fatma" not in str(before)


def test_what_falls_waits_under_its_lead_so_that_it_goes_when_the_lead_is_withdrawn(room: Room) -> None:
    lead = room.handed_over()
    tap = decode(simulated.under(lead, "decline.no_capacity", 1))
    out = room.sim.handle([Incoming("telegram", 9001, room.ans.address, room.ans.address, tap)])
    assert [each.lead for each in out if each.to == room.ria.id] == [lead.id]


def test_a_message_that_shows_a_lead_says_so_and_one_that_does_not_says_nothing(room: Room) -> None:
    lead = room.handed_over()
    for number, (answer, shows) in enumerate([("view", True), ("decline", False), ("decline.other", False)]):
        tap = decode(simulated.under(lead, answer, 1))
        out = room.sim.handle([Incoming("telegram", 9001 + number, room.ans.address, room.ans.address, tap)])
        own = next(each for each in out if each.to == room.ans.id and each.edit is None)
        assert (own.view, own.lead) == ((True, lead.id) if shows else (False, None)), answer


def test_whoever_reads_for_two_partners_acts_for_the_one_whose_lead_it_is(room: Room) -> None:
    """Cor of Balans is called otherwise at the other partner, whose lead this is."""
    lead = room.handed_over()
    with room.sim.store.write() as tx:
        yes = consents.get(tx, WIJK, lead.consent or 0)
        assert yes is not None
        told = {name: getattr(yes, name) for name in ("resident", "sender", "purpose", "fields", "text_version")}
        to_eas = consents.add(tx, WIJK, recipient="eas", shown="", language="nl", given=True, now=NOW, **told)
        tx.execute(update(tables.leads).values(partner="eas", inbox="eas", consent=to_eas))
    cor = room.sim.person("telegram:2005", "Cor")
    simulated.joins(room.sim, cor, "balans")
    cor.name = "Cor de coach"
    simulated.joins(room.sim, cor, "eas")
    room.hush()
    room.do(cor, lead, "view")
    assert noted(room, lead)[-1] == ("eas", cor.id)
    room.do(cor, lead, "accept")
    assert "Cor de coach van Energie Actief Soest" in room.fatma.news[-1].text
    assert "Opgepakt door Cor de coach" in cor.card.text


def test_nothing_can_be_written_to_a_resident_who_does_not_read_the_chat(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.sim.hear(room.fatma, Blocked(True))
    told = room.do(room.ans, lead, "write")
    assert CONTENT.words.phrase("nl", "desk.away") in told
    assert CONTENT.words.phrase("nl", "desk.write") not in str(room.ans.card.buttons)
    assert simulated.place(room.sim, room.ans).step != TO_RESIDENT


def test_the_table_decides_who_writes(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    desk = replace(CONTENT.desk, acts={**CONTENT.desk.acts, "lead.write": ("coordinator",)})
    sim = Simulator(replace(CONTENT, desk=desk), room.sim.store, Clock())
    sim._updates = 1000
    ans = sim.person(room.ans.address, "Ans")
    for answer in ("view", "write"):
        (card,) = sim.press(ans, None, simulated.under(lead, answer, 2))
        assert f"{lead.code} · opgepakt" in card.text
        assert CONTENT.words.phrase("nl", "desk.write") not in str(card.buttons)


def test_a_withdrawn_lead_shows_only_that_it_is_gone_whatever_is_tapped(room: Room) -> None:
    lead = room.handed_over()
    go(room.sim, room.ans, "view", "accept")
    room.sim.hear(room.fatma, StopHelpTap(lead.token, simulated.place(room.sim, room.fatma).revision, sure=True))
    for answer in ("view", "write", "contact", "complete.helped", "nonsense"):
        assert room.do(room.ans, lead, answer) == CONTENT.words.phrase("nl", "desk.gone", code=lead.code)


def test_the_reason_of_an_earlier_move_does_not_stick_to_a_later_one(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.no_capacity")
    assert "Wij zitten vol" in room.ria.news[-1].text
    assert simulated.lead(room.sim, lead.id).reason == "no_capacity"
    room.do(room.ria, lead, "reopen")
    assert simulated.lead(room.sim, lead.id).reason is None


def test_a_member_who_asks_for_help_where_they_work_leaves_it_to_a_colleague(room: Room) -> None:
    simulated.joins(room.sim, room.fatma, "balans")
    lead = room.handed_over()
    refused = CONTENT.words.phrase("nl", "desk.own", code=lead.code)
    for answer in ("view", "accept", "write", "decline"):
        assert room.do(room.fatma, lead, answer) == refused
    assert simulated.lead(room.sim, lead.id).status == "sent"
    room.do(room.ans, lead, "accept")
    assert simulated.lead(room.sim, lead.id).assignee == room.ans.id


@pytest.mark.parametrize("role", ["partner", "coordinator"])
def test_a_lead_fits_on_a_phone_and_what_is_seldom_needed_is_one_tap_away(room: Room, role: str) -> None:
    """Eight rows of buttons, 🆘 and 🚪 among them, and every move of the table in one of the two places."""
    room.handed_over()
    reader = room.ans if role == "partner" else room.ria
    for status in CONTENT.desk.open - {"draft"}:
        if bool(CONTENT.desk.falls(status)) != (role == "coordinator"):
            continue
        lead = put(room.sim, room.fatma, status)
        with room.sim.store.write() as tx:
            held = tables.leads.c.id == lead.id
            tx.execute(update(tables.leads).where(held).values(assignee=room.ans.id if role == "partner" else None))
        room.do(reader, lead, "view")
        assert len(reader.card.buttons) <= 8, status
        found = {name for row in reader.card.buttons for each in row for name in simulated.names(each.data)}
        if "more" in found:
            room.do(reader, lead, "more")
            found |= {name for row in reader.card.buttons for each in row for name in simulated.names(each.data)}
            room.do(reader, lead, "view")
        assert {move.name for move in CONTENT.desk.buttons(status, role)} <= found, status


def test_the_first_lines_of_a_lead_say_what_was_promised_and_who_has_it(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    first = room.ans.card.text.split("\n")[:3]
    assert first[0] == f"{lead.code} · opgepakt"
    assert first[1].startswith("Contact uiterlijk woensdag 9 december")
    assert first[2] == "Opgepakt door Ans"


def test_more_under_a_lead_that_changed_shows_how_it_stands(room: Room) -> None:
    lead = room.handed_over()
    go(room.sim, room.bep, "view")
    old = simulated.under(lead, "more", 1)
    room.do(room.ans, lead, "accept")
    (told,) = room.sim.press(room.bep, room.bep.card.id, old)
    assert told.text.startswith(CONTENT.words.phrase("nl", "desk.too_late", code=lead.code))
