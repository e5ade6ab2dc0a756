"""Every method of the Bot API that the stand-in knows, by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from bot.demo.standin.api import profile, sending
from bot.demo.standin.api.call import Params, flag, number, seconds, words
from bot.demo.standin.api.refusal import EDIT_TOO_LONG, bad, unknown_method
from bot.demo.standin.api.wording import units
from bot.demo.standin.world.account import Account

POLL_SECONDS = 50.0
UPDATES = 100
ANSWER_UNITS = 200


def _answer(bot: Account, params: Params) -> bool:
    text = words(params, "text").strip()
    if units(text) > ANSWER_UNITS:
        raise bad(EDIT_TOO_LONG)
    bot.answer(words(params, "callback_query_id"), text, flag(params, "show_alert"))
    return True


def _yes(bot: Account, params: Params) -> bool:
    return True


METHODS: dict[str, Callable[[Account, Params], Any]] = {
    "sendMessage": sending.send_message,
    "editMessageText": sending.edit_text,
    "answerCallbackQuery": _answer,
    "editMessageReplyMarkup": sending.edit_markup,
    "editMessageCaption": sending.edit_caption,
    "deleteMessage": sending.delete_message,
    "deleteMessages": sending.delete_messages,
    "sendPhoto": partial(sending.send_file, "photo"),
    "sendDocument": partial(sending.send_file, "document"),
    "sendVoice": partial(sending.send_file, "voice"),
    "sendAudio": partial(sending.send_file, "audio"),
    "sendChatAction": sending.chat_action,
    "getMe": profile.get_me,
    "getChat": profile.get_chat,
    "getFile": profile.get_file,
    "setMyName": profile.setter("name", 64),
    "getMyName": profile.getter("name"),
    "setMyDescription": profile.setter("description", 512),
    "getMyDescription": profile.getter("description"),
    "setMyShortDescription": profile.setter("short_description", 120),
    "getMyShortDescription": profile.getter("short_description"),
    "setMyCommands": profile.set_commands,
    "getMyCommands": profile.get_commands,
    "deleteMyCommands": profile.delete_commands,
    "setWebhook": profile.set_webhook,
    "deleteWebhook": profile.delete_webhook,
    "getWebhookInfo": profile.webhook_info,
    "logOut": _yes,
    "close": _yes,
}
_BY_SMALL_NAME = {name.lower(): name for name in (*METHODS, "getUpdates")}


def full_name(method: str) -> str:
    """Return the method as the documentation writes it; capitals do not matter. Raises Refusal when it is unknown."""
    name = _BY_SMALL_NAME.get(method.lower())
    if name is None:
        raise unknown_method()
    return name


def call(bot: Account, method: str, params: Params) -> Any:
    """Return the result of a method that need not wait. Raises Refusal."""
    return METHODS[method](bot, params)


async def get_updates(bot: Account, params: Params) -> list[dict[str, Any]]:
    """Answer getUpdates: `offset` confirms what came before it; waits at most 50 seconds. Raises Refusal."""
    profile.allow(bot, params)
    limit = min(UPDATES, max(1, number(params, "limit", UPDATES)))
    wait = min(POLL_SECONDS, seconds(params, "timeout"))
    return await bot.poll(number(params, "offset"), limit, wait, asyncio.get_running_loop().time)
