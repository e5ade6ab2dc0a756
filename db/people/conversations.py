"""Where everybody stands: one row for each person (`telegram:1001`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, text, update

from db.store import Upsert, one_or_many
from db.tables import WITH_ANSWERS, conversations


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is remembered of one conversation. A new one has no place, turn 0 and no step.

    `place` is plain data that only `bot` understands; `card` is the message that is edited in place.
    `updated_at` is None until it is saved; `save` sets it.
    """

    key: str
    language: str = ""
    place: dict[str, Any] | None = None
    card: int | None = None
    turn: int = 0
    step: str = ""
    blocked: bool = False
    updated_at: datetime | None = None


_c = conversations.c
_LOOK = (
    select(*[_c[field.name] for field in fields(Conversation)])
    .where(_c.wijk == bindparam("wijk"), _c.key.in_(bindparam("keys", expanding=True)))
    .order_by(_c.key)
)
_LOAD = _LOOK.with_for_update()
_SAVE = Upsert(
    lambda insert: (into := insert(conversations)).on_conflict_do_update(
        index_elements=["wijk", "key"],
        set_={c.name: into.excluded[c.name] for c in conversations.columns if not c.primary_key},
    )
)
_THIS = (_c.wijk == bindparam("in_wijk"), _c.key == bindparam("of"))
_SET_CARD = update(conversations).where(*_THIS).values(card=bindparam("new_card"))
_SET_BLOCKED = Upsert(
    lambda insert: (
        insert(conversations)
        .values(
            wijk=bindparam("wijk"),
            key=bindparam("key"),
            language="",
            turn=0,
            step="",
            blocked=bindparam("blocked"),
            updated_at=bindparam("now"),
        )
        .on_conflict_do_update(index_elements=["wijk", "key"], set_={"blocked": bindparam("blocked")})
    )
)
_EMPTY = update(conversations).where(*_THIS).values(place=None, step="", updated_at=bindparam("now"))
_IDLE = (
    select(_c.key)
    .where(_c.wijk == bindparam("wijk"), _c.updated_at < bindparam("before"), text(WITH_ANSWERS))
    .order_by(_c.updated_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def load(tx: Connection, wijk: str, keys: Iterable[str]) -> dict[str, Conversation]:
    """Every one of these conversations, new ones blank, locked until the transaction ends.

    Draw from `db.queue.sequence` first: a new conversation has no row that could be locked, so what keeps two
    transactions from making the same one is that the turns of a wijk stand in line.
    """
    wanted = sorted(set(keys))
    rows = tx.execute(_LOAD, {"wijk": wijk, "keys": wanted}) if wanted else ()
    found = {row.key: Conversation(*row) for row in rows}
    return {key: found.get(key) or Conversation(key) for key in wanted}


def look(tx: Connection, wijk: str, keys: Iterable[str]) -> dict[str, Conversation]:
    """Those of these conversations that exist, as they are now and without a lock: to read, never to save."""
    wanted = sorted(set(keys))
    rows = tx.execute(_LOOK, {"wijk": wijk, "keys": wanted}) if wanted else ()
    return {row.key: Conversation(*row) for row in rows}


def save(tx: Connection, wijk: str, them: Sequence[Conversation], now: datetime) -> None:
    """Write these conversations back as they are, all in one statement."""
    rows = [
        {
            "wijk": wijk,
            "key": one.key,
            "language": one.language,
            "place": one.place,
            "card": one.card,
            "turn": one.turn,
            "step": one.step,
            "blocked": one.blocked,
            "updated_at": now,
        }
        for one in them
    ]
    if rows:
        tx.execute(_SAVE.on(tx), one_or_many(rows))


def set_cards(tx: Connection, wijk: str, cards: Mapping[str, int | None]) -> None:
    """Note which message is now the card of each conversation; unknown ones are left alone."""
    rows = [{"in_wijk": wijk, "of": key, "new_card": card} for key, card in sorted(cards.items())]
    if rows:
        tx.execute(_SET_CARD, rows)


def set_blocked(tx: Connection, wijk: str, key: str, blocked: bool, now: datetime) -> None:
    """Note that the person blocked or unblocked the bot, also when nothing was said before."""
    tx.execute(_SET_BLOCKED.on(tx), {"wijk": wijk, "key": key, "blocked": blocked, "now": now})


def forget(tx: Connection, wijk: str, key: str) -> bool:
    """Delete this conversation; False when there was none."""
    gone = delete(conversations).where(_c.wijk == wijk, _c.key == key).returning(_c.key)
    return tx.execute(gone).first() is not None


def idle_before(tx: Connection, wijk: str, moment: datetime, limit: int) -> list[str]:
    """Conversations that hold a place and were last touched before that moment, the oldest first, locked.

    Who is answering just now is not idle any more, and is passed over.
    """
    return list(tx.execute(_IDLE, {"wijk": wijk, "before": moment, "limit": limit}).scalars())


def places(tx: Connection, wijk: str) -> Iterator[dict[str, Any]]:
    """Every place where somebody stands, one after another: a walk through the whole wijk, never on the hot path."""
    all_of = select(_c.place).where(_c.wijk == wijk, text(WITH_ANSWERS)).order_by(_c.key)
    yield from tx.execute(all_of.execution_options(yield_per=500)).scalars()


def empty(tx: Connection, wijk: str, keys: Sequence[str], now: datetime) -> None:
    """Forget what was answered in these conversations; language, card, turn and block stay."""
    rows = [{"in_wijk": wijk, "of": key, "now": now} for key in sorted(keys)]
    if rows:
        tx.execute(_EMPTY, rows)
