"""Which languages are offered, and what a changed Dutch word asks of whom: never more than it must."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.content.checks import faults
from bot.content.chores.commands import check_command
from bot.content.chores.publish import publish_command
from bot.content.chores.translate import words_command
from bot.content.files import read_files
from bot.content.loaded import load_content
from bot.content.offered import Offered
from bot.content.words import Words
from bot.runtime.processes.open import open_all
from bot.settings import read_settings
from flows.model.faults import FlowError
from tests.unit.flows.small import Small

DANGER, MENU, WIJK = "charts/danger.toml", "charts/menu.toml", "wijken/klein/wijk.toml"
GAS = 'say = "Ga naar buiten. Bel {line_emergency}."'
ANEW = GAS.replace("Ga naar", "Ga snel naar")


class Two(Small):
    """Content in Dutch and English, of which every text is translated: as the Dutch, with EN in front."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "flows")
        self.locale = folder / "locale"
        self.change(WIJK, 'languages = ["nl"]', 'languages = ["nl", "en"]')
        self.words()
        for path in self.catalogs():
            path.write_text(self.translated(path.read_text("utf-8")), "utf-8")

    def catalogs(self) -> list[Path]:
        """The catalogs of English: what all share, and what the wijk says."""
        return [self.locale / "en" / "LC_MESSAGES" / "bot.po", self.folder / "wijken" / "klein" / "en.po"]

    def words(self, *same: str, check: bool = False) -> int:
        """Run `koppelkans words`."""
        return words_command(check, self.folder, self.locale, same=same)

    def translated(self, text: str) -> str:
        """Fill in each entry."""
        before, *entries = text.split("msgid ")
        return "msgid ".join([before, entries[0], *(self.filled(each) for each in entries[1:])])

    def filled(self, entry: str) -> str:
        """Give an entry the words of its Dutch, with a mark in front, or behind a picture."""
        dutch, found, after = entry.partition('msgstr ""\n')
        english = re.sub(r'^"(\W )?', r'"\1EN ', dutch.strip())
        return f"{dutch}msgstr {english}\n{after}" if found else entry

    def drop(self, *contexts: str) -> None:
        """Take the translations of these contexts away."""
        path = self.catalogs()[0]
        blocks = path.read_text("utf-8").split("\n\n")
        kept = [each for each in blocks if not any(f'msgctxt "{context}"\n' in each for context in contexts)]
        assert len(kept) == len(blocks) - len(contexts)
        path.write_text("\n\n".join(kept), "utf-8")

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages that a resident may choose."""
        return load_content("klein", self.folder, self.locale).wijk.languages

    def gate(self) -> list[str]:
        """The danger texts about which somebody must say something first."""
        files = read_files(self.folder)
        return [each.step for each in Offered(files, Words(self.locale, files.phrases)).faults()]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def test_a_language_that_is_whole_is_offered(two: Two) -> None:
    assert two.offered == ("nl", "en")
    assert two.gate() == []
    assert two.words(check=True) == 0


def test_a_changed_word_withdraws_no_language_and_turns_no_text_dutch(two: Two) -> None:
    two.change(MENU, 'ask = "Huur je?"', 'ask = "Huur jij?"')
    for _ in ("before `koppelkans words`", "and after it"):
        assert two.offered == ("nl", "en")
        words = load_content("klein", two.folder, two.locale).words
        assert words.say("en", "menu.home", "Huur jij?") == "EN Huur je?"
        assert two.gate() == []
        two.words()


def test_a_changed_word_is_a_warning_with_the_command_to_run_and_no_mistake(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    two.change(MENU, 'ask = "Huur je?"', 'ask = "Huur jij?"')
    two.words()
    assert check_command(two.folder, two.locale) == 0
    assert "en: 1 texts changed in Dutch: menu.home. Translate them, or: koppelkans words --same CONTEXT" in (
        capsys.readouterr().out
    )
    assert two.words(check=True) == 1, "what is merged is whole"
    assert two.words("menu.home") == 0
    assert two.words(check=True) == 0


def test_a_danger_text_that_changed_asks_for_a_word_that_it_means_the_same(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    two.change(DANGER, GAS, ANEW)
    for _ in ("before `koppelkans words`", "and after it"):
        assert two.gate() == ["danger.gas"]
        assert two.offered == ("nl", "en")
        assert check_command(two.folder, two.locale) == 1
        assert "koppelkans words --same danger.gas" in capsys.readouterr().out
        two.words()
    assert two.words("danger.gas") == 0
    assert two.gate() == []
    assert check_command(two.folder, two.locale) == 0


def test_a_danger_text_with_another_number_can_never_be_called_the_same(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    two.change(DANGER, GAS, 'say = "Ga naar buiten. Bel buiten."')
    two.words()
    assert two.gate() == ["danger.gas"]
    assert two.words("danger.gas") == 1
    assert "words [danger.gas]: the translation into en does not fit the Dutch" in capsys.readouterr().out
    assert two.gate() == ["danger.gas"]
    assert two.offered == ("nl", "en")


def test_the_bot_does_not_start_on_a_danger_text_about_which_nobody_said_anything(two: Two, tmp_path: Path) -> None:
    settings = read_settings(data_dir=tmp_path / "data", wijk="klein")
    open_all(settings, two.folder, two.locale).store.close()
    two.change(DANGER, GAS, ANEW)
    with pytest.raises(FlowError, match=r"danger\.gas.*koppelkans words --same danger\.gas"):
        open_all(settings, two.folder, two.locale)


@pytest.mark.parametrize("context", ["danger.gas", "handoff.consent", "danger.all.gas"])
def test_a_language_without_danger_or_the_yes_is_not_offered(
    two: Two, capsys: pytest.CaptureFixture[str], context: str
) -> None:
    two.drop(context)
    assert two.offered == ("nl",)
    assert two.gate() == []
    assert check_command(two.folder, two.locale) == 0
    assert (
        "Not offered (1): residents cannot choose this language.\n"
        f"  ! en: {count(two) - 1} of {count(two)} texts; danger, the yes and the age lack {context}\n"
    ) in capsys.readouterr().out


def count(two: Two) -> int:
    """How many texts the wijk has in English."""
    files, words = read_files(two.folder), Words(two.locale, {})
    (spoken,) = Offered(files, words).spoken(files.wijken[0], words)
    return spoken.texts


def test_a_topic_that_nobody_translated_yet_withdraws_no_language(two: Two, capsys: pytest.CaptureFixture[str]) -> None:
    two.drop("topics.bills")
    assert two.offered == ("nl", "en")
    assert check_command(two.folder, two.locale) == 0
    told = capsys.readouterr().out
    assert "Not offered" not in told
    assert "en: 1 texts are not translated: topics.bills" in told
    assert two.words(check=True) == 1


@pytest.mark.parametrize("context", ["danger.gas", "topics.bills"])
def test_before_it_is_published_it_says_which_language_would_go(
    two: Two, tmp_path: Path, capsys: pytest.CaptureFixture[str], context: str
) -> None:
    shutil.copytree(two.folder, tmp_path / "new" / "flows")
    shutil.copytree(two.locale, tmp_path / "new" / "locale")
    lacking = tmp_path / "new" / "locale" / "en" / "LC_MESSAGES" / "bot.po"
    blocks = lacking.read_text("utf-8").split("\n\n")
    lacking.write_text("\n\n".join(each for each in blocks if f'msgctxt "{context}"\n' not in each), "utf-8")
    assert publish_command(tmp_path / "new", tmp_path / "kept", flows=two.folder, locale=two.locale) == 0
    lost = "! klein: residents can no longer choose en: "
    told = [line for line in capsys.readouterr().out.split("\n") if line.startswith("!")]
    assert [each.startswith(lost) and each.endswith(context) for each in told] == [True] * (context == "danger.gas")


def test_before_it_is_published_it_says_that_a_wijk_drops_a_language(
    two: Two, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(two.folder, tmp_path / "new" / "flows")
    wijk = tmp_path / "new" / "flows" / WIJK
    wijk.write_text(wijk.read_text("utf-8").replace('["nl", "en"]', '["nl"]'), "utf-8")
    assert publish_command(tmp_path / "new", tmp_path / "kept", flows=two.folder, locale=two.locale) == 0
    assert "! klein: residents can no longer choose en\n" in capsys.readouterr().out


def test_a_language_may_lack_one_text_in_twenty(two: Two, capsys: pytest.CaptureFixture[str]) -> None:
    rest = ["nav.back", "menu.worries", "menu.home", "menu.home.rent", "menu.home.own", "check.bill", "tip.shower"]
    few = count(two) // 20
    two.drop(*rest[:few])
    assert two.offered == ("nl", "en")
    two.drop(rest[few])
    assert check_command(two.folder, two.locale) == 0
    assert "texts; 95 of 100 must be there" in capsys.readouterr().out
    now = load_content("klein", two.folder, two.locale).wijk.languages
    assert now == ("nl",)


def test_a_language_of_which_next_to_nothing_exists_is_named_and_not_offered(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    two.change(WIJK, '"en"]', '"en", "tr"]')
    two.words()
    assert two.offered == ("nl", "en")
    capsys.readouterr()
    assert two.words(check=True) == 0
    assert "Not offered (1)" in capsys.readouterr().out
    read = two.read()
    assert faults(read, read.wijken[0]) == []


def test_the_start_says_which_language_nobody_can_choose(two: Two, tmp_path: Path) -> None:
    two.drop("danger.gas")
    settings = read_settings(data_dir=tmp_path / "data", wijk="klein")
    with capture_logs() as logs:
        open_all(settings, two.folder, two.locale).store.close()
    (warned,) = (each for each in logs if each["log_level"] == "warning")
    assert (warned["wijk"], warned["languages"]) == ("klein", ["en"])


def test_nothing_can_be_said_about_a_text_that_nobody_changed(two: Two, capsys: pytest.CaptureFixture[str]) -> None:
    assert two.words("menu.home") == 1
    assert two.words("menu.hom") == 1
    told = capsys.readouterr().out
    assert "words [menu.home]: no translation of this text is doubtful" in told
    assert 'words [menu.hom]: there is no such text. Did you mean "menu.home"?' in told


def test_every_language_of_the_first_wijk_is_offered() -> None:
    files = read_files(wijken=["smitsveen"])
    assert load_content("smitsveen").wijk.languages == files.wijken[0].languages == ("nl", "ar", "en")
