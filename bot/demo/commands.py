"""The commands that show the bot without Telegram: a page with phones, a chart in the terminal, a whole quarter."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.runtime.logs import write_logs
from bot.settings import SettingsError, read_settings

Filled = Annotated[bool, typer.Option("--filled", help="Make up what the wijk does not know yet, marked as demo.")]


def demo(filled: Filled = False) -> None:
    """Run the real bot on this machine, without a token: a page with phones side by side."""
    from bot.demo.laptop import run_demo

    settings = read_settings()
    write_logs(settings.log_level)
    run_demo(settings, filled)


def talk(
    language: Annotated[str, typer.Option(help="The app's language, for the order of the list.")] = "nl",
    filled: Filled = False,
) -> None:
    """Play the charts in the terminal: type the number of a button, or words."""
    from bot.demo.terminal import play

    settings = read_settings()
    play(settings.wijk, language, filled)


def simulate(
    quarter: Annotated[bool, typer.Option("--quarter", help="Thirteen weeks; there is no other length yet.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed plays the same quarter, on any machine.")] = 1,
    residents: Annotated[int, typer.Option(min=1, max=2000, help="How many come.")] = 300,
) -> None:
    """Play a quarter of the wijk on the real bot, with made-up people and the clock sped up; nothing of it is kept.

    Exit code 1 when a lead had no owner, or a day that a resident was promised passed without a word.
    """
    from bot.demo.quarter.play import simulate as play

    if not quarter:
        raise SettingsError("Say what to play: koppelkans simulate --quarter")
    settings = read_settings()
    write_logs("CRITICAL")  # what the bot warns of is part of the play
    raise typer.Exit(play(settings.wijk, seed, residents, settings.koppelkans_language))
