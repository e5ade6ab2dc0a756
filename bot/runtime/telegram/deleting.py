"""Deletes messages, as far as Telegram does: it refuses a whole call for one message that is older than 48 hours."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.runtime.channel import Gone, Outcome, Sent
from bot.runtime.telegram.errors import outcome


async def delete(bot: Bot, chat: int, messages: Sequence[int]) -> Outcome:
    """Delete these messages, as far as Telegram does; a call that it refuses is made again in halves."""
    try:
        await bot.do_api_request("deletemessages", api_kwargs={"chat_id": chat, "message_ids": [*messages]})
    except (BadRequest, ChatMigrated) as error:
        if isinstance(found := outcome(error), Gone):
            return found
        half = len(messages) // 2
        for part in (messages[:half], messages[half:]) if half else ():
            if not isinstance(found := await delete(bot, chat, part), Sent):
                return found
    except TelegramError as error:
        return outcome(error)
    return Sent()
