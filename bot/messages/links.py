"""Deep links, and the kinds of payload that they carry."""

from __future__ import annotations

import re

INVITATION = "i_"
"""What the payload of an invitation link begins with."""


PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a link can carry; anything else was typed, and typed words are not kept."""


def link(username: str, payload: str) -> str:
    """The deep link with this payload (at most 64 characters of A-Z a-z 0-9 _ -)."""
    return f"https://t.me/{username}?start={payload}" if username else f"/start {payload}"
