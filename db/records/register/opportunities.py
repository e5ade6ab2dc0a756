"""Koppelkansen: joint actions of organisations, with an owner, the next review and a result.

Guards the rule that each open one has an owner and a review: both columns are never empty. A change names the version
that it was made for, so whoever is second finds it changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, or_, select, text, update

from db.records import row_ids
from db.records.codes import new_token
from db.tables import opportunities
from db.tables.register import OPEN

ASKED, NAMED, RUNNING, CLOSED = "asked", "named", "running", "closed"
"""How one stands: it reported itself and two are asked; one named it; two or more said yes; it ended."""

YES, NO = "yes", "no"

NOT_NOW, SILENT, ALONE = UNANSWERED = ("not_now", "silent", "alone")
"""The results of one that reported itself and came to nothing: one said no, one or both said nothing in time, or one
organisation does both."""


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation in it, and what it said: `YES`, `NO`, or nothing yet. `at` is when, as an ISO text."""

    organisation: str
    said: str
    at: str


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One koppelkans. `title` is a word from a list, and `words` its name when somebody typed one.

    With a `pair` it reported itself. `due_at` is when its owner is asked how it goes, `asked_at` when they were.
    """

    id: int
    token: str
    version: int
    title: str
    words: str | None
    pair: str | None
    status: str
    owner: str
    parties: tuple[Party, ...]
    named_in: str | None
    made_at: datetime
    due_at: datetime
    asked_at: datetime | None = None
    mood: str | None = None
    result: str | None = None
    line: str | None = None
    closed_at: datetime | None = None

    def said(self, answer: str) -> list[str]:
        """Return the organisations that gave this answer, the first first; those asked with an empty text."""
        found = sorted((each for each in self.parties if each.said == answer), key=lambda each: each.at)
        return [each.organisation for each in found]

    def party(self, organisation: str) -> Party | None:
        """Return what this organisation is in it, or None."""
        return next((each for each in self.parties if each.organisation == organisation), None)


_c = opportunities.c
_COLUMNS = [_c[field.name] for field in fields(Opportunity)]
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_GET = _ALL.where(_c.id == bindparam("id")).with_for_update()
_BY_TOKEN = _ALL.where(_c.token == bindparam("token")).with_for_update()
_OPEN_ONES = _ALL.where(text(OPEN)).order_by(_c.due_at, _c.id)
_DUE = (
    _ALL.where(text(OPEN), _c.due_at <= bindparam("now"), _c.asked_at.is_(None))
    .order_by(_c.due_at, _c.id)
    .limit(bindparam("limit"))
)
_REPORTED = _ALL.where(text("pair IS NOT NULL"), or_(text(OPEN), _c.made_at >= bindparam("since"))).order_by(_c.id)
_CLOSED = _ALL.where(_c.closed_at >= bindparam("since")).order_by(_c.closed_at.desc(), _c.id)


def make(
    tx: Connection,
    wijk: str,
    *,
    title: str,
    owner: str,
    parties: tuple[Party, ...],
    now: datetime,
    due_at: datetime,
    words: str | None = None,
    pair: str | None = None,
    status: str = NAMED,
    named_in: str | None = None,
) -> Opportunity:
    """Write down a new koppelkans and return it."""
    made = Opportunity(
        row_ids.draw(tx, wijk), new_token(), 1, title, words, pair, status, owner, parties, named_in, now, due_at
    )
    row = {"wijk": wijk, **{field.name: getattr(made, field.name) for field in fields(Opportunity)}}
    tx.execute(insert(opportunities), row | {"parties": _plain(parties)})
    return made


def get(tx: Connection, wijk: str, id: int) -> Opportunity | None:
    """Return the koppelkans with this number, locked, or None."""
    return next(iter(_found(tx, _GET, wijk, id=id)), None)


def by_token(tx: Connection, wijk: str, token: str) -> Opportunity | None:
    """Return the koppelkans that a button names, locked, or None when it never was or is forgotten."""
    return next(iter(_found(tx, _BY_TOKEN, wijk, token=token)), None)


def open_ones(tx: Connection, wijk: str) -> list[Opportunity]:
    """Return those that are open, the one with the first review first; what reported itself and waits, too."""
    return _found(tx, _OPEN_ONES, wijk)


def due(tx: Connection, wijk: str, now: datetime, limit: int) -> list[Opportunity]:
    """Return at most `limit` open ones of which the moment has come and nobody was asked yet."""
    return _found(tx, _DUE, wijk, now=now, limit=limit)


def closed(tx: Connection, wijk: str, since: datetime) -> list[Opportunity]:
    """Return those that ended since this moment, the newest first."""
    return _found(tx, _CLOSED, wijk, since=since)


def reported(tx: Connection, wijk: str, since: datetime) -> list[Opportunity]:
    """Return all that reported themselves and are open, or did so since this moment, however they stand now."""
    return _found(tx, _REPORTED, wijk, since=since)


def change(tx: Connection, wijk: str, one: Opportunity, **to: Any) -> Opportunity | None:
    """Give these values to a koppelkans, and return it; None when it changed since it was read."""
    changed = replace(one, version=one.version + 1, **to)
    values = {**to, "version": changed.version}
    if "parties" in values:
        values["parties"] = _plain(changed.parties)
    same = _c.wijk == wijk, _c.id == one.id, _c.version == one.version
    done = tx.execute(update(opportunities).where(*same).values(values)).rowcount == 1
    return changed if done else None


def stuck(tx: Connection, wijk: str, organisations: Collection[str], late: datetime) -> list[str]:
    """Return the tokens of open ones that nobody of these organisations owns, or at which nobody looked by `late`."""
    return [
        each.token
        for each in open_ones(tx, wijk)
        if each.owner not in organisations or (each.asked_at is None and each.due_at < late)
    ]


def _found(tx: Connection, statement: Select[Any], wijk: str, **values: Any) -> list[Opportunity]:
    rows = tx.execute(statement, {"wijk": wijk, **values}).mappings()
    return [Opportunity(**{**row, "parties": tuple(Party(*each) for each in row["parties"])}) for row in rows]


def _plain(parties: tuple[Party, ...]) -> list[list[str]]:
    return [[each.organisation, each.said, each.at] for each in parties]
