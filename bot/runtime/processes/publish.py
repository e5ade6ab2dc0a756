"""Publish the bot's name, texts and commands in every language: once, by a command, never at a start."""

from __future__ import annotations

from bot.content.loaded import Content
from bot.runtime.processes.open import telegram_of
from bot.runtime.telegram.channel import Profile
from bot.settings import Settings


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
