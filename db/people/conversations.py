"""Conversations: where each person stands, one row for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, text, update

from db.people.addresses import add, by_hash, new_person
from db.people.addresses import forget as forget_addresses
from db.records import expiry
from db.store import Upsert, one_or_many
from db.tables import WITH_ANSWERS, addresses, conversations, said_messages


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is remembered of one conversation. A new one has no place, revision 0 and no step.

    `person` is their id, `revision` counts the changes of the place.

    `place` is plain data that only `bot` understands; `card` is the message that is edited in place.
    `updated_at` is None until it is saved; `save` sets it. `hidden_at` is since when the person keeps the chat hidden.
    """

    person: str
    language: str = ""
    place: dict[str, Any] | None = None
    card: int | None = None
    revision: int = 0
    step: str = ""
    blocked: bool = False
    updated_at: datetime | None = None
    hidden_at: datetime | None = None


_c = conversations.c
_COLUMNS = [_c[field.name] for field in fields(Conversation)]
_LOOK = (
    select(*_COLUMNS)
    .where(_c.wijk == bindparam("wijk"), _c.person.in_(bindparam("people", expanding=True)))
    .order_by(_c.person)
)
_LOCK = _LOOK.with_for_update()
_LOAD = (
    select(addresses.c.hash, *_COLUMNS)
    .join(addresses, (addresses.c.wijk == _c.wijk) & (addresses.c.person == _c.person))
    .where(_c.wijk == bindparam("wijk"), addresses.c.hash.in_(bindparam("hashes", expanding=True)))
    .order_by(_c.person)
    .with_for_update(of=conversations)
)
_HIDDEN = select(_c.person).where(
    _c.wijk == bindparam("wijk"), _c.person.in_(bindparam("people", expanding=True)), _c.hidden_at.is_not(None)
)
_SAVE = Upsert(
    lambda insert: (into := insert(conversations)).on_conflict_do_update(
        index_elements=["wijk", "person"],
        set_={c.name: into.excluded[c.name] for c in conversations.columns if not c.primary_key},
    )
)
_THIS = (_c.wijk == bindparam("in_wijk"), _c.person == bindparam("of"))
_SET_CARD = update(conversations).where(*_THIS).values(card=bindparam("new_card"))
_SET_BLOCKED = update(conversations).where(*_THIS).values(blocked=bindparam("whether"))
_EMPTY = update(conversations).where(*_THIS).values(place=None, step="")
_IDLE = (
    select(_c.person)
    .where(_c.wijk == bindparam("wijk"), _c.updated_at < bindparam("before"), text(WITH_ANSWERS))
    .order_by(_c.updated_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def load(tx: Connection, wijk: str, reached_at: Iterable[str], now: datetime) -> dict[str, Conversation]:
    """Return the conversation of the person at each of these addresses, locked until the transaction ends.

    A new person gets an id, an address and a blank conversation.

    Draw from `db.queue.sequence` first, which puts the turns of a wijk in line. A new conversation has no row to lock:
    only that line keeps two transactions from making the same one.
    """
    wanted = by_hash(sorted(set(reached_at)))
    rows = tx.execute(_LOAD, {"wijk": wijk, "hashes": list(wanted)}) if wanted else ()
    found = {wanted[hash]: Conversation(*row) for hash, *row in rows}
    new = {address: Conversation(new_person()) for address in dict.fromkeys(wanted.values()) if address not in found}
    if new:
        add(tx, wijk, {one.person: address for address, one in new.items()}, now)
        save(tx, wijk, list(new.values()), now)
    return found | new


def lock(tx: Connection, wijk: str, person: str) -> Conversation | None:
    """Return the conversation of this person, locked until the transaction ends; None when there is none."""
    row = tx.execute(_LOCK, {"wijk": wijk, "people": [person]}).first()
    return None if row is None else Conversation(*row)


def look(tx: Connection, wijk: str, people: Iterable[str]) -> dict[str, Conversation]:
    """Return the conversations of these people as they are now, without a lock: to read, never to save."""
    wanted = sorted(set(people))
    rows = tx.execute(_LOOK, {"wijk": wijk, "people": wanted}) if wanted else ()
    return {row.person: Conversation(*row) for row in rows}


def save(tx: Connection, wijk: str, them: Sequence[Conversation], now: datetime) -> None:
    """Write these conversations back as they are, all in one statement."""
    rows = [
        {
            "wijk": wijk,
            "person": one.person,
            "language": one.language,
            "place": one.place,
            "card": one.card,
            "revision": one.revision,
            "step": one.step,
            "blocked": one.blocked,
            "updated_at": now,
            "hidden_at": one.hidden_at,
        }
        for one in them
    ]
    if rows:
        tx.execute(_SAVE.on(tx), one_or_many(rows))


def set_cards(tx: Connection, wijk: str, cards: Mapping[str, int | None]) -> None:
    """Note which message is now the card of each person; unknown people are left alone."""
    rows = [{"in_wijk": wijk, "of": person, "new_card": card} for person, card in sorted(cards.items())]
    if rows:
        tx.execute(_SET_CARD, rows)


def set_blocked(tx: Connection, wijk: str, person: str, blocked: bool) -> None:
    """Note that the person blocked or unblocked the bot."""
    tx.execute(_SET_BLOCKED, {"in_wijk": wijk, "of": person, "whether": blocked})


def hidden(tx: Connection, wijk: str, people: Iterable[str]) -> set[str]:
    """Return those of these people who keep the chat hidden at this moment."""
    wanted = sorted(set(people))
    return set(tx.execute(_HIDDEN, {"wijk": wijk, "people": wanted}).scalars()) if wanted else set()


def forget(tx: Connection, wijk: str, person: str) -> bool:
    """Delete the conversation and the addresses of this person, and the ids of what they wrote.

    False when there was no conversation.
    """
    forget_addresses(tx, wijk, person)
    tx.execute(delete(said_messages).where(said_messages.c.wijk == wijk, said_messages.c.person == person))
    gone = delete(conversations).where(_c.wijk == wijk, _c.person == person).returning(_c.person)
    return tx.execute(gone).first() is not None


def idle_before(tx: Connection, wijk: str, moment: datetime, limit: int) -> list[str]:
    """Return the people whose conversation holds a place and was last saved before this moment, oldest first, locked.

    A person who is answering right now is not idle any more, and is skipped.
    """
    return list(tx.execute(_IDLE, {"wijk": wijk, "before": moment, "limit": limit}).scalars())


def places(tx: Connection, wijk: str) -> Iterator[dict[str, Any]]:
    """Yield every place where a person stands: a scan of the whole wijk, never on the hot path."""
    all_of = select(_c.place).where(_c.wijk == wijk, text(WITH_ANSWERS)).order_by(_c.person)
    yield from tx.execute(all_of.execution_options(yield_per=500)).scalars()


def left_before(tx: Connection, wijk: str, now: datetime, limit: int) -> list[str]:
    """Return the people who left nothing behind and are idle for as long as is said of the table, locked."""
    rows = expiry.due(tx, wijk, conversations, conversations.info["kept"].until, now, limit)
    return [row["of_person"] for row in rows]


def empty(tx: Connection, wijk: str, people: Sequence[str]) -> None:
    """Forget the answers in these conversations; language, card, revision and block stay."""
    rows = [{"in_wijk": wijk, "of": person} for person in sorted(people)]
    if rows:
        tx.execute(_EMPTY, rows)
