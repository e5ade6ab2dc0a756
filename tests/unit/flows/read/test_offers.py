"""What an offer takes over from the one that it is `like`."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.model.chart import Offer, Outcome
from flows.texts.offers import offer_words, warn_words
from tests.unit.flows.small import Small

MENU = "charts/menu.toml"
BILLS = """
[offer.bills]
row = "M2"
if.worries = ["cold", "bills"]"""


def offers(small: Small, more: str) -> dict[str, Offer]:
    small.change(MENU, BILLS, f'\n[offer.other]\nlike = "bills"\nif.worries = "bills"\n{more}{BILLS}')
    small.change(MENU, 'say = "Iemand helpt je."', 'say = "Iemand helpt je."\nurgent = true\nwarn = "Bel eerst."')
    small.change(MENU, 'offers = ["bills"]', 'offers = ["other", "bills"]')
    step = small.read().charts.steps["menu.help"]
    assert isinstance(step, Outcome)
    return {each.id: each for each in step.offers}


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_what_it_does_not_say_itself_is_taken_over_with_the_warning_and_its_translation(small: Small) -> None:
    found = offers(small, "")
    other, bills = found["menu.offer.other"], found["menu.offer.bills"]
    assert (other.to, other.topic, other.urgent) == (bills.to, bills.topic, True)
    assert warn_words(other) == warn_words(bills) == ("menu.offer.bills.warn", "Bel eerst.")
    wijk = small.read().wijken[0]
    assert offer_words(wijk, other) == offer_words(wijk, bills)


def test_its_conditions_are_its_own(small: Small) -> None:
    found = offers(small, "")
    assert found["menu.offer.other"].when.answered == {"menu.worries": ("bills",)}
    assert found["menu.offer.bills"].when.answered == {"menu.worries": ("cold", "bills")}


def test_a_warning_of_its_own_is_read_instead(small: Small) -> None:
    other = offers(small, 'warn = "Wacht."\n')["menu.offer.other"]
    assert warn_words(other) == ("menu.offer.other.warn", "Wacht.")


def test_a_warning_is_taken_away_with_an_empty_one(small: Small) -> None:
    assert offers(small, 'warn = ""\n')["menu.offer.other"].warn == ""
