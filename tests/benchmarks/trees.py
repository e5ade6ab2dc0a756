"""Copies of this tree with other content: a wijk that speaks eleven languages, or as many wijken as a country has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.e2e.process import ROOT

LIKE = {"ar": "ar", "fa": "ar"} | dict.fromkeys(("en", "es", "fr", "pl", "ru", "ti", "tr", "uk"), "en")
"""The languages beside Dutch, and whose words they get."""


def in_eleven_languages(folder: Path, wijk: str) -> Path:
    """Make such a tree in this folder: the words of two catalogs also get other names."""
    _links(folder)
    here, there = ROOT / "flows" / "wijken" / wijk, folder / "flows" / "wijken" / wijk
    there.mkdir()
    for path in here.iterdir():
        if path.name != "wijk.toml":
            (there / path.name).symlink_to(path)
    languages = ", ".join(f'"{code}"' for code in ("nl", *LIKE))
    words = re.sub(r"(?m)^languages = .*$", f"languages = [{languages}]", (here / "wijk.toml").read_text("utf-8"))
    (there / "wijk.toml").write_text(words, "utf-8")
    for code, like in LIKE.items():
        catalog = folder / "locale" / code / "LC_MESSAGES" / "bot.po"
        catalog.parent.mkdir(parents=True)
        catalog.symlink_to(ROOT / "locale" / like / "LC_MESSAGES" / "bot.po")
        if not (there / f"{code}.po").exists():
            (there / f"{code}.po").symlink_to(here / f"{like}.po")
    return folder


def with_wijken(folder: Path, wijk: str, names: Iterable[str]) -> Path:
    """Make such a tree in this folder: it holds this wijk under each of these names."""
    _links(folder)
    (folder / "locale").symlink_to(ROOT / "locale")
    for name in names:
        (folder / "flows" / "wijken" / name).symlink_to(ROOT / "flows" / "wijken" / wijk)
    return folder


def _links(folder: Path) -> None:
    """Link to everything but the wijken and the catalogs."""
    (folder / "flows" / "wijken").mkdir(parents=True)
    for name in ("bot", "db", "tests", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    for path in (ROOT / "flows").iterdir():
        if path.name != "wijken":
            (folder / "flows" / path.name).symlink_to(path)
