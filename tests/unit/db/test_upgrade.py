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

from db import migrations, tables
from db.leads import leads, views
from db.people import conversations
from db.queue import outbox
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
        assert views.of_lead(tx, WIJK, 1) == [(1, "telegram:2001", 5), (1, "telegram:2002", 9)]
        assert views.of_member(tx, WIJK, "telegram:2001") == [(1, "telegram:2001", 5)]
        assert list(conversations.places(tx, WIJK)) == [fatma]
        assert tx.execute(sa.select(sa.func.count()).select_from(tables.conversations)).scalar_one() == 1


def test_what_waited_before_there_were_ranks_goes_first(empty_url: str, open_stores: Callable[[str], Store]) -> None:
    store = open_stores(empty_url)
    with store.rebuilding() as tx:
        command.upgrade(migrations.settings(tx), "0003")
    with store.write() as tx:
        put(tx, "outbox", a_message(16, "telegram:1001", "Dag"))
    store.migrate()
    with store.read() as tx:
        assert [(one.id, one.rank) for one in outbox.due(tx, WIJK, NOW, rank=0)] == [(16, 0)]


def test_every_lead_gets_a_token_of_its_own(old: Store) -> None:
    with old.write() as tx:
        put(tx, "leads", *[a_lead(id) for id in range(1, 5)], a_lead(1) | {"wijk": "de_eng"})
    old.migrate()
    with old.read() as tx:
        found = [leads.get(tx, wijk, id) for wijk, id in ((WIJK, 1), (WIJK, 2), (WIJK, 3), (WIJK, 4), ("de_eng", 1))]
    tokens = {lead.token for lead in found if lead}
    assert len(tokens) == 5
    assert all(len(token) == 16 for token in tokens)
