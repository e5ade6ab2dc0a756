"""What residents say of help that ended, beside the word of whoever ended it. Dutch only.

Guards the rule that the coordinator sees both where they differ, and nothing of the resident.
"""

from __future__ import annotations

from datetime import timedelta

from bot.content import verdicts as figures
from bot.content.loaded import Content
from bot.leads.recipients import inbox_name
from bot.messages.card import Card, Choice
from bot.messages.taps.members import DashboardTap
from bot.messages.turn import Turn
from db.leads import leads

SINCE = timedelta(days=90)
"""So far back it is counted."""

LISTED = 10
"""So many leads of which both words differ have a line, the newest."""


def card(content: Content, turn: Turn) -> Card:
    """Draw the figures, and the leads of which both words differ."""
    phrase = content.words.phrase
    ends = figures.found(content, turn.tx, turn.now - SINCE, turn.now + timedelta(minutes=1))
    lines = [f"{label}: {number}" for label, number in figures.residents(content, ends)]
    labels = {key: text for move in content.desk.moves for key, text in move.reasons.items()}
    both = []
    for each in [each for each in ends if figures.differs(each)][-LISTED:]:
        lead = leads.get(turn.tx, turn.wijk.id, each.lead)
        if lead is not None and lead.packet is not None:
            both.append(
                phrase(
                    "nl",
                    "coordinator.verdict_line",
                    code=lead.code,
                    partner=inbox_name(content, turn, lead.partner),
                    theirs=labels.get(each.theirs or "", "-"),
                    said=figures.word(content, each.said or figures.UNKNOWN),
                )
            )
    title = phrase("nl", "coordinator.verdicts_title", count=len({each.lead for each in ends}))
    text = "\n\n".join(["\n".join([title, *lines]), *(["\n".join(both)] if both else [])])
    back = Choice(phrase("nl", "coordinator.back"), DashboardTap())
    return Card(text, ((back,),), replaces="dashboard")
