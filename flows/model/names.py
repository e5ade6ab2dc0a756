"""The steps, buttons and commands that the walk knows by name; everything else stands in the charts."""

from __future__ import annotations

WELCOME, MENU, DANGER = "menu.welcome", "menu.worries", "danger"
TO_RESIDENT, TO_PARTNER, NOT_SENT = "relay.to_resident", "relay.to_partner", "relay.not_sent"

DOORS = (TO_RESIDENT, TO_PARTNER, NOT_SENT)
"""Steps that the bot itself opens, so that no chart may be without them."""

SHOWN = "shown"
"""The answer to the question for a name that means: use the name that the channel shows."""

FREE = {"_danger": DANGER, "_language": "language", "_person": "person", "_help": "help"}
"""Buttons that work on every message, however old: they say something and move nobody."""

OVERLAYS = {"_why": "why", "_erase": "erase", "_data": "data", "_privacy": "privacy"}
"""Buttons that say something about the place as it stands now."""

COMMANDS = {"gevaar": DANGER, "taal": "language", "language": "language", "help": "about", "hulp": "help",
            "privacy": "privacy", "mijngegevens": "data", "verwijder": "erase"}  # fmt: skip
