"""The rows of the decision table (domain.md §2.4), by which every route of the stroomschema is known."""

from __future__ import annotations

DANGERS = {
    "U1": "danger.gas",
    "U2": "danger.smoke",
    "U3": "danger.life",
    "U4": "danger.afraid",
    "U5": "danger.outage",
}
"""The rows that are danger messages, never offers."""

OFFERS = (
    "M1a", "M1b", "M1c", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "H1", "H2", "H3", "H4", "H5", "E1", "E2", "J1",
    "L1", "L2", "S1", "S2", "S3", "X1",
)  # fmt: skip
"""The rows that are offers."""

ROWS = (*DANGERS, *OFFERS)
"""All 29."""
