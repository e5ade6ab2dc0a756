"""The wijk of now: read once for a few seconds, and again as soon as it may be another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.leads.members.wijk_now import REFRESH, WijkNow
from db.people import members
from db.records import switches
from db.store import Store
from tests.simulated import CONTENT, NOW, WIJK

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("later", "known"),
    [(timedelta(), "open"), (REFRESH, "open"), (REFRESH + SECOND, "full"), (-REFRESH - SECOND, "full")],
)
def test_what_another_process_switched_is_known_soon_also_when_the_clock_goes_back(
    store: Store, later: timedelta, known: str
) -> None:
    """A clock that was set right must not keep an old state alive until it comes to where it was."""
    now = WijkNow(CONTENT)
    with store.write() as tx:
        assert now(tx, NOW).partners["goos"].state == "open"
        switches.put(tx, WIJK, "partner.goos.state", "full", None, NOW)
        assert now(tx, NOW + later).partners["goos"].state == known


def test_who_forgets_reads_switches_and_members_again_at_once(store: Store) -> None:
    now = WijkNow(CONTENT)
    with store.write() as tx:
        assert not now(tx, NOW).partners["goos"].staffed
        members.join(tx, WIJK, "f" * 16, "goos", "partner", "Ans", NOW)
        assert not now(tx, NOW).partners["goos"].staffed
        now.forget()
        assert now(tx, NOW).partners["goos"].staffed
