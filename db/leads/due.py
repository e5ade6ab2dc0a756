"""Who must do what comes next for an open lead, and before when; and which leads lack it.

Guards the rule that no lead is open without an owner and a due moment. Triggers in the store refuse it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from db.tables import OWNERS, leads

_c = leads.c


class Next(NamedTuple):
    """Who must do something for an open lead, one of `OWNERS`, before when, and when the clock looks; if not then."""

    owner: str
    due_at: datetime
    look_at: datetime | None = None


class Moments(NamedTuple):
    """What was said about a lead: before when somebody takes it, and before when its resident hears something.

    Once the resident has heard something there is no such moment any more.
    """

    claim_by: datetime | None
    contact_by: datetime | None


class Stuck(NamedTuple):
    """An open lead about which nobody will do anything, and why: `owner` or `due`."""

    code: str
    why: str


def stuck(tx: Connection, wijk: str, fell: Mapping[str, bool], late: datetime) -> list[Stuck]:
    """Return the open leads of this wijk that wait for nobody, or have waited for somebody since before `late`.

    `fell` has every status in which a lead may be open, and says whether it is the coordinator's then. One that fell
    but lies elsewhere waits for nobody, and so does one of a member whom it does not name.
    """
    theirs = [status for status, falls in fell.items() if falls]
    nobody = or_(
        _c.owner.is_(None),
        _c.due_at.is_(None),
        _c.owner.not_in(OWNERS),
        _c.status.not_in(list(fell)),
        _c.status.in_(theirs) & ((_c.inbox != "coordinator") | (_c.owner != "coordinator")),
        (_c.owner == "assignee") & _c.assignee.is_(None),
    )
    open_ones = _c.wijk == wijk, _c.closed_at.is_(None), _c.inbox > ""  # the last is always true: it finds the index
    found = select(_c.code, nobody.label("nobody")).where(*open_ones, or_(nobody, _c.due_at < late)).order_by(_c.id)
    return [Stuck(row.code, "owner" if row.nobody else "due") for row in tx.execute(found)]
