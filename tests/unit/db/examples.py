"""Examples for the tests of the store: residents, partners and leads that could exist, and people do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import Connection

from db.leads import leads
from db.leads.consent import consents
from db.leads.due import Next
from db.leads.lead import Lead
from db.people import addresses, conversations
from db.people.conversations import Conversation

WIJK = "smitsveen"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEXT = Next("inbox", NOW + 24 * HOUR)
"""What comes next for a lead that is open."""

FATMA, KARIM, ANS, BEP = "faaa000000001001", "faaa000000001002", "faaa000000002001", "faaa000000002002"
"""Ids of people; their addresses are in `ADDRESSES`."""

ADDRESSES = {FATMA: "telegram:1001", KARIM: "telegram:1002", ANS: "telegram:2001", BEP: "telegram:2002"}

T = TypeVar("T")


def packet(name: str = "Fatma", phone: str = "+31600000001") -> dict[str, Any]:
    return {"Voornaam": name, "Telefoon": phone, "Waarover": ["geld", "kou"]}


def a_lead(tx: Connection, wijk: str = WIJK, **changes: Any) -> Lead:
    """A lead of Fatma in the inbox of goos, changed as asked."""
    lead: dict[str, Any] = {
        "resident": FATMA,
        "sender": FATMA,
        "partner": "goos",
        "inbox": "goos",
        "row": "M2",
        "topic": ["bills"],
        "urgent": False,
        "packet": packet(),
        "language": "ar",
        "now": NOW,
        "next": NEXT,
    }
    return leads.create(tx, wijk, **{**lead, **changes})


def a_consent(tx: Connection, wijk: str = WIJK, **changes: Any) -> int:
    """Fatma's yes to goos, changed as asked."""
    consent: dict[str, Any] = {
        "resident": FATMA,
        "sender": FATMA,
        "purpose": "send",
        "recipient": "goos",
        "fields": ["Voornaam", "Telefoon", "Waarover"],
        "text_version": "1f2e",
        "shown": "Voornaam: Fatma, Telefoon: +31600000001",
        "language": "ar",
        "given": True,
        "now": NOW,
    }
    return consents.add(tx, wijk, **{**consent, **changes})


def known(tx: Connection, *people: str, wijk: str = WIJK) -> None:
    """These people have an address and a blank conversation."""
    addresses.add(tx, wijk, {person: ADDRESSES[person] for person in people}, NOW)
    conversations.save(tx, wijk, [Conversation(person) for person in people], NOW)


def together(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Do these at the same moment, each in a thread of its own; gives what each gave."""
    start = Barrier(len(acts))

    def one(act: Callable[[], T]) -> T:
        start.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result(60) for done in [threads.submit(one, act) for act in acts]]
