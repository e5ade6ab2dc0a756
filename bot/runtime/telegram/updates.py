"""What a Telegram update says, as plain values: after `hear` nobody knows that Telegram exists.

Guards five rules: a person is only ever known by an id that Telegram vouches for; nothing personal is heard in a group;
what repeats by itself is not carried out again (edits are only noticed); everything that a person sends in a private
chat is heard, whatever its kind; and every text that comes out of here can be stored and sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.messages.message import Incoming, Quoted
from bot.messages.taps.buttons import Tap, decode
from bot.runtime.telegram import said
from bot.runtime.telegram.numbers import e164
from flows.model.heard import Blocked, Command, Contact, Elsewhere, Heard, Media, Text, Voice

CHANNEL = "telegram"
HEARD_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that are asked for; `hear` gives None for every other."""

NAME_LETTERS, LANGUAGE_LETTERS = 64, 35
"""How much of a first name and of a language's code is kept: what Telegram allows. A card must not grow too long."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
# In this order: an animation also carries a document, a venue also a location, a live photo also a photo.
_MEDIA = (
    *("live_photo", "photo", "voice", "sticker", "animation", "document", "video_note", "video", "audio"),
    *("venue", "location", "poll", "dice", "game", "story", "invoice", "paid_media", "checklist", "giveaway"),
)
SPOKEN, _FILE = ("voice", "audio"), re.compile(r"[A-Za-z0-9_-]{1,250}")
SERVICE = frozenset(
    {
        "boost_added",
        "channel_chat_created",
        "chat_background_set",
        "chat_owner_changed",
        "chat_owner_left",
        "checklist_tasks_added",
        "checklist_tasks_done",
        "connected_website",
        "delete_chat_photo",
        "direct_message_price_changed",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "giveaway_completed",
        "giveaway_created",
        "group_chat_created",
        "left_chat_member",
        "managed_bot_created",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "new_chat_members",
        "new_chat_photo",
        "new_chat_title",
        "paid_message_price_changed",
        "pinned_message",
        "poll_option_added",
        "poll_option_deleted",
        "proximity_alert_triggered",
        "refunded_payment",
        "suggested_post_approval_failed",
        "suggested_post_approved",
        "suggested_post_declined",
        "suggested_post_paid",
        "suggested_post_refunded",
        "supergroup_chat_created",
        "video_chat_ended",
        "video_chat_participants_invited",
        "video_chat_scheduled",
        "video_chat_started",
        "write_access_allowed",
    }
)
"""What Telegram writes into a chat by itself: nobody waits for an answer to it. Everything else gets one."""

IN_GROUP = ("member", "administrator")
"""What the bot is in a group where it may write."""

_HALVES = re.compile("[\ud800-\udfff]")


def address(chat: int) -> str:
    """Return the address of a chat or person: `telegram:1001`."""
    return f"{CHANNEL}:{chat}"


def hear(update: Any) -> Incoming | None:
    """Return what this update says, or None when there is nothing to hear in it. Every tap is heard and so answered.

    Raises KeyError, TypeError or ValueError when it does not tell who said it or where, as Telegram would.
    """
    update = _object(update)
    number = _whole(update["update_id"])
    for kind, read in _READERS.items():
        if kind in update:
            return read(number, _object(update[kind]))
    return None


def cleaned(value: Any) -> str:
    """Return the text in a form that any store and any channel takes; empty when the value is not a text.

    NUL says nothing and is left out; half of a surrogate pair says that something is missing, and becomes U+FFFD.
    """
    return _HALVES.sub("\ufffd", value.replace("\0", "")) if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    """Return a whole number of 64 bits. Raises TypeError or ValueError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    if not -(2**63) <= value < 2**63:
        raise ValueError("beyond 64 bits")
    return value


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    return value


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object of that name; an empty one when it is missing or is not an object."""
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}


def _private(chat: Mapping[str, Any]) -> bool:
    if not isinstance(chat["type"], str):
        raise TypeError("the kind of a chat is a word")
    return chat["type"] == "private"


def _tap(number: int, tap: Mapping[str, Any]) -> Incoming:
    person, card = _object(tap["from"]), _part(tap, "message")
    chat = _part(card, "chat")
    private = not chat or _private(chat)
    # A date of 0 marks a message that Telegram does not let us see or edit any more.
    replied = _part(card, "reply_to_message")
    own = private and _part(replied, "from").get("id") == person["id"]
    return _incoming(
        number,
        person,
        address(_whole(person["id"] if private else chat["id"])),
        decode(cleaned(tap.get("data"))) if private else Elsewhere(),
        message=_id(card) if card.get("date") else None,
        query=cleaned(tap.get("id")) or None,
        quoted=_quoted(replied) if own else None,
    )


def _quoted(message: Mapping[str, Any]) -> Quoted | None:
    """Return this message with its words; None when Telegram does not show them (any more)."""
    id, text = _id(message), cleaned(message.get("text")) or cleaned(message.get("caption"))
    voice = _voice(message, text)
    return Quoted(id, text, voice) if id is not None and (text or voice) else None


def _voice(message: Mapping[str, Any], words: str) -> Voice | None:
    """Return what was spoken in this message; None when nothing was, or when it came as one of several."""
    kind = next((kind for kind in SPOKEN if kind in message), "")
    sound = _part(message, kind)
    file, seconds, size = (sound.get(each) for each in ("file_id", "duration", "file_size"))
    if not isinstance(file, str) or not _FILE.fullmatch(file) or "media_group_id" in message:
        return None
    if type(seconds) is not int or seconds < 0:
        return None
    return Voice(file, seconds, size if type(size) is int else 0, kind, words)


def _id(message: Mapping[str, Any]) -> int | None:
    id = message.get("message_id")
    return id if isinstance(id, int) and not isinstance(id, bool) and abs(id) < 2**63 else None


def _message(number: int, message: Mapping[str, Any]) -> Incoming | None:
    chat, person = _object(message["chat"]), _part(message, "from")
    here = address(_whole(chat["id"]))
    if not SERVICE.isdisjoint(message) and not _known(message):
        return None
    if not _private(chat):
        if not _known(message):
            return None
        # An anonymous admin writes under an id that all anonymous admins share: nobody is behind it.
        known = bool(person) and "sender_chat" not in message and not person.get("is_bot")
        return _incoming(number, person if known else chat, here, _elsewhere(message), nameless=not known)
    if person.get("is_bot"):
        return None
    replied = _part(message, "reply_to_message")
    return _incoming(
        number,
        person or chat,
        here,
        _content(message, person.get("id")),
        album=cleaned(message.get("media_group_id")),
        said_in=_id(message),
        answers=_quoted(replied) if _part(replied, "from").get("is_bot") is True else None,
    )


def _elsewhere(message: Mapping[str, Any]) -> Elsewhere:
    """Return all that is heard in a group: which bot a command there is addressed to."""
    found = _COMMAND.fullmatch(cleaned(message.get("text")))
    return Elsewhere((found[2] or "").lower() if found else "")


def _edited(number: int, message: Mapping[str, Any]) -> Incoming | None:
    """Hear words that were changed later: they are answered, not carried out again, as an edit may repeat a command."""
    words = cleaned(said.words(message))
    if found := _COMMAND.fullmatch(words):
        words = "\n".join(filter(None, (words, found[3])))  # what follows may be a cry by itself
    chat, person = _object(message["chat"]), _part(message, "from")
    if not _private(chat) or not words or person.get("is_bot"):
        return None
    return _incoming(number, person or chat, address(_whole(chat["id"])), Media("edited", words))


def _known(message: Mapping[str, Any]) -> bool:
    """Return whether this holds content that we know; a group may one day tell something new about itself."""
    return not message.keys().isdisjoint(("text", "contact", *_MEDIA))


def _content(message: Mapping[str, Any], sender: Any) -> Heard:
    """Return what was sent; content of an unknown or broken kind is `Media`, which the bot cannot read."""
    quoted = cleaned(said.quoted(message, sender))
    if text := cleaned(message.get("text")):
        found = _COMMAND.fullmatch(text)
        return Command(found[1].lower(), (found[3] or "").strip(), quoted) if found else Text(text, quoted)
    words = "\n".join(filter(None, (cleaned(said.words(message)), quoted)))
    if "contact" in message:
        return _contact(_part(message, "contact"), sender, words)
    kind = next((kind for kind in _MEDIA if kind in message), "other")
    return (_voice(message, words) if kind in SPOKEN else None) or Media(kind, words)


def _contact(card: Mapping[str, Any], sender: Any, words: str) -> Heard:
    own = sender is not None and card.get("user_id") == sender
    phone = e164(cleaned(card.get("phone_number")), international=own)
    return Contact(phone, own, words) if phone else Media("contact", words)


def _membership(number: int, change: Mapping[str, Any]) -> Incoming | None:
    chat, status = _object(change["chat"]), _object(change["new_chat_member"])["status"]
    if not isinstance(status, str):
        raise TypeError("a status is a word")
    person, here = _object(change["from"]), address(_whole(chat["id"]))
    if _private(chat):
        return _incoming(number, person, here, Blocked(status == "kicked"))
    came = status in IN_GROUP and _part(change, "old_chat_member").get("status") not in IN_GROUP
    return _incoming(number, person, here, Elsewhere()) if came and chat["type"] != "channel" else None


def _incoming(
    number: int,
    person: Mapping[str, Any],
    here: str,
    heard: Heard | Tap,
    *,
    message: int | None = None,
    query: str | None = None,
    album: str = "",
    said_in: int | None = None,
    quoted: Quoted | None = None,
    answers: Quoted | None = None,
    nameless: bool = False,
) -> Incoming:
    return Incoming(
        channel=CHANNEL,
        id=number,
        sender=address(_whole(person["id"])),
        conversation=here,
        heard=heard,
        message=message,
        query=query,
        language="" if nameless else cleaned(person.get("language_code"))[:LANGUAGE_LETTERS],
        name="" if nameless else cleaned(person.get("first_name"))[:NAME_LETTERS],
        album=album,
        said_in=said_in,
        quoted=quoted,
        answers=answers,
    )


_READERS: Mapping[str, Callable[[int, Mapping[str, Any]], Incoming | None]] = {
    "callback_query": _tap,
    "message": _message,
    "edited_message": _edited,
    "my_chat_member": _membership,
}
