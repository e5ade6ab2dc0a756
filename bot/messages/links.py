"""Deep links, and the kinds of payload that they carry."""

from __future__ import annotations

INVITATION = "i_"
"""The first characters of the payload of an invitation link."""


def link(username: str, payload: str) -> str:
    """Return the deep link with this payload (at most 64 characters of A-Z a-z 0-9 _ -)."""
    return f"https://t.me/{username}?start={payload}" if username else f"/start {payload}"
