"""The store itself: transactions, moments, migrations and rebuilds, on both engines."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from db import migrations
from db.leads import leads
from db.leads.consent import consents, disclosures
from db.people import addresses, conversations, personal_data
from db.queue import outbox, sequence
from db.queue.outbox import Message
from db.records import switches
from db.store import Store, open_store
from db.tables import metadata
from tests.e2e.process import ROOT
from tests.unit.db.examples import ADDRESSES, FATMA, NOW, WIJK, a_consent, a_lead, packet, together

pytestmark = pytest.mark.both_stores


def test_an_error_undoes_the_whole_transaction(store: Store) -> None:
    def half() -> None:
        with store.write() as tx:
            switches.put(tx, WIJK, "partner.goos.state", "full", None, NOW)
            raise KeyError

    with pytest.raises(KeyError):
        half()
    with store.read() as tx:
        assert switches.all(tx, WIJK) == {}


def test_a_savepoint_undoes_only_its_own_part(store: Store) -> None:
    with store.write() as tx:
        switches.put(tx, WIJK, "one", 1, None, NOW)
        with tx.begin_nested() as part:
            switches.put(tx, WIJK, "two", 2, None, NOW)
            part.rollback()
    with store.read() as tx:
        assert switches.all(tx, WIJK) == {"one": 1}


def test_the_reading_engine_refuses_to_write(store: Store) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"), store.read() as tx:
        switches.put(tx, WIJK, "one", 1, None, NOW)


def test_a_reader_does_not_wait_for_a_writer(store: Store) -> None:
    with store.write() as tx:
        switches.put(tx, WIJK, "one", 1, None, NOW)
        with store.read() as reader:
            assert switches.all(reader, WIJK) == {}


def test_sixty_writers_at_once_lose_nothing(store_url: str, open_stores: Callable[[str], Store]) -> None:
    stores = [open_stores(store_url) for _ in range(3)]

    def turn(store: Store) -> None:
        with store.write() as tx:
            sequence.draw(tx, WIJK)
            place = conversations.load(tx, WIJK, [ADDRESSES[FATMA]], NOW)[ADDRESSES[FATMA]]
            conversations.save(tx, WIJK, [replace(place, revision=place.revision + 1)], NOW)

    together([partial(turn, stores[n % 3]) for n in range(60)])
    with stores[0].read() as tx:
        fatma = addresses.find(tx, WIJK, ADDRESSES[FATMA]) or ""
        assert conversations.look(tx, WIJK, [fatma])[fatma].revision == 60


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_connections_are_kept_however_many_write_and_read_at_once(store: Store) -> None:
    opened = 0

    def count(_connection: object, _record: object) -> None:
        nonlocal opened
        opened += 1

    for engine, most in ((store.writer, 10), (store.reader, 8)):
        sa.event.listen(engine, "connect", count)
        for _ in range(3):
            with ExitStack() as together:
                for _ in range(most):
                    together.enter_context(engine.connect())
    assert opened == 18


def test_an_error_shows_nobody_s_data(store: Store) -> None:
    with pytest.raises(sa.exc.DBAPIError) as error, store.read() as tx:
        outbox.add(tx, WIJK, [Message(16, FATMA, {}, NOW)], NOW)
    assert FATMA not in str(error.value)


def test_moments_come_back_aware_and_in_utc(store: Store) -> None:
    amsterdam = timezone(timedelta(hours=1))
    with store.write() as tx:
        made = a_lead(tx, now=datetime(2026, 11, 23, 11, 0, tzinfo=amsterdam))
        read = leads.get(tx, WIJK, made.id)
    assert read is not None
    assert read.created_at == NOW
    assert read.created_at.utcoffset() == timedelta(0)


def test_a_naive_moment_is_refused(store: Store) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"), store.write() as tx:
        switches.put(tx, WIJK, "one", 1, None, NOW.replace(tzinfo=None))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://somewhere/store"])
def test_a_store_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite|mysql"):
        open_store(url)


@pytest.mark.parametrize("name", ["postgresql", "postgresql+psycopg"])
def test_plain_postgresql_means_psycopg_3(name: str) -> None:
    store = open_store(f"{name}://reader@db.invalid/koppelkans")
    assert store.writer.dialect.driver == "psycopg"


def test_sqlite_is_durable(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with store.write() as tx:
        found = {name: tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
        assert tx.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    store.close()
    assert found == {"journal_mode": "wal", "synchronous": 2}


def test_the_history_makes_exactly_the_tables(empty_url: str, open_stores: Callable[[str], Store]) -> None:
    store = open_stores(empty_url)
    store.migrate()
    with store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_comparison_sees_a_missing_index(store: Store) -> None:
    with store.write() as tx:
        tx.execute(sa.text("DROP INDEX ix_leads_open"))
        assert compare_metadata(MigrationContext.configure(tx), metadata) != []


def test_two_that_migrate_at_once_both_succeed(empty_url: str, open_stores: Callable[[str], Store]) -> None:
    stores = [open_stores(empty_url) for _ in range(2)]
    together([store.migrate for store in stores])
    with stores[0].read() as tx:
        assert switches.all(tx, WIJK) == {}


def test_migrating_again_changes_nothing(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx)
    store.migrate()
    with store.read() as tx:
        assert leads.get(tx, WIJK, lead.id) == lead


def test_a_rebuild_of_a_parent_keeps_its_children(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx, consent=a_consent(tx))
        disclosures.add(
            tx, WIJK, lead=lead.id, consent=lead.consent, recipient="goos", fields=[], packet=packet(), now=NOW
        )
    with store.rebuilding() as tx:
        operations = Operations(MigrationContext.configure(tx))
        with operations.batch_alter_table("leads", recreate="always" if store.writer.name == "sqlite" else "auto") as t:
            t.add_column(sa.Column("colour", sa.String()))
    with store.write() as tx:
        assert leads.get(tx, WIJK, lead.id) == lead
        assert len(leads.events(tx, WIJK, lead.id)) == 1
        assert len(disclosures.of_lead(tx, WIJK, lead.id)) == 1
        with pytest.raises(sa.exc.IntegrityError), tx.begin_nested():
            tx.execute(sa.text("DELETE FROM leads"))


def test_a_rebuild_that_breaks_a_reference_is_undone(tmp_path: Path, sqlite_template: Path) -> None:
    (tmp_path / "store.db").write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with store.write() as tx:
        lead = a_lead(tx)
    with pytest.raises(RuntimeError, match="lead_events"), store.rebuilding() as tx:
        tx.execute(sa.text("DELETE FROM leads"))
    with store.read() as tx:
        assert leads.get(tx, WIJK, lead.id) == lead
    store.close()


def test_the_history_refuses_to_run_with_foreign_keys_on(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with pytest.raises(RuntimeError, match="foreign keys"), store.write() as tx:
        migrations.upgrade(tx)
    store.close()


def test_the_newest_revision_is_the_one_that_is_named(store: Store) -> None:
    with store.rebuilding() as tx:
        scripts = ScriptDirectory.from_config(migrations.settings(tx))
        assert scripts.get_heads() == [migrations.HEAD]
        assert migrations.current(tx)
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
        assert not migrations.current(tx)


def test_a_current_store_is_opened_without_the_tools_that_change_it(tmp_path: Path, sqlite_template: Path) -> None:
    (tmp_path / "store.db").write_bytes(sqlite_template.read_bytes())
    look = (
        "import sys; from db.store import open_store; open_store(sys.argv[1]).migrate(); "
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", look, f"sqlite:///{tmp_path / 'store.db'}"], check=True, cwd=ROOT)


def test_wijken_do_not_see_each_other(store: Store) -> None:
    with store.write() as tx:
        a_lead(tx, "smitsveen")
        a_lead(tx, "de_eng")
        outbox.add(tx, "de_eng", [Message(16, FATMA, {}, NOW)], NOW)
        assert [lead.id for lead in leads.open_of_inboxes(tx, "smitsveen", ["goos"])] == [1]
        assert [lead.id for lead in leads.open_of_inboxes(tx, "de_eng", ["goos"])] == [1]
        assert outbox.due(tx, "smitsveen", NOW) == []


LEDGERS = {
    "consents": "purpose = 'other'",
    "disclosures": "recipient = 'other'",
    "lead_events": "reason = 'other'",
}


@pytest.mark.parametrize("table", sorted(LEDGERS))
def test_a_ledger_refuses_changes_and_deletion(store: Store, table: str) -> None:
    with store.write() as tx:
        lead = a_lead(tx, consent=a_consent(tx))
        disclosures.add(
            tx, WIJK, lead=lead.id, consent=lead.consent, recipient="goos", fields=[], packet=packet(), now=NOW
        )
    for act in (f"UPDATE {table} SET {LEDGERS[table]}", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.DBAPIError, match=f"{table} is append-only"), store.write() as tx:
            tx.execute(sa.text(act))


def test_who_consented_can_be_blanked_but_not_replaced(store: Store) -> None:
    with store.write() as tx:
        id = a_consent(tx)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.write() as tx:
        tx.execute(sa.text("UPDATE consents SET resident = 'telegram:9'"))
    with store.write() as tx:
        personal_data.forget(tx, WIJK, [FATMA])
        entry = consents.get(tx, WIJK, id)
    assert entry is not None
    assert (entry.resident, entry.shown, entry.purpose, entry.recipient) == (None, None, "send", "goos")
