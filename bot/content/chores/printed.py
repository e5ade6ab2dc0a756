"""What the chores print, and the files that they write: a verdict first, then each fault on a line of its own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path

from bot.content.files import FLOWS
from flows.model.faults import Fault
from flows.read.toml import read_toml
from flows.texts.dutch import Dutch


def told(faults: Iterable[Fault], well: str) -> int:
    """Print the verdict on the first line, and then each fault; the exit code."""
    told = [str(fault) for fault in faults]
    print("\n".join([f"{len(told)} to repair:", *told]) if told else well)
    return 1 if told else 0


def tell_too(what: str, why: str, facts: Sequence[object]) -> None:
    """Print what the coordinator should know although it is no mistake, when there is any."""
    if facts:
        print(f"{what} ({len(facts)}): {why}. This is no mistake.")
        print("".join(f"  {each}\n" for each in facts), end="")


def tell_loudly(languages: Sequence[str]) -> None:
    """Print which languages residents cannot choose, and why, when there is any: it takes nobody by surprise."""
    if languages:
        print(f"Not offered ({len(languages)}): residents cannot choose this language.")
        print("".join(f"  ! {each}\n" for each in languages), end="")


def written(wanted: Mapping[Path, str], there: set[Path], check: bool, chore: str) -> int:
    """Write what differs and remove what is no longer wanted; with `check` only name it."""
    old = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    gone = sorted(there - set(wanted))
    if check:
        for path in [*old, *gone]:
            print(f"{path.parent.name}/{path.name} is not up to date. Run: make {chore}")
        return 1 if old or gone else 0
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
    for path in gone:
        path.unlink()
    print(f"{len(wanted)} files, {len(old)} written, {len(gone)} removed.")
    return 0


def spoken(act: Callable[[], int], language: str) -> int:
    """Do a chore, print in this language what it prints in English, and return its exit code."""
    if language != "nl":
        return act()
    heard = io.StringIO()
    try:
        with redirect_stdout(heard):
            return act()
    finally:
        print(in_language(heard.getvalue(), language), end="")


def in_language(text: str, language: str) -> str:
    """Return what the chores say in English in this language, line by line."""
    if language != "nl":
        return text
    dutch = Dutch(read_toml(FLOWS / "texts" / "dutch.toml")["dutch"])
    return "\n".join(map(dutch.line, text.split("\n")))
