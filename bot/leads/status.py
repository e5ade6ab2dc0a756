"""How a resident's leads stand, in the words of the desk's table."""

from __future__ import annotations

from bot.content.loaded import Content
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.leads import Lead


def status_of(content: Content, lead: Lead, language: str) -> str:
    """Return the status in the resident's words."""
    return content.words.say(language, f"status.{lead.status}", content.desk.statuses[lead.status].resident)


def running(content: Content, turn: Turn) -> list[Lead]:
    """Return the resident's leads for which a member or the coordinator still has to do something."""
    own = leads.of_resident(turn.tx, turn.wijk.id, turn.subject)
    return [lead for lead in own if content.desk.statuses[lead.status].next]
