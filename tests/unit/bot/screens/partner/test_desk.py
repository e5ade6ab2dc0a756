"""The partner's desk: who sees which lead, who may do what with it, and what everybody else hears of it."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import func, select, update

from bot.demo.simulator import Person, Simulator
from bot.handle import Handle
from bot.messages.buttons import InboxTap, LeadTap, decode
from bot.messages.message import INTERACTIVE, NOTICE, REPORT, Incoming, Outgoing
from db import tables
from db.leads import leads
from db.leads.leads import Lead
from db.people import invitations
from db.store import Store
from flows.model.heard import Command
from tests import simulated
from tests.simulated import ALONE, CONTENT, NOW, WIJK, Clock, go
from tests.unit.db.examples import together
from tests.unit.flows.model.test_desk_table import ALLOWED, OPEN, STATUSES

SECRETS = ("Fatma", "mensen ontmoeten", "’s avonds")


class Room:
    """A table with Ans and Bep of Balans, Omar of another partner, Ria the coordinator, and Fatma."""

    def __init__(self, store: Store) -> None:
        self.sim = simulated.simulator(store)
        self.ans = simulated.member(self.sim, "balans", "telegram:2001", "Ans")
        self.bep = simulated.member(self.sim, "balans", "telegram:2002", "Bep")
        self.omar = simulated.member(self.sim, "eas", "telegram:2003", "Omar")
        self.ria = simulated.member(self.sim, "coordinator", "telegram:2004", "Ria")
        self.fatma = simulated.resident(self.sim)

    def handed_over(self) -> Lead:
        """A lead of Fatma in the inbox of Balans; nobody has unread news."""
        lead = simulated.handed_over(self.sim, self.fatma)
        self.hush()
        return lead

    def hush(self) -> None:
        for person in self.sim.people.values():
            person.news.clear()

    def do(self, person: Person, lead: Lead, answer: str) -> str:
        """Tap this under the lead as it is now; gives what the person then reads."""
        now = simulated.lead(self.sim, lead.id)
        news = self.sim.press(person, person.card.id, simulated.under(lead, answer, now.version))
        return "\n".join(each.text for each in news)


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def put(sim: Simulator, resident: Person, status: str) -> Lead:
    """A lead of this resident at Balans that stands at this status."""
    with sim.store.write() as tx:
        original = leads.get(tx, WIJK, tx.execute(select(func.min(tables.leads.c.id))).scalar_one())
        assert original is not None
        assert original.packet is not None
        return leads.create(
            tx,
            WIJK,
            resident=resident.id,
            sender=resident.id,
            partner="balans",
            inbox="balans",
            row=original.row,
            topic=original.topic,
            urgent=False,
            packet=original.packet,
            language="nl",
            now=NOW,
            status=status,
            closed=CONTENT.desk.closes(status),
        )


def events(sim: Simulator, id: int) -> list[tuple[str | None, str]]:
    with sim.store.read() as tx:
        return [(each.before, each.after) for each in leads.events(tx, WIJK, id)]


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
    for status, move in product(STATUSES, CONTENT.desk.moves):
        fallen = status in ("declined", "unsuccessful")
        lead = put(room.sim, room.fatma, status)
        room.do(person, lead, f"{move.name}.{next(iter(move.reasons))}" if move.reasons else move.name)
        after = simulated.lead(room.sim, lead.id)
        may = (
            role in move.shown
            and role in ALLOWED.get((status, move.to), set())
            and status in move.sources
            and (role == "partner" or fallen)
        )
        assert (after.status, after.version) == ((move.to, 2) if may else (status, 1)), move.name


@pytest.mark.parametrize("who", ["omar", "fatma"])
def test_whoever_does_not_belong_to_an_inbox_never_sees_what_is_in_it(room: Room, who: str) -> None:
    room.handed_over()
    person = getattr(room, who)
    for status in STATUSES:
        lead = put(room.sim, room.fatma, status)
        for answer in ("view", "write", "complete.helped", "nonsense"):
            told = room.do(person, lead, answer)
            assert not any(secret in told for secret in SECRETS)
            assert lead.code not in told
        assert simulated.lead(room.sim, lead.id) == lead


def test_a_lead_of_another_inbox_and_a_lead_that_does_not_exist_look_the_same(room: Room) -> None:
    lead = room.handed_over()
    one = room.do(room.omar, lead, "view")
    (other,) = room.sim.press(room.omar, room.omar.card.id, "lead:ffffffffffffffff.view:1")
    assert one == other.text == CONTENT.words.phrase("nl", "desk.not_yours")


def test_the_coordinator_sees_only_what_fell_to_the_coordinator(room: Room) -> None:
    lead = room.handed_over()
    assert "Fatma" not in room.do(room.ria, lead, "view")
    room.do(room.ans, lead, "decline.no_capacity")
    assert lead.code in room.ria.news[-1].text
    assert "Fatma" not in room.ria.news[-1].text
    assert "Fatma" in room.do(room.ria, lead, "view")


def test_what_a_partner_could_not_do_the_coordinator_takes_up_and_the_partner_sees_it_no_more(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.out_of_area")
    room.fatma.news.clear()
    room.do(room.ria, lead, "reopen")
    after = simulated.lead(room.sim, lead.id)
    assert (after.status, after.inbox, after.assignee) == ("in_progress", "coordinator", room.ria.id)
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


@pytest.mark.parametrize("who", ["telegram:1087968824", "telegram:1001"])
def test_only_a_linked_member_is_a_member(store: Store, who: str) -> None:
    """Pitfall 28: the id that all anonymous admins share is nobody."""
    room = Room(store)
    lead = room.handed_over()
    stranger = room.sim.person(who, "Ans")
    for heard in (Command("postvak"), InboxTap(), LeadTap(lead.token, "accept", version=1)):
        (told,) = room.sim.hear(stranger, heard)
        assert told.text == CONTENT.words.phrase("nl", "desk.no_member")
    assert simulated.lead(room.sim, lead.id) == lead


def test_a_tap_in_the_name_of_a_member_from_another_chat_shows_nothing_there(store: Store) -> None:
    room = Room(store)
    lead = room.handed_over()
    out = room.sim.handle(
        [Incoming("telegram", 9001, "telegram:666", room.ans.address, LeadTap(lead.token, "view", version=1))]
    )
    assert not any("Fatma" in each.text for each in out)


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
    assert [b.data for row in room.bep.card.buttons for b in row] == ["desk:inbox:0"]
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


def test_urgent_leads_stand_on_top_and_the_rest_by_age_in_pages_of_eight(room: Room) -> None:
    room.handed_over()
    made = [put(room.sim, room.fatma, "sent") for _ in range(9)]
    (page,) = at_inbox(room)
    codes = [b.text for row in page.buttons for b in row if b.data.startswith("lead:")]
    assert len(codes) == 8
    assert "10 open" in page.text
    (rest,) = go(room.sim, room.ans, "inbox8")
    assert made[-1].code in str(rest.buttons)
    assert len([b for row in rest.buttons for b in row if b.data.startswith("lead:")]) == 2


def at_inbox(room: Room) -> list[object]:
    return list(room.sim.type(room.ans, "/postvak"))


def test_an_empty_inbox_says_so(room: Room) -> None:
    (card,) = room.sim.type(room.ans, "/postvak")
    assert card.text == CONTENT.words.phrase("nl", "desk.inbox_empty", partner="Stichting Balans", count=0)


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


def test_an_invitation_works_once_for_one_person(room: Room) -> None:
    code = simulated.invitation(room.sim, "balans")
    first = room.sim.person("telegram:3001", "Cor")
    second = room.sim.person("telegram:3002", "Dirk")
    room.sim.type(first, f"/start i_{code}")
    news = room.sim.type(second, f"/start i_{code}")
    assert news[0].text == CONTENT.words.phrase("nl", "notices.invitation_used")
    assert room.sim.type(second, "/postvak")[0].text == CONTENT.words.phrase("nl", "desk.no_member")
    assert "Balans" in room.sim.type(first, "/postvak")[0].text


@pytest.mark.both_stores
def test_two_who_use_one_invitation_at_the_same_moment_one_comes_in(store: Store) -> None:
    sim = simulated.simulator(store)
    code = simulated.invitation(sim, "balans")
    bots = [Handle(CONTENT, store, now=Clock()) for _ in range(2)]

    def join(bot: Handle, id: int, who: str) -> list[Outgoing]:
        return bot([Incoming("telegram", id, who, who, Command("start", f"i_{code}"))])

    together([lambda: join(bots[0], 1, "telegram:3001"), lambda: join(bots[1], 2, "telegram:3002")])
    assert len(simulated.everything(store)["memberships"]) == 1


def test_an_invitation_ends_after_two_weeks(store: Store) -> None:
    sim = Simulator(CONTENT, store, clock := Clock())
    code = simulated.invitation(sim, "balans")
    clock.forward(days=14)
    (told, *_) = sim.type(sim.person("telegram:3001", "Cor"), f"/start i_{code}")
    assert told.text == CONTENT.words.phrase("nl", "notices.invitation_used")


def test_an_invitation_of_one_wijk_opens_no_other(store: Store) -> None:
    sim = simulated.simulator(store)
    with store.write() as tx:
        code = invitations.make(tx, "elders", "balans", "partner", None, NOW)
    (told, *_) = sim.type(sim.person("telegram:3001", "Cor"), f"/start i_{code}")
    assert told.text == CONTENT.words.phrase("nl", "notices.invitation_used")


def test_a_member_may_also_be_a_resident_and_keeps_their_place(room: Room) -> None:
    room.sim.press(room.ans, None, "menu.welcome:_menu:0")
    go(room.sim, room.ans, *ALONE)
    before = simulated.place(room.sim, room.ans)
    lead = room.handed_over()
    room.do(room.ans, lead, "accept")
    room.sim.type(room.ans, "/postvak")
    assert simulated.place(room.sim, room.ans) == before


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


def test_an_inbox_shows_every_open_lead_and_no_closed_one(room: Room) -> None:
    room.handed_over()
    made = {status: put(room.sim, room.fatma, status).code for status in STATUSES}
    (inbox,) = room.sim.type(room.ans, "/postvak")
    assert {status for status, code in made.items() if code in str(inbox.buttons)} == set(OPEN)
