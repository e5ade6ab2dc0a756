"""The messages that people wrote, by the channel's ids of them, for 48 hours: a bot can delete them for so long.

Guards the rule that nothing but the id is kept, and nothing of a person who was forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete

from db.store import Upsert, one_or_many
from db.tables import said_messages

_c = said_messages.c
_ADD = Upsert(lambda insert: insert(said_messages).on_conflict_do_nothing())


def add(tx: Connection, wijk: str, said: Sequence[tuple[str, int]], now: datetime) -> None:
    """Note these messages (who wrote it, its id), all at once. Their people are locked by the turn that heard them."""
    rows = [{"wijk": wijk, "person": person, "message": message, "at": now} for person, message in sorted(set(said))]
    if rows:
        tx.execute(_ADD.on(tx), one_or_many(rows))


def take(tx: Connection, wijk: str, person: str, since: datetime, before: int) -> list[int]:
    """Return the ids of what this person wrote since that moment, below the id `before`, and forget them."""
    found = delete(said_messages).where(_c.wijk == wijk, _c.person == person, _c.at >= since, _c.message < before)
    return list(tx.execute(found.returning(_c.message)).scalars())
