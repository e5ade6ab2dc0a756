"""On which day a group got its pointer to the private chat: once a day, and nobody in it is noted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

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


def first_today(tx: Connection, wijk: str, group: str, day: date) -> bool:
    """Note that the group at this address is answered on this day; return whether it was not answered that day yet."""
    return tx.execute(_NOTE.on(tx), {"wijk": wijk, "hash": fingerprint(group), "day": day}).first() is not None
