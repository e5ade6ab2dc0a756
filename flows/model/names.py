"""The steps, buttons and commands that the walk knows by name; everything else stands in the charts."""

from __future__ import annotations

WELCOME, MENU, DANGER = "menu.welcome", "menu.worries", "danger"
TO_RESIDENT, TO_PARTNER, NOT_SENT = "relay.to_resident", "relay.to_partner", "relay.not_sent"

VOLUNTEER, NOTE = "relay.volunteer", "relay.note"
NAME_OPPORTUNITY, RESULT_LINE = "relay.opportunity", "relay.result_line"
CALL_FOR = "relay.call_for"

REACH, MORE_WORDS, CHANGE = "relay.reach", "relay.more_words", "relay.change"

WRITING = (TO_RESIDENT, TO_PARTNER)
"""Steps at which the next words go to another person."""

SENT = ("relay.sent_to_resident", "relay.sent_to_partner")
"""Steps at which somebody reads that a message went."""

ON_REGISTER = (NAME_OPPORTUNITY, RESULT_LINE)
"""Steps at which a member's next words stay in the register of koppelkansen."""

ON_LEAD = (VOLUNTEER, NOTE, *ON_REGISTER, CALL_FOR)
"""Steps at which a member's next words stay: on a lead, for those who read its inbox, in the register, or with them."""

CHANGING = (REACH, MORE_WORDS)
"""Steps at which a resident changes what who has their lead gets to see; at `CHANGE` they are asked for a yes to it."""

DOORS = (TO_RESIDENT, TO_PARTNER, NOT_SENT, *ON_LEAD, *CHANGING, CHANGE)
"""Steps that the bot itself opens, so that no chart may be without them."""

PARKED = "menu.later"
"""Where a resident rests who wants no help now: where they were is kept. Charts without it have no such button."""

NOTICES = "handoff.notices"
"""The question whether notices may name who helps; without a yes they do not."""

SHOWN = "shown"
"""The answer to the question for a name that means: use the name that the channel shows."""

CALL = "call"
"""The answer that asks to be called: what was picked with it goes along."""

URGENT = ("danger.emergency", "urgent")
"""The answer that leads to what cannot wait; it stands under words that the bot does not understand, too."""

FREE = {"_danger": DANGER, "_language": "language", "_person": "person", "_help": "help", "_doors": "doors"}
"""Buttons that work on every message, however old: they say something and move nobody."""

BEHIND = ("why", "points", "tips", "tips_2", "more", "more_2", "more_3", "more_4")
"""The cards behind an end card; a number is the page."""

OVERLAYS = {**{f"_{each}": each for each in BEHIND}, "_erase": "erase", "_data": "data", "_privacy": "privacy"}
"""Buttons that say something about the place as it stands now."""

COMMANDS = {"gevaar": DANGER, "taal": "language", "language": "language", "help": "about", "hulp": "help",
            "privacy": "privacy", "mijngegevens": "data", "verwijder": "erase"}  # fmt: skip

STOP, PERSON = "stop", "person"

MEANT = (STOP, PERSON)
"""What typed words can mean, when nothing else is typed."""
