"""How often two worries, or two services, came together in a week: counts, never a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from db.store import Upsert
from db.tables import pair_counts

WORRIES, SERVICES = "worries", "services"
"""What two of a kind are counted."""


class Pair(NamedTuple):
    """Two of a kind, as `cold+letter`, and which services do the two, in the same order."""

    kind: str
    pair: str
    services: str


class Counted(NamedTuple):
    """How often a pair came together."""

    pair: Pair
    many: int


_t = pair_counts.c
_ADD = Upsert(
    lambda insert: insert(pair_counts).on_conflict_do_update(
        index_elements=["wijk", "week", "kind", "pair", "services"], set_={"count": _t.count + 1}
    )
)


def add(tx: Connection, wijk: str, pairs: Iterable[Pair], week: date) -> None:
    """Count each of these pairs once more in the week that begins on this Monday."""
    for each in sorted(set(pairs)):
        tx.execute(_ADD.on(tx), {"wijk": wijk, "week": week, **each._asdict(), "count": 1})


def take_back(tx: Connection, wijk: str, pairs: Iterable[Pair], since: date) -> None:
    """Count each of these pairs once less in the newest week from `since` on, where these services did it if they did.

    Which services did two worries may read differently when one of the leads ended before.
    """
    for each in sorted(set(pairs)):
        same = _t.wijk == wijk, _t.kind == each.kind, _t.pair == each.pair, _t.count > 0
        rows = tx.execute(select(_t.week, _t.services).where(*same, _t.week >= since)).all()
        if rows:
            week, services = max(rows, key=lambda row: (row.services == each.services, row.week, row.services))
            those = *same, _t.week == week, _t.services == services
            tx.execute(update(pair_counts).where(*those).values(count=_t.count - 1))


def totals(tx: Connection, wijk: str, since: date, least: int) -> list[Counted]:
    """Return how often each pair came together in the weeks from `since` on, if it was so often; the most first.

    Of services that did the same two worries, the ones that did so most often.
    """
    many = func.sum(_t.count)
    found = select(_t.kind, _t.pair, _t.services, many).where(_t.wijk == wijk, _t.week >= since)
    rows = tx.execute(found.group_by(_t.kind, _t.pair, _t.services).order_by(many.desc(), _t.services)).all()
    first: dict[tuple[str, str], Counted] = {}
    for kind, pair, services, count in rows:
        known = first.get((kind, pair))
        together = (
            Counted(known.pair, known.many + int(count)) if known else Counted(Pair(kind, pair, services), int(count))
        )
        first[kind, pair] = together
    enough = [each for each in first.values() if each.many >= least]
    return sorted(enough, key=lambda each: (-each.many, each.pair))
