"""Ten days after the end a resident is asked once whether they were helped, and what they say counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from bot.content import verdicts as words
from bot.content.loaded import ZONE
from bot.demo.simulator import Person, Shown
from bot.leads.clocks.retention import forget_what_is_due
from bot.leads.clocks.times import awake
from bot.messages.taps.residents import HideTap, MineTap
from bot.messages.ticks import LookAtLeads
from db.leads import calls, leads
from db.leads.consent import verdicts
from db.leads.consent.verdicts import Verdict
from db.store import Store
from flows.model.heard import Blocked
from flows.model.wijk import COORDINATOR
from tests import simulated
from tests.simulated import CONTENT, WIJK, go
from tests.unit.bot.screens.resident.test_help import Street, phrase

ASKS = "Ben je geholpen?"


class Ended(Street):
    """The lead of Fatma, which Ans can end; the clock of the leads ticks every four hours."""

    def ends(self, reason: str = "helped") -> None:
        if self.lead().status == "sent":
            self.does("accept")
        self.does(f"complete.{reason}")

    def ticks(self, **by: int) -> None:
        """Let the time pass, with the clock ticking."""
        until = self.sim.handle.now() + timedelta(**by)
        while self.sim.handle.now() < until:
            self.later(hours=4)
            self.tick()

    def tick(self) -> None:
        while not (done := self.sim.handle.tick(LookAtLeads())).all_done:
            self.sim.deliver(list(done.messages))

    def ends_of(self) -> list[Verdict]:
        with self.sim.store.read() as tx:
            return verdicts.of_lead(tx, WIJK, self.lead().id)

    def open_notices(self) -> None:
        with self.sim.store.write() as tx:
            leads.set_notices(tx, WIJK, self.fatma.id, named=True)


def asked(person: Person) -> list[Shown]:
    """The questions that stand in this chat."""
    return [each for each in person.chat.values() if ASKS in each.text]


@pytest.fixture
def ended(store: Store) -> Ended:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    made = Ended(sim, fatma, ans)
    made.ends()
    return made


def test_the_question_comes_after_ten_days_once_by_day(ended: Ended) -> None:
    ended.ticks(days=9)
    assert not asked(ended.fatma)
    ended.ticks(days=2)
    (question,) = asked(ended.fatma)
    (end,) = ended.ends_of()
    assert end.asked_at is not None
    assert awake(end.asked_at)
    ended.ticks(days=12)
    assert asked(ended.fatma) == [question]
    assert end.n == ended.lead().version


def test_a_bot_that_was_away_for_days_asks_once_by_day(ended: Ended) -> None:
    ended.later(days=13, hours=12)  # two at night
    ended.tick()
    ended.later(hours=1)  # the clock is doubted for an hour
    ended.tick()
    assert not asked(ended.fatma)
    ended.ticks(hours=9)
    assert len(asked(ended.fatma)) == 1


@pytest.mark.parametrize("said", ["yes", "bit", "rather_not"])
def test_what_a_resident_says_stands_beside_the_word_of_who_helped(ended: Ended, said: str) -> None:
    ended.ticks(days=11)
    go(ended.sim, ended.fatma, f"mine.said_{said}")
    now = ended.sim.handle.now()
    with ended.sim.store.read() as tx:
        (both,) = verdicts.both(tx, WIJK, ["completed"], now - timedelta(days=30), now)
    assert (both.theirs, both.said) == ("helped", said)
    assert ended.lead().status == "completed"
    assert not asked(ended.fatma)


def test_not_yet_lets_it_go_on_with_who_had_it_and_says_before_when(ended: Ended) -> None:
    ended.open_notices()
    ended.ticks(days=11)
    go(ended.sim, ended.fatma, "mine.said_not_yet")
    lead = ended.lead()
    assert (lead.status, lead.inbox, lead.assignee, lead.reason) == ("accepted", "balans", ended.ans.id, "not_yet")
    assert lead.contact_by is not None
    day = CONTENT.words.day("nl", lead.contact_by.astimezone(ZONE).date())
    assert any(day in each.text for each in ended.fatma.chat.values())
    assert any("nog niet geholpen" in each.text for each in ended.ans.news)


def test_rather_somebody_else_goes_to_the_coordinator_and_to_nobody_else(ended: Ended) -> None:
    ria = simulated.member(ended.sim, COORDINATOR, "telegram:3001", "Ria")
    ended.ticks(days=11)
    go(ended.sim, ended.fatma, "mine.said_not_yet", "mine.other")
    lead = ended.lead()
    assert (lead.status, lead.inbox, lead.assignee) == ("sent", COORDINATOR, None)
    assert any("liever iemand anders" in each.text for each in ria.chat.values())
    assert len(simulated.leads_of(ended.sim, ended.fatma)) == 1


def test_the_second_not_yet_goes_to_the_coordinator_with_a_day(ended: Ended) -> None:
    ria = simulated.member(ended.sim, COORDINATOR, "telegram:3001", "Ria")
    ended.ticks(days=11)
    go(ended.sim, ended.fatma, "mine.said_not_yet")
    ended.ends("partly")
    ended.ticks(days=11)
    go(ended.sim, ended.fatma, "mine.said_not_yet")
    with ended.sim.store.read() as tx:
        now = ended.sim.handle.now()
        both = words.found(CONTENT, tx, now - timedelta(days=60), now + timedelta(days=1))
    assert [each.said for each in both] == ["not_yet", "not_yet"]
    assert [number for _, number in words.residents(CONTENT, both)] == [0, 0, 1, 0, 0, 2], (
        "one lead, which differed twice"
    )
    assert dict(words.beside(CONTENT, both)) == {"Geholpen | nog niet": 1, "Deels geholpen | nog niet": 1}
    lead = ended.lead()
    assert (lead.status, lead.inbox) == ("sent", COORDINATOR)
    assert any("tweede keer" in each.text for each in ria.chat.values())
    assert lead.contact_by is not None


def test_what_the_coordinator_ended_is_asked_about_and_goes_on_with_them(store: Store) -> None:
    sim = simulated.simulator(store)
    ria = simulated.member(sim, COORDINATOR, "telegram:3001", "Ria")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    assert lead.inbox == COORDINATOR
    sim.press(ria, None, simulated.under(lead, "end.no_help", lead.version))
    line = Ended(sim, fatma, ria)
    line.ticks(days=11)
    go(sim, fatma, "mine.said_not_yet")
    assert (line.lead().status, line.lead().inbox) == ("sent", COORDINATOR)


def test_a_resident_who_stopped_is_asked_nothing(store: Store) -> None:
    sim = simulated.simulator(store)
    ans, fatma = simulated.member(sim, "balans"), simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    line = Ended(sim, fatma, ans)
    line.does("accept")
    sim.type(fatma, "/hulp")
    token = line.lead().token
    go(sim, fatma, f"stop_help:{token}", f"withdraw:{token}")
    line.ticks(days=12)
    assert not asked(fatma)


def test_after_the_lead_is_forgotten_an_old_button_leads_to_the_menu(ended: Ended) -> None:
    ended.ticks(days=11)
    lead = ended.lead()
    (question,) = asked(ended.fatma)
    ended.later(days=25)
    ended.sim.type(ended.fatma, "/menu")
    with ended.sim.store.write() as tx:
        forget_what_is_due(CONTENT, tx, WIJK, ended.sim.handle.now())
        forget_what_is_due(CONTENT, tx, WIJK, ended.sim.handle.now() + timedelta(days=1))
    (shown,) = ended.sim.hear(ended.fatma, MineTap(lead.token, "said_not_yet", lead.version), question.id)
    assert shown.text == phrase("verdict.gone")
    with ended.sim.store.read() as tx:
        assert [each.said for each in verdicts.of_lead(tx, WIJK, lead.id)] == [None]
    karim = ended.sim.person("telegram:1002", "Karim")
    (shown,) = ended.sim.hear(karim, MineTap(lead.token, "said_yes", lead.version))
    assert "language" in shown.text, "somebody of whom nothing is known chooses a language"


def test_an_old_button_does_nothing_after_it_went_on(ended: Ended) -> None:
    ended.ticks(days=11)
    lead = ended.lead()
    go(ended.sim, ended.fatma, "mine.said_not_yet")
    before = ended.lead()
    for said in ("said_yes", "said_not_yet", "thanks"):
        ended.sim.hear(ended.fatma, MineTap(lead.token, said, lead.version))
    assert ended.lead() == before
    assert [each.said for each in ended.ends_of()] == ["not_yet"]


def test_a_resident_who_hides_the_chat_sees_nothing_of_it(ended: Ended) -> None:
    ended.sim.hear(ended.fatma, HideTap())
    ended.ticks(days=11)
    assert not [each for each in ended.fatma.chat.values() if "KOP" in each.text]


def test_several_leads_are_asked_about_one_after_another_on_one_card(ended: Ended) -> None:
    ended.sim.type(ended.fatma, "/menu")
    second = simulated.handed_over(ended.sim, ended.fatma, simulated.MONEY_AND_COLD)
    bep = simulated.member(ended.sim, second.inbox, "telegram:2002", "Bep")
    for act in ("accept", "complete.helped"):
        now = simulated.lead(ended.sim, second.id)
        ended.sim.press(bep, None, simulated.under(now, act, now.version))
    ended.open_notices()
    ended.ticks(days=12)
    (first,) = asked(ended.fatma)
    go(ended.sim, ended.fatma, "mine.said_yes")
    (other,) = asked(ended.fatma)
    assert other.id == first.id
    assert other.text != first.text
    go(ended.sim, ended.fatma, "mine.said_bit")
    assert not asked(ended.fatma)
    ended.ticks(days=10)
    assert not asked(ended.fatma)


def test_a_thank_you_reaches_who_helped_once_and_names_nobody(ended: Ended) -> None:
    ended.ticks(days=11)
    go(ended.sim, ended.fatma, "mine.said_yes", "mine.thanks")
    ended.sim.hear(ended.fatma, MineTap(ended.lead().token, "thanks", ended.lead().version))
    told = [each.text for each in ended.ans.chat.values() if "🌻" in each.text]
    assert told == [phrase("desk.thanks")]


def test_without_a_chat_a_member_asks_by_telephone(store: Store) -> None:
    sim = simulated.simulator(store)
    ans, fatma = simulated.member(sim, "balans"), simulated.resident(sim)
    go(sim, fatma, *simulated.ALONE, "first", *simulated.TO_PHONE)
    sim.share(fatma, "+31612345678")
    go(sim, fatma, "handoff.consent:yes")
    line = Ended(sim, fatma, ans)
    line.ends()
    sim.hear(fatma, Blocked(True))
    line.ticks(days=11)
    told, _ = simulated.button(ans, "call.self")
    assert "Ben je geholpen?" in told.text
    assert "+31612345678" not in told.text
    (shown,) = go(sim, ans, "view")
    assert "612345678" in shown.text.replace(" ", "")
    go(sim, ans, "call", "call.self", "call.self_bit")
    assert [each.said for each in line.ends_of()] == ["bit"]
    assert "612345678" not in str(ans.chat).replace(" ", ""), "nobody has to ring any more"
    with store.read() as tx:
        assert calls.of_lead(tx, WIJK, line.lead().id) is None


@pytest.mark.parametrize("ends", ["none", "clock"])
def test_a_call_that_nobody_answers_leaves_no_number_in_a_chat(store: Store, ends: str) -> None:
    sim = simulated.simulator(store)
    ans, fatma = simulated.member(sim, "balans"), simulated.resident(sim)
    go(sim, fatma, *simulated.ALONE, "first", *simulated.TO_PHONE)
    sim.share(fatma, "+31612345678")
    go(sim, fatma, "handoff.consent:yes")
    line = Ended(sim, fatma, ans)
    line.ends()
    sim.hear(fatma, Blocked(True))
    line.ticks(days=11)
    go(sim, ans, "view")
    assert "612345678" in str(ans.chat).replace(" ", "")
    if ends == "clock":
        line.ticks(days=15)
    else:
        for _ in range(3):
            go(sim, ans, "call", "call.none")
            line.ticks(days=2)
            if stands(line):
                go(sim, ans, "view")
    assert "612345678" not in str(ans.chat).replace(" ", "")
    with store.read() as tx:
        assert calls.of_lead(tx, WIJK, line.lead().id) is None


def stands(line: Ended) -> bool:
    """Whether the call still stands."""
    with line.sim.store.read() as tx:
        return calls.of_lead(tx, WIJK, line.lead().id) is not None


def test_a_resident_who_is_back_is_asked_in_the_chat_instead(store: Store) -> None:
    sim = simulated.simulator(store)
    ans, fatma = simulated.member(sim, "balans"), simulated.resident(sim)
    go(sim, fatma, *simulated.ALONE, "first", *simulated.TO_PHONE)
    sim.share(fatma, "+31612345678")
    go(sim, fatma, "handoff.consent:yes")
    line = Ended(sim, fatma, ans)
    line.open_notices()
    line.ends()
    sim.hear(fatma, Blocked(True))
    line.ticks(days=11)
    go(sim, ans, "view")
    assert "612345678" in str(ans.chat).replace(" ", "")
    sim.hear(fatma, Blocked(False))
    line.ticks(hours=4)
    assert len(asked(fatma)) == 1
    assert "612345678" not in str(ans.chat).replace(" ", "")
    with store.read() as tx:
        assert calls.of_lead(tx, WIJK, line.lead().id) is None


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_nobody_is_asked_twice_at_night_or_after_erasing(store: Store, seed: int) -> None:
    dice = Random(seed)
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    lines = []
    for n in range(4):
        person = simulated.resident(sim, f"telegram:11{n:02}", "Mo")
        simulated.handed_over(sim, person)
        lines.append(Ended(sim, person, ans))
        lines[-1].open_notices()
    erased: set[str] = set()
    seen: dict[str, set[int]] = {line.fatma.address: set() for line in lines}
    for _ in range(60):
        lines[0].later(hours=dice.choice((1, 5, 9, 20)))
        before = {line.fatma.address: len(asked(line.fatma)) for line in lines}
        for _ in range(dice.choice((0, 1, 2))):
            lines[0].tick()
        for line in lines:
            new = {each.id for each in asked(line.fatma)} - seen[line.fatma.address]
            if len(asked(line.fatma)) > before[line.fatma.address]:
                assert awake(sim.handle.now())
                assert line.fatma.address not in erased
                assert len(new) == 1
            seen[line.fatma.address] |= new
        line = dice.choice(lines)
        if line.fatma.address in erased:
            continue
        match dice.choice(("ends", "ends", "erases", "says", "nothing")):
            case "ends" if line.lead().closed_at is None:
                line.ends(dice.choice(("helped", "partly")))
            case "erases" if dice.random() < 0.2:
                sim.type(line.fatma, "/verwijder")
                go(sim, line.fatma, "erase:yes")
                erased.add(line.fatma.address)
            case "says" if asked(line.fatma):
                go(sim, line.fatma, f"mine.said_{dice.choice(('yes', 'not_yet', 'bit'))}")
    for line in lines:
        if line.fatma.address not in erased:
            ends = line.ends_of()
            assert len(seen[line.fatma.address]) == sum(each.asked_at is not None for each in ends)


def test_the_hours_are_those_of_the_wijk() -> None:
    assert not awake(datetime(2026, 12, 5, 7, 59, tzinfo=ZONE))
