"""Messages for people who hid the chat. They wait here, not in the outbox, so that no sender can come upon them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from db.queue.outbox import Message
from db.store import Upsert, one_or_many
from db.tables import held_messages

_c = held_messages.c
_REPLACES = "replaces"
_ADD = Upsert(lambda insert: insert(held_messages).on_conflict_do_nothing())


def add(tx: Connection, wijk: str, messages: Sequence[Message], now: datetime) -> None:
    """Hold these messages, all at once."""
    rows = [
        {"wijk": wijk, "id": one.id, "to": one.to, "payload": _payload(one), "lead": one.lead, "made_at": now}
        for one in messages
    ]
    if rows:
        tx.execute(_ADD.on(tx), one_or_many(rows))


def held(tx: Connection, wijk: str, person: str) -> list[Message]:
    """Return what is held for this person, the oldest first."""
    found = select(_c.id, _c.to, _c.payload, _c.lead).where(_c.wijk == wijk, _c.to == person).order_by(_c.id)
    return [_message(row) for row in tx.execute(found)]


def take(tx: Connection, wijk: str, person: str) -> list[Message]:
    """Take out what is held for this person, the oldest first."""
    gone = delete(held_messages).where(_c.wijk == wijk, _c.to == person).returning(_c.id, _c.to, _c.payload, _c.lead)
    rows = sorted(tx.execute(gone), key=lambda row: int(row.id))
    return [_message(row) for row in rows]


def forget_before(tx: Connection, wijk: str, moment: datetime, limit: int) -> list[Message]:
    """Remove at most `limit` messages that are held since before this moment, the oldest first; return them."""
    old = select(_c.id).where(_c.wijk == wijk, _c.made_at < moment).order_by(_c.made_at).limit(limit)
    ids = list(tx.execute(old).scalars())
    gone = delete(held_messages).where(_c.wijk == wijk, _c.id.in_(ids))
    rows = tx.execute(gone.returning(_c.id, _c.to, _c.payload, _c.lead)) if ids else ()
    return sorted((_message(row) for row in rows), key=lambda one: one.id)


def _payload(message: Message) -> dict[str, Any]:
    """Return what is kept: also the kind of which the newest is enough, for when the chat is opened."""
    return {**message.payload, **({_REPLACES: message.replaces} if message.replaces else {})}


def _message(row: Any) -> Message:
    payload = {key: value for key, value in row.payload.items() if key != _REPLACES}
    return Message(row.id, row.to, payload, lead=row.lead, replaces=row.payload.get(_REPLACES))
