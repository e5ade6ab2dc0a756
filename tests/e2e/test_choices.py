"""The choices of an operator below the bot: the library's own HTTP client, and another event loop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.runtime.processes import open as opening
from bot.runtime.processes.open import runner
from bot.settings import Settings, SettingsError
from tests.e2e.people import SCRIPTS, Player
from tests.e2e.street import street

pytestmark = pytest.mark.soak


@pytest.mark.parametrize(("client", "loop"), [("httptools", "uvloop"), ("httpx", "asyncio")])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_bot_works_on_every_choice(store_url: str, tmp_path: Path, client: str, loop: str) -> None:
    async with street(store_url, tmp_path) as here:
        bot = await here.open(TELEGRAM_CLIENT=client, KOPPELKANS_LOOP=loop)
        await Player(here, here.world.person(1003)).play(SCRIPTS[3])
        assert await bot.stop() == 0
        assert not any("Traceback" in line or "error" in line.lower() for line in bot.lines)


def test_the_loop_is_the_one_that_was_chosen() -> None:
    for name in ("asyncio", "uvloop"):
        with runner(Settings(koppelkans_loop=name)) as chosen:
            assert type(chosen.get_loop()).__module__.partition(".")[0] == name


def test_a_loop_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(opening, "import_module", missing)
    with pytest.raises(SettingsError, match="KOPPELKANS_LOOP: uvloop is not installed"):
        runner(Settings(koppelkans_loop="uvloop"))
