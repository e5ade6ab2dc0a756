"""The real bot, started as it always is, with one thing added: its commits are counted, and told when it ends."""

from __future__ import annotations

import atexit
import itertools
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from bot.__main__ import main

_commits = itertools.count()
_told = itertools.count()
_commit: Callable[[Any, Any], None] = DefaultDialect.do_commit


def _committed(dialect: DefaultDialect, connection: Any) -> None:
    next(_commits)
    _commit(dialect, connection)


# Not as an event of the engine: with one, each statement pays for all events.
DefaultDialect.do_commit = _committed  # type: ignore[method-assign]


def _tell(_number: int = 0, _frame: FrameType | None = None) -> None:
    # A counter is read by drawing from it: the draws of earlier readings are subtracted again.
    print(f"commits {next(_commits) - next(_told)}", flush=True)


atexit.register(_tell)
signal.signal(signal.SIGUSR1, _tell)
main()
