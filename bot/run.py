"""The whole bot, put together: store, house, channel, intake, delivery. It runs until it is told to stop.

Guards the rule that wijken are strictly apart: each has its own bot, content and outbox, over one store.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import structlog

from bot.channels.outcome import ChannelDown, TokenRefused, WebhookIsSet
from bot.channels.telegram import Profile, Telegram
from bot.deliver import Deliverer
from bot.handle import Handle
from bot.house import FLOWS, House, open_houses
from bot.log import where
from bot.notice import Notices
from bot.outage import Outage
from bot.pace import Pace, Rates
from bot.pause import growing
from bot.receive import Receiver, store_is_gone
from bot.remind import keep_forgetting
from bot.settings import Settings, SettingsError
from bot.writer import Writer
from db.store import Store, open_store
from db.types import encrypted

_log = structlog.get_logger("run")


@dataclass(frozen=True, slots=True)
class Opened:
    """What every command needs: the content of every wijk, and the one store with its keys, brought up to date."""

    houses: Mapping[str, House]
    store: Store

    @property
    def house(self) -> House:
        """The first wijk, which is the only one when there is one."""
        return next(iter(self.houses.values()))


def open_all(settings: Settings) -> Opened:
    """Read the content and open the store. Raises FlowError, SettingsError or what the store raises."""
    known = sorted(path.name for path in (FLOWS / "wijken").iterdir() if path.is_dir())
    for wijk in settings.wijken():
        if wijk not in known:
            raise SettingsError(f"{wijk} is not a folder of flows/wijken; there are {', '.join(known)}")
    houses = open_houses(settings.wijken())
    settings.make_data_dir()
    encrypted.use(settings.keys())
    try:
        store = open_store(settings.store_url())
    except ValueError as error:
        raise SettingsError(f"DATABASE_URL: {error}") from None
    try:
        store.migrate()
    except Exception as error:
        store.close()
        if not store_is_gone(error):
            raise
        raise SettingsError(f"DATABASE_URL: the store cannot be opened ({type(error).__name__})") from None
    return Opened(houses, store)


def runner(settings: Settings) -> asyncio.Runner:
    """What runs everything: asyncio's own loop, or uvloop's. Raises SettingsError when that is not installed."""
    if settings.koppelkans_loop == "asyncio":
        return asyncio.Runner()
    try:
        uvloop = import_module("uvloop")
    except ImportError:
        raise SettingsError("KOPPELKANS_LOOP: uvloop is not installed here; leave it out, or install it") from None
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def telegram_of(settings: Settings) -> Telegram:
    """The channel of one wijk, not open yet; `settings` are those of that wijk alone."""
    return Telegram(settings.telegram_token.get_secret_value(), settings.telegram_base_url, settings.telegram_client)


def rates_of(settings: Settings) -> Rates:
    """How many new messages Telegram takes from each bot."""
    return Rates(settings.telegram_per_second, settings.telegram_per_chat)


class _Bot:
    """One wijk's bot on long polling. It shares the store and the writer with the others, and nothing else."""

    def __init__(
        self, settings: Settings, house: House, store: Store, writer: Writer, ready: Callable[[Receiver], None]
    ) -> None:
        self.settings, self.house, self.store, self.writer, self.ready = settings, house, store, writer, ready
        self.receiver: Receiver | None = None
        self.failed: Exception | None = None
        self.task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Finish what is in hand; also while it is still starting."""
        if self.receiver is not None:
            self.receiver.stop()
        elif self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        """Until it is stopped. Raises TokenRefused, WebhookIsSet, and whatever is a mistake of ours."""
        wijk = self.house.wijk.id
        telegram = telegram_of(self.settings)
        await telegram.open()
        try:
            me = await introduced(telegram)
            handle = Handle(self.house, self.store, username=str(me.get("username", "")))
            handle.warm_up()
            pace = Pace(rates_of(self.settings))
            deliverer = Deliverer(self.store, wijk, telegram, self.writer, handle.unreachable, pace)
            outage = Outage(telegram, Notices(self.house))
            receiver = Receiver(self.store, wijk, telegram, self.writer, deliverer, handle, handle.apology, outage)
            _log.info("the bot is up", username=me.get("username"), wijk=wijk)
            self.receiver = receiver
            self.ready(receiver)
            forgetting = asyncio.create_task(keep_forgetting(self.store, wijk, self.writer), name="forgetting")
            try:
                await deliverer.start()
                await receiver.run()
            finally:
                await deliverer.close()
                forgetting.cancel()
                await asyncio.gather(forgetting, return_exceptions=True)
        finally:
            self.receiver = None
            await telegram.close()

    async def run_beside_others(self) -> None:
        """As `run`, but what stops this bot stops no other: one that cannot run is named, one that fell is raised."""
        structlog.contextvars.bind_contextvars(wijk=self.house.wijk.id)
        pause, tries = growing(1.0, 60.0), 0
        while True:
            try:
                return await self.run()
            except (TokenRefused, WebhookIsSet) as error:
                self.failed = error
                _log.error("this bot cannot run; the others go on", reason=str(error))
                return None
            except Exception as error:
                tries += 1
                rest = pause(tries)
                _log.error("this bot fell and gets up again", error=where(error), tries=tries, seconds=round(rest, 1))
                await asyncio.sleep(rest)


async def run_bot(settings: Settings, opened: Opened, ready: Callable[[Receiver], None] = lambda _: None) -> None:
    """Receive and deliver for every wijk until SIGTERM, SIGINT or a stop of all receivers; `ready` gets each of them.

    A stop that comes while it is still starting stops it too. Raises TokenRefused or WebhookIsSet when no bot can
    run; when there are several, one that cannot is named in the log and the others go on.
    """
    writer = Writer()
    bots = [_Bot(own, opened.houses[own.wijk], opened.store, writer, ready) for own in settings.each()]
    loop = asyncio.get_running_loop()
    for bot in bots:
        bot.task = loop.create_task(bot.run() if len(bots) == 1 else bot.run_beside_others(), name="bot")
    tasks = [bot.task for bot in bots if bot.task is not None]

    def stop() -> None:
        for bot in bots:
            bot.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        writer.close()
        _log.info("the bot has stopped")
    failed = [bot.failed for bot in bots if bot.failed is not None]
    if len(failed) == len(bots):
        raise failed[0]
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def introduced(telegram: Telegram) -> Mapping[str, Any]:
    """Who the bot is. Waits while Telegram is away; raises TokenRefused when it does not know the bot."""
    pause, tries = growing(0.5, 30.0), 0
    while True:
        try:
            return await telegram.me()
        except ChannelDown as down:
            tries += 1
            rest = down.seconds or pause(tries)
            _log.warning("Telegram cannot be reached yet", reason=down.reason, tries=tries, seconds=round(rest, 1))
            await asyncio.sleep(rest)


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


async def publish(settings: Settings, house: House) -> list[str]:
    """Publish names, descriptions and commands of one wijk per language; gives the languages that were published."""
    telegram = telegram_of(settings)
    await telegram.open()
    try:
        return await telegram.publish(profiles(house))
    finally:
        await telegram.close()
