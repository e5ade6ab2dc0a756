"""One-time invitations to join an organisation. The code is only in the link; the store keeps its fingerprint."""

from __future__ import annotations

import secrets as dice
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from db.records.codes import ALPHABET, new_handle
from db.tables import invitations
from db.types import encrypted

LENGTH: Final = 12
"""Characters of a code: 57 bits, too many to guess before it expires."""

LETTERS: Final = "".join(each for each in ALPHABET if each not in "AEUY")
"""Characters of a code. Without vowels it spells nothing: the bot reads all that comes in for words of danger first."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may join what. `made_by` is None for one made on the command line or by a person who was erased since.

    `handle` names it to whoever takes it back; it opens nothing.
    """

    partner: str
    role: str
    made_by: str | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None
    handle: str


_c = invitations.c
_COLUMNS = [_c[field.name] for field in fields(Invitation)]


def make(tx: Connection, wijk: str, partner: str, role: str, made_by: str | None, now: datetime, days: int = 14) -> str:
    """Make an invitation and return its code, fit for a deep link; the code can never be read back from the store."""
    code = "".join(dice.choice(LETTERS) for _ in range(LENGTH))
    tx.execute(
        insert(invitations),
        {
            "wijk": wijk,
            "code": encrypted.fingerprint(code),
            "partner": partner,
            "role": role,
            "made_by": made_by,
            "made_at": now,
            "expires_at": now + timedelta(days=days),
            "handle": new_handle(),
        },
    )
    return code


def find(tx: Connection, wijk: str, code: str) -> Invitation | None:
    """Return the invitation with this code, whether it can still be used or not; None for an unknown code."""
    codes = encrypted.fingerprints(code.strip().upper())
    row = tx.execute(select(*_COLUMNS).where(_c.wijk == wijk, _c.code.in_(codes))).first()
    return None if row is None else Invitation(*row)


def use(tx: Connection, wijk: str, code: str, by: str, now: datetime) -> Invitation | None:
    """Use up a code and return its invitation; None when it is unknown, expired or used, even at this very moment."""
    used = (
        update(invitations)
        .where(
            *_open(wijk, now),
            _c.code.in_(encrypted.fingerprints(code.strip().upper())),
        )
        .values(used_at=now, used_by=by)
        .returning(*_COLUMNS)
    )
    row = tx.execute(used).first()
    return None if row is None else Invitation(*row)


def open_ones(
    tx: Connection, wijk: str, now: datetime, *, partner: str | None = None, made_by: str | None = None
) -> list[Invitation]:
    """Return the invitations that can still be used, the oldest first: of this partner, or made by this person."""
    found = select(*_COLUMNS).where(*_open(wijk, now)).order_by(_c.made_at, _c.handle)
    if partner is not None:
        found = found.where(_c.partner == partner)
    if made_by is not None:
        found = found.where(_c.made_by == made_by)
    return [Invitation(*row) for row in tx.execute(found)]


def take_back(tx: Connection, wijk: str, handle: str, now: datetime) -> Invitation | None:
    """Delete the invitation with this handle if it can still be used, and return it; else None."""
    gone = delete(invitations).where(*_open(wijk, now), _c.handle == handle).returning(*_COLUMNS)
    row = tx.execute(gone).first()
    return None if row is None else Invitation(*row)


def _open(wijk: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _c.wijk == wijk, _c.used_at.is_(None), _c.expires_at > now
