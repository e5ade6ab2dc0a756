"""How a person is reached who may not read the chat: what whoever holds their lead must know, and where messages go.

Guards the rule that no notice holds a number or an address, because only an open card can be blanked later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.content.loaded import ZONE, Content
from bot.leads.recipients import reads
from bot.messages.card import Card, Choice
from bot.messages.message import Outgoing
from bot.messages.posting import post
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads.lead import Lead
from db.people import addresses, conversations, members
from db.store import Tx
from flows.model.wijk import COORDINATOR

WAYS = ("phone", "address")
"""The fields of a packet by which a resident can be reached without the chat."""


def away(content: Content, turn: Turn, lead: Lead) -> str:
    """Return what the holders of this lead must know while its resident does not read the chat; else an empty text."""
    if lead.resident is None or reads(turn, lead.resident):
        return ""
    return "\n".join(content.words.phrase("nl", f"desk.{key}") for key in ("away", other_way(lead)))


def hidden(content: Content, turn: Turn, lead: Lead, member: str) -> str:
    """Return who of a lead keeps the chat hidden, and since when: its resident, and who took it unless it is `member`.

    What is written to them is held until they open the chat again.
    """
    people = [each for each in (lead.resident, lead.assignee) if each and each != member]
    found = conversations.look(turn.tx, turn.wijk.id, people)
    lines = []
    for person in people:
        if person in found and (since := found[person].hidden_at):
            works = members.of(turn.tx, turn.wijk.id, person) if person == lead.assignee else []
            key = "member_hidden" if works else "hidden"
            fields = {
                "day": content.words.day("nl", since.astimezone(ZONE).date()),
                "member": works[0].name if works else "",
            }
            lines.append(content.words.phrase("nl", f"desk.{key}", **fields))
    return "\n".join(lines)


def away_card(content: Content, turn: Turn, lead: Lead) -> Card:
    """Return what `away` says as a notice, with a button to the lead."""
    return lead_card(content, lead, away(content, turn, lead))


def addresses_of(
    tx: Tx, wijk: str, out: Sequence[Outgoing], here: Mapping[str, str], blocked: Collection[str]
) -> dict[str, str]:
    """Return where the readers of these messages are reached; a person who reads nothing or has no address is left out.

    `here` holds the addresses of the people whose turns were taken, `blocked` those among them who read nothing.
    """
    known = {person: address for person, address in here.items() if person not in blocked}
    others = {each.to for each in out if ":" not in each.to and each.to not in here}
    return known | addresses.reached(tx, wijk, others)


def post_to_all(tx: Tx, wijk: str, out: Sequence[Outgoing], now: datetime, ids: range) -> list[Outgoing]:
    """Put messages of a turn in which nobody tapped into the outbox."""
    return post(tx, wijk, out, addresses_of(tx, wijk, out, {}, ()), now, ids)


def fell(lead: Lead) -> bool:
    """Return whether the lead is the coordinator's: sent there, or come back so that other help must be found."""
    return lead.inbox == COORDINATOR


def only_chat(lead: Lead) -> bool:
    """Return whether a partner has the lead but no way to the resident; then the coordinator must know."""
    return not fell(lead) and not _field(lead)


def lead_card(content: Content, lead: Lead, text: str) -> Card:
    """Return a notice about this lead, with a button to it."""
    view = Choice(content.words.phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version))
    return Card(f"{lead.code}\n{text}", ((view,),))


def other_way(lead: Lead) -> str:
    """Return the key of the phrase that says how the resident is reached without the chat."""
    return f"away_{_field(lead) or ('coordinator' if fell(lead) else 'chat')}"


def _field(lead: Lead) -> str:
    """Return the field of the packet by which the resident can be reached without the chat, or an empty text."""
    return next((field for field in WAYS if (lead.packet or {}).get(field)), "")
