"""Telegram's world in memory: bots, people, chats, files, and what changed in them."""
