"""The step of revision 0005 that makes people random ids; it belongs to that revision and never changes again.

Before it, the address of a chat (`telegram:1001`) was the key of everything. Each address becomes a person with that
address, and every column that held it holds the person instead. Nothing is rebuilt: columns are renamed, added, filled.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from db.types import encrypted

_MOMENT = sa.DateTime(timezone=True)
_HELD = (
    ("conversations", "person"),
    ("members", "address"),
    ("leads", "resident"),
    ("leads", "assignee"),
    ("lead_events", "actor"),
    ("consents", "resident"),
    ("disclosures", "member"),
    ("invitations", "made_by"),
    ("invitations", "used_by"),
    ("switches", "changed_by"),
    ("audit", "actor"),
)
"""Every column that held an address, besides the outbox."""

_KEPT = {
    "consents": ("wijk id purpose recipient fields text_version language given at", "resident sender shown"),
    "disclosures": ("wijk id lead consent recipient fields packet at", "member"),
}
"""The columns of each ledger that never change, and those that may only become empty."""


def make_people(more: tuple[tuple[str, str], ...] = ()) -> None:
    """Move every address into a table of its own. `more` names columns that hold addresses too."""
    _make_tables()
    for table in _KEPT:
        _drop_trigger(table, "emptied")
        _drop_trigger(table, "fixed")
    held = (*_HELD, *more)
    _number(held)
    for table, column in held:
        _replace(table, column)
    _move_memberships()
    _move_messages()
    _fill_senders()
    op.execute("DROP TABLE moved")
    for table, (fixed, emptied) in _KEPT.items():
        _keep(table, fixed.split(), emptied.split())


def _make_tables() -> None:
    op.create_table(
        "addresses",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("wijk", "hash", name="pk_addresses"),
    )
    op.create_index("ix_addresses_wijk_person", "addresses", ["wijk", "person"])
    op.create_table(
        "memberships",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("organisation", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("joined_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("wijk", "person", "organisation", "role", name="pk_memberships"),
    )
    op.create_index("ix_memberships_wijk_organisation", "memberships", ["wijk", "organisation"])
    for table in ("leads", "consents"):
        op.add_column(table, sa.Column("sender", sa.String))
        op.create_index(f"ix_{table}_wijk_sender", table, ["wijk", "sender"])
    op.execute("ALTER TABLE conversations RENAME COLUMN key TO person")
    op.execute("CREATE TABLE moved (wijk VARCHAR, address VARCHAR, person VARCHAR, PRIMARY KEY (wijk, address))")


def _number(held: tuple[tuple[str, str], ...]) -> None:
    """Draw a person for every address, and give each person that address and a conversation."""
    tx = op.get_bind()
    every = " UNION ".join(
        f'SELECT wijk, "{column}" AS address FROM {table} WHERE "{column}" LIKE \'%:%\''
        for table, column in (*held, ("outbox", "to"))
    )
    found = [
        (wijk, address)
        for wijk, address in tx.exec_driver_sql(every.replace("%", "%%") if _postgresql() else every)
        if not address.startswith("lead:") and ":-" not in address
    ]
    if not found:
        return
    now = datetime.now(UTC)
    rows = [
        {
            "wijk": wijk,
            "address": address,
            "person": secrets.token_hex(8),
            "hash": encrypted.fingerprint(address),
            "hidden": encrypted.encrypt(address),
            "since": now,
        }
        for wijk, address in sorted(found)
    ]
    tx.execute(sa.text("INSERT INTO moved VALUES (:wijk, :address, :person)"), rows)
    at, no = sa.bindparam("since", type_=_MOMENT), sa.bindparam("blocked", type_=sa.Boolean)
    add = "INSERT INTO addresses (wijk, hash, person, address, since) VALUES (:wijk, :hash, :person, :hidden, :since)"
    tx.execute(sa.text(add).bindparams(at), rows)
    blank = (
        "INSERT INTO conversations (wijk, person, language, revision, step, blocked, updated_at) "
        "SELECT wijk, address, '', 0, '', :blocked, :since FROM moved m WHERE NOT EXISTS "
        "(SELECT 1 FROM conversations c WHERE c.wijk = m.wijk AND c.person = m.address)"
    )
    tx.execute(sa.text(blank).bindparams(at, no), {"blocked": False, "since": now})


def _replace(table: str, column: str) -> None:
    person = f'(SELECT person FROM moved m WHERE m.wijk = {table}.wijk AND m.address = {table}."{column}")'
    op.execute(f'UPDATE {table} SET "{column}" = {person} WHERE {person} IS NOT NULL')


def _move_memberships() -> None:
    op.execute(
        "INSERT INTO memberships (wijk, person, organisation, role, name, joined_at) "
        "SELECT wijk, address, partner, role, name, joined_at FROM members"
    )
    op.drop_table("members")


def _move_messages() -> None:
    """Move the address of each waiting message into its encrypted payload."""
    tx = op.get_bind()
    known = {(wijk, address): person for wijk, address, person in tx.execute(sa.text("SELECT * FROM moved"))}
    rows: list[dict[str, Any]] = []
    for wijk, id, to, payload in tx.execute(sa.text('SELECT wijk, id, "to", payload FROM outbox')).all():
        if person := known.get((wijk, to)):
            kept = {**orjson.loads(encrypted.decrypt(payload)), "at": to}
            hidden = encrypted.encrypt(orjson.dumps(kept).decode())
            rows.append({"wijk": wijk, "id": id, "person": person, "payload": hidden})
    if rows:
        moved = 'UPDATE outbox SET "to" = :person, payload = :payload WHERE wijk = :wijk AND id = :id'
        tx.execute(sa.text(moved), rows)


def _fill_senders() -> None:
    """Set each sender to the resident, as nobody filled in for another yet, and each recipient to the lead's inbox."""
    for table in ("leads", "consents"):
        op.execute(f"UPDATE {table} SET sender = resident")
    first = (
        "(SELECT d.recipient FROM disclosures d WHERE d.wijk = consents.wijk AND d.consent = consents.id "
        "ORDER BY d.id LIMIT 1)"
    )
    op.execute(f"UPDATE consents SET recipient = {first} WHERE {first} IS NOT NULL")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _drop_trigger(table: str, name: str) -> None:
    op.execute(f"DROP TRIGGER {table}_{name}{f' ON {table}' if _postgresql() else ''}")


def _keep(table: str, fixed: list[str], emptied: list[str]) -> None:
    abort = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    refuse = "EXECUTE FUNCTION refuse()" if _postgresql() else abort
    each = "FOR EACH ROW" if _postgresql() else ""
    columns = ", ".join(f'"{name}"' for name in fixed)
    op.execute(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {columns} ON {table} {each} {refuse}")
    other = '(NEW."{0}" IS NOT NULL AND (OLD."{0}" IS NULL OR NEW."{0}" <> OLD."{0}"))'
    filled = " OR ".join(other.format(name) for name in emptied)
    named = ", ".join(f'"{name}"' for name in emptied)
    op.execute(f"CREATE TRIGGER {table}_emptied BEFORE UPDATE OF {named} ON {table} {each} WHEN ({filled}) {refuse}")
