"""In which messages members have a lead open. Guards the rule that each of them is known, so that it can be blanked.

A message that was edited is known when the turn ends; one that was sent anew, when it was delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from db.store import Upsert, one_or_many
from db.tables import lead_views


class View(NamedTuple):
    """One message in which a member has a lead open."""

    lead: int
    member: str
    message: int


_c = lead_views.c
_COLUMNS = (_c.lead, _c.member, _c.message)
_ADD = Upsert(lambda insert: insert(lead_views).on_conflict_do_nothing())
_OF_LEAD = (
    select(*_COLUMNS).where(_c.wijk == bindparam("wijk"), _c.lead == bindparam("lead")).order_by(_c.member, _c.message)
)
_OF_MEMBER = (
    select(*_COLUMNS)
    .where(_c.wijk == bindparam("wijk"), _c.member == bindparam("member"))
    .order_by(_c.lead, _c.message)
)


def add(tx: Connection, wijk: str, views: Sequence[View]) -> None:
    """Note these messages, all at once; those that are known already stay as they are."""
    rows = [{"wijk": wijk, **view._asdict()} for view in views]
    if rows:
        tx.execute(_ADD.on(tx), one_or_many(rows))


def of_lead(tx: Connection, wijk: str, lead: int) -> list[View]:
    """Every message in which somebody has this lead open."""
    return [View(*row) for row in tx.execute(_OF_LEAD, {"wijk": wijk, "lead": lead})]


def of_member(tx: Connection, wijk: str, member: str) -> list[View]:
    """Every message in which this member has a lead open."""
    return [View(*row) for row in tx.execute(_OF_MEMBER, {"wijk": wijk, "member": member})]


def forget_lead(tx: Connection, wijk: str, lead: int) -> None:
    """Forget who had this lead open: the caller blanks those messages."""
    tx.execute(delete(lead_views).where(_c.wijk == wijk, _c.lead == lead))


def forget_member(tx: Connection, wijk: str, member: str) -> None:
    """Forget what this member had open: the caller blanks those messages."""
    tx.execute(delete(lead_views).where(_c.wijk == wijk, _c.member == member))
