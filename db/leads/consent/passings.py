"""Questions to residents whether their lead may go on to another organisation: one open question for each lead.

Guards the rule that nothing moves before the answer: a question holds no lead, and changes none.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from db.leads import leads
from db.leads.lead import Lead
from db.records.codes import new_token
from db.store import Upsert
from db.tables import passings


@dataclass(frozen=True, slots=True)
class Passing:
    """One question: whether this lead may go to the organisation `to`, `why`, and what it is asked to do.

    With `keeps` it asks whether that organisation may come in beside the one that has the lead; `why` is a topic then.
    `by` is the member who asked, None once they are erased. `said` is `talk` when the resident wants to talk first.
    `rung` counts who heard that no answer came; the clock looks at it at `look_at`, and no more when that is empty.
    """

    lead: int
    token: str
    to: str
    why: str
    asks: str
    by: str | None
    language: str
    asked_at: datetime
    said: str | None
    rung: int
    look_at: datetime | None
    keeps: bool | None = None


_c = passings.c
_COLUMNS = [_c[each.name] for each in fields(Passing)]
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_OF_LEAD = _ALL.where(_c.lead == bindparam("lead"))
_BY_TOKEN = _ALL.where(_c.token == bindparam("token"))
_WAITING = _ALL.where(_c.look_at <= bindparam("now")).order_by(_c.look_at, _c.lead).limit(bindparam("limit"))
_ADD = Upsert(
    lambda insert: insert(passings).on_conflict_do_nothing(index_elements=["wijk", "lead"]).returning(*_COLUMNS)
)


def add(
    tx: Connection,
    wijk: str,
    *,
    lead: int,
    to: str,
    why: str,
    asks: str,
    by: str,
    language: str,
    now: datetime,
    look_at: datetime,
    keeps: bool = False,
) -> Passing | None:
    """Note what a resident is asked about this lead; None when they are asked already."""
    row = Passing(lead, new_token(), to, why, asks, by, language, now, None, 0, look_at, keeps)
    values = {"wijk": wijk} | {each.name: getattr(row, each.name) for each in fields(Passing)}
    made = tx.execute(_ADD.on(tx), values).first()
    return Passing(*made) if made is not None else None


def of_lead(tx: Connection, wijk: str, lead: int) -> Passing | None:
    """Return what the resident of this lead is asked, or None."""
    row = tx.execute(_OF_LEAD, {"wijk": wijk, "lead": lead}).first()
    return Passing(*row) if row is not None else None


def by_token(tx: Connection, wijk: str, token: str) -> Passing | None:
    """Return the question that a button names; None when it was answered or taken back."""
    row = tx.execute(_BY_TOKEN, {"wijk": wijk, "token": token}).first()
    return Passing(*row) if row is not None else None


def to_look_at(tx: Connection, wijk: str, now: datetime, limit: int) -> list[Passing]:
    """Return at most `limit` questions at which it is time to look, those that wait longest first."""
    return [Passing(*row) for row in tx.execute(_WAITING, {"wijk": wijk, "now": now, "limit": limit})]


def note(tx: Connection, wijk: str, passing: Passing, rung: int, look_at: datetime | None) -> bool:
    """Note who heard that no answer came; False when the question changed since it was read."""
    same = _c.wijk == wijk, _c.lead == passing.lead, _c.token == passing.token, _c.rung == passing.rung
    return tx.execute(update(passings).where(*same).values(rung=rung, look_at=look_at)).rowcount == 1


def wants_to_talk(tx: Connection, wijk: str, token: str) -> None:
    """Note that the resident wants to talk before they answer."""
    tx.execute(update(passings).where(_c.wijk == wijk, _c.token == token).values(said="talk"))


def end(tx: Connection, wijk: str, lead: int) -> bool:
    """End the question about this lead, answered or not; False when there is none."""
    return tx.execute(delete(passings).where(_c.wijk == wijk, _c.lead == lead)).rowcount == 1


def chain(tx: Connection, wijk: str, lead: Lead) -> list[Lead]:
    """Return this lead and those that it goes on from, the newest first."""
    found = [lead]
    while found[-1].continues is not None and (before := leads.get(tx, wijk, found[-1].continues)) is not None:
        found.append(before)
    return found
