"""Notices that wait to be opened: a resident who did not say that a notice may name their helper reads only a code.

Guards the rule that what stands behind such a notice rests encrypted, and goes when it is opened, when its lead ends,
or after the days that its keeper says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from db.records.codes import new_token
from db.tables import sealed


@dataclass(frozen=True, slots=True)
class Sealed:
    """One notice to `person` about a lead. `payload` is None once it was opened; `message` is the channel's id of it.

    `token` names it in its button. `message` is None until it was delivered.
    """

    token: str
    lead: int
    person: str
    payload: dict[str, Any] | None
    message: int | None
    made_at: datetime
    opened_at: datetime | None = None


_c = sealed.c
_COLUMNS = [_c[each.name] for each in fields(Sealed)]
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_GET = _ALL.where(_c.token == bindparam("token"))
_WAITING = _ALL.where(_c.lead == bindparam("lead"), _c.opened_at.is_(None)).order_by(_c.made_at)
_UNTOLD = _ALL.where(_c.person == bindparam("person"), _c.message.is_(None), _c.opened_at.is_(None))
_OLD = _ALL.where(_c.made_at < bindparam("before")).order_by(_c.made_at).limit(bindparam("limit"))
_DELIVERED = (
    update(sealed)
    .where(_c.wijk == bindparam("in_wijk"), _c.token == bindparam("of"))
    .values(message=bindparam("under"))
)


def add(tx: Connection, wijk: str, lead: int, person: str, payload: Mapping[str, Any], now: datetime) -> str:
    """Keep what a notice to this person does not say; return the token of its button."""
    token = new_token()
    row = Sealed(token, lead, person, dict(payload), None, now)
    tx.execute(insert(sealed), {"wijk": wijk} | {each.name: getattr(row, each.name) for each in fields(Sealed)})
    return token


def get(tx: Connection, wijk: str, token: str) -> Sealed | None:
    """Return the notice that a button names, opened or not; None for one that is not kept (any more)."""
    row = tx.execute(_GET, {"wijk": wijk, "token": token}).first()
    return Sealed(*row) if row is not None else None


def waiting(tx: Connection, wijk: str, lead: int) -> list[Sealed]:
    """Return the notices about this lead that were not opened, the oldest first."""
    return [Sealed(*row) for row in tx.execute(_WAITING, {"wijk": wijk, "lead": lead})]


def opened(tx: Connection, wijk: str, token: str, now: datetime) -> None:
    """Note that this notice was opened, and erase what stood behind it; a second tap must not take it away again."""
    tx.execute(update(sealed).where(_c.wijk == wijk, _c.token == token).values(payload=None, opened_at=now))


def delivered(tx: Connection, wijk: str, messages: Mapping[str, int]) -> None:
    """Note under which number of the channel these notices were delivered; those that are gone stay gone."""
    rows = [{"in_wijk": wijk, "of": token, "under": message} for token, message in sorted(messages.items())]
    if rows:
        tx.execute(_DELIVERED, rows)


def withdrawn(tx: Connection, wijk: str, person: str, messages: Collection[int]) -> None:
    """Note that these messages of this person were deleted; what stood behind them waits to be told again."""
    found = update(sealed).where(_c.wijk == wijk, _c.person == person, _c.message.in_(messages))
    if messages:
        tx.execute(found.values(message=None))


def untold(tx: Connection, wijk: str, person: str) -> list[Sealed]:
    """Return the notices that this person did not open and that stand in no message, the oldest first."""
    found = [Sealed(*row) for row in tx.execute(_UNTOLD, {"wijk": wijk, "person": person})]
    return sorted(found, key=lambda one: one.made_at)  # here: sorted there, it is looked up by the time


def take_back(tx: Connection, wijk: str, lead: int) -> list[Sealed]:
    """Erase the notices about this lead that were not opened, and return them. Of the others only that remains."""
    unopened = waiting(tx, wijk, lead)
    if unopened:
        tx.execute(delete(sealed).where(_c.wijk == wijk, _c.lead == lead, _c.opened_at.is_(None)))
    return unopened


def forget_before(tx: Connection, wijk: str, moment: datetime, limit: int) -> list[Sealed]:
    """Erase at most `limit` notices that were made before this moment, the oldest first; return them."""
    found = [Sealed(*row) for row in tx.execute(_OLD, {"wijk": wijk, "before": moment, "limit": limit})]
    if found:
        tx.execute(delete(sealed).where(_c.wijk == wijk, _c.token.in_([each.token for each in found])))
    return found
