"""Deletes messages, as far as Telegram does: it refuses a whole call for one message that is older than 48 hours.

Such a message of the bot is emptied instead, which Telegram does at any age; one of its reader stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import Bot
from telegram.error import ChatMigrated, TelegramError

from bot.messages.message import NOTHING_LEFT
from bot.runtime.channel import Outcome, Refused, Sent
from bot.runtime.telegram.errors import outcome


async def delete(bot: Bot, chat: int, messages: Sequence[int]) -> Outcome:
    """Delete these messages, as far as Telegram does; a call that it refuses is made again in halves."""
    found = await _ask(bot, "deletemessages", {"chat_id": chat, "message_ids": [*messages]})
    if not isinstance(found, Refused):
        return found
    if half := len(messages) // 2:
        for part in (messages[:half], messages[half:]):
            if not isinstance(found := await delete(bot, chat, part), Sent):
                return found
        return Sent()
    left = {"chat_id": chat, "message_id": messages[0], "text": NOTHING_LEFT}
    found = await _ask(bot, "editmessagetext", left)
    return Sent() if isinstance(found, Refused) else found


async def _ask(bot: Bot, method: str, asked: dict[str, Any]) -> Outcome:
    """Make one call; what Telegram refuses for another reason than that the person is gone is Refused."""
    try:
        await bot.do_api_request(method, api_kwargs=asked)
    except ChatMigrated:
        return Refused("the chat moved")
    except TelegramError as error:
        return outcome(error)
    return Sent()
