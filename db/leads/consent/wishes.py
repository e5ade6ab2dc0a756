"""What residents themselves want of their leads: to know how one stands, to be reached in another way.

Guards the rule that it moves no lead: who must do what comes next, and before when, stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, text, update

from db.tables import WITH_PACKET, consents, leads

_c = leads.c


def inquire(tx: Connection, wijk: str, id: int, now: datetime, since: datetime) -> bool:
    """Note that the resident of this open lead asks how it stands; False when they asked since that moment."""
    here = (_c.wijk == wijk, _c.id == id, _c.closed_at.is_(None))
    first = or_(_c.inquired_at.is_(None), _c.inquired_at < since)
    return tx.execute(update(leads).where(*here, first).values(inquired_at=now)).rowcount == 1


def change(tx: Connection, wijk: str, id: int, packet: Mapping[str, Any], consent: int) -> None:
    """Let who has this lead see this packet from now on, which rests on that entry of the ledger."""
    here = (_c.wijk == wijk, _c.id == id, text(WITH_PACKET))
    tx.execute(update(leads).where(*here).values(packet=dict(packet), consent=consent))


def forget_yes(tx: Connection, wijk: str, consent: int) -> bool:
    """Empty an entry of the ledger on which no lead rests any more; return whether none did."""
    yes = consents.c
    rests = exists().where(_c.wijk == yes.wijk, _c.consent == yes.id, text("leads." + WITH_PACKET))
    here = (yes.wijk == wijk, yes.id == consent, ~rests)
    return tx.execute(update(consents).where(*here).values(resident=None, sender=None, shown=None)).rowcount == 1
