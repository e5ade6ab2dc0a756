"""The chore of whoever runs the bot: does any lead in the store wait for nobody, or has it waited for too long?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.content.chores.printed import told
from bot.content.loaded import Content
from db.leads import counts, due
from db.store import Store
from flows.model.faults import Fault

LATE = timedelta(days=14)
"""So long after its day a lead has been waiting for too long: its clocks did not run."""

_WHY = {
    "owner": "nobody has to do anything for this lead",
    "due": "something had to be done for this lead more than two weeks ago",
}


def store_command(store: Store, contents: Iterable[Content], now: datetime) -> int:
    """Run `koppelkans check --store`: print whether every open lead waits for somebody, with every one that does not.

    Only codes are printed. It is no mistake of the content: the bot works on, and these leads need a person.
    """
    found, count = [], 0
    with store.read() as tx:
        for content in contents:
            wijk, desk = content.wijk.id, content.desk
            count += counts.count_open(tx, wijk)
            fell = {status: desk.falls(status) for status in desk.open}
            found += [Fault(wijk, each.code, _WHY[each.why]) for each in due.stuck(tx, wijk, fell, now - LATE)]
    return told(found, f"Every open lead waits for somebody: {count} leads.")
