"""The chore of whoever runs the bot: does any lead or koppelkans wait for nobody, or has it waited for too long?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.content.chores.printed import told
from bot.content.loaded import Content
from db.leads import counts, due
from db.records.register import opportunities as register
from db.store import Store
from flows.model.faults import Fault
from flows.model.wijk import CONNECTOR, COORDINATOR

LATE = timedelta(days=14)
"""So long after its day a lead has been waiting for too long: its clocks did not run."""

_WHY = {
    "owner": "nobody has to do anything for this lead",
    "due": "something had to be done for this lead more than two weeks ago",
    "register": "nobody is asked how this koppelkans goes",
}


def store_command(store: Store, contents: Iterable[Content], now: datetime) -> int:
    """Run `koppelkans check --store`: print whether every open lead waits for somebody, with every one that does not;
    and every koppelkans of which no owner is asked.

    Only codes are printed. It is no mistake of the content: the bot works on, and these leads need a person.
    """
    found, count = [], 0
    with store.read() as tx:
        for content in contents:
            wijk, desk = content.wijk.id, content.desk
            count += counts.count_open(tx, wijk)
            fell = {status: desk.falls(status) for status in desk.open}
            here = (*content.wijk.partners, CONNECTOR, COORDINATOR)
            found += [Fault(wijk, each, _WHY["register"]) for each in register.stuck(tx, wijk, here, now - LATE)]
            found += [Fault(wijk, each.code, _WHY[each.why]) for each in due.stuck(tx, wijk, fell, now - LATE)]
    return told(found, f"Every open lead waits for somebody: {count} leads.")
