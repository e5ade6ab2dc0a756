"""🚪 in a hurry: two taps at once, messages that wait while it closes, whoever holds the phone, and what is old."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.demo.simulator import Person, Simulator
from bot.messages.message import DANGER, NOTHING_LEFT, Incoming, Outgoing, from_row
from bot.messages.taps.buttons import decode
from bot.messages.taps.members import PassTap
from bot.messages.taps.residents import HideTap, ReturnTap
from bot.messages.ticks import ForgetWhatIsDue, RemoveMember
from bot.screens.resident.outage_notice import OutageNotices
from db import tables
from db.people import members
from db.queue import outbox
from db.store import Store
from db.types.held import HIDDEN
from flows.model.heard import Command, Media, Text
from tests import simulated
from tests.simulated import CONTENT, WIJK, Clock, go

BOTH = pytest.mark.both_stores
NEUTRAL = CONTENT.words.phrase("nl", "door.neutral")
NEWS = CONTENT.words.phrase("nl", "door.news", count=1)
LOOK = CONTENT.words.phrase("nl", "door.look")


class Slow(Simulator):
    """A simulator in which messages wait in the outbox as long as it is `stuck`; it remembers what went out.

    With `emptying` false what empties old messages waits too.
    """

    stuck, emptying = False, True
    sent: list[Outgoing]

    def deliver(self, messages: list[Outgoing]) -> None:
        if not self.stuck:
            messages = [each for each in messages if self.emptying or each.text != NOTHING_LEFT]
            self.sent = [*getattr(self, "sent", ()), *messages]
            super().deliver(messages)

    def arrive(self, person: Person) -> None:
        """Deliver what waits for this person, in its order."""
        self.stuck, self.emptying = False, True
        with self.store.write() as tx:
            waiting = [from_row(row) for row in outbox.waiting(tx, WIJK, person.id)]
        self.deliver(sorted(waiting, key=lambda each: (each.priority, each.id)))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sim(store: Store, clock: Clock) -> Slow:
    return Slow(CONTENT, store, clock)


def helped(sim: Simulator, *, named: bool = True) -> tuple[Person, Person]:
    """A resident, and the member who took her lead; without `named` her notices are discreet."""
    fatma, ans = simulated.resident(sim), simulated.member(sim, "balans")
    simulated.handed_over(sim, fatma)
    go(sim, ans, "view", "accept")
    with sim.store.write() as tx:
        tx.execute(update(tables.leads).values(open_notices=named))
    return fatma, ans


def writes(sim: Simulator, member: Person, words: str) -> None:
    go(sim, member, "write")
    sim.type(member, words)


def hide(sim: Simulator, person: Person) -> None:
    sim.hear(person, HideTap(), max(person.chat))


def shown(person: Person) -> list[str]:
    return [each.text for each in person.chat.values()]


def to(sim: Slow, person: Person) -> list[Outgoing]:
    return [each for each in sim.sent if each.to == person.id]


@BOTH
@pytest.mark.parametrize("together", [True, False])
def test_what_is_tapped_or_typed_right_after_the_door_keeps_no_message_from_being_deleted(
    sim: Slow, together: bool
) -> None:
    """The line that clears waits for the rate limit, and another neutral line must not take its place."""
    fatma = simulated.resident(sim)
    card = max(fatma.chat)
    if together:
        sim.hear_all([(fatma, HideTap(), card), (fatma, Command("start"), None), (fatma, Text("hoi"), None)])
    else:
        sim.stuck = True
        sim.hear(fatma, HideTap(), card)
        sim.type(fatma, "/start")
        sim.hear(fatma, HideTap(), card)
        sim.type(fatma, "hoi")
        sim.arrive(fatma)
    assert set(shown(fatma)) == {NEUTRAL}


@BOTH
@pytest.mark.parametrize("together", [True, False])
def test_words_that_were_opened_but_did_not_arrive_before_the_chat_was_hidden_come_again(
    sim: Slow, together: bool
) -> None:
    """They are erased from the store at the tap on *Bekijk*: what waits to be shown is all that there is of them."""
    fatma, ans = helped(sim, named=False)
    writes(sim, ans, "Zal ik bellen?")
    notice, look = fatma.button(LOOK)
    sim.sent, sim.stuck = [], not together
    if together:
        sim.hear_all([(fatma, decode(look.data), notice.id), (fatma, HideTap(), notice.id)])
    else:
        sim.press(fatma, notice.id, look.data)
        sim.hear(fatma, HideTap(), notice.id)
        sim.arrive(fatma)
    assert shown(fatma) == [NEUTRAL]
    assert not any("Zal ik bellen?" in each.text for each in sim.sent)
    sim.tap(fatma, "Verder")
    assert shown(fatma)[-1] == NEWS
    assert "Zal ik bellen?" in sim.tap(fatma, LOOK)[-1].text


def test_an_answer_to_a_tap_on_what_is_gone_does_not_come_anew_when_the_door_is_tapped_in_the_same_batch(
    sim: Slow,
) -> None:
    """A card that cannot be edited is sent as a new message, which a locked phone shows."""
    fatma = simulated.resident(sim)
    gone = max(fatma.chat)
    hide(sim, fatma)
    sim.tap(fatma, "Verder")
    sim.sent = []
    sim.hear_all([(fatma, ReturnTap(), gone), (fatma, HideTap(), max(fatma.chat))])
    assert {each.text for each in to(sim, fatma) if not each.delete} == {NEUTRAL}


@BOTH
def test_a_member_who_is_removed_on_the_command_line_reads_so_when_the_chat_is_opened(sim: Slow) -> None:
    """In that turn nobody taps, and it is the member's own."""
    _, ans = helped(sim)
    simulated.member(sim, "coordinator", "telegram:3001", "Cor")
    hide(sim, ans)
    with sim.store.read() as tx:
        handle = members.of(tx, WIJK, ans.id)[0].handle
    sim.deliver(list(sim.handle.tick(RemoveMember(ans.id, handle)).messages))
    assert shown(ans) == [NEUTRAL]
    sim.tap(ans, "Verder")
    assert "Je hoort niet meer bij Stichting Balans" in sim.tap(ans, LOOK)[-1].text


@BOTH
def test_danger_in_a_hidden_chat_does_not_say_that_a_message_to_a_helper_was_not_sent(sim: Slow) -> None:
    fatma, ans = helped(sim)
    writes(sim, ans, "Zal ik bellen?")
    go(sim, fatma, "reply")
    unsent = CONTENT.words.phrase("nl", "relay.unsent")
    assert unsent in sim.type(fatma, "ik ruik gas")[-1].text
    go(sim, fatma, "reply")
    hide(sim, fatma)
    sim.sent = []
    sim.type(fatma, "ik ruik gas")
    assert [each.priority for each in to(sim, fatma)] == [DANGER]
    assert "0800-9009" in to(sim, fatma)[0].text
    assert unsent not in to(sim, fatma)[0].text


@BOTH
@pytest.mark.parametrize("together", [True, False])
def test_numbers_for_a_cry_right_after_the_door_stay(sim: Slow, together: bool) -> None:
    """Danger goes before all that waits. If it passed the line that clears, the numbers would be deleted, too."""
    fatma = simulated.resident(sim)
    card = max(fatma.chat)
    sim.stuck = not together
    if together:
        sim.hear_all([(fatma, HideTap(), card), (fatma, Text("ik ruik gas"), None)])
    else:
        sim.hear(fatma, HideTap(), card)
        sim.type(fatma, "ik ruik gas")
        sim.arrive(fatma)
    assert shown(fatma)[0] == NEUTRAL
    assert ["0800-9009" in each for each in shown(fatma)] == [False, True]


def test_what_takes_the_keyboard_away_is_no_news(sim: Slow) -> None:
    """The keyboard goes with its message; whoever opens the chat must not look for something that says nothing."""
    fatma = simulated.resident(sim)
    go(sim, fatma, *simulated.ALONE, "first", *simulated.TO_PHONE)
    sim.stuck = True
    sim.type(fatma, "/menu")
    sim.hear(fatma, HideTap(), max(fatma.chat))
    sim.arrive(fatma)
    sim.tap(fatma, "Verder")
    assert len(fatma.chat) == 1


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("read", [True, False])
def test_a_question_that_was_deleted_with_the_chat_is_asked_again_until_it_is_answered(
    sim: Slow, named: bool, read: bool
) -> None:
    """Without an answer a lead goes nowhere, and nobody asks twice."""
    fatma, ans = helped(sim, named=named)
    simulated.member(sim, "eas", "telegram:2002", "Bep")
    lead = simulated.leads_of(sim, fatma)[0]
    sim.hear(ans, PassTap(lead.token, "eas", "fits", "call", lead.version))
    if read and not named:
        sim.tap(fatma, LOOK)
    for _ in range(2):
        hide(sim, fatma)
        sim.tap(fatma, "Verder")
        assert fatma.news[-1].text == NEWS
        while [LOOK] in [[each.text for each in row] for row in fatma.news[-1].buttons]:
            sim.tap(fatma, LOOK)
        assert simulated.button(fatma, "pass_yes")
    go(sim, fatma, "pass_yes")
    assert [each.inbox for each in simulated.leads_of(sim, fatma)] == ["balans", "eas"]
    hide(sim, fatma)
    sim.tap(fatma, "Verder")
    assert NEWS not in shown(fatma)


def test_news_of_which_the_newest_is_enough_is_held_for_a_coordinator_who_hid_the_chat(sim: Slow) -> None:
    """It says that a partner is full: nobody says so again."""
    ans = simulated.member(sim, "balans")
    cor = simulated.member(sim, "coordinator", "telegram:3001", "Cor")
    hide(sim, cor)
    sim.type(ans, "/postvak")
    go(sim, ans, "available", "available.full", "available.full.2026-12-09")
    assert shown(cor) == [NEUTRAL]
    sim.tap(cor, "Verder")
    assert shown(cor)[-1] == NEWS
    assert "Stichting Balans" in sim.tap(cor, LOOK)[-1].text


def test_all_pictures_that_were_sent_together_are_deleted(sim: Slow) -> None:
    """Only the first of them is answered."""
    fatma = simulated.resident(sim)
    here = fatma.address
    album = [Incoming("telegram", 90 + id, here, here, Media("photo"), album="12", said_in=id) for id in (5, 6, 7)]
    sim.handle(album[:2])
    sim.handle(album[2:])
    sim.sent, sim._messages = [], 100
    hide(sim, fatma)
    assert {5, 6, 7} <= {id for each in sim.sent for id in each.delete}


@BOTH
def test_an_erasure_empties_the_chat_as_the_door_does_which_knows_nothing_of_it_any_more(
    sim: Slow, clock: Clock
) -> None:
    fatma, ans = helped(sim)
    clock.forward(hours=49)
    writes(sim, ans, "Zal ik bellen?")
    sim.type(fatma, "dag")
    sim.type(fatma, "/verwijder")
    go(sim, fatma, "erase:yes")
    last = CONTENT.words.phrase("nl", "notices.erased")
    assert {*shown(fatma)} == {last, NOTHING_LEFT}
    assert shown(fatma)[-1] == last
    assert fatma.typed == {}
    hide(sim, fatma)
    assert {*shown(fatma)} == {NEUTRAL, NOTHING_LEFT}
    assert shown(ans)[-1] != NOTHING_LEFT


@BOTH
def test_a_message_that_could_not_be_handled_is_deleted_too(sim: Slow) -> None:
    fatma = simulated.resident(sim)
    here = fatma.address
    with sim.store.write() as tx:
        sim.handle.apology(tx, Incoming("telegram", 99, here, here, Text("ik ben bang"), said_in=5))
    sim.sent, sim._messages = [], 100
    hide(sim, fatma)
    assert any(5 in each.delete for each in sim.sent)


def test_a_notice_that_is_told_again_is_known_to_be_about_its_lead(sim: Slow) -> None:
    """A reply to it goes to the helper, and it does not come any more when the lead is withdrawn first."""
    fatma, ans = helped(sim, named=False)
    writes(sim, ans, "Zal ik bellen?")
    hide(sim, fatma)
    sim.tap(fatma, "Verder")
    sim.tap(fatma, LOOK)
    with sim.store.read() as tx:
        about = select(tables.sent_messages.c.lead).where(tables.sent_messages.c.message == max(fatma.chat))
        assert tx.execute(about).scalar() == simulated.leads_of(sim, fatma)[0].id


@BOTH
def test_what_is_too_old_to_be_deleted_is_emptied_and_a_notice_in_it_comes_again(sim: Slow, clock: Clock) -> None:
    """A card of days ago is edited in place: it shows the question that was answered a minute ago."""
    fatma, ans = helped(sim, named=False)
    writes(sim, ans, "Zal ik bellen?")
    clock.forward(hours=49)
    go(sim, fatma, "_menu", "+bills", "_next")
    question = shown(fatma)[-1]
    assert any("rekeningen" in each for each in shown(fatma))
    sim.type(fatma, "dag")
    hide(sim, fatma)
    assert {*shown(fatma)} == {NEUTRAL, NOTHING_LEFT}
    assert not any(each.buttons for each in fatma.chat.values() if each.text == NOTHING_LEFT)
    sim.tap(fatma, "Verder")
    assert question in shown(fatma)
    sim.tap(fatma, LOOK)
    assert "Zal ik bellen?" in sim.tap(fatma, LOOK)[-1].text


def test_a_neutral_line_of_days_ago_that_became_a_card_is_emptied(sim: Slow, clock: Clock) -> None:
    fatma = simulated.resident(sim)
    hide(sim, fatma)
    clock.forward(days=3)
    sim.tap(fatma, "Verder")
    hide(sim, fatma)
    assert shown(fatma) == [NOTHING_LEFT, NEUTRAL]


def test_no_card_is_drawn_into_a_line_that_was_emptied(sim: Slow, clock: Clock) -> None:
    """The tap was under way when it was emptied, and nobody knows of such a message any more."""
    fatma = simulated.resident(sim)
    hide(sim, fatma)
    old = max(fatma.chat)
    clock.forward(hours=49)
    hide(sim, fatma)
    sim.hear(fatma, ReturnTap(), old)
    assert fatma.chat[old].text == NOTHING_LEFT
    assert "Waar heb je" in shown(fatma)[-1]
    hide(sim, fatma)
    assert {*shown(fatma)} == {NEUTRAL, NOTHING_LEFT}


def test_a_second_tap_leaves_what_waits_to_be_emptied(sim: Slow, clock: Clock) -> None:
    fatma = simulated.resident(sim)
    clock.forward(hours=49)
    sim.emptying = False
    for _ in range(2):
        hide(sim, fatma)
    assert NOTHING_LEFT not in shown(fatma)
    sim.arrive(fatma)
    assert shown(fatma) == [NOTHING_LEFT, NEUTRAL]


@BOTH
@pytest.mark.parametrize("named", [True, False])
def test_a_helper_hears_once_that_words_were_held_so_long_that_they_went(sim: Slow, clock: Clock, named: bool) -> None:
    fatma, ans = helped(sim, named=named)
    hide(sim, fatma)
    for words in ("Zal ik bellen?", "Of mailen?"):
        writes(sim, ans, words)
        sim.type(ans, "/postvak")
        go(sim, ans, "view")
    sim.sent = []
    for _ in range(HIDDEN.days + 2):
        clock.forward(days=1)
        sim.deliver(list(sim.handle.tick(ForgetWhatIsDue()).messages))
    code = simulated.leads_of(sim, fatma)[0].code
    assert [each.text for each in to(sim, ans)] == [CONTENT.words.phrase("nl", "desk.expired", code=code)]
    assert to(sim, fatma) == []
    assert not simulated.found(sim.store, "Zal ik bellen?")


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_while_the_store_is_away_the_door_answers_with_the_neutral_line_and_no_window(language: str) -> None:
    here = "telegram:1001"
    notice = OutageNotices(CONTENT)(Incoming("telegram", 1, here, here, HideTap(), 5, "query", language))
    assert notice is not None
    assert (notice.text, notice.alert) == (CONTENT.words.phrase(language, "door.neutral"), "")
    assert [decode(each.data) for row in notice.buttons for each in row] == [ReturnTap()]
