"""What the coordinator reads about koppelkansen in the list of the week."""

from __future__ import annotations

from bot.content.loaded import Content
from bot.messages.turn import Turn
from bot.register import moves, notices
from bot.register.parties import title
from db.records.register import opportunities

NAMED = 4
"""So many are named; the others stand in the register."""


def lines(content: Content, turn: Turn) -> list[str]:
    """Return a line for what the coordinator must look at; none when all goes as it should."""
    late = [each for each in opportunities.open_ones(turn.tx, turn.wijk.id) if moves.overdue(each, turn.now)]
    return [_line(content, "week_late", [title(content, turn, each) for each in late])] if late else []


def _line(content: Content, key: str, names: list[str]) -> str:
    more = [notices.phrase(content, "week_more", count=len(names) - NAMED)] if len(names) > NAMED else []
    return notices.phrase(content, key, names=content.words.in_row([*names[:NAMED], *more], "nl"))
