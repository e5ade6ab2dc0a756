"""A start that would fail later fails now: one message, exit code 2, nothing made that was not asked for."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from bot.content.files import FLOWS
from bot.runtime.processes.open import open_all
from bot.settings import Settings, SettingsError, read_settings
from db.opening import StoreRefused, bring_up_to_date
from db.people import conversations
from db.store import Store, is_away, open_store
from db.types import encrypted
from flows.model.faults import FlowError
from tests.e2e.process import ROOT, clean
from tests.unit.db.examples import NOW, WIJK

OTHER_KEY = encrypted.new_key()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder in which the bot ran with a key of its own, and knows somebody."""
    folder = tmp_path / "home"
    with closing(open_all(read_settings(data_dir=folder)).store) as store, store.write() as tx:
        conversations.load(tx, WIJK, ["telegram:1001"], NOW)
    return folder


def refused(folder: Path, **given: str) -> str:
    """What whoever runs the bot reads when it refuses to open this folder: one line."""
    with pytest.raises(SettingsError) as error:
        open_all(read_settings(data_dir=folder, **given))
    (said,) = str(error.value).splitlines()
    return said


def test_it_opens_again_what_it_made(home: Path) -> None:
    with closing(open_all(read_settings(data_dir=home)).store) as store, store.read() as tx:
        assert [row.address for row in tx.exec_driver_sql("SELECT address FROM addresses")] != []


def test_a_store_under_another_key_is_refused(home: Path) -> None:
    assert "another key" in refused(home, secret_keys=OTHER_KEY)
    own = (home / "secret.key").read_text().strip()
    with closing(open_all(read_settings(data_dir=home, secret_keys=f"{OTHER_KEY},{own}")).store):
        pass  # a new key in front, the old one behind it: that is how a key is renewed


def test_no_key_is_made_beside_a_store_that_holds_data(home: Path) -> None:
    (home / "secret.key").rename(home.parent / "lost")
    assert "Put that file back" in refused(home)
    assert not (home / "secret.key").exists()
    (home.parent / "lost").rename(home / "secret.key")
    with closing(open_all(read_settings(data_dir=home)).store):
        pass


def test_a_key_is_made_beside_a_store_in_which_nothing_is_stored(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'koppelkans.db'}")) as store:
        store.migrate()
    with closing(open_all(read_settings(data_dir=tmp_path)).store):
        assert (tmp_path / "secret.key").exists()


def newer(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store, store.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


def no_database(path: Path) -> None:
    path.write_bytes(b"a picture of a cat " * 500)


def damaged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as line:
        line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * 4000 + whole[4100:])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(newer, "a newer version of the bot has used it"), (no_database, "not a SQLite database"), (damaged, "damaged")],
)
def test_a_store_that_cannot_be_used_is_refused_and_left_as_it_is(spoil: object, said: str, home: Path) -> None:
    assert callable(spoil)
    spoil(home / "koppelkans.db")
    before = (home / "koppelkans.db").read_bytes()
    assert said in refused(home)
    assert (home / "koppelkans.db").read_bytes() == before


@pytest.mark.slow
def test_the_command_line_ends_with_one_message_and_code_2(home: Path) -> None:
    no_database(home / "koppelkans.db")
    ours = clean({"DATA_DIR": str(home)})
    ended = subprocess.run([sys.executable, "-m", "bot", "migrate"], cwd=ROOT, env=ours, capture_output=True, text=True)
    said = "DATABASE_URL: the store cannot be used: it is not a SQLite database"
    assert (ended.returncode, ended.stdout, ended.stderr.strip()) == (2, "", said)


def test_a_store_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for address in (tmp_path / "nowhere" / "store.db", tmp_path / "file" / "store.db"):
        assert "cannot be opened or made there" in refused(tmp_path / "data", database_url=f"sqlite:///{address}")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content, to spoil."""
    folder = tmp_path / "flows"
    shutil.copytree(FLOWS, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


@pytest.mark.slow
def test_the_bot_does_not_start_on_content_with_faults(content: Path, tmp_path: Path) -> None:
    settings: Settings = read_settings(data_dir=tmp_path / "data")
    menu = content / "charts" / "menu.toml"
    whole = menu.read_text("utf-8")
    menu.write_text(whole.replace('ask = """\n', 'ask = """\nSchulden? ', 1), "utf-8")
    with pytest.raises(FlowError, match="hurts or is hard"):
        open_all(settings, content)
    assert not (tmp_path / "data").exists()
    menu.write_text(whole, "utf-8")
    open_all(settings, content).store.close()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_postgresql_says_why_it_cannot_be_used(store_url: str, tmp_path: Path) -> None:
    nowhere = re.sub(r"/[^/?]+(?=\?|$)", "/nowhere", store_url)
    assert "has no such database" in refused(tmp_path, database_url=nowhere, secret_keys=OTHER_KEY)
    name = make_url(store_url).database
    with closing(open_store(store_url)) as store:
        for value, closed in (("on", True), ("off", False)):
            with store.write() as tx:
                tx.exec_driver_sql("SET TRANSACTION READ WRITE")
                tx.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')
            if closed:
                assert "it is read-only" in refused(tmp_path, database_url=store_url, secret_keys=OTHER_KEY)


def test_a_disk_that_is_read_only_is_named(home: Path) -> None:
    """An account that may do everything meets no read-only file, so the connection is one."""
    path = home / "koppelkans.db"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    with pytest.raises(StoreRefused, match="read-only"):
        bring_up_to_date(Store(engine, engine), NOW)


def test_a_store_whose_file_vanished_is_not_written_any_more_until_it_is_back(home: Path) -> None:
    """What would be written into a file without a name would be lost at the next start."""
    file, away = home / "koppelkans.db", home / "away.db"

    def known(store: Store, number: int) -> None:
        with store.write() as tx:
            conversations.load(tx, WIJK, [f"telegram:{number}"], NOW)

    with closing(open_all(read_settings(data_dir=home)).store) as store:
        known(store, 1)
        file.rename(away)
        with pytest.raises(Exception, match="No such file") as gone:
            known(store, 2)
        assert is_away(gone.value)
        shutil.copy(away, file)
        with pytest.raises(Exception, match="another file now; start again") as other:
            known(store, 3)
        assert is_away(other.value)
        away.rename(file)
        known(store, 4)
