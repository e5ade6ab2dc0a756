"""What runs already is not asked a second time, is not offered either, and nobody has more than they may have."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.demo.simulator import Person, Simulator
from db import tables
from db.leads import leads
from db.leads.due import Next
from db.leads.needs import RunsAlready
from db.people import conversations
from db.store import Store
from flows.model.wijk import MOST_HELP
from tests import simulated
from tests.simulated import ABOUT_ME, ALONE, CONTENT, MONEY_AND_COLD, NOW, WIJK, go
from tests.unit.db.examples import together

FIRST = ("activities", "company")
"""What the first offer of `ALONE` is about."""


def again(sim: Simulator, person: Person, way: tuple[str, ...] = ALONE) -> str:
    """Go to the menu and answer the same once more; return what is offered then."""
    sim.type(person, "/menu")
    return go(sim, person, *way)[-1].text


def labels(person: Person) -> list[str]:
    return [each.text for row in person.card.buttons for each in row]


def runs(topic: str, code: str) -> str:
    return CONTENT.words.phrase("nl", "offer.runs", topic=CONTENT.words.phrase("nl", f"topics.{topic}"), code=code)


def handed_over_by_hand(sim: Simulator, person: Person, number: int, **changes: object) -> None:
    """Make leads of this resident, each about something of its own."""
    with sim.store.write() as tx:
        conversations.lock(tx, WIJK, person.id)
        for n in range(number):
            lead = {
                "resident": person.id,
                "sender": person.id,
                "partner": "goos",
                "inbox": "goos",
                "row": "M2",
                "topic": ["bills"],
                "needs": [(f"service{n}", "bills")],
                "urgent": False,
                "packet": {"name": "Fatma", "reach": "chat", "when": "any", "language": "nl"},
                "language": "nl",
                "now": NOW,
                "next": Next("inbox", NOW),
            }
            leads.create(tx, WIJK, **{**lead, **changes})  # type: ignore[arg-type]


def test_what_runs_is_named_with_its_code_and_the_other_is_still_offered(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    assert lead.needs == [list(FIRST)]
    text = again(sim, fatma)
    assert runs("company", lead.code) in text
    assert "Binnenhof" in text
    assert CONTENT.words.phrase("nl", "nav.my_help") in labels(fatma)
    go(sim, fatma, "all", *ABOUT_ME, "handoff.consent:yes")
    first, second = simulated.leads_of(sim, fatma)
    assert (first.partner, second.partner) == ("balans", "binnenhof")


def test_when_all_of_it_runs_nothing_is_asked_and_the_card_says_so(store: Store) -> None:
    """No five questions first, and no "Liever niet" to something that is not offered."""
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "all", *ABOUT_ME, "handoff.consent:yes", "handoff.consent:yes")
    made = simulated.leads_of(sim, fatma)
    text = again(sim, fatma)
    assert [runs("company", each.code) in text for each in made] == [True, True]
    assert text.count(CONTENT.words.phrase("nl", "offer.news")) == 1
    offered = {CONTENT.words.phrase("nl", f"offer.{key}") for key in ("all", "both", "no")}
    assert not offered.intersection(labels(fatma))
    shown, button = simulated.button(fatma, "_why")
    for answer in ("all", "first", "second"):
        sim.press(fatma, shown.id, button.data.replace("_why", answer))
    assert simulated.place(sim, fatma).step == "advice.help"
    assert simulated.leads_of(sim, fatma) == made


def test_forty_times_the_same_yes_makes_one_lead_for_each_help(store: Store) -> None:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "shm")
    fatma = simulated.resident(sim)
    for _ in range(40):
        again(sim, fatma, MONEY_AND_COLD)
        try:
            go(sim, fatma, "all", *ABOUT_ME, "handoff.consent:yes", "handoff.consent:yes")
        except LookupError:
            continue
    made = simulated.leads_of(sim, fatma)
    needs = [tuple(need) for lead in made for need in lead.needs or ()]
    assert len(needs) == len(set(needs))
    assert 2 <= len(made) < 5, "what was for later comes when the first runs"
    assert sum("📥 Nieuw" in each.text for each in ans.chat.values()) == 1


def test_another_topic_at_the_same_partner_is_allowed(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    again(sim, fatma, ("+letter", "_next"))
    for _ in range(8):
        if "all" in [name for row in fatma.card.buttons for each in row for name in simulated.names(each.data)]:
            break
        first = fatma.card.buttons[0][0]
        sim.press(fatma, fatma.card.id, first.data)
    go(sim, fatma, "all", *ABOUT_ME, "handoff.consent:yes")
    assert len(simulated.leads_of(sim, fatma)) == 2


def test_what_was_stopped_can_be_asked_again(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    go(sim, fatma, "_help", f"stop_help:{lead.token}", f"withdraw:{lead.token}")
    assert "Dit loopt al" not in again(sim, fatma)
    go(sim, fatma, "first", *ABOUT_ME, "handoff.consent:yes")
    (open_one,) = [each for each in simulated.leads_of(sim, fatma) if each.closed_at is None]
    assert open_one.partner == "balans"


def test_a_lead_of_before_that_says_nothing_about_services_counts_for_all_its_partner_does(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    with store.write() as tx:
        tx.execute(update(tables.leads).values(needs=None))
    assert runs("company", lead.code) in again(sim, fatma)


def test_who_comes_back_to_a_handover_of_what_runs_meanwhile_reads_the_offer_again(store: Store) -> None:
    """Through the menu: the consent card of a second lead is never shown without anybody on it."""
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    simulated.asked(sim, fatma)
    sim.type(fatma, "/menu")
    handed_over_by_hand(sim, fatma, 1, needs=[FIRST], topic=["company"])
    back = go(sim, fatma, "_resume")[-1]
    assert CONTENT.words.phrase("nl", "notices.look_again") in back.text
    assert "Dit loopt al" in back.text
    assert simulated.place(sim, fatma).step == "advice.help"


def test_who_has_much_help_already_is_sent_to_a_person_and_a_place(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    handed_over_by_hand(sim, fatma, MOST_HELP - 1)
    text = again(sim, fatma)
    assert CONTENT.words.phrase("nl", "offer.most", person=CONTENT.wijk.person) in text
    assert CONTENT.wijk.places[CONTENT.wijk.walk_in].name in text
    assert CONTENT.words.phrase("nl", "offer.all") not in labels(fatma)
    assert len(simulated.leads_of(sim, fatma)) == MOST_HELP - 1


def test_up_to_that_bound_help_is_offered(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    handed_over_by_hand(sim, fatma, MOST_HELP - 2)
    again(sim, fatma)
    go(sim, fatma, "all", *ABOUT_ME, "handoff.consent:yes", "handoff.consent:yes")
    assert len(simulated.leads_of(sim, fatma)) == MOST_HELP


def test_what_cannot_wait_may_stand_beside_a_lead_that_can(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    need = [("letter_desk", "letter")]
    handed_over_by_hand(sim, fatma, 1, needs=need)
    handed_over_by_hand(sim, fatma, 1, needs=need, urgent=True)
    for urgent in (True, False):
        with pytest.raises(RunsAlready):
            handed_over_by_hand(sim, fatma, 1, needs=need, urgent=urgent)


@pytest.mark.both_stores
def test_of_eight_that_make_the_same_lead_at_once_one_succeeds(store: Store) -> None:
    """Also in several processes: each locks the conversation of the resident first."""
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    who = replace(fatma)

    def one() -> bool:
        try:
            handed_over_by_hand(sim, who, 1, needs=[FIRST])
        except RunsAlready:
            return False
        return True

    assert sum(together([one] * 8)) == 1
    assert len(simulated.leads_of(sim, fatma)) == 1


@pytest.mark.both_stores
def test_nobody_gets_more_leads_than_they_may_have(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    handed_over_by_hand(sim, fatma, 3)
    with pytest.raises(RunsAlready):
        handed_over_by_hand(sim, fatma, 1, needs=[FIRST], most=3)
    handed_over_by_hand(sim, fatma, 1, needs=[FIRST], most=4)
