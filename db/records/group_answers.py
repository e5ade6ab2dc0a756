"""On which day a group got its pointer to the private chat: once a day, and nobody in it is noted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, bindparam, delete, select

from db.store import Upsert
from db.tables import group_answers
from db.types.encrypted import fingerprint

_c = group_answers.c
_NOTE = Upsert(
    lambda insert: (
        (into := insert(group_answers))
        .on_conflict_do_update(
            index_elements=["wijk", "hash"], set_={"day": into.excluded.day}, where=_c.day != into.excluded.day
        )
        .returning(_c.day)
    )
)
_OLD = (
    select(_c.hash)
    .where(_c.wijk == bindparam("wijk"), _c.day < bindparam("before"))
    .order_by(_c.day)
    .limit(bindparam("limit"))
)
_FORGET = delete(group_answers).where(_c.wijk == bindparam("in_wijk"), _c.hash == bindparam("of"))


def first_today(tx: Connection, wijk: str, group: str, day: date) -> bool:
    """Note that the group at this address is answered on this day; return whether it was not answered that day yet."""
    return tx.execute(_NOTE.on(tx), {"wijk": wijk, "hash": fingerprint(group), "day": day}).first() is not None


def forget_before(tx: Connection, wijk: str, day: date, limit: int) -> int:
    """Forget at most so many groups that were last answered before that day; return how many."""
    found = tx.execute(_OLD, {"wijk": wijk, "before": day, "limit": limit}).scalars().all()
    if found:
        tx.execute(_FORGET, [{"in_wijk": wijk, "of": hash} for hash in found])
    return len(found)
