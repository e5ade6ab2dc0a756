"""Telegram: the only rooms that know the library."""
