"""The lease of each wijk: which process sends its messages now. Guards the rule of one sender per bot.

A lease expires by itself: when its holder dies or hangs, another process takes over within seconds. The time is the
store's own, so that the clocks of the machines do not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from db.store import Upsert, moment
from db.tables import leases

_c = leases.c
_TAKE = Upsert(
    lambda insert: (
        (into := insert(leases))
        .on_conflict_do_update(
            index_elements=["wijk"],
            set_={"holder": into.excluded.holder, "until": into.excluded.until},
            where=_c.until <= bindparam("now"),
        )
        .returning(_c.wijk)
    )
)
_RENEW = (
    update(leases)
    .where(_c.holder == bindparam("by"), _c.until > bindparam("now"))
    .values(until=bindparam("then"))
    .returning(_c.wijk)
)
_HELD = select(_c.wijk).where(_c.until > bindparam("now"))


def renew(tx: Connection, holder: str, seconds: float) -> set[str]:
    """Prolong all leases of this holder that have not expired, and return their wijken."""
    now = moment(tx)
    return set(tx.execute(_RENEW, {"by": holder, "now": now, "then": now + timedelta(seconds=seconds)}).scalars())


def free(tx: Connection, wijken: Sequence[str]) -> list[str]:
    """Return those of these wijken whose messages no process sends now."""
    held = set(tx.execute(_HELD, {"now": moment(tx)}).scalars())
    return [wijk for wijk in wijken if wijk not in held]


def take(tx: Connection, wijk: str, holder: str, seconds: float) -> bool:
    """Take the lease of this wijk when it is free or expired; False when another process has it."""
    now = moment(tx)
    row = {"wijk": wijk, "holder": holder, "until": now + timedelta(seconds=seconds), "now": now}
    return tx.execute(_TAKE.on(tx), row).first() is not None


def release(tx: Connection, holder: str, wijken: Sequence[str] | None = None) -> None:
    """Give up the leases of this holder, all or only these; another process may take them at once."""
    gone = delete(leases).where(_c.holder == holder)
    tx.execute(gone if wijken is None else gone.where(_c.wijk.in_(wijken)))
