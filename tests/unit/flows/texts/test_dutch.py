"""What the chores say is whole in both languages: every sentence of the code has its Dutch, and none is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.chores.printed import in_language
from bot.content.files import FLOWS
from flows.model.faults import FlowError
from flows.read.toml import read_toml
from tests.unit.flows.check.test_check import SEEDS as SEEN_TOGETHER
from tests.unit.flows.read.test_read import SEEDS as OF_FORM
from tests.unit.flows.small import Small

DUTCH: dict[str, str] = read_toml(FLOWS / "texts" / "dutch.toml")["dutch"]
CONTENT = FLOWS.parent / "bot" / "content"
MODULES = [
    *sorted((FLOWS / "check").glob("*.py")),
    *sorted((FLOWS / "read").glob("*.py")),
    FLOWS / "hear" / "alarm.py",
    *(CONTENT / f"{each}.py" for each in ("checks", "files", "offered", "po")),
    *sorted((CONTENT / "chores").glob("*.py")),
    *(CONTENT.parent / "demo" / "quarter" / f"{each}.py" for each in ("habits", "play", "report")),
]
NO_SENTENCE = re.compile(
    r"#|nplurals|msgid |Plural-Forms|MIME|Content-T|Project-Id|<!--"  # of catalogs and drawings
    r"|.*\(\?|.*\\w|\(\\s|\||Ik wil "  # patterns, tables, and what a resident types on a walk of the check
    r"|Cannot |Illegal |Expected |Invalid |Unclosed |Unterminated|Unescaped|€",  # of the parser of TOML, and units
    re.DOTALL,
)
ENGLISH = re.compile(r"\b(the|is not|does|which|this|that|write|stands|there|must|never|leads|again|need|has)\b")


def sentences(path: Path) -> Iterator[str]:
    """Every sentence in a module that is no docstring: with {} for what is filled in, line by line."""
    tree = ast.parse(path.read_text("utf-8"))
    skip: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skip.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skip |= {id(each) for each in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
            text = "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            text = node.value
        else:
            continue
        for line in text.split("\n"):
            bare = line.strip().removeprefix("~ ")
            if len(re.findall(r"[A-Za-z]{2,}", bare.replace("{}", " "))) >= 2 and " " in bare:
                yield bare


def said() -> dict[str, Path]:
    """Every sentence that somebody may read, with its module."""
    return {each: path for path in MODULES for each in sentences(path) if not NO_SENTENCE.match(each)}


def quoted(text: str) -> str:
    """Take what stands between quotes out of a text: names and examples stay as they are."""
    return re.sub(r'"[^"]*"|\[.*?\]|\{.*?\}', "", text)


def test_every_sentence_of_the_code_has_its_dutch() -> None:
    lacking = [f"{path.name}: {each}" for each, path in said().items() if each not in DUTCH]
    assert not lacking, "add these to flows/texts/dutch.toml:\n" + "\n".join(lacking)


def test_no_dutch_is_left_over() -> None:
    code = "".join(re.sub(r"{[^{}]*}", "{}", path.read_text("utf-8")) for path in MODULES)
    known = {*said(), ' Did you mean "{}"?', "{}: changed", "{}: renamed, was {}"}
    parts = {each: [part for part in re.split(r"{}|\"", each) if len(part) > 5] for each in DUTCH}
    assert [each for each in DUTCH if each not in known and any(part not in code for part in parts[each])] == []


def test_both_languages_hold_the_same_values() -> None:
    assert [each for each, dutch in DUTCH.items() if each.count("{}") != dutch.count("{}")] == []


def told(small: Small) -> list[str]:
    try:
        return small.faults()
    except FlowError as error:
        return str(error).split("\n")


@pytest.mark.parametrize("kind", [*SEEN_TOGETHER, *OF_FORM])
def test_every_mistake_is_told_in_dutch_from_its_first_word_to_its_last(tmp_path: Path, kind: str) -> None:
    file, old, new, _expected = {**SEEN_TOGETHER, **OF_FORM}[kind]
    small = Small(tmp_path)
    small.change(file, old, new)
    for fault in told(small):
        dutch = in_language(fault, "nl")
        assert dutch.partition(": ")[0] == fault.partition(": ")[0], "the file and the entry stay"
        assert dutch != fault
        assert not ENGLISH.search(quoted(dutch)), dutch


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        (
            'menu.toml [help]: offer 1 (M1a): topic "bils" is not in phrases.toml. Did you mean "bills"?',
            'menu.toml [help]: aanbod 1 (M1a): topic "bils" staat niet in phrases.toml. Bedoel je "bills"?',
        ),
        (
            'wijk.toml: line 2: put straight quotes " around the text, no curly ones. The line is: name = “the list”',
            'wijk.toml: regel 2: zet rechte aanhalingstekens " om de tekst, geen kromme. Er staat: name = “the list”',
        ),
        (
            "  wijk.toml [lines.food]: Eten voor vandaag: no number to call yet: fill in phone, source and checked",
            "  wijk.toml [lines.food]: Eten voor vandaag: nog geen nummer: vul phone, source en checked in",
        ),
        ("~ menu.home: changed", "~ menu.home: veranderd"),
        ("    the text of the question", "    de tekst van de vraag"),
        ("1 to repair:", "1 keer iets mis:"),
        ("something that nobody wrote down", "something that nobody wrote down"),
    ],
)
def test_a_line_is_told_in_dutch_with_its_names_as_they_are(english: str, dutch: str) -> None:
    assert in_language(english, "nl") == dutch
    assert in_language(english, "en") == english
