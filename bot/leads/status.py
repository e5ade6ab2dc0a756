"""How a resident's leads stand, in the words of the desk's table."""

from __future__ import annotations

from bot.content.loaded import House
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.leads import Lead


def status_of(house: House, lead: Lead, language: str) -> str:
    """The status in the resident's words."""
    return house.words.say(language, f"status.{lead.status}", house.desk.statuses[lead.status].resident)


def running(house: House, turn: Turn) -> list[Lead]:
    """The leads of this resident for which somebody still has to do something, also when that is the coordinator."""
    own = leads.of_resident(turn.tx, turn.wijk.id, turn.me)
    return [lead for lead in own if house.desk.statuses[lead.status].next]
