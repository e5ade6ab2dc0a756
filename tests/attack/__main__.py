"""The command `make attack`: play every case against a bot that runs, and print a table of what held and what fell.

Without an address it starts the bot itself, twice: one that fetches updates and one to which they are brought, both
over the stand-in. With `--base-url` it only tries what a stranger can do at the door of a `serve` that runs; never use
it on a bot that is not yours. Exit code 1 when a case fell.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from tests.attack.case import Case, Cases, NotTried
from tests.attack.door import DOOR, Door
from tests.attack.floods import FLOODS
from tests.attack.leads import LEADS
from tests.attack.letters import LETTERS
from tests.attack.people import PEOPLE
from tests.attack.town import RUN, SERVE, Town, town
from tests.e2e.feeder import SECRET

IN_TOWN: Sequence[Cases[Town]] = (LETTERS, LEADS, PEOPLE, FLOODS)
"""A kind of cases that a new file adds is named here."""

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """How one case went, against the bot that gets its updates in this way. `reason` says why it fell."""

    way: str
    name: str
    sent: str
    expected: str
    reason: str = ""
    tried: bool = True

    def told(self, widths: Sequence[int]) -> str:
        """Return the line of the table, and below it why the bot fell."""
        cells = (self.way, self.name, self.sent, self.expected)
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        verdict = "not tried" if not self.tried else "FELL" if self.reason else "held"
        return f"{line}  {verdict}" + (f"\n    {self.reason}" if self.reason else "")


async def play(case: Case[T], target: T, way: str) -> Row:
    """Play one case. Whatever it raises is a fall: what could not be tried did not hold."""
    reason = ""
    try:
        await case.attack(target)
    except NotTried as why:
        return Row(way, case.name, case.sent, case.expected, str(why), tried=False)
    except Exception as raised:
        error = raised
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        first = (str(error).strip().splitlines() or [""])[0]
        reason = first if isinstance(error, AssertionError) and first else f"{type(error).__name__}: {first}"
    return Row(way, case.name, case.sent, case.expected, reason)


async def attack_here(only: str, folder: Path, tell: Callable[[Row], None]) -> None:
    """Attack bots of our own. After a fall the next case gets a new one: it should not suffer for the last."""
    for way in (RUN, SERVE):
        numbers = iter(range(1000))
        async with AsyncExitStack() as things:

            async def fresh(way: str = way, numbers: Iterator[int] = numbers, things: AsyncExitStack = things) -> Town:
                return await things.enter_async_context(town(way, folder / f"{way}{next(numbers)}"))

            here: Town | None = None
            for case in (case for cases in IN_TOWN for case in cases if only in case.name):
                here = here or await fresh()
                row = await play(case, here, way)
                tell(row)
                if row.reason or not here.here.bot.alive:
                    await things.aclose()
                    here = None
            if way == SERVE:
                for each in (each for each in DOOR if only in each.name):
                    here = here or await fresh()
                    door = Door("127.0.0.1", here.port, here.serves, SECRET, process=here.here.bot.pid)
                    row = await play(each, door, way)
                    tell(row)
                    if row.reason:
                        await things.aclose()
                        here = None


async def attack_there(address: str, only: str, tell: Callable[[Row], None]) -> None:
    """Attack the door of a `serve` that runs, as a stranger; with its secret in WEBHOOK_SECRET also with that."""
    parts = urlsplit(address)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80

    async def serves() -> None:
        caller = await door.come()
        await caller.say(b"GET /healthz HTTP/1.1\r\nHost: " + host.encode() + b"\r\n\r\n")
        status = await caller.status()
        caller.leave()
        assert status == 200, f"{status} from /healthz"

    door = Door(host, port, serves, os.environ.get("WEBHOOK_SECRET", ""), os.environ.get("WIJK", "smitsveen"))
    for case in (case for case in DOOR if only in case.name):
        tell(await play(case, door, "door"))


def main(given: Sequence[str] | None = None) -> int:
    """Play the cases and print the table as it comes; 1 when one fell."""
    parser = argparse.ArgumentParser(prog="make attack", description=__doc__)
    parser.add_argument("--base-url", default="", help="the address of a `serve` that runs, such as http://host:8080")
    parser.add_argument("--only", default="", help="only the cases with these words in their name")
    chosen = parser.parse_args(given)
    names = [case.name for case in DOOR]
    if not chosen.base_url:
        names += [case.name for kind in IN_TOWN for case in kind]
    if not any(chosen.only in name for name in names):
        parser.error(f"no case has {chosen.only!r} in its name")
    heads = ("by", "case", "what was sent", "what was expected")
    cells = [heads, *((SERVE, c.name, c.sent, c.expected) for kind in IN_TOWN for c in kind)]
    cells += [(SERVE, c.name, c.sent, c.expected) for c in DOOR]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print("  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)))
    rows: list[Row] = []

    def tell(row: Row) -> None:
        rows.append(row)
        print(row.told(widths), flush=True)

    with tempfile.TemporaryDirectory(prefix="attack-") as folder:
        if chosen.base_url:
            asyncio.run(attack_there(chosen.base_url, chosen.only, tell))
        else:
            asyncio.run(attack_here(chosen.only, Path(folder), tell))
    tried = [row for row in rows if row.tried]
    fell = [row for row in tried if row.reason]
    left = f", {len(rows) - len(tried)} not tried" if len(tried) < len(rows) else ""
    print(f"{len(tried) - len(fell)} held, {len(fell)} fell{left}.")
    return 1 if fell else 0


if __name__ == "__main__":
    sys.exit(main())
