"""The calls with which a bot says something, changes it, and takes it away."""

from __future__ import annotations

from typing import Any

from bot.demo.standin.api.call import Params, chat_id, flag, formatted, number, thing
from bot.demo.standin.api.keyboard import Markup, read_markup
from bot.demo.standin.api.refusal import (
    CAPTION_TOO_LONG,
    DELETE_NONE,
    DELETE_NOT_FOUND,
    DELETE_TOO_LATE,
    DELETE_TOO_MANY,
    EDIT_NO_CAPTION,
    EDIT_NO_TEXT,
    EDIT_NOT_ALLOWED,
    EDIT_NOT_FOUND,
    EDIT_TOO_LONG,
    NOT_MODIFIED,
    REPLY_NOT_FOUND,
    TEXT_EMPTY,
    TEXT_TOO_LONG,
    VOICE_FORBIDDEN,
    bad,
)
from bot.demo.standin.api.wording import units
from bot.demo.standin.world.account import Account
from bot.demo.standin.world.chat import Chat, Message, without_reply
from bot.demo.standin.world.files import File, Upload, content_of

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
DELETED = 100
DELETE_SECONDS = 48 * 3600


def send_message(bot: Account, params: Params) -> Message:
    """Answer sendMessage."""
    text, entities = formatted(params, "text")
    if not text:
        raise bad(TEXT_EMPTY)
    if units(text) > TEXT_UNITS:
        raise bad(TEXT_TOO_LONG)
    markup = read_markup(params.get("reply_markup"))
    chat = bot.chat_for(chat_id(params))
    content: dict[str, Any] = {"text": text, **_protection(params)}
    if entities:
        content["entities"] = entities
    return bot.post(chat, _replying(chat, params, content), markup)


def send_file(kind: str, bot: Account, params: Params) -> Message:
    """Answer sendPhoto, sendVoice, sendAudio or sendDocument; `kind` is the name of the field."""
    caption, entities = formatted(params, "caption")
    if units(caption) > CAPTION_UNITS:
        raise bad(CAPTION_TOO_LONG)
    markup = read_markup(params.get("reply_markup"))
    chat = bot.chat_for(chat_id(params))
    if kind == "voice" and chat.person is not None and chat.person.voice_forbidden:
        raise bad(VOICE_FORBIDDEN)
    content = {**content_of(_file(kind, bot, params), params), **_protection(params)}
    if caption:
        content["caption"] = caption
    if entities:
        content["caption_entities"] = entities
    return bot.post(chat, _replying(chat, params, content), markup)


def edit_text(bot: Account, params: Params) -> Message:
    """Answer editMessageText: without a keyboard in the call, the one under the message goes away."""
    text, entities = formatted(params, "text")
    if not text:
        raise bad(TEXT_EMPTY)
    if units(text) > TEXT_UNITS:
        raise bad(EDIT_TOO_LONG)
    chat, old, markup = _editable(bot, params)
    if "text" not in old:
        raise bad(EDIT_NO_TEXT)
    return _replace(bot, chat, old, {"text": text, "entities": entities}, markup)


def edit_caption(bot: Account, params: Params) -> Message:
    """Answer editMessageCaption."""
    caption, entities = formatted(params, "caption")
    if units(caption) > CAPTION_UNITS:
        raise bad(CAPTION_TOO_LONG)
    chat, old, markup = _editable(bot, params)
    if "text" in old:
        raise bad(EDIT_NO_CAPTION)
    return _replace(bot, chat, old, {"caption": caption, "caption_entities": entities}, markup)


def edit_markup(bot: Account, params: Params) -> Message:
    """Answer editMessageReplyMarkup: only the buttons change."""
    chat, old, markup = _editable(bot, params)
    return _replace(bot, chat, old, {}, markup)


def delete_message(bot: Account, params: Params) -> bool:
    """Answer deleteMessage, up to 48 hours after the message was sent."""
    chat = bot.chat_for(chat_id(params))
    _delete(bot, chat, number(params, "message_id"))
    return True


def delete_messages(bot: Account, params: Params) -> bool:
    """Answer deleteMessages: at most 100, those that are not there are skipped, and none goes if one is too old."""
    chat = bot.chat_for(chat_id(params))
    wanted = thing(params, "message_ids") or []
    if not wanted:
        raise bad(DELETE_NONE)
    if len(wanted) > DELETED:
        raise bad(DELETE_TOO_MANY)
    there = [message_id for message_id in wanted if message_id in chat.messages]
    if any(_too_old(bot, chat.messages[message_id]) for message_id in there):
        raise bad(DELETE_TOO_LATE)
    for message_id in there:
        _delete(bot, chat, message_id)
    return True


def chat_action(bot: Account, params: Params) -> bool:
    """Answer sendChatAction: "is typing …"."""
    chat = bot.chat_for(chat_id(params))
    chat.action = str(params.get("action", ""))
    bot.note("action", chat.id, action=chat.action)
    return True


def _delete(bot: Account, chat: Chat, message_id: int) -> None:
    message = chat.messages.get(message_id)
    if message is None:
        raise bad(DELETE_NOT_FOUND)
    if _too_old(bot, message):
        raise bad(DELETE_TOO_LATE)
    if chat.drop(message_id):
        bot.note("keyboard", chat.id, keyboard=None)
    bot.note("delete", chat.id, message_id=message_id)


def _too_old(bot: Account, message: Message) -> bool:
    return bool(bot.clock() - message["date"] > DELETE_SECONDS)


def _editable(bot: Account, params: Params) -> tuple[Chat, Message, Markup | None]:
    markup = read_markup(params.get("reply_markup"))
    chat = bot.chat_for(chat_id(params))
    message_id = number(params, "message_id")
    if not message_id:
        raise bad("message identifier is not specified")
    old = chat.messages.get(message_id)
    if old is None:
        raise bad(EDIT_NOT_FOUND)
    own = old.get("from", {}).get("id") == bot.id
    if not own or message_id in chat.frozen or (markup is not None and markup.kind != "inline"):
        raise bad(EDIT_NOT_ALLOWED)
    return chat, old, markup


def _replace(bot: Account, chat: Chat, old: Message, change: dict[str, Any], markup: Markup | None) -> Message:
    message: Message = {**old, **change}
    for name in ("entities", "caption", "caption_entities"):
        if not message.get(name, True):
            del message[name]
    message.pop("reply_markup", None)
    if markup is not None:
        message["reply_markup"] = {"inline_keyboard": markup.rows}
    if message == old:
        raise bad(NOT_MODIFIED)
    bot.faults.pace(chat.id, new=False)
    message["edit_date"] = int(bot.clock())
    chat.keep(message)
    bot.note("edit", chat.id, message=message)
    return message


def _replying(chat: Chat, params: Params, content: dict[str, Any]) -> dict[str, Any]:
    given = thing(params, "reply_parameters") or {}
    message_id = number(given, "message_id") or number(params, "reply_to_message_id")
    if message_id:
        found = chat.messages.get(message_id)
        if found is not None:
            content["reply_to_message"] = without_reply(found)
        elif not flag(given, "allow_sending_without_reply"):
            raise bad(REPLY_NOT_FOUND)
    return content


def _protection(params: Params) -> dict[str, Any]:
    """Return the mark of a message that nobody can forward or save; an edit neither gives nor takes it."""
    return {"has_protected_content": True} if flag(params, "protect_content") else {}


def _file(kind: str, bot: Account, params: Params) -> File:
    value = params.get(kind)
    if isinstance(value, str) and value.startswith("attach://"):
        value = params.get(value.removeprefix("attach://"))
    if isinstance(value, Upload):
        return bot.files.add(kind, value)
    if not value:
        raise bad(f"there is no {kind} in the request")
    found = bot.files.get(str(value))
    if found is None:
        raise bad("wrong file identifier/HTTP URL specified")
    return found
