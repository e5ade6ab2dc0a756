"""The ledger of what residents said yes and no to; entries are only added.

Guards the rule that a withdrawal is a new entry. When the lead that rests on an entry is blanked, so are the people and
the text that was shown; purpose, recipient, fields, wording and moment stay. The database refuses any other change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from db.records import row_ids
from db.tables import consents


@dataclass(frozen=True, slots=True)
class Consent:
    """One entry. `shown` is the exact text that was read; `text_version` is the hash of the wording it came from.

    `resident` is the person it is about, `sender` the person who tapped; they differ when a worker fills in.
    `recipient` is the id of the inbox that was agreed to. `withdraws` is the entry that a withdrawal takes back.
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
    withdraws: int | None = None


_c = consents.c
_COLUMNS = [_c[field.name] for field in fields(Consent)]
_ADD = insert(consents)
_OF = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"), _c.resident == bindparam("person")).order_by(_c.id)
_TAKEN_BACK = select(_c.id).where(_c.wijk == bindparam("wijk"), _c.withdraws == bindparam("of"))


def add(
    tx: Connection,
    wijk: str,
    *,
    resident: str | None,
    sender: str | None,
    purpose: str,
    recipient: str,
    fields: Sequence[str],
    text_version: str,
    shown: str | None,
    language: str,
    given: bool,
    now: datetime,
    withdraws: int | None = None,
) -> int:
    """Add a yes, a no or a withdrawal to the ledger and return the entry's id."""
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
            "withdraws": withdraws,
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


def live(tx: Connection, wijk: str, id: int) -> Consent | None:
    """Return this entry if it holds now: a yes of a resident who is known, that nobody withdrew."""
    consent = get(tx, wijk, id)
    if consent is None or not consent.given or consent.resident is None:
        return None
    return None if tx.execute(_TAKEN_BACK, {"wijk": wijk, "of": id}).first() else consent


def withdraw(tx: Connection, wijk: str, id: int, now: datetime) -> int | None:
    """Add an entry that withdraws a consent; return its id, or None for an unknown or erased one.

    The entry says what was withdrawn and when, not by whom or what had been read: the caller blanks the yes as well.
    """
    taken = get(tx, wijk, id)
    if taken is None or taken.resident is None:
        return None
    return add(
        tx,
        wijk,
        resident=None,
        sender=None,
        purpose=taken.purpose,
        recipient=taken.recipient,
        fields=taken.fields,
        text_version=taken.text_version,
        shown=None,
        language=taken.language,
        given=False,
        now=now,
        withdraws=id,
    )
