"""Transcripts are tests: the people's lines go through the real `handle`; everything else must come out the same.

`make scripts` rewrites them after a deliberate change; the diff is the review.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.content.loaded import Content, load_content
from db.store import Store
from tests import script
from tests.simulated import CONTENT

FOLDER = Path(__file__).parent / "conversations"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
ELSEWHERE = Path(__file__).parent / "wijken" / "waterhoek"
"""A made-up wijk: a folder, and nothing else."""
ON_POSTGRESQL = ("combined_visit", "erased", "talking_through_the_bot", "withdrawn", "in_arabic")
REWRITE = os.environ.get("KOPPELKANS_SCRIPTS") == "rewrite"


@pytest.fixture(scope="module")
def content() -> Content:
    return CONTENT


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_conversation_goes_as_it_is_written(path: Path, content: Content, store: Store) -> None:
    written = path.read_text("utf-8")
    played = script.play(written, content, store)
    if REWRITE:
        path.write_text(played, "utf-8")
    else:
        assert played == written


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_some_conversations_go_the_same_on_postgresql(name: str, content: Content, store: Store) -> None:
    written = (FOLDER / f"{name}.txt").read_text("utf-8")
    assert script.play(written, content, store) == written


@pytest.fixture(scope="module")
def elsewhere() -> Content:
    return load_content(str(ELSEWHERE))


@pytest.mark.parametrize("path", sorted(ELSEWHERE.glob("conversations/*.txt")), ids=lambda path: path.stem)
def test_the_conversation_in_another_wijk_goes_as_it_is_written(path: Path, elsewhere: Content, store: Store) -> None:
    test_the_conversation_goes_as_it_is_written(path, elsewhere, store)


def test_there_are_enough_conversations() -> None:
    assert len(TRANSCRIPTS) >= 14
    assert len([*ELSEWHERE.glob("conversations/*.txt")]) >= 10


def test_a_line_that_nobody_can_say_is_refused() -> None:
    with pytest.raises(ValueError, match="not a line of a transcript"):
        script.read("* resident is Fatma\n\nresident [Begin]\n")
    with pytest.raises(ValueError, match="who is partner"):
        script.read("* resident is Fatma\n\npartner  [Begin]\n")


def test_a_changed_answer_of_the_bot_is_seen(content: Content, store: Store) -> None:
    written = "# Hallo\n* resident is Fatma\n\nresident  /start\nbot → resident\n    Something else\n"
    assert script.play(written, content, store) != written


def test_a_button_that_is_not_there_is_named(content: Content, store: Store) -> None:
    with pytest.raises(LookupError, match="Nergens"):
        script.play("* resident is Fatma\n\nresident  /start\n\nresident  [Nergens]\n", content, store)
