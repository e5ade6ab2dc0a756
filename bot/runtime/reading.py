"""Reads JSON that came in, as leniently as the Telegram library does, and tells which update it is.

Guards the rule that no update can stop the line: a byte that is not UTF-8, half of a surrogate pair or an endless
number spoils nothing beside it, and an update that cannot be read at all still has a number under which it is recorded.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

LARGEST = 2**63 - 2
"""The largest id of an update: the next poll begins one after it, and that number must fit in a store and at
Telegram."""

_DIGITS = 19
_NUMBERED = re.compile(rb'"update_id"\s*:\s*[0-9]{1,19}(?![0-9.eE])')
"""Where an update tells its id. In words that a person typed, the quotes would carry backslashes."""


class NotJson(ValueError):
    """The bytes that came in are not JSON, however leniently they are read."""


def read_json(payload: bytes) -> Any:
    """Read this, quickly when it is as it should be. Bytes that are not UTF-8 become U+FFFD. Raises NotJson.

    Strings may hold halves of surrogate pairs and NUL, as they came: the caller who takes them out cleans them.
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
    """Return the number; when it is too long for any store, only roughly: to work it out could take a minute."""
    return int(digits) if len(digits) <= _DIGITS else float(digits)
