"""How a command of the command line does its work: with the store open, in the language of the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import NoReturn

import typer

from bot.content.chores.printed import spoken
from bot.runtime.logs import write_logs
from bot.runtime.processes.open import Opened, open_all
from bot.settings import Settings, read_settings


def chore(act: Callable[[], int]) -> NoReturn:
    """Do a chore in the language of the settings, and end with its exit code."""
    raise typer.Exit(spoken(act, read_settings().koppelkans_language))


def listed(lines: Iterable[str], nothing: str) -> None:
    """Print these lines, or that there is nothing."""
    found = list(lines)
    typer.echo("\n".join(found) if found else nothing)


def with_store(act: Callable[[Settings, Opened], None], wijk: str = "", needs: list[str] | None = None) -> None:
    """Open the store of the settings, do this with it, and close it; with a wijk only that one is opened.

    Raises SettingsError when a setting that the act `needs` lacks.
    """
    settings = read_settings(needs=needs or [])
    if wijk:
        settings = settings.for_wijk(wijk)
    write_logs(settings.log_level)
    opened = open_all(settings)
    with closing(opened.store):
        act(settings, opened)
