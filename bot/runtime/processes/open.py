"""Open what every process needs: content, store with its keys, channel, event loop.

Guards the rule that a start that would fail later fails now, with one clear message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog

from bot.content import checks
from bot.content.files import FLOWS, LOCALE, read_files
from bot.content.loaded import ZONE, Content, contents_of
from bot.content.offered import Offered
from bot.content.words import Words
from bot.runtime.backoff import doubling
from bot.runtime.channel import ChannelDown
from bot.runtime.delivery.rate_limit import Rates
from bot.runtime.telegram.channel import Telegram
from bot.settings import Settings, SettingsError
from db.opening import StoreRefused, bring_up_to_date, holds_anything, keys_are_here
from db.store import Store, open_store
from db.types import encrypted
from flows.check.ready import gaps, old
from flows.model.faults import FlowError

OTHER_KEY = (
    "SECRET_KEYS: something in the store was encrypted with another key than this process has. "
    "Put that key back (in SECRET_KEYS, behind the one in front; or secret.key in DATA_DIR), "
    "or use the store that belongs to this key"
)

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


def open_all(settings: Settings, flows: Path = FLOWS, locale: Path = LOCALE) -> Opened:
    """Read and check the content, open the store and bring it up to date.

    Raises FlowError when the content has faults, SettingsError when the store or its key is not right.
    """
    check_wijken(settings, flows)
    files = read_files(flows, settings.wijken())
    words = Words(locale, files.phrases)
    faults = [each for wijk in files.wijken for each in checks.faults(files, wijk)]
    if faults := [*faults, *Offered(files, words).faults()]:
        raise FlowError(list(dict.fromkeys(faults)))
    settings.make_data_dir()
    try:
        store = open_store(settings.store_url())
    except ValueError as error:
        raise SettingsError(f"DATABASE_URL: {error}") from None
    try:
        encrypted.use(settings.keys(new=not holds_anything(store)))
        if not keys_are_here(store):
            raise encrypted.KeyMissing
        bring_up_to_date(store, datetime.now(UTC))
    except StoreRefused as refused:
        store.close()
        raise SettingsError(f"DATABASE_URL: the store cannot be used: {refused}") from None
    except encrypted.KeyMissing:
        store.close()
        raise SettingsError(OTHER_KEY) from None
    except Exception:
        store.close()
        raise
    contents = {
        key: replace(each, wijk=replace(each.wijk, digest_hour=settings.digest_hour))
        for key, each in contents_of(files, words).items()
    }
    for wijk in files.wijken:
        if lacking := sorted({*wijk.languages} - {*contents[wijk.id].wijk.languages}):
            _log.warning("too little is translated to offer a language", wijk=wijk.id, languages=lacking)
    return Opened(contents, store)


def warn_of_gaps(opened: Opened) -> None:
    """Warn the operator about what people in a wijk must still fill in; the bot starts all the same."""
    today = datetime.now(ZONE).date()
    for content in opened.contents.values():
        lacking, again = list(gaps(content.charts, content.wijk, today)), list(old(content.wijk, today))
        if lacking or again:
            counts = {"to_fill_in": len(lacking), "to_ask_again": len(again)}
            _log.warning("this wijk is not ready", wijk=content.wijk.id, **counts, see="koppelkans check --ready")


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


async def username_of(settings: Settings) -> str:
    """Ask Telegram for the name of the bot of these settings."""
    telegram = telegram_of(settings)
    await telegram.open()
    try:
        return str((await telegram.me()).get("username", ""))
    finally:
        await telegram.close()
