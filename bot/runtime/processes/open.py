"""Open what every process needs: content, store with its keys, channel, event loop.

Guards the rule that a start that would fail later fails now, with one clear message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog

from bot.content import checks
from bot.content.files import FLOWS, read_files
from bot.content.loaded import Content, contents_of
from bot.runtime.backoff import doubling
from bot.runtime.channel import ChannelDown
from bot.runtime.delivery.rate_limit import Rates
from bot.runtime.telegram.channel import Telegram
from bot.settings import Settings, SettingsError
from db.opening import StoreRefused, bring_up_to_date, stored_samples
from db.store import Store, open_store
from db.types import encrypted
from flows.model.faults import FlowError

_log = structlog.get_logger("open")


@dataclass(frozen=True, slots=True)
class Opened:
    """What every command needs: the content of every wijk, and the one store with its keys, brought up to date."""

    contents: Mapping[str, Content]
    store: Store

    @property
    def content(self) -> Content:
        """The content of the first wijk, which is the only one when there is one."""
        return next(iter(self.contents.values()))


def open_all(settings: Settings, flows: Path = FLOWS) -> Opened:
    """Read and check the content, open the store and bring it up to date.

    Raises FlowError when the content has faults, SettingsError when the store or its key is not right.
    """
    check_wijken(settings, flows)
    files = read_files(flows, settings.wijken())
    if faults := [each for wijk in files.wijken for each in checks.faults(files, wijk)]:
        raise FlowError(list(dict.fromkeys(faults)))
    settings.make_data_dir()
    try:
        store = open_store(settings.store_url())
    except ValueError as error:
        raise SettingsError(f"DATABASE_URL: {error}") from None
    try:
        stored = stored_samples(store)
        encrypted.use(settings.keys(new=not stored))
        if not all(map(encrypted.opens, stored)):
            raise SettingsError(
                "SECRET_KEYS: the store was encrypted with another key than this process has. "
                "Put the right key back (SECRET_KEYS, or secret.key in DATA_DIR), or use the store that belongs to it"
            )
        bring_up_to_date(store)
    except StoreRefused as refused:
        store.close()
        raise SettingsError(f"DATABASE_URL: the store cannot be used: {refused}") from None
    except Exception:
        store.close()
        raise
    return Opened(contents_of(files), store)


def check_wijken(settings: Settings, flows: Path = FLOWS) -> None:
    """Raise SettingsError when a wijk of these settings has no folder."""
    known = sorted(path.name for path in (flows / "wijken").iterdir() if path.is_dir())
    for wijk in settings.wijken():
        if wijk not in known:
            raise SettingsError(f"{wijk} is not a folder of flows/wijken; there are {', '.join(known)}")


def runner(settings: Settings) -> asyncio.Runner:
    """Return what runs everything: asyncio's own loop, or uvloop's. Raises SettingsError when that is not installed."""
    if settings.koppelkans_loop == "asyncio":
        return asyncio.Runner()
    try:
        uvloop = import_module("uvloop")
    except ImportError:
        raise SettingsError("KOPPELKANS_LOOP: uvloop is not installed here; leave it out, or install it") from None
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def telegram_of(settings: Settings) -> Telegram:
    """Return the channel of one wijk, not open yet; `settings` are those of that wijk alone."""
    return Telegram(settings.telegram_token.get_secret_value(), settings.telegram_base_url, settings.telegram_client)


def rates_of(settings: Settings) -> Rates:
    """Return how many new messages Telegram takes from each bot."""
    return Rates(settings.telegram_per_second, settings.telegram_per_chat)


async def introduced(telegram: Telegram) -> Mapping[str, Any]:
    """Ask Telegram who the bot is. Waits while Telegram is away; raises TokenRefused when it does not know the bot."""
    backoff, tries = doubling(0.5, 30.0), 0
    while True:
        try:
            return await telegram.me()
        except ChannelDown as down:
            tries += 1
            wait = down.seconds or backoff(tries)
            _log.warning("Telegram cannot be reached yet", reason=down.reason, tries=tries, seconds=round(wait, 1))
            await asyncio.sleep(wait)
