"""What was erased cannot be read in SQLite's file or log, as bytes: no id, no address, no word, encrypted or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from db import tables, wiping
from db.leads import counts, views
from db.leads.consent import disclosures
from db.leads.views import View
from db.people import addresses, conversations, personal_data
from db.people.conversations import Conversation
from db.queue import outbox, sent_messages
from db.queue.outbox import Message
from db.queue.sent_messages import SentMessage
from db.store import Store
from db.types.held import naming, told_of
from tests.unit.db.examples import ANS, NOW, WIJK, a_consent, a_lead, packet

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

MANY = 80
PEOPLE = [f"{number:016x}" for number in range(0xABCD0000, 0xABCD0000 + MANY)]
GONE, STAYING = PEOPLE[::2], PEOPLE[1::2]


def lives(tx: Connection) -> None:
    """All these people answered, agreed and were helped, mixed through each other, as people are."""
    addresses.add(tx, WIJK, {person: f"telegram:{person}" for person in PEOPLE}, NOW)
    conversations.save(tx, WIJK, [Conversation(ANS)], NOW)
    for turn in range(3):  # rows that grow, as places do, move from page to page
        places = [Conversation(each, "ar", {"said": each * 9 * turn}, 5, turn, "menu.worries") for each in PEOPLE]
        conversations.save(tx, WIJK, places, NOW)
    for number, person in enumerate(PEOPLE):
        yes = a_consent(tx, resident=person, sender=person, shown=f"Voornaam: {person}")
        lead = a_lead(tx, resident=person, sender=person, packet=packet(person), consent=yes)
        disclosures.add(
            tx, WIJK, lead=lead.id, consent=yes, recipient="goos", fields=["Voornaam"], packet=packet(), now=NOW
        )
        views.add(tx, WIJK, [View(lead.id, ANS, number)])
        sent_messages.add(tx, WIJK, [SentMessage(person, number, lead.id)], NOW)
        outbox.add(tx, WIJK, [Message(number, person, {"text": f"Dag {person}"}, NOW, lead=lead.id)], NOW)


def stored_of(tx: Connection, people: list[str]) -> set[bytes]:
    """Every text that stands in the store for these people, as it is stored: ids, fingerprints, ciphertext."""
    found: set[bytes] = {person.encode() for person in people}
    for table, column, _ in naming(tables.metadata):
        secret = [each.name for each in told_of(table, column) if "Encrypted" in type(each.type).__name__]
        for name in [*secret, *(["hash"] if table is tables.addresses else [])]:
            rows = sa.text(f'SELECT "{name}" FROM {table.name} WHERE "{column.name}" IN :them').bindparams(
                sa.bindparam("them", people, expanding=True)
            )
            found |= {value.encode() for value in tx.execute(rows).scalars() if value}
    return found


def files(url: str) -> bytes:
    """The bytes of the store's file and of what SQLite keeps beside it."""
    file = Path(make_url(url).database or "")
    return b"".join(each.read_bytes() for each in sorted(file.parent.glob(f"{file.name}*")))


def erase(store: Store) -> None:
    for person in GONE:
        with store.write() as tx:
            personal_data.everything(tx, WIJK, person, NOW)


def test_nothing_readable_stays_of_whoever_was_erased(store_url: str, open_stores: Callable[[str], Store]) -> None:
    store = open_stores(store_url)
    with store.write() as tx:
        lives(tx)
    with store.read() as tx:
        gone, kept = stored_of(tx, GONE), stored_of(tx, STAYING)
    assert len(gone) > 5 * len(GONE)
    before = files(store_url)
    assert [trace for trace in gone if trace not in before] == [], "the test would see it"
    erase(store)
    assert any(trace in files(store_url) for trace in gone), "it is still in the log"
    assert wiping.wipe(store)
    after = files(store_url)
    assert [trace for trace in gone if trace in after] == []
    assert [trace for trace in kept if trace not in after] == []


def test_a_log_that_is_being_read_is_wiped_later(store_url: str, open_stores: Callable[[str], Store]) -> None:
    store = open_stores(store_url)
    with store.write() as tx:
        lives(tx)
    with store.read() as reading:
        assert counts.count_open(reading, WIJK) == MANY
        erase(store)
        assert not wiping.wipe(store)
    assert wiping.wipe(store)
    assert [person for person in GONE if person.encode() in files(store_url)] == []
