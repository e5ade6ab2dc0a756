"""🚪: one tap and the chat is empty but for one neutral line; a second, deliberate one opens it again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from bot.demo.simulator import Person, Shown, Simulator
from bot.messages.card import TO_DANGER, WIDE, Choice, with_danger, with_door
from bot.messages.message import DANGER, NOTHING_LEFT, Incoming, Outgoing
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import DashboardTap, InboxTap
from bot.messages.taps.residents import HideTap, NewsTap, OpenTap, ReplyTap, ReturnTap
from bot.messages.ticks import ForgetWhatIsDue
from db import tables
from db.leads import views
from db.people import conversations
from db.queue import outbox
from db.store import Store
from db.types.held import HIDDEN, SAID
from flows.model.heard import Blocked, ChartTap, Contact, Media, StopHelpTap, Text
from tests import simulated
from tests.simulated import CONTENT, WIJK, Clock, go

PLACES = pytest.mark.both_stores
NEUTRAL = {each: CONTENT.words.phrase(each, "door.neutral") for each in CONTENT.wijk.languages}


class Noting(Simulator):
    """A simulator that remembers all that went out."""

    sent: list[Outgoing]

    def deliver(self, messages: list[Outgoing]) -> None:
        self.sent = [*getattr(self, "sent", ()), *messages]
        super().deliver(messages)


def hide(sim: Simulator, person: Person) -> list[Shown]:
    sim.hear(person, HideTap(), max(person.chat))
    return list(person.chat.values())


def rows(store: Store, table: str) -> int:
    with store.read() as tx:
        return len(tx.execute(select(tables.metadata.tables[table])).all())


def helped(sim: Simulator) -> tuple[Person, Person]:
    """A resident, and the member who took her lead."""
    fatma, ans = simulated.resident(sim), simulated.member(sim, "balans")
    simulated.handed_over(sim, fatma)
    go(sim, ans, "view", "accept")
    return fatma, ans


@PLACES
@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_one_tap_leaves_one_neutral_line_and_a_second_one_shows_where_the_person_was(
    store: Store, language: str
) -> None:
    """What she typed herself goes too; her language, her answers and her ticks are kept."""
    sim = simulated.simulator(store)
    fatma = sim.person("telegram:1001", "Fatma")
    sim.type(fatma, "/start")
    go(sim, fatma, language, "begin", "+cold")
    sim.type(fatma, "dag")
    go(sim, fatma, "_stay")
    before = simulated.place(sim, fatma)
    card = next(each for each in reversed(fatma.chat.values()) if "✓" in str(each.buttons))
    left = hide(sim, fatma)
    assert [(each.text, len(each.buttons)) for each in left] == [(NEUTRAL[language], 1)]
    assert fatma.typed == {}
    assert rows(store, "said_messages") == rows(store, "sent_messages") - 1 == 0
    sim.tap(fatma, CONTENT.words.phrase(language, "door.open"))
    assert simulated.place(sim, fatma) == before
    assert [(each.text, each.buttons) for each in fatma.chat.values()] == [(card.text, card.buttons)]


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_the_neutral_line_tells_nothing_of_us(language: str) -> None:
    said = " ".join((NEUTRAL[language], CONTENT.words.phrase(language, "door.open"))).lower()
    of_us = [
        CONTENT.wijk.name,
        *(each.name for each in CONTENT.wijk.partners.values()),
        "koppelkans",
        "hulp",
        "🆘",
        "🚪",
    ]
    assert not any(each.lower() in said for each in of_us)


@PLACES
def test_while_the_chat_is_hidden_nothing_but_the_neutral_line_and_danger_is_shown(store: Store) -> None:
    """Whoever holds the phone types, starts, taps what is too old to be deleted, or comes back after a block."""
    sim = Noting(CONTENT, store, Clock())
    fatma, ans = helped(sim)
    token = simulated.leads_of(sim, fatma)[0].token
    hide(sim, fatma)
    before, sim.sent = simulated.place(sim, fatma), []
    old: Sequence[Tap] = (
        *(ChartTap("menu.worries", "_menu", 1), ChartTap("handoff.done", "_help", before.revision), ReplyTap(token)),
        *(StopHelpTap(token, before.revision), InboxTap(), DashboardTap(), NewsTap(), ChartTap("language", "ar")),
    )
    for tap in old:
        sim.hear(fatma, tap, 1)
    for words in ("/start", "/hulp", "/mijngegevens", "/start i_KAPOT", "hoi", "/postvak"):
        sim.type(fatma, words)
    for heard in (Media("voice"), Contact("+31600000001", own=True), Blocked(True), Blocked(False)):
        sim.hear(fatma, heard)
    go(sim, ans, "write")
    sim.type(ans, "Zal ik bellen?")
    mine = [each for each in sim.sent if each.to == fatma.id and each.menu is None]
    assert {each.text for each in mine} == {NEUTRAL["nl"]}
    assert len(mine) >= 14
    assert simulated.place(sim, fatma) == before
    sim.sent = []
    sim.type(fatma, "ik ruik gas")
    sim.hear(fatma, TO_DANGER, 1)
    assert [each.priority for each in sim.sent] == [DANGER, DANGER]


@PLACES
def test_what_came_meanwhile_is_held_and_comes_when_it_is_asked_for(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma, ans = helped(sim)
    hide(sim, fatma)
    go(sim, ans, "write")
    sim.type(ans, "Zal ik bellen?")
    sim.type(ans, "/postvak")
    assert "leest even niet mee (sinds woensdag 25 november)" in go(sim, ans, "view")[-1].text
    go(sim, ans, "contact", "desk:inbox")
    with store.read() as tx:
        assert outbox.count(tx, WIJK) == 0
    assert rows(store, "held_messages") == 2
    assert not any("Zal ik bellen?" in each.text for each in fatma.chat.values())
    sim.tap(fatma, "Verder")
    assert fatma.news[-1].text == CONTENT.words.phrase("nl", "door.news", count=2)
    sim.tap(fatma, "👀 Bekijk")
    assert ["Zal ik bellen?" in each.text for each in fatma.news[-2:]] == [True, False]
    sim.press(fatma, max(fatma.chat), "door:news:0")
    assert rows(store, "held_messages") == 0
    assert "leest even niet mee" not in go(sim, ans, "view")[-1].text


@PLACES
def test_a_notice_that_was_deleted_before_it_was_opened_comes_again(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma, ans = helped(sim)
    with store.write() as tx:
        tx.execute(update(tables.leads).values(open_notices=False))
    go(sim, ans, "write")
    sim.type(ans, "Zal ik bellen?")
    code = simulated.leads_of(sim, fatma)[0].code
    news = CONTENT.words.phrase("nl", "news.text", code=code)
    assert fatma.news[-1].text == news
    hide(sim, fatma)
    sim.tap(fatma, "Verder")
    assert fatma.news[-1].text == CONTENT.words.phrase("nl", "door.news", count=1)
    sim.tap(fatma, "👀 Bekijk")
    assert fatma.news[-1].text == news
    sim.hear(fatma, NewsTap(), 1)
    assert [each.text for each in fatma.chat.values()].count(news) == 1
    assert "Zal ik bellen?" in sim.tap(fatma, "👀 Bekijk")[-1].text
    hide(sim, fatma)
    sim.tap(fatma, "Verder")
    assert not any(each.text.startswith("📬") for each in fatma.chat.values())


@PLACES
def test_a_lead_that_ends_says_nothing_in_a_hidden_chat(store: Store) -> None:
    """Its notice is gone, and an edit of what is gone would come as a new message."""
    sim = Noting(CONTENT, store, Clock())
    fatma, ans = helped(sim)
    with store.write() as tx:
        tx.execute(update(tables.leads).values(open_notices=False))
    go(sim, ans, "write")
    sim.type(ans, "Zal ik bellen?")
    hide(sim, fatma)
    sim.sent = []
    sim.type(ans, "/postvak")
    go(sim, ans, "view", "complete", "complete.helped")
    assert [each for each in sim.sent if each.to == fatma.id] == []


@PLACES
@pytest.mark.parametrize("end", ["withdrawn", "erased", "too old"])
def test_what_is_held_goes_with_its_lead_its_person_and_its_time(store: Store, end: str) -> None:
    clock = Clock()
    sim = simulated.simulator(store, clock)
    fatma, ans = helped(sim)
    hide(sim, ans)
    token = simulated.leads_of(sim, fatma)[0].token
    sim.hear(fatma, ReplyTap(token))
    sim.type(fatma, "Belt u mij?")
    assert rows(store, "held_messages") == 1
    if end == "withdrawn":
        sim.hear(fatma, StopHelpTap(token, simulated.place(sim, fatma).revision, sure=True))
        assert not simulated.found(store, "Belt u mij?")
        return
    if end == "erased":
        sim.hear(ans, ReturnTap(), max(ans.chat))
        sim.hear(ans, ChartTap("erase", "yes", simulated.place(sim, ans).revision))
        assert rows(store, "held_messages") == 0
        return
    for _ in range(HIDDEN.days + 1):
        clock.forward(days=1)
        sim.handle.tick(ForgetWhatIsDue())
    assert rows(store, "held_messages") == rows(store, "said_messages") == 0


@PLACES
def test_the_cards_of_a_member_go_and_those_too_old_to_delete_are_blanked(store: Store) -> None:
    clock = Clock()
    sim = simulated.simulator(store, clock)
    _, ans = helped(sim)
    old = max(ans.chat)
    clock.forward(hours=49)
    sim.type(ans, "/postvak")
    go(sim, ans, "view")
    with store.read() as tx:
        assert {each.message for each in views.of_member(tx, WIJK, ans.id)} == {old, max(ans.chat)}
    hide(sim, ans)
    shown = [each.text for each in ans.chat.values()]
    assert shown[-1] == NEUTRAL["nl"]
    assert not any("Fatma" in text for text in shown)
    assert ans.chat[old].text == NOTHING_LEFT
    with store.read() as tx:
        assert views.of_member(tx, WIJK, ans.id) == []
    hide_again = sim.hear(ans, StopHelpTap("0" * 16, 1), old)
    assert [each.text for each in hide_again] == [NEUTRAL["nl"]]


@PLACES
def test_ids_of_what_people_wrote_are_kept_for_48_hours_and_go_with_the_person(store: Store) -> None:
    clock = Clock()
    sim = simulated.simulator(store, clock)
    fatma = simulated.resident(sim)
    sim.type(fatma, "dag")
    assert rows(store, "said_messages") == 1
    for _ in range(SAID.days + 2):
        clock.forward(hours=23)
        sim.handle.tick(ForgetWhatIsDue())
    assert rows(store, "said_messages") == 0
    sim.type(fatma, "dag")
    sim.type(fatma, "/verwijder")
    sim.hear(fatma, ChartTap("erase", "yes", simulated.place(sim, fatma).revision))
    assert rows(store, "said_messages") == 0


@PLACES
def test_a_forged_or_old_tap_hides_nobody_else_and_opens_nothing(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma, karim = simulated.resident(sim), simulated.resident(sim, "telegram:1002", "Karim")
    shown = dict(karim.chat)
    for data in ("door:hide:0", "door:hide:0"):
        sim.press(fatma, 99, data)
    assert karim.chat == shown
    assert [each.text for each in fatma.chat.values()] == [NEUTRAL["nl"]]
    for data in ("door:hide:1", "door:hide", "door:1001:0", "door:hide:0:1"):
        assert not isinstance(decode(data), HideTap | ReturnTap | NewsTap)
    for data in ("door:open:0", "door:news:0"):
        sim.press(karim, max(karim.chat), data)
    with store.read() as tx:
        assert conversations.hidden(tx, WIJK, [fatma.id, karim.id]) == {fatma.id}
    stranger = sim.person("telegram:1003", "Noor")
    for data in ("door:open:0", "door:news:0", "door:hide:0", "door:open:0"):
        sim.press(stranger, None, data)
    assert "Kies je taal" in stranger.news[-1].text


def test_a_failure_while_the_chat_is_hidden_shows_the_neutral_line_too(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    hide(sim, fatma)
    with store.write() as tx:
        said = sim.handle.apology(tx, Incoming("telegram", 1, "telegram:1001", "telegram:1001", Text("dag")))
    assert [each.text for each in said] == [NEUTRAL["nl"]]


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_the_door_stands_in_the_last_row_with_the_language_between_it_and_danger_or_alone(language: str) -> None:
    """Also where rows are turned round. It empties the chat, so it is beside nothing that is tapped in a hurry."""
    words, rtl = CONTENT.words, CONTENT.words.right_to_left(language)
    danger, door = (
        Choice(words.phrase(language, "nav.danger"), TO_DANGER),
        Choice(words.phrase(language, "nav.hide"), HideTap()),
    )
    back, answer = Choice("◀ Terug", ChartTap("a.b", "_back")), Choice("Ja", ChartTap("a.b", "yes"))
    long = Choice("x" * (WIDE + 1), ChartTap("a.b", "_language"))
    globe, opens = Choice("🌐 Taal", ChartTap("a.b", "_language")), Choice("👀 Bekijk", OpenTap("0" * 16))

    def laid(*given: tuple[Choice, ...]) -> list[tuple[Choice, ...]]:
        drawn = with_door(with_danger(given, words, language), words, language)
        return [row[::-1] if rtl and len(row) > 1 else row for row in drawn]

    assert laid() == [(danger,), (door,)]
    assert laid((globe,)) == [(door, globe, danger)]
    assert laid((back, back)[:: -1 if rtl else 1], (globe,)) == [(back, back), (door, globe, danger)]
    assert laid((back,)) == [(back, danger), (door,)]
    for main in (answer, long, opens):
        assert laid((main,)) == [(main,), (danger,), (door,)]
    assert with_door(((answer,),), words, language) == ((answer,), (door,))
    assert with_door(((globe,),), words, language) == (((globe, door) if rtl else (door, globe)),)
    assert with_door((), words, language) == ((door,),)
