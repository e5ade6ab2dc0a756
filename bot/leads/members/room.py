"""There is room again at a partner: who waited for it hears so, and nothing goes there without a yes that covers it.

A lead that the partner declined because it was full goes back at once: its resident said yes to that partner. What the
coordinator got because nobody had room stays there, and the coordinator reads which codes those are.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.leads import relay
from bot.leads.clocks import moves
from bot.leads.packet import topic_line
from bot.leads.recipients import notice, readers, shut_out, tell_coordinators
from bot.messages.card import Card, Choice, Rows
from bot.messages.message import REPORT
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.consent import consents
from db.leads.lead import Lead
from flows.model.wijk import COORDINATOR, Partner

FULL = "no_capacity"
"""The reason of a decline after which a lead waits for this partner."""

MOST = 200
"""Leads of the coordinator that are looked at; more wait for the next time."""

NAMED = 8
"""Waiting leads that have a button on the notice."""


def room_again(content: Content, turn: Turn, partner: Partner) -> None:
    """Give a partner that is open again what waited for it with a yes, and tell the coordinators what still waits."""
    if not readers(turn, partner.id):
        return
    free = [
        lead
        for lead in leads.open_of_inboxes(turn.tx, turn.wijk.id, [COORDINATOR], MOST)
        if lead.assignee is None and lead.packet is not None
    ]
    back = [moved for lead in free if (moved := _give(content, turn, lead, partner)) is not None]
    still = [lead for lead in free if _waits_for_a_yes(turn, lead, partner)]
    if back or still:
        tell_coordinators(turn, _news(content, partner, back, still), priority=REPORT)


def _agreed_with(turn: Turn, lead: Lead) -> str:
    """Return the inbox to which the resident of this lead said yes."""
    consent = consents.get(turn.tx, turn.wijk.id, lead.consent) if lead.consent else None
    return consent.recipient if consent is not None and consent.given else ""


def _waits_for_a_yes(turn: Turn, lead: Lead, partner: Partner) -> bool:
    """Return whether this lead was agreed to with the coordinator, because here was no room or no reader."""
    own = any(turn.wijk.partner_for(service) == partner.id for service, _ in lead.needs or ())
    at_coordinator = lead.status == "sent" and _agreed_with(turn, lead) == COORDINATOR
    return at_coordinator and (lead.partner == partner.id or (lead.partner == COORDINATOR and own))


def _give(content: Content, turn: Turn, lead: Lead, partner: Partner) -> Lead | None:
    """Put a lead back that this partner declined because it was full, if its resident said yes to it."""
    move = content.desk.move("room", lead.status, "system")
    if move is None or lead.reason != FULL or _agreed_with(turn, lead) != partner.id:
        return None
    moved = moves.move(content, turn, lead, move.to, actor="system", assignee=None, inbox=partner.id, tells=False)
    if moved is None:
        return None
    shut_out(content, turn, moved)
    for person in readers(turn, partner.id):
        turn.say(person, notice(content, turn, moved), lead=moved.id, kind="new")
    relay.tell_resident(content, turn, moved, move.tell, partner=partner.id)
    return moved


def _news(content: Content, partner: Partner, back: list[Lead], still: list[Lead]) -> Card:
    """Return what the coordinators read: what went back, and what waits for a yes, each with a button."""

    def phrase(key: str, **fields: object) -> str:
        return content.words.phrase("nl", f"coordinator.{key}", partner=partner.name, **fields)

    lines = [phrase("room")]
    lines += [phrase("room_back", codes=", ".join(each.code for each in back))] if back else []
    lines += [phrase("room_waits", codes=", ".join(each.code for each in still))] if still else []
    rows: Rows = tuple(
        (Choice(f"{each.code} · {topic_line(content, each.topic, 'nl')}", tap),)
        for each in still[:NAMED]
        for tap in [LeadTap(each.token, "view", version=each.version)]
    )
    return Card("\n".join(lines), rows)
