"""Encryption of what must not be readable in a stolen file: names, phone numbers, places, own words, messages.

Guards the rule that such a value is encrypted before it reaches the database, and that a value to search for has a
keyed fingerprint beside it. The keys belong to the process; `use` sets them once at the start.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


class KeyMissing(RuntimeError):
    """No usable key is set, or none of the keys opens what is stored."""


class _Ring:
    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise KeyMissing("at least one secret key is needed")
        try:
            self.box = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise KeyMissing("a secret key must be 32 bytes in url-safe base64") from error
        self.boxes = [Fernet(key) for key in keys]
        raw = [base64.urlsafe_b64decode(key) for key in keys]
        self.seals = [hmac.digest(key, b"fingerprint", "sha256") for key in raw]
        self.names = [hmac.digest(key, b"name", "sha256").hex()[:16] for key in raw]


_ring: _Ring | None = None


def use(keys: Sequence[str]) -> None:
    """Set the keys of this process: the first one encrypts, all of them decrypt. KeyMissing when they are unusable.

    To rotate, put a new key in front, and keep the old one: a store notes each key that ever encrypted something in it
    (`db/keys.py`), and `db/opening.py` refuses a start without one of them.
    """
    global _ring
    _ring = _Ring(keys)


def new_key() -> str:
    """Make a fresh key, as `use` takes it."""
    return Fernet.generate_key().decode()


def encrypt(text: str) -> str:
    """Encrypt this text, so that it may be stored."""
    return _held().box.encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt a stored text; KeyMissing when no key of this process fits."""
    try:
        return _held().box.decrypt(token).decode()
    except InvalidToken as error:
        raise KeyMissing("no secret key of this process opens what is stored") from error


def names() -> list[str]:
    """Return a name for each key of this process, that of the first one first; nobody finds a key by its name."""
    return _held().names


def opener(token: str) -> str:
    """Return the name of the key that opens what is stored; an empty text when this process does not have it."""
    ring = _held()
    for name, box in zip(ring.names, ring.boxes, strict=True):
        try:
            box.decrypt(token)
        except InvalidToken:
            continue
        return name
    return ""


def fingerprint(text: str) -> str:
    """Return a keyed hash of this text under the first key: equal for equal texts, useless without the key."""
    return _seal(_held().seals[0], text)


def fingerprints(text: str) -> list[str]:
    """Return the fingerprints under all keys, to find what was stored before a rotation."""
    return [_seal(seal, text) for seal in _held().seals]


def _seal(seal: bytes, text: str) -> str:
    return hmac.digest(seal, text.encode(), "sha256").hex()


def _held() -> _Ring:
    if _ring is None:
        raise KeyMissing("no secret key is set: call db.types.encrypted.use before the store is used")
    return _ring


class EncryptedText(TypeDecorator[str]):
    """A text that is stored encrypted."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(value)


class EncryptedJson(TypeDecorator[Any]):
    """Plain data (dictionaries, lists, texts, numbers) that is stored encrypted."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else encrypt(orjson.dumps(value).decode())

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(decrypt(value))
