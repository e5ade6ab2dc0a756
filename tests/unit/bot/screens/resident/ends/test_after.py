"""The receipt says what to do until somebody comes, and keeps the way to what was not asked, urgent first."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Simulator
from db.store import Store
from flows.model.heard import StopHelpTap
from tests import simulated
from tests.simulated import ABOUT, CONTENT, go

URGENT = ("nl", "urgent", "evict", "week", "landlord")
CUT_OFF = ("nl", "urgent", "referral.now:cut_off", "referral.cut_when:week", "referral.fragile:yes")


def receipt(sim: Simulator, *way: str) -> str:
    """What Fatma reads at the end of this way, after a yes to all that is asked."""
    person = sim.person("telegram:1001", "Fatma")
    sim.type(person, "/start")
    go(sim, person, *way, *ABOUT)
    while simulated.place(sim, person).step == "handoff.consent":
        go(sim, person, "handoff.consent:yes")
    assert simulated.place(sim, person).step == "handoff.done"
    return person.card.text


def phrase(key: str, **fields: str) -> str:
    return CONTENT.words.phrase("nl", f"receipt.{key}", **fields)


def test_who_waits_reads_what_to_do_until_then(store: Store) -> None:
    text = receipt(simulated.simulator(store), *CUT_OFF, "all")
    said = CONTENT.charts.steps["advice.help"]
    (offer,) = [each for each in getattr(said, "offers", ()) if each.id == "advice.offer.cut_off"]
    assert phrase("until_then") in text
    assert offer.say in text
    assert offer.warn in text
    assert text.index(phrase("until_then")) < text.index("📍"), "before the door"


@pytest.mark.parametrize(("choice", "urged"), [("first", True), ("all", False)])
def test_what_cannot_wait_and_was_not_asked_is_one_tap_away(store: Store, choice: str, urged: bool) -> None:
    text = receipt(simulated.simulator(store), *URGENT, choice)
    topic = CONTENT.words.phrase("nl", "topics.eviction")
    assert (phrase("cannot_wait", topic=topic) in text) == urged


def test_more_help_leads_to_the_other_helper_and_asks_no_question_of_the_road_twice(store: Store) -> None:
    sim = simulated.simulator(store)
    receipt(sim, *URGENT, "first")
    (person,) = sim.people.values()
    go(sim, person, "_resume", "all", *ABOUT)
    assert simulated.place(sim, person).step == "handoff.consent"
    go(sim, person, "handoff.consent:yes")
    assert len(simulated.leads_of(sim, person)) == 2


def test_who_stops_the_help_is_not_reminded_of_the_rest(store: Store) -> None:
    sim = simulated.simulator(store)
    receipt(sim, *URGENT, "first")
    (person,) = sim.people.values()
    (lead,) = simulated.leads_of(sim, person)
    place = simulated.place(sim, person)
    assert place.left is not None
    sim.hear(person, StopHelpTap(lead.token, place.revision, sure=True))
    assert simulated.place(sim, person).left is None


def test_who_was_offered_no_more_has_no_button_for_it(store: Store) -> None:
    sim = simulated.simulator(store)
    receipt(sim, *CUT_OFF, "all")
    (person,) = sim.people.values()
    labels = [each.text for row in person.card.buttons for each in row]
    assert CONTENT.words.phrase("nl", "nav.more") not in labels
