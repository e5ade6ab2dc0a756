"""The right to poll: one process per token on a machine. Telegram itself gives the second one a 409."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOLD = "The bot already runs here with this token. Stop that one first."


class AlreadyRunning(Exception):
    """Another process on this machine polls with the same token."""


@contextmanager
def only_poller(folder: Path, token: str, told: str = TOLD) -> Iterator[None]:
    """Hold the right to poll with this token until the block or the process ends.

    The folder, DATA_DIR, must be there. Raises AlreadyRunning, with what is `told`, when another process holds it.
    """
    mark = hashlib.sha256(token.encode()).hexdigest()[:12]
    descriptor = os.open(folder / f"poller-{mark}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(told) from None
        yield
    finally:
        os.close(descriptor)
