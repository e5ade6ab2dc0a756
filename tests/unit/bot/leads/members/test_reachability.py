"""Somebody blocks the bot, or their account is gone: who hears it, how it goes on, and what if they return."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.demo.simulator import Person, Shown, Simulator
from bot.demo.standin.world.world import World
from bot.handle import Handle
from bot.messages.message import Incoming, Outgoing
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.residents import NoticesTap
from bot.messages.ticks import Unreachable
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.writer import Writer
from db import tables
from db.leads import leads
from db.leads.lead import Lead
from db.people import conversations
from db.queue import outbox
from db.store import Store
from flows.model.heard import Blocked, Command, Heard
from tests import simulated
from tests.simulated import ALONE, CONTENT, NOW, WIJK, Clock, go
from tests.unit.bot.runtime.line import at_once, connected
from tests.unit.db.examples import together

PHONE, STREET = "+31600000001", "Zebrapad 12"

WAYS = {"chat": "away_chat", "phone": "away_phone", "home": "away_address"}
"""How a resident wants to be reached, and the phrase that then says how it goes on without the chat."""


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", key, **fields)


def blocks(sim: Simulator, person: Person) -> None:
    """The channel tells it."""
    sim.hear(person, Blocked(True))


def is_lost(sim: Simulator, person: Person) -> None:
    """A delivery finds it out."""
    sim.lose(person)


BOTH = pytest.mark.parametrize("leave", [blocks, is_lost])
Leave = Callable[[Simulator, Person], None]


class Street:
    """Ans and Bep of Balans, Ria the coordinator, and Fatma."""

    def __init__(self, store: Store) -> None:
        self.sim = simulated.simulator(store)
        self.ans = simulated.member(self.sim, "balans", "telegram:2001", "Ans")
        self.bep = simulated.member(self.sim, "balans", "telegram:2002", "Bep")
        self.ria = simulated.member(self.sim, "coordinator", "telegram:2004", "Ria")
        self.fatma = simulated.resident(self.sim)

    def handed_over(self, reach: str = "chat", resident: Person | None = None) -> Lead:
        """A lead in the inbox of Balans, to be reached so; nobody has unread news."""
        person = resident or self.fatma
        go(
            self.sim,
            person,
            *ALONE,
            "first",
            *simulated.ABOUT_ME,
            *simulated.changing("reach"),
            f"handoff.reach:{reach}",
        )
        if reach == "phone":
            self.sim.share(person, PHONE)
        elif reach == "home":
            self.sim.type(person, STREET)
        go(self.sim, person, "handoff.consent:yes")
        self.hush()
        return simulated.leads_of(self.sim, person)[-1]

    def taken(self, reach: str = "chat") -> Lead:
        """The same, and Ans took it."""
        lead = self.handed_over(reach)
        self.tap(self.ans, lead, "view")
        self.tap(self.ans, lead, "accept")
        self.hush()
        return simulated.lead(self.sim, lead.id)

    def tap(self, person: Person, lead: Lead, answer: str) -> str:
        """Tap this under the lead as it is now; gives what the person then reads."""
        now = simulated.lead(self.sim, lead.id)
        return texts(self.sim.press(person, person.card.id, simulated.under(lead, answer, now.version)))

    def hush(self) -> None:
        for person in self.sim.people.values():
            person.news.clear()

    def blocked(self, person: Person) -> bool:
        with self.sim.store.read() as tx:
            return conversations.look(tx, WIJK, [person.id])[person.id].blocked

    def waits(self, person: Person) -> bool:
        """Whether anything is in the outbox for this person."""
        with self.sim.store.read() as tx:
            return any(each.to == person.id for each in outbox.due(tx, WIJK, NOW))


def updates_kept(street: Street) -> int:
    """How many updates are remembered, so that none is handled twice."""
    with street.sim.store.read() as tx:
        kept: int = tx.execute(select(func.count()).select_from(tables.updates)).scalar_one()
        return kept


def texts(news: Iterable[Shown | Outgoing]) -> str:
    return "\n".join(each.text for each in news)


def buttons(person: Person) -> list[str]:
    return [simulated.names(each.data)[0] for row in person.card.buttons for each in row if each.data]


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
    leave(street.sim, street.fatma)
    (told,) = street.ans.news
    assert told.text == f"{lead.code}\n{phrase('desk.away')}\n{phrase('desk.' + WAYS[reach])}"
    assert (street.bep.news, street.fatma.news) == ([], [])
    assert not any(secret in told.text for secret in ("Fatma", PHONE, STREET))
    assert street.blocked(street.fatma)
    (card,) = go(street.sim, street.ans, "view")
    assert {"chat": "deze chat", "phone": PHONE, "home": STREET}[reach] in card.text


@pytest.mark.parametrize("reach", WAYS)
def test_the_coordinator_hears_it_only_when_there_is_no_other_way(street: Street, reach: str) -> None:
    lead = street.taken(reach)
    blocks(street.sim, street.fatma)
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
    first(street.sim, street.fatma)
    assert street.ans.news
    street.hush()
    second(street.sim, street.fatma)
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
        sim = simulated.simulator(store)
        member = simulated.member(sim, "balans", f"telegram:{ans.id}", "Ans")
        lead = simulated.handed_over(sim, simulated.resident(sim, f"telegram:{fatma.id}"))
        fatma.block()
        deliverer = Deliverer(store, WIJK, channel, writer, sim.handle.tick, backoff=at_once, now=Clock())
        tap = decode(simulated.under(lead, "accept", 1))
        deliverer.accept(sim.handle([Incoming("telegram", 9001, member.address, member.address, tap)]))
        await deliverer.flush()
        await deliverer.close()
        writer.close()
        said = [each["text"] for each in ans.chat().shown if each["from"]["is_bot"]]
    assert said[-2] == f"{lead.code}\n{phrase('desk.away')}\n{phrase('desk.away_chat')}"
    assert "📞 Bel en zeg" in said[-1], "the word that did not arrive does not fall"
    assert said[-3].startswith(f"{lead.code} · opgepakt")
    with store.read() as tx:
        assert outbox.count(tx, WIJK) == 0


def test_all_readers_hear_it_of_a_lead_that_nobody_took(street: Street) -> None:
    lead = street.handed_over("phone")
    blocks(street.sim, street.fatma)
    assert all(lead.code in texts(each.news) for each in (street.ans, street.bep))


def test_of_a_lead_that_fell_the_coordinator_hears_it(street: Street) -> None:
    lead = street.handed_over()
    street.tap(street.ans, lead, "decline.no_capacity")
    street.hush()
    blocks(street.sim, street.fatma)
    (told,) = street.ria.news
    assert told.text == f"{lead.code}\n{phrase('desk.away')}\n{phrase('desk.away_coordinator')}"
    assert street.ans.news == []


def test_who_has_no_help_running_leaves_without_a_word(street: Street) -> None:
    lead = street.taken()
    street.tap(street.ans, lead, "complete.helped")
    street.hush()
    blocks(street.sim, street.fatma)
    assert street.blocked(street.fatma)
    assert street.ans.news == street.ria.news == []


def test_the_card_says_it_for_as_long_as_it_is_so_and_offers_no_writing(street: Street) -> None:
    lead = street.taken("phone")
    blocks(street.sim, street.fatma)
    for _ in range(2):
        assert phrase("desk.away_phone") in street.tap(street.ans, lead, "view")
        assert "write" not in buttons(street.ans)
    street.sim.hear(street.fatma, Blocked(False))
    assert phrase("desk.away") not in street.tap(street.ans, lead, "view")
    assert "write" in buttons(street.ans)


def test_an_old_button_to_write_shows_how_it_stands(street: Street) -> None:
    lead = street.taken()
    before = simulated.place(street.sim, street.ans)
    blocks(street.sim, street.fatma)
    assert phrase("desk.away") in street.tap(street.ans, lead, "write")
    assert simulated.place(street.sim, street.ans) == before


@BOTH
def test_words_that_would_not_arrive_are_refused_at_once(street: Street, leave: Leave) -> None:
    lead = street.taken("phone")
    street.tap(street.ans, lead, "write")
    leave(street.sim, street.fatma)
    street.hush()
    street.sim.type(street.ans, "Ik kom dinsdag")
    told = texts(street.ans.news)
    assert f"{lead.code}\n{phrase('desk.away')}\n{phrase('desk.away_phone')}" in told
    assert "Er is niks verstuurd" in told
    assert "verstuurd. ✅" not in told
    assert simulated.place(street.sim, street.ans).step == "relay.not_sent"
    assert street.fatma.news == []
    assert simulated.found(street.sim.store, "dinsdag") == []
    assert not street.waits(street.fatma)
    assert "message.to_resident" not in str(simulated.everything(street.sim.store)["audit"])


def test_words_about_a_lead_that_ended_meanwhile_are_not_said_to_be_sent(street: Street) -> None:
    lead = street.taken()
    street.tap(street.ans, lead, "write")
    street.sim.press(street.fatma, None, f"menu.worries:_menu:{simulated.place(street.sim, street.fatma).revision}")
    with street.sim.store.write() as tx:
        leads.move(tx, WIJK, lead.id, lead.version, "withdrawn", next=None, now=NOW, actor="resident")
    street.hush()
    street.sim.type(street.ans, "Ik kom dinsdag")
    assert phrase("relay.closed") in texts(street.ans.news)
    assert "✅" not in texts(street.ans.news)


@pytest.mark.parametrize("answer", ["accept", "decline.no_capacity"])
def test_what_became_of_a_lead_is_not_sent_and_the_member_sees_so(street: Street, answer: str) -> None:
    lead = street.handed_over("phone")
    blocks(street.sim, street.fatma)
    street.hush()
    told = street.tap(street.ans, lead, answer)
    assert phrase("desk.away") in told
    assert (PHONE in told) == (answer == "accept"), "what was shared is not shown any more when it is closed"
    assert street.fatma.news == []
    assert not street.waits(street.fatma)


def test_what_was_decided_in_the_same_moment_is_not_sent_either(street: Street) -> None:
    lead = street.handed_over()
    out = street.sim.handle(
        [
            Incoming(
                "telegram", 9001, street.ans.address, street.ans.address, decode(simulated.under(lead, "accept", 1)), 7
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
        with street.sim.store.write() as tx:
            outbox.add(tx, WIJK, [outbox.Message(id, street.fatma.id, {"text": "Dag"}, NOW)], NOW)
        leave(street.sim, street.fatma)
        assert not street.waits(street.fatma)


def test_what_comes_of_a_delivery_is_numbered_after_all_that_was_said_before(street: Street) -> None:
    street.taken()
    before = street.sim.handle([Incoming("telegram", 9001, "telegram:5", "telegram:5", Command("start"))])
    heard = updates_kept(street)
    made = street.sim.handle.tick(Unreachable(street.fatma.id)).messages
    assert updates_kept(street) == heard, "a tick is no update"
    after = street.sim.handle([Incoming("telegram", 9002, "telegram:5", "telegram:5", Command("start"))])
    ids = [each.id for each in (*before, *made, *after)]
    assert made
    assert ids == sorted(set(ids))
    with street.sim.store.read() as tx:
        assert outbox.standing(tx, WIJK, [each.id for each in made]) == {each.id for each in made}


@pytest.mark.parametrize("back", [Blocked(False), Command("menu")])
def test_whoever_said_that_nothing_may_name_their_helper_returns_to_a_button(
    street: Street, back: Blocked | Command
) -> None:
    street.taken()
    street.sim.press(street.fatma, None, encode(NoticesTap(False)))
    blocks(street.sim, street.fatma)
    street.hush()
    street.sim.hear(street.fatma, back)
    first = street.fatma.news[0]
    assert first.text == phrase("notices.welcome_back")
    assert not any("Balans" in each.text or "Ans" in each.text for each in street.fatma.news)
    (shown,) = go(street.sim, street.fatma, "_help")
    assert "Stichting Balans" in shown.text


@pytest.mark.parametrize("back", [Blocked(False), Command("menu")])
def test_whoever_returns_gets_their_help_and_whoever_has_it_hears_so(street: Street, back: Blocked | Command) -> None:
    lead = street.taken()
    blocks(street.sim, street.fatma)
    street.hush()
    street.sim.hear(street.fatma, back)
    first = street.fatma.news[0]
    assert first.text.startswith(phrase("notices.welcome_back"))
    assert f"{lead.code} · Stichting Balans" in first.text
    for each in (street.ans, street.ria):
        assert [one.text for one in each.news] == [f"{lead.code}\n{phrase('desk.reads_again')}"]
    assert not street.blocked(street.fatma)
    street.hush()
    street.tap(street.ans, lead, "write")
    street.sim.type(street.ans, "Ik kom dinsdag")
    assert "dinsdag" in texts(street.fatma.news)


def test_whoever_was_never_away_is_not_welcomed_back(street: Street) -> None:
    street.taken()
    assert street.sim.hear(street.fatma, Blocked(False)) == []
    assert street.ans.news == []


def test_whoever_returns_without_help_gets_no_message(street: Street) -> None:
    blocks(street.sim, street.fatma)
    assert street.sim.hear(street.fatma, Blocked(False)) == []


def test_a_block_does_not_make_us_keep_answers_longer(store: Store) -> None:
    street = Street(store)
    kept = [row for row in simulated.everything(store)["conversations"] if street.fatma.id in row]
    street.sim.handle.now = Clock(NOW.replace(day=28))
    for leave in (blocks, is_lost):
        leave(street.sim, street.fatma)
    now = [row for row in simulated.everything(store)["conversations"] if street.fatma.id in row]
    assert now == [row.replace("False", "True") for row in kept]


def test_new_leads_go_to_those_of_an_inbox_who_read_it(street: Street) -> None:
    blocks(street.sim, street.ans)
    lead = street.handed_over()
    assert lead.inbox == "balans"
    assert street.bep.chat
    assert not street.waits(street.ans)
    assert lead.code in texts(list(street.bep.chat.values()))
    assert lead.code not in texts(list(street.ans.chat.values()))


@BOTH
def test_the_coordinator_hears_what_a_member_had_taken_who_cannot_be_reached(street: Street, leave: Leave) -> None:
    lead = street.taken()
    leave(street.sim, street.ans)
    told = texts(street.ria.news)
    assert phrase("desk.member_away", member="Ans", partner="Stichting Balans") in told
    assert lead.code in told
    assert "Fatma" not in told
    now = simulated.lead(street.sim, lead.id)
    assert (now.status, now.assignee, now.inbox) == ("sent", None, "balans"), "Bep still reads this inbox"
    assert lead.code in texts(street.bep.news)
    assert "Ans helpt nu niet meer" in texts(street.fatma.news)
    assert "Je vraag ligt nu bij Stichting Balans." in texts(street.fatma.news)


def test_a_resident_hears_at_once_that_their_answer_does_not_arrive(street: Street) -> None:
    lead = street.taken()
    street.tap(street.ans, lead, "write")
    street.sim.type(street.ans, "Ik kom dinsdag")
    go(street.sim, street.fatma, f"reply:{lead.token}")
    blocks(street.sim, street.ans)
    street.hush()
    street.sim.type(street.fatma, "Dat is goed")
    told = texts(street.fatma.news)
    assert phrase("relay.nobody") in told
    assert "✅" not in told
    assert not street.waits(street.ans)
    assert simulated.found(street.sim.store, "Dat is goed") == []


def test_when_somebody_else_of_the_inbox_reads_along_they_hear_that_the_resident_stopped(street: Street) -> None:
    lead = street.taken()
    blocks(street.sim, street.ans)
    street.hush()
    go(street.sim, street.fatma, "_help", f"stop_help:{lead.token}", f"withdraw:{lead.token}")
    assert lead.code in texts(street.bep.news)


@BOTH
def test_when_the_last_reader_is_gone_what_waits_comes_to_the_coordinator(street: Street, leave: Leave) -> None:
    taken = street.taken("phone")
    waiting = street.handed_over(resident=simulated.resident(street.sim, "telegram:1002", "Karim"))
    leave(street.sim, street.bep)
    assert simulated.lead(street.sim, waiting.id).inbox == "balans"
    street.hush()
    leave(street.sim, street.ans)
    assert [simulated.lead(street.sim, each.id).inbox for each in (taken, waiting)] == ["coordinator"] * 2
    assert [simulated.lead(street.sim, each.id).assignee for each in (taken, waiting)] == [None, None]
    assert all(each.code in texts(street.ria.news) for each in (taken, waiting))
    assert "Karim" in street.tap(street.ria, waiting, "view")
    street.tap(street.ria, taken, "accept")
    street.tap(street.ria, taken, "write")
    street.sim.type(street.ria, "Ik zoek iemand anders")
    assert "Ik zoek iemand anders" in texts(street.fatma.news)
    after = street.handed_over(resident=simulated.resident(street.sim, "telegram:1003", "Noor"))
    assert after.inbox == "coordinator"


def test_as_soon_as_nobody_reads_an_inbox_the_consent_card_says_who_gets_it(street: Street) -> None:
    simulated.asked(street.sim, street.fatma)
    assert phrase("packet.fallback") in street.fatma.card.text
    for person in (street.ans, street.bep):
        blocks(street.sim, person)
    (card,) = go(street.sim, street.fatma, "handoff.consent:yes")
    assert card.text.startswith(phrase("notices.look_again"))
    assert phrase("packet.coordinator_for", partner="Stichting Balans") in card.text


def test_a_lead_that_another_process_sends_to_an_inbox_just_left_comes_to_the_coordinator(store: Store) -> None:
    street = Street(store)
    simulated.asked(street.sim, street.fatma)
    other = Handle(CONTENT, store, now=Clock())
    for id, who in enumerate((street.ans.address, street.bep.address), start=9001):
        other([Incoming("telegram", id, who, who, Blocked(True))])
    street.hush()
    go(street.sim, street.fatma, "handoff.consent:yes")
    (lead,) = simulated.leads_of(street.sim, street.fatma)
    assert lead.inbox == "coordinator"
    assert lead.code in texts(street.ria.news)


def test_a_member_who_returns_reads_along_again(street: Street) -> None:
    blocks(street.sim, street.ans)
    blocks(street.sim, street.bep)
    street.hush()
    (told,) = street.sim.hear(street.ans, Blocked(False))
    assert told.text == phrase("desk.welcome_back")
    assert [one.text for one in street.ria.news] == [
        phrase("desk.member_back", member="Ans", partner="Stichting Balans")
    ]
    assert "Balans" in texts(go(street.sim, street.ans, "desk:inbox"))
    assert street.handed_over().inbox == "balans"


def test_the_office_counts_those_who_read_along(street: Street) -> None:
    blocks(street.sim, street.ans)
    street.sim.type(street.ria, "/coordinator")
    card = go(street.sim, street.ria, "partners", "partners.6")[-1]
    assert "Stichting Balans · open · 1 medewerker" in [each.text for row in card.buttons for each in row]


def test_of_two_coordinators_the_other_hears_that_one_is_gone(street: Street) -> None:
    dewi = simulated.member(street.sim, "coordinator", "telegram:2005", "Dewi")
    street.hush()
    with capture_logs() as logs:
        blocks(street.sim, street.ria)
    assert phrase("desk.member_away", member="Ria", partner="de coördinator") in texts(dewi.news)
    assert logs == []


@BOTH
def test_that_no_coordinator_can_be_reached_is_in_the_log_without_a_word_of_content(
    street: Street, leave: Leave
) -> None:
    lead = street.taken()
    with capture_logs() as logs:
        leave(street.sim, street.ria)
    assert logs == [{"event": "no coordinator can be reached", "log_level": "error", "wijk": WIJK}]
    with capture_logs() as logs:
        leave(street.sim, street.fatma)
    assert [each["event"] for each in logs] == ["no coordinator can be reached"]
    assert not any(secret in str(logs) for secret in (lead.code, "Fatma", "telegram:"))
    assert lead.code in texts(street.ans.news)


def test_what_waits_for_a_coordinator_who_is_gone_is_there_when_they_return(street: Street) -> None:
    blocks(street.sim, street.ria)
    blocks(street.sim, street.ans)
    blocks(street.sim, street.bep)
    lead = street.handed_over()
    assert [each.text for each in street.sim.hear(street.ria, Blocked(False))] == [phrase("desk.welcome_back")]
    go(street.sim, street.ria, "desk:inbox")
    assert lead.code in str(street.ria.card.buttons)


@BOTH
def test_somebody_who_is_both_leaves_as_both(street: Street, leave: Leave) -> None:
    street.sim.press(street.bep, None, "menu.welcome:_menu:0")
    lead = street.handed_over(resident=street.bep)
    leave(street.sim, street.bep)
    assert lead.code in texts(street.ans.news)
    assert phrase("desk.member_away", member="Bep", partner="Stichting Balans") in texts(street.ria.news)


@BOTH
def test_whoever_erased_everything_and_then_leaves_is_not_remembered(street: Street, leave: Leave) -> None:
    street.taken("phone")
    street.sim.type(street.fatma, "/verwijder")
    go(street.sim, street.fatma, "erase:yes")
    street.hush()
    leave(street.sim, street.fatma)
    assert simulated.found(street.sim.store, street.fatma.id) == []
    assert street.ans.news == []


@pytest.mark.parametrize("in_one", [True, False])
def test_whoever_only_said_hello_is_forgotten_when_they_leave(street: Street, in_one: bool) -> None:
    karim = street.sim.person("telegram:1002", "Karim")
    said: list[tuple[Person, Heard, None]] = [(karim, Command("start"), None), (karim, Blocked(True), None)]
    for batch in [said] if in_one else [[each] for each in said]:
        street.sim.hear_all(batch)
    assert karim.news == []
    assert simulated.found(street.sim.store, karim.address) == []
    assert street.sim.type(karim, "/start")


def test_a_lead_of_somebody_away_can_still_be_erased_when_they_return(street: Street) -> None:
    street.taken("phone")
    is_lost(street.sim, street.fatma)
    street.sim.type(street.fatma, "/verwijder")
    go(street.sim, street.fatma, "erase:yes")
    assert simulated.found(street.sim.store, street.fatma.id) == []
    assert phrase("notices.erased") in texts(street.fatma.news)


def test_a_group_that_the_bot_was_put_out_of_leaves_no_trace(street: Street) -> None:
    assert street.sim.handle.tick(Unreachable("telegram:-100555")).messages == ()
    assert simulated.found(street.sim.store, "-100555") == []


def test_whoever_works_for_two_leaves_to_each_coordinator_only_what_was_taken_there(street: Street) -> None:
    """Each organisation hears of its own leads: a code says that somebody asked for help there."""
    lead = street.taken()
    simulated.joins(street.sim, street.ans, "eas")
    street.hush()
    blocks(street.sim, street.ans)
    told = [each.text for each in street.ria.news if "leest niet meer mee" in each.text]
    assert [lead.code in each for each in told] == ["Balans" in each for each in told]
    assert sorted("Balans" in each for each in told) == [False, True]


def test_when_the_last_coordinator_is_gone_what_the_coordinator_has_stays_as_it_is(street: Street) -> None:
    for member in (street.ans, street.bep):
        blocks(street.sim, member)
    lead = street.handed_over()
    assert lead.inbox == "coordinator"
    blocks(street.sim, street.ria)
    assert simulated.lead(street.sim, lead.id) == lead


def test_as_soon_as_nobody_reads_an_inbox_the_next_lead_goes_to_the_coordinator(street: Street) -> None:
    """At once, also within the seconds for which the wijk is remembered."""
    karim = simulated.resident(street.sim, "telegram:1002", "Karim")
    assert street.handed_over().inbox == "balans"
    blocks(street.sim, street.ans)
    is_lost(street.sim, street.bep)
    assert street.handed_over(resident=karim).inbox == "coordinator"
    street.sim.hear(street.bep, Blocked(False))
    mira = simulated.resident(street.sim, "telegram:1003", "Mira")
    assert street.handed_over(resident=mira).inbox == "balans"


def test_what_still_waits_for_somebody_who_was_forgotten_is_dropped_when_it_cannot_arrive(street: Street) -> None:
    """Else it would be tried and refused for ever."""
    with street.sim.store.write() as tx:
        outbox.add(tx, WIJK, [outbox.Message(1, "telegram:-100555", {"text": "Dag"}, NOW)], NOW)
    ticked = street.sim.handle.tick(Unreachable("telegram:-100555"))
    assert list(ticked.messages) == []
    with street.sim.store.read() as tx:
        assert outbox.count(tx, WIJK) == 0
