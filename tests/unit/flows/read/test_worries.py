"""A worry is one chart, one partner and one line in the wijk: nothing else in `flows/` has to know it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content import checks
from bot.content.files import FLOWS, Files, read_files
from bot.content.loaded import Content, load_content
from flows.model.faults import FlowError
from flows.model.names import MENU
from tests import walks

GARDEN = """
title = "Mijn tuin"
worry = "🌱 Mijn tuin"
start = "state"
progress = true
services.garden_work = "iemand die in de tuin helpt"
topics.garden = "de tuin"

[state]
ask = "Wat is er met de tuin?"
answers.wild = { text = "Hij groeit dicht", go = "next" }
answers.tree = { text = "Een boom staat scheef", go = "leaning" }
answers.unknown = { text = "Weet ik niet", go = "next" }

[leaning]
ask = "Kan de boom omvallen?"
answers.yes = { text = "Ja, misschien", go = "next" }
answers.unknown = { text = "Weet ik niet", go = "next" }

[offer.garden]
row = "J2"
if."menu.worries" = "garden"
to = "garden_work"
topic = "garden"
hand = ["state", "leaning"]
say = "Iemand uit de buurt helpt je."
"""

PARTNER = """
[tuinclub]
name = "de Tuinclub"
what = "helpt in tuinen"
person = "iemand van de Tuinclub"
does = "Een buur komt helpen in je tuin."
place = "de_plantage"
claim_days = 5
contact_days = 10
source = "GK"
checked = 2026
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All content with a ninth worry: a chart, a partner and a line in the wijk."""
    folder = tmp_path / "flows"
    shutil.copytree(FLOWS, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "charts/garden.toml").write_text(GARDEN, encoding="utf-8")
    wijk = folder / "wijken/smitsveen/wijk.toml"
    wijk.write_text(wijk.read_text("utf-8").replace("[services]", '[services]\ngarden_work = "tuinclub"', 1), "utf-8")
    partners = folder / "wijken/smitsveen/partners.toml"
    partners.write_text(partners.read_text("utf-8") + PARTNER, encoding="utf-8")
    return folder


@pytest.fixture
def content(folder: Path) -> Content:
    return load_content("smitsveen", folder)


def faults(files: Files) -> list[str]:
    wijk = files.wijken[0]
    return [str(each) for each in checks.faults(files, wijk, lambda language, context, text: text, wijk.languages)]


def test_the_check_is_content_with_a_worry_that_no_other_file_names(folder: Path) -> None:
    assert faults(read_files(folder, ("smitsveen",))) == []


def test_the_new_worry_is_a_button_its_questions_are_asked_and_its_partner_is_offered(content: Content) -> None:
    assert list(content.charts.question(MENU).answers)[-2:] == ["garden", "unknown"]
    wijk = walks.wijk_of(content)
    alone = {"worries": ["garden"], "answers": {}}
    place = walks.arrived(walks.visited(content, alone, wijk))
    assert place.step == "garden.state"
    place = walks.answered(content, wijk, place, ["tree"])
    place = walks.answered(content, wijk, place, ["yes"])
    assert walks.partners(walks.advised(content, place, wijk)) == ["tuinclub"]


def test_the_new_worry_comes_after_the_others_and_leads_back_to_them(content: Content) -> None:
    wijk = walks.wijk_of(content)
    both = {"worries": ["people", "garden"], "answers": {"people": "give"}}
    place = walks.arrived(walks.visited(content, both, wijk))
    assert place.step == "garden.state"
    place = walks.answered(content, wijk, place, ["wild"])
    assert set(walks.partners(walks.advised(content, place, wijk))) >= {"tuinclub"}
    unpicked = walks.arrived(walks.visited(content, {"worries": ["people"], "answers": {"people": "give"}}, wijk))
    assert unpicked.step == "advice.help"


def test_a_worry_without_a_stroomschema_to_join_is_a_fault(folder: Path) -> None:
    (folder / "charts/referral.toml").unlink()
    with pytest.raises(FlowError, match=r"garden\.toml: a chart with a worry needs the question menu\.worries"):
        read_files(folder, ("smitsveen",))
