"""Let the database itself refuse a disclosure to which nobody agreed, and every one after the yes was taken back.

A yes is live while it is a yes, its resident is known, and no entry withdraws it. It counts for its own lead, resident
and recipient, and for the fields that were shown. The coordinator may have what fell to the coordinator: the card on
which the yes was given said so (decision 25).
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

_AGREED = """
SELECT 1 FROM leads JOIN consents ON consents.wijk = leads.wijk AND consents.id = leads.consent
WHERE leads.wijk = NEW.wijk AND leads.id = NEW.lead AND leads.consent = NEW.consent
AND consents.given AND consents.resident = leads.resident
AND NOT EXISTS (SELECT 1 FROM consents AS back WHERE back.wijk = NEW.wijk AND back.withdraws = NEW.consent)
AND (NEW.recipient = consents.recipient OR (NEW.recipient = 'coordinator'
     AND (leads.inbox = 'coordinator' OR leads.status IN ('declined', 'unsuccessful'))))
AND {within}
"""
_SQLITE = """NOT EXISTS (SELECT 1 FROM json_each(NEW.fields) AS told
WHERE told.value NOT IN (SELECT agreed.value FROM json_each(consents.fields) AS agreed))"""
_POSTGRESQL = """jsonb_typeof(NEW.fields::jsonb) = 'array' AND NEW.fields::jsonb <@ consents.fields::jsonb"""
_WORDS = "nobody agreed to this disclosure"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"""
            CREATE TRIGGER disclosures_agreed BEFORE INSERT ON disclosures
            WHEN NOT EXISTS ({_AGREED.format(within=_SQLITE)})
            BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END
        """)
        return
    op.execute(f"""
        CREATE FUNCTION disclosure_agreed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NOT EXISTS ({_AGREED.format(within=_POSTGRESQL)}) THEN RAISE EXCEPTION '{_WORDS}'; END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER disclosures_agreed BEFORE INSERT ON disclosures
        FOR EACH ROW EXECUTE FUNCTION disclosure_agreed()
    """)
