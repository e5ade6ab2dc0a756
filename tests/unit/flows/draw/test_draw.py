"""The drawings: every word of a chart stands in them, safe for Mermaid, and the same content gives the same text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.content.chores.commands import draw_command
from bot.content.files import read_files
from flows.draw.charts import drawings
from flows.draw.matrix import AS, matrix_page
from flows.draw.mermaid import cell, escape, label, node
from flows.model.desk import ROLES
from tests.unit.flows.small import Small

MENU = "charts/menu.toml"


def drawn(small: Small, languages: tuple[str, ...] = ("nl",)) -> dict[str, str]:
    read = small.read()
    phrases = {**read.phrases, **read.drawing, "offer.all": "Ja, graag", "offer.no": "Liever niet"}

    def say(language: str, context: str, dutch: str) -> str:
        return f"{language}:{context}" if language != "nl" else dutch

    return drawings(read.charts, read.wijken[0], read.desk, phrases, say, languages)


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_a_chart_becomes_boxes_diamonds_and_arrows_with_their_words(small: Small) -> None:
    lines = [line.strip() for line in drawn(small)["menu.nl.md"].splitlines()]
    for line in (
        'start(("Begin")) --> menu_welcome',
        'menu_home["Huur je?"]',
        'menu_whose{"?"}',
        'menu_no_thanks[["Goed. Loop binnen bij Het Huis."]]',
        'menu_home -->|"Ja<br/>Nee<br/>Weet ik niet"| menu_whose',
        'menu_home -.->|"Iets veranderen"| menu_worries',
        'menu_worries -->|"Kou<br/>Rekeningen<br/>Weet ik niet (alleen dit)"| menu_home',
        'menu_whose -->|"1: Huur je? Ja<br/>2: coach: 2 punten of meer en er is een energiefonds open"| menu_help',
        'menu_whose -->|"3: anders"| check_bill',
        'menu_help -->|"Ja, graag"| handoff_consent',
        'menu_help -->|"Liever niet<br/>Toch een coach"| menu_no_thanks',
        'check_bill(["Zelftest<br/>Wat betaal je?"])',
        "Verder in: [Zelftest](check.nl.md), [Doorgeven](handoff.nl.md)",
    ):
        assert line in lines


def test_what_an_answer_answers_too_stands_in_a_note(small: Small) -> None:
    given = 'text = "Begin", go = "worries", gives = { home = "own", help = "all" }'
    small.change(MENU, 'text = "Begin", go = "worries"', given)
    lines = [line.strip() for line in drawn(small)["menu.nl.md"].splitlines()]
    words = "Begin: beantwoordt ook<br/>Huur je? Nee<br/>Dit kunnen we doen. Ja, graag"
    assert f'menu_welcome -.- menu_welcome_begin_gives>"{words}"]' in lines
    assert sum("_gives" in line for line in lines) == 1


def test_a_crossroads_with_one_question_asks_it(small: Small) -> None:
    small.change(MENU, '  { at_least.coach = 2, fact = "energiefonds_open", go = "help" },\n', "")
    page = drawn(small)["menu.nl.md"]
    assert 'menu_whose{"Huur je?"}' in page
    assert 'menu_whose -->|"Ja"| menu_help' in page


def test_a_crossroads_of_facts_only_asks_nothing(small: Small) -> None:
    small.change(MENU, '  { if.home = "rent", go = "help" },\n', "")
    small.change(MENU, 'at_least.coach = 2, fact = "energiefonds_open"', 'fact = "energiefonds_open"')
    page = drawn(small)["menu.nl.md"]
    assert 'menu_whose{"?"}' in page
    assert 'menu_whose -->|"er is een energiefonds open"| menu_help' in page


def test_offers_stand_in_a_table(small: Small) -> None:
    small.change(MENU, 'row = "M2"', 'row = "M2"\nurgent = true\nwarn = "Bel eerst."')
    small.change("wijken/klein/wijk.toml", 'fallback_person = "goos"', 'fallback_person = "shm"')
    small.change(MENU, 'to = "money_desk"', 'to = ["money_desk", "fallback_person"]')
    page = drawn(small)["menu.nl.md"]
    who = "Geld Op Orde samen met Het Maatje"
    assert f"| M2 (haast) | {who} | Wat is er? Kou of Rekeningen | rekeningen | Iemand helpt je.<br>" in page
    assert "<br>⚠️ Bel eerst. |" in page
    assert "• Geld Op Orde samen met Het Maatje<br/>" in page


def test_every_language_has_its_own_page_with_its_own_words(small: Small) -> None:
    pages = drawn(small, ("nl", "en"))
    assert 'menu_home["en:menu.home"]' in pages["menu.en.md"]
    assert 'menu_home -->|"en:menu.home.rent<br/>' in pages["menu.en.md"]
    assert "(menu.nl.md) · [en](menu.en.md)" in pages["README.md"]


def test_what_is_open_at_every_moment_says_so(small: Small) -> None:
    pages = drawn(small)
    assert small.read().drawing["draw.anywhere"] in pages["danger.nl.md"]
    assert small.read().drawing["draw.anywhere"] not in pages["menu.nl.md"]


def test_the_desk_is_drawn_with_who_may_do_what(small: Small) -> None:
    page = drawn(small)["desk.md"]
    assert 'state "opgepakt" as accepted' in page
    assert "sent --> accepted: Ik pak dit op (partner)" in page


def test_the_matrix_has_every_status_and_move_for_every_role() -> None:
    read = read_files()
    desk, words = read.desk, {**read.phrases, **read.drawing}
    _, *tables = matrix_page(desk, words).split("\n## ")
    assert [each.split("\n")[0].lower() for each in tables] == [words[f"roles.{role}"] for role in ROLES]
    for role, table in zip(ROLES, tables, strict=True):
        moves = [move for move in desk.moves if AS.get(role, role) in move.who]
        if not moves:
            assert words["matrix.nothing"] in table
            continue
        rows = [line for line in table.split("\n") if line.startswith("|")][2:]
        for status, row in zip(desk.statuses.values(), rows, strict=True):
            cells = [each.strip() for each in row.strip("|").split("|")][1:]
            for move, found in zip(moves, cells, strict=True):
                label = desk.statuses[move.to].label
                button = label if AS.get(role, role) in move.shown else f"({label})"
                assert found == (button if status.id in move.sources else ""), (role, status.id, move.name)


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        ('Zeg "ja"', "Zeg #quot;ja#quot;"),
        ("[a] {b} (c) |d|", "#91;a#93; #123;b#125; (c) #124;d#124;"),
        ("#1 <b> `x` \\", "#35;1 #lt;b#gt; #96;x#96; #92;"),
        ("1. Ga", "1#46; Ga"),
        ("- Ga", "#45; Ga"),
        ("€75 – 2.5 keer", "€75 – 2.5 keer"),
    ],
)
def test_signs_that_mean_something_to_mermaid_are_escaped(words: str, safe: str) -> None:
    assert escape(words) == safe


def test_lines_and_cells_keep_their_breaks() -> None:
    assert label("a\nb<br/>c") == '"a<br/>b<br/>c"'
    assert cell("a|b\n<c>") == "a\\|b<br>&lt;c>"
    assert node("menu.end") == "menu_end"


def test_the_real_drawings_are_stable_and_name_only_boxes_that_exist() -> None:
    read = read_files()
    phrases = {**read.phrases, **read.drawing}

    def say(_language: str, _context: str, dutch: str) -> str:
        return dutch

    pages = drawings(read.charts, read.wijken[0], read.desk, phrases, say, ("nl",))
    assert pages == drawings(read.charts, read.wijken[0], read.desk, phrases, say, ("nl",))
    for name, flow in read.charts.flows.items():
        page = pages[f"{name}.nl.md"]
        boxes = set(re.findall(r"^    (\w+)(?:\[|\{|\()", page, re.MULTILINE))
        targets = set(re.findall(r"(?:-->|-\.->)(?:\|\"[^\"]*\"\|)? (\w+)$", page, re.MULTILINE))
        assert {node(step) for step in flow.steps} <= boxes
        assert targets <= boxes
        for line in page.split("```")[1].splitlines():
            assert line.count('"') in (0, 2)
            assert '""' not in line


def test_a_stale_drawing_is_refused_and_drawn_again(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    locale, out = tmp_path / "locale", tmp_path / "drawn"
    assert draw_command(True, small.folder, locale, out) == 1
    assert draw_command(False, small.folder, locale, out) == 0
    assert draw_command(True, small.folder, locale, out) == 0
    small.change(MENU, "Huur je?", "Huur jij?")
    (out / "old.nl.md").write_text("x", "utf-8")
    capsys.readouterr()
    assert draw_command(True, small.folder, locale, out) == 1
    told = capsys.readouterr().out
    assert "drawn/menu.nl.md is not up to date. Run: make charts" in told
    assert "drawn/old.nl.md is not up to date" in told
    assert draw_command(False, small.folder, locale, out) == 0
    assert "Huur jij?" in (out / "menu.nl.md").read_text("utf-8")
    assert not (out / "old.nl.md").exists()
