"""What the coordinator reads about koppelkansen in the list of the week."""

from __future__ import annotations

from datetime import timedelta

from bot.content.loaded import Content
from bot.leads.recipients import inbox_name
from bot.messages.turn import Turn
from bot.register import moves, notices, pairs
from bot.register.parties import pair_name, title
from db.records.register import opportunities
from db.records.register.opportunities import ALONE, SILENT

WEEK = timedelta(weeks=1)

NAMED = 4
"""So many are named; the others stand in the register."""


def lines(content: Content, turn: Turn) -> list[str]:
    """Return a line for what the coordinator must look at; none when all goes as it should."""
    found = opportunities.closed(turn.tx, turn.wijk.id, turn.now - WEEK)
    silent = [title(content, turn, each) for each in found if each.result == SILENT]
    alone = [each for each in found if each.result == ALONE]
    late = [each for each in opportunities.open_ones(turn.tx, turn.wijk.id) if moves.overdue(each, turn.now)]
    names = [title(content, turn, each) for each in late]
    said = [_line(content, key, each) for key, each in (("week_late", names), ("week_silent", silent)) if each]
    often = {each.pair.pair: each.many for each in pairs.often(turn)} if alone else {}
    for one in alone[:NAMED]:
        at = content.words.listed([inbox_name(content, turn, each.organisation) for each in one.parties], "nl")
        count = often.get(one.pair or "", pairs.OFTEN)
        said.append(
            notices.phrase(
                content, "week_alone", count=count, pair=pair_name(content, turn, one.title, one.pair or ""), partner=at
            )
        )
    return said


def _line(content: Content, key: str, names: list[str]) -> str:
    more = [notices.phrase(content, "week_more", count=len(names) - NAMED)] if len(names) > NAMED else []
    return notices.phrase(content, key, names=content.words.in_row([*names[:NAMED], *more], "nl"))
