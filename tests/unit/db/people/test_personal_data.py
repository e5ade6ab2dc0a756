"""Erasing a person: afterwards no column of any table knows them, and everybody else is untouched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from db.leads import calls, leads, sealed, views
from db.leads.consent import consents, disclosures, passings, visits
from db.leads.consent.visits import Visit
from db.leads.lead import Lead
from db.leads.views import View
from db.people import conversations, digests, invitations, members, personal_data
from db.people.conversations import Conversation
from db.queue import held_messages, outbox, said_messages, sent_messages, spoken_messages, updates
from db.queue.outbox import Message
from db.queue.sent_messages import SentMessage
from db.records import audit, switches
from db.store import Store
from db.tables import metadata
from db.types.held import naming
from tests.unit.db.examples import (
    ADDRESSES,
    ANS,
    BEP,
    FATMA,
    HOUR,
    KARIM,
    NEXT,
    NOW,
    WIJK,
    a_consent,
    a_lead,
    known,
    packet,
)

pytestmark = pytest.mark.both_stores

TRACES = (FATMA, ADDRESSES[FATMA], "Fatma", "+31600000001")


def live_a_life(tx: Connection, who: str, name: str, phone: str, first: int) -> Lead:
    """A resident who answered, agreed, was handed over twice, and to whom messages still wait."""
    shared = packet(name, phone)
    updates.claim(tx, WIJK, "telegram", [first], NOW)
    known(tx, who)
    conversations.save(tx, WIJK, [Conversation(who, "ar", {"name": name, "phone": phone}, 5, 3, "referral.cold")], NOW)
    yes = a_consent(tx, resident=who, sender=who, shown=f"Voornaam: {name}, Telefoon: {phone}")
    lead = a_lead(tx, resident=who, sender=who, packet=shared, consent=yes)
    done = a_lead(tx, resident=who, sender=who, packet=shared, consent=yes)
    leads.move(tx, WIJK, lead.id, 1, "accepted", next=NEXT, now=NOW, actor=ANS, assignee=ANS)
    leads.move(tx, WIJK, done.id, 1, "completed", next=None, now=NOW, actor=ANS)
    conversations.save(tx, WIJK, [Conversation(ANS)], NOW)
    views.add(tx, WIJK, [View(lead.id, ANS, 8), View(done.id, who, 9)])
    sent_messages.add(tx, WIJK, [SentMessage(who, first), SentMessage(ANS, first, lead.id)], NOW)
    disclosures.add(
        tx,
        WIJK,
        lead=lead.id,
        consent=yes,
        recipient="goos",
        member=ANS,
        fields=list(shared),
        packet=shared,
        now=NOW,
    )
    audit.add(tx, WIJK, who, "data.shown", NOW)
    members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW)
    waiting = [
        Message(first * 16, who, {"text": f"Dag {name}"}, NOW),
        Message(first * 16 + 1, ANS, {"text": f"{lead.code}: {name}, {phone}"}, NOW, lead=lead.id),
        Message(first * 16 + 2, ANS, {"text": f"Er is nieuws over {lead.code}X"}, NOW),
    ]
    outbox.add(tx, WIJK, waiting, NOW)
    held_messages.add(tx, WIJK, [replace(each, id=each.id + 8) for each in waiting], NOW)
    said_messages.add(tx, WIJK, [(who, first), (ANS, first)], NOW)
    sealed.add(tx, WIJK, lead.id, who, {"text": f"Ans schrijft je, {name}"}, NOW)
    for speaker in (who, ANS):
        said: dict[str, Any] = {
            "lead": lead.id,
            "to_resident": speaker == ANS,
            "sound": f"voice 9 {speaker}",
            "language": "nl",
        }
        spoken_messages.add(tx, WIJK, speaker=speaker, **said, now=NOW)
    calls.put(tx, WIJK, lead.id, who, {"key": f"Goed nieuws, {name}"}, NOW, NOW)
    visits.add(tx, WIJK, Visit("", lead.id, None, who, visits.TICKED, slots=(NOW,), fits=(NOW,)))
    return lead


def work_here(tx: Connection, who: str, name: str) -> None:
    members.join(tx, WIJK, who, "goos", "partner", name, NOW)
    code = invitations.make(tx, WIJK, "goos", "partner", who, NOW)
    invitations.use(tx, WIJK, code, who, NOW)
    switches.put(tx, WIJK, "partner.goos.state", "full", who, NOW)
    digests.put(tx, WIJK, digests.Digest(who, 9, NOW, NOW))
    yes = a_consent(tx, resident=KARIM, sender=KARIM, shown="Voornaam: Karim")
    theirs = a_lead(tx, resident=KARIM, sender=KARIM, packet=packet("Karim", "+31600000002"), consent=yes)
    disclosures.add(
        tx, WIJK, lead=theirs.id, consent=yes, recipient="goos", member=who, fields=[], packet=packet(), now=NOW
    )
    leads.move(tx, WIJK, theirs.id, 1, "accepted", next=NEXT, now=NOW, actor=who, assignee=who)
    views.add(tx, WIJK, [View(theirs.id, who, 7)])
    asked: dict[str, Any] = {"to": "shm", "why": "other", "asks": "call", "language": "nl", "now": NOW, "look_at": NOW}
    passings.add(tx, WIJK, lead=theirs.id, by=who, **asked)


def everything_stored(tx: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every column of every table twice: as it lies there, and decrypted."""
    return {
        table.name: [
            *(tuple(row) for row in tx.execute(sa.text(f"SELECT * FROM {table.name}"))),
            *(tuple(row) for row in tx.execute(sa.select(table))),
        ]
        for table in metadata.sorted_tables
    }


def places_of(tx: Connection, traces: tuple[str, ...]) -> set[str]:
    return {name for name, rows in everything_stored(tx).items() if any(trace in str(rows) for trace in traces)}


def test_after_erasure_no_column_of_any_table_knows_the_person(store: Store) -> None:
    with store.write() as tx:
        live_a_life(tx, FATMA, "Fatma", "+31600000001", 10)
        work_here(tx, FATMA, "Fatma")
        assert places_of(tx, TRACES) == {
            "addresses",
            "audit",
            "calls",
            "consents",
            "conversations",
            "digests",
            "disclosures",
            "held_messages",
            "invitations",
            "lead_events",
            "lead_views",
            "leads",
            "memberships",
            "outbox",
            "passings",
            "said_messages",
            "sealed",
            "sent_messages",
            "spoken_messages",
            "switches",
            "visits",
        }
        personal_data.everything(tx, WIJK, FATMA, NOW + HOUR)
    with store.read() as tx:
        assert places_of(tx, TRACES) == set()
        assert personal_data.show(tx, WIJK, FATMA) == {}


def test_erasure_withdraws_open_leads_and_tells_which(store: Store) -> None:
    with store.write() as tx:
        lead = live_a_life(tx, FATMA, "Fatma", "+31600000001", 10)
        erased = personal_data.everything(tx, WIJK, FATMA, NOW + HOUR)
        (withdrawn,) = erased.withdrawn
        assert withdrawn == leads.get(tx, WIJK, lead.id)
        assert (withdrawn.code, withdrawn.inbox, withdrawn.assignee) == (lead.code, "goos", ANS)
        assert (withdrawn.status, withdrawn.packet, withdrawn.resident) == ("withdrawn", None, None)
        assert [event.after for event in leads.events(tx, WIJK, lead.id)] == ["sent", "accepted", "withdrawn"]
        assert (erased.conversation, erased.messages, erased.leads) == (True, 4, 2)
        assert not erased.member
        assert views.of_lead(tx, WIJK, lead.id) == []
        left = [one.payload["text"] for one in outbox.due(tx, WIJK, NOW, 10)]
        assert left == [f"Er is nieuws over {lead.code}X"], "another lead may have a code that begins the same"


def test_the_ledger_keeps_that_there_was_a_consent(store: Store) -> None:
    with store.write() as tx:
        id = a_consent(tx)
        personal_data.everything(tx, WIJK, FATMA, NOW + HOUR)
        entry = consents.get(tx, WIJK, id)
    assert entry is not None
    assert (entry.resident, entry.shown) == (None, None)
    assert (entry.purpose, entry.recipient, entry.given, entry.at) == ("send", "goos", True, NOW)


def test_erasing_one_person_leaves_everybody_else_alone(store: Store) -> None:
    with store.write() as tx:
        live_a_life(tx, KARIM, "Karim", "+31600000002", 20)
        members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW)
        members.join(tx, WIJK, BEP, "coordinator", "coordinator", "Bep", NOW)
        before = everything_stored(tx)
        erased = personal_data.everything(tx, WIJK, FATMA, NOW + HOUR)
        assert everything_stored(tx) == before
        live_a_life(tx, FATMA, "Fatma", "+31600000001", 10)
        shown = personal_data.show(tx, WIJK, KARIM)
        personal_data.everything(tx, WIJK, FATMA, NOW + HOUR)
        assert personal_data.show(tx, WIJK, KARIM) == shown
    assert erased == personal_data.Erased(False, 0, 0, [], False)


def test_erasing_stays_within_the_wijk(store: Store) -> None:
    with store.write() as tx:
        there = a_lead(tx, "de_eng")
        personal_data.everything(tx, WIJK, FATMA, NOW)
        assert leads.get(tx, "de_eng", there.id) == there


def test_what_is_shown_is_all_that_is_stored(store: Store) -> None:
    with store.write() as tx:
        live_a_life(tx, FATMA, "Fatma", "+31600000001", 10)
        work_here(tx, FATMA, "Fatma")
        a_lead(tx, resident=KARIM, consent=a_consent(tx, resident=KARIM))
        shown = personal_data.show(tx, WIJK, FATMA)
    assert set(shown) == {f"{table.name}.{column.name}" for table, column, _ in naming(metadata)}
    holding = {name for name, rows in shown.items() if "Fatma" in str(rows) or ADDRESSES[FATMA] in str(rows)}
    assert holding == {
        "addresses.person",
        "calls.person",
        "consents.resident",
        "conversations.person",
        "held_messages.to",
        "leads.resident",
        "memberships.person",
        "outbox.to",
        "sealed.person",
    }


def test_a_member_is_not_shown_the_resident_whom_they_help(store: Store) -> None:
    with store.write() as tx:
        live_a_life(tx, FATMA, "Fatma", "+31600000001", 10)
        shown = personal_data.show(tx, WIJK, ANS)
    assert len(shown["leads.assignee"]) == 1
    assert [trace for trace in TRACES if trace in str({**shown, "outbox.to": [], "held_messages.to": []})] == []
