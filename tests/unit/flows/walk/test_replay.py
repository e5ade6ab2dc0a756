"""What one person notices when the toy charts change while they stand in them, one rule at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.model.effects import Erase, Overlay, Refer, Show
from flows.model.heard import ChartTap, Contact, Heard, Media, Text
from flows.model.names import DANGER, MENU, WELCOME
from flows.model.place import TYPED, Given, Place
from flows.walk import advice
from flows.walk.arrows import ALL, NEXT
from flows.walk.facts import recall
from flows.walk.walk import Walk
from flows.walk.way_back import here
from tests.unit.flows import toys
from tests.unit.flows.toys import Pawn

CHANGED = Show("notices.changed")
TO_WORDS = ("begin", "+cold", NEXT, "rent", "often")
TO_CONSENT = (*TO_WORDS, "skip", "no", ALL, "shown")


@pytest.fixture
def pawn(tmp_path: Path) -> Pawn:
    return Pawn(Walk(toys.charts(tmp_path), toys.ALARM), toys.wijk())


def rework(pawn: Pawn, folder: Path, **changes: tuple[str, str]) -> None:
    """From now on these words stand in the toys instead: chart=(old, new)."""
    files = {"menu": toys.MENU, "danger": toys.DANGER, "toy": toys.TOY, "give": toys.GIVE}
    for chart, (old, new) in changes.items():
        assert old in files[chart]
        files[chart] = files[chart].replace(old, new)
    pawn.walk = Walk(toys.charts(folder, **files), toys.ALARM)


NO_RENT = {"toy": ("answers.rent =", "answers.flat =")}
"""The answer `rent` to `toy.home` is gone."""

NO_WORDS = {"toy": ('go = "words"', 'go = "phone"')}
"""Nothing leads to `toy.words` any more."""


def test_a_question_that_lost_the_answer_is_asked_again_and_then_the_walk_is_back_where_it_was(
    pawn: Pawn, tmp_path: Path
) -> None:
    before = pawn.go(*TO_WORDS)
    rework(pawn, tmp_path, **NO_RENT)
    assert pawn.tap("skip") == (CHANGED,)
    kept = (Given("toy.cold", ("often",)),)
    assert (pawn.at.step, pawn.at.revision, pawn.at.kept) == ("toy.home", before.revision + 1, kept)
    pawn.tap("flat")
    assert pawn.at.step == "toy.words", "what was answered in between is not asked again"
    assert (pawn.at.trail[-1], pawn.at.kept) == (Given("toy.cold", ("often",)), ())


def test_what_is_kept_survives_the_store_and_back_and_is_gone_after_the_menu(pawn: Pawn, tmp_path: Path) -> None:
    pawn.go(*TO_WORDS)
    rework(pawn, tmp_path, **NO_RENT)
    pawn.tap("skip")
    assert Place.from_dict(pawn.at.to_dict()) == pawn.at
    pawn.tap("_back")
    assert (pawn.at.step, pawn.at.kept) == ("menu.worries", (Given("toy.cold", ("often",)),))
    pawn.tap("_menu")
    assert (pawn.at.step, pawn.at.kept) == (MENU, ())


def test_of_several_answers_those_that_are_left_still_count(pawn: Pawn, tmp_path: Path) -> None:
    pawn.go("begin", "+cold", "+bills", NEXT, "own")
    rework(pawn, tmp_path, menu=("answers.bills =", "answers.debts ="))
    assert pawn.tap("often") == (Show(),)
    assert pawn.at.trail[1] == Given("menu.worries", ("cold",))


def test_a_tick_on_an_answer_that_is_gone_is_dropped_and_the_others_stay(pawn: Pawn, tmp_path: Path) -> None:
    pawn.go("begin", "+cold", "+bills")
    rework(pawn, tmp_path, menu=("answers.bills =", "answers.debts ="))
    assert pawn.tap(NEXT) == (Show(),)
    assert pawn.at.trail[-1] == Given("menu.worries", ("cold",))


def test_an_arrow_that_leads_elsewhere_now_moves_nobody_who_passed_it(pawn: Pawn, tmp_path: Path) -> None:
    before = pawn.go(*TO_WORDS)
    rework(pawn, tmp_path, **NO_WORDS)
    assert pawn.tap("skip") == (Show(),)
    assert pawn.at.trail[: len(before.trail)] == before.trail


def gone(pawn: Pawn, folder: Path) -> Place:
    """Somebody stands at `toy.words`, and that is now another step, `toy.talk`."""
    before = pawn.go(*TO_WORDS)
    files = {"menu": toys.MENU, "danger": toys.DANGER, "give": toys.GIVE}
    text = toys.TOY.replace("[words]", "[talk]").replace('go = "words"', 'go = "talk"')
    pawn.walk = Walk(toys.charts(folder, **files, toy=text), toys.ALARM)
    return before


@pytest.mark.parametrize(
    "heard",
    [
        Text("graag 's avonds"),
        Contact("+31600000001", own=True),
        Media("photo"),
        ChartTap("toy.words", "skip", 4),
        ChartTap("toy.words", "_back", 4),
        ChartTap("toy.words", "_stay", 0),
        ChartTap("toy.talk", "skip", 4),
        ChartTap("toy.cold", "often", 3),
    ],
)
def test_what_was_meant_for_the_question_that_is_gone_is_never_booked_on_another(
    pawn: Pawn, tmp_path: Path, heard: Heard
) -> None:
    before = gone(pawn, tmp_path)
    assert before.revision == 4
    assert pawn.hear(heard) == (CHANGED,)
    assert pawn.place == replace(before, step="toy.talk", revision=before.revision + 1)


def test_danger_comes_before_any_word_about_changes_and_they_are_told_afterwards(pawn: Pawn, tmp_path: Path) -> None:
    before = gone(pawn, tmp_path)
    assert pawn.type("ik ruik gas") == (Overlay(DANGER, "danger.gas", ("nl",)),)
    assert pawn.hear(Media("photo", "ik ruik gas")) == (Overlay(DANGER, "danger.gas", ("nl",)),)
    assert pawn.tap("_danger") == (Overlay(DANGER),)
    assert pawn.type("/gevaar") == (Overlay(DANGER),)
    assert pawn.place == before
    assert pawn.tap("skip") == (CHANGED,)


def test_language_help_and_erasing_work_all_the_same(pawn: Pawn, tmp_path: Path) -> None:
    before = gone(pawn, tmp_path)
    assert pawn.tap("_language") == (Overlay("language"),)
    assert pawn.type("/hulp") == (Overlay("help"),)
    assert pawn.place == before
    assert pawn.tap("ar", step="language") == (CHANGED,)
    assert pawn.at.language == "ar"


def test_erasing_needs_no_other_tap(pawn: Pawn, tmp_path: Path) -> None:
    gone(pawn, tmp_path)
    assert pawn.tap("yes", step="erase") == (Erase(),)


def test_a_person_to_talk_to_is_named_first_and_then_they_are_told(pawn: Pawn, tmp_path: Path) -> None:
    gone(pawn, tmp_path)
    assert pawn.tap("_person") == (Overlay("person"), CHANGED)


@pytest.mark.parametrize("way", ["/menu", "_menu"])
def test_the_menu_opens_and_they_are_told_when_they_come_back(pawn: Pawn, tmp_path: Path, way: str) -> None:
    before = gone(pawn, tmp_path)
    assert (pawn.type(way) if way[0] == "/" else pawn.tap(way)) == (Show(),)
    assert (pawn.at.step, pawn.at.left) == (MENU, here(before))
    assert pawn.tap("_resume") == (CHANGED,)
    assert (pawn.at.step, pawn.at.trail) == ("toy.talk", before.trail)


def test_of_whom_nothing_is_left_is_told_that_they_begin_again(pawn: Pawn) -> None:
    pawn.place = Place("toy.gone", (Given("toy.lost", ("x",)),), revision=3, language="ar", about=7)
    assert pawn.type("hallo") == (Show("notices.begin_again"),)
    assert pawn.place == Place(WELCOME, revision=4, language="ar")


WAS = {"toy": ("[words]\n", '[words]\nwas = ["chat", "give.talk"]\n')}


@pytest.mark.parametrize("old", ["toy.chat", "give.talk"])
def test_under_an_earlier_name_nothing_changed_not_even_the_buttons(pawn: Pawn, tmp_path: Path, old: str) -> None:
    before = pawn.go(*TO_WORDS)
    rework(pawn, tmp_path, **WAS)
    pawn.place = replace(before, step=old)
    assert pawn.tap("skip", step=old) == (Show(),)
    assert (pawn.at.step, pawn.at.trail[-1]) == ("toy.phone", Given("toy.words", ("skip",)))
    pawn.place = replace(pawn.at, trail=(*before.trail, Given(old, (TYPED,), "hoi")))
    assert pawn.tap("_back") == (Show(),)
    assert pawn.at.step == "toy.words"


def test_an_earlier_answer_is_the_same_answer(pawn: Pawn, tmp_path: Path) -> None:
    pawn.go("begin", "+bills")
    rework(pawn, tmp_path, menu=('{ text = "Rekeningen"', '{ was = "debts", text = "Rekeningen"'))
    pawn.place = replace(pawn.at, picked=("debts",))
    assert pawn.tap("-debts") == (Show(),)
    assert pawn.at.picked == ()
    pawn.tap("+debts")
    pawn.tap(NEXT)
    assert pawn.at.trail[-1] == Given("menu.worries", ("bills",))


def test_a_yes_is_never_used_again_for_something_that_was_not_shown(pawn: Pawn, tmp_path: Path) -> None:
    pawn.go(*TO_CONSENT)
    pawn.tap("yes", mark=mark(pawn))
    assert pawn.at.step == "give.consent"
    rework(pawn, tmp_path, **NO_RENT)
    assert pawn.tap("no") == (CHANGED,)
    assert pawn.at.step == "toy.home"
    assert [each.step for each in pawn.at.kept] == ["toy.cold", "toy.words", "toy.phone", "give.name"]
    pawn.tap("flat")
    assert pawn.at.step == "toy.help", "what can be done is shown again, because the answers are others"
    pawn.tap(ALL)
    assert pawn.at.step == "give.consent", "the name is not asked again, the yes is"


def test_nothing_is_handed_over_because_a_card_was_taken_away(pawn: Pawn) -> None:
    pawn.go(*TO_CONSENT)
    pawn.tap("yes", mark=mark(pawn))
    pawn.place = replace(pawn.at, step="give.second_card")
    assert pawn.tap("yes") == (CHANGED,)
    assert pawn.at.step == "give.consent"
    effects = pawn.tap("yes", mark=mark(pawn))
    assert [type(each) for each in effects] == [Refer, Show]


def mark(pawn: Pawn) -> str:
    """The mark that the consent card of this place carries now."""
    memory = recall(pawn.walk.charts, pawn.wijk, pawn.at.trail)
    packet = advice.packet(memory, pawn.at.language or "")
    assert packet is not None
    return advice.fingerprint(packet)
