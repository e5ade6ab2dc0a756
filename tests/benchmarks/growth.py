"""`make growth`: the real bot on stores with little and with much in them, interleaved; the ratios are what counts.

People tap who are stored already, far apart from each other. Everything is real: see `tests.benchmarks.fill`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.house import open_house
from db import secrets
from db.store import open_store
from tests.benchmarks import fill
from tests.benchmarks.bots import Bot
from tests.benchmarks.crowd import Load
from tests.benchmarks.fill import MEMBER, Shape
from tests.benchmarks.inside import transactions
from tests.benchmarks.measure import Row, Server, middle, table
from tests.benchmarks.stores import Stores, stores
from tests.benchmarks.tongues import copy_of_the_tree
from tests.conftest import SECRET_KEY
from tests.e2e.process import ROOT

WIJK = "smitsveen"
SMALL, LANGUAGES = "1k", "languages"
SHAPES = {
    SMALL: Shape(),
    "100k": Shape(conversations=100_000),
    "1M": Shape(conversations=1_000_000),
    "leads": Shape(open_leads=10_080),
    "backlog": Shape(backlog=100_000),
    LANGUAGES: Shape(),
}
USUAL = "1k,100k,1M,leads,backlog,languages"
WITHIN = 1.10
"""What grows more than this is named at the end."""

SMALLER_IS_WORSE = ("turns/s", "turns/commit", "turns/poll")
INSIDE = "inside, ms a transaction"


@dataclass(frozen=True, slots=True)
class Filled:
    """A store to copy, what is in it, and the tree whose bot runs on it."""

    address: str
    shape: Shape
    root: Path


def loads(shape: Shape, seconds: float) -> tuple[Load, ...]:
    """Who taps: residents who are stored, and one member of each partner."""
    members = tuple(MEMBER + number for number in range(12))
    return (
        Load("one person", 1, seconds, chats=shape.residents(1), opening="/menu"),
        Load("32 people", 32, seconds, chats=shape.residents(32), opening="/menu"),
        Load("12 partners at their inbox", 12, seconds, chats=members, opening="/postvak"),
    )


def filled(names: Sequence[str], kept: Stores, folder: Path) -> Iterator[tuple[str, Filled]]:
    """Play once for each tree, then fill a store for each name."""
    now = datetime.now(UTC)
    played: dict[Path, str] = {}
    for name in names:
        began = time.monotonic()
        root = ROOT
        if name == LANGUAGES:
            root = copy_of_the_tree(folder, WIJK)
        if root not in played:
            played[root] = kept.new()
            with closing(open_store(played[root])) as store:
                fill.play(store, open_house(WIJK, root / "flows", root / "locale"), now)
        address = kept.copy(played[root])
        with closing(open_store(address)) as store:
            fill.fill(store, WIJK, SHAPES[name])
        print(f"{name} is filled: {time.monotonic() - began:.0f} s", flush=True)
        yield name, Filled(address, SHAPES[name], root)


def beyond(rows: Mapping[str, Mapping[str, Sequence[Row]]]) -> Iterator[str]:
    """What is worse than on the small store by more than `WITHIN`."""
    for load, found in rows.items():
        small = middle(found[SMALL])
        for name, each in found.items():
            for column, value in middle(each).items():
                low, high = sorted((value, small[column]))
                worse = (value < small[column]) == (column in SMALLER_IS_WORSE)
                if worse and low > 0 and high / low > WITHIN:
                    yield f"{load}: {name}: {column} {value:.2f} against {small[column]:.2f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make growth", description=__doc__)
    parser.add_argument("--stores", default=USUAL, help=f"of {', '.join(SHAPES)}; {SMALL} is always there")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each load is measured")
    given = parser.parse_args()
    names = list(dict.fromkeys([SMALL, *given.stores.split(",")]))
    secrets.use([SECRET_KEY])
    rows: dict[str, dict[str, list[Row]]] = {}

    def note(load: str, name: str, row: Row) -> None:
        rows.setdefault(load, {each: [] for each in names})[name].append(row)

    server = Server()
    try:
        with stores(given.postgres) as kept, tempfile.TemporaryDirectory(prefix="bench-tree-") as folder:
            ready = dict(filled(names, kept, Path(folder)))
            kept.durable()
            for number in range(given.rounds):
                for name, each in ready.items():
                    began = time.monotonic()
                    address = kept.copy(each.address)
                    bot, seconds = server.wait_for_poll(
                        lambda a=address, r=each.root: Bot("real", server.address, a, r)  # type: ignore[misc]
                    )
                    try:
                        used = bot.usage()
                        note("start", name, {"s to first poll": seconds, "CPU s": used.cpu, "MB": used.memory})
                        for load in loads(each.shape, given.seconds):
                            note(load.name, name, server.measure(bot, load, 1.0))
                    finally:
                        bot.stop()
                    note(INSIDE, name, transactions(address, WIJK, each.shape.copies, datetime.now(UTC)))
                    kept.drop(address)
                    print(f"round {number + 1}: {name}: {time.monotonic() - began:.0f} s", flush=True)
    finally:
        server.close()
    print("\n".join(table(rows, SMALL)))
    print(f"\nMore than {WITHIN:.2f} x:", *beyond(rows), sep="\n  ")


if __name__ == "__main__":
    main()
