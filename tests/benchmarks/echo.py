"""The bots that do nothing: python-telegram-bot's own `Application`, which edits the card and answers, and no more.

`httpx` is the library with its defaults; `httptools` is the same on our HTTP client, with updates side by side.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from bot.runtime.telegram.channel import CONNECTIONS
from bot.runtime.telegram.request import HttptoolsRequest

_numbers = itertools.count()


def keyboard() -> InlineKeyboardMarkup:
    """Make one button, new each time, so that no edit is a repeat."""
    return InlineKeyboardMarkup([[InlineKeyboardButton("Verder", callback_data=f"n:{next(_numbers)}")]])


async def start(update: Update, _context: Any) -> None:
    """Send the first card."""
    if update.message is not None:
        await update.message.reply_text("Hallo", reply_markup=keyboard())


async def tapped(update: Update, _context: Any) -> None:
    """Take one turn in which nothing is done."""
    if update.callback_query is not None:
        await update.callback_query.edit_message_text("Dit is een kaart van niets.", reply_markup=keyboard())
        await update.callback_query.answer()


def main(base_url: str, client: str) -> None:
    """Run until SIGTERM."""
    builder = Application.builder().token("1:bench").base_url(f"{base_url}/bot")
    if client == "httptools":
        builder = builder.request(HttptoolsRequest(CONNECTIONS)).get_updates_request(HttptoolsRequest(1))
        builder = builder.concurrent_updates(256)
    application = builder.build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(tapped))
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
