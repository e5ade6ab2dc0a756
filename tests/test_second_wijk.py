"""A wijk is a folder: a made-up one with other partners, a service that nobody offers and two languages just works.

Nothing of it stands in a chart or in `locale/`; nothing of the first wijk is ever read there.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.content.chores.commands import NOT_READY, check_command, draw_command
from bot.content.chores.translate import words_command
from bot.content.loaded import Content, load_content
from bot.screens.resident.cards import Cards
from bot.screens.resident.overlays import Overlays
from flows.model.wijk import COORDINATOR, Wijk
from tests import walks
from tests.script import NOW
from tests.walks import PERSONAS, SITUATIONS

FOLDER = Path(__file__).parent / "wijken" / "waterhoek"
WALKED = [each for each in SITUATIONS if ("worries" in each or "door" in each) and "state" not in each]


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(str(FOLDER))


def strange(wijk: Wijk) -> re.Pattern[str]:
    """Match every name of the first wijk that the second one does not have."""
    first = load_content("smitsveen").wijk
    names = [first.name, first.municipality, *(place.name for place in first.places.values())]
    names += [each.name.removeprefix("de ") for each in first.partners.values()]
    own = f"{wijk.name} {[each.name for each in wijk.partners.values()]}"
    return re.compile("|".join(re.escape(name) for name in names if name not in own))


def test_its_check_finds_nothing_and_says_what_nobody_offers(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_command(only=str(FOLDER), ready=True) == NOT_READY
    told = capsys.readouterr().out
    assert "services.dutch_lessons" in told
    assert "nobody does this here" in told
    assert "2 languages" in told


def test_its_words_are_whole_and_lie_in_its_own_folder() -> None:
    assert words_command(True, only=str(FOLDER)) == 0


def test_its_charts_are_drawn_with_its_own_names(tmp_path: Path, content: Content) -> None:
    assert draw_command(False, drawn=tmp_path, only=str(FOLDER)) == 0
    pages = {path.name: path.read_text("utf-8") for path in (tmp_path / "waterhoek").glob("*.md")}
    assert "Het Geldhuis" in pages["advice.nl.md"]
    assert "de coördinator" in pages["advice.nl.md"], "who gives lessons of Dutch"
    assert "advice.ar.md" not in pages
    assert not strange(content.wijk).search("\n".join(pages.values()))
    assert draw_command(True, drawn=tmp_path, only=str(FOLDER)) == 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_nobody_reads_a_name_of_another_wijk_or_an_empty_field(content: Content, language: str) -> None:
    wijk, foreign, drawn = walks.wijk_of(content), strange(content.wijk), Cards(content)
    places = [place for each in WALKED for place in walks.visited(content, each, wijk, language)]
    places += [place for each in PERSONAS for place in walks.checked(content, each["answers"], wijk, language)]
    for place in dict.fromkeys(places):
        card = drawn.of(place, wijk, name="Fatma", now=NOW)
        shown = "\n".join([card.text, *(button.text for row in card.choices for button in row)])
        assert not foreign.search(shown), f"{place.step}: {shown}"
        assert not re.search(r"[{}]|None", shown), f"{place.step}: {shown}"
    for name in content.charts.steps:
        if name.startswith("danger."):
            said = Overlays(content).danger(name, places[0], language).text
            assert not re.search(r"[{}]|None", said)
            assert not foreign.search(said)


@pytest.mark.parametrize("situation", [each for each in WALKED if each["to"]], ids=walks.who)
def test_everybody_is_helped_by_somebody_of_this_wijk(content: Content, situation: dict[str, object]) -> None:
    wijk = walks.wijk_of(content)
    place = walks.arrived(walks.visited(content, situation, wijk))
    found = walks.partners(walks.advised(content, place, wijk))
    assert found
    assert set(found) <= {*wijk.partners, COORDINATOR}
