"""The switches that the coordinator turns while the bot runs: `partner.goos.state`, `switch.energiefonds_open`.

The bot also keeps here what it must know after a restart: `forgetting.clock`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from db.store import Upsert
from db.tables import switches

_PUT = Upsert(
    lambda insert: (into := insert(switches)).on_conflict_do_update(
        index_elements=["wijk", "name"],
        set_={name: into.excluded[name] for name in ("value", "changed_by", "changed_at")},
    )
)
_ALL = select(switches.c.name, switches.c.value).where(switches.c.wijk == bindparam("wijk"))


def all(tx: Connection, wijk: str) -> dict[str, Any]:
    """Return every switch that was ever set, with its value; any other has the value of the wijk's files."""
    return {row.name: row.value for row in tx.execute(_ALL, {"wijk": wijk})}


def put(tx: Connection, wijk: str, name: str, value: Any, by: str | None, now: datetime) -> None:
    """Set a switch to a text, a number, true or false, or to a few of those by name."""
    tx.execute(_PUT.on(tx), {"wijk": wijk, "name": name, "value": value, "changed_by": by, "changed_at": now})
