"""The calls about the bot itself: its names, its commands, its webhook, its files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.demo.standin.api.call import Params, chat_id, flag, number, thing, words
from bot.demo.standin.api.refusal import CHAT_NOT_FOUND, bad
from bot.demo.standin.world.account import Account, Hook

COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_me(bot: Account, params: Params) -> dict[str, Any]:
    """Answer getMe."""
    rights = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business")
    return {**bot.user, **dict.fromkeys(rights, False), "has_main_web_app": False}


def get_chat(bot: Account, params: Params) -> dict[str, Any]:
    """Answer getChat."""
    wanted = chat_id(params)
    chat = bot.chats.get(wanted) if isinstance(wanted, int) else None
    if chat is None or not chat.known:
        raise bad(CHAT_NOT_FOUND)
    info = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(_GIFTS, False)}
    return {**chat.info, **info}


def setter(field: str, limit: int) -> Callable[[Account, Params], bool]:
    """Return setMyName, setMyDescription or setMyShortDescription.

    The text is kept per language of two letters, or with an empty one for all others.
    """

    def put(bot: Account, params: Params) -> bool:
        text, language = words(params, field), _language(params)
        if len(text) > limit:
            raise bad(f"bot {field.replace('_', ' ')} is too long")
        bot.profile[field, language] = text
        if field == "name" and not language and text:
            bot.user = {**bot.user, "first_name": text}
        bot.note("profile", 0)
        return True

    return put


def getter(field: str) -> Callable[[Account, Params], dict[str, str]]:
    """Return getMyName or one of its sisters, which give the text of that language, else the one for all."""

    def get(bot: Account, params: Params) -> dict[str, str]:
        first = bot.profile.get((field, _language(params))) or bot.profile.get((field, ""))
        return {field: first or (bot.name if field == "name" else "")}

    return get


def set_commands(bot: Account, params: Params) -> bool:
    """Answer setMyCommands."""
    commands = thing(params, "commands")
    if not isinstance(commands, list):
        raise bad("can't parse commands JSON object")
    if len(commands) > COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for entry in commands:
        name, text = str(entry.get("command", "")).lstrip("/"), str(entry.get("description", "")).strip()
        if not _COMMAND.fullmatch(name):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(text) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": text})
    bot.commands[_scope(params), _language(params)] = kept
    bot.note("profile", 0)
    return True


def get_commands(bot: Account, params: Params) -> list[dict[str, str]]:
    """Answer getMyCommands."""
    return bot.commands.get((_scope(params), _language(params)), [])


def delete_commands(bot: Account, params: Params) -> bool:
    """Answer deleteMyCommands."""
    bot.commands.pop((_scope(params), _language(params)), None)
    bot.note("profile", 0)
    return True


def commands_for(bot: Account, chat: int, language: str) -> list[dict[str, str]]:
    """Return what a person's menu button shows: the closest scope first, then the language, then the general list."""
    scopes = (f"chat:{chat}", "all_private_chats", "default")
    keys = ((scope, tongue) for scope in scopes for tongue in (language[:2], ""))
    return next((bot.commands[key] for key in keys if bot.commands.get(key)), [])


def get_file(bot: Account, params: Params) -> dict[str, Any]:
    """Answer getFile."""
    file = bot.files.get(words(params, "file_id"))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    size = len(file.data)
    return {"file_id": file.id, "file_unique_id": file.unique, "file_size": size, "file_path": file.path}


def set_webhook(bot: Account, params: Params) -> bool:
    """Answer setWebhook; http only to this machine, as a Bot API server of one's own allows."""
    url, secret = words(params, "url"), words(params, "secret_token")
    if not url:
        return delete_webhook(bot, params)
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if secret and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    allow(bot, params)
    if flag(params, "drop_pending_updates"):
        bot.queue.clear()
    bot.hook = Hook(url, secret, min(100, max(1, number(params, "max_connections", 40))))
    bot.bell.ring()
    bot.hooks.ring()
    return True


def delete_webhook(bot: Account, params: Params) -> bool:
    """Answer deleteWebhook."""
    bot.hook = None
    if flag(params, "drop_pending_updates"):
        bot.queue.clear()
    bot.bell.ring()
    bot.hooks.ring()
    return True


def webhook_info(bot: Account, params: Params) -> dict[str, Any]:
    """Answer getWebhookInfo."""
    hook = bot.hook
    info: dict[str, Any] = {
        "url": hook.url if hook else "", "has_custom_certificate": False, "pending_update_count": len(bot.queue)
    }  # fmt: skip
    if hook and hook.last_error:
        info |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
    if bot.allowed is not None:
        info["allowed_updates"] = sorted(bot.allowed)
    return info


def allow(bot: Account, params: Params) -> None:
    """Remember allowed_updates; an empty list is the default again, a missing one changes nothing."""
    given = thing(params, "allowed_updates")
    if given is not None:
        bot.allowed = frozenset(given) or None


def _language(params: Params) -> str:
    language = words(params, "language_code")
    if language and not (len(language) == 2 and language.isascii() and language.islower()):
        raise bad("invalid language code specified")
    return language


def _scope(params: Params) -> str:
    scope = thing(params, "scope") or {"type": "default"}
    return f"chat:{scope.get('chat_id')}" if scope.get("type") == "chat" else str(scope.get("type", "default"))
