"""The calls of the Bot API: read, carried out, or refused in Telegram's own words."""
