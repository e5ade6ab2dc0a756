"""What is forgotten, and when. Rows in SQL, never timers in memory: a restart loses nothing that was promised.

Guards what `/privacy` tells residents: answers without help go after 7 days, a lead's content 30 days after it closed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from db.leads import leads
from db.people import conversations
from db.queue import sent_messages, updates
from db.records import audit, group_answers, switches
from db.store import Tx

_log = structlog.get_logger("retention")

CLOCK = "forgetting.clock"
"""The name under which the moment of the last look is kept among the switches."""

ANSWERS, LEADS, SEEN, AUDIT = timedelta(days=7), timedelta(days=30), timedelta(hours=48), timedelta(days=365)
"""How long answers, the content of closed leads, update ids and the audit are kept (domain.md §4.3)."""

SENT = timedelta(days=30)
"""How long it is known which message was sent to whom: long enough to blank what was said about a lead."""

GROUPS = timedelta(days=1)
"""How long it is known that a group was answered: until the day is over everywhere."""

GAP, PROOF = timedelta(days=1), timedelta(days=1)
"""A clock that is more than GAP ahead of the last look is believed only when PROOF has passed since the first doubt."""

SLICE = 100
"""The most of each kind that is forgotten in one transaction: people who tap wait for it."""


def forget_what_is_due(tx: Tx, wijk: str, now: datetime, limit: int = SLICE) -> dict[str, int]:
    """Forget what is due, at most `limit` of each kind; return how many of each were forgotten.

    It may run at any time, any number of times; nothing is left when it returns only zeros. Nothing is forgotten by a
    clock that seems to have jumped: what is gone would be gone for good.
    """
    if not _believes(tx, wijk, now):
        return {}
    idle = conversations.idle_before(tx, wijk, now - ANSWERS, limit)
    conversations.empty(tx, wijk, idle, now)
    return {
        "conversations": len(idle),
        "leads": leads.blank_closed_before(tx, wijk, now - LEADS, limit),
        "sent": sent_messages.forget_before(tx, wijk, now - SENT, limit),
        "updates": updates.forget_before(tx, wijk, now - SEEN, limit),
        "audit": audit.forget_before(tx, wijk, now - AUDIT, limit),
        "groups": group_answers.forget_before(tx, wijk, (now - GROUPS).date(), limit),
    }


def _believes(tx: Tx, wijk: str, now: datetime) -> bool:
    """Return whether the clock may be right: it goes on from the last look, or was doubted long enough ago.

    A bot that was off for longer than GAP looks the same as a clock that jumped: it forgets a day later.
    """
    noted = switches.all(tx, wijk).get(CLOCK, {})
    last, doubted = (datetime.fromisoformat(noted[key]) if key in noted else None for key in ("last", "doubted"))
    if last is None or now - last <= GAP or (doubted is not None and now - doubted >= PROOF):
        switches.put(tx, wijk, CLOCK, {"last": now.isoformat()}, None, now)
        return True
    doubted = min(doubted or now, now)
    _log.error("the clock has jumped, or the bot was off for long: nothing is forgotten yet", last=last, now=now)
    switches.put(tx, wijk, CLOCK, {"last": last.isoformat(), "doubted": doubted.isoformat()}, None, now)
    return False
