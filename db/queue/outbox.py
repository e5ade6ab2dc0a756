"""Messages that were decided in a transaction and are delivered afterwards; a row is a message still to be sent.

Guards the rule that a person with many messages waiting holds up no other: the first of each person are found without a
look at what stands behind them, and the rest person by person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    select,
    text,
    tuple_,
    update,
)

from db.store import Upsert, one_or_many
from db.tables import BEHIND, REPLACEABLE, held_messages, outbox, undelivered

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment at which a new message is due: before any that a clock may show."""

LONGEST = timedelta(minutes=5)
"""The longest wait. A message with a longer one was written by a clock that was set back since: it is due now."""

HELPING = 20
"""The most messages of one person and priority that `due` and `newer` give; those behind them are read with `of`."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Its `id` is drawn from `db.queue.sequence`, so ids only rise.

    Of the messages that are due, the lowest `priority` goes first; below 0 it does not wait for what its person must
    wait for. `lead` is the lead that it is about. `replaces` names the kind of answer of which the newest is enough.
    """

    id: int
    to: str
    payload: dict[str, Any]
    due: datetime = AT_ONCE
    tries: int = 0
    priority: int = 0
    lead: int | None = None
    replaces: str | None = None


_c, _held = outbox.c, held_messages.c
_COLUMNS = [_c[field.name] for field in fields(Message)]
_older = outbox.alias("older")


def _waits(due: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return the condition that a message which is due at this moment must still wait."""
    return (due > bindparam("now")) & (due <= bindparam("latest"))


def _like_it() -> Select[int]:
    """Select what waits for the same person with the same priority as a message that is added."""
    of_whom = (_older.c.to == bindparam("for_whom")) & (_older.c.priority == bindparam("so_urgent"))
    return select(literal_column("1")).where(_older.c.wijk == bindparam("in_wijk"), of_whom)


# Behind one that is behind, so that a person's messages stay in order.
_MANY = _like_it().order_by(_older.c.id).offset(HELPING - 1).limit(1).exists()
_IS_BEHIND = case((_MANY | _like_it().where(_older.c.behind == literal_column("1")).exists(), 1), else_=0)
_ADD = Upsert(lambda insert: insert(outbox).values(behind=_IS_BEHIND).on_conflict_do_nothing())
_READY = (
    select(*_COLUMNS)
    .where(
        _c.wijk == bindparam("wijk"),
        (_c.due <= bindparam("now")) | (_c.due > bindparam("latest")),
        ~exists().where(
            _older.c.wijk == _c.wijk,
            _older.c.to == _c.to,
            _older.c.id < _c.id,
            _waits(_older.c.due),
            _c.priority >= 0,
        ),
    )
    .order_by(_c.id)
    .limit(bindparam("limit"))
)
_DUE = _READY.where(_c.priority == bindparam("priority"), _c.behind == 0)
_NEWER = _READY.where(_c.id > bindparam("after"), _c.behind + 0 == 0)  # by the key alone, which is in order already
_OF = _READY.where(_c.to == bindparam("person"), _c.priority == bindparam("priority"))
_NEXT_CROWDED = (
    select(_c.priority, _c.to)
    .where(
        _c.wijk == bindparam("wijk"),
        text(BEHIND),
        tuple_(_c.priority, _c.to) > tuple_(bindparam("priority"), bindparam("person")),
    )
    .order_by(_c.priority, _c.to)
    .limit(1)
)
_REPLACED = delete(outbox).where(
    _c.wijk == bindparam("in_wijk"),
    _c.id.in_(
        select(_older.c.id)
        .where(
            _older.c.wijk == bindparam("in_wijk"),
            _older.c.to == bindparam("for_whom"),
            _older.c.replaces == bindparam("kind"),
            text("older." + REPLACEABLE),
            _older.c.id < bindparam("newest"),
        )
        .with_for_update(skip_locked=True)  # what is noted as sent at this moment goes anyway, and is not waited for
    ),
)
_NEWEST = select(func.coalesce(func.max(_c.id), 0)).where(_c.wijk == bindparam("wijk"))
_STANDING = select(_c.id).where(_c.wijk == bindparam("wijk"), _c.id.in_(bindparam("ids", expanding=True)))
_DONE = delete(outbox).where(_c.wijk == bindparam("in_wijk"), _c.id == bindparam("of"))
_DEAD = Upsert(lambda insert: insert(undelivered).on_conflict_do_nothing())


def add(tx: Connection, wijk: str, messages: Sequence[Message], now: datetime) -> None:
    """Add these messages in one statement; a message whose id is there already stays as it is."""
    rows = [
        {
            "wijk": wijk,
            "id": one.id,
            "to": one.to,
            "payload": one.payload,
            "due": one.due,
            "tries": one.tries,
            "priority": one.priority,
            "lead": one.lead,
            "replaces": one.replaces,
            "made_at": now,
            "in_wijk": wijk,
            "for_whom": one.to,
            "so_urgent": one.priority,
        }
        for one in messages
    ]
    if rows:
        tx.execute(_ADD.on(tx), one_or_many(rows))


def due(tx: Connection, wijk: str, now: datetime, limit: int = 1000, priority: int = 0) -> list[Message]:
    """Return the messages of this priority to send now, oldest first.

    None is for a person with an older message that must still wait.
    """
    values = {"wijk": wijk, "now": now, "latest": now + LONGEST, "limit": limit, "priority": priority}
    return [Message(*row) for row in tx.execute(_DUE, values)]


def newer(tx: Connection, wijk: str, after: int, now: datetime, limit: int = 1000) -> list[Message]:
    """Return what `due` does, but of every priority and only ids above `after`; ids rise from commit to commit."""
    values = {"wijk": wijk, "after": after, "now": now, "latest": now + LONGEST, "limit": limit}
    return [Message(*row) for row in tx.execute(_NEWER, values)]


def of(tx: Connection, wijk: str, person: str, now: datetime, limit: int = HELPING, priority: int = 0) -> list[Message]:
    """Return messages of this person and priority to send now, the oldest first, also those that `due` leaves out."""
    values = {"wijk": wijk, "person": person, "now": now, "latest": now + LONGEST, "limit": limit, "priority": priority}
    return [Message(*row) for row in tx.execute(_OF, values)]


def crowded(tx: Connection, wijk: str, limit: int = 1000) -> list[tuple[str, int]]:
    """Return persons and priorities of which `due` and `newer` leave messages out, the most urgent first.

    It takes one step for each of them, however many messages they have.
    """
    found: list[tuple[str, int]] = []
    priority, person = -(2**15), ""
    while len(found) < limit and (
        row := tx.execute(_NEXT_CROWDED, {"wijk": wijk, "priority": priority, "person": person}).first()
    ):
        priority, person = row
        found.append((person, priority))
    return found


def drop_replaced(tx: Connection, wijk: str, messages: Sequence[Message]) -> None:
    """Remove what waits for the same people and need not be sent any more, because these replace it."""
    rows = [
        {"in_wijk": wijk, "for_whom": one.to, "kind": one.replaces, "newest": one.id}
        for one in messages
        if one.replaces is not None
    ]
    if rows:
        tx.execute(_REPLACED, one_or_many(rows))


def newest(tx: Connection, wijk: str) -> int:
    """Return the highest id of a waiting message; 0 when none waits."""
    return int(tx.execute(_NEWEST, {"wijk": wijk}).scalar_one())


def standing(tx: Connection, wijk: str, ids: Sequence[int]) -> set[int]:
    """Return the ids of those messages that still wait: they were not delivered, given up or erased."""
    return set(tx.execute(_STANDING, {"wijk": wijk, "ids": list(ids)}).scalars()) if ids else set()


def done(tx: Connection, wijk: str, ids: Sequence[int]) -> None:
    """Remove these messages, which were delivered, all at once."""
    if ids:
        tx.execute(_DONE, one_or_many([{"in_wijk": wijk, "of": id} for id in ids]))


def later(tx: Connection, wijk: str, id: int, due: datetime, tries: int) -> None:
    """Put off this message until `due`; `tries` says how many times it was tried."""
    tx.execute(update(outbox).where(_c.wijk == wijk, _c.id == id).values(due=due, tries=tries))


def dead(tx: Connection, wijk: str, id: int, reason: str, now: datetime) -> None:
    """Give up this message; when and why is kept, never to whom or what."""
    tx.execute(_DEAD.on(tx), {"wijk": wijk, "id": id, "reason": reason, "at": now})
    done(tx, wijk, [id])


def drop_for(tx: Connection, wijk: str, to: str) -> int:
    """Remove all messages that wait or are held for this person; return how many."""
    held = tx.execute(delete(held_messages).where(_held.wijk == wijk, _held.to == to)).rowcount
    return held + tx.execute(delete(outbox).where(_c.wijk == wijk, _c.to == to)).rowcount


def drop_about(tx: Connection, wijk: str, leads: Sequence[int], but: str = "") -> int:
    """Remove all messages that wait or are held about these leads, `but` not those to this person; return how many."""
    if not leads:
        return 0
    held = delete(held_messages).where(_held.wijk == wijk, _held.lead.in_(leads), _held.to != but)
    found = delete(outbox).where(_c.wijk == wijk, _c.lead.in_(leads), _c.to != but)
    return tx.execute(held).rowcount + tx.execute(found).rowcount


def leads_for(tx: Connection, wijk: str, to: str) -> set[int]:
    """Return the leads that messages for this person wait, or are held, about."""
    held = select(_held.lead).where(_held.wijk == wijk, _held.to == to, _held.lead.is_not(None))
    found = select(_c.lead).where(_c.wijk == wijk, _c.to == to, _c.lead.is_not(None))
    return set(tx.execute(found.union(held)).scalars())


def drop_to(tx: Connection, wijk: str, to: str, leads: Sequence[int]) -> int:
    """Remove all messages about these leads that wait or are held for this person; return how many."""
    if not leads:
        return 0
    held = delete(held_messages).where(_held.wijk == wijk, _held.to == to, _held.lead.in_(leads))
    found = delete(outbox).where(_c.wijk == wijk, _c.to == to, _c.lead.in_(leads))
    return tx.execute(held).rowcount + tx.execute(found).rowcount


def waiting(tx: Connection, wijk: str, to: str) -> list[Message]:
    """Return all messages that wait for this person, the oldest first, whenever they are due."""
    found = select(*_COLUMNS).where(_c.wijk == wijk, _c.to == to).order_by(_c.priority, _c.id).with_for_update()
    return sorted((Message(*row) for row in tx.execute(found)), key=lambda one: one.id)


def count(tx: Connection, wijk: str) -> int:
    """Count the messages that wait."""
    return int(tx.execute(select(func.count()).select_from(outbox).where(_c.wijk == wijk)).scalar_one())
