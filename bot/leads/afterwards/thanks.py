"""A resident's thank you to whoever helped them: one message, without a name and without a code.

Guards the rule that nobody learns from it who it was. A volunteer without a chat hears it from who reports for them.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.leads.recipients import reads
from bot.messages.card import Card
from bot.messages.turn import Turn
from db.leads.consent import verdicts
from db.leads.lead import Lead
from db.people import members


def may_thank(content: Content, turn: Turn, lead: Lead) -> bool:
    """Return whether somebody can be thanked: who helped still works there, and reads the chat."""
    helper = lead.assignee
    if helper is None or helper == lead.resident or not reads(turn, helper):
        return False
    return any(each.organisation == lead.inbox for each in members.of(turn.tx, turn.wijk.id, helper))


def thank(content: Content, turn: Turn, lead: Lead) -> bool:
    """Let whoever helped read that somebody is thankful, once for each end; return whether they do now."""
    if not may_thank(content, turn, lead) or lead.assignee is None:
        return False
    if not verdicts.thank(turn.tx, turn.wijk.id, lead.id, lead.version, turn.now):
        return False
    key = "thanks_volunteer" if lead.volunteer else "thanks"
    text = content.words.phrase("nl", f"desk.{key}", name=lead.volunteer or "")
    about = lead.id if lead.volunteer else None  # the name of a volunteer goes with the lead
    turn.say(lead.assignee, Card(text), lead=about)
    return True
