"""The card names one person, and by now another would read the words: then their writer is asked first."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Person, Simulator
from bot.messages.taps.members import DashboardTap
from bot.messages.taps.residents import ReplyTap
from db.people import members
from db.store import Store
from flows.model.heard import Blocked
from flows.model.names import NOT_SENT, NOTICES
from tests import simulated
from tests.simulated import WIJK, Clock, go
from tests.unit.bot.leads.test_addressee import ANSWER, CRY, Two, got, to
from tests.unit.bot.leads.test_notices import labels, said
from tests.unit.bot.leads.test_relay import phrase, texts

DEBTS = "Ik heb 9000 euro schuld"


class Passed(Two):
    """As `Two`; a lead can go from Ans to Bep, a minute later."""

    def passes(self) -> None:
        """Ria removes Ans, and Bep takes Fatma's lead."""
        clock = Clock()
        clock.forward(minutes=1)
        self.sim.handle.now = clock
        with self.sim.store.read() as tx:
            (ans,) = members.of(tx, WIJK, self.ans.id)
        self.sim.hear(self.ria, DashboardTap("remove", ans.handle))
        self.sim.press(self.bep, None, simulated.under(self.lead, "accept", self.now().version))
        assert self.now().assignee == self.bep.id
        self.hush()

    def second(self) -> Person:
        """Omar of De Binnenhof took a second lead of Fatma."""
        omar = simulated.member(self.sim, "binnenhof", "telegram:2007", "Omar")
        self.sim.type(self.fatma, "/menu")
        lead = simulated.handed_over(self.sim, self.fatma, choice="all")
        self.sim.press(omar, omar.card.id, simulated.under(lead, "accept", 1))
        return omar

    def asks(self, person: Person, name: str) -> bool:
        """The last thing that this person reads is whether the words are for this name and nobody else."""
        shown = person.news[-1]
        return shown.text == phrase("relay.offer", to=to(self.lead, name)) and shown.reply_to is not None


@pytest.fixture
def two(store: Store) -> Passed:
    return Passed(store)


@pytest.mark.both_stores
def test_words_to_a_helper_who_is_gone_go_to_the_next_one_only_after_a_yes(two: Passed) -> None:
    two.answers()
    two.passes()
    two.sim.type(two.fatma, ANSWER)
    assert not got(two.bep, ANSWER)
    assert two.place(two.fatma).step == NOT_SENT
    assert two.asks(two.fatma, "Bep")
    assert simulated.found(two.sim.store, ANSWER) == []
    go(two.sim, two.fatma, "send")
    assert got(two.bep, ANSWER)


@pytest.mark.parametrize(("words", "button"), [(ANSWER, "send"), (CRY, "send_anyway")])
def test_a_button_to_send_words_to_a_helper_who_is_gone_asks_once_more(two: Passed, words: str, button: str) -> None:
    if words == CRY:
        two.answers()
    two.sim.type(two.fatma, words)
    two.passes()
    go(two.sim, two.fatma, button)
    assert not got(two.bep, words)
    assert two.asks(two.fatma, "Bep")
    go(two.sim, two.fatma, button)
    assert got(two.bep, words)


def test_a_reply_to_a_helper_who_is_gone_goes_to_the_next_one_only_after_a_yes(two: Passed) -> None:
    message = two.writes()
    two.passes()
    two.sim.type(two.fatma, ANSWER, answers=message.id)
    assert not got(two.bep, ANSWER)
    assert two.asks(two.fatma, "Bep")


def test_a_cry_to_a_helper_who_is_gone_brings_the_numbers(two: Passed) -> None:
    two.answers()
    two.passes()
    (told,) = two.sim.type(two.fatma, CRY)
    assert "0800-2000" in told.text
    assert not got(two.bep, CRY)


@pytest.mark.both_stores
def test_a_member_under_whose_card_another_resident_wrote_says_for_whom_the_words_are(two: Passed) -> None:
    """Ans writes to Fatma; Yusuf's debts come in below that card, and Ans answers him."""
    two.tap(two.ans, "write")
    two.sim.hear(two.yusuf, ReplyTap(two.other.token))
    two.sim.type(two.yusuf, DEBTS)
    two.sim.type(two.ans, f"Yusuf, je schreef: {DEBTS}")
    assert not any(got(each, "je schreef") for each in (two.fatma, two.yusuf))
    assert texts(two.ans)[-1] == phrase("relay.offer_who")
    assert labels(two.ans.news[-1])[:2] == [to(two.other, "Yusuf"), to(two.lead, "Fatma")]
    go(two.sim, two.ans, f"send:{two.other.token}")
    assert got(two.yusuf, "je schreef")
    assert not got(two.fatma, "je schreef")


def test_a_resident_under_whose_card_another_helper_wrote_says_for_whom_the_words_are(two: Passed) -> None:
    omar = two.second()
    second = simulated.leads_of(two.sim, two.fatma)[-1]
    two.answers()
    two.sim.press(omar, None, simulated.under(second, "write", 2))
    two.sim.type(omar, "Past dinsdag?")
    two.sim.type(two.fatma, ANSWER)
    assert not any(got(each, ANSWER) for each in (two.ans, omar))
    assert labels(two.fatma.news[-1])[:2] == [to(second, "Omar"), to(two.lead, "Ans")]


def test_a_second_message_of_the_same_helper_asks_nothing(two: Passed) -> None:
    two.answers()
    two.writes("En neem je brief mee")
    two.sim.type(two.fatma, ANSWER)
    assert got(two.ans, ANSWER)


@pytest.mark.parametrize("returns", [True, False])
def test_whoever_blocked_the_bot_writes_to_nobody_on_return(two: Passed, returns: bool) -> None:
    two.answers()
    two.sim.hear(two.fatma, Blocked(True))
    if returns:
        two.sim.hear(two.fatma, Blocked(False))
    two.sim.type(two.fatma, ANSWER)
    assert not got(two.ans, ANSWER)
    assert two.asks(two.fatma, "Ans")


def asked_again(store: Store, first: str) -> tuple[Simulator, Person]:
    """Fatma answered so for her first help, and stands before the consent for the second."""
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    go(sim, fatma, *simulated.ALONE, "first", *simulated.ABOUT_ME[:-1], f"{NOTICES}:{first}", "handoff.consent:yes")
    sim.type(fatma, "/menu")
    go(sim, fatma, *simulated.ALONE, "all", *simulated.ABOUT)
    return sim, fatma


@pytest.mark.parametrize(("first", "then"), [("yes", "no"), ("no", "yes")])
def test_the_last_answer_about_notices_counts_for_all_help_that_runs(store: Store, first: str, then: str) -> None:
    sim, fatma = asked_again(store, first)
    go(sim, fatma, *simulated.changing("notices"), f"{NOTICES}:{then}", "handoff.consent:yes")
    assert said(sim, fatma) == [then == "yes"] * 2


def test_a_no_in_my_help_just_before_the_consent_counts_for_the_new_help_too(store: Store) -> None:
    sim, fatma = asked_again(store, "yes")
    sim.type(fatma, "/hulp")
    go(sim, fatma, "notices.no", "handoff.consent:yes")
    assert said(sim, fatma) == [False, False]
