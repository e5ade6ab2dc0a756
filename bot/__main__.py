"""The command line: every command of `koppelkans`. It only opens doors; the work is done in the modules below."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.messages.links import INVITATION, link
from bot.runtime.channel import ChannelDown, TokenRefused, WebhookIsSet
from bot.runtime.intake.poll_lock import AlreadyRunning, only_poller
from bot.runtime.logs import write_logs
from bot.runtime.processes.open import Opened, check_wijken, open_all, runner, telegram_of
from bot.runtime.processes.polling import run_bot
from bot.runtime.processes.publish import publish
from bot.settings import Settings, SettingsError, read_settings
from db.people import invitations
from flows.model.faults import FlowError
from flows.model.wijk import COORDINATOR

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Koppelkans: een praatje dat mensen en hulp koppelt.",
)


class Way(StrEnum):
    """The two ways in which updates can come: a webhook that is on or off."""

    ON = "on"
    OFF = "off"


Wijk = Annotated[str, typer.Option("--wijk", help="A folder of flows/wijken; without it all that are served.")]
Only = Annotated[str, typer.Option("--wijk", help="Only this folder of flows/wijken, or a path to another folder.")]
Check = Annotated[bool, typer.Option("--check", help="Change nothing; fail when something is out of date.")]


@app.command()
def run() -> None:
    """Run the bot of every wijk on Telegram by long polling; needs TELEGRAM_TOKEN, or TELEGRAM_TOKENS for several."""
    settings = read_settings(needs=["TELEGRAM_TOKEN"])
    write_logs(settings.log_level)
    settings.make_data_dir()
    with ExitStack() as open_things:
        for own in settings.each():
            open_things.enter_context(only_poller(settings.data_dir, own.telegram_token.get_secret_value()))
        opened = open_all(settings)
        open_things.enter_context(closing(opened.store))
        with runner(settings) as loop:
            loop.run(run_bot(settings, opened))


@app.command()
def serve() -> None:
    """Take webhooks for every wijk, beside any number of other processes; needs a token and WEBHOOK_SECRET."""
    from bot.runtime.intake.door import listener
    from bot.runtime.processes.webhook import serve_hooks

    settings = read_settings(needs=["TELEGRAM_TOKEN", "WEBHOOK_SECRET"])
    write_logs(settings.log_level)
    settings.make_data_dir()
    with ExitStack() as open_things:
        opened = open_all(settings)
        open_things.enter_context(closing(opened.store))
        if not opened.store.shared:  # one process at a time; several need PostgreSQL
            for own in settings.each():
                open_things.enter_context(only_poller(settings.data_dir, own.telegram_token.get_secret_value()))
        try:
            line = open_things.enter_context(listener(settings.koppelkans_host, settings.koppelkans_port))
        except OSError as error:
            raise SettingsError(f"KOPPELKANS_PORT: cannot listen there ({error.strerror})") from None
        with runner(settings) as loop:
            loop.run(serve_hooks(settings, opened, line))


@app.command()
def webhook(
    way: Annotated[Way, typer.Argument(help="on: Telegram brings the updates. off: they are fetched.")],
) -> None:
    """Switch every wijk to the webhook at WEBHOOK_URL, or back to long polling. No update is lost on the way."""
    from bot.runtime.processes.webhook import switch_hooks

    on = way is Way.ON
    settings = read_settings(needs=["TELEGRAM_TOKEN", *(["WEBHOOK_URL", "WEBHOOK_SECRET"] if on else [])])
    write_logs(settings.log_level)
    asyncio.run(switch_hooks(settings, on))
    typer.echo("Now run: koppelkans serve" if on else "Now run: koppelkans run")


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
    from bot.demo.terminal import play

    settings = read_settings()
    play(settings.wijk, language)


@app.command()
def migrate() -> None:
    """Bring the store up to date."""
    _with_store(lambda _settings, _opened: typer.echo("The store is up to date."))


@app.command()
def invite(
    partner: Annotated[str, typer.Argument(help="A partner's id, or `coordinator`.")] = COORDINATOR, wijk: Wijk = ""
) -> None:
    """Make a one-time invitation link; the first coordinator of a wijk is invited this way."""

    def make(settings: Settings, opened: Opened) -> None:
        if len(opened.contents) > 1:
            raise SettingsError(f"Say for which wijk: --wijk with one of {', '.join(opened.contents)}")
        here = opened.content.wijk
        if partner != COORDINATOR and partner not in here.partners:
            raise SettingsError(f"{partner} is not a partner of {here.name}; there are {', '.join(here.partners)}")
        code = invite_code(opened, partner)
        (own,) = settings.each()
        username = asyncio.run(_username(own)) if own.telegram_token.get_secret_value() else ""
        typer.echo(link(username, f"{INVITATION}{code}"))

    _with_store(make, wijk)


@app.command(name="publish")
def publish_profile(wijk: Wijk = "") -> None:
    """Publish the bot's name, description and commands in every language; needs TELEGRAM_TOKEN."""

    def go(settings: Settings, opened: Opened) -> None:
        for own in settings.each():
            languages = asyncio.run(publish(own, opened.contents[own.wijk]))
            typer.echo(f"{own.wijk}: published for {', '.join(each or 'everybody else' for each in languages)}.")

    _with_store(go, wijk, needs=["TELEGRAM_TOKEN"])


@app.command()
def check(wijk: Only = "") -> None:
    """Find what is wrong in settings, charts, wijk files and texts. The first line says whether all is in order."""
    from bot.content import commands

    settings = read_settings()
    check_wijken(settings)
    runner(settings).close()
    raise typer.Exit(commands.check_command(only=wijk))


@app.command()
def draw(check: Check = False, wijk: Only = "") -> None:
    """Draw every chart, in every language, into docs/charts; with --wijk with the names of that one."""
    from bot.content import commands

    raise typer.Exit(commands.draw_command(check, only=wijk))


@app.command()
def words(check: Check = False, wijk: Only = "") -> None:
    """Bring the catalogs up to date with the charts and the wijken; with --wijk only those of that one."""
    from bot.content import commands

    raise typer.Exit(commands.words_command(check, only=wijk))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The folder of the charts as they were: it holds charts/.")],
    new: Annotated[Path, typer.Argument(help="The folder of the charts as they will be.")],
    store: Annotated[bool, typer.Option("--store", help="Also count whom it touches in this bot's store.")] = False,
) -> None:
    """List what changed between two versions of the charts, and whom and what it touches."""
    from bot.content import commands

    if not store:
        raise typer.Exit(commands.diff_command(old, new))
    codes: list[int] = []
    _with_store(
        lambda _settings, opened: codes.append(commands.diff_command(old, new, opened.store, [*opened.contents]))
    )
    raise typer.Exit(codes[0])


def invite_code(opened: Opened, partner: str) -> str:
    """Make a one-time code for this partner's inbox, or for a coordinator."""
    from bot.handle import clock

    role = "coordinator" if partner == COORDINATOR else "partner"
    with opened.store.write() as tx:
        return invitations.make(tx, opened.content.wijk.id, partner, role, None, clock())


def _with_store(act: Callable[[Settings, Opened], None], wijk: str = "", needs: list[str] | None = None) -> None:
    settings = read_settings(needs=needs or [])
    if wijk:
        settings = settings.for_wijk(wijk)
    write_logs(settings.log_level)
    opened = open_all(settings)
    with closing(opened.store):
        act(settings, opened)


async def _username(settings: Settings) -> str:
    telegram = telegram_of(settings)
    await telegram.open()
    try:
        return str((await telegram.me()).get("username", ""))
    finally:
        await telegram.close()


def main(**given: Any) -> None:
    """Run a command; an error that can be expected ends in one clear message and exit code 2."""
    try:
        app(**given)
    except (SettingsError, FlowError, AlreadyRunning) as error:
        sys.exit(_told(str(error)))
    except TokenRefused:
        sys.exit(_told("TELEGRAM_TOKEN: Telegram does not know this token. Ask BotFather for it again."))
    except WebhookIsSet:
        sys.exit(
            _told("A webhook is set: Telegram brings the updates. Use `koppelkans serve`, or `koppelkans webhook off`.")
        )
    except ChannelDown as error:
        sys.exit(_told(f"Telegram cannot be reached: {error.reason}"))


def _told(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
