"""Finds every word that a person says in a message, whatever its kind, so that it can be searched for danger.

Guards the rule that no kind of message hides a cry for help, also not one that Telegram will invent: words are looked
for everywhere in a message, except where they are somebody else's or nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SAID = frozenset(
    {
        *("text", "caption", "title", "address", "question", "description", "explanation"),
        *("first_name", "last_name", "emoji"),
    }
)
"""Under these names stands what the sender typed or chose."""

OTHERS = frozenset(
    {
        *("from", "chat", "sender_chat", "sender_business_bot", "via_bot", "reply_markup", "link_preview_options"),
        *("reply_to_message", "external_reply", "quote", "reply_to_story", "forward_origin", "pinned_message"),
        *("audio", "game", "invoice", "successful_payment", "giveaway", "giveaway_winners"),
    }
)
"""Parts with words of others: who wrote, what is answered to, the title of a song or a game."""

DEEPEST = 8
"""So many parts within parts are looked into; Telegram nests less."""


def words(message: Mapping[str, Any]) -> str:
    """Return all words of a message in their order, each text on lines of its own."""
    return "\n".join(_texts(message, 0))


def quoted(message: Mapping[str, Any], sender: Any) -> str:
    """Return what a reply quotes, if these are the sender's own words."""
    quote = _part(message, "quote").get("text")
    whose = {
        _part(_part(message, "reply_to_message"), "from").get("id"),
        _part(_part(_part(message, "external_reply"), "origin"), "sender_user").get("id"),
    }
    return quote if isinstance(quote, str) and sender is not None and sender in whose else ""


def _texts(value: Any, depth: int, name: str = "") -> Iterator[str]:
    if isinstance(value, str) and name in SAID:
        yield value
    elif isinstance(value, Mapping) and depth < DEEPEST:
        for key, part in value.items():
            if key not in OTHERS:
                yield from _texts(part, depth + 1, key)
    elif isinstance(value, list) and depth < DEEPEST:
        for part in value:
            yield from _texts(part, depth + 1, name)


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}
