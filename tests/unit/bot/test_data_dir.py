"""What a running bot keeps on disk is for its own account only, whatever the umask is and whatever was there."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.runtime.intake.poll_lock import only_poller
from bot.settings import Settings, SettingsError, read_settings
from db import files
from db.store import open_store

TOKEN = "7000000001:a-token-of-this-test"
KEPT = {"secret.key", "koppelkans.db", "koppelkans.db-wal", "koppelkans.db-shm"}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Sets the umask until the test ends."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def mode(path: Path) -> int:
    """The rights on a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def at_work(folder: Path) -> dict[str, int]:
    """The rights on everything in DATA_DIR while a bot runs: its store is open, a transaction is written."""
    settings = read_settings(data_dir=folder)
    settings.make_data_dir()
    settings.keys()
    with only_poller(folder, TOKEN), closing(open_store(settings.store_url())) as store:
        store.migrate()
        with store.write() as tx, store.read():
            tx.exec_driver_sql("CREATE TABLE note (words)")
            return {path.name: mode(path) for path in folder.iterdir()}


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_whatever_the_umask_only_the_owner_reads_what_the_bot_keeps(
    mask: int, umask: Callable[[int], int], tmp_path: Path
) -> None:
    umask(mask)
    found = at_work(tmp_path / "made" / "data")
    assert found.keys() > KEPT
    assert set(found.values()) == {0o600}
    assert mode(tmp_path / "made" / "data") == 0o700
    assert mode(tmp_path / "made") == 0o700


@pytest.mark.parametrize("mask", [0, 0o077])
def test_what_is_there_with_wider_rights_is_closed(mask: int, umask: Callable[[int], int], tmp_path: Path) -> None:
    before = at_work(tmp_path)
    with sqlite3.connect(tmp_path / "koppelkans.db") as crashed:  # its log stays behind, as after a crash
        crashed.execute("INSERT INTO note VALUES ('kept')")
        crashed.commit()
        tmp_path.chmod(0o777)
        for path in tmp_path.iterdir():
            path.chmod(0o666)
        assert (tmp_path / "koppelkans.db-wal").exists()
        umask(mask)
        found = at_work_again(tmp_path)
    assert found.keys() >= before.keys()
    assert set(found.values()) == {0o600}
    assert mode(tmp_path) == 0o700


def at_work_again(folder: Path) -> dict[str, int]:
    """As `at_work`, over a store that is there; its rows are."""
    settings = read_settings(data_dir=folder)
    settings.make_data_dir()
    with only_poller(folder, TOKEN), closing(open_store(settings.store_url())) as store, store.read() as tx:
        assert tx.exec_driver_sql("SELECT words FROM note").scalars().all() == ["kept"]
        return {path.name: mode(path) for path in folder.iterdir()}


def test_a_store_outside_data_dir_is_closed_too(umask: Callable[[int], int], tmp_path: Path) -> None:
    umask(0)
    (tmp_path / "elsewhere.db").touch(0o664)
    with closing(open_store(f"sqlite:///{tmp_path / 'elsewhere.db'}")) as store, store.write() as tx:
        tx.exec_driver_sql("CREATE TABLE note (words)")
        assert {path.name: mode(path) for path in tmp_path.iterdir()} == {
            "elsewhere.db": 0o600,
            "elsewhere.db-wal": 0o600,
            "elsewhere.db-shm": 0o600,
        }


def test_a_second_store_over_the_same_file_takes_no_lock_from_the_first(tmp_path: Path) -> None:
    """A file that is opened and closed by hand drops every lock that SQLite has on it in this process."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    look = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'r+b') as file:\n"
        "    try: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)  # where SQLite locks its file\n"
        "    except BlockingIOError: print('locked')\n"
    )

    def seen_by_another_process() -> str:
        return subprocess.check_output([sys.executable, "-c", look, tmp_path / "store.db"], text=True).strip()

    with closing(open_store(url)) as one, one.write() as tx:
        tx.exec_driver_sql("CREATE TABLE note (words)")
        assert seen_by_another_process() == "locked"
        open_store(url).close()
        assert seen_by_another_process() == "locked"
    assert seen_by_another_process() == ""


def test_a_folder_that_others_use_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "of somebody else").touch()
    tmp_path.chmod(0o755)
    with pytest.raises(SettingsError, match=r"DATA_DIR: other accounts may use this folder.*a folder of its own"):
        read_settings(data_dir=tmp_path).keys()
    assert mode(tmp_path) == 0o755
    tmp_path.chmod(0o700)
    assert read_settings(data_dir=tmp_path).keys()


def test_a_folder_with_a_store_of_another_name_is_the_bots_own(tmp_path: Path) -> None:
    (tmp_path / "buurt[1].db").touch(0o644)
    tmp_path.chmod(0o755)
    read_settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'buurt[1].db'}").make_data_dir()
    assert mode(tmp_path) == 0o700
    assert mode(tmp_path / "buurt[1].db") == 0o600


def test_a_folder_that_all_share_is_refused_though_the_bot_left_a_key_there(tmp_path: Path) -> None:
    read_settings(data_dir=tmp_path).keys()
    tmp_path.chmod(0o1777)
    with pytest.raises(SettingsError, match="DATA_DIR: other accounts"):
        read_settings(data_dir=tmp_path).make_data_dir()
    assert mode(tmp_path) == 0o1777


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs a file on which no rights can be changed")
def test_rights_that_cannot_be_taken_away_are_named() -> None:
    with pytest.raises(files.OpenToOthers, match=r"other accounts may use status.*chmod 600"):
        files.close_to_others(Path("/proc/self/status"), 0o600)
    with pytest.raises(ValueError, match="chmod 600"):
        open_store("sqlite:////proc/self/status")


def test_a_store_in_a_folder_that_is_not_there_is_opened_and_fails_at_the_first_connection(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}")
    with pytest.raises(Exception, match="unable to open"), store.read():
        pass


def test_a_store_is_named_by_a_plain_path(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="plain path"):
        open_store(f"sqlite:///file:{tmp_path / 'store.db'}?uri=true")
