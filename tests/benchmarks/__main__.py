"""`make bench`: the real bot beside bots that do nothing, over real HTTP, interleaved; medians and ratios are printed.

Nothing is switched off in the real bot: SQLite with synchronous=FULL, encryption, logging and checks. Absolute times
move from machine to machine and are never asserted; the ratios within one run hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from pathlib import Path

from tests.benchmarks.bots import Bot
from tests.benchmarks.crowd import Load
from tests.benchmarks.measure import Row, Server, table
from tests.benchmarks.stores import stores
from tests.benchmarks.wire import Caller
from tests.e2e.process import ROOT

REAL, BEFORE, ECHO, OURS = "real", "real before", "echo", "echo on ours"
LOADS = (
    Load("one person", 1, 3.0),
    Load("32 people", 32, 5.0),
    Load("30 in bursts", 30, 6.0, pause=1.0),
    Load("30 in bursts, +50 ms", 30, 6.0, pause=1.0, delay=0.05),
    Load("64 people, +50 ms", 64, 5.0, delay=0.05),
)


async def ceiling(port: int, lines: int = 16, seconds: float = 2.0) -> float:
    """Measure the calls per second that the server answers to a client that does nothing else."""
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, short")
    parser.add_argument("--postgres", action="store_true", help="the real bot on PostgreSQL")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--only", default="", help="loads whose name has this in it")
    parser.add_argument("--bots", default=f"{REAL},{ECHO},{OURS}", help=f"also: {REAL} on uvloop")
    parser.add_argument("--against", type=Path, help="an earlier checkout: compare with that, on SQLite")
    given = parser.parse_args()
    if given.against and given.postgres:
        parser.error("an earlier version runs on SQLite only")
    rounds = given.rounds or (1 if given.quick else 3)
    loads = [load for load in LOADS if given.only in load.name]
    if given.quick:
        loads = [Load(each.name, each.people, each.seconds / 3, each.pause, each.delay) for each in loads]
    kinds = [REAL, BEFORE] if given.against else given.bots.split(",")
    roots = {BEFORE: given.against or ROOT}
    rows: dict[str, dict[str, list[Row]]] = {load.name: {kind: [] for kind in kinds} for load in loads}
    starts: dict[str, list[float]] = {kind: [] for kind in kinds}
    server = Server()
    try:
        print(f"the server alone: {asyncio.run(ceiling(server.port)):,.0f} calls/s (a turn is two calls and a share)")
        with stores(given.postgres) as kept:
            kept.durable()
            for number in range(rounds):
                for kind in kinds if number % 2 else reversed(kinds):  # the first of a round is often slower
                    # An earlier version makes its own tables, in a file of its own.
                    store = kept.new() if kind.startswith(REAL) and kind != BEFORE else ""
                    bot, seconds = server.wait_for_poll(
                        lambda k=kind, s=store: Bot(k, server.address, s, roots.get(k, ROOT))  # type: ignore[misc]
                    )
                    try:
                        starts[kind].append(seconds)
                        for load in loads:
                            rows[load.name][kind].append(server.measure(bot, load, 0.3 if given.quick else 1.0))
                    finally:
                        bot.stop()
                    print(f"round {number + 1}: {kind} done", flush=True)
    finally:
        server.close()
    print("\n".join(table(rows, BEFORE if given.against else ECHO)))
    told = ", ".join(f"{kind} {statistics.median(seconds):.2f}" for kind, seconds in starts.items())
    print(f"\nstart to the first poll, seconds: {told}")


if __name__ == "__main__":
    main()
