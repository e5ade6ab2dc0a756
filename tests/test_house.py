"""The rules of the house are kept (`docs/decisions/0001`): its floors, rooms and names. And no rule is asleep.

Each rule is held against the tree, and then against a few lines that break it on purpose.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table

from db.tables import metadata
from db.types.held import Ground, Then, names, tells, unsaid
from db.types.held import kept as said_of
from tests import house

ROOT = Path(__file__).parent.parent
TREE = house.sources(ROOT)
FILES = [path.relative_to(ROOT).as_posix() for path in house.files(ROOT)]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DEPENDENCIES = [
    *PROJECT["dependencies"],
    *(each for more in PROJECT["optional-dependencies"].values() for each in more),
]


def text(path: str) -> str:
    """Return the text of a file, or nothing when it holds no text."""
    try:
        return (ROOT / path).read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def kept(faults: list[str]) -> None:
    """Fail with every fault on a line of its own."""
    assert not faults, "\n" + "\n".join(faults)


def test_the_three_packages_are_read() -> None:
    assert {path.split("/")[0] for path in TREE} == {"flows", "db", "bot"}
    assert "flows/model/chart.py" in TREE


def test_nobody_looks_upstairs() -> None:
    kept(house.looking_upstairs(TREE))


def test_no_module_runs_in_circles() -> None:
    kept(house.circles(TREE))


def test_each_library_stays_in_its_room() -> None:
    kept(house.strange_rooms(TREE))


def test_every_file_is_named_after_what_is_in_it() -> None:
    kept(house.lazy_names(FILES))


def test_nothing_below_the_edges_is_async() -> None:
    kept(house.async_below(TREE))


def test_the_core_knows_nothing_of_the_world() -> None:
    kept(house.worldly(TREE))


def test_no_folder_is_a_heap() -> None:
    kept(house.crowded(FILES))


def test_no_file_holds_a_second_noun() -> None:
    kept(house.long_files(TREE))


def test_everything_public_says_what_it_is() -> None:
    kept(house.undocumented(TREE))


def test_every_library_is_declared() -> None:
    kept(house.undeclared(TREE, packages_distributions(), DEPENDENCIES))


def test_no_file_tells_where_it_was_made() -> None:
    kept(house.traces({path: text(path) for path in FILES}))


def test_the_lock_files_name_no_host() -> None:
    assert [path for path in house.LOCKS if "://" in text(path) or "--hash=" not in text(path)] == []


def test_every_installation_compiles_what_it_brings() -> None:
    """Where Python may not write bytecode (PYTHONDONTWRITEBYTECODE), each start would take seconds longer."""
    installs = [
        line
        for path in ("Makefile", "deploy/Dockerfile")
        for line in text(path).splitlines()
        if re.search(r"uv pip (?:sync|install)", line) and "--editable" not in line
    ]
    assert len(installs) >= 3
    assert [line for line in installs if "--compile-bytecode" not in line] == []


def test_the_top_level_is_fixed() -> None:
    assert {path.split("/")[0] for path in FILES if not path.startswith(".")} <= house.TOP_LEVEL


def test_every_file_has_a_licence() -> None:
    annotations = tomllib.loads(text("REUSE.toml"))["annotations"]
    kept(house.unlicensed(FILES, annotations, [path.name for path in (ROOT / "LICENSES").iterdir()]))
    assert text("LICENSE").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert text("LICENSES/EUPL-1.2.txt") == text("LICENSE")
    assert PROJECT["license"] == "EUPL-1.2"


def test_the_changelog_and_the_package_tell_the_same_version() -> None:
    heads = re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.M)
    assert heads[0] == "[Unreleased]"
    versions = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", head) for head in heads[1:]]
    told = [(*map(int, found.groups()[:3]), date.fromisoformat(found[4])) for found in versions if found]
    assert len(told) == len(heads) - 1
    assert told == sorted(set(told), reverse=True)
    assert ".".join(map(str, told[0][:3])) == PROJECT["version"]


def test_locale_holds_words_only() -> None:
    assert [path for path in FILES if path.startswith("locale/") and not path.endswith((".po", ".pot"))] == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("flows/walk/walk.py", "from bot.messages.message import Incoming"),
        ("flows/walk/walk.py", "from bot.messages import message"),
        ("db/leads/leads.py", "import bot.settings"),
        ("bot/handle.py", "from bot.runtime.delivery.deliverer import Deliverer"),
        ("bot/handle.py", "from bot.runtime import telegram"),
        ("bot/leads/relay.py", "from bot.screens.resident.cards import Cards"),
        ("bot/screens/resident/cards.py", "from bot.handle import Handle"),
        ("bot/messages/card.py", "from bot.leads import handoff"),
        ("bot/handle.py", "from .runtime import jobs"),
        ("bot/content/words.py", "def f():\n    from bot.runtime.intake.polling import Poller"),
        ("bot/content/words.py", "if TYPE_CHECKING:\n    from bot.demo.standin import World"),
        ("bot/content/words.py", "importlib.import_module('bot.runtime.intake.polling')"),
        ("bot/runtime/telegram/channel.py", "from ...demo import standin"),
        ("bot/runtime/intake/polling.py", "from bot.__main__ import main"),
        ("flows/walk/walk.py", "from db import leads"),
        ("db/leads/leads.py", "from flows.model.chart import Charts"),
    ],
)
def test_a_look_upstairs_or_across_is_seen(path: str, line: str) -> None:
    assert house.looking_upstairs({path: line})


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("bot/handle.py", "from flows.walk import walk\nfrom db.leads import leads"),
        ("bot/runtime/intake/polling.py", "from bot.handle import handle"),
        ("bot/demo/__init__.py", "from bot.runtime.intake.polling import Poller"),
        ("bot/runtime/telegram/channel.py", "from .request import client_named"),
        ("flows/walk/walk.py", "from flows.model.chart import Charts"),
    ],
)
def test_a_look_downstairs_is_allowed(path: str, line: str) -> None:
    assert house.looking_upstairs({path: line}) == []


@pytest.mark.parametrize(
    "tree",
    [
        {"db/a.py": "from db import b", "db/b.py": "from db.a import x"},
        {"db/a.py": "from . import b", "db/b.py": "import db.c", "db/c.py": "def f():\n    from db.a import x"},
        {"db/__init__.py": "from db.a import x", "db/a.py": "from db import x"},
        {"db/a.py": "import db.a"},
    ],
)
def test_a_circle_is_seen(tree: house.Sources) -> None:
    assert len(house.circles(tree)) == 1


def test_two_ways_to_the_same_module_are_no_circle() -> None:
    assert house.circles({"db/a.py": "from db import b, c", "db/b.py": "from db import c", "db/c.py": ""}) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("flows/walk/facts.py", "import transitions"),
        ("flows/walk/facts.py", "import tomllib"),
        ("bot/handle.py", "from babel.dates import format_date"),
        ("bot/runtime/intake/polling.py", "from telegram import Update"),
        ("bot/runtime/telegram/request.py", "from telegram import Bot"),
        ("bot/runtime/delivery/deliverer.py", "from telegram.request import BaseRequest"),
        ("bot/runtime/delivery/deliverer.py", "import httptools"),
        ("bot/runtime/intake/polling.py", "from sqlalchemy.exc import OperationalError"),
        ("bot/handle.py", "from sqlalchemy import select"),
        ("bot/runtime/delivery/deliverer.py", "from starlette.routing import Route"),
        ("bot/handle.py", "import asyncio"),
        ("db/store.py", "from asyncio import to_thread"),
    ],
)
def test_a_library_in_a_strange_room_is_seen(path: str, line: str) -> None:
    assert house.strange_rooms({path: line})


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("bot/runtime/telegram/request.py", "from telegram.request import BaseRequest"),
        ("bot/runtime/telegram/http.py", "import httptools"),
        ("bot/demo/standin/server.py", "import asyncio\nfrom starlette.applications import Starlette"),
        ("db/migrations/env.py", "from alembic import context"),
    ],
)
def test_a_library_at_home_is_allowed(path: str, line: str) -> None:
    assert house.strange_rooms({path: line}) == []


@pytest.mark.parametrize("word", ["utils", "util", "helpers", "common", "base", "manager", "misc"])
def test_a_name_that_says_nothing_is_seen(word: str) -> None:
    assert (
        len(house.lazy_names([f"bot/{word}.py", f"db/{word}/rows.py", f"tests/lead_{word}.py", "db/baseline.py"])) == 3
    )


def test_async_is_seen_below_the_edges_only() -> None:
    seeded = "class Sender:\n    async def send(self): ..."
    for path in ("flows/walk/walk.py", "db/store.py", "bot/handle.py", "bot/content/words.py", "bot/brand_new.py"):
        assert house.async_below({path: seeded}), path
    for path in (
        "bot/runtime/intake/polling.py",
        "bot/runtime/telegram/channel.py",
        "bot/demo/standin/server.py",
        "bot/__main__.py",
    ):
        assert house.async_below({path: seeded}) == [], path


@pytest.mark.parametrize(
    "line", ["import time", "from random import choice", "import datetime\ndatetime.datetime.now()"]
)
def test_a_core_that_looks_at_the_world_is_seen(line: str) -> None:
    assert house.worldly({"flows/walk/walk.py": line})
    assert house.worldly({"db/leads/leads.py": line}) == []


def test_a_heap_is_seen() -> None:
    full = [f"bot/leads/{name}.py" for name in "abcdefghijkl"]
    assert house.crowded([*full, "bot/leads/__init__.py", "docs/charts/a.md"]) == []
    assert house.crowded([*full, "bot/leads/m/n.py"]) == ["bot/leads: 13 entries, at most 12"]


def test_a_long_file_is_seen() -> None:
    assert house.long_files({"db/rows.py": "\n" * house.MAX_LINES}) == []
    assert house.long_files({"db/rows.py": "\n" * (house.MAX_LINES + 1)})


def test_silence_is_seen() -> None:
    said = (
        '"""Rows."""\nclass Row:\n    """A row."""\n    @property\n    def wide(self): ...\n    def _hide(self): ...\n'
    )
    assert house.undocumented({"db/rows.py": said}) == []
    assert len(house.undocumented({"db/rows.py": said + "\n    def grow(self): ...\n"})) == 1
    assert len(house.undocumented({"db/rows.py": said + "\ndef count(): ...\n"})) == 1
    assert len(house.undocumented({"db/rows.py": "class Row: ..."})) == 2


def test_a_library_that_came_along_by_chance_is_seen() -> None:
    provided = {"telegram": ["python-telegram-bot"], "yaml": ["PyYAML"]}
    tree = {"db/rows.py": "import json\nimport telegram\nimport yaml\nfrom db import leads"}
    faults = house.undeclared(tree, provided, ["python_telegram_bot==22.8"])
    assert faults == ["db/rows.py:3: yaml is not a dependency in pyproject.toml"]
    assert house.undeclared(tree, provided, ["python-telegram-bot", "pyyaml[fast]>=6"]) == []


@pytest.mark.parametrize("folder", ["work", "farm", "root"])
def test_a_path_of_a_machine_is_seen(folder: str) -> None:
    assert house.traces({"README.md": f"see /{folder}/notes"})


@pytest.mark.parametrize("start", ["files", "registry", "deb", "pypi"])
def test_a_host_of_a_registry_is_seen(start: str) -> None:
    assert house.traces({"README.md": f"https://{start}.example.org/simple"})
    assert house.traces({"README.md": "https://example.org/simple, the root of all"}) == []


def test_it_is_said_of_every_table_and_column_what_it_holds_of_a_person_and_until_when() -> None:
    assert unsaid(metadata) == []


def test_a_column_of_which_nothing_is_said_is_seen() -> None:
    tables = MetaData()
    Table("notes", tables, Column("text", String), Column("who", String, nullable=False, info=names("who", Then.EMPTY)))
    how = Column("of", String, info=tells("how", of="nobody"))
    Table("marks", tables, how, info=said_of("x", Ground.ACCOUNT, "y", "z"))
    assert sorted(unsaid(tables)) == [
        "marks.of: there is no column nobody",
        "notes.text: no names(…), tells(…), of_lead(…) or nothing(…)",
        "notes.who: it cannot be emptied",
        "notes: no kept(…)",
    ]


def test_a_file_without_a_licence_is_seen() -> None:
    ours = {"path": "**", "SPDX-FileCopyrightText": "us", "SPDX-License-Identifier": "EUPL-1.2"}
    font = {"path": ["bot/*.woff2"], "SPDX-FileCopyrightText": "them", "SPDX-License-Identifier": "OFL-1.1"}
    paths = ["README.md", "bot/demo/icon.svg", "bot/letters.woff2"]
    assert house.unlicensed(paths, [ours], ["EUPL-1.2.txt"]) == []
    assert house.unlicensed(paths, [ours, font], ["EUPL-1.2.txt"]) == [
        "bot/letters.woff2: LICENSES has no text of OFL-1.1"
    ]
    assert len(house.unlicensed(paths, [ours | {"path": "*"}], ["EUPL-1.2.txt"])) == 2
    assert len(house.unlicensed(paths, [ours | {"SPDX-FileCopyrightText": ""}], ["EUPL-1.2.txt"])) == 3
