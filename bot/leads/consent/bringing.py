"""Another organisation comes in beside the one that has a lead: after a yes of the resident, with a lead of its own.

Guards two rules: the one that has the lead keeps it, and the other one sees who the resident is and what it is asked
for, and nothing else that was said before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.content.loaded import Content
from bot.leads.clocks import moves
from bot.leads.consent.handoff import hand_out
from bot.leads.deadlines import passed_on
from bot.leads.notices import language_of
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.due import Moments
from db.leads.lead import Lead
from db.leads.needs import RunsAlready
from db.people.members import Member
from flows.model.wijk import COORDINATOR, Partner

BRING = "bring"
"""What the button carries, in place of a move of the desk's table."""

JOIN = "join"
"""The word for what is asked of who comes in: to come along with the one that has the lead."""

WHO = ("name", "reach", "when", "phone", "address", "language")
"""The fields of a packet that say who the resident is, and how to reach them."""


def may_bring(content: Content, lead: Lead, member: Member, role: str) -> bool:
    """Return whether this member may bring another organisation in: they have the lead, and it is open.

    The coordinator passes on instead.
    """
    has = lead.assignee == member.person and lead.packet is not None and lead.closed_at is None
    return has and lead.inbox != COORDINATOR and content.desk.may("lead.bring", role)


def asks(content: Content) -> Mapping[str, str]:
    """Return what can be asked of who comes in, as the desk names it; to come along first."""
    return {JOIN: content.words.phrase("nl", "desk.asks_join"), **content.desk.moves_by_name["redirect"].asks}


def topics(content: Content, turn: Turn, lead: Lead) -> Mapping[str, Mapping[str, str]]:
    """Return for which topics each organisation can come in, with the service: open, staffed, and not helping yet.

    Topics that cannot wait have their own road.
    """
    own = leads.of_resident(turn.tx, turn.wijk.id, lead.resident or "")
    runs = {(service, topic) for each in own if each.closed_at is None for service, topic in each.needs or ()}
    found: dict[str, dict[str, str]] = {}
    for offer in (each for flow in content.charts.flows.values() for each in flow.offers.values()):
        service = offer.to[0]
        partner = turn.wijk.partner_for(service)
        known = turn.wijk.partners.get(partner)
        takes = known is not None and known.staffed and known.state == "open" and partner != lead.inbox
        if takes and len(offer.to) == 1 and not offer.urgent and (service, offer.topic) not in runs:
            found.setdefault(partner, {}).setdefault(offer.topic, service)
    return found


def packet_for(lead: Lead, to: str, topic: str) -> dict[str, Any]:
    """Return what the organisation that comes in would get to see: who, how to reach them, what for, beside whom."""
    kept = {key: value for key, value in (lead.packet or {}).items() if key in WHO}
    return {**kept, "topics": [topic], "together": [lead.inbox], "partner": to, "inbox": to}


def bring(
    content: Content,
    turn: Turn,
    lead: Lead,
    to: Partner,
    *,
    topic: str,
    wanted: str,
    consent: int,
    choose: Callable[[str], str],
) -> Lead | None:
    """Make the lead of the organisation that comes in, beside this one; None when it helps with that already."""
    service = topics(content, turn, lead).get(to.id, {}).get(topic)
    if service is None:
        return None
    moments = Moments(*passed_on(turn.now, to, urgent=False))
    try:
        new = leads.create(
            turn.tx,
            turn.wijk.id,
            resident=lead.resident or "",
            sender=turn.sender,
            partner=to.id,
            inbox=to.id,
            row=lead.row,
            topic=[topic],
            needs=[(service, topic)],
            most=turn.wijk.most_help,
            urgent=False,
            packet=packet_for(lead, to.id, topic),
            language=language_of(turn.tx, turn.wijk.id, lead),
            now=turn.now,
            next=moves.what_comes(content, turn, content.desk.start, to.id, moments),
            consent=consent,
            open_notices=lead.open_notices,
            claim_by=moments.claim_by,
            contact_by=moments.contact_by,
            together=lead.together or lead.code,
            actor="resident",
            asked=wanted,
            choose=choose,
        )
    except RunsAlready:
        return None
    leads.pair(turn.tx, turn.wijk.id, lead.id, lead.together or lead.code)
    hand_out(content, turn, new)
    return new
