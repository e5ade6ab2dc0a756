"""How a card is drawn: rows of buttons in both directions, what buttons carry, and what stands on every card."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.content.loaded import Content
from bot.leads.packet import answer_line
from bot.messages.card import WIDE, Choice, arranged
from bot.messages.message import Button
from bot.screens.resident.cards import Cards
from flows.model.heard import NoTap
from flows.model.place import TYPED, Given, Left, Place
from tests import walks
from tests.simulated import CONTENT, laid

NOW = datetime(2026, 11, 25, 13, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def content() -> Content:
    return CONTENT


@pytest.fixture(scope="module")
def cards(content: Content) -> Cards:
    return Cards(content)


def rows(*texts: str, rtl: bool = False, wide: int = WIDE) -> list[list[str]]:
    """The labels of the rows in which these labels are laid."""
    shown = arranged([Choice(text, NoTap()) for text in texts], rtl=rtl, wide=wide)
    return [[button.text for button in row] for row in shown]


def labels(card_rows: tuple[tuple[Button, ...], ...]) -> list[str]:
    return [button.text for row in card_rows for button in row]


# ---------------------------------------------------------------- rows


def test_two_short_buttons_share_a_row() -> None:
    assert rows("Ja", "Nee", "Weet ik niet") == [["Ja", "Nee"], ["Weet ik niet"]]


def test_a_long_button_has_a_row_of_its_own_and_the_order_stays() -> None:
    long = "x" * (WIDE + 1)
    assert rows("Ja", long, "Nee", "Misschien") == [["Ja"], [long], ["Nee", "Misschien"]]
    assert rows(long, "Ja") == [[long], ["Ja"]]
    assert rows("x" * WIDE, "Ja") == [["x" * WIDE, "Ja"]]


def test_where_rows_are_scarce_a_short_button_waits_for_the_next_short_one() -> None:
    long = "x" * (WIDE + 1)
    shown = arranged([Choice(text, NoTap()) for text in ("Ja", long, "Nee", long)], rtl=False, waits=True)
    assert [[button.text for button in row] for row in shown] == [[long], ["Ja", "Nee"], [long]]


def test_rows_of_two_are_turned_round_from_right_to_left() -> None:
    """Telegram does not mirror a keyboard, so the first answer must be laid on the right."""
    assert rows("أ", "ب", "ت", rtl=True) == [["ب", "أ"], ["ت"]]


def test_nothing_is_lost_in_either_direction() -> None:
    texts = ["Ja", "Net", "Niet altijd", "Ik loop achter met alles", "Weet ik niet"]
    for rtl in (False, True):
        assert sorted(label for row in rows(*texts, rtl=rtl) for label in row) == sorted(texts)


def test_no_buttons_give_no_rows() -> None:
    assert arranged([], rtl=True) == ()


# ---------------------------------------------------------------- cards


def test_without_a_language_there_is_a_list_of_them_with_the_apps_own_first(content: Content, cards: Cards) -> None:
    place = Place("menu.welcome")
    plain = cards.of(place, content.wijk, now=NOW)
    hinted = cards.languages(place, content.wijk, "ar")
    assert labels(laid(plain))[:3] == ["Nederlands", "العربية", "English"]
    assert labels(laid(hinted))[:3] == ["العربية", "Nederlands", "English"]
    assert hinted.text.startswith(content.words.phrase("ar", "overlays.choose_language"))


def test_ticked_answers_are_marked_and_their_button_unticks(content: Content, cards: Cards) -> None:
    card = cards.of(Place("menu.worries", picked=("cold",), revision=3, language="nl"), content.wijk, now=NOW)
    found = {button.data: button.text for row in laid(card) for button in row}
    assert found["menu.worries:-cold:3"] == "✓ 🌡️ Kou in huis"
    assert found["menu.worries:+bills:3"] == "💶 Rekeningen"
    assert found["menu.worries:_next:3"] == "Verder ▶"


def test_ways_to_move_stand_on_every_card_and_back_only_where_there_is_a_way_back(
    content: Content, cards: Cards
) -> None:
    first = cards.of(Place("referral.paying", language="nl"), content.wijk, now=NOW)
    later = cards.of(
        Place("referral.paying", trail=(Given("menu.worries", ("bills",)),), language="nl"), content.wijk, now=NOW
    )
    assert "◀ Terug" not in labels(laid(first))
    assert labels(laid(later))[-5:] == ["◀ Terug", "☰ Menu", "🚪 Weg", "🌐 Taal", "🆘 Gevaar"]


def test_the_menu_shows_where_somebody_was(content: Content, cards: Cards) -> None:
    place = Place("menu.worries", language="nl", left=Left("referral.paying", (Given("menu.worries", ("bills",)),)))
    assert "▶ Verder waar je was" in labels(laid(cards.of(place, content.wijk, now=NOW)))


def test_a_note_stands_above_the_question(content: Content, cards: Cards) -> None:
    place = Place("handoff.words", language="nl")
    card = cards.of(place, content.wijk, note="notices.too_long", now=NOW)
    assert card.text.startswith(content.words.phrase("nl", "notices.too_long", limit=200))


def test_the_button_with_somebodys_name_is_only_there_when_the_channel_shows_one(
    content: Content, cards: Cards
) -> None:
    place = Place("handoff.name", language="nl")
    assert "Fatma" in labels(laid(cards.of(place, content.wijk, name="Fatma", now=NOW)))
    nameless = labels(laid(cards.of(place, content.wijk, now=NOW)))
    assert nameless[0] == "Liever geen naam"


def test_arabic_cards_are_laid_from_right_to_left(content: Content, cards: Cards) -> None:
    place = Place("referral.children", language="ar")
    turned = laid(cards.of(place, content.wijk, now=NOW), "ar")
    plain = laid(cards.of(Place("referral.children", language="nl"), content.wijk, now=NOW))
    yes, no = "referral.children:yes:0", "referral.children:no:0"
    assert [button.data for button in plain[0]] == [yes, no]
    assert [button.data for button in turned[0]] == [no, yes]


def consent_card(content: Content, cards: Cards, words: str = "") -> tuple[str, str]:
    """The text of a first consent card, and what its yes carries."""
    wijk = walks.wijk_of(content)
    situation = {"worries": ["letter"], "answers": {"letter": "money", "letter_date": "none"}}
    place = walks.arrived(walks.visited(content, situation, wijk))
    place = next(each for each in walks.handed_over(content, wijk, place) if each.step == "handoff.consent")
    if words:
        trail = tuple(
            Given(each.step, (TYPED,), words) if each.step == "handoff.words" else each for each in place.trail
        )
        place = Place(place.step, trail, revision=place.revision, language="nl")
    card = cards.of(place, wijk, name="Fatma", now=NOW)
    return card.text, next(b.data for row in laid(card) for b in row if ":yes:" in b.data)


def test_the_yes_of_a_consent_card_carries_the_mark_of_what_is_shown(content: Content, cards: Cards) -> None:
    text, yes = consent_card(content, cards)
    other_text, other_yes = consent_card(content, cards, "graag snel")
    assert text != other_text
    assert yes.rpartition(":")[2] != other_yes.rpartition(":")[2]
    assert yes == consent_card(content, cards)[1]


def test_nobody_rests_at_a_crossroads(content: Content, cards: Cards) -> None:
    with pytest.raises(ValueError, match="crossroads"):
        cards.of(Place("referral.to_bills", language="nl"), content.wijk, now=NOW)


def test_the_answer_about_a_landlord_stands_only_where_the_wijk_has_one(content: Content, cards: Cards) -> None:
    place = Place("referral.home", language="nl")
    named = labels(laid(cards.of(place, content.wijk, now=NOW)))
    assert "Huur van Portaal" in named
    without = replace(content.wijk, services={k: v for k, v in content.wijk.services.items() if k != "landlord_repair"})
    assert set(named) - set(labels(laid(cards.of(place, without, now=NOW)))) == {"Huur van Portaal"}


def test_an_answer_that_was_kept_under_its_old_name_still_reads_the_same(content: Content) -> None:
    said = answer_line(content, "referral.home", ["portaal"], "nl")
    assert said == ("Huur je, of is het huis van jou?", "Huur van Portaal")
