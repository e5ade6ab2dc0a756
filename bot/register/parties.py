"""Who takes part in the register: partners, wijkverbinders and the coordinator, always as an organisation.

Guards the rule that nobody reads the name of a person there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.content.loaded import Content
from bot.leads.recipients import first_readers, inbox_name
from bot.messages.card import Card
from bot.messages.turn import Turn
from db.people.members import Member
from db.records.register.opportunities import ASKED, YES, Opportunity
from flows.model.wijk import CONNECTOR, COORDINATOR

ACT = "register"
"""The act of the desk's table that lets somebody use the register."""

KIND = "register"
"""The kind of what is told about koppelkansen, of which many become one."""


def present(turn: Turn) -> list[str]:
    """Return the organisations at which somebody reads what is asked; of the coordination that is always so."""
    partners = [each.id for each in turn.wijk.partners.values() if each.staffed and first_readers(turn, each.id)]
    return [*partners, *([CONNECTOR] if first_readers(turn, CONNECTOR) else []), COORDINATOR]


def own(content: Content, memberships: Sequence[Member]) -> list[str]:
    """Return the organisations for which a person with these memberships speaks here, the coordination last."""
    found = [each.organisation for each in memberships if content.desk.may(ACT, each.role)]
    return sorted(dict.fromkeys(found), key=lambda each: each == COORDINATOR)


def keeps(one: Opportunity, organisations: Sequence[str]) -> bool:
    """Return whether somebody of these organisations keeps this koppelkans going: its owner, or a coordinator."""
    return one.owner in organisations or COORDINATOR in organisations


def can_answer(one: Opportunity, organisations: Sequence[str], said: str = YES) -> list[str]:
    """Return for which of these organisations a person can say this: first those that were asked and are silent.

    Nobody else joins what reported itself: it is between the two who were asked. The coordination joins nothing.
    """
    if one.closed_at is not None:
        return []
    asked = [each for each in organisations if (party := one.party(each)) is not None and not party.said]
    free = [each for each in organisations if each not in (*asked, COORDINATOR, *one.said(YES))]
    return [*asked, *(free if said == YES and one.status != ASKED else [])]


def title(content: Content, turn: Turn, one: Opportunity) -> str:
    """Return the name of a koppelkans: in own words, from the list, or what came together."""
    if one.words:
        return one.words
    if one.pair:
        name = pair_name(content, turn, one.title, one.pair)
        return name[:1].upper() + name[1:]
    key = f"register.title_{one.title}"
    return content.words.phrase("nl", key if key in content.words.phrases else "register.title_other")


def pair_name(content: Content, turn: Turn, kind: str, pair: str) -> str:
    """Return the names of two worries, or of the organisations that do two services."""
    names = []
    for each in pair.split("+"):
        short = next((key for key in (f"desk.topic_{each}", f"topics.{each}") if key in content.words.phrases), "")
        if kind == "services" or not short:
            names.append(inbox_name(content, turn, turn.wijk.partner_for(each)))
        else:
            names.append(content.words.phrase("nl", short))
    return content.words.listed(names, "nl")


def tell(
    turn: Turn, organisations: Sequence[str], card: Card, *, kind: str = KIND, but: Collection[str] = ()
) -> list[str]:
    """Tell this to those who hear first at these organisations, once each; return who that are.

    The person whose turn it is knows it, and so do those left out (`but`).
    """
    found = dict.fromkeys(person for each in organisations for person in first_readers(turn, each))
    for person in found:
        if person != turn.me and person not in but:
            turn.say(person, card, kind=kind)
    return [*found]
