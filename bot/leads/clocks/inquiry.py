"""A resident asks how their lead stands: they read at once what is known, and who has it gets one question.

Guards two rules: nobody is asked more than once a day about one lead, and no answer leads where the clock leads anyway
(`bot/leads/clocks/ladder.py`).
"""

from __future__ import annotations

from datetime import datetime, time

from bot.content.loaded import ZONE, Content
from bot.leads.clocks.ladder import answers_to
from bot.leads.packet import topic_line
from bot.leads.recipients import holders
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads.consent import wishes
from db.leads.lead import Lead

ASKED = "asked"
"""What an answer carries to the question of a resident: they read it, too."""


def ask(content: Content, turn: Turn, lead: Lead) -> str:
    """Ask whoever has this lead, unless somebody was asked today or nobody is there.

    Return which phrase of `[my_help]` says so.
    """
    if not (found := holders(turn, lead)):
        return "asked_nobody"
    today = datetime.combine(turn.now.astimezone(ZONE).date(), time(), ZONE)
    if not wishes.inquire(turn.tx, turn.wijk.id, lead.id, turn.now, today):
        return "asked_before"
    text = content.words.phrase("nl", "desk.how", code=lead.code, topics=topic_line(content, lead.topic, "nl"))
    card = Card(text, _answers(content, turn, lead))
    for person in found:
        turn.say(person, card, lead=lead.id, kind="how")
    return "asked_now"


def _answers(content: Content, turn: Turn, lead: Lead) -> Rows:
    """Return the ready answers, and the way to the lead."""
    if lead.owner in ("inbox", "assignee"):
        rows = answers_to(content, turn, lead, ASKED)
    else:
        role = "partner" if lead.assignee else "coordinator"
        ways = [each for each in content.desk.buttons(lead.status, role) if each.takes or "system" in each.shown]
        rows = tuple((Choice(each.label, LeadTap(lead.token, each.name, version=lead.version)),) for each in ways)
    view = Choice(content.words.phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version))
    return (*rows, (view,))
