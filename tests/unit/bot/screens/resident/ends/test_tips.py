"""The tips are a card of their own, two at once, and all of them can be reached."""

from __future__ import annotations

from bot.screens.resident.ends.tips import PAGE, tip_lines, tips_card
from flows.model.heard import ChartTap
from flows.model.names import BEHIND
from flows.texts.lines import lines
from flows.walk.tips import MOST
from tests import walks
from tests.simulated import CONTENT


def test_every_tip_is_read_within_as_many_cards_as_there_are_pages() -> None:
    wijk = walks.wijk_of(CONTENT)
    for persona in walks.PERSONAS:
        place = walks.arrived(walks.checked(CONTENT, persona["answers"], wijk))
        memory = walks.memory_of(CONTENT, place, wijk)
        tips, read = tip_lines(CONTENT, memory, "nl"), []
        for page in range(1, -(-MOST // PAGE) + 1):
            card = tips_card(CONTENT, memory, place, page)
            assert lines(card.text) <= 16
            read += card.text.split("\n\n")[1:]
            taps = [each.tap.answer for row in card.choices for each in row if isinstance(each.tap, ChartTap)]
            assert ("_stay" in taps, f"_tips_{page + 1}" in taps) == (True, bool(tips[page * PAGE :]))
        assert read == tips


def test_each_page_of_tips_has_a_button_that_the_walk_knows() -> None:
    assert {f"tips_{page}" for page in range(2, -(-MOST // PAGE) + 1)} <= set(BEHIND)
