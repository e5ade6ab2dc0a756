"""The addresses at which people are reached. A person is a random id, with no address on a channel, one or several.

Guards the rule that a stolen file tells what, never who: an address is encrypted, and found by a keyed fingerprint.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from db.store import one_or_many
from db.tables import addresses, conversations
from db.types.encrypted import fingerprint, fingerprints

_c, _chat = addresses.c, conversations.c
_ADD = insert(addresses)
_OF = (
    select(_c.person, _c.address)
    .where(_c.wijk == bindparam("wijk"), _c.person.in_(bindparam("people", expanding=True)))
    .order_by(_c.since, _c.hash)
)
_REACHED = _OF.join(conversations, (_chat.wijk == _c.wijk) & (_chat.person == _c.person)).where(
    _chat.blocked.is_(False)
)
_FIND = select(_c.hash, _c.person).where(_c.wijk == bindparam("wijk"), _c.hash.in_(bindparam("hashes", expanding=True)))


def new_person() -> str:
    """Draw the id of a new person: 64 random bits as 16 hexadecimal digits."""
    return secrets.token_hex(8)


def by_hash(addresses: Iterable[str]) -> dict[str, str]:
    """Map every fingerprint under which one of these addresses may be stored to the address."""
    return {hash: address for address in addresses for hash in fingerprints(address)}


def add(tx: Connection, wijk: str, people: dict[str, str], now: datetime) -> None:
    """Note the address of each of these people; none of the addresses may be known yet."""
    rows = [
        {"wijk": wijk, "hash": fingerprint(address), "person": person, "address": address, "since": now}
        for person, address in people.items()
    ]
    if rows:
        tx.execute(_ADD, one_or_many(rows))


def find(tx: Connection, wijk: str, address: str) -> str | None:
    """Return the person who is reached at this address, or None."""
    row = tx.execute(_FIND, {"wijk": wijk, "hashes": fingerprints(address)}).first()
    return None if row is None else str(row.person)


def of(tx: Connection, wijk: str, people: Iterable[str]) -> dict[str, str]:
    """Return the newest address of each of these people who has one."""
    return _newest(tx, wijk, people, reached=False)


def reached(tx: Connection, wijk: str, people: Iterable[str]) -> dict[str, str]:
    """Return the newest address of each of these people who has one and did not block the bot."""
    return _newest(tx, wijk, people, reached=True)


def forget(tx: Connection, wijk: str, person: str) -> None:
    """Delete every address of this person."""
    tx.execute(delete(addresses).where(_c.wijk == wijk, _c.person == person))


def _newest(tx: Connection, wijk: str, people: Iterable[str], *, reached: bool) -> dict[str, str]:
    wanted = sorted(set(people))
    rows = tx.execute(_REACHED if reached else _OF, {"wijk": wijk, "people": wanted}) if wanted else ()
    return {row.person: row.address for row in rows}
