"""The order in which a wijk's turns are taken: each update gets a stamp, and stamps only rise from commit to commit.

Guards two rules. One wijk's turns are taken one group after another, whatever process hears them, so that no two of
them lock each other out or make the same new conversation; and a message that was decided later has the higher id,
also when its update is older.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, case

from db.store import Upsert
from db.tables import stamps

_NEXT = stamps.c.last + bindparam("count")
_DRAW = Upsert(
    lambda insert: (
        (into := insert(stamps))
        .values(wijk=bindparam("wijk"), last=bindparam("highest"))
        .on_conflict_do_update(
            index_elements=["wijk"], set_={"last": case((into.excluded.last < _NEXT, _NEXT), else_=into.excluded.last)}
        )
        .returning(stamps.c.last)
    )
)


def draw(tx: Connection, wijk: str, ids: Sequence[int]) -> list[int]:
    """A stamp for each of these updates, rising. Until this transaction ends nobody else in the wijk gets one.

    Ids that come one after another are their own stamps; one that comes late gets a stamp above all before it.
    """
    if not ids:
        return []
    last: int = tx.execute(_DRAW.on(tx), {"wijk": wijk, "highest": max(ids), "count": len(ids)}).scalar_one()
    return list(range(last - len(ids) + 1, last + 1))
