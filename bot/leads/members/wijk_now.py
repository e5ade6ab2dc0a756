"""The wijk as it stands now: what the coordinator switched, and who reads which inbox.

The one place where this is remembered for a few seconds; code that changes it calls `forget`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.content.loaded import ZONE, Content
from db.people import members
from db.records import switches
from db.store import Tx
from flows.model.wijk import Wijk

REFRESH = timedelta(seconds=5)
"""How old the coordinator's switches may be when another process changed them."""


class WijkNow:
    """Reads the wijk with its switches and members, at most every few seconds."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._known: tuple[Wijk, datetime] | None = None

    def __call__(self, tx: Tx, now: datetime) -> Wijk:
        """Return the wijk of now. It is read again after `forget`, and when it is older than `REFRESH`."""
        if self._known is None or abs(now - self._known[1]) > REFRESH:  # a clock may also go back
            name = self._content.wijk.id
            today = now.astimezone(ZONE).date()
            wijk = self._content.wijk.with_switches(switches.all(tx, name), members.staffed(tx, name), today)
            self._known = wijk, now
        return self._known[0]

    def forget(self) -> None:
        """Have the wijk read again at the next turn: a switch or a member changed, or what was read was rolled back."""
        self._known = None
