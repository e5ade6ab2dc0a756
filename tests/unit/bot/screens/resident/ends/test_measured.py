"""Every kind of card is met on many walks, in every language, and fits a small phone."""

from __future__ import annotations

import pytest

from bot.screens.resident.ends.measured import NOON, SOME, cards_of, some_cards
from flows.check.lines import CARDS, MORE_ROWS, ROWS, SEVERAL, Shown, figures, too_long
from flows.model.chart import Question
from flows.model.names import MENU
from tests.simulated import CONTENT


def test_a_check_meets_every_kind_of_card_in_every_language_and_always_the_same() -> None:
    cards = list(some_cards(CONTENT))
    assert {(each.kind, each.language) for each in cards} == {
        (k, each) for k in CARDS for each in CONTENT.wijk.languages
    }
    assert cards == list(some_cards(CONTENT))
    assert not list(too_long(cards))


@pytest.mark.slow
def test_many_more_walks_meet_no_card_that_is_too_long() -> None:
    cards = list(cards_of(CONTENT, range(1000, 1000 + 4 * SOME), NOON))
    assert not list(too_long(cards))


def test_a_card_that_is_too_long_or_has_too_many_rows_is_named_with_its_worst() -> None:
    def card(count: int, rows: int = 1, kind: str = "end") -> Shown:
        return Shown(kind, "advice.help", "nl", "\n".join(["Ja."] * count), rows)

    most = CARDS["end"]
    assert not list(too_long([card(most, ROWS)]))
    (long,) = too_long([card(most + 1), card(most + 3), card(2)])
    assert str(long) == f"advice.toml [help]: the card (end) gets {most + 3} lines in nl, at most {most}"
    (high,) = too_long([card(1, ROWS + 1)])
    assert f"{ROWS + 1} rows of buttons in nl" in str(high)
    for kind in CARDS:
        assert list(too_long([card(99, kind=kind)])), kind


def test_a_question_with_several_answers_and_the_first_question_may_have_more_rows() -> None:
    def rows(count: int, name: str, kind: str = SEVERAL) -> list[str]:
        return [str(each) for each in too_long([Shown(kind, name, "nl", "Ja?", count)])]

    assert not rows(MORE_ROWS[SEVERAL], "referral.urgent")
    assert rows(MORE_ROWS[SEVERAL] + 1, "referral.urgent")
    assert rows(MORE_ROWS[SEVERAL], "referral.urgent", "question")
    assert not rows(MORE_ROWS[MENU], MENU)
    assert rows(MORE_ROWS[MENU] + 1, MENU)


def test_a_question_that_no_walk_meets_is_measured_too() -> None:
    cards = list(cards_of(CONTENT, range(1), NOON))
    questions = {name for name, step in CONTENT.charts.steps.items() if isinstance(step, Question)}
    assert questions <= {each.name for each in cards if each.language == "ar"}


def test_the_figures_tell_the_middle_and_the_most_of_each_kind() -> None:
    def card(count: int) -> Shown:
        return Shown("end", "advice.help", "nl", "\n".join(["Ja."] * count), count)

    assert list(figures([card(3), card(5), card(11)]))[2:] == [f"| end | nl | 3 | 5 | 11 | {CARDS['end']} | 11 |"]
