"""A real demo in a process of its own, and a real browser before it.

`KOPPELKANS_BROWSER=required` makes a missing browser a failure; otherwise these tests are skipped without one.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bot.content.loaded import Content, load_content
from tests.browser.phone import Phones

ROOT = Path(__file__).parents[2]
START_SECONDS, STOP_SECONDS, WAIT_MILLISECONDS = 90, 30, 15_000
ADDRESS = re.compile(r"open (http://\S+)")

expect.set_options(timeout=WAIT_MILLISECONDS)


@pytest.fixture(scope="session")
def content() -> Content:
    """The content, to find labels by."""
    return load_content("smitsveen")


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = "there is no chromium on this machine; on Debian: apt-get install chromium"
        (pytest.fail if os.environ.get("KOPPELKANS_BROWSER") == "required" else pytest.skip)(reason)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        yield await playwright.chromium.launch(executable_path=path, args=[*sandbox, "--disable-dev-shm-usage"])


@pytest_asyncio.fixture
async def demo(browser: Browser, tmp_path: Path) -> AsyncIterator[str]:
    """The address of `python -m bot demo` on a free port with data of its own; it must stop cleanly on Ctrl-C."""
    ours = ("TELEGRAM_", "KOPPELKANS_", "DATABASE_URL", "SECRET_KEYS", "WIJK")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    env |= {"KOPPELKANS_PORT": "0", "DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with (tmp_path / "demo.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "demo", cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE, stderr=log
        )
        try:
            yield await asyncio.wait_for(_address(process, log.name), START_SECONDS)
            process.send_signal(signal.SIGINT)
            code = await asyncio.wait_for(process.wait(), STOP_SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    told = _told(log.name)
    assert (code, "Traceback" in told, "error" in told.lower()) == (0, False, False), told


async def _address(process: asyncio.subprocess.Process, log: str) -> str:
    """What the demo prints. Raises LookupError with its log when it ends without an address."""
    assert process.stdout is not None
    async for line in process.stdout:
        if found := ADDRESS.search(line.decode()):
            return found[1]
    raise LookupError(_told(log))


def _told(log: str) -> str:
    return Path(log).read_text("utf-8")


Open = Callable[..., Any]


@pytest_asyncio.fixture
async def visit(browser: Browser, demo: str, request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    """Opens the page for one test; whatever goes wrong inside the page fails the test at its end."""
    wrong: list[str] = []
    name = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name.removeprefix("test_")).strip("-")

    async with AsyncExitStack() as stack:

        async def visit(path: str = "/", *, width: int = 1380, height: int = 900, **more: Any) -> Phones:
            context = await browser.new_context(
                viewport={"width": width, "height": height}, locale="nl-NL", timezone_id="Europe/Amsterdam", **more
            )
            stack.push_async_callback(context.close)
            context.set_default_timeout(WAIT_MILLISECONDS)
            context.on("weberror", lambda error: wrong.append(str(error.error)))
            context.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
            page = await context.new_page()
            await page.goto(demo + path)
            await expect(page.get_by_role("status").filter(has_text="verbonden")).to_be_attached()
            return Phones(page, name)

        yield visit
    assert not wrong
