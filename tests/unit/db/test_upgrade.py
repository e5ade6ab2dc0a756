"""A store of version 0.1.0 (revision 0004) comes over by one migration; the old store is written here row by row."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from cryptography.fernet import Fernet
from sqlalchemy import Connection

from bot.messages.message import from_row
from db import migrations, tables
from db.leads import leads, views
from db.leads.consent import consents, disclosures
from db.people import addresses, conversations, invitations, members
from db.queue import outbox, sequence
from db.records import link_counts, row_ids
from db.store import Store
from tests.conftest import SECRET_KEY

pytestmark = pytest.mark.both_stores

WIJK = "smitsveen"
NOW = datetime(2026, 11, 25, 13, 2, tzinfo=UTC)


def sealed(data: object) -> str:
    """As version 0.1.0 stored what must not be readable."""
    return Fernet(SECRET_KEY).encrypt(json.dumps(data).encode()).decode()


def put(tx: Connection, table: str, *rows: dict[str, Any]) -> None:
    """Write these rows as they are, whatever today's code calls their columns."""
    found = sa.Table(table, sa.MetaData(), autoload_with=tx)
    for row in rows:
        tx.execute(sa.insert(found), {"wijk": WIJK} | row)


def a_lead(id: int, status: str = "sent", **changes: Any) -> dict[str, Any]:
    """A row of `leads` as version 0.1.0 wrote it."""
    lead = {
        "id": id,
        "code": f"KOP-{id}",
        "resident": "telegram:1001",
        "partner": "balans",
        "inbox": "balans",
        "row": "M2",
        "topic": ["people"],
        "urgent": False,
        "status": status,
        "version": 1,
        "packet": sealed({"name": "Fatma", "language": "nl"}),
        "language": "nl",
        "created_at": NOW,
    }
    return lead | changes


@pytest.fixture
def old(empty_url: str, open_stores: Callable[[str], Store]) -> Store:
    """A store with the tables of version 0.1.0 and nothing in them."""
    store = open_stores(empty_url)
    with store.rebuilding() as tx:
        command.upgrade(migrations.settings(tx), "0004")
    return store


def a_message(id: int, to: str, text: str, **changes: Any) -> dict[str, Any]:
    """A row of `outbox` as version 0.1.0 wrote it."""
    message = {
        "id": id,
        "to": to,
        "payload": sealed({"text": text}),
        "due": datetime(1970, 1, 1, tzinfo=UTC),
        "tries": 0,
        "made_at": NOW,
    }
    return message | changes


def test_who_has_a_lead_open_moves_out_of_the_conversations(old: Store) -> None:
    def held(key: str, place: object, **changes: Any) -> dict[str, Any]:
        held = {"key": key, "language": "", "turn": 1, "step": "lead", "blocked": False, "updated_at": NOW}
        return held | {"place": sealed(place) if place else None} | changes

    with old.write() as tx:
        put(tx, "leads", a_lead(1), a_lead(2), a_lead(3))
        fatma = {"step": "menu.worries", "turn": 3, "language": "nl"}
        put(
            tx,
            "conversations",
            held("telegram:1001", fatma, language="nl", step="menu.worries", card=7),
            held("lead:1", {"cards": {"telegram:2001": 5, "telegram:2002": 9}}),
            held("lead:2", {"cards": {}}),
            held("lead:3", None),
            held("lead:99", {"cards": {"telegram:2001": 6}}),
        )
    old.migrate()
    with old.read() as tx:
        ans, bep = (addresses.find(tx, WIJK, f"telegram:{n}") for n in (2001, 2002))
        assert ans is not None
        assert set(views.of_lead(tx, WIJK, 1)) == {(1, ans, 5), (1, bep, 9)}
        assert views.of_member(tx, WIJK, ans) == [(1, ans, 5)]
        assert list(conversations.places(tx, WIJK)) == [fatma]
        assert tx.execute(sa.select(sa.func.count()).select_from(tables.conversations)).scalar_one() == 3


LEDGER = {"purpose": "share", "fields": ["name"], "text_version": "1f2e", "language": "nl", "at": NOW}


def test_people_become_ids_and_no_address_can_be_read_any_more(old: Store) -> None:
    """A resident, a member who took the lead, a coordinator; a message waits for each, one for a group."""
    fatma, ans, ria = "telegram:1001", "telegram:2001", "telegram:3001"
    chat = {"language": "nl", "turn": 3, "step": "", "blocked": False, "updated_at": NOW}
    with old.write() as tx:
        put(tx, "conversations", {"key": fatma, "place": sealed({"step": "menu.worries"})} | chat)
        put(tx, "conversations", {"key": ans, "blocked": True} | {k: v for k, v in chat.items() if k != "blocked"})
        for who, partner, role in ((ans, "balans", "partner"), (ria, "coordinator", "coordinator")):
            row = {"address": who, "partner": partner, "role": role, "name": sealed("Ans"), "joined_at": NOW}
            put(tx, "members", row)
        for id, given in ((5, True), (6, False)):
            text = {"resident": fatma, "recipient": "Stichting Balans", "given": given, "shown": sealed("Fatma")}
            put(tx, "consents", {"id": id} | text | LEDGER)
        put(tx, "leads", a_lead(1, "accepted", consent=5, assignee=ans))
        seen = {"lead": 1, "consent": 5, "fields": ["name"], "packet": "9f", "at": NOW}
        put(tx, "disclosures", {"id": 7, "recipient": "balans", "member": None} | seen)
        put(tx, "disclosures", {"id": 8, "recipient": "balans", "member": ans} | seen)
        put(tx, "lead_events", {"lead": 1, "n": 1, "after": "sent", "actor": "resident", "at": NOW})
        put(tx, "lead_events", {"lead": 1, "n": 2, "before": "sent", "after": "accepted", "actor": ans, "at": NOW})
        put(tx, "audit", {"id": 9, "at": NOW, "actor": ans, "what": "lead.opened", "lead": 1})
        put(tx, "switches", {"name": "partner.balans.state", "value": "full", "changed_by": ria, "changed_at": NOW})
        for id, to in enumerate((fatma, ria, "telegram:-100555"), start=16):
            put(tx, "outbox", a_message(id, to, "Dag"))
    old.migrate()
    with old.write() as tx:
        for table in tables.metadata.sorted_tables:
            rows = list(tx.execute(sa.text(f"SELECT * FROM {table.name}")))
            assert [row for row in rows if "telegram:1001" in str(row) or "telegram:2001" in str(row)] == [], table.name
        known = conversations.load(tx, WIJK, [fatma, ans, ria], NOW)
        person = {at: one.person for at, one in known.items()}
        assert (known[fatma].place, known[ans].blocked, known[ria].language) == ({"step": "menu.worries"}, True, "")
        (lead,) = leads.of_resident(tx, WIJK, person[fatma])
        assert (lead.status, lead.sender, lead.assignee) == ("accepted", person[fatma], person[ans])
        assert [event.actor for event in leads.events(tx, WIJK, 1)] == ["resident", person[ans]]
        yes, no = consents.of(tx, WIJK, person[fatma])
        assert (yes.recipient, yes.sender, no.recipient) == ("balans", person[fatma], "Stichting Balans")
        assert [one.member for one in disclosures.of_lead(tx, WIJK, 1)] == [None, person[ans]]
        assert [(one.organisation, one.role) for one in members.of(tx, WIJK, person[ria])] == [("coordinator",) * 2]
        waiting = [from_row(row) for row in outbox.due(tx, WIJK, NOW)]
        assert [one.reached_at for one in waiting] == [fatma, ria, "telegram:-100555"]
        assert [one.to for one in waiting[:2]] == [person[fatma], person[ria]]
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), old.write() as tx:
        tx.execute(sa.text("UPDATE consents SET resident = 'x'"))


def test_new_messages_have_higher_ids_than_all_before(old: Store) -> None:
    stamp = 912_345_678
    with old.write() as tx:
        put(tx, "stamps", {"last": stamp})
        put(tx, "numbers", {"last": 12})
        put(tx, "touches", {"code": "ev12", "day": NOW.date(), "count": 3})
        put(tx, "outbox", a_message(stamp * 64 + 63, "telegram:1001", "Dag", rank=0))
    old.migrate()
    with old.write() as tx:
        (id,) = sequence.draw(tx, WIJK)
        assert id == outbox.newest(tx, WIJK) + 1
        assert row_ids.draw(tx, WIJK) == 13
        assert link_counts.of_code(tx, WIJK, "ev12") == {NOW.date(): 3}


def test_what_waits_about_a_lead_is_found_by_it_and_not_by_the_beginning_of_another_code(old: Store) -> None:
    with old.write() as tx:
        put(tx, "leads", a_lead(1, code="KOP-2AK"), a_lead(2, code="KOP-2AKX"))
        texts = ["KOP-2AK: Fatma", "KOP-2AKX is ingetrokken", "KOP-2AK en KOP-2AKX", "Dag", "KOP-777"]
        put(tx, "outbox", *[a_message(id, "telegram:2001", text, rank=0) for id, text in enumerate(texts)])
    old.migrate()
    with old.read() as tx:
        assert [one.lead for one in outbox.due(tx, WIJK, NOW)] == [1, 2, None, None, None]


def test_what_waited_before_there_were_ranks_goes_first(empty_url: str, open_stores: Callable[[str], Store]) -> None:
    store = open_stores(empty_url)
    with store.rebuilding() as tx:
        command.upgrade(migrations.settings(tx), "0003")
    with store.write() as tx:
        put(tx, "outbox", a_message(16, "telegram:1001", "Dag"))
    store.migrate()
    with store.read() as tx:
        assert [(one.id, one.priority) for one in outbox.due(tx, WIJK, NOW, priority=0)] == [(16, 0)]


def test_every_lead_gets_a_token_of_its_own(old: Store) -> None:
    with old.write() as tx:
        put(tx, "leads", *[a_lead(id) for id in range(1, 5)], a_lead(1) | {"wijk": "de_eng"})
    old.migrate()
    with old.read() as tx:
        found = [leads.get(tx, wijk, id) for wijk, id in ((WIJK, 1), (WIJK, 2), (WIJK, 3), (WIJK, 4), ("de_eng", 1))]
    tokens = {lead.token for lead in found if lead}
    assert len(tokens) == 5
    assert all(len(token) == 16 for token in tokens)


def test_of_what_waited_before_everybody_keeps_their_first_helping_in_front(old: Store) -> None:
    many = 3 * outbox.HELPING
    with old.write() as tx:
        rows = [a_message(1, "telegram:-5", "Dag", rank=0), a_message(2, "telegram:-5", "Dag", rank=1)]
        rows += [a_message(10 + id, "telegram:-7", "Dag", rank=1) for id in range(many)]
        put(tx, "outbox", *rows)
    old.migrate()
    with old.read() as tx:
        assert [one.id for one in outbox.due(tx, WIJK, NOW)] == [1]
        assert [one.id for one in outbox.due(tx, WIJK, NOW, priority=1)] == [2, *range(10, 10 + outbox.HELPING)]
        assert outbox.crowded(tx, WIJK) == [("telegram:-7", 1)]
        assert len(outbox.of(tx, WIJK, "telegram:-7", NOW, 1000, 1)) == many


def test_every_membership_and_every_invitation_gets_a_handle_of_its_own(old: Store) -> None:
    with old.write() as tx:
        for partner in ("balans", "eas"):
            row = {"partner": partner, "role": "partner", "name": sealed("Ans"), "joined_at": NOW}
            put(tx, "members", {"address": f"telegram:{partner}"} | row)
            open_ = {"partner": partner, "role": "partner", "made_at": NOW, "expires_at": NOW.replace(year=2027)}
            put(tx, "invitations", {"code": partner} | open_)
    old.migrate()
    with old.read() as tx:
        joined, invited = members.who_joined(tx, WIJK), invitations.open_ones(tx, WIJK, NOW)
        handles = {*(each.handle for each in joined), *(each.handle for each in invited)}
        assert len(joined) == len(invited) == 2
        assert len(handles) == 4
        assert all(len(handle) == 8 for handle in handles)
        assert members.by_handle(tx, WIJK, joined[0].handle) == joined[0]
