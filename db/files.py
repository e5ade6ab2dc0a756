"""Files on disk that only their owner may read. Guards the rule that the rights do not depend on the umask.

The files that SQLite adds beside its own (the log and its index) get the same rights.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class OpenToOthers(ValueError):
    """Other accounts of this machine have rights on a file or folder, and those cannot be taken away."""


def make_file(path: Path) -> None:
    """Make this file if it does not exist, and let only its owner use it (0600).

    Raises OpenToOthers, or OSError when the file cannot be made.
    """
    # An existing file is never opened: closing it would drop the locks that SQLite has on it in this process.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    close_to_others(path, 0o600)


def make_folder(path: Path) -> None:
    """Make this folder if it does not exist, and let only its owner into it and into parents made for it (0700).

    Raises OpenToOthers, or OSError when the folder cannot be made.
    """
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    path.mkdir(exist_ok=True)  # an error when it is a file
    close_to_others(path, 0o700)


def close_to_others(path: Path, mode: int) -> None:
    """Set this mode on a file or folder on which other accounts have rights; leave any other as it is.

    Raises OpenToOthers when that has no effect, or when it belongs to another account.
    """
    if not path.stat().st_mode & _OTHERS:
        return
    with suppress(PermissionError):
        path.chmod(mode)
    if path.stat().st_mode & _OTHERS:
        raise OpenToOthers(
            f"other accounts may use {path.name}, and this one cannot change that; run chmod {mode:o} on it"
        )
