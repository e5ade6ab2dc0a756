"""*Waarom dit?* names the answers that weighed most for an offer, and never one that argues against it."""

from __future__ import annotations

import pytest

from bot.screens.resident.ends.why import MOST, reasons, why_card
from flows.model.chart import Condition, Offer, Outcome
from flows.model.place import Given, Place
from flows.texts.lines import lines
from flows.walk.facts import recall
from tests import walks
from tests.simulated import CONTENT

PAYING, WARM = "referral.paying", "referral.warm"
BOTH = Condition(answered={PAYING: ("not_always", "behind", "unknown"), WARM: ("often", "off_money", "unknown")})


def told(when: Condition, **answers: str) -> list[str]:
    """Return the reasons for an offer with this condition after these answers in the chart of worries."""
    trail = tuple(Given(f"referral.{step}", (answer,)) for step, answer in answers.items())
    offer = Offer("advice.offer.x", "M2", ("money_desk",), "Iemand komt.", "bills", when=when)
    memory = recall(CONTENT.charts, CONTENT.wijk, trail)
    return reasons(CONTENT, memory, Outcome("advice.x", "", (offer,)), offer, "nl")


def test_the_answers_that_the_offer_asks_for_are_named_and_no_others() -> None:
    found = told(BOTH, paying="not_always", fragile="yes", warm="often")
    assert found == ["betalen lukt niet altijd", "vaak koud"]
    assert len(found) <= MOST


def test_an_answer_that_argues_against_the_offer_is_not_named() -> None:
    assert told(BOTH, paying="not_always", warm="yes") == ["betalen lukt niet altijd"]


def test_not_knowing_is_no_reason() -> None:
    assert told(BOTH, paying="unknown", warm="unknown") == []


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_one_sentence_per_helper_stays_short_for_the_people_of_the_self_check(language: str) -> None:
    wijk = walks.wijk_of(CONTENT)
    for persona in walks.PERSONAS:
        place = walks.arrived(walks.checked(CONTENT, persona["answers"], wijk, language))
        step = CONTENT.charts.steps[place.step]
        assert isinstance(step, Outcome)
        card = why_card(CONTENT, walks.memory_of(CONTENT, place, wijk), step, Place(place.step, language=language))
        *sentences, _choose = card.text.split("\n\n")
        assert all(lines(each) <= 4 for each in sentences), persona["who"]
