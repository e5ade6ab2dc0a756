"""One-time invitations to join an organisation. The code is only in the link; the store keeps its fingerprint."""

from __future__ import annotations

import secrets as dice
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, update

from db.leads.codes import ALPHABET
from db.tables import invitations
from db.types import encrypted

LENGTH: Final = 12
"""Characters of a code: 59 bits, too many to guess before it expires."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may join what. `made_by` is None for one made on the command line or by a person who was erased since."""

    partner: str
    role: str
    made_by: str | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None


_c = invitations.c
_COLUMNS = [_c[field.name] for field in fields(Invitation)]


def make(tx: Connection, wijk: str, partner: str, role: str, made_by: str | None, now: datetime, days: int = 14) -> str:
    """Make an invitation and return its code, fit for a deep link; the code can never be read back from the store."""
    code = "".join(dice.choice(ALPHABET) for _ in range(LENGTH))
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
        },
    )
    return code


def use(tx: Connection, wijk: str, code: str, by: str, now: datetime) -> Invitation | None:
    """Use up a code and return its invitation; None when it is unknown, expired or used, even at this very moment."""
    used = (
        update(invitations)
        .where(
            _c.wijk == wijk,
            _c.code.in_(encrypted.fingerprints(code.strip().upper())),
            _c.used_at.is_(None),
            _c.expires_at > now,
        )
        .values(used_at=now, used_by=by)
        .returning(*_COLUMNS)
    )
    row = tx.execute(used).first()
    return None if row is None else Invitation(*row)
