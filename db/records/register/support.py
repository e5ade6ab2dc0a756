"""What a koppelkans asks all others for: a room, a cargo bike, hands. The first yes is enough."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, text, update

from db.records.codes import new_token
from db.tables import support_requests


@dataclass(frozen=True, slots=True)
class SupportRequest:
    """One thing that is asked, for which koppelkans and by which organisation; `helper` is who said yes first."""

    token: str
    opportunity: int
    what: str
    asker: str
    made_at: datetime
    due_at: datetime
    helper: str | None = None
    ended_at: datetime | None = None


_c = support_requests.c
_COLUMNS = [_c[field.name] for field in fields(SupportRequest)]
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_BY_TOKEN = _ALL.where(_c.token == bindparam("token"))
_OF = _ALL.where(_c.opportunity == bindparam("opportunity")).order_by(_c.made_at, _c.token)
_NEWER = _ALL.where(_c.made_at >= bindparam("since")).order_by(_c.made_at, _c.token)
_DUE = _ALL.where(text("ended_at IS NULL"), _c.due_at <= bindparam("now")).order_by(_c.due_at).limit(bindparam("limit"))


def make(
    tx: Connection, wijk: str, opportunity: int, what: str, asker: str, now: datetime, due_at: datetime
) -> SupportRequest:
    """Write down what is asked, until when, and return it."""
    made = SupportRequest(new_token(), opportunity, what, asker, now, due_at)
    row = {field.name: getattr(made, field.name) for field in fields(SupportRequest)}
    tx.execute(insert(support_requests), {"wijk": wijk, **row})
    return made


def by_token(tx: Connection, wijk: str, token: str) -> SupportRequest | None:
    """Return the request that a button names, or None."""
    return next(iter(_found(tx, _BY_TOKEN, wijk, token=token)), None)


def of(tx: Connection, wijk: str, opportunity: int) -> list[SupportRequest]:
    """Return what this koppelkans asked, the oldest first."""
    return _found(tx, _OF, wijk, opportunity=opportunity)


def since(tx: Connection, wijk: str, moment: datetime) -> list[SupportRequest]:
    """Return what was asked since this moment, the oldest first."""
    return _found(tx, _NEWER, wijk, since=moment)


def due(tx: Connection, wijk: str, now: datetime, limit: int) -> list[SupportRequest]:
    """Return at most `limit` requests that nobody answered in time."""
    return _found(tx, _DUE, wijk, now=now, limit=limit)


def end(tx: Connection, wijk: str, token: str, now: datetime, helper: str | None) -> bool:
    """End a request with who helps, or with nobody; False when it had ended."""
    still = _c.wijk == wijk, _c.token == token, _c.ended_at.is_(None)
    return tx.execute(update(support_requests).where(*still).values(ended_at=now, helper=helper)).rowcount == 1


def leave(tx: Connection, wijk: str, opportunity: int, organisation: str, to: str) -> None:
    """Take an organisation out of the requests of this koppelkans: what it asked is another's now, its help is gone."""
    here = _c.wijk == wijk, _c.opportunity == opportunity
    tx.execute(update(support_requests).where(*here, _c.asker == organisation, _c.ended_at.is_(None)).values(asker=to))
    tx.execute(update(support_requests).where(*here, _c.helper == organisation).values(helper=None))


def _found(tx: Connection, statement: Select[Any], wijk: str, **values: Any) -> list[SupportRequest]:
    return [SupportRequest(*row) for row in tx.execute(statement, {"wijk": wijk, **values})]
