"""A partner is no longer part of the wijk: what lies there goes to the coordinator, and its members read so.

Guards the rule that no lead waits in an inbox that the content does not know any more. It is looked for, and not told:
content changes while nothing runs.
"""

from __future__ import annotations

from collections import Counter

from bot.content.loaded import Content
from bot.leads.clocks.ladder import hand_over
from bot.leads.clocks.times import awake
from bot.leads.members.departure import CLOSED, SYSTEM, depart
from bot.messages.turn import Turn
from db.leads import counts, leads
from db.people import invitations, members
from db.records import audit
from flows.model.wijk import CONNECTOR, COORDINATOR


def leave_those_who_are_gone(content: Content, turn: Turn, limit: int) -> Counter[str]:
    """Give the open leads of partners that are gone to the coordinator, and then end memberships and invitations there.

    Return how many of each. At night only what cannot wait.
    """
    tx, wijk, now = turn.tx, turn.wijk.id, turn.now
    done: Counter[str] = Counter()
    inboxes = [each for each in counts.inboxes(tx, wijk) if _gone(turn, each)]
    for lead in leads.open_of_inboxes(tx, wijk, inboxes, limit) if inboxes else []:
        if awake(now) or lead.urgent:
            hand_over(content, turn, lead, SYSTEM, CLOSED, tell="leads.partner_gone")
            done["handed"] += 1
    if inboxes or not awake(now):
        return done
    for member in [each for each in members.who_joined(tx, wijk) if _gone(turn, each.organisation)][:limit]:
        depart(content, turn, member, CLOSED, SYSTEM)
        done["departed"] += 1
    for one in [each for each in invitations.open_ones(tx, wijk, now) if _gone(turn, each.partner)] if done else []:
        invitations.take_back(tx, wijk, one.handle, now)
        audit.add(tx, wijk, SYSTEM, "invitation.taken_back", now)
    return done


def _gone(turn: Turn, organisation: str) -> bool:
    return organisation not in (COORDINATOR, CONNECTOR) and organisation not in turn.wijk.partners
