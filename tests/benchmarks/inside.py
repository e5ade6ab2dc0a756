"""Times of single transactions on a filled store, in this process: those for which people never or hardly ever tap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from statistics import median

from bot.content.loaded import Content
from bot.leads.clocks.retention import forget_what_is_due
from bot.runtime.delivery.deliverer import HELD
from db.people import addresses, personal_data
from db.queue import outbox
from db.store import open_store
from tests.benchmarks.fill import PEOPLE, RESIDENT, SPAN
from tests.benchmarks.measure import Row

SLICES = 200
"""How many slices of forgetting are measured at most."""


def transactions(address: str, content: Content, copies: int, now: datetime) -> Row:
    """Measure transactions, in milliseconds: forgetting when nothing is due, then day by day until all is forgotten."""
    wijk = content.wijk.id
    with closing(open_store(address)) as store:

        def forget(moment: datetime) -> bool:
            with store.write() as tx:
                return any(forget_what_is_due(content, tx, wijk, moment)[0].values())

        def erased(resident: int) -> None:
            with store.write() as tx:
                person = addresses.find(tx, wijk, f"telegram:{resident}") or ""
                personal_data.everything(tx, wijk, person, now)

        def due() -> None:
            with store.read() as tx:
                outbox.due(tx, wijk, now, HELD)

        while forget(now):
            pass
        looks = [_spent(lambda: forget(now)) for _ in range(5)]
        helped = [RESIDENT + number + SPAN * (copies // 2) for number in range(5, PEOPLE, 10)]
        gone = [_spent(lambda each=each: erased(each)) for each in helped]  # type: ignore[misc]
        dues = [_spent(due) for _ in range(5)]
        days = [now + timedelta(days=day) for day in range(1, 9)]
        slices = [spent for day in days for spent in _slices(lambda day=day: forget(day))]  # type: ignore[misc]
    return {
        "nothing due": median(looks),
        "a slice": median(slices),
        "longest slice": max(slices),
        "erase one": median(gone),
        "outbox": median(dues),
    }


def _slices(forget: Callable[[], bool]) -> Iterator[float]:
    """Yield what each slice takes, until nothing is left."""
    for _ in range(SLICES):
        began = time.perf_counter()
        if not forget():
            return
        yield 1000 * (time.perf_counter() - began)


def _spent(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)
