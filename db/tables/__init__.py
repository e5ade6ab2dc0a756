"""Every table: a file for each room of `db`. The first column of every key is the wijk, so that one store can serve
several; only the keys of encryption are those of the whole store.

Guards the rules that personal fields are encrypted, and that an address (`telegram:1001`) stands only where
`db.people.personal_data` knows of it.
"""

from __future__ import annotations

from db.tables.leads import (
    COMPLETED,
    OWNERS,
    WITH_PACKET,
    calls,
    consents,
    disclosures,
    lead_events,
    lead_views,
    leads,
    sealed,
)
from db.tables.passings import passings
from db.tables.people import WITH_ANSWERS, addresses, conversations, digests, invitations, memberships
from db.tables.queue import (
    BEHIND,
    OF_A_LEAD,
    REPLACEABLE,
    SOUNDS,
    failures,
    held_messages,
    leases,
    outbox,
    said_messages,
    sent_messages,
    sequence,
    spoken_messages,
    undelivered,
    updates,
)
from db.tables.records import audit, group_answers, keys_in_use, link_counts, row_ids, switches
from db.tables.register import opportunities, pair_counts, support_requests
from db.tables.verdicts import verdicts
from db.tables.visits import visits
from db.types.columns import metadata

__all__ = [
    "BEHIND",
    "COMPLETED",
    "OF_A_LEAD",
    "OWNERS",
    "REPLACEABLE",
    "SOUNDS",
    "WITH_ANSWERS",
    "WITH_PACKET",
    "addresses",
    "audit",
    "calls",
    "consents",
    "conversations",
    "digests",
    "disclosures",
    "failures",
    "group_answers",
    "held_messages",
    "invitations",
    "keys_in_use",
    "lead_events",
    "lead_views",
    "leads",
    "leases",
    "link_counts",
    "memberships",
    "metadata",
    "opportunities",
    "outbox",
    "pair_counts",
    "passings",
    "row_ids",
    "said_messages",
    "sealed",
    "sent_messages",
    "sequence",
    "spoken_messages",
    "support_requests",
    "switches",
    "undelivered",
    "updates",
    "verdicts",
    "visits",
]
