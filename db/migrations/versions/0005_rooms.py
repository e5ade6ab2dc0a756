"""Give what was hidden a column or a table, and make people random ids: one function for each change.

Guards the rule that no table is rebuilt: columns, tables and indexes are only added, in slices where rows are filled.
"""

from __future__ import annotations

import json
import re
import secrets

import sqlalchemy as sa
from alembic import op

from db.migrations.people import make_people
from db.types.encrypted import decrypt

revision = "0005"
down_revision = "0004"

_SLICE = 1000
"""How many rows one statement fills."""


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    _name_tables_plainly()
    _call_a_rank_a_priority()
    _call_a_turn_a_revision()
    _count_on_from_the_ids_in_use()
    _give_leads_a_token()
    _say_what_a_message_is_about()
    _make_lead_views()
    _make_sent_messages()
    make_people(more=(("lead_views", "member"),))


def _name_tables_plainly() -> None:
    """Name three tables after what they hold."""
    for before, after in {"stamps": "sequence", "numbers": "row_ids", "touches": "link_counts"}.items():
        op.rename_table(before, after)
        if op.get_bind().dialect.name == "postgresql":  # SQLite keeps the name of a key, which nobody asks for
            op.execute(f"ALTER TABLE {after} RENAME CONSTRAINT pk_{before} TO pk_{after}")


def _call_a_turn_a_revision() -> None:
    """Call what counts the changes of a place by its usual name."""
    op.execute("ALTER TABLE conversations RENAME COLUMN turn TO revision")


def _call_a_rank_a_priority() -> None:
    """Rename `rank`, which decides who goes first, to `priority`, in the column and in the index."""
    op.execute("ALTER TABLE outbox RENAME COLUMN rank TO priority")
    op.drop_index("ix_outbox_wijk_rank_id", "outbox")
    op.create_index("ix_outbox_wijk_priority_id", "outbox", ["wijk", "priority", "id"])


def _count_on_from_the_ids_in_use() -> None:
    """Continue the ids of messages above all that were given out: those were the last update's number * 64 + k."""
    op.execute("UPDATE sequence SET last = last * 64 + 63")


def _give_leads_a_token() -> None:
    """Give every lead a token of 64 random bits, by which its buttons name it from now on."""
    op.add_column("leads", sa.Column("token", sa.String))
    tx, leads = op.get_bind(), _table("leads")
    fill = (
        sa.update(leads)
        .where(leads.c.wijk == sa.bindparam("in_wijk"), leads.c.id == sa.bindparam("of"))
        .values(token=sa.bindparam("drawn"))
    )
    rows = tx.execute(sa.select(leads.c.wijk, leads.c.id)).all()
    for start in range(0, len(rows), _SLICE):
        some = rows[start : start + _SLICE]
        tx.execute(fill, [{"in_wijk": wijk, "of": id, "drawn": secrets.token_hex(8)} for wijk, id in some])
    op.create_index("uq_leads_wijk_token", "leads", ["wijk", "token"], unique=True)


def _say_what_a_message_is_about() -> None:
    """Add to the outbox the lead that a message is about: of a waiting message, the only lead that its text names."""
    op.add_column("outbox", sa.Column("lead", sa.BigInteger))
    tx, outbox, leads = op.get_bind(), _table("outbox"), _table("leads")
    ids = {(wijk, code): id for wijk, code, id in tx.execute(sa.select(leads.c.wijk, leads.c.code, leads.c.id))}
    for wijk, id, payload in tx.execute(sa.select(outbox.c.wijk, outbox.c.id, outbox.c.payload)).all():
        named = {ids.get((wijk, code)) for code in re.findall(r"KOP-[2-9A-Z]+", json.loads(decrypt(payload))["text"])}
        if len(named) == 1:
            this = (outbox.c.wijk == wijk) & (outbox.c.id == id)
            tx.execute(sa.update(outbox).where(this).values(lead=named.pop()))
    _index("ix_outbox_lead", "outbox", ["wijk", "lead"], "lead IS NOT NULL")


def _make_lead_views() -> None:
    """Move the messages in which members have a lead open out of the conversations, which now hold people only."""
    op.create_table(
        "lead_views",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("lead", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("member", sa.String, nullable=False),
        sa.Column("message", sa.BigInteger, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_lead_views_leads"),
        sa.PrimaryKeyConstraint("wijk", "lead", "member", "message", name="pk_lead_views"),
    )
    op.create_index("ix_lead_views_wijk_member_lead_message", "lead_views", ["wijk", "member", "lead", "message"])
    tx, views, held = op.get_bind(), _table("lead_views"), _table("conversations")
    leads = _table("leads")
    known = {tuple(row) for row in tx.execute(sa.select(leads.c.wijk, leads.c.id))}
    of_leads = held.c.key.like("lead:%")
    rows = [
        {"wijk": wijk, "lead": int(key[5:]), "member": member, "message": message}
        for wijk, key, place in tx.execute(sa.select(held.c.wijk, held.c.key, held.c.place).where(of_leads))
        if place is not None and (wijk, int(key[5:])) in known
        for member, message in json.loads(decrypt(place)).get("cards", {}).items()
    ]
    if rows:
        tx.execute(sa.insert(views), rows)
    tx.execute(sa.delete(held).where(of_leads))
    op.drop_index("ix_conversations_answers", "conversations")
    _index("ix_conversations_answers", "conversations", ["wijk", "updated_at"], "place IS NOT NULL")


def _make_sent_messages() -> None:
    """Remember from now on what is sent to whom; of earlier messages only those in `lead_views` are known."""
    op.create_table(
        "sent_messages",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("message", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("lead", sa.BigInteger),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wijk", "person", "message", name="pk_sent_messages"),
    )
    op.create_index("ix_sent_messages_wijk_at", "sent_messages", ["wijk", "at"])
    _index("ix_sent_messages_lead", "sent_messages", ["wijk", "lead", "person", "message"], "lead IS NOT NULL")


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
