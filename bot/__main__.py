"""The front door: every command of `koppelkans`, and nothing but doors."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Annotated, Any

import typer

from bot import content
from bot.channels.outcome import ChannelDown, TokenRefused
from bot.coordinator import INVITATION, link
from bot.lock import AlreadyRunning, only_poller
from bot.log import write_logs
from bot.run import Opened, open_all, publish, run_bot
from bot.settings import Settings, SettingsError, read_settings
from db import invitations
from flows.faults import FlowError
from flows.wijk import COORDINATOR

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Koppelkans: een praatje dat mensen en hulp koppelt."
)

Check = Annotated[bool, typer.Option("--check", help="Change nothing; fail when something is out of date.")]


@app.command()
def run() -> None:
    """Run the bot on Telegram; needs TELEGRAM_TOKEN."""
    settings = read_settings(needs=["TELEGRAM_TOKEN"])
    write_logs(settings.log_level)
    with only_poller(settings.data_dir, settings.telegram_token.get_secret_value()):
        opened = open_all(settings)
        with closing(opened.store):
            asyncio.run(run_bot(settings, opened))


@app.command()
def demo() -> None:
    """Run the real bot on this machine, without a token: a page with phones side by side."""
    from bot.demo.laptop import run_demo

    settings = read_settings()
    write_logs(settings.log_level)
    run_demo(settings)


@app.command()
def talk(
    language: Annotated[str, typer.Option(help="The app's language, for the order of the list.")] = "nl",
) -> None:
    """Play the charts in the terminal: type the number of a button, or words."""
    from bot.talk import play

    settings = read_settings()
    play(settings.wijk, language)


@app.command()
def migrate() -> None:
    """Bring the store up to date."""
    _with_store(lambda _settings, _opened: typer.echo("The store is up to date."))


@app.command()
def invite(partner: Annotated[str, typer.Argument(help="A partner's id, or `coordinator`.")] = COORDINATOR) -> None:
    """Make a one-time invitation link; the first coordinator is invited this way."""

    def make(settings: Settings, opened: Opened) -> None:
        wijk = opened.house.wijk
        if partner != COORDINATOR and partner not in wijk.partners:
            raise SettingsError(f"{partner} is not a partner of {wijk.name}; there are {', '.join(wijk.partners)}")
        code = invite_code(opened, partner)
        username = asyncio.run(_username(settings)) if settings.telegram_token.get_secret_value() else ""
        typer.echo(link(username, f"{INVITATION}{code}"))

    _with_store(make)


@app.command(name="publish")
def publish_profile() -> None:
    """Publish the bot's name, description and commands in every language; needs TELEGRAM_TOKEN."""

    def go(settings: Settings, opened: Opened) -> None:
        refused = asyncio.run(publish(settings, opened))
        for line in refused:
            typer.echo(line, err=True)
        typer.echo("Published." if not refused else "Published, but for the above.")

    _with_store(go, needs=["TELEGRAM_TOKEN"])


@app.command()
def check() -> None:
    """Find what is wrong in charts, wijk files and texts."""
    raise typer.Exit(content.check_command())


@app.command()
def draw(check: Check = False) -> None:
    """Draw every chart, in every language, into docs/charts."""
    raise typer.Exit(content.draw_command(check))


@app.command()
def words(check: Check = False) -> None:
    """Bring the catalogs in locale/ up to date with the charts."""
    raise typer.Exit(content.words_command(check))


def invite_code(opened: Opened, partner: str) -> str:
    """A new one-time code for this partner's inbox, or for a coordinator."""
    from bot.handle import clock

    role = "coordinator" if partner == COORDINATOR else "partner"
    with opened.store.write() as tx:
        return invitations.make(tx, opened.house.wijk.id, partner, role, None, clock())


def _with_store(act: Callable[[Settings, Opened], None], needs: list[str] | None = None) -> None:
    settings = read_settings(needs=needs or [])
    write_logs(settings.log_level)
    opened = open_all(settings)
    with closing(opened.store):
        act(settings, opened)


async def _username(settings: Settings) -> str:
    from bot.channels.telegram import Telegram

    telegram = Telegram(
        settings.telegram_token.get_secret_value(), settings.telegram_base_url, settings.telegram_client
    )
    await telegram.open()
    try:
        return str((await telegram.me()).get("username", ""))
    finally:
        await telegram.close()


def main(**given: Any) -> None:
    """Run a command; what can be expected to go wrong ends in one clear message and exit code 2."""
    try:
        app(**given)
    except (SettingsError, FlowError, AlreadyRunning) as error:
        sys.exit(_told(str(error)))
    except TokenRefused:
        sys.exit(_told("TELEGRAM_TOKEN: Telegram does not know this token. Ask BotFather for it again."))
    except ChannelDown as error:
        sys.exit(_told(f"Telegram cannot be reached: {error.reason}"))


def _told(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
