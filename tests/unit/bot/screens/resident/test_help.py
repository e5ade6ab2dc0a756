"""Mijn hulp: every lead of a resident on one screen, what they can do with it, and how it ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.demo.simulator import Person, Shown, Simulator
from bot.leads.clocks.retention import forget_what_is_due
from bot.messages.taps.buttons import decode
from bot.messages.taps.residents import MineTap, ReplyTap
from db import tables
from db.leads import leads
from db.leads.due import Next
from db.leads.lead import Lead
from db.people import conversations, members
from db.store import Store
from flows.model.heard import StopHelpTap
from flows.texts.lines import SCREEN, lines
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, Clock, go

SOON = NOW + timedelta(days=7)
CODE = re.compile(r"KOP-\w+")
MARKS = re.compile("[⁦-⁩]")


@dataclass
class Street:
    """Fatma, her lead at Balans, and Ans who reads there."""

    sim: Simulator
    fatma: Person
    ans: Person

    def lead(self) -> Lead:
        return simulated.leads_of(self.sim, self.fatma)[0]

    def does(self, act: str) -> None:
        """Let Ans make this move."""
        lead = self.lead()
        self.sim.press(self.ans, None, simulated.under(lead, act, lead.version))

    def help(self) -> Shown:
        """Let Fatma look at her help."""
        return self.sim.type(self.fatma, "/hulp")[0]

    def later(self, **by: int) -> None:
        clock = self.sim.handle.now
        assert isinstance(clock, Clock)
        clock.forward(**by)


@pytest.fixture
def street(store: Store) -> Street:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    return Street(sim, fatma, ans)


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", key, **fields)


def test_it_says_who_has_a_lead_and_the_next_day(street: Street) -> None:
    street.does("accept")
    shown = street.help()
    day = CONTENT.words.short_day("nl", (street.lead().contact_by or NOW).date())
    assert "(Ans)" in shown.text
    assert phrase("offer.day", day=day) in shown.text


def test_what_lies_with_the_coordinator_is_said_to_be_there(street: Street) -> None:
    simulated.member(street.sim, "coordinator", "telegram:3001", "Ria")
    street.does("decline.other")
    assert phrase("packet.coordinator") in street.help().text


def test_whoever_has_it_is_asked_once_a_day_and_the_resident_reads_the_answer_once(street: Street) -> None:
    street.does("accept")
    street.help()
    (told,) = go(street.sim, street.fatma, "mine.ask")
    assert told.text.startswith(phrase("my_help.asked_now"))
    question, found = simulated.button(street.ans, "still.asked")
    assert "vraagt hoe het staat" in question.text
    (told,) = go(street.sim, street.fatma, "mine.ask")
    assert told.text.startswith(phrase("my_help.asked_before"))
    street.fatma.news.clear()
    for _ in range(2):  # a double tap
        street.sim.press(street.ans, question.id, found.data)
    heard = [each for each in street.fatma.news if "Ans is ermee bezig" in each.text]
    assert len(heard) == 1
    street.later(days=1)
    (told,) = go(street.sim, street.fatma, "mine.ask")
    assert told.text.startswith(phrase("my_help.asked_now"))


def test_a_yes_about_help_that_goes_on_names_no_day(street: Street) -> None:
    street.does("accept")
    street.does("contact")
    street.help()
    go(street.sim, street.fatma, "mine.ask")
    go(street.sim, street.ans, "still.asked")
    assert any("Ans helpt je nog steeds" in each.text for each in street.fatma.chat.values())


def test_silence_about_the_question_changes_nothing_of_what_the_clock_does(street: Street) -> None:
    street.does("accept")
    before = street.lead()
    street.help()
    go(street.sim, street.fatma, "mine.ask")
    assert street.lead() == before


def test_what_ended_is_seen_for_thirty_days_with_how_it_ended_and_the_last_word(street: Street) -> None:
    street.does("accept")
    street.does("complete.partly")
    street.later(days=29)
    shown = street.help()
    assert phrase("my_help.how_partly") in shown.text
    taps = [decode(each.data) for row in shown.buttons for each in row]
    acts = [each.act for each in taps if isinstance(each, MineTap)]
    assert acts == ["said_not_yet", "thanks"], "nothing but the last word"
    assert not [each for each in taps if isinstance(each, StopHelpTap | ReplyTap)]
    street.later(days=2)
    with street.sim.store.write() as tx:
        forget_what_is_due(CONTENT, tx, WIJK, street.sim.handle.now())
        forget_what_is_due(CONTENT, tx, WIJK, street.sim.handle.now() + timedelta(days=1))
    assert street.help().text == phrase("overlays.help_none")


def test_a_button_shows_and_does_nothing_for_anybody_else(street: Street) -> None:
    street.does("accept")
    karim = simulated.resident(street.sim, "telegram:1002", "Karim")
    before = street.ans.chat.copy()
    for act in ("view", "ask"):
        (shown,) = street.sim.hear(karim, MineTap(street.lead().token, act, street.lead().version))
        assert not CODE.search(shown.text)
    assert street.ans.chat == before


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_three_leads_fit_on_a_small_phone_and_so_does_one(store: Store, language: str) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    partners = sorted(CONTENT.wijk.partners.values(), key=lambda each: len(each.name), reverse=True)[:4]
    packet = {"name": "Fatma", "reach": "home", "when": "afternoon", "language": language}
    with sim.store.write() as tx:
        for n, partner in enumerate(partners):
            ans = conversations.load(tx, WIJK, [f"telegram:200{n}"], NOW)[f"telegram:200{n}"].person
            members.join(tx, WIJK, ans, partner.id, "partner", "Annemarie", NOW)
            lead = leads.create(
                tx,
                WIJK,
                resident=fatma.id,
                sender=fatma.id,
                partner=partner.id,
                inbox=partner.id,
                row="M2",
                topic=["bills_and_cold", "energy_bill"],
                urgent=False,
                packet=packet,
                language=language,
                now=NOW,
                next=Next("assignee", SOON),
                contact_by=SOON,
                status="accepted",
            )
            tx.execute(update(tables.leads).where(tables.leads.c.id == lead.id).values(assignee=ans))
    sim.type(fatma, "/taal")
    go(sim, fatma, f"language:{language}")
    (shown,) = sim.type(fatma, "/hulp")
    assert len(CODE.findall(MARKS.sub("", shown.text))) == 3
    assert lines(MARKS.sub("", shown.text)) <= SCREEN
    (one,) = go(sim, fatma, "mine.view")
    assert lines(MARKS.sub("", one.text)) <= SCREEN
