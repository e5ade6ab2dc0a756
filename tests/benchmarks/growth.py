"""`make growth`: the real bot on stores with little and with much in them; the ratios are what counts.

Two bots take short turns, so that a machine that is slow for a while is slow for both.

The people who tap are in the store already, far apart from each other. All is real: see `tests.benchmarks.fill`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.content.loaded import load_content
from db.store import open_store
from db.types import encrypted
from tests.benchmarks import fill
from tests.benchmarks.bots import Bot
from tests.benchmarks.crowd import Load
from tests.benchmarks.fill import MEMBER, Shape
from tests.benchmarks.inside import transactions
from tests.benchmarks.measure import Row, Server, middle, ratios, table
from tests.benchmarks.stores import Stores, stores
from tests.benchmarks.trees import in_eleven_languages
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
USUAL = "100k,1M,leads,backlog,languages"
WITHIN = 1.10
"""The ratio up to which a growth is not named at the end."""

SMALLER_IS_WORSE = ("turns/s", "turns/poll")
NOT_COMPARED = ("turns/commit",)
"""Columns without a ratio: messages to others meanwhile have commits of their own, with a cost in other columns."""
WARM_SECONDS = 0.4
INSIDE = "inside, ms a transaction"


@dataclass(frozen=True, slots=True)
class Filled:
    """A store to copy, what is in it, and the tree whose bot runs on it."""

    address: str
    shape: Shape
    root: Path


def loads(shape: Shape, seconds: float) -> tuple[Load, ...]:
    """Return the loads: residents of the store who tap, and one member of each partner."""
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
            root = in_eleven_languages(folder, WIJK)
        if root not in played:
            played[root] = kept.new()
            with closing(open_store(played[root])) as store:
                fill.play(store, load_content(WIJK, root / "flows", root / "locale"), now)
        address = kept.copy(played[root])
        with closing(open_store(address)) as store:
            fill.fill(store, WIJK, SHAPES[name])
        print(f"{name} is filled: {time.monotonic() - began:.0f} s", flush=True)
        yield name, Filled(address, SHAPES[name], root)


@dataclass(frozen=True, slots=True)
class Side:
    """One bot of a pair, on a store of its own, with the people who tap it. It stands still when it is not measured."""

    server: Server
    bot: Bot
    filled: Filled
    address: str
    start: Row

    def measured(self, load: Load) -> Row:
        """Measure one load for a short while."""
        self.bot.wake()
        try:
            return self.server.measure(self.bot, load, WARM_SECONDS)
        finally:
            self.bot.rest()


@contextmanager
def opened(server: Server, kept: Stores, filled: Filled) -> Iterator[Side]:
    """Run a bot on a copy of that store."""
    address = kept.copy(filled.address)
    bot, seconds = server.wait_for_poll(lambda: Bot("real", server.address, address, filled.root))
    used = bot.usage()
    bot.rest()
    try:
        yield Side(server, bot, filled, address, {"s to first poll": seconds, "CPU s": used.cpu, "MB": used.memory})
    finally:
        bot.wake()
        bot.stop()
        kept.drop(address)


def side_by_side(sides: Sequence[Side], turns: int, seconds: float) -> Iterator[tuple[str, list[Row]]]:
    """Yield for each load its name and a row of each bot, measured in short turns, now one first and now the other."""
    yield "start", [side.start for side in sides]
    for pair in zip(*(loads(side.filled.shape, seconds) for side in sides), strict=True):
        for turn in range(turns):
            order = list(zip(sides, pair, strict=True))[:: 1 if turn % 2 == 0 else -1]
            rows = {side.address: side.measured(load) for side, load in order}
            yield pair[0].name, [rows[side.address] for side in sides]


def beyond(rows: Mapping[str, Mapping[str, Sequence[Row]]]) -> Iterator[str]:
    """Yield what is worse than on the small store by more than `WITHIN`."""
    for load, found in rows.items():
        (name,) = (each for each in found if each != SMALL)
        small, grown = middle(found[SMALL]), middle(found[name])
        for column, ratio in ratios(found[name], found[SMALL]).items():
            if column in SMALLER_IS_WORSE and ratio:
                ratio = 1 / ratio
            if ratio > WITHIN and column not in NOT_COMPARED:
                yield f"{load}: {column} {grown[column]:.2f} against {small[column]:.2f}: {ratio:.2f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make growth", description=__doc__)
    parser.add_argument("--stores", default=USUAL, help=f"of {', '.join(SHAPES)}; each is compared with {SMALL}")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL")
    parser.add_argument("--rounds", type=int, default=2, help="how often both bots are started")
    parser.add_argument("--turns", type=int, default=6, help="how often each load changes from one to the other")
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each load is measured at a time")
    given = parser.parse_args()
    names = [name for name in dict.fromkeys(given.stores.split(",")) if name != SMALL]
    encrypted.use([SECRET_KEY])
    rows: dict[str, dict[str, list[Row]]] = {}

    def note(what: str, name: str, pair: Sequence[Row]) -> None:
        here = rows.setdefault(f"{what}: {name}", {SMALL: [], name: []})
        for each, row in zip((SMALL, name), pair, strict=True):
            here[each].append(row)

    servers = [Server(), Server()]
    try:
        with stores(given.postgres) as kept, tempfile.TemporaryDirectory(prefix="bench-tree-") as folder:
            ready = dict(filled([SMALL, *names], kept, Path(folder)))
            kept.durable()
            for name in names:
                pair = (ready[SMALL], ready[name])
                for number in range(given.rounds):
                    began = time.monotonic()
                    with ExitStack() as stack:
                        both = zip(servers, pair, strict=True)
                        sides = [stack.enter_context(opened(server, kept, each)) for server, each in both]
                        for load, found in side_by_side(sides, given.turns, given.seconds):
                            note(load, name, found)
                    note(INSIDE, name, [inside(kept, each) for each in pair])
                    print(f"{name}, round {number + 1}: {time.monotonic() - began:.0f} s", flush=True)
    finally:
        for server in servers:
            server.close()
    print("\n".join(table(dict(sorted(rows.items())), SMALL)))
    print(f"\nMore than {WITHIN:.2f} x:", *beyond(rows), sep="\n  ")


def inside(kept: Stores, filled: Filled) -> Row:
    """Measure what single transactions take on a copy of that store."""
    address = kept.copy(filled.address)
    try:
        content = load_content(WIJK, filled.root / "flows", filled.root / "locale")
        return transactions(address, content, filled.shape.copies, datetime.now(UTC))
    finally:
        kept.drop(address)


if __name__ == "__main__":
    main()
