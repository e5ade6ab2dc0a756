"""The command line: every command of `koppelkans`. It only opens doors; the work is done in the modules below."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.content.chores.printed import in_language
from bot.demo.commands import demo, simulate, talk
from bot.messages.links import INVITATION, link
from bot.runtime.channel import ChannelDown, TokenRefused, WebhookIsSet
from bot.runtime.intake.poll_lock import AlreadyRunning, only_poller
from bot.runtime.logs import write_logs
from bot.runtime.processes import members as people
from bot.runtime.processes.chores import chore, listed, with_store
from bot.runtime.processes.members import invite_code
from bot.runtime.processes.open import Opened, check_wijken, open_all, runner, username_of, warn_of_gaps
from bot.runtime.processes.polling import run_bot
from bot.runtime.processes.publish import publish, publish_content
from bot.settings import Settings, SettingsError, read_settings
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
Same = Annotated[list[str] | None, typer.Option("--same", help="A text of which the translations still mean the same.")]
Since = Annotated[datetime, typer.Option("--since", formats=["%Y-%m-%d"], help="The first day: 2026-11-01.")]
Until = Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day: 2026-11-30.")]


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
        warn_of_gaps(opened)
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
        warn_of_gaps(opened)
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


for _show in (demo, talk, simulate):
    app.command()(_show)


@app.command()
def migrate() -> None:
    """Bring the store up to date."""
    with_store(lambda _settings, _opened: typer.echo("The store is up to date."))


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
        username = asyncio.run(username_of(own)) if own.telegram_token.get_secret_value() else ""
        typer.echo(link(username, f"{INVITATION}{code}"))

    with_store(make, wijk)


@app.command()
def members(wijk: Wijk = "") -> None:
    """List who works where: a handle, the first name, the organisation, the role, and since when."""
    with_store(lambda _settings, opened: listed(people.member_lines(opened), "Nobody has joined yet."), wijk)


@app.command()
def remove(
    handle: Annotated[str, typer.Argument(help="The handle of a member, as `members` lists it.")], wijk: Wijk = ""
) -> None:
    """Remove a member: their leads go back to the inbox, and everybody who counts on them is told."""
    with_store(lambda _settings, opened: typer.echo(people.remove_member(opened, handle)), wijk)


@app.command()
def invitations(
    take_back: Annotated[str, typer.Option("--take-back", help="The handle of an invitation that must not work.")] = "",
    wijk: Wijk = "",
) -> None:
    """List the invitations that somebody can still use, or take one of them back."""

    def go(_settings: Settings, opened: Opened) -> None:
        if take_back:
            typer.echo(people.take_back(opened, take_back))
        else:
            listed(people.invitation_lines(opened), "No invitation is open.")

    with_store(go, wijk)


@app.command(name="publish")
def publish_all(
    folder: Annotated[Path | None, typer.Argument(help="New content: flows/ and locale/, or a copy of flows/.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Put it in use; without this only say what changes.")] = False,
    wijk: Wijk = "",
) -> None:
    """Check new content, say what changes for whom, and put it in use with --yes; the old content is kept.

    Without a folder: publish the bot's name, description and commands on Telegram; needs TELEGRAM_TOKEN.
    """
    if folder is not None:
        chore(lambda: publish_content(read_settings(), folder, yes))

    def go(settings: Settings, opened: Opened) -> None:
        for own in settings.each():
            languages = asyncio.run(publish(own, opened.contents[own.wijk]))
            typer.echo(f"{own.wijk}: published for {', '.join(each or 'everybody else' for each in languages)}.")

    with_store(go, wijk, needs=["TELEGRAM_TOKEN"])


@app.command()
def check(
    wijk: Only = "",
    ready: Annotated[bool, typer.Option("--ready", help="Also list what the wijk must fill in; exit code 3.")] = False,
    store: Annotated[bool, typer.Option("--store", help="Look instead whether a lead waits for nobody.")] = False,
) -> None:
    """Find what is wrong in settings, charts, wijk files and texts. The first line says whether all is in order."""
    from bot.content.chores import commands, waiting
    from bot.screens.resident.ends.measured import some_cards

    if store:
        now = datetime.now(UTC)
        with_store(lambda _, its: chore(lambda: waiting.store_command(its.store, its.contents.values(), now)), wijk)
    settings = read_settings()
    check_wijken(settings)
    runner(settings).close()
    chore(lambda: commands.check_command(only=wijk, ready=ready, draw=some_cards))


@app.command()
def draw(check: Check = False, wijk: Only = "") -> None:
    """Draw every chart, in every language, into docs/charts; with --wijk with the names of that one."""
    from bot.content.chores import commands

    chore(lambda: commands.draw_command(check, only=wijk))


@app.command()
def words(check: Check = False, wijk: Only = "", same: Same = None) -> None:
    """Bring the catalogs up to date with the charts and the wijken; with --wijk only those of that one."""
    from bot.content.chores.translate import words_command

    chore(lambda: words_command(check, only=wijk, same=same or ()))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The folder of the charts as they were: it holds charts/.")],
    new: Annotated[Path, typer.Argument(help="The folder of the charts as they will be.")],
    store: Annotated[bool, typer.Option("--store", help="Also count whom it touches in this bot's store.")] = False,
) -> None:
    """List what changed between two versions of the charts, and whom and what it touches."""
    from bot.content.chores import commands

    if not store:
        chore(lambda: commands.diff_command(old, new))
    with_store(lambda _, its: chore(lambda: commands.diff_command(old, new, its.store, [*its.contents])))


@app.command()
def counts(since: Since, until: Until, wijk: Wijk = "") -> None:
    """Count what was done for residents from one day up to and with another: homes, talks, strips, and how it ended."""
    from bot.content.chores.figures import figures_command

    with_store(
        lambda _, its: chore(lambda: figures_command(its.store, its.contents.values(), since.date(), until.date())),
        wijk,
    )


def main(**given: Any) -> None:
    """Run a command; an error that can be expected ends in one clear message and exit code 2."""
    try:
        app(**given)
    except FlowError as error:
        sys.exit(_told(in_language(str(error), read_settings().koppelkans_language)))
    except (SettingsError, AlreadyRunning) as error:
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
