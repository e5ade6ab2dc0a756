"""The list of what was handed over, to whom and on which consent; entries are only added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from db.records import row_ids
from db.tables import disclosures
from db.types import encrypted


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure. `packet` is the keyed fingerprint of what was seen; `member` is None for a whole inbox."""

    id: int
    lead: int
    consent: int | None
    recipient: str
    member: str | None
    fields: list[str]
    packet: str
    at: datetime


_c = disclosures.c
_COLUMNS = [_c[field.name] for field in fields(Disclosure)]


def add(
    tx: Connection,
    wijk: str,
    *,
    lead: int,
    consent: int | None,
    recipient: str,
    fields: Sequence[str],
    packet: Mapping[str, Any],
    now: datetime,
    member: str | None = None,
) -> int:
    """Note that this packet was handed over, keeping only its fingerprint, and return the entry's id."""
    id = row_ids.draw(tx, wijk)
    tx.execute(
        insert(disclosures),
        {
            "wijk": wijk,
            "id": id,
            "lead": lead,
            "consent": consent,
            "recipient": recipient,
            "member": member,
            "fields": list(fields),
            "packet": seal(packet),
            "at": now,
        },
    )
    return id


def seal(packet: Mapping[str, Any]) -> str:
    """Return the fingerprint that an entry keeps of a packet; the order of the packet's keys does not matter."""
    return encrypted.fingerprint(json.dumps(packet, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def of_lead(tx: Connection, wijk: str, lead: int) -> list[Disclosure]:
    """Return the disclosures of this lead, in order."""
    rows = tx.execute(select(*_COLUMNS).where(_c.wijk == wijk, _c.lead == lead).order_by(_c.id))
    return [Disclosure(*row) for row in rows]
