"""Give every open lead an owner and a due moment, and let the database refuse one without them.

Leads that were declined or did not succeed are open again, in the coordinator's inbox: they were no ends. What was
blanked since stays closed. A moment that has passed gets a day from now, so that nobody is told of all of them at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from db.types.utc import UtcTime

revision = "0014"
down_revision = "0013"

_WHOLE = """
(NEW.closed_at IS NULL AND NEW.due_at IS NOT NULL AND NEW.owner IS NOT NULL
 AND NEW.owner IN ('inbox', 'assignee', 'coordinator', 'resident', 'system'))
OR (NEW.closed_at IS NOT NULL AND NEW.due_at IS NULL AND NEW.owner IS NULL)
"""
_WORDS = "an open lead has an owner and a due moment, a closed one has neither"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("leads", sa.Column("owner", sa.String))
    op.add_column("leads", sa.Column("due_at", sa.DateTime(timezone=True)))
    _give_owners()
    if op.get_bind().dialect.name == "sqlite":
        for name, when in (("made", "INSERT"), ("moved", "UPDATE OF closed_at, owner, due_at")):
            op.execute(f"""
                CREATE TRIGGER leads_owned_when_{name} BEFORE {when} ON leads
                WHEN NOT ({_WHOLE}) BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END
            """)
        return
    op.execute(f"""
        CREATE FUNCTION lead_owned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NOT ({_WHOLE}) THEN RAISE EXCEPTION '{_WORDS}'; END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER leads_owned BEFORE INSERT OR UPDATE OF closed_at, owner, due_at ON leads
        FOR EACH ROW EXECUTE FUNCTION lead_owned()
    """)


def _give_owners() -> None:
    leads = sa.table(
        "leads",
        *(sa.column(name, sa.String) for name in ("status", "inbox", "assignee", "owner")),
        sa.column("packet", sa.Text),
        *(sa.column(name, UtcTime) for name in ("closed_at", "claim_by", "contact_by", "due_at")),
    )
    c, soon = leads.c, datetime.now(UTC) + timedelta(days=1)
    fell = c.status.in_(["declined", "unsuccessful"]) & c.packet.is_not(None)
    again = {"closed_at": None, "inbox": "coordinator", "assignee": None, "owner": "coordinator", "due_at": soon}
    op.execute(leads.update().where(fell).values(again))
    inbox = sa.case((c.inbox == "coordinator", "coordinator"), else_="inbox")
    owner = sa.case(
        (c.status == "draft", "resident"),
        (c.status == "on_hold", "system"),
        (c.assignee.is_not(None), "assignee"),
        else_=inbox,
    )
    moment = sa.case((c.status == "sent", c.claim_by), (c.status == "accepted", c.contact_by), else_=None)
    due_at = sa.case((moment > soon, moment), else_=sa.literal(soon, UtcTime))
    op.execute(leads.update().where(c.closed_at.is_(None), c.owner.is_(None)).values(owner=owner, due_at=due_at))
