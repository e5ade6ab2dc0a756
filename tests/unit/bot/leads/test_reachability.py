"""Somebody blocks the bot, or their account is gone: who hears it, how it goes on, and what if they return."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.demo.simulator import Laid, Person, Table
from bot.demo.standin.world.world import World
from bot.handle import Handle
from bot.messages.buttons import decode
from bot.messages.message import Incoming, Outgoing
from bot.messages.ticks import Unreachable
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.writer import Writer
from db import tables
from db.leads import leads
from db.leads.leads import Lead
from db.people import conversations
from db.queue import outbox
from db.store import Store
from flows.model.heard import Blocked, Command
from tests import seated
from tests.seated import ALONE, CONTENT, NOW, WIJK, Clock, go
from tests.unit.bot.runtime.line import at_once, connected
from tests.unit.db.examples import together

PHONE, STREET = "+31600000001", "Zebrapad 12"

WAYS = {"chat": "away_chat", "phone": "away_phone", "home": "away_address"}
"""How a resident wants to be reached, and the phrase that then says how it goes on without the chat."""


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", key, **fields)


def blocks(at: Table, person: Person) -> None:
    """The channel tells it."""
    at.hear(person, Blocked(True))


def is_lost(at: Table, person: Person) -> None:
    """A delivery finds it out."""
    at.lose(person)


BOTH = pytest.mark.parametrize("leave", [blocks, is_lost])
Leave = Callable[[Table, Person], None]


class Street:
    """Ans and Bep of Balans, Ria the coordinator, and Fatma."""

    def __init__(self, store: Store) -> None:
        self.at = seated.table(store)
        self.ans = seated.member(self.at, "balans", "telegram:2001", "Ans")
        self.bep = seated.member(self.at, "balans", "telegram:2002", "Bep")
        self.ria = seated.member(self.at, "coordinator", "telegram:2004", "Ria")
        self.fatma = seated.resident(self.at)

    def handed_over(self, reach: str = "chat", resident: Person | None = None) -> Lead:
        """A lead in the inbox of Balans, to be reached so; nobody has unread news."""
        person = resident or self.fatma
        go(self.at, person, *ALONE, "first", "ok", "yes", "shown", reach)
        if reach == "phone":
            self.at.share(person, PHONE)
        elif reach == "home":
            self.at.type(person, STREET)
        go(self.at, person, "evening", "skip", "handoff.consent:yes")
        self.hush()
        return seated.leads_of(self.at, person)[-1]

    def taken(self, reach: str = "chat") -> Lead:
        """The same, and Ans took it."""
        lead = self.handed_over(reach)
        self.tap(self.ans, lead, "view")
        self.tap(self.ans, lead, "accept")
        self.hush()
        return seated.lead(self.at, lead.id)

    def tap(self, person: Person, lead: Lead, answer: str) -> str:
        """Tap this under the lead as it is now; gives what the person then reads."""
        now = seated.lead(self.at, lead.id)
        return texts(self.at.press(person, person.card.id, seated.under(lead, answer, now.version)))

    def hush(self) -> None:
        for person in self.at.people.values():
            person.news.clear()

    def blocked(self, person: Person) -> bool:
        with self.at.store.read() as tx:
            return conversations.look(tx, WIJK, [person.id])[person.id].blocked

    def waits(self, person: Person) -> bool:
        """Whether anything is in the outbox for this person."""
        with self.at.store.read() as tx:
            return any(each.to == person.id for each in outbox.due(tx, WIJK, NOW))


def updates_kept(street: Street) -> int:
    """How many updates are remembered, so that none is handled twice."""
    with street.at.store.read() as tx:
        kept: int = tx.execute(select(func.count()).select_from(tables.updates)).scalar_one()
        return kept


def texts(news: Iterable[Laid | Outgoing]) -> str:
    return "\n".join(each.text for each in news)


def buttons(person: Person) -> list[str]:
    return [seated.names(each.data)[0] for row in person.card.buttons for each in row]


@pytest.fixture
def street(store: Store) -> Street:
    return Street(store)


@BOTH
@pytest.mark.parametrize("reach", WAYS)
def test_whoever_took_the_lead_hears_once_that_the_chat_ended_and_how_to_go_on(
    street: Street, leave: Leave, reach: str
) -> None:
    """Pitfall 11. The number stands on the card only, because a notice cannot be blanked later."""
    lead = street.taken(reach)
    leave(street.at, street.fatma)
    (told,) = street.ans.news
    assert told.text == f"{lead.code}\n{phrase('desk.away')}\n{phrase('desk.' + WAYS[reach])}"
    assert (street.bep.news, street.fatma.news) == ([], [])
    assert not any(secret in told.text for secret in ("Fatma", PHONE, STREET))
    assert street.blocked(street.fatma)
    (card,) = go(street.at, street.ans, "view")
    assert {"chat": "via deze chat", "phone": PHONE, "home": STREET}[reach] in card.text


@pytest.mark.parametrize("reach", WAYS)
def test_the_coordinator_hears_it_only_when_there_is_no_other_way(street: Street, reach: str) -> None:
    lead = street.taken(reach)
    blocks(street.at, street.fatma)
    told = texts(street.ria.news)
    assert bool(told) == (reach == "chat")
    if told:
        assert lead.code in told
        assert "Stichting Balans" in told
        assert "Fatma" not in told


@pytest.mark.parametrize("first", [blocks, is_lost])
@pytest.mark.parametrize("second", [blocks, is_lost])
def test_the_same_news_twice_is_told_once(street: Street, first: Leave, second: Leave) -> None:
    street.taken()
    first(street.at, street.fatma)
    assert street.ans.news
    street.hush()
    second(street.at, street.fatma)
    assert street.ans.news == street.ria.news == []


@pytest.mark.both_stores
def test_two_processes_that_learn_it_at_the_same_moment_tell_it_once(store: Store) -> None:
    street = Street(store)
    street.taken()
    bots = [Handle(CONTENT, store, now=Clock()) for _ in range(2)]
    who = street.fatma.id
    one, other = together(
        [
            lambda: bots[0]([Incoming("telegram", 9001, who, who, Blocked(True))]),
            lambda: list(bots[1].tick(Unreachable(who)).messages),
        ]
    )
    assert sorted(each.to for each in one + other) == sorted([street.ans.id, street.ria.id])


async def test_a_message_that_cannot_arrive_tells_whoever_helps(store: Store) -> None:
    """From the outbox to the phone of the member: a real call that Telegram refuses, and the turn that comes of it."""
    world, writer = World(), Writer()
    async with connected(world) as channel:
        fatma, ans = world.person(), world.person()
        fatma.start()
        ans.start()
        at = seated.table(store)
        member = seated.member(at, "balans", f"telegram:{ans.id}", "Ans")
        lead = seated.handed_over(at, seated.resident(at, f"telegram:{fatma.id}"))
        fatma.block()
        deliverer = Deliverer(store, WIJK, channel, writer, at.handle.tick, backoff=at_once, now=Clock())
        tap = decode(seated.under(lead, "accept", 1))
        deliverer.accept(at.handle([Incoming("telegram", 9001, member.address, member.address, tap)]))
        await deliverer.flush()
        await deliverer.close()
        writer.close()
        said = [each["text"] for each in ans.chat().shown if each["from"]["is_bot"]]
    assert said[-1] == f"{lead.code}\n{phrase('desk.away')}\n{phrase('desk.away_chat')}"
    assert said[-2].startswith(f"{lead.code} · opgepakt")
    with store.read() as tx:
        assert outbox.count(tx, WIJK) == 0


def test_all_readers_hear_it_of_a_lead_that_nobody_took(street: Street) -> None:
    lead = street.handed_over("phone")
    blocks(street.at, street.fatma)
    assert all(lead.code in texts(each.news) for each in (street.ans, street.bep))


def test_of_a_lead_that_fell_the_coordinator_hears_it(street: Street) -> None:
    lead = street.handed_over()
    street.tap(street.ans, lead, "decline.no_capacity")
    street.hush()
    blocks(street.at, street.fatma)
    (told,) = street.ria.news
    assert told.text == f"{lead.code}\n{phrase('desk.away')}\n{phrase('desk.away_coordinator')}"
    assert street.ans.news == []


def test_who_has_no_help_running_leaves_without_a_word(street: Street) -> None:
    lead = street.taken()
    street.tap(street.ans, lead, "complete.helped")
    street.hush()
    blocks(street.at, street.fatma)
    assert street.blocked(street.fatma)
    assert street.ans.news == street.ria.news == []


def test_the_card_says_it_for_as_long_as_it_is_so_and_offers_no_writing(street: Street) -> None:
    lead = street.taken("phone")
    blocks(street.at, street.fatma)
    for _ in range(2):
        assert phrase("desk.away_phone") in street.tap(street.ans, lead, "view")
        assert "write" not in buttons(street.ans)
    street.at.hear(street.fatma, Blocked(False))
    assert phrase("desk.away") not in street.tap(street.ans, lead, "view")
    assert "write" in buttons(street.ans)


def test_an_old_button_to_write_shows_how_it_stands(street: Street) -> None:
    lead = street.taken()
    before = seated.place(street.at, street.ans)
    blocks(street.at, street.fatma)
    assert phrase("desk.away") in street.tap(street.ans, lead, "write")
    assert seated.place(street.at, street.ans) == before


@BOTH
def test_words_that_would_not_arrive_are_refused_at_once(street: Street, leave: Leave) -> None:
    lead = street.taken("phone")
    street.tap(street.ans, lead, "write")
    leave(street.at, street.fatma)
    street.hush()
    street.at.type(street.ans, "Ik kom dinsdag")
    told = texts(street.ans.news)
    assert f"{lead.code}\n{phrase('desk.away')}\n{phrase('desk.away_phone')}" in told
    assert "Er is niks verstuurd" in told
    assert "verstuurd. ✅" not in told
    assert seated.place(street.at, street.ans).step == "relay.not_sent"
    assert street.fatma.news == []
    assert seated.found(street.at.store, "dinsdag") == []
    assert not street.waits(street.fatma)
    assert "message.to_resident" not in str(seated.everything(street.at.store)["audit"])


def test_words_about_a_lead_that_ended_meanwhile_are_not_said_to_be_sent(street: Street) -> None:
    lead = street.taken()
    street.tap(street.ans, lead, "write")
    street.at.press(street.fatma, None, f"menu.worries:_menu:{seated.place(street.at, street.fatma).revision}")
    with street.at.store.write() as tx:
        leads.move(tx, WIJK, lead.id, lead.version, "withdrawn", closed=True, now=NOW, actor="resident")
    street.hush()
    street.at.type(street.ans, "Ik kom dinsdag")
    assert phrase("relay.closed") in texts(street.ans.news)
    assert "✅" not in texts(street.ans.news)


@pytest.mark.parametrize("answer", ["accept", "decline.no_capacity"])
def test_what_became_of_a_lead_is_not_sent_and_the_member_sees_so(street: Street, answer: str) -> None:
    lead = street.handed_over("phone")
    blocks(street.at, street.fatma)
    street.hush()
    told = street.tap(street.ans, lead, answer)
    assert phrase("desk.away") in told
    assert (PHONE in told) == (answer == "accept"), "what was shared is not shown any more when it is closed"
    assert street.fatma.news == []
    assert not street.waits(street.fatma)


def test_what_was_decided_in_the_same_moment_is_not_sent_either(street: Street) -> None:
    lead = street.handed_over()
    out = street.at.handle(
        [
            Incoming(
                "telegram", 9001, street.ans.address, street.ans.address, decode(seated.under(lead, "accept", 1)), 7
            ),
            Incoming("telegram", 9002, street.fatma.address, street.fatma.address, Blocked(True)),
        ]
    )
    assert street.fatma.id not in {each.to for each in out}
    assert not street.waits(street.fatma)
    assert phrase("desk.away") in texts([each for each in out if each.to == street.ans.id][-1:])


@BOTH
def test_what_already_waited_is_dropped_also_the_second_time(street: Street, leave: Leave) -> None:
    for id in (1, 2):
        with street.at.store.write() as tx:
            outbox.add(tx, WIJK, [outbox.Message(id, street.fatma.id, {"text": "Dag"}, NOW)], NOW)
        leave(street.at, street.fatma)
        assert not street.waits(street.fatma)


def test_what_comes_of_a_delivery_is_numbered_after_all_that_was_said_before(street: Street) -> None:
    street.taken()
    before = street.at.handle([Incoming("telegram", 9001, "telegram:5", "telegram:5", Command("start"))])
    heard = updates_kept(street)
    made = street.at.handle.tick(Unreachable(street.fatma.id)).messages
    assert updates_kept(street) == heard, "a tick is no update"
    after = street.at.handle([Incoming("telegram", 9002, "telegram:5", "telegram:5", Command("start"))])
    ids = [each.id for each in (*before, *made, *after)]
    assert made
    assert ids == sorted(set(ids))
    with street.at.store.read() as tx:
        assert all(outbox.has(tx, WIJK, each.id) for each in made)


@pytest.mark.parametrize("back", [Blocked(False), Command("menu")])
def test_whoever_returns_gets_their_help_and_whoever_has_it_hears_so(street: Street, back: Blocked | Command) -> None:
    lead = street.taken()
    blocks(street.at, street.fatma)
    street.hush()
    street.at.hear(street.fatma, back)
    first = street.fatma.news[0]
    assert first.text.startswith(phrase("notices.welcome_back"))
    assert f"{lead.code} · Stichting Balans" in first.text
    for each in (street.ans, street.ria):
        assert [one.text for one in each.news] == [f"{lead.code}\n{phrase('desk.reads_again')}"]
    assert not street.blocked(street.fatma)
    street.hush()
    street.tap(street.ans, lead, "write")
    street.at.type(street.ans, "Ik kom dinsdag")
    assert "dinsdag" in texts(street.fatma.news)


def test_whoever_was_never_away_is_not_welcomed_back(street: Street) -> None:
    street.taken()
    assert street.at.hear(street.fatma, Blocked(False)) == []
    assert street.ans.news == []


def test_whoever_returns_without_help_gets_no_message(street: Street) -> None:
    blocks(street.at, street.fatma)
    assert street.at.hear(street.fatma, Blocked(False)) == []


def test_a_block_does_not_make_us_keep_answers_longer(store: Store) -> None:
    street = Street(store)
    kept = [row for row in seated.everything(store)["conversations"] if street.fatma.id in row]
    street.at.handle.now = Clock(NOW.replace(day=28))
    for leave in (blocks, is_lost):
        leave(street.at, street.fatma)
    now = [row for row in seated.everything(store)["conversations"] if street.fatma.id in row]
    assert now == [row.replace("False", "True") for row in kept]


def test_new_leads_go_to_those_of_an_inbox_who_read_it(street: Street) -> None:
    blocks(street.at, street.ans)
    lead = street.handed_over()
    assert lead.inbox == "balans"
    assert street.bep.chat
    assert not street.waits(street.ans)
    assert lead.code in texts(list(street.bep.chat.values()))
    assert lead.code not in texts(list(street.ans.chat.values()))


@BOTH
def test_the_coordinator_hears_what_a_member_had_taken_who_cannot_be_reached(street: Street, leave: Leave) -> None:
    lead = street.taken()
    leave(street.at, street.ans)
    told = texts(street.ria.news)
    assert phrase("desk.member_away", member="Ans", partner="Stichting Balans") in told
    assert lead.code in told
    assert "Fatma" not in told
    assert seated.lead(street.at, lead.id) == lead, "Bep still reads this inbox"
    assert street.fatma.news == []


def test_a_resident_hears_at_once_that_their_answer_does_not_arrive(street: Street) -> None:
    lead = street.taken()
    street.tap(street.ans, lead, "write")
    street.at.type(street.ans, "Ik kom dinsdag")
    go(street.at, street.fatma, f"reply:{lead.token}")
    blocks(street.at, street.ans)
    street.hush()
    street.at.type(street.fatma, "Dat is goed")
    told = texts(street.fatma.news)
    assert phrase("relay.away") in told
    assert "✅" not in told
    assert not street.waits(street.ans)
    assert seated.found(street.at.store, "Dat is goed") == []


def test_when_somebody_else_of_the_inbox_reads_along_they_hear_that_the_resident_stopped(street: Street) -> None:
    lead = street.taken()
    blocks(street.at, street.ans)
    street.hush()
    go(street.at, street.fatma, "_help", f"stop_help:{lead.token}", f"withdraw:{lead.token}")
    assert lead.code in texts(street.bep.news)


@BOTH
def test_when_the_last_reader_is_gone_what_waits_comes_to_the_coordinator(street: Street, leave: Leave) -> None:
    taken = street.taken("phone")
    waiting = street.handed_over(resident=seated.resident(street.at, "telegram:1002", "Karim"))
    leave(street.at, street.bep)
    assert seated.lead(street.at, waiting.id).inbox == "balans"
    street.hush()
    leave(street.at, street.ans)
    assert [seated.lead(street.at, each.id).inbox for each in (taken, waiting)] == ["coordinator"] * 2
    assert [seated.lead(street.at, each.id).assignee for each in (taken, waiting)] == [street.ria.id, None]
    assert all(each.code in texts(street.ria.news) for each in (taken, waiting))
    assert "Karim" in street.tap(street.ria, waiting, "view")
    street.tap(street.ria, taken, "write")
    street.at.type(street.ria, "Ik zoek iemand anders")
    assert "Ik zoek iemand anders" in texts(street.fatma.news)
    after = street.handed_over(resident=seated.resident(street.at, "telegram:1003", "Noor"))
    assert after.inbox == "coordinator"


def test_as_soon_as_nobody_reads_an_inbox_the_consent_card_says_who_gets_it(street: Street) -> None:
    seated.asked(street.at, street.fatma)
    assert phrase("packet.fallback") in street.fatma.card.text
    for person in (street.ans, street.bep):
        blocks(street.at, person)
    (card,) = go(street.at, street.fatma, "handoff.consent:yes")
    assert card.text.startswith(phrase("notices.look_again"))
    assert phrase("packet.coordinator_for", partner="Stichting Balans") in card.text


def test_a_lead_that_another_process_sends_to_an_inbox_just_left_comes_to_the_coordinator(store: Store) -> None:
    street = Street(store)
    seated.asked(street.at, street.fatma)
    other = Handle(CONTENT, store, now=Clock())
    for id, who in enumerate((street.ans.address, street.bep.address), start=9001):
        other([Incoming("telegram", id, who, who, Blocked(True))])
    street.hush()
    go(street.at, street.fatma, "handoff.consent:yes")
    (lead,) = seated.leads_of(street.at, street.fatma)
    assert lead.inbox == "coordinator"
    assert lead.code in texts(street.ria.news)


def test_a_member_who_returns_reads_along_again(street: Street) -> None:
    blocks(street.at, street.ans)
    blocks(street.at, street.bep)
    street.hush()
    (told,) = street.at.hear(street.ans, Blocked(False))
    assert told.text == phrase("desk.welcome_back")
    assert [one.text for one in street.ria.news] == [
        phrase("desk.member_back", member="Ans", partner="Stichting Balans")
    ]
    assert "Balans" in texts(go(street.at, street.ans, "desk:inbox"))
    assert street.handed_over().inbox == "balans"


def test_the_office_counts_those_who_read_along(street: Street) -> None:
    blocks(street.at, street.ans)
    (card,) = street.at.type(street.ria, "/coordinator")
    assert "Stichting Balans · open · 1 medewerker" in [each.text for row in card.buttons for each in row]


def test_of_two_coordinators_the_other_hears_that_one_is_gone(street: Street) -> None:
    dewi = seated.member(street.at, "coordinator", "telegram:2005", "Dewi")
    street.hush()
    with capture_logs() as logs:
        blocks(street.at, street.ria)
    assert phrase("desk.member_away", member="Ria", partner="de coördinator") in texts(dewi.news)
    assert logs == []


@BOTH
def test_that_no_coordinator_can_be_reached_is_in_the_log_without_a_word_of_content(
    street: Street, leave: Leave
) -> None:
    lead = street.taken()
    with capture_logs() as logs:
        leave(street.at, street.ria)
    assert logs == [{"event": "no coordinator can be reached", "log_level": "error", "wijk": WIJK}]
    with capture_logs() as logs:
        leave(street.at, street.fatma)
    assert [each["event"] for each in logs] == ["no coordinator can be reached"]
    assert not any(secret in str(logs) for secret in (lead.code, "Fatma", "telegram:"))
    assert lead.code in texts(street.ans.news)


def test_what_waits_for_a_coordinator_who_is_gone_is_there_when_they_return(street: Street) -> None:
    blocks(street.at, street.ria)
    blocks(street.at, street.ans)
    blocks(street.at, street.bep)
    lead = street.handed_over()
    assert [each.text for each in street.at.hear(street.ria, Blocked(False))] == [phrase("desk.welcome_back")]
    go(street.at, street.ria, "desk:inbox")
    assert lead.code in str(street.ria.card.buttons)


@BOTH
def test_somebody_who_is_both_leaves_as_both(street: Street, leave: Leave) -> None:
    street.at.press(street.bep, None, "menu.welcome:_menu:0")
    lead = street.handed_over(resident=street.bep)
    leave(street.at, street.bep)
    assert lead.code in texts(street.ans.news)
    assert phrase("desk.member_away", member="Bep", partner="Stichting Balans") in texts(street.ria.news)


@BOTH
def test_whoever_erased_everything_and_then_leaves_is_not_remembered(street: Street, leave: Leave) -> None:
    street.taken("phone")
    street.at.type(street.fatma, "/verwijder")
    go(street.at, street.fatma, "erase:yes")
    street.hush()
    leave(street.at, street.fatma)
    assert seated.found(street.at.store, street.fatma.id) == []
    assert street.ans.news == []


@pytest.mark.parametrize("in_one", [True, False])
def test_whoever_only_said_hello_is_forgotten_when_they_leave(street: Street, in_one: bool) -> None:
    karim = street.at.sit("telegram:1002", "Karim")
    said = [(karim, Command("start"), None), (karim, Blocked(True), None)]
    for batch in [said] if in_one else [[each] for each in said]:
        street.at.hear_all(batch)
    assert karim.news == []
    assert seated.found(street.at.store, karim.address) == []
    assert street.at.type(karim, "/start")


def test_a_lead_of_somebody_away_can_still_be_erased_when_they_return(street: Street) -> None:
    street.taken("phone")
    is_lost(street.at, street.fatma)
    street.at.type(street.fatma, "/verwijder")
    go(street.at, street.fatma, "erase:yes")
    assert seated.found(street.at.store, street.fatma.id) == []
    assert phrase("notices.erased") in texts(street.fatma.news)


def test_a_group_that_the_bot_was_put_out_of_leaves_no_trace(street: Street) -> None:
    assert street.at.handle.tick(Unreachable("telegram:-100555")).messages == ()
    assert seated.found(street.at.store, "-100555") == []
