"""Everything that is stored about one person: shown on request, erased on request.

Guards the rule that "forget me" is one verb, in one transaction, and that it forgets nothing halfway: what happens to
each column is said beside the column (`db/types/held.py`). What stays holds no person: that a lead or a consent
existed, when, and how it ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from db import tables
from db.leads import blanking, leads
from db.leads.lead import Lead
from db.queue import outbox
from db.records import expiry
from db.tables import metadata
from db.types.held import Then, naming, said_of, told_of


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did. `withdrawn` are the leads that were still open, as they are now: without packet or resident.

    The caller tells their inboxes and assignees. `leads` counts all that were blanked.
    """

    conversation: bool
    messages: int
    leads: int
    withdrawn: list[Lead]
    member: bool


def everything(tx: Connection, wijk: str, person: str, now: datetime) -> Erased:
    """Erase this person, as a resident and as a member; waiting messages about their leads go too."""
    own = _lock(tx, wijk, person)
    running = [lead for lead in own if lead.closed_at is None]
    for lead in running:
        leads.move(tx, wijk, lead.id, lead.version, "withdrawn", next=None, now=now, actor="resident")
    messages = outbox.drop_for(tx, wijk, person) + outbox.drop_about(tx, wijk, [lead.id for lead in own])
    blanking.blank(tx, wijk, [lead.id for lead in own])
    withdrawn = [each for lead in running if (each := leads.get(tx, wijk, lead.id))]
    gone = forget(tx, wijk, [person])
    was_known, was_member = (bool(gone[each]) for each in ("conversations.person", "memberships.person"))
    return Erased(was_known, messages, len(own), withdrawn, was_member)


def forget(tx: Connection, wijk: str, people: Sequence[str]) -> Counter[str]:
    """Do to every column that names one of these people, or tells of them, what is said there; count the rows of each.

    Leads of these people must be blanked already.
    """
    gone: Counter[str] = Counter()
    for table, column, held in naming(metadata):
        theirs = (table.c.wijk == wijk, column.in_(people))
        if held.then is Then.ROW:
            done = tx.execute(delete(table).where(*theirs))
        else:
            emptied = [each.name for each in told_of(table, column) if said_of(each).then is Then.EMPTY]
            instead = {
                column.name: expiry.WRITTEN_OVER if held.then is Then.WRITTEN_OVER else None,
                **dict.fromkeys(emptied),
            }
            done = tx.execute(update(table).where(*theirs).values(instead))
        gone[f"{table.name}.{column.name}"] = done.rowcount
    return gone


def show(tx: Connection, wijk: str, person: str) -> dict[str, list[dict[str, Any]]]:
    """Return what is stored about this person: under `table.column`, each row that names them there.

    Of a row only what tells of them is returned, beside its key: a member is not shown the resident whom they help.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column, _ in naming(metadata):
        key = [each for each in table.primary_key.columns if each.name not in ("wijk", column.name)]
        told = [each for each in told_of(table, column) if each not in key]
        rows = select(*key, *told).where(table.c.wijk == wijk, column == person).order_by(*key)
        if column.name == "sender":  # they tapped for somebody else: what they tapped for themselves is shown already
            rows = rows.where(table.c.resident.is_distinct_from(person))
        if data := [dict(row) for row in tx.execute(rows).mappings()]:
            found[f"{table.name}.{column.name}"] = data
    return found


def _lock(tx: Connection, wijk: str, person: str) -> list[Lead]:
    c = tables.leads.c
    rows = tx.execute(select(c.id).where(c.wijk == wijk, c.resident == person).order_by(c.id).with_for_update()).all()
    return leads.of_resident(tx, wijk, person) if rows else []
