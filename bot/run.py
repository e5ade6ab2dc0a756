"""The whole bot, put together: store, house, channel, intake, delivery. It runs until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.channels.telegram import Profile, Telegram
from bot.deliver import Deliverer
from bot.handle import Handle
from bot.house import House, open_house
from bot.receive import Receiver, serve
from bot.settings import Settings
from bot.writer import Writer
from db import secrets
from db.store import Store, open_store

_log = structlog.get_logger("run")


@dataclass(frozen=True, slots=True)
class Opened:
    """What every command needs: the content, and the store with its keys, brought up to date."""

    house: House
    store: Store


def open_all(settings: Settings) -> Opened:
    """Read the content and open the store. Raises FlowError, SettingsError or what the store raises."""
    house = open_house(settings.wijk)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    secrets.use(settings.keys())
    store = open_store(settings.store_url())
    store.migrate()
    return Opened(house, store)


async def run_bot(settings: Settings, opened: Opened, ready: Callable[[Receiver], None] = lambda _: None) -> None:
    """Receive and deliver until SIGTERM, SIGINT or `receiver.stop()`; `ready` gets the receiver once all stands.

    A stop that comes while it is still starting stops it too. Raises TokenRefused when Telegram does not know the bot.
    """
    house, store = opened.house, opened.store
    telegram = Telegram(
        settings.telegram_token.get_secret_value(), settings.telegram_base_url, settings.telegram_client
    )
    writer = Writer()
    await telegram.open()
    try:
        me = await telegram.me()
        handle = Handle(house, store, username=str(me.get("username", "")))
        handle.warm_up()
        deliverer = Deliverer(store, house.wijk.id, telegram, writer)
        receiver = Receiver(store, house.wijk.id, telegram, writer, deliverer, handle, handle.apology)
        _log.info("the bot is up", username=me.get("username"), wijk=house.wijk.id)
        ready(receiver)
        await serve(receiver, deliverer)
    finally:
        writer.close()
        await telegram.close()
        _log.info("the bot has stopped")


def profiles(house: House) -> list[Profile]:
    """What Telegram shows of the bot, in every language of the wijk; Dutch for everybody else."""
    words = house.words

    def one(code: str, language: str) -> Profile:
        commands = [key.partition(".")[2] for key in words.phrases if key.startswith("commands.")]
        return Profile(
            code,
            words.phrase(language, "profile.name"),
            words.phrase(language, "profile.short"),
            words.phrase(language, "profile.description"),
            tuple((command, words.phrase(language, f"commands.{command}")) for command in commands),
        )

    return [one("", "nl"), *(one(each, each) for each in house.wijk.languages if len(each) == 2)]


async def publish(settings: Settings, opened: Opened) -> list[str]:
    """Publish names, descriptions and commands per language; gives what Telegram refused."""
    telegram = Telegram(
        settings.telegram_token.get_secret_value(), settings.telegram_base_url, settings.telegram_client
    )
    await telegram.open()
    try:
        return await telegram.publish(profiles(opened.house))
    finally:
        await telegram.close()
