"""An update that could not be handled is recorded without what it said, and its sender is told. A plain function."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.messages.message import Incoming, Outgoing
from bot.messages.posting import post
from bot.runtime.logs import where
from db.queue import sequence, updates
from db.store import Store, Tx, is_away

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
) -> list[Outgoing] | None:
    """Note that this update failed, and why (`reason` holds nothing that was said); return the committed apologies.

    Return None when no apology could be made: then its person is to be told without the store. Nothing is written for
    an update that was handled or recorded before. Raises what the store raises.
    """
    ways = [incoming, None] if incoming is not None else [None]
    for who in ways:
        try:
            with store.write() as tx:
                ids = sequence.draw(tx, wijk)
                if not updates.claim(tx, wijk, channel, [id], now):
                    return []
                made = apology(tx, who) if who is not None else []
                updates.fail(tx, wijk, channel, id, reason, now)
                made = post(tx, wijk, made, {each.to: each.reached_at for each in made}, now, ids)
        except Exception as error:
            if who is None or is_away(error):
                raise
            _log.error("no apology could be made", id=id, error=where(error))
        else:
            return made if who is incoming else None
    return None
