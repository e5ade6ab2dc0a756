"""Two that help one resident together: what each reads of the other one, and that the other one stopped.

Guards the rule that who has a lead knows of nobody but those of whom the resident read on the card of one of the two.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loaded import Content
from bot.leads.recipients import holders, inbox_name, partner_name
from bot.leads.status import beside
from bot.messages.card import Card, Choice
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads.lead import Lead


def known_beside(turn: Turn, lead: Lead) -> list[Lead]:
    """Return the open leads that go together with this one, and of which its helper knows."""
    return [each for each in beside(turn, lead) if _names(lead, each) or _names(each, lead)]


def helps_beside(content: Content, turn: Turn, lead: Lead) -> list[str]:
    """Return who else helps this resident together with who has this lead, and how far they are; no word of what."""
    return [
        content.words.phrase(
            "nl",
            "desk.beside",
            partner=inbox_name(content, turn, each.inbox),
            code=each.code,
            status=content.desk.statuses[each.status].label,
        )
        for each in known_beside(turn, lead)
    ]


def tell_who_goes_on(content: Content, turn: Turn, lead: Lead, others: Sequence[Lead]) -> None:
    """Tell whoever has these leads that the one that had this lead does not come along any more, and that they go on.

    `others` were `known_beside` before this one stopped.
    """
    for each in others:
        partner = partner_name(content, turn, lead)
        text = content.words.phrase("nl", "desk.beside_gone", code=each.code, partner=partner)
        view = Choice(content.words.phrase("nl", "desk.view"), LeadTap(each.token, "view", version=each.version))
        for person in holders(turn, each):
            if person != turn.me:
                turn.say(person, Card(text, ((view,),)), lead=each.id)


def _names(lead: Lead, other: Lead) -> bool:
    """Return whether the resident agreed that who has this lead knows who has the other one."""
    return other.partner in (lead.packet or {}).get("together", ())
