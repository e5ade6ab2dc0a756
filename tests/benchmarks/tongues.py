"""A copy of this tree in which the wijk speaks eleven languages: the words of two catalogs under other names."""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.process import ROOT

LIKE = {"ar": "ar", "fa": "ar"} | dict.fromkeys(("en", "es", "fr", "pl", "ru", "ti", "tr", "uk"), "en")
"""The languages beside Dutch, and whose words they get."""


def copy_of_the_tree(folder: Path, wijk: str) -> Path:
    """Make it in this folder: links to everything but the languages of this wijk and the catalogs."""
    here, there = ROOT / "flows" / "wijken" / wijk, folder / "flows" / "wijken" / wijk
    there.mkdir(parents=True)
    for name in ("bot", "db", "tests", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    for path in (*(ROOT / "flows").iterdir(), *here.iterdir()):
        link = folder / path.relative_to(ROOT)
        if not link.exists() and path.name != "wijk.toml":
            link.symlink_to(path)
    languages = ", ".join(f'"{code}"' for code in ("nl", *LIKE))
    words = re.sub(r"(?m)^languages = .*$", f"languages = [{languages}]", (here / "wijk.toml").read_text("utf-8"))
    (there / "wijk.toml").write_text(words, "utf-8")
    for code, like in LIKE.items():
        catalog = folder / "locale" / code / "LC_MESSAGES" / "bot.po"
        catalog.parent.mkdir(parents=True)
        catalog.symlink_to(ROOT / "locale" / like / "LC_MESSAGES" / "bot.po")
    return folder
