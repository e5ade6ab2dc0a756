"""Who may talk to the demo: programs of this machine, and a browser that came to the page by itself.

Guards the rule that no page of another site plays with the demo: neither by sending to this address, nor by a name of
its own that leads here (DNS rebinding). The token of the demo is no secret.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from starlette.types import Scope

HOSTS = ("127.0.0.1", "localhost", "::1", "testserver")
"""The names under which this machine knows itself, and the one of the tests."""


def comes_to(scope: Scope, hosts: tuple[str, ...]) -> bool:
    """Return whether the caller came to one of these hosts, and not to another name for this address."""
    return _hostname(_headers(scope).get(b"host", b"")) in hosts


def is_from_elsewhere(scope: Scope) -> bool:
    """Return whether a page of another site, or of another port, sent this. Only browsers say where it comes from."""
    headers = _headers(scope)
    origin = headers.get(b"origin")
    if origin is not None and origin.partition(b"://")[2] != headers.get(b"host"):
        return True
    return headers.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin")


def _headers(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope["headers"])


@lru_cache(maxsize=64)
def _hostname(host: bytes) -> str:
    try:
        return urlsplit(f"//{host.decode('latin-1')}").hostname or ""
    except ValueError:
        return ""
