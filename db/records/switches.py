"""What the coordinator switches while the bot runs, by name: `partner.goos.state`, `switch.energiefonds_open`.

The bot keeps what it must know after a restart here too: `forgetting.clock`.
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
    """Every switch that was ever set, with its value; what is not in it has the value of the wijk's files."""
    return {row.name: row.value for row in tx.execute(_ALL, {"wijk": wijk})}


def put(tx: Connection, wijk: str, name: str, value: Any, by: str | None, now: datetime) -> None:
    """Set a switch to a text, a number, true or false; or keep a few of them by name."""
    tx.execute(_PUT.on(tx), {"wijk": wijk, "name": name, "value": value, "changed_by": by, "changed_at": now})
