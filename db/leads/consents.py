"""The ledger of what residents said yes and no to; entries are only added.

Guards the rule that a withdrawal is a new entry, never a change. Erasure blanks the people and the text that was shown;
purpose, recipient and moment stay. The database itself refuses any other change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from db.records import row_ids
from db.tables import consents


@dataclass(frozen=True, slots=True)
class Consent:
    """One entry. `shown` is the exact text that was read; `text_version` is the hash of the wording it came from.

    `resident` is the person it is about, `sender` the person who tapped; they differ when a worker fills in.
    `recipient` is the id of the inbox that was agreed to.
    """

    id: int
    resident: str | None
    sender: str | None
    purpose: str
    recipient: str
    fields: list[str]
    text_version: str
    shown: str | None
    language: str
    given: bool
    at: datetime


_c = consents.c
_COLUMNS = [_c[field.name] for field in fields(Consent)]
_ADD = insert(consents)
_OF = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"), _c.resident == bindparam("person")).order_by(_c.id)


def add(
    tx: Connection,
    wijk: str,
    *,
    resident: str,
    sender: str,
    purpose: str,
    recipient: str,
    fields: Sequence[str],
    text_version: str,
    shown: str,
    language: str,
    given: bool,
    now: datetime,
) -> int:
    """Add a yes or a no to the ledger and return the entry's id."""
    id = row_ids.draw(tx, wijk)
    tx.execute(
        _ADD,
        {
            "wijk": wijk,
            "id": id,
            "resident": resident,
            "sender": sender,
            "purpose": purpose,
            "recipient": recipient,
            "fields": list(fields),
            "text_version": text_version,
            "shown": shown,
            "language": language,
            "given": given,
            "at": now,
        },
    )
    return id


def get(tx: Connection, wijk: str, id: int) -> Consent | None:
    """Return this entry, or None."""
    row = tx.execute(select(*_COLUMNS).where(_c.wijk == wijk, _c.id == id)).first()
    return None if row is None else Consent(*row)


def of(tx: Connection, wijk: str, person: str) -> list[Consent]:
    """Return all entries of this resident that were not erased, the oldest first."""
    return [Consent(*row) for row in tx.execute(_OF, {"wijk": wijk, "person": person})]


def live(tx: Connection, wijk: str, person: str, purpose: str, recipient: str) -> Consent | None:
    """Return the consent that holds now for this purpose and recipient: the last entry, if it is a yes."""
    last = (
        select(*_COLUMNS)
        .where(_c.wijk == wijk, _c.resident == person, _c.purpose == purpose, _c.recipient == recipient)
        .order_by(_c.id.desc())
        .limit(1)
    )
    row = tx.execute(last).first()
    consent = None if row is None else Consent(*row)
    return consent if consent and consent.given else None


def withdraw(tx: Connection, wijk: str, id: int, sender: str, now: datetime) -> int | None:
    """Add an entry by which this sender withdraws a consent; return its id, or None for an unknown or erased one."""
    taken = get(tx, wijk, id)
    if taken is None or taken.resident is None:
        return None
    return add(
        tx,
        wijk,
        resident=taken.resident,
        sender=sender,
        purpose=taken.purpose,
        recipient=taken.recipient,
        fields=taken.fields,
        text_version=taken.text_version,
        shown=taken.shown or "",
        language=taken.language,
        given=False,
        now=now,
    )


def anonymise(tx: Connection, wijk: str, person: str) -> int:
    """Blank the resident and the text they read in all entries of this resident; return how many."""
    return tx.execute(
        update(consents).where(_c.wijk == wijk, _c.resident == person).values(resident=None, shown=None)
    ).rowcount
