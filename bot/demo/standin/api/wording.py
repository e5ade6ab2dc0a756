"""Text as Telegram counts and marks it: lengths in UTF-16 units, commands, and HTML turned into entities."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from bot.demo.standin.api.refusal import bad

Entity = dict[str, Any]

_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?!\S)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*)?)>|<")
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_NAMES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link",
}  # fmt: skip


def units(text: str) -> int:
    """Return the length as Telegram counts it: UTF-16 code units, so most emoji are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def pieces(text: str, limit: int = 4096) -> list[str]:
    """Cut a long text as a phone sends it: several messages of at most `limit` units."""
    found, start, size = [], 0, 0
    for position, letter in enumerate(text):
        width = 2 if ord(letter) > 0xFFFF else 1
        if size + width > limit:
            found.append(text[start:position])
            start, size = position, 0
        size += width
    found.append(text[start:])
    return [piece for piece in found if piece.strip()]


def command_entities(text: str) -> list[Entity]:
    """Return what a phone marks by itself: the commands."""
    if "/" not in text:
        return []
    return [
        {"type": "bot_command", "offset": units(text[: match.start()]), "length": units(match.group())}
        for match in _COMMAND.finditer(text)
    ]


def read_html(source: str) -> tuple[str, list[Entity]]:
    """Return text and entities of parse_mode HTML. Raises the refusal that Telegram gives for tags it does not know."""
    text, entities, open_tags, position = "", [], [], 0
    for match in _TAG.finditer(source):
        text += unescape(source[position : match.start()])
        position = match.end()
        offset = len(source[: match.start()].encode())
        closing, name, rest = match.group(1), (match.group(2) or "").lower(), match.group(3) or ""
        if name not in _NAMES:
            shown = name or source[position : position + 1].strip()
            raise bad(f'can\'t parse entities: Unsupported start tag "{shown}" at byte offset {offset}')
        if not closing:
            open_tags.append((name, units(text), rest))
            continue
        if not open_tags or open_tags[-1][0] != name:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {offset}")
        _, start, attributes = open_tags.pop()
        if units(text) > start:
            entities.append(_entity(name, start, units(text) - start, attributes))
    if open_tags:
        offset = len(source.encode())
        raise bad(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1][0]}\""
            f" at byte offset {offset}"
        )
    text += unescape(source[position:])
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _entity(name: str, offset: int, length: int, attributes: str) -> Entity:
    entity: Entity = {"type": _NAMES[name], "offset": offset, "length": length}
    if name == "a":
        href = _HREF.search(attributes)
        entity["url"] = unescape(next((part for part in href.groups() if part), "")) if href else ""
    return entity
