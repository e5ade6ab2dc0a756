"""Whether the clock may be right. Guards the rule that nothing is done by the clock because the clock jumped."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from db.records import switches
from db.store import Tx

GAP = timedelta(days=1)
"""A clock that is further than this ahead of the last look is doubted."""

OFTEN = timedelta(minutes=30)
"""So long a look is not noted again."""

_log = structlog.get_logger("clock")


def believes(tx: Tx, wijk: str, name: str, now: datetime, proof: timedelta) -> bool:
    """Return whether the clock may be right: it goes on from the last look, or was doubted `proof` ago.

    A bot that was off for longer than GAP looks the same as a clock that jumped: it waits. `name` is the switch under
    which the last look is kept.
    """
    noted = switches.all(tx, wijk).get(name, {})
    last, doubted = (datetime.fromisoformat(noted[key]) if key in noted else None for key in ("last", "doubted"))
    if last is not None and doubted is None and timedelta(0) <= now - last < OFTEN:
        return True
    if last is None or now - last <= GAP or (doubted is not None and now - doubted >= proof):
        switches.put(tx, wijk, name, {"last": now.isoformat()}, None, now)
        return True
    doubted = min(doubted or now, now)
    _log.error("the clock has jumped, or the bot was off for long: waiting", clock=name, last=last, now=now)
    switches.put(tx, wijk, name, {"last": last.isoformat(), "doubted": doubted.isoformat()}, None, now)
    return False
