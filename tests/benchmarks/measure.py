"""Measures a load on a bot from the outside, and prints tables of it."""

from __future__ import annotations

import multiprocessing
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any

from tests.benchmarks.bots import Bot
from tests.benchmarks.crowd import Load, serve

Row = dict[str, float]


class Server:
    """The process with the people in it; `serve` runs there, with the arguments that are given beside it."""

    def __init__(self, serve: Callable[..., None] = serve, *given: object) -> None:
        context = multiprocessing.get_context("spawn")
        self.orders: Connection
        self.orders, far = context.Pipe()
        self.process = context.Process(target=serve, args=(far, *given), daemon=True)
        self.process.start()
        self.port = int(self.orders.recv())
        self.address = f"http://127.0.0.1:{self.port}"

    def wait_for_poll(self, start: Callable[[], Bot]) -> tuple[Bot, float]:
        """Start a bot; return it with the seconds to its first poll."""
        self.orders.send("polled")
        self.orders.recv()
        bot = start()
        if not self.orders.poll(60):
            raise RuntimeError(f"{bot.kind} never polled:\n{bot.said()}")
        return bot, float(self.orders.recv()) - bot.began

    def measure(self, bot: Bot, load: Load, warm: float) -> Row:
        """Measure one load on one bot."""
        self.orders.send((load, warm))
        self.orders.recv()
        before = bot.usage()
        self.orders.recv()
        after = bot.usage()
        result: Mapping[str, Any] = self.orders.recv()
        turns = max(1, result["turns"])
        commits = after.commits - before.commits
        return {
            "turns/s": result["turns"] / result["seconds"],
            **percentiles(result["waits"]),
            "CPU ms/turn": 1000 * (after.cpu - before.cpu) / turns,
            "turns/commit": turns / commits if commits else float("nan"),
            "turns/poll": result["fetched"] / max(1, result["batches"]),
            "kB/turn": (after.written - before.written) / turns / 1000,
            "MB": after.memory,
            "lost": result["lost"] + result["unanswered"],
            "doubled": result["doubled"],
        }

    def close(self) -> None:
        """End the process with the people."""
        self.orders.send(None)
        self.process.join(5)


def table(rows: Mapping[str, Mapping[str, Sequence[Row]]], against: str) -> Iterator[str]:
    """Yield for each load the medians of everything that was measured, and under each its `ratios` to `against`."""
    for load, found in rows.items():
        medians = {name: middle(each) for name, each in found.items() if each}
        columns = list(next(iter(medians.values())))
        yield f"\n{load}\n{'':28}" + "".join(f"{column:>14}" for column in columns)
        for name, row in medians.items():
            yield f"  {name:26}" + "".join(f"{row[column]:14.2f}" for column in columns)
        for name in medians:
            if name != against and against in medians:
                compared = ratios(found[name], found[against])
                shown = "".join(f"{compared[c]:13.2f}x" if compared[c] > 0 else f"{'':>14}" for c in columns)
                yield f"  {name + ' / ' + against:26}{shown}"


def percentiles(waits: Sequence[float]) -> Row:
    """Return percentiles in milliseconds of waits in seconds; not a number when there are none."""
    found = sorted(waits) or [float("nan")]
    return {f"p{part} ms": 1000 * found[len(found) * part // 100] for part in (50, 95, 99)}


def ratios(rows: Sequence[Row], against: Sequence[Row]) -> Row:
    """Return for each column the median of the ratios of each row to its neighbour, or 0 where there is none.

    Neighbours were measured one after the other, so that a machine that slows down does so for both.
    """
    pairs = list(zip(rows, against, strict=True))
    return {
        column: statistics.median(row[column] / other[column] if other[column] else 0.0 for row, other in pairs)
        for column in rows[0]
    }


def middle(rows: Sequence[Row]) -> Row:
    """Return the median of each column."""
    return {column: statistics.median(row[column] for row in rows) for column in rows[0]}
