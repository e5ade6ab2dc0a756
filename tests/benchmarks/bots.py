"""A bot under measurement: a process, and what the operating system tells about it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import SECRET_KEY
from tests.e2e.process import ROOT, clean

COMPILED = tempfile.TemporaryDirectory(prefix="bench-compiled-")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """What a bot used so far: seconds of CPU, bytes written to disk, commits (real bot only), the most memory in MB."""

    cpu: float
    written: int
    commits: int
    memory: float


class Bot:
    """`real`, `real on uvloop`, `echo` (the library's defaults) or `echo on ours`, against the server at `base_url`.

    `root` is the tree that runs. With `door`, the settings of a bot that serves webhooks, it does not poll.
    """

    def __init__(
        self, kind: str, base_url: str, database_url: str = "", root: Path = ROOT, door: Mapping[str, str] | None = None
    ) -> None:
        self.kind, self.counts = kind, kind.startswith("real")
        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.log = (Path(self.folder.name) / "log").open("w+b")
        if self.counts:
            settings = {"TELEGRAM_BASE_URL": base_url, "DATA_DIR": self.folder.name}
            settings |= door or {"TELEGRAM_TOKEN": "1:bench"}
            if database_url:
                settings["DATABASE_URL"] = database_url
            settings["KOPPELKANS_LOOP"] = "uvloop" if kind.endswith("uvloop") else "asyncio"
            command = ["tests.benchmarks.counted", "serve" if door else "run"]
        else:
            settings = {}
            command = ["tests.benchmarks.echo", base_url, "httptools" if kind == "echo on ours" else "httpx"]
        environment = {**clean(settings), "SECRET_KEYS": SECRET_KEY, "PYTHONPYCACHEPREFIX": COMPILED.name}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        # Measure the start of a bot that ran here before: its tables are made, its modules and libraries compiled.
        before = ["-m", "bot", "migrate"] if self.counts else ["-c", "import tests.benchmarks.echo"]
        subprocess.run([sys.executable, *before], cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
        )

    def usage(self) -> Usage:
        """Return what the bot used until now."""
        own = Path("/proc") / str(self.process.pid)
        fields = (own / "stat").read_text().rpartition(")")[2].split()
        written = next(line for line in (own / "io").read_text().splitlines() if line.startswith("write_bytes"))
        memory = next(line for line in (own / "status").read_text().splitlines() if line.startswith("VmHWM"))
        commits = 0
        if self.counts and self.process.stdout is not None:
            self.process.send_signal(signal.SIGUSR1)
            commits = int(self.process.stdout.readline().split()[1])
        return Usage(
            cpu=(int(fields[11]) + int(fields[12])) / TICKS,
            written=int(written.split()[1]),
            commits=commits,
            memory=int(memory.split()[1]) / 1024,
        )

    def rest(self) -> None:
        """Stop the bot for a while, so that it does not disturb another one."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let the bot go on."""
        self.process.send_signal(signal.SIGCONT)

    def said(self) -> str:
        """Return the log of the bot."""
        self.log.flush()
        self.log.seek(0)
        return self.log.read().decode()

    def stop(self) -> None:
        """Send SIGTERM, and kill the bot when it does not end."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.log.close()
        self.folder.cleanup()
