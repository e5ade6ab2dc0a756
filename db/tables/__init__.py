"""Every table: a file for each room of `db`. The first column of every key is the wijk, so that one store can serve
several.

Guards the rules that personal fields are encrypted, and that an address (`telegram:1001`) stands only where
`db.people.personal_data` knows of it.
"""

from __future__ import annotations

from db.tables.leads import WITH_PACKET, consents, disclosures, lead_events, lead_views, leads
from db.tables.people import WITH_ANSWERS, addresses, conversations, invitations, memberships
from db.tables.queue import (
    BEHIND,
    OF_A_LEAD,
    REPLACEABLE,
    failures,
    leases,
    outbox,
    sent_messages,
    sequence,
    undelivered,
    updates,
)
from db.tables.records import audit, group_answers, link_counts, row_ids, switches
from db.types.columns import metadata

__all__ = [
    "BEHIND",
    "OF_A_LEAD",
    "REPLACEABLE",
    "WITH_ANSWERS",
    "WITH_PACKET",
    "addresses",
    "audit",
    "consents",
    "conversations",
    "disclosures",
    "failures",
    "group_answers",
    "invitations",
    "lead_events",
    "lead_views",
    "leads",
    "leases",
    "link_counts",
    "memberships",
    "metadata",
    "outbox",
    "row_ids",
    "sent_messages",
    "sequence",
    "switches",
    "undelivered",
    "updates",
]
