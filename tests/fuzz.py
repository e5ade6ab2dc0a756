"""Hundreds of thousands of updates of all kinds, broken ones too, through the real intake on a real store.

`python -m tests.fuzz --updates 200000` counts what was lost (confirmed, and neither handled nor recorded), who met
silence (a message in a private chat, a tap or a cry for help without an answer) and what nobody handled (an error that
is not the record of an update that cannot be read). The goal is 0, 0 and 0.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson
import structlog
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.handle import Handle
from bot.messages.links import INVITATION
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.intake import polling
from bot.runtime.intake.batches import INSIST, Batches
from bot.runtime.intake.outage import Outage
from bot.runtime.intake.polling import Poller
from bot.runtime.processes.polling import receive_and_deliver
from bot.runtime.reading import NotJson, number_of, read_json
from bot.runtime.telegram.channel import Telegram
from bot.runtime.telegram.updates import hear
from bot.runtime.writer import Writer
from db.people import invitations
from db.store import Store, open_store
from db.tables import updates
from db.types import encrypted
from flows.texts.fields import CALLED
from tests.botapi import ANSWER, MAYBE, NOTHING, UNREADABLE, Made, Maker
from tests.simulated import CONTENT, WIJK
from tests.unit.bot.runtime.line import UNLIMITED
from tests.unit.flows.hear.test_alarm import RINGING

CHUNK = 100

SLOW = 60.0
"""So many seconds a hundred updates may take on a busy machine before that counts as a store that hangs."""

OF_THE_WIJK = ("no coordinator can be reached",)
"""Warnings about people and not about updates: here coordinators block the bot, as anybody does."""

RECORDED = "an update could not be handled"
ALARM = [words for _, words in RINGING if not words.startswith("/")]


@dataclass
class Figures:
    """What came of it; the samples are for whoever mends it."""

    updates: int = 0
    lost: int = 0
    silent: int = 0
    unhandled: int = 0
    recorded: int = 0
    sent: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    samples: list[Any] = field(default_factory=list)

    def sample(self, why: str, what: Any) -> None:
        """Keep the first few."""
        if len(self.samples) < 20:
            self.samples.append((why, what))


class Line:
    """Telegram's side: brings updates in chunks, and takes what is sent as strictly as Telegram does."""

    def __init__(self, maker: Maker, count: int, figures: Figures, store: Store) -> None:
        self.maker, self.left, self.figures, self.store = maker, count, figures, store
        self.queue: list[Made] = []
        self.chunk: list[Made] = []
        self.got: dict[int, list[str]] = {}
        self.last: dict[int, str] = {}
        self.answered: set[str] = set()
        self.done = asyncio.Event()
        self.settle: Any = None
        self._last = self._messages = 1000

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """One call of the bot."""
        given = {key: value[0] for key, value in parse_qs((await request.aread()).decode()).items()}
        method = request.url.path.rpartition("/")[2].lower()
        if method == "getupdates":
            body = await self._poll(int(given.get("offset", 0)), int(given.get("limit", 100)))
            return httpx.Response(200, content=b'{"ok":true,"result":[' + b",".join(body) + b"]}")
        if method == "answercallbackquery":
            self.answered.add(given["callback_query_id"])
            return httpx.Response(200, json={"ok": True, "result": True})
        if method in ("setmycommands", "deletemycommands", "deletemessages"):  # nothing to read in the chat
            return httpx.Response(200, json={"ok": True, "result": True})
        if wrong := self._take(method, given):
            return httpx.Response(400, json={"ok": False, "error_code": 400, "description": f"Bad Request: {wrong}"})
        self._messages += 1
        made: Any = {"message_id": self._messages} if method == "sendmessage" else True
        return httpx.Response(200, json={"ok": True, "result": made})

    def _take(self, method: str, given: dict[str, str]) -> str:
        """Take a message; say what is wrong with it, if anything."""
        text, person = given.get("text", ""), int(given["chat_id"])
        if method != "editmessagereplymarkup" and not text.strip():
            return "message text is empty"
        if len(text.encode("utf-16-le")) > 2 * 4096:
            return "message is too long"
        rows = orjson.loads(given.get("reply_markup", "{}")).get("inline_keyboard", [])
        data = [each.get("callback_data", "") for row in rows for each in row]
        if any(not 1 <= len(each.encode()) <= 64 for each in data):
            return "BUTTON_DATA_INVALID"
        if data:
            self.maker.buttons[person] = data
        self.got.setdefault(person, []).append(text)
        self.last[person] = text or self.last.get(person, "")
        self.figures.sent += 1
        return ""

    async def _poll(self, offset: int, limit: int) -> list[bytes]:
        self.queue = [each for each in self.queue if each.number >= offset]
        if not self.queue:
            await self._judge()
            if self.left <= 0:
                self.done.set()
                await asyncio.Event().wait()
            size = min(CHUNK, self.left)
            self.left -= size
            self.figures.updates += size
            self.queue = self.chunk = self.maker.chunk(self._last, size)
            self._last = self.chunk[-1].number
        return [each.raw for each in self.queue[:limit]]

    async def _judge(self) -> None:
        """All of the chunk is confirmed: look what came of each update."""
        if not self.chunk:
            return
        await self.settle()
        numbers = [(made, *_known(made)) for made in self.chunk]
        with self.store.read() as tx:
            wanted = [number for _, number, _ in numbers]
            noted = set(tx.execute(select(updates.c.id).where(updates.c.id.in_(wanted))).scalars())
        for made, number, update in numbers:
            self.figures.labels[made.label] += 1
            if number not in noted and made.label != NOTHING and not (made.label == MAYBE and _says_nothing(update)):
                self.figures.lost += 1
                self.figures.sample("lost", made.raw[:600])
            answers = self.got.get(made.person, [])
            # The same danger card is not sent again while it is the last thing in the chat (decision 13).
            stands = b"gevaar" in made.raw and CALLED.search(self.last.get(made.person, ""))
            silent = made.label == ANSWER and not answers and not stands
            silent |= made.danger and made.label == ANSWER and not any(map(CALLED.search, answers))
            silent |= bool(made.query) and made.label not in (MAYBE, UNREADABLE) and made.query not in self.answered
            if silent:
                self.figures.silent += 1
                self.figures.sample("silent", made.raw[:600])
        self.got.clear()
        self.answered.clear()
        self.chunk = []


def _known(made: Made) -> tuple[int, Any]:
    """The number under which this must be noted, and the update, if it can be read."""
    try:
        update = read_json(made.raw)
    except NotJson:
        update = made.raw
    return number_of(update), update


def _says_nothing(update: Any) -> bool:
    try:
        return hear(update) is None
    except Exception:
        return False


def members(store: Store) -> list[str]:
    """Invite people to every partner and to the coordinators; return what they type to come in."""
    inboxes = [*CONTENT.wijk.partners, *["coordinator"] * 3]
    with store.write() as tx:
        now = datetime.now(UTC)
        codes = [
            invitations.make(tx, WIJK, each, "coordinator" if each == "coordinator" else "partner", None, now)
            for each in inboxes
        ]
    return [f"start {INVITATION}{code}" for code in codes]


async def fuzz(store: Store, count: int, seed: int) -> Figures:
    """So many updates through a bot on this store, which must be empty."""
    figures, maker = Figures(), Maker(random.Random(seed), ALARM, members(store))
    line = Line(maker, count, figures, store)
    strange: set[int] = set()

    def note(_logger: Any, level: str, event: MutableMapping[str, Any]) -> Any:
        known = {_known(made)[0]: made for made in line.chunk}
        made = known.get(event.get("id", 0))
        if event["event"] == RECORDED and made is not None and made.label in (UNREADABLE, MAYBE):
            figures.recorded += 1
            strange.add(made.number)
        elif level in ("error", "critical", "warning") and event["event"] not in OF_THE_WIJK:
            figures.unhandled += 1
            figures.sample("unhandled", (dict(event), made.raw[:600] if made else b""))
        raise structlog.DropEvent

    writer, channel = Writer(), Telegram("123:abc", transport=httpx.MockTransport(line))
    handle = Handle(CONTENT, store)
    deliverer = Deliverer(store, WIJK, channel, writer, handle.tick, UNLIMITED)
    told = Outage(channel, handle.notices, handle.notices.sorry, patience=SLOW, danger_patience=SLOW)
    batches = Batches(
        store, WIJK, channel, writer, handle, handle.apology, told, INSIST, deliverer.accept, extra=deliverer.in_batch
    )
    poller = Poller(channel, batches)

    async def settle() -> None:
        await deliverer.flush()
        await poller._answers.finish()

    line.settle = settle
    await channel.open()
    with capture_logs(processors=[note]):
        running = asyncio.create_task(receive_and_deliver(poller, deliverer), name="fuzz")
        waiting = asyncio.create_task(line.done.wait(), name="end")
        try:
            await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
            poller.stop()
            try:
                await running
            except Exception as error:
                figures.unhandled += 1
                figures.sample("fell", repr(error))
        finally:
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting
    await channel.close()
    writer.close()
    return figures


def main() -> None:
    """Run from the command line, in portions, so that there is a figure at any time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--portion", type=int, default=20_000)
    given = parser.parse_args()
    encrypted.use([encrypted.new_key()])
    polling.STUCK_SECONDS = 0.0
    sums: Counter[str] = Counter()
    began = time.monotonic()
    for portion in range(0, given.updates, given.portion):
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{Path(folder) / 'store.db'}")
            store.migrate()
            size = min(given.portion, given.updates - portion)
            figures = asyncio.run(fuzz(store, size, given.seed + portion))
            store.close()
        for name in ("updates", "lost", "silent", "unhandled", "recorded", "sent"):
            sums[name] += getattr(figures, name)
        for sample in figures.samples:
            print(*sample)
        print(f"{time.monotonic() - began:.0f} s", dict(sums), dict(figures.labels), flush=True)


if __name__ == "__main__":
    main()
