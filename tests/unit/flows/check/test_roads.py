"""The check walks the charts: a road without help, a worry that is not heard, and an offer out of reach are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.flows.small import Small

MENU = "charts/menu.toml"


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Small content in which the help at the end has no tips, so that only an offer is help."""
    found = Small(tmp_path)
    found.change(MENU, "tips = true\n", "")
    found.write("tips.toml", "")
    return found


def more(small: Small, conditions: str) -> None:
    """Add an offer after the first one."""
    words = 'row = "X1"\nto = "fallback_person"\ntopic = "bills"\nsay = "Een mens helpt je."'
    small.change(MENU, 'offers = ["bills"]', 'offers = ["bills", "more"]')
    small.change(MENU, "[offer.bills]", f"[offer.more]\n{words}\n{conditions}\n\n[offer.bills]")


def test_small_content_is_in_order(small: Small) -> None:
    assert small.faults() == []


def test_an_answer_after_which_no_offer_counts_is_named(small: Small) -> None:
    small.change(
        MENU, 'if.worries = ["cold", "bills"]', 'if.worries = ["cold", "bills"]\nunless = { if.home = "rent" }'
    )
    assert 'menu.toml [home]: answer "rent" leads to no help: no offer counts at menu.help' in small.faults()


def test_a_worry_that_nothing_asks_for_is_named(small: Small) -> None:
    small.change(MENU, 'if.worries = ["cold", "bills"]', 'if.worries = "cold"')
    assert 'menu.toml [worries]: answer "bills": no crossroads and no offer asks for it' in small.faults()


def test_a_worry_that_counts_only_when_it_stands_alone_is_asked_for(small: Small) -> None:
    small.change(MENU, 'if.worries = ["cold", "bills"]', 'any = [{ if.worries = "cold" }, { only.worries = "bills" }]')
    assert small.faults() == []


def test_an_offer_whose_conditions_never_hold_together_is_named(small: Small) -> None:
    more(small, 'only.worries = "cold"\nif.worries = "bills"')
    assert small.faults() == ["menu.toml [offer.more]: no road leads to this: its conditions never hold together"]


def test_an_offer_that_only_a_fund_that_is_closed_now_makes_count_is_in_reach(small: Small) -> None:
    more(small, 'fact = "energiefonds_open"')
    assert small.faults() == []


def test_an_offer_behind_another_one_that_always_counts_too_is_named(small: Small) -> None:
    more(small, 'if.worries = "cold"\nif.home = "rent"')
    small.change(MENU, 'to = "fallback_person"', 'to = "money_desk"')
    assert small.faults() == [
        "menu.toml [offer.more]: nobody reads this: offer.bills stands above it and always counts too"
    ]


@pytest.mark.parametrize("own", ['warn = "Wacht met kopen."', "urgent = true", "own_yes = true"])
def test_an_offer_that_says_something_of_its_own_is_not_hidden(small: Small, own: str) -> None:
    more(small, f'if.worries = "cold"\nif.home = "rent"\n{own}')
    small.change(MENU, 'to = "fallback_person"', 'to = "money_desk"')
    assert small.faults() == []


def test_a_short_way_around_the_first_question_that_leads_to_no_help_is_named(small: Small) -> None:
    small.change(
        MENU,
        'answers.begin = { text = "Begin", go = "worries" }',
        'answers.begin = { text = "Begin", go = "worries" }\nanswers.now = { text = "Nu", go = "home" }',
    )
    assert 'menu.toml [home]: answer "rent" leads to no help: no offer counts at menu.help' in small.faults()
