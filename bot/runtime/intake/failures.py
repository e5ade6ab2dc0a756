"""An update that could not be handled is recorded without what it said, and its sender is told. A plain function."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.messages.message import Incoming, Outgoing
from bot.messages.posting import post
from bot.runtime.logs import where
from db.queue import sequence, updates
from db.store import Store, Tx

_log = structlog.get_logger("failures")


def record(
    store: Store,
    wijk: str,
    channel: str,
    id: int,
    reason: str,
    incoming: Incoming | None,
    apology: Callable[[Tx, Incoming], list[Outgoing]],
    now: datetime,
) -> list[Outgoing]:
    """Note that this update failed, and why (`reason` holds nothing that was said); return the committed apologies.

    Nothing is written for an update that was handled or recorded before.
    """
    made: list[Outgoing] = []
    with store.write() as tx:
        ids = sequence.draw(tx, wijk)
        if not updates.claim(tx, wijk, channel, [id], now):
            return []
        if incoming is not None:
            try:
                with tx.begin_nested():
                    made = apology(tx, incoming)
            except Exception as error:
                _log.error("no apology could be made", id=id, error=where(error))
        updates.fail(tx, wijk, channel, id, reason, now)
        return post(tx, wijk, made, {each.to: each.reached_at for each in made}, now, ids)
