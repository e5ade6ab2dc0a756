"""Publish new content, or the bot's name, texts and commands in every language: by a command, never at a start."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bot.content.chores.publish import publish_command
from bot.content.loaded import Content
from bot.runtime.processes.open import open_all, telegram_of
from bot.runtime.telegram.channel import Profile
from bot.settings import Settings
from flows.model.faults import FlowError


def profiles(content: Content) -> list[Profile]:
    """Return what Telegram shows of the bot, in every language of the wijk; Dutch for everybody else."""
    words = content.words

    def one(code: str, language: str) -> Profile:
        commands = [key.partition(".")[2] for key in words.phrases if key.startswith("commands.")]
        return Profile(
            code,
            words.phrase(language, "profile.name"),
            words.phrase(language, "profile.short"),
            words.phrase(language, "profile.description"),
            tuple((command, words.phrase(language, f"commands.{command}")) for command in commands),
        )

    return [one("", "nl"), *(one(each, each) for each in content.wijk.languages if len(each) == 2)]


async def publish(settings: Settings, content: Content) -> list[str]:
    """Publish names, descriptions and commands of one wijk per language; return the languages that were published."""
    telegram = telegram_of(settings)
    await telegram.open()
    try:
        return await telegram.publish(profiles(content))
    finally:
        await telegram.close()


def publish_content(settings: Settings, folder: Path, yes: bool) -> int:
    """Put the content of a folder in use, after a check, and say whom it touches in the store of these settings."""
    kept = settings.data_dir / "content"
    try:
        opened = open_all(settings)
    except FlowError:  # what is in use has a fault: there is nothing to compare with
        return publish_command(folder, kept, yes)
    with closing(opened.store):
        return publish_command(folder, kept, yes, opened.store, [*opened.contents])
