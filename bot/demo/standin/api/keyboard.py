"""Keyboards under and below messages: read from a call, and refused where Telegram refuses them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson

from bot.demo.standin.api.refusal import BUTTON_DATA_INVALID, COPY_TEXT_INVALID, MARKUP_NOT_JSON, bad

DATA_BYTES = 64
BUTTONS = 100
COPIED = 256

Button = dict[str, Any]
Rows = list[list[Button]]
_KINDS = ("callback_data", "url", "web_app", "copy_text", "switch_inline_query", "switch_inline_query_current_chat")


@dataclass(frozen=True, slots=True)
class Markup:
    """One reply_markup: `inline` sits under the message, `reply` at the bottom of the phone until `remove`."""

    kind: Literal["inline", "reply", "remove", "force"]
    rows: Rows
    options: dict[str, Any]


def read_markup(value: Any) -> Markup | None:
    """Read the reply_markup of a call, as JSON text or as an object; None when there is none. Raises Refusal."""
    if value is None or value == "":
        return None
    if isinstance(value, str | bytes):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad(MARKUP_NOT_JSON) from None
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in value:
        rows = _rows(value["inline_keyboard"], "inline_keyboard", _inline_button)
        return Markup("inline", rows, {}) if rows else None
    if "keyboard" in value:
        options = {name: value[name] for name in _REPLY_OPTIONS if name in value}
        return Markup("reply", _rows(value["keyboard"], "keyboard", _reply_button), options)
    if value.get("remove_keyboard"):
        return Markup("remove", [], {})
    if value.get("force_reply"):
        return Markup("force", [], {name: value[name] for name in _REPLY_OPTIONS if name in value})
    return None


_REPLY_OPTIONS = ("one_time_keyboard", "is_persistent", "resize_keyboard", "input_field_placeholder")


def _rows(value: Any, field: str, read: Any) -> Rows:
    if not isinstance(value, list):
        raise bad(f'field "{field}" must be of type Array')
    rows: Rows = []
    for row in value:
        if not isinstance(row, list):
            raise bad(f'field "{field}" must be an Array of Arrays')
        if row:
            rows.append([read(button) for button in row])
    if sum(map(len, rows)) > BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return rows


def _inline_button(button: Any) -> Button:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if text is None:
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not isinstance(text, str):
        raise bad('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    kinds = [kind for kind in _KINDS if button.get(kind) is not None]
    if not kinds:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if kinds[0] == "callback_data":
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= DATA_BYTES:
            raise bad(BUTTON_DATA_INVALID)
    elif kinds[0] == "url":
        _check_link(button["url"])
    elif kinds[0] == "web_app":
        _check_web_app(button["web_app"])
    elif kinds[0] == "copy_text":
        copied = button["copy_text"]
        words = copied.get("text") if isinstance(copied, dict) else None
        if not isinstance(words, str) or not 1 <= len(words) <= COPIED:
            raise bad(COPY_TEXT_INVALID)
    return {"text": text, kinds[0]: button[kinds[0]]}


def _reply_button(button: Any) -> Button:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad("can't parse keyboard button: KeyboardButton must be a String or an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad("can't parse keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad("keyboard button text must be non-empty")
    if button.get("web_app") is not None:
        _check_web_app(button["web_app"])
    kept = ("text", "request_contact", "request_location", "web_app")
    return {name: button[name] for name in kept if button.get(name)}


def _check_link(url: Any) -> None:
    """Refuse a link that Telegram would not open.

    It opens http, https and tg links on a real host; localhost and other bare names are "wrong".
    """
    text = url if isinstance(url, str) else ""
    parts = urlsplit(text if "://" in text else f"http://{text}")
    host = parts.hostname or ""
    if parts.scheme == "tg" and text.startswith("tg://"):
        return
    if parts.scheme not in ("http", "https") or " " in text or not ("." in host or _is_address(host)):
        raise bad(f"inline keyboard button URL '{text}' is invalid: Wrong HTTP URL")


def _check_web_app(app: Any) -> None:
    url = app.get("url") if isinstance(app, dict) else None
    if not isinstance(url, str) or urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise bad(f"inline keyboard button Web App URL '{url or ''}' is invalid: Only HTTPS links are allowed")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
