"""How a text is wrapped on a small phone, and what is said of a text that is too long for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.check.lines import NUMBER, faults, unfinished
from flows.model.chart import Outcome
from flows.texts.lines import WIDTH, lines, width
from tests.simulated import CONTENT


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("Ja", 2),
        ("€100", 4),
        ("🆘 Nee", 6),
        ("⚠️", 2),
        ("👩‍👩‍👧", 6),
        ("\u2068Portaal\u2069", 7),
        ("مُدرّس", 4),
    ],
)
def test_an_emoji_takes_the_room_of_two_and_what_is_invisible_takes_none(text: str, room: int) -> None:
    assert width(text) == room


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("x" * WIDTH, 1),
        ("x" * (WIDTH + 1), 2),
        ("x" * (2 * WIDTH + 1), 3),
        (f"{'x' * (WIDTH - 3)} ja", 1),
        (f"{'x' * (WIDTH - 2)} ja", 2),
        ("een\n\ntwee", 3),
    ],
)
def test_lines_are_wrapped_by_words_as_a_phone_wraps_them(text: str, count: int) -> None:
    assert lines(text) == count


def test_a_text_that_is_too_long_is_named_with_its_language_and_a_number_to_come_is_counted() -> None:
    name, step = next(
        (name, step) for name, step in CONTENT.charts.steps.items() if isinstance(step, Outcome) and step.offers
    )

    def found(say: str) -> list[str]:
        charts = replace(CONTENT.charts, steps={name: replace(step, say=say, offers=())})
        told = faults(charts, CONTENT.wijk, (), lambda _language, _context, dutch: dutch, ("nl", "ar"))
        return [str(each) for each in told]

    assert not found("\n".join(["Goed."] * 7))
    assert [each.split("]: ")[1] for each in found("\n".join(["Goed."] * 8))] == [
        "8 lines in nl, at most 7",
        "8 lines in ar, at most 7",
    ]
    assert not CONTENT.wijk.lines["food"].phone
    assert found("\n".join(["Bel {line_food}."] * 8))
    assert len(NUMBER) == len("088-1600300")


@pytest.mark.parametrize(
    ("first", "whole"),
    [
        ("Iemand komt bij je thuis.", True),
        ("Raam kapot? Dat moet snel.", True),
        ("Bel {landlord} vandaag!", True),
        ("هل البيت بارد؟", True),
        ("Iemand komt bij je thuis en helpt", False),
        ("Iemand komt bij je thuis,", False),
        ("Dit helpt:", False),
    ],
)
@pytest.mark.parametrize("language", ["nl", "ar"])
def test_the_first_line_of_an_offer_is_a_whole_sentence_in_every_language(
    first: str, whole: bool, language: str
) -> None:
    step = CONTENT.charts.steps["advice.human"]
    assert isinstance(step, Outcome)
    charts = replace(CONTENT.charts, steps={step.name: step})

    def say(spoken: str, _context: str, dutch: str) -> str:
        return f"{first}\nEn nog iets" if spoken == language else "Goed."

    told = [str(each) for each in unfinished(charts, CONTENT.wijk, say, ("nl", "ar"))]
    filled = first.replace("{landlord}", "Portaal")
    line = f"advice.toml [human]: offer.human: the first line is no whole sentence in {language}: {filled}"
    assert told == ([] if whole else [line])
