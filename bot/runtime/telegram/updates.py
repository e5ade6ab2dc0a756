"""What a Telegram update says, as plain values: after `hear` nobody knows that Telegram exists.

Guards three rules: a person is only ever known by an id that Telegram vouches for, nothing personal is heard in a
group, and nothing that repeats by itself is carried out again: edits are only noticed, service messages not heard at
all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberType

from bot.messages.buttons import Tap, decode
from bot.messages.message import Incoming
from flows.model.heard import Blocked, Command, Contact, Elsewhere, Heard, Media, Text

CHANNEL = "telegram"
HEARD_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that are asked for; `hear` gives None for every other."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
# In this order: an animation also carries a document, a venue also a location.
_MEDIA = (
    *("photo", "voice", "sticker", "animation", "document", "video_note", "video", "audio", "venue", "location"),
    *("poll", "dice", "game", "story", "invoice", "paid_media", "checklist", "giveaway"),
)
_DIALLABLE = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)


def address(chat: int) -> str:
    """Return the address of a chat or person: `telegram:1001`."""
    return f"{CHANNEL}:{chat}"


def hear(update: Mapping[str, Any]) -> Incoming | None:
    """Return what this update says, or None when there is nothing to hear in it.

    Every tap is heard, so that it is answered. Raises KeyError or TypeError when the update is not shaped like one of
    Telegram's.
    """
    number = update["update_id"]
    if tap := update.get("callback_query"):
        return _tap(number, tap)
    if message := update.get("message"):
        return _message(number, message)
    if edited := update.get("edited_message"):
        return _edited(number, edited)
    if change := update.get("my_chat_member"):
        return _membership(number, change)
    return None


def _tap(number: int, tap: Mapping[str, Any]) -> Incoming:
    person = tap["from"]
    card = tap.get("message") or {}
    private = card.get("chat", {}).get("type", "private") == "private"
    here = address(person["id"]) if private else address(card["chat"]["id"])
    return _incoming(
        number,
        person,
        here,
        decode(tap.get("data") or "") if private else Elsewhere(),
        # A date of 0 marks a message that Telegram does not let us see or edit any more.
        message=card.get("message_id") if card.get("date") else None,
        query=tap["id"],
    )


def _message(number: int, message: Mapping[str, Any]) -> Incoming | None:
    chat = message["chat"]
    heard = _content(message)
    if heard is None:
        return None
    if chat["type"] != "private":
        # An anonymous admin writes under an id that all anonymous admins share: nobody is behind it.
        person = message.get("from", {})
        known = bool(person) and "sender_chat" not in message and not person.get("is_bot")
        return _incoming(number, person if known else {"id": chat["id"]}, address(chat["id"]), Elsewhere())
    person = message["from"]
    if person.get("is_bot"):
        return None
    return _incoming(number, person, address(chat["id"]), heard)


def _edited(number: int, message: Mapping[str, Any]) -> Incoming | None:
    """Hear words that were changed later: they are answered, not carried out again, as an edit may repeat a command."""
    words = message.get("text") or message.get("caption")
    if message["chat"]["type"] != "private" or not words or message["from"].get("is_bot"):
        return None
    return _incoming(number, message["from"], address(message["chat"]["id"]), Media("edited", words))


def _content(message: Mapping[str, Any]) -> Heard | None:
    if text := message.get("text"):
        found = _COMMAND.fullmatch(text)
        return Command(found[1].lower(), (found[2] or "").strip()) if found else Text(text)
    if card := message.get("contact"):
        return _contact(card, message.get("from", {}).get("id"))
    return next((Media(kind, message.get("caption", "")) for kind in _MEDIA if kind in message), None)


def _contact(card: Mapping[str, Any], sender: int | None) -> Heard:
    own = sender is not None and card.get("user_id") == sender
    phone = e164(card.get("phone_number", ""), international=own)
    return Contact(phone, own) if phone else Media("contact")


def e164(written: str, *, international: bool = False) -> str:
    """Return the number in E.164, or "" when it is not one that a person can be reached on.

    Telegram writes a person's own number in full but often without its plus (`international`); the number on somebody
    else's card may be written as it is dialled in the Netherlands.
    """
    digits = written.strip()
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not digits.startswith("+") and (international or not digits.startswith("0")):
        digits = "+" + digits
    try:
        number = phonenumbers.parse(digits, "NL")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _DIALLABLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _membership(number: int, change: Mapping[str, Any]) -> Incoming | None:
    if change["chat"]["type"] != "private":
        return None
    status = change["new_chat_member"]["status"]
    return _incoming(number, change["from"], address(change["chat"]["id"]), Blocked(status == "kicked"))


def _incoming(
    number: int,
    person: Mapping[str, Any],
    here: str,
    heard: Heard | Tap,
    message: int | None = None,
    query: str | None = None,
) -> Incoming:
    return Incoming(
        channel=CHANNEL,
        id=number,
        sender=address(person["id"]),
        conversation=here,
        heard=heard,
        message=message,
        query=query,
        language=person.get("language_code", ""),
        name=person.get("first_name", ""),
    )
