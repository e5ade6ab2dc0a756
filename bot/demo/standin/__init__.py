"""The Bot API stand-in: a server that answers and refuses as Telegram's does."""
