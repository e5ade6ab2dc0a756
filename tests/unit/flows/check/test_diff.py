"""What changed between two versions of the charts, and whom and what it touches; and the earlier names of `was`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.content.chores import catalogs
from bot.content.chores.commands import diff_command
from bot.content.files import read_files
from db.people import conversations
from db.people.conversations import Conversation
from db.store import Store
from flows.check.content import check
from flows.check.diff import ADDED, CHANGED, REMOVED, RENAMED, Difference, differences
from flows.model.desk import Desk
from flows.model.faults import FlowError
from flows.model.names import DOORS
from flows.model.place import Given, Place
from flows.read.charts import read_charts
from flows.texts.extract import messages
from tests.simulated import CONTENT, NOW, WIJK
from tests.unit.flows import reworked, toys
from tests.unit.flows.small import Small

FILES = {"menu": toys.MENU, "danger": toys.DANGER, "toy": toys.TOY, "give": toys.GIVE}
Changes = Mapping[str, list[tuple[str, str]]]


def written(folder: Path, **changes: list[tuple[str, str]]) -> Path:
    """A folder with charts/: the toys, with these words in place of others."""
    (folder / "charts").mkdir(parents=True)
    for name, text in FILES.items():
        for old, new in changes.get(name, []):
            assert old in text, f"{old!r} is not in {name}"
            text = text.replace(old, new)
        (folder / "charts" / f"{name}.toml").write_text(text, "utf-8")
    return folder


def changed(folder: Path, **changes: list[tuple[str, str]]) -> list[Difference]:
    """What differs between the toys and the toys with these changes."""
    folder.mkdir(exist_ok=True)
    charts = toys.charts(written(folder / "old") / "charts", **FILES)
    return differences(charts, toys.charts(written(folder / "new", **changes) / "charts", **_texts(changes)))


def _texts(changes: Changes) -> dict[str, str]:
    texts = dict(FILES)
    for name, pairs in changes.items():
        for old, new in pairs:
            texts[name] = texts[name].replace(old, new)
    return texts


SEEDS: dict[str, tuple[dict[str, list[tuple[str, str]]], list[Difference]]] = {
    "nothing": ({}, []),
    "the text of a question": (
        {"toy": [("Is het koud?", "Heb je het koud?")]},
        [Difference(CHANGED, "toy.cold", "toy.cold", ("the text of the question",))],
    ),
    "the text, the arrow and the points of an answer": (
        {"toy": [('{ text = "Ja", go = "whose", points = { home = 1 } }', '{ text = "Jawel", go = "cold" }')]},
        [Difference(
            CHANGED, "toy.home", "toy.home", ('answer "rent": the text, go: toy.whose → toy.cold, the points',)
        )],
    ),
    "what an answer answers too": (
        {"toy": [('{ text = "Ja", go = "whose", points', '{ text = "Ja", go = "whose", gives.cold = "often", points')]},
        [Difference(CHANGED, "toy.home", "toy.home", ('answer "rent": what it answers too',))],
    ),
    "an answer less and an answer more": (
        {"toy": [("answers.often", "answers.always"), ('if.cold = ["often",', 'if.cold = ["always",'),
                 ('if.cold = "often"', 'if.cold = "always"')]},
        [Difference(
            CHANGED, "toy.cold", "toy.cold", ('answer "always": added', 'answer "often": removed'), ("often",)
        ),
         Difference(CHANGED, "toy.help", "toy.help", ("offer.bills (M2, money): when it counts",
                                                      "offer.energy (E1, coach): when it counts"))],
    ),
    "the order of the answers": (
        {"toy": [('answers.rent = { text = "Ja", go = "whose", points = { home = 1 } }\n', ""),
                 ('go = "whose" }\nanswers.unknown',
                  'go = "whose" }\nanswers.rent = { text = "Ja", go = "whose", points = { home = 1 } }\n'
                  "answers.unknown")]},
        [Difference(CHANGED, "toy.home", "toy.home", ("the order of the answers",))],
    ),
    "an answer with another name that says what it was": (
        {"toy": [("answers.often = {", 'answers.always = { was = "often",'), ('"often"', '"always"'),
                 ('was = "always"', 'was = "often"')]},
        [Difference(CHANGED, "toy.cold", "toy.cold", ('answer "always": was "often"',))],
    ),
    "a step that is gone and one that is new": (
        {"toy": [("[fund]", "[money]"), ('go = "fund"', 'go = "money"')]},
        [Difference(CHANGED, "toy.whose", "toy.whose", ("way 1: changed",)),
         Difference(ADDED, "toy.money", what=(
             '"toy.fund" had the same words. Is it the same step? Then write in it: was = "toy.fund"',)),
         Difference(REMOVED, "toy.fund", "toy.fund")],
    ),
    "a step with another name that says what it was": (
        {"toy": [("[fund]", '[money]\nwas = "fund"'), ('go = "fund"', 'go = "money"')]},
        [Difference(RENAMED, "toy.money", "toy.fund")],
    ),
    "a question with another name, named in conditions and offers": (
        {"toy": [("[cold]", '[warm]\nwas = "cold"'), ('go = "cold"', 'go = "warm"'), ("if.cold", "if.warm"),
                 ('hand = ["cold"]', 'hand = ["warm"]')], "danger": [("toy.cold", "toy.warm")]},
        [Difference(RENAMED, "toy.warm", "toy.cold")],
    ),
    "an offer more and what another one shares": (
        {"toy": [('hand = ["home"]', 'hand = ["home", "cold"]\nurgent = true'), ('row = "M2"', 'row = "M3"')]},
        [Difference(CHANGED, "toy.help", "toy.help", (
            "offer.bills (M3, money): row", "offer.energy (E1, coach): urgent, what is shared",
        ))],
    ),
    "another kind of box": (
        {"toy": [('say = "Er is een fonds."', 'choose = [{ go = "cold" }]')]},
        [Difference(CHANGED, "toy.fund", "toy.fund", ("it was an outcome and is a crossroads",))],
    ),
    "what stands at the top": (
        {"toy": [('title = "Speelgoed"', 'title = "Spel"'), ("progress = true\n", "")]},
        [Difference(CHANGED, "toy", "toy", ("title: Speelgoed → Spel", "progress: true → false"))],
    ),
    "how a question takes words": (
        {"give": [("limit = 10", "limit = 20")]},
        [Difference(CHANGED, "give.name", "give.name", ("limit: 10 → 20",))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SEEDS)
def test_exactly_what_changed_is_named(tmp_path: Path, kind: str) -> None:
    changes, expected = SEEDS[kind]
    assert changed(tmp_path, **changes) == expected


def test_what_an_answer_answers_too_is_the_same_under_another_name(tmp_path: Path) -> None:
    gives = ('{ text = "Ja", go = "whose", points', '{ text = "Ja", go = "whose", gives.cold = "often", points')
    renamed = [("answers.often = {", 'answers.always = { was = "often",'), ('"often"', '"always"'),
               ('was = "always"', 'was = "often"')]  # fmt: skip
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    old = toys.charts(written(tmp_path / "old", toy=[gives]) / "charts", **_texts({"toy": [gives]}))
    new = toys.charts(written(tmp_path / "new", toy=[gives, *renamed]) / "charts", **_texts({"toy": [gives, *renamed]}))
    assert [each.step for each in differences(old, new)] == ["toy.cold"]


def test_a_new_and_a_lost_chart_are_named(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = toys.charts(tmp_path / "old", menu=toys.MENU)
    new = toys.charts(tmp_path / "new", danger=toys.DANGER)
    kinds = [(each.kind, each.step) for each in differences(old, new)]
    assert kinds[0] == (ADDED, "danger")
    assert kinds[-1] == (REMOVED, "menu")


@pytest.mark.slow
def test_of_the_real_charts_every_removed_and_every_renamed_step_is_found() -> None:
    charts = CONTENT.charts
    for name in list(charts.steps)[::7]:
        found = differences(charts, reworked.without_step(charts, name))
        assert [each.step for each in found if each.kind == REMOVED] == [name]
        renamed = reworked.renamed_steps(charts, [name], was=True)
        assert differences(charts, renamed) == [Difference(RENAMED, f"{name}_2", name)]


def test_the_languages_are_named_that_lack_a_text_whose_dutch_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = tmp_path / "locale" / "ar" / "LC_MESSAGES" / "bot.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text('msgctxt "toy.warm"\nmsgid "Is het koud?"\nmsgstr "برد؟"\n', "utf-8")
    old = written(tmp_path / "old")
    new = written(tmp_path / "new", toy=[("Is het koud?", "Heb je het koud?"), ("Huur je?", "Huur jij?")])
    assert diff_command(old, new, locale=tmp_path / "locale") == 0
    assert "ar: 2 texts to translate: toy.home, toy.cold\n" in capsys.readouterr().out
    catalog.write_text(
        catalog.read_text("utf-8") + '\nmsgctxt "toy.home"\nmsgid "Huur jij?"\nmsgstr "إيجار؟"\n', "utf-8"
    )
    assert diff_command(old, new, locale=tmp_path / "locale") == 0
    assert "ar: 1 texts to translate: toy.cold\n" in capsys.readouterr().out


def test_a_renamed_step_needs_no_new_translation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalog = tmp_path / "locale" / "ar" / "LC_MESSAGES" / "bot.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text('msgctxt "toy.fund"\nmsgid "Er is een fonds."\nmsgstr "يوجد صندوق."\n', "utf-8")
    new = written(tmp_path / "new", toy=[("[fund]", '[money]\nwas = "fund"'), ('go = "fund"', 'go = "money"')])
    assert diff_command(written(tmp_path / "old"), new, locale=tmp_path / "locale") == 0
    assert capsys.readouterr().out == "> toy.money: renamed, was toy.fund\n1 differences.\n"


def test_the_catalog_of_a_renamed_answer_keeps_its_translation(tmp_path: Path) -> None:
    new = written(tmp_path / "new", toy=[("answers.often = {", 'answers.always = { was = "often",')])
    said = list(messages(read_charts(new / "charts"), (), (), {}, Desk({}, ())))
    kept = catalogs.catalog(said, "ar", 'msgctxt "toy.cold.often"\nmsgid "Vaak"\nmsgstr "غالبًا"\n')
    assert 'msgctxt "toy.cold.always"\nmsgid "Vaak"\nmsgstr "غالبًا"\n' in kept
    assert "fuzzy" not in kept


def test_charts_that_cannot_be_read_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff_command(written(tmp_path / "old"), tmp_path / "nowhere") == 1
    assert "there is no chart in this folder" in capsys.readouterr().out


def test_whom_it_touches_is_counted_and_nobody_is_named(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    cold, home = (Given("toy.cold", ("often",)), Given("toy.home", ("rent",)))
    people = [
        Place("toy.cold", (home,), language="ar"),
        Place("toy.words", (home, cold), language="nl"),
        Place("toy.phone", (home, cold, Given("toy.words", ("skip",))), language="nl"),
        Place("toy.words", language="en"),
    ]
    with store.write() as tx:
        rows = [Conversation(f"telegram:{n}", place=place.to_dict()) for n, place in enumerate(people, start=4001)]
        conversations.save(tx, WIJK, rows, NOW)
        conversations.save(tx, "elsewhere", rows, NOW)
    new = written(tmp_path / "new", toy=[("[words]", "[talk]"), ('go = "words"', 'go = "talk"')])
    assert diff_command(written(tmp_path / "old"), new, store, [WIJK], tmp_path / "locale") == 0
    out = capsys.readouterr().out
    assert (
        "- toy.words: removed\n    2 conversations stand here (en 1, nl 1)\n    1 conversations answered here (nl 1)\n"
        in out
    )
    assert "4 open conversations: 1 go on where they are, 2 are asked something again, 1 begin anew.\n" in out
    assert "telegram" not in out


# The earlier names themselves: how they are written, and what cannot be.

MENU = "charts/menu.toml"
WAS = {
    "a name of a step that is there": (
        "[whose]", '[whose]\nwas = "home"',
        'menu.toml [whose]: was = "home" is the name of a step that is there; leave it out',
    ),
    "two steps with one earlier name": (
        "[whose]", '[island]\nwas = "old"\nchoose = [{ go = "help" }]\n\n[whose]\nwas = ["x", "old"]',
        'menu.toml [whose]: was = "old" stands at [island] as well',
    ),
    "an answer that is there": (
        'answers.rent = { text = "Ja"', 'answers.rent = { was = "own", text = "Ja"',
        'menu.toml [home]: answer "rent": was = "own" is an answer that is there; leave it out',
    ),
    "two answers with one earlier id": (
        'answers.rent = { text = "Ja", go = "whose" }\nanswers.own = { text = "Nee"',
        'answers.rent = { was = "x", text = "Ja", go = "whose" }\nanswers.own = { was = "x", text = "Nee"',
        'menu.toml [home]: answer "own": was = "x" stands at answer "rent" as well',
    ),
    "a name that the bot looks for": (
        "[whose]", '[whose]\nwas = "handoff.reach"',
        'menu.toml [whose]: "handoff.reach" is looked for by that name: it cannot have another one',
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WAS)
def test_an_earlier_name_that_cannot_be_is_named(tmp_path: Path, kind: str) -> None:
    small = Small(tmp_path)
    old, new, expected = WAS[kind]
    small.change(MENU, old, new)
    assert expected in small.faults()


def test_an_answer_that_the_partner_reads_in_the_words_of_the_bot_cannot_get_another_name() -> None:
    charts = reworked.renamed_answers(CONTENT.charts, [("handoff.when", "any")], was=True)
    read = read_files()
    faults = check(charts, read.wijken[0], read.tips, read.phrases, read.alarm, read.desk, doors=DOORS)
    assert 'handoff.toml [when]: answer "any_2" has no words in phrases.toml [packet]. Did you mean "any"?' in [
        str(each) for each in faults
    ]


def test_an_earlier_name_is_a_text_or_a_row_of_texts(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.change(MENU, "[home]", '[home]\nwas = ["house", "check.home"]')
    small.change(MENU, "answers.own = {", 'answers.own = { was = "mine",')
    assert small.faults() == []
    home = read_files(tmp_path).charts.question("menu.home")
    assert (home.was, home.answers["own"].was) == (("menu.house", "check.home"), ("mine",))
    small.change(MENU, 'was = ["house", "check.home"]', "was = 3")
    with pytest.raises(FlowError, match="the earlier name stands between quotes"):
        small.read()
