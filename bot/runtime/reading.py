"""Reads what came in as JSON, as leniently as the Telegram library does, and tells which update it is.

Guards the rule that no update can stop the line: a byte that is no UTF-8, half of a surrogate pair or a number without
end spoils nothing beside it, and what cannot be read at all still has a number under which it is recorded.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

LARGEST = 2**63 - 2
"""The largest id of an update: the next poll asks from the one after it on, which a store and Telegram must take."""

_DIGITS = 19
_NUMBERED = re.compile(rb'"update_id"\s*:\s*[0-9]{1,19}(?![0-9.eE])')
"""Where an update tells its id. In words that somebody typed the quotes would carry backslashes."""


class NotJson(ValueError):
    """What came in is not JSON, however leniently it is read."""


def read_json(payload: bytes) -> Any:
    """Read this, quickly when it is as it should be. What is no UTF-8 becomes U+FFFD. Raises NotJson.

    Strings may hold halves of surrogate pairs and NUL, as they came: whoever takes them out cleans them.
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(payload.decode("utf-8", "replace"), strict=False, parse_int=_whole)
    except (ValueError, RecursionError):
        raise NotJson from None


def trace(payload: bytes) -> bytes:
    """Return what can be told of an update that is not JSON: the piece with its id, or nothing."""
    found = _NUMBERED.search(payload)
    return found.group() if found else b""


def number_of(update: Any) -> int:
    """Return the id of an update. One without a usable id gets a negative number, the same each time it comes."""
    if isinstance(update, bytes) and (found := trace(update)):
        update = {"update_id": int(found.rpartition(b":")[2])}
    number = update.get("update_id") if isinstance(update, Mapping) else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= LARGEST:
        return number
    try:
        written = update if isinstance(update, bytes) else repr(update).encode("utf-8", "backslashreplace")
    except RecursionError:
        written = b"deep"
    return -1 - int.from_bytes(hashlib.sha256(written).digest()[:7])


def _whole(digits: str) -> int | float:
    """Return the number; one that is too long for any store only roughly: to work it out could take a minute."""
    return int(digits) if len(digits) <= _DIGITS else float(digits)
