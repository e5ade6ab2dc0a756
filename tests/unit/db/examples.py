"""Examples for the tests of the store: residents, partners and leads that could exist, and people do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import Connection

from db.leads import consents, leads
from db.leads.leads import Lead

WIJK = "smitsveen"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FATMA = "telegram:1001"
KARIM = "telegram:1002"
ANS = "telegram:2001"
BEP = "telegram:2002"

T = TypeVar("T")


def packet(name: str = "Fatma", phone: str = "+31600000001") -> dict[str, Any]:
    return {"Voornaam": name, "Telefoon": phone, "Waarover": ["geld", "kou"]}


def a_lead(tx: Connection, wijk: str = WIJK, **changes: Any) -> Lead:
    """A lead of Fatma in the inbox of goos, changed as asked."""
    lead: dict[str, Any] = {
        "resident": FATMA,
        "partner": "goos",
        "inbox": "goos",
        "row": "M2",
        "topic": ["bills"],
        "urgent": False,
        "packet": packet(),
        "language": "ar",
        "now": NOW,
    }
    return leads.create(tx, wijk, **{**lead, **changes})


def a_consent(tx: Connection, wijk: str = WIJK, **changes: Any) -> int:
    """Fatma's yes to goos, changed as asked."""
    consent: dict[str, Any] = {
        "resident": FATMA,
        "purpose": "send",
        "recipient": "goos",
        "fields": ["Voornaam", "Telefoon"],
        "text_version": "1f2e",
        "shown": "Voornaam: Fatma, Telefoon: +31600000001",
        "language": "ar",
        "given": True,
        "now": NOW,
    }
    return consents.add(tx, wijk, **{**consent, **changes})


def together(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Do these at the same moment, each in a thread of its own; gives what each gave."""
    start = Barrier(len(acts))

    def one(act: Callable[[], T]) -> T:
        start.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result(60) for done in [threads.submit(one, act) for act in acts]]
