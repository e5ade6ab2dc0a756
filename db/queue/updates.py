"""The updates that were seen before. Guards the rule that a repeat is known by the set of ids, not by the highest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, bindparam, func, select

from db.store import Upsert, one_or_many
from db.tables import failures, updates

_CLAIM = Upsert(lambda insert: insert(updates).on_conflict_do_nothing().returning(updates.c.id))
_FAIL = Upsert(lambda insert: insert(failures).on_conflict_do_nothing())
_HIGHEST = select(func.max(updates.c.id)).where(
    updates.c.wijk == bindparam("wijk"), updates.c.channel == bindparam("channel")
)


def claim(tx: Connection, wijk: str, channel: str, ids: Sequence[int], now: datetime) -> set[int]:
    """Note these updates as seen and return the new ones; the rest were handled before, or are being handled."""
    rows = [{"wijk": wijk, "channel": channel, "id": id, "seen_at": now} for id in sorted(set(ids))]
    return set(tx.execute(_CLAIM.on(tx), one_or_many(rows)).scalars()) if rows else set()


def claim_albums(tx: Connection, wijk: str, channel: str, albums: Iterable[str], now: datetime) -> set[str]:
    """Note these albums as answered; gives those that are new. They are kept, and forgotten, as updates are."""
    numbers = {int.from_bytes(sha256(album.encode()).digest()[:8]) >> 1: album for album in albums}
    return {numbers[each] for each in claim(tx, wijk, f"{channel} album", list(numbers), now)}


def highest(tx: Connection, wijk: str, channel: str) -> int | None:
    """Return the highest update that was seen, to start the first poll from; never to tell whether one is a repeat."""
    top: int | None = tx.execute(_HIGHEST, {"wijk": wijk, "channel": channel}).scalar()
    return top


def fail(tx: Connection, wijk: str, channel: str, id: int, reason: str, now: datetime) -> None:
    """Record that an update could not be handled. `reason` names the kind of error and holds nothing that was said."""
    tx.execute(_FAIL.on(tx), {"wijk": wijk, "channel": channel, "id": id, "reason": reason, "at": now})
