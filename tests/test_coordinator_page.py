"""docs/coordinator.md is true: its examples are read, its mistake is told in its words, its commands exist."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.content.chores.commands import NOT_READY, check_command
from bot.content.chores.printed import in_language
from bot.content.files import FLOWS, LOCALE, read_files
from flows.read.charts import ANSWER_KEYS, FLOW_KEYS, KINDS
from flows.read.offers import OFFER_KEYS
from tests.unit.flows.small import MENU, Small

ROOT = FLOWS.parent
PAGE = (ROOT / "docs" / "coordinator.md").read_text("utf-8")
EXAMPLES: list[str] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = sorted(set(re.findall(r"koppelkans ((?:check|words|draw|diff|publish)(?: [^`\n,;.]*)?)", PAGE)))
WIJK = "smitsveen"


def example(first: str) -> str:
    """Return the one example that begins with this line."""
    (found,) = (each for each in EXAMPLES if each.startswith(first))
    return found


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The real content, in a folder of its own."""
    shutil.copytree(FLOWS, tmp_path / "flows", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "flows"


def put(path: Path, text: str) -> None:
    """Write something under what stands in a file."""
    path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")


@pytest.mark.parametrize("text", EXAMPLES, ids=[each.split("\n")[0] for each in EXAMPLES])
def test_every_example_can_be_read(text: str) -> None:
    assert tomllib.loads(text)


def test_the_steps_of_the_examples_are_written_as_a_chart_wants_them(tmp_path: Path) -> None:
    steps = [example("[cold]"), example("[whose_job]"), example("[help]"), example("[cold_home]")]
    small = Small(tmp_path)
    small.write("charts/page.toml", 'title = "Voorbeeld"\nstart = "cold"\n\n' + "\n".join(steps))
    assert {"page.cold", "page.whose_job", "page.help", "page.cold_home"} <= {*small.read().charts.steps}
    conditions = example("any ")
    small.change("charts/page.toml", "[offer.behind]", f"[offer.behind]\n{conditions}")
    assert "page.help" in small.read().charts.steps


def test_a_new_worry_is_one_chart_one_partner_and_one_line(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the page tells a coordinator to do, and nothing else, is enough: no fault, and the button is there."""
    (copied / "charts" / "garden.toml").write_text(example('title = "Mijn tuin"'), "utf-8")
    home = copied / "wijken" / WIJK
    put(home / "partners.toml", example("[tuinclub]"))
    wijk = (home / "wijk.toml").read_text("utf-8")
    line = re.search(r'`(garden_work = "tuinclub")`', PAGE)
    assert line
    (home / "wijk.toml").write_text(wijk.replace("[services]\n", f"[services]\n{line[1]}\n", 1), "utf-8")
    assert check_command(copied, LOCALE, WIJK) == 0, capsys.readouterr().out
    assert read_files(copied, [WIJK]).charts.steps["menu.worries"].answers["garden"].text == "🌱 Mijn tuin"  # type: ignore[union-attr]


def test_the_facts_of_the_examples_are_written_as_a_wijk_wants_them(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = copied / "wijken" / WIJK
    for name, first in (
        ("wijk.toml", "[lines.food]"), ("amounts.toml", "[tariff.gas]"), ("wijk.toml", "[switches.energiefonds]"),
        ("wijk.toml", "[services.big_jobs]"),
    ):  # fmt: skip
        text = (home / name).read_text("utf-8")
        without = re.sub(rf"^{re.escape(first)}\n.*?(?=^\[|\Z)", "", text, flags=re.DOTALL | re.MULTILINE)
        assert without != text, f"{first} is not in {name}"
        (home / name).write_text(f"{without}\n{example(first)}", "utf-8")
    assert check_command(copied, LOCALE, WIJK, ready=True) == NOT_READY
    told = capsys.readouterr().out
    assert "[lines.food]: Eten voor vandaag: no number to call yet" in told
    assert "[switches.energiefonds]" in told


def test_the_mistake_of_the_page_is_told_in_its_words(tmp_path: Path) -> None:
    (line,) = re.findall(r"^menu\.toml \[home\]: .*$", PAGE, re.MULTILINE)
    small = Small(tmp_path)
    small.change("charts/menu.toml", 'text = "Ja", go = "whose"', 'text = "Ja", go = "whos"')
    assert 'text = "Ja", go = "whose"' in MENU
    assert [in_language(each, "nl") for each in small.faults()] == [line]


def test_every_word_of_the_chart_language_is_explained() -> None:
    table = PAGE[PAGE.index("### Alle woorden") : PAGE.index("### Regels")]
    explained = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]*)`", PAGE))))
    words = FLOW_KEYS | ANSWER_KEYS | OFFER_KEYS | set().union(*KINDS.values())
    assert words - explained == set()
    assert {"worry", "warn", "only", "was"} <= set(re.findall(r"[a-z_]+", table))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_exists_with_its_options(command: str) -> None:
    name, *words = command.split()
    told = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output
    assert "Usage" in told
    assert [each for each in words if each.startswith("--") and each not in told] == []


def test_every_file_of_the_page_exists() -> None:
    named = re.findall(r"`(flows/[\w./]+)`", PAGE)
    assert len(named) > 10
    assert [each for each in named if not (ROOT / each).exists()] == []
