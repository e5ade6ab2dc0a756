"""Without a yes, what the bot sends a resident by itself says only that there is news: the rest waits to be opened."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select, text, update

from bot.demo.simulator import Person, Shown, Simulator
from bot.messages.message import Incoming, Outgoing
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import PassTap
from bot.messages.taps.residents import NoticesTap, OpenTap
from bot.messages.ticks import ForgetWhatIsDue
from db import tables
from db.leads import sealed
from db.leads.sealed import Sealed
from db.store import Store
from flows.model.heard import Blocked, ChartTap, Heard, StopHelpTap
from flows.model.names import NOTICES
from tests import simulated
from tests.simulated import CONTENT, WIJK, Clock, go
from tests.unit.bot.leads.test_relay import ANSWER, QUESTION, Line, phrase, texts
from tests.unit.bot.screens.partner.room import put

TOPICS = [key for key in CONTENT.words.phrases if key.startswith("topics.")]


class Overhearing(Simulator):
    """A simulator that remembers what it sent to whom in the turns of others."""

    unasked: list[Outgoing]
    acting: frozenset[str] = frozenset()

    def hear_all(self, said: Sequence[tuple[Person, Heard | Tap, int | None]]) -> None:
        self.acting = frozenset(person.address for person, _, _ in said)
        super().hear_all(said)
        self.acting = frozenset()

    def deliver(self, messages: list[Outgoing]) -> None:
        unasked = [each for each in messages if each.reached_at not in self.acting]
        self.unasked = [*getattr(self, "unasked", ()), *unasked]
        super().deliver(messages)


class Discreet(Line):
    """Ans took the lead of Fatma, who did not say yes to notices that name who helps her."""

    def __init__(self, store: Store, answer: bool | None = False) -> None:
        super().__init__(store)
        with store.write() as tx:
            tx.execute(update(tables.leads).values(open_notices=answer))

    def writes(self, words: str = QUESTION) -> Shown:
        """Ans writes this to Fatma; gives what Fatma then sees."""
        self.tap(self.ans, "write")
        self.sim.type(self.ans, words)
        return self.fatma.news[-1]

    def opens(self, shown: Shown) -> list[Shown]:
        """Fatma taps *Bekijk* under this message."""
        self.hush()
        return self.sim.hear(self.fatma, opening(shown), shown.id)

    def kept(self) -> list[Sealed]:
        with self.sim.store.read() as tx:
            return sealed.waiting(tx, WIJK, self.lead.id)

    def forgets(self) -> None:
        """The clock ticks until nothing is due."""
        while not (ticked := self.sim.handle.tick(ForgetWhatIsDue())).all_done:
            self.sim.deliver(list(ticked.messages))


@pytest.fixture
def line(store: Store) -> Discreet:
    return Discreet(store)


def news(code: str, language: str = "nl") -> str:
    return phrase("news.text", language, code=code)


def opening(shown: Shown) -> OpenTap:
    """What *Bekijk* under this message carries."""
    taps = [decode(button.data) for row in shown.buttons for button in row]
    return next(each for each in taps if isinstance(each, OpenTap))


def labels(shown: Shown) -> list[str]:
    return [button.text for row in shown.buttons for button in row]


def helped(sim: Overhearing) -> Person:
    """Everything that can be done with leads of Fatma by others, in every status and by every role."""
    clock = Clock()
    sim.handle.now = clock
    ans = simulated.member(sim, "balans", "telegram:2001", "Ans")
    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    simulated.member(sim, "eas", "telegram:2003", "Omar")
    fatma = simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    with sim.store.write() as tx:
        tx.execute(update(tables.leads).values(open_notices=None))
    for status in CONTENT.desk.statuses:
        for role, inbox, member in (("partner", "balans", ans), ("coordinator", "coordinator", ria)):
            for move in CONTENT.desk.buttons(status, role):
                for reason in simulated.said_with(move):
                    lead = put(sim, fatma, status, inbox)
                    if move.asks:
                        sim.hear(member, PassTap(lead.token, "eas", reason, next(iter(move.asks)), lead.version))
                        continue
                    sim.press(member, None, simulated.under(lead, f"{move.name}.{reason}".rstrip("."), lead.version))
                    now = simulated.lead(sim, lead.id)
                    assert now.status == move.to
                    sim.press(member, None, simulated.under(now, "write", now.version))
                    sim.type(member, QUESTION)
    for member in (ans, ria):
        for blocked in (True, False):
            sim.hear(member, Blocked(blocked))
    clock.forward(days=1)
    sim.handle.tick(ForgetWhatIsDue())
    for _ in range(16):
        clock.forward(hours=23)
        while not (ticked := sim.handle.tick(ForgetWhatIsDue())).all_done:
            sim.deliver(list(ticked.messages))
    for ends in (True, False):
        lead = put(sim, fatma, "sent")
        sim.press(ans, None, simulated.under(lead, "accept", 1))
        sim.press(ans, None, simulated.under(lead, "write", 2))
        sim.type(ans, QUESTION)
        if ends:
            sim.press(ans, None, simulated.under(lead, "complete.helped", 2))
    sim.type(ans, "/start")
    sim.hear(ans, ChartTap("erase", "yes", simulated.place(sim, ans).revision))
    return fatma


@pytest.mark.both_stores
def test_nothing_that_a_resident_did_not_ask_for_says_more_than_that_there_is_news(store: Store) -> None:
    """Over all statuses and moves, messages, what becomes old, members who leave and return; words and buttons."""
    sim = Overhearing(CONTENT, store)
    fatma = helped(sim)
    sent = [each for each in sim.unasked if each.to == fatma.id]
    with store.read() as tx:
        codes = tx.execute(select(tables.leads.c.code).where(tables.leads.c.resident == fatma.id)).scalars().all()
    allowed = {phrase("news.gone")}
    allowed |= {phrase(key, code=code) for key in ("news.text", "news.not_opened") for code in codes}
    assert [each.text for each in sent if each.text not in allowed] == []
    buttons = {button.text for each in sent for row in each.buttons for button in row}
    assert buttons == {phrase("news.open"), phrase("nav.danger"), phrase("nav.hide")}
    assert {each.text.split(" KOP")[0] for each in sent} == {each.split(" KOP")[0] for each in allowed}
    assert len(sent) > 40


def test_a_yes_names_who_helps_as_before(store: Store) -> None:
    line = Discreet(store, answer=True)
    assert QUESTION in line.writes().text
    assert "Ans" in line.fatma.card.text
    assert line.kept() == []


@pytest.mark.both_stores
def test_a_notice_is_opened_in_its_own_place_and_says_what_it_would_have_said(store: Store) -> None:
    line = Discreet(store, answer=True)
    told = line.writes()
    with store.write() as tx:
        tx.execute(update(tables.leads).values(open_notices=False))
    shown = line.writes()
    below = [phrase("news.open"), phrase("nav.danger"), phrase("nav.hide")]
    assert (shown.text, labels(shown)) == (news(line.lead.code), below)
    (opened,) = line.opens(shown)
    assert (opened.id, opened.text, opened.buttons) == (shown.id, told.text, told.buttons)
    assert line.kept() == []
    assert simulated.found(store, QUESTION) == []


@pytest.mark.both_stores
def test_what_waits_to_be_opened_cannot_be_read_in_the_store(store: Store) -> None:
    line = Discreet(store)
    line.writes()
    with store.read() as tx:
        raw = tx.execute(text("SELECT payload FROM sealed")).scalars().all()
    assert raw
    assert not any(word in str(raw) for word in (QUESTION, "Ans", "Balans"))
    assert simulated.found(store, QUESTION) == ["sealed"]


def test_a_second_tap_takes_nothing_away(line: Discreet) -> None:
    shown = line.writes()
    tap = opening(shown)
    line.sim.hear_all([(line.fatma, tap, shown.id)] * 2)
    assert QUESTION in line.fatma.chat[shown.id].text
    line.sim.hear(line.fatma, tap, shown.id)
    assert QUESTION in line.fatma.chat[shown.id].text


def test_nobody_opens_the_notice_of_somebody_else(line: Discreet) -> None:
    shown = line.writes()
    karim = simulated.resident(line.sim, "telegram:1002", "Karim")
    for tap in (opening(shown), OpenTap("0" * 16)):
        (told,) = line.sim.hear(karim, tap)
        assert told.text == phrase("news.gone")
    assert line.kept()
    (opened,) = line.opens(shown)
    assert QUESTION in opened.text


@pytest.mark.both_stores
@pytest.mark.parametrize("how", ["withdrawn", "complete.helped", "fail.no_contact"])
def test_what_nobody_opened_is_gone_at_once_when_the_lead_ends_and_the_notice_says_so(store: Store, how: str) -> None:
    line = Discreet(store)
    shown = line.writes()
    if how == "withdrawn":
        line.sim.hear(line.fatma, StopHelpTap(line.lead.token, line.place(line.fatma).revision, sure=True))
    else:
        line.tap(line.ans, how)
    assert simulated.found(store, QUESTION) == []
    assert line.fatma.chat[shown.id].text == phrase("news.gone")
    assert labels(line.fatma.chat[shown.id]) == [phrase("nav.danger"), phrase("nav.hide")]


@pytest.mark.both_stores
def test_what_nobody_opened_is_gone_when_the_resident_is_erased(store: Store) -> None:
    line = Discreet(store)
    shown = line.writes()
    line.erases(line.fatma)
    assert simulated.everything(store)["sealed"] == []
    (told,) = line.opens(shown)
    assert told.text == phrase("news.gone")


@pytest.mark.both_stores
def test_after_fourteen_days_both_sides_hear_that_it_was_not_opened(store: Store) -> None:
    """Once for each lead; what was opened is no news, and nothing goes a day too early."""
    line = Discreet(store)
    clock = Clock()
    line.sim.handle.now = clock
    line.forgets()
    line.opens(line.writes("Dit las ze wel"))
    shown, second = line.writes(), line.writes("Nog iets")
    line.hush()
    for _ in range(14):
        clock.forward(hours=23)
        line.forgets()
    assert (texts(line.fatma), texts(line.ans)) == ([], [])
    clock.forward(hours=23)
    line.forgets()
    gone = phrase("news.not_opened", code=line.lead.code)
    assert [line.fatma.chat[each.id].text for each in (shown, second)] == [gone, gone]
    assert texts(line.ans) == [phrase("desk.expired", code=line.lead.code)]
    assert simulated.found(store, QUESTION) == simulated.found(store, "Nog iets") == []


def test_a_clock_that_jumped_takes_nothing_away(line: Discreet) -> None:
    clock = Clock()
    line.sim.handle.now = clock
    line.forgets()
    line.writes()
    clock.forward(days=60)
    assert line.sim.handle.tick(ForgetWhatIsDue()).all_done
    assert simulated.found(line.sim.store, QUESTION) == ["sealed"]


@pytest.mark.parametrize(("reach", "way"), [("phone", "away_phone"), ("home", "away_address"), ("chat", "away_chat")])
def test_the_card_of_the_lead_says_since_when_a_notice_waits_and_how_to_reach_the_resident(
    line: Discreet, reach: str, way: str
) -> None:
    with line.sim.store.write() as tx:
        packet = {**(line.now().packet or {}), "reach": reach}
        packet |= {"phone": {"phone": "+31600000001"}, "home": {"address": "Straat 1"}, "chat": {}}[reach]
        tx.execute(update(tables.leads).values(packet=packet))
    assert phrase("desk.unopened", since="woensdag 25 november 14:02") not in line.tap(line.ans, "view")
    shown = line.writes()
    line.sim.type(line.ans, "/postvak")
    seen = line.tap(line.ans, "view")
    assert f"{phrase('desk.unopened', since='woensdag 25 november 14:02')}\n{phrase(f'desk.{way}')}" in seen
    line.opens(shown)
    line.sim.type(line.ans, "/postvak")
    assert "📪" not in line.tap(line.ans, "view")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_notice_is_in_the_language_that_the_resident_reads(line: Discreet, language: str) -> None:
    line.sim.press(line.fatma, line.fatma.card.id, f"language:{language}:0")
    shown = line.writes()
    assert shown.text == news(line.lead.code, language)
    assert phrase("news.open", language) in labels(shown)
    (opened,) = line.opens(shown)
    assert QUESTION in opened.text
    assert phrase("relay.reply", language) in labels(opened)


def test_a_reply_to_a_notice_reaches_the_helper_whether_it_was_opened_or_not(line: Discreet) -> None:
    shown = line.writes()
    line.hush()
    line.sim.type(line.fatma, ANSWER, answers=shown.id)
    assert texts(line.ans) == [phrase("desk.message", code=line.lead.code, text=ANSWER)]
    line.opens(shown)
    line.hush()
    line.sim.type(line.fatma, "Tot dan", answers=shown.id)
    assert texts(line.ans) == [phrase("desk.message", code=line.lead.code, text="Tot dan")]


def test_what_a_resident_did_herself_is_answered_in_full(line: Discreet) -> None:
    """The receipt, *mijn hulp*, and the answer to a message that she sends."""
    told = "\n".join(each.text for each in line.sim.type(line.fatma, "/hulp"))
    assert "Balans" in told
    line.answers()
    line.sim.type(line.fatma, ANSWER)
    assert "Ans" in texts(line.fatma)[0]


def said(sim: Simulator, person: Person) -> list[bool | None]:
    return [lead.open_notices for lead in simulated.leads_of(sim, person)]


def test_the_question_can_be_asked_before_sharing_and_without_a_yes_notices_are_discreet(store: Store) -> None:
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    go(sim, fatma, *simulated.ALONE, "first", *simulated.ABOUT_ME[:-1])
    assert fatma.card.text.endswith("Mag je helper in het bericht staan?")
    assert labels(fatma.card)[0] == "Nee, alleen een code"
    go(sim, fatma, f"{NOTICES}:no", "handoff.consent:yes")
    assert said(sim, fatma) == [False]
    (lead,) = simulated.leads_of(sim, fatma)
    assert "notices" not in str(lead.packet)


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_answer_counts_for_all_help_that_runs_also_for_what_comes(store: Store, answer: str) -> None:
    """In the second handover nothing is said about it."""
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    go(sim, fatma, *simulated.ALONE, "first", *simulated.ABOUT_ME[:-1], f"{NOTICES}:{answer}", "handoff.consent:yes")
    sim.type(fatma, "/menu")
    go(sim, fatma, *simulated.ALONE, "all", *simulated.ABOUT, "handoff.consent:yes")
    assert said(sim, fatma) == [answer == "yes"] * 2


def test_the_answer_can_be_changed_in_my_help_for_all_of_it(line: Discreet) -> None:
    karim = simulated.resident(line.sim, "telegram:1002", "Karim")
    simulated.handed_over(line.sim, karim)
    (card,) = line.sim.type(line.fatma, "/hulp")
    assert phrase("overlays.notices_discreet") in card.text
    (changed,) = go(line.sim, line.fatma, "notices.yes")
    assert changed.id == card.id
    assert phrase("overlays.notices_named") in changed.text
    assert QUESTION in line.writes().text
    go(line.sim, line.fatma, "notices.no")
    assert line.writes().text == news(line.lead.code)
    line.sim.hear(line.fatma, NoticesTap(True))
    assert said(line.sim, karim) == [True]


def test_a_notice_that_is_not_delivered_yet_is_harmless_after_the_lead_ended(line: Discreet) -> None:
    """Its number is not known, so it cannot be changed: a tap says that nothing is there any more."""
    line.tap(line.ans, "write")
    line._updates += 1
    typed = simulated.under(line.lead, "contact", line.now().version)
    out = line.sim.handle([Incoming("telegram", 9900, line.ans.address, line.ans.address, decode(typed))])
    (notice,) = [each for each in out if each.to == line.fatma.id]
    line.tap(line.ans, "complete.helped")
    line.sim.deliver([notice])
    (told,) = line.opens(line.fatma.news[-1])
    assert told.text == phrase("news.gone")


def test_a_notice_that_is_opened_on_a_later_day_says_when_it_was_written(store: Store) -> None:
    """A day that it names may be over by then."""
    line = Discreet(store)
    shown = line.writes()
    clock = line.sim.handle.now
    assert isinstance(clock, Clock)
    clock.forward(days=2)
    line.sim.press(line.fatma, shown.id, simulated.button(line.fatma, "open")[1].data)
    assert line.fatma.news[-1].text.startswith("📅 Geschreven op woensdag 25 november:")
    assert QUESTION in line.fatma.news[-1].text
