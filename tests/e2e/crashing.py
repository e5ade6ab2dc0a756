"""The real bot, dying at a point that is given: `python -m tests.e2e.crashing POINTS FILE -- run`.

A point is a moment before or after one statement, one commit or one call to Telegram, written as `before insert leads`
or, for its third time, `before insert leads#3`; POINTS are separated by commas. For each of them the bot is started,
and kills itself there with SIGKILL; after the last one it is started as it is, without any of this. Every start is a
fork of one process that has imported everything and opened nothing, so that a crash takes less than a second. FILE
holds what was passed: a line per point, and a line `start` per armed start. With `-` as POINTS it passes all and lives.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

from bot.__main__ import main
from bot.messages.message import Outgoing
from bot.runtime.telegram.channel import Telegram

NOWHERE = "-"
_STATEMENT = re.compile(r"\s*(insert into|delete from|update|select|\w+)(?:\s+(\w+))?", re.IGNORECASE)
_FROM = re.compile(r"\sfrom\s+\"?(\w+)", re.IGNORECASE)


class Points:
    """Counts the points that this process passes, and kills it at one of them."""

    def __init__(self, last: str, file: Path) -> None:
        kind, _, number = last.partition("#")
        self._last = (kind, int(number or 1))
        self._passed: Counter[str] = Counter()
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._turn = threading.Lock()
        os.write(self._file, b"start\n")

    def reached(self, kind: str) -> None:
        """Count one more point of this kind. At the last one it does not return."""
        with self._turn:
            self._passed[kind] += 1
            os.write(self._file, f"{kind}\n".encode())
            if (kind, self._passed[kind]) == self._last:
                os.kill(os.getpid(), signal.SIGKILL)


def statement_kind(sql: str) -> str:
    """Return the verb and the table of a statement: `insert leads`, `select conversations`."""
    found = _STATEMENT.match(sql)
    verb, table = (found[1].lower().split()[0], found[2]) if found else ("other", None)
    if verb == "select":
        origin = _FROM.search(sql)
        table = origin[1] if origin else None
    return f"{verb} {table}" if table and verb in ("insert", "delete", "update", "select") else verb


def commit_kind(written: set[str]) -> str:
    """Say what a transaction was for, from what it wrote."""
    for sign, purpose in (
        ("delete updates", "forgetting"),
        ("insert leads", "a handoff"),
        ("insert memberships", "joining an inbox"),
        ("update leads", "a partner taking a lead"),
        ("insert updates", "a turn"),
        ("delete outbox", "a delivery note"),
        ("update conversations", "a delivery note"),
    ):
        if sign in written:
            return f"commit of {purpose}"
    return "commit of something" if written else "commit of reading"


def watch_store(points: Points) -> None:
    """Make every statement and every commit of every engine a point, before it and after it."""
    commit: Callable[[Any, Any], None] = DefaultDialect.do_commit
    rollback: Callable[[Any, Any], None] = DefaultDialect.do_rollback
    here = threading.local()

    @event.listens_for(Engine, "before_cursor_execute")
    def before(_tx: Connection, _cursor: Any, sql: str, *_rest: Any) -> None:
        kind = statement_kind(sql)
        if kind.startswith(("insert", "update", "delete")):
            here.written = {*getattr(here, "written", ()), kind}
        points.reached(f"before {kind}")

    @event.listens_for(Engine, "after_cursor_execute")
    def after(_tx: Connection, _cursor: Any, sql: str, *_rest: Any) -> None:
        points.reached(f"after {statement_kind(sql)}")

    def do_commit(dialect: Any, connection: Any) -> None:
        kind = commit_kind(getattr(here, "written", set()))
        here.written = set()
        points.reached(f"before {kind}")
        commit(dialect, connection)
        points.reached(f"after {kind}")

    def do_rollback(dialect: Any, connection: Any) -> None:
        here.written = set()
        rollback(dialect, connection)

    DefaultDialect.do_rollback = do_rollback  # type: ignore[method-assign]
    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]


def watch_telegram(points: Points) -> None:
    """Make every call a point, before it and after its answer; a poll that brought nothing is of another kind."""
    send, answer, updates = Telegram.send, Telegram.answer, Telegram.updates

    async def watched_send(self: Telegram, message: Outgoing) -> Any:
        kind = "sending" if message.edit is None else "editing"
        points.reached(f"before {kind}")
        outcome = await send(self, message)
        points.reached(f"after {kind}")
        return outcome

    async def watched_answer(self: Telegram, query: str, text: str = "", *, alert: bool = False) -> bool:
        points.reached("before answering")
        done = await answer(self, query, text, alert=alert)
        points.reached("after answering")
        return done

    async def watched_updates(self: Telegram, offset: int | None, seconds: int) -> list[dict[str, Any]]:
        points.reached("before fetching")
        found = await updates(self, offset, seconds)
        points.reached("after fetching" if found else "after fetching nothing")
        return found

    Telegram.send, Telegram.answer, Telegram.updates = watched_send, watched_answer, watched_updates  # type: ignore[method-assign]


class Nursery:
    """Starts the bot again and again, one at a time. Stopping it stops the bot that runs; no bot outlives it."""

    def __init__(self, command: list[str], file: Path) -> None:
        self._command, self._file = command, file
        self._running = 0
        self._alive, self._held = os.pipe()  # the far end closes when this process ends, however it ends
        signal.signal(signal.SIGTERM, self._pass_on)

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        if self._running:
            os.kill(self._running, number)

    def start(self, last: str = "") -> int:
        """Run the bot to its end, which is at `last` if that is given; return its exit code, negative for a signal."""
        sys.stdout.flush()
        self._running = os.fork()
        if not self._running:
            self._be_the_bot(last)
        _, status = os.waitpid(self._running, 0)
        self._running = 0
        return os.waitstatus_to_exitcode(status)

    def _be_the_bot(self, last: str) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(self._held)
        threading.Thread(target=self._die_with_parent, daemon=True).start()
        if last:
            points = Points(last, self._file)
            watch_store(points)
            watch_telegram(points)
        code = 1
        try:
            main(args=self._command)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _die_with_parent(self) -> None:
        os.read(self._alive, 1)
        os._exit(1)


def play(points: str, file: Path, command: list[str]) -> int:
    """Die at each of these points and then live; return the exit code of the last life."""
    nursery = Nursery(command, file)
    if points == NOWHERE:
        return nursery.start(NOWHERE)
    for point in points.split(","):
        if (code := nursery.start(point)) != -signal.SIGKILL:
            print(f"it never came to {point} and ended with {code}")
            return 1
        print(f"it died at {point}", flush=True)
    return nursery.start()


if __name__ == "__main__":
    where, into, dashes, *rest = sys.argv[1:]
    assert dashes == "--"
    sys.exit(play(where, Path(into), rest))
