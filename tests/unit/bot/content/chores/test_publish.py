"""New content takes the place of the old only when it has no fault, and says beforehand what changes for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.content.chores.publish import publish_command
from bot.content.files import read_files
from db.people import conversations
from db.store import Store
from flows.model.place import Place
from tests.unit.flows.small import FILES, Small

MENU, WIJK, PHRASES = "charts/menu.toml", "wijken/klein/wijk.toml", "phrases.toml"
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


class Desk:
    """The content that a bot reads, and a copy of it in which a coordinator changes something."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live, self.copy = Small(folder / "live" / "flows"), Small(folder / "copy" / "flows")
        self.kept = folder / "kept"

    def publish(self, folder: Path | None = None, *, yes: bool = False, store: Store | None = None) -> int:
        """Publish the copy, or another folder."""
        locale = self.live.folder.parent / "locale"
        folder = folder or self.copy.folder.parent
        return publish_command(folder, self.kept, yes, store, ["klein"] if store else (), self.live.folder, locale)

    def text(self, name: str = MENU) -> str:
        """Return a file that the bot reads."""
        return (self.live.folder / name).read_text("utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_would_change_is_told_and_nothing_changes(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.copy.change(MENU, 'ask = "Huur je?"', 'ask = "Huur jij?"')
    desk.copy.change(PHRASES, 'back = "Terug"', 'back = "Weerom"')
    desk.copy.change("wijken/klein/partners.toml", "Het Maatje", "Het Maatje Thuis")
    assert desk.publish() == 0
    told = capsys.readouterr().out
    assert "~ menu.home: changed\n    the text of the question\n1 differences." in told
    assert "~ nav.back: changed" in told
    assert "~ klein partners.shm: changed" in told
    assert "Nothing has changed yet." in told
    assert all(desk.text(name) == text for name, text in FILES.items())


def test_it_says_how_many_people_it_touches(desk: Desk, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    with store.write() as tx:
        (known,) = conversations.load(tx, "klein", ["telegram:1"], NOW).values()
        place = Place("menu.home", language="nl").to_dict()
        conversations.save(tx, "klein", [replace(known, place=place)], NOW)
    desk.copy.change(MENU, 'ask = "Huur je?"', 'ask = "Huur jij?"')
    assert desk.publish(store=store) == 0
    assert "1 conversations stand here (nl 1)" in capsys.readouterr().out


def test_what_is_published_takes_the_place_of_the_old_content_which_is_kept(desk: Desk) -> None:
    desk.copy.change(MENU, 'ask = "Huur je?"', 'ask = "Huur jij?"')
    (desk.copy.folder / "charts" / "check.toml").rename(desk.copy.folder / "charts" / "bill.toml")
    desk.copy.change(MENU, "check.bill", "bill.bill")
    code = desk.live.folder / "texts" / "dutch.toml"
    desk.live.write("texts/dutch.toml", "# a part of the code")
    assert desk.publish(yes=True) == 0
    assert "Huur jij?" in desk.text()
    assert set(read_files(desk.live.folder).charts.flows) == {"menu", "bill", "danger", "handoff", "relay"}
    assert code.exists()
    assert not list(desk.live.folder.rglob("*.new"))
    (saved,) = desk.kept.iterdir()
    assert "Huur je?" in (saved / "flows" / MENU).read_text("utf-8")
    assert desk.publish(saved, yes=True) == 0, "and back again"
    assert "Huur je?" in desk.text()


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (MENU, 'to = "money_desk"', 'to = "money_dsk"', 'Did you mean "money_desk"?'),
        (MENU, 'ask = "Huur je?"', "ask = “Huur je?”", "put straight quotes"),
        (PHRASES, 'back = "Terug"', "", "phrases.toml [nav.back]: the bot says this itself"),
        (WIJK, 'money_desk = "goos"', 'money_desk = "gos"', '"gos" is not in partners.toml'),
    ],
)
def test_content_with_a_fault_is_refused_and_the_old_stays(
    desk: Desk, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, told: str
) -> None:
    desk.copy.change(file, old, new)
    assert desk.publish(yes=True) == 1
    said = capsys.readouterr().out
    assert told in said
    assert "Nothing was published: the bot keeps what it has." in said
    assert all(desk.text(name) == text for name, text in FILES.items())
    assert not desk.kept.exists()


def test_a_folder_without_content_is_refused(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert desk.publish(tmp_path / "empty", yes=True) == 1
    assert desk.publish(tmp_path / "nowhere", yes=True) == 1
    assert capsys.readouterr().out.count("no content is here") == 2


def test_what_the_bot_reads_already_is_not_published_over_itself(desk: Desk) -> None:
    assert desk.publish(desk.live.folder, yes=True) == 1


def test_content_without_a_fault_takes_the_place_of_content_with_one(desk: Desk) -> None:
    desk.live.change(MENU, 'start = "welcome"', "start = welcome")
    assert desk.publish(yes=True) == 0
    assert desk.text() == FILES[MENU]


def test_a_wijk_that_is_left_out_is_a_fault(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    wijken = desk.copy.folder / "wijken"
    (wijken / "klein").rename(wijken / "groot")
    assert desk.publish(yes=True) == 1
    assert "wijken [klein]: this wijk is gone" in capsys.readouterr().out
