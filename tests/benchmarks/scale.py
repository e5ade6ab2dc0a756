"""`make scale`: a whole country on one PostgreSQL. Every municipality has a wijk with a bot of its own, one or more
processes serve all of them by webhook, and people tap as often as `domain.md` §6 estimates: in the busiest hour of a
normal day, in winter, and with everything at once.

Real charts and settings, Telegram's rate limit, `fsync` on. Nothing is asserted: it prints what this machine does.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import Engine, create_engine, text

from tests.benchmarks import country
from tests.benchmarks.bots import TICKS, Bot
from tests.benchmarks.country import SECRET, Day
from tests.benchmarks.measure import Row, Server, percentiles
from tests.benchmarks.stores import stores
from tests.benchmarks.trees import with_wijken
from tests.e2e.process import free_ports

WIJK = "smitsveen"
MUNICIPALITIES = 342


def days(wijken: int) -> tuple[Day, ...]:
    """Return the peak hours of the whole country, in turns a second: 5, 27 in winter, and then also 100 of a burst.

    In the last, one municipality in ten holds an event.
    """
    return Day("a normal day", 5), Day("winter", 27), Day("winter, events and a burst", 127, wijken // 10)


@dataclass(frozen=True)
class Seen:
    """What was used so far: seconds of CPU by the bots and by PostgreSQL, bytes of its log, its commits; connections
    now, and the most memory in MB that one process of the bot had."""

    bots: float
    postgresql: float
    log: int
    commits: int
    connections: int
    memory: float


class Watch:
    """Looks at the processes of the bot and at PostgreSQL."""

    def __init__(self, bots: Sequence[Bot], engine: Engine) -> None:
        self._bots, self._engine = bots, engine
        with engine.connect() as line:
            folder = Path(line.execute(text("SHOW data_directory")).scalar_one())
        self._postmaster = int((folder / "postmaster.pid").read_text().split()[0])

    def look(self) -> Seen:
        """Return what was used until now."""
        used = [bot.usage() for bot in self._bots]
        with self._engine.connect() as line:
            log, commits, connections = line.execute(
                text(
                    "SELECT pg_current_wal_lsn() - '0/0', (SELECT sum(xact_commit) FROM pg_stat_database),"
                    " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) - 1"
                )
            ).one()
        postgresql = sum(_cpu(pid) for pid in (self._postmaster, *_children(self._postmaster)))
        memory = max(one.memory for one in used)
        return Seen(sum(one.cpu for one in used), postgresql, int(log), int(commits), int(connections), memory)


def _fields(pid: int) -> list[str]:
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _cpu(pid: int) -> float:
    with suppress(OSError):  # the process has just ended
        return sum(int(ticks) for ticks in _fields(pid)[11:15]) / TICKS  # with the CPU of children that have ended
    return 0.0


def _children(pid: int) -> Iterator[int]:
    for other in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(_fields(int(other.name))[1]) == pid:
                yield int(other.name)


def wait_for(bot: Bot, port: int, patience: float = 120.0) -> float:
    """Return the seconds until this bot says that all is well."""
    while time.monotonic() - bot.began < patience and bot.process.poll() is None:
        with suppress(URLError, OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return time.monotonic() - bot.began
        time.sleep(0.05)
    raise RuntimeError("the door never opened")


@contextmanager
def serving(count: int, address: str, database: str, root: Path, tokens: dict[str, str]) -> Iterator[dict[int, Bot]]:
    """Run so many processes, by the ports of their doors; they share a store and serve every wijk."""
    settings = {
        "TELEGRAM_TOKENS": ",".join(f"{wijk}={token}" for token, wijk in tokens.items()),
        "WEBHOOK_SECRET": SECRET,
    }
    bots: dict[int, Bot] = {}
    try:
        for port in free_ports(count):
            door = {**settings, "KOPPELKANS_PORT": str(port)}
            bots[port] = Bot("real", address, database, root, door)
            print(f"a process is up after {wait_for(bots[port], port):.1f} s", flush=True)
        yield bots
    finally:
        for bot in bots.values():
            bot.stop()


def row(day: Day, found: dict[str, Any], before: Seen, after: Seen) -> Row:
    """Make the row of one day; `PG` is PostgreSQL."""
    turns, seconds = max(1, found["turns"]), found["seconds"]
    bots, postgresql = after.bots - before.bots, after.postgresql - before.postgresql
    return {
        "asked/s": day.asked,
        "done/s": turns / seconds,
        **percentiles(found["waits"]),
        "cores": bots / seconds,
        "ms/turn": 1000 * bots / turns,
        "PG cores": postgresql / seconds,
        "PG ms/turn": 1000 * postgresql / turns,
        "log B/turn": (after.log - before.log) / turns,
        "commits": (after.commits - before.commits) / turns,
        "lines": after.connections,
        "MB": after.memory,
        "lost": found["lost"] + found["unanswered"],
        "doubled": found["doubled"],
        "refused": found["refused"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make scale", description=__doc__)
    parser.add_argument("--processes", default="1,2", help="how many processes of the bot, one number after another")
    parser.add_argument("--wijken", type=int, default=MUNICIPALITIES)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each load is measured")
    parser.add_argument("--only", default="", help="loads whose name has this in it")
    given = parser.parse_args()
    tokens = {f"{1000 + number}:bench": f"wijk{number}" for number in range(given.wijken)}
    loads = [day for day in days(given.wijken) if given.only in day.name]
    with ExitStack() as things:
        folder = Path(things.enter_context(tempfile.TemporaryDirectory(prefix="scale-")))
        root = with_wijken(folder, WIJK, tokens.values())
        kept = things.enter_context(stores(postgres=True))
        kept.durable()
        server = Server(country.serve, tokens)
        things.callback(server.close)
        for count in map(int, given.processes.split(",")):
            database = kept.new()
            with serving(count, server.address, database, root, tokens) as bots:
                engine = create_engine(database.replace("postgresql:", "postgresql+psycopg:", 1))
                watch = Watch(list(bots.values()), engine)
                print(f"\n{count} of the bot, {given.wijken} wijken", flush=True)
                for number, day in enumerate(loads):
                    server.orders.send((day, 5.0, given.seconds, list(bots)))
                    server.orders.recv()
                    before = watch.look()
                    server.orders.recv()
                    after = watch.look()
                    seen = row(day, server.orders.recv(), before, after)
                    if not number:
                        print(f"{'':28}" + "".join(f"{column:>11}" for column in seen))
                    print(f"{day.name:28}" + "".join(f"{value:11.2f}" for value in seen.values()), flush=True)
                engine.dispose()


if __name__ == "__main__":
    main()
