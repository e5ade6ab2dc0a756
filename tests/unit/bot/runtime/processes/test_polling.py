"""Several bots in one process: their settings, and that one that cannot run stops no other."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from bot.content.files import FLOWS
from bot.content.loaded import load_contents
from bot.demo.phones.person import Person
from bot.demo.standin.world.account import Account, Hook
from bot.demo.standin.world.world import TOKEN, World
from bot.runtime.channel import ChannelDown, TokenRefused, WebhookIsSet
from bot.runtime.intake.polling import Poller
from bot.runtime.processes.open import Opened
from bot.runtime.processes.polling import run_bot
from bot.runtime.telegram.webhook import hook, unhook
from bot.settings import Settings, SettingsError, read_settings
from db.people import addresses, conversations
from db.store import Store
from tests.unit.bot.runtime.line import connected, served, until

pytestmark = pytest.mark.both_stores

SECOND = "7000000002:the-token-of-the-second-bot"
HOOK = "http://127.0.0.1:9/hook"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def wrong(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    """What is said about these settings; none of their values may be in it."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        read_settings()
    return str(error.value)


def test_each_wijk_has_its_own_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKENS", "smitsveen=123:abc, deeng=456:def,")
    settings = read_settings(needs=["TELEGRAM_TOKEN"])
    assert settings.wijken() == ("smitsveen", "deeng")
    tokens = [(one.wijk, one.telegram_token.get_secret_value(), one.wijken()) for one in settings.each()]
    assert tokens == [("smitsveen", "123:abc", ("smitsveen",)), ("deeng", "456:def", ("deeng",))]
    assert "abc" not in repr(settings)
    with pytest.raises(SettingsError, match="does not name soest; it names smitsveen, deeng"):
        settings.for_wijk("soest")


def test_one_wijk_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:abc")
    monkeypatch.setenv("WIJK", "deeng")
    (one,) = read_settings().each()
    assert (one.wijk, one.telegram_token.get_secret_value()) == ("deeng", "123:abc")
    other = one.for_wijk("smitsveen")
    assert (other.wijk, other.telegram_token.get_secret_value()) == ("smitsveen", "")


def test_tokens_that_clash_or_are_not_tokens_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    both = wrong(monkeypatch, TELEGRAM_TOKENS="smitsveen=123:geheim", TELEGRAM_TOKEN="123:geheim", WIJK="smitsveen")
    assert "TELEGRAM_TOKEN: TELEGRAM_TOKENS is given too" in both
    assert "WIJK: TELEGRAM_TOKENS names the wijken already" in both
    for tokens, said in (
        ("smitsveen=123:geheim,123:geheim", "number 2 is not like smitsveen=123:abc"),
        ("smitsveen=123:geheim,smitsveen=456:geheim", "names a wijk twice"),
        ("smitsveen=123:geheim,deeng=123:geheim", "the same bot twice"),
    ):
        found = wrong(monkeypatch, TELEGRAM_TOKENS=tokens)
        assert said in found
        assert "geheim" not in found


def test_a_webhook_needs_https_and_a_real_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    found = wrong(monkeypatch, WEBHOOK_URL="http://kans.example", WEBHOOK_SECRET="te-kort")
    assert "WEBHOOK_URL: must be an https address" in found
    assert "WEBHOOK_SECRET: must be 16 to 256" in found
    assert "te-kort" not in found
    monkeypatch.setenv("WEBHOOK_URL", "https://kans.example/")
    monkeypatch.setenv("WEBHOOK_SECRET", "lang-genoeg-en_vrij")
    assert read_settings().webhook_url == "https://kans.example"
    with pytest.raises(SettingsError, match="TELEGRAM_TOKEN: is missing"):
        read_settings(needs=["TELEGRAM_TOKEN", "WEBHOOK_SECRET"])


@pytest.fixture
def opened(tmp_path: Path, store: Store) -> Opened:
    """Two wijken over one store."""
    folder = tmp_path / "flows"
    shutil.copytree(FLOWS, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copytree(folder / "wijken" / "smitsveen", folder / "wijken" / "deeng")
    return Opened(load_contents(["smitsveen", "deeng"], folder), store)


@asynccontextmanager
async def bots(world: World, opened: Opened, up: int) -> AsyncIterator[None]:
    """Both bots on that world, as one task; they are stopped at the end. `up`: so many of them can run."""
    pollers: list[Poller] = []
    async with served(world) as address:
        tokens = (("smitsveen", SecretStr(TOKEN)), ("deeng", SecretStr(SECOND)))
        settings = Settings(telegram_tokens=tokens, telegram_base_url=address)
        running = asyncio.create_task(run_bot(settings, opened, pollers.append))
        try:
            await until(lambda: len(pollers) == up or running.done())
            yield
        finally:
            for poller in pollers:
                poller.stop()
            await asyncio.wait_for(running, 60)


def begun(person: Person, world: World, bot: int) -> bool:
    shown = [one for one in person.chat(world.bots[bot]).shown if one["from"]["is_bot"]]
    return bool(shown) and "Kies je taal" in shown[-1]["text"]


async def test_two_bots_serve_the_same_person_apart(opened: Opened) -> None:
    world = World()
    first, second = world.bot(TOKEN), world.bot(SECOND, username="tweede_bot")
    fatma = world.person()
    async with bots(world, opened, 2):
        fatma.start(bot=first)
        await until(lambda: begun(fatma, world, 0))
        assert not begun(fatma, world, 1)
        fatma.start(bot=second)
        await until(lambda: begun(fatma, world, 1))
    with opened.store.read() as tx:
        for wijk in ("smitsveen", "deeng"):
            person = addresses.find(tx, wijk, f"telegram:{fatma.id}")
            assert person in conversations.look(tx, wijk, [str(person)])


async def test_a_bot_whose_token_is_refused_stops_no_other(opened: Opened) -> None:
    world = World()
    world.bot(TOKEN)  # the second one is not known here
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logs:
        async with bots(world, opened, 1):
            fatma = world.person()
            fatma.start()
            await until(lambda: begun(fatma, world, 0))
            await until(lambda: any(log["event"].startswith("this bot cannot run") for log in logs))
    (said,) = (log for log in logs if log["log_level"] == "error")
    assert (said["wijk"], said["reason"]) == ("deeng", "Telegram does not know this token")


async def test_when_no_bot_can_run_that_is_an_error(opened: Opened) -> None:
    async with served(World()) as address:
        tokens = (("smitsveen", SecretStr(TOKEN)), ("deeng", SecretStr(SECOND)))
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(run_bot(Settings(telegram_tokens=tokens, telegram_base_url=address), opened), 60)


async def test_a_bot_that_falls_gets_up_again_and_the_others_go_on(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    world.bot(TOKEN)
    second = world.bot(SECOND, username="tweede_bot")
    monkeypatch.setattr("bot.runtime.processes.polling.doubling", lambda _first, _longest: lambda _tries: 0.001)
    falls: list[str] = []
    pollers: list[Poller] = []

    def ready(poller: Poller) -> None:
        pollers.append(poller)
        if poller.batches._wijk == "deeng" and not falls:
            falls.append("deeng")
            raise KeyError("a mistake of ours")

    async with served(world) as address:
        tokens = (("smitsveen", SecretStr(TOKEN)), ("deeng", SecretStr(SECOND)))
        settings = Settings(telegram_tokens=tokens, telegram_base_url=address)
        running = asyncio.create_task(run_bot(settings, opened, ready))
        fatma = world.person()
        fatma.start(bot=second)
        await until(lambda: begun(fatma, world, 1))
        fatma.start()
        await until(lambda: begun(fatma, world, 0))
        for poller in pollers:
            poller.stop()
        await asyncio.wait_for(running, 60)
    assert len(pollers) == 3


def hook_of(bot: Account) -> Hook:
    """The webhook that this bot has."""
    assert bot.hook is not None
    return bot.hook


async def test_a_webhook_ends_the_polling_and_taking_it_away_lets_it_begin(opened: Opened) -> None:
    world = World()
    bot = world.bot(TOKEN)
    one = Opened({"smitsveen": opened.content}, opened.store)
    async with served(world) as address:
        settings = Settings(telegram_token=SecretStr(TOKEN), telegram_base_url=address)
        running = asyncio.create_task(run_bot(settings, one))
        await until(lambda: bot.bell.waiting > 0)
        async with connected(world) as channel:
            await hook(channel, HOOK, "a-secret-of-the-tests", 100)
            there = hook_of(bot)
            assert (there.url, there.secret, there.connections) == (HOOK, "a-secret-of-the-tests", 100)
            assert bot.allowed == frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
            with pytest.raises(WebhookIsSet):
                await asyncio.wait_for(running, 60)
            fatma = world.person()
            fatma.say("dag")
            with pytest.raises(WebhookIsSet):
                await channel.updates(None, 0)
            await unhook(channel)
            assert bot.hook is None
            assert len(await channel.updates(None, 0)) == 1
            with pytest.raises(ChannelDown, match="https url"):
                await hook(channel, "http://kans.example", "a-secret-of-the-tests", 100)
