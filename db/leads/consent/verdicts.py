"""Verdicts: what residents say of help that ended, whether they were helped; one for each end of a lead.

Guards the rule that nobody is asked twice about one end: that somebody was asked is noted in the statement that asks
whether they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from db.store import Upsert
from db.tables import lead_events, verdicts

SAID = ("yes", "bit", "not_yet", "rather_not")
"""What a resident can say."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One end of a lead: `n` is the move that ended it. Its resident is asked at `ask_at`; empty: not any more.

    `said` is a word from a list, and empty while they said nothing.
    """

    lead: int
    n: int
    ask_at: datetime | None = None
    asked_at: datetime | None = None
    said: str | None = None
    said_at: datetime | None = None
    thanked_at: datetime | None = None


class Both(NamedTuple):
    """Of one end of a lead: how, in the word of whoever ended it, and the resident's word; empty: unknown."""

    lead: int
    theirs: str | None
    said: str | None


_c = verdicts.c
_COLUMNS = [_c[field.name] for field in fields(Verdict)]
_PLAN = Upsert(lambda insert: insert(verdicts).on_conflict_do_nothing(index_elements=["wijk", "lead", "n"]))
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_OF_LEAD = _ALL.where(_c.lead == bindparam("lead")).order_by(_c.n)
_DUE = _ALL.where(_c.ask_at <= bindparam("now")).order_by(_c.ask_at, _c.lead).limit(bindparam("limit"))


def plan(tx: Connection, wijk: str, lead: int, n: int, ask_at: datetime | None) -> None:
    """Note that the resident of a lead, which ended by its move `n`, is to be asked then; once."""
    tx.execute(_PLAN.on(tx), {"wijk": wijk, "lead": lead, "n": n, "ask_at": ask_at})


def due(tx: Connection, wijk: str, now: datetime, limit: int) -> list[Verdict]:
    """Return at most `limit` ends about which it is time to ask, those that wait longest first."""
    return [Verdict(*row) for row in tx.execute(_DUE, {"wijk": wijk, "now": now, "limit": limit})]


def of_lead(tx: Connection, wijk: str, lead: int) -> list[Verdict]:
    """Return what is known of each end of this lead, in order."""
    return [Verdict(*row) for row in tx.execute(_OF_LEAD, {"wijk": wijk, "lead": lead})]


def put_off(tx: Connection, wijk: str, verdict: Verdict, ask_at: datetime | None) -> bool:
    """Ask at another moment, or never; False when it changed since it was read."""
    return _note(tx, wijk, verdict, ask_at=ask_at)


def asked(tx: Connection, wijk: str, verdict: Verdict, now: datetime) -> bool:
    """Note that the resident is asked now; False when it changed since it was read."""
    return _note(tx, wijk, verdict, ask_at=None, asked_at=now)


def say(tx: Connection, wijk: str, lead: int, n: int, said: str, now: datetime) -> None:
    """Note what the resident says of this end, also before they are asked; the last word counts."""
    plan(tx, wijk, lead, n, None)
    here = (_c.wijk == wijk, _c.lead == lead, _c.n == n)
    tx.execute(update(verdicts).where(*here).values(said=said, said_at=now, ask_at=None))


def thank(tx: Connection, wijk: str, lead: int, n: int, now: datetime) -> bool:
    """Note that the resident thanks whoever helped; False when they did before."""
    plan(tx, wijk, lead, n, None)
    here = (_c.wijk == wijk, _c.lead == lead, _c.n == n, _c.thanked_at.is_(None))
    return tx.execute(update(verdicts).where(*here).values(thanked_at=now)).rowcount == 1


def both(tx: Connection, wijk: str, ends: Sequence[str], since: datetime, until: datetime) -> list[Both]:
    """Return both words about each time that a lead ended at one of these statuses in this time, lead by lead."""
    e = lead_events.c
    joined = lead_events.outerjoin(verdicts, (_c.wijk == e.wijk) & (_c.lead == e.lead) & (_c.n == e.n))
    these = (e.wijk == wijk, e.after.in_(ends), e.at >= since, e.at < until)
    found = select(e.lead, e.reason, _c.said).select_from(joined).where(*these).order_by(e.lead, e.n)
    return [Both(*row) for row in tx.execute(found)]


def _note(tx: Connection, wijk: str, verdict: Verdict, **values: datetime | None) -> bool:
    same = _c.wijk == wijk, _c.lead == verdict.lead, _c.n == verdict.n, _c.ask_at.is_not_distinct_from(verdict.ask_at)
    return tx.execute(update(verdicts).where(*same).values(**values)).rowcount == 1
