"""Numbers for rows that get no number from outside. One row per wijk, so that two transactions cannot deadlock."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam

from db.store import Upsert
from db.tables import row_ids

_DRAW = Upsert(
    lambda insert: (
        insert(row_ids)
        .values(wijk=bindparam("wijk"), last=bindparam("many"))
        .on_conflict_do_update(index_elements=["wijk"], set_={"last": row_ids.c.last + bindparam("many")})
        .returning(row_ids.c.last)
    )
)


def draw(tx: Connection, wijk: str, many: int = 1) -> int:
    """Draw so many new numbers in a row and return the first. Locks the wijk's row on PostgreSQL.

    A rollback gives the numbers back.
    """
    last: int = tx.execute(_DRAW.on(tx), {"wijk": wijk, "many": many}).scalar_one()
    return last - many + 1
