"""How a lead moves: the one place where its status changes, with who must do what comes next, and before when.

Guards the rules that no open lead is without an owner and a due moment, and that what fell to the coordinator lies in
the coordinator's inbox, with nobody who took it (`docs/decisions/0032-every-promise-has-a-clock.md`).
"""

from __future__ import annotations

from datetime import datetime

from bot.content.loaded import Content
from bot.leads.afterwards.moment import ask_at
from bot.leads.clocks.times import first_look
from bot.leads.deadlines import URGENT_HOURS, office_hours, working_days
from bot.messages.turn import Turn
from db.leads import calls, leads, rungs
from db.leads.consent import passings, verdicts
from db.leads.due import Moments, Next
from db.leads.lead import KEEP, Lead
from flows.model.wijk import COORDINATOR


def move(
    content: Content,
    turn: Turn,
    lead: Lead,
    to: str,
    *,
    actor: str,
    assignee: str | None = KEEP,
    reason: str | None = None,
    inbox: str | None = None,
    until: datetime | None = None,
    tells: bool = True,
    volunteer: str | None = KEEP,
) -> Lead | None:
    """Move a lead to this status, as the store knows it by its version; None when another member was first.

    The assignee and the inbox stay unless they are given; what falls goes to the coordinator, with no assignee. What
    waits goes on at `until`. How often its day was moved counts for the lead, and waiting counts too: it begins anew
    only in another inbox.
    `tells` says whether the resident reads a day with it: else one that passed stays, and the clock tells the next.
    What its resident was asked about passing it on holds no more when it ends, or another inbox has it.
    """
    falls = content.desk.falls(to)
    inbox, assignee = (COORDINATOR, None) if falls else (inbox or lead.inbox, assignee)
    moments, clock = _moments(content, turn, lead, to, inbox, tells=tells), content.desk.statuses[to].clock
    if clock == "resume":
        moments = Moments(moments.claim_by, until)  # the resident reads that day: it is a promise like any other
    held = assignee is not None and (assignee != KEEP or lead.assignee is not None)
    moved = leads.move(
        turn.tx,
        turn.wijk.id,
        lead.id,
        lead.version,
        to,
        next=what_comes(content, turn, to, inbox, moments, held=held, until=until),
        now=turn.now,
        actor=actor,
        assignee=assignee,
        volunteer=volunteer,
        reason=reason,
        inbox=inbox,
        moments=moments,
        postponed=0 if inbox != lead.inbox else (lead.postponed or 0) + (clock == "resume"),
    )
    if moved is not None and content.desk.closes(to):
        calls.drop(turn.tx, turn.wijk.id, lead.id)
    if moved is not None and content.desk.statuses[to].stays:
        verdicts.plan(turn.tx, turn.wijk.id, lead.id, moved.version, ask_at(turn.now))
    if moved is not None and (moved.closed_at is not None or moved.inbox != lead.inbox):
        passings.end(turn.tx, turn.wijk.id, lead.id)
    return moved


def attempt(
    content: Content,
    turn: Turn,
    lead: Lead,
    actor: str,
    reason: str,
    *,
    assignee: str | None = KEEP,
    volunteer: str | None = KEEP,
) -> Lead | None:
    """Note what moves no clock: a member tried to reach the resident, or another one has the lead now.

    The ladder stays, and so does how often the day was moved. None when another member was first.
    """
    if lead.owner is None or lead.due_at is None or lead.look_at is None:
        return None
    moved = leads.move(
        turn.tx,
        turn.wijk.id,
        lead.id,
        lead.version,
        lead.status,
        next=Next(lead.owner, lead.due_at, lead.look_at),
        now=turn.now,
        actor=actor,
        reason=reason,
        assignee=assignee,
        volunteer=volunteer,
    )
    if moved is None or not rungs.note(turn.tx, turn.wijk.id, moved, lead.rung or 0, lead.look_at):
        return None
    return leads.get(turn.tx, turn.wijk.id, lead.id)


def postpone(content: Content, turn: Turn, lead: Lead, to: datetime, actor: str, reason: str = "later") -> Lead | None:
    """Move the day of a lead, for its member and its resident alike; None when another member was first.

    It counts as one of the times that a day may be moved, also when the resident read that day already.
    """
    partner = turn.wijk.partners.get(lead.inbox)
    return leads.move(
        turn.tx,
        turn.wijk.id,
        lead.id,
        lead.version,
        lead.status,
        next=Next("assignee", to, first_look("assignee", to, to, turn.now, partner)),
        now=turn.now,
        actor=actor,
        reason=reason,
        moments=Moments(lead.claim_by, to),
        postponed=(lead.postponed or 0) + 1,
    )


def wait_on(content: Content, turn: Turn, lead: Lead, *, alone: bool) -> Lead | None:
    """Let what the coordinator did not do in time wait on; None when another member was first.

    A day that the resident was told stays while it is to come; after it there is no promise any more. What the
    coordinator had taken can be taken by another one, unless there is contact already, or nobody else coordinates:
    who is `alone` has decided that once.
    """
    desk, now = content.desk, turn.now
    late = lead.assignee is not None and promises(content, lead.status)
    frees = late and not alone
    owner = "coordinator" if frees or not lead.owner else lead.owner
    told = lead.contact_by if lead.contact_by is not None and lead.contact_by > now else None
    due = min(told, working_days(now, desk.days["look"])) if told else working_days(now, desk.days["contact"])
    return leads.move(
        turn.tx,
        turn.wijk.id,
        lead.id,
        lead.version,
        desk.moves_by_name["return"].to if frees else lead.status,
        next=Next(owner, due, first_look(owner, due, told, now, turn.wijk.partners.get(lead.inbox))),
        now=turn.now,
        actor="system",
        assignee=None if frees else KEEP,
        reason="silent" if frees else lead.reason,  # why it fell still says where it may go
        moments=Moments(lead.claim_by, told),
        postponed=0 if late else None,
    )


def promises(content: Content, status: str) -> bool:
    """Return whether the resident of a lead at this status still waits to hear something."""
    return content.desk.statuses[status].clock in ("claim", "contact", "find", "look")


def what_comes(
    content: Content,
    turn: Turn,
    status: str,
    inbox: str,
    moments: Moments,
    *,
    held: bool = False,
    until: datetime | None = None,
) -> Next | None:
    """Return who must do what comes next at this status, and before when; None at an end.

    `held` says whether a member took it. What waits in an inbox is the coordinator's when the inbox is.
    """
    known = content.desk.statuses[status]
    if known.final:
        return None
    in_inbox = known.next == "inbox" or (known.next == "assignee" and not held)
    owner = ("coordinator" if inbox == COORDINATOR else "inbox") if in_inbox else known.next
    agreed = {"claim": moments.claim_by, "contact": moments.contact_by, "resume": until}.get(known.clock)
    due = agreed or working_days(turn.now, content.desk.days[known.clock])
    if moments.contact_by is not None and moments.contact_by > turn.now:
        due = min(due, moments.contact_by)
    return Next(owner, due, first_look(owner, due, moments.contact_by, turn.now, turn.wijk.partners.get(inbox)))


def _moments(content: Content, turn: Turn, lead: Lead, to: str, inbox: str, *, tells: bool) -> Moments:
    """Return what was said about this lead; a moment that counts now and has passed is agreed anew.

    Whatever waits for the coordinator gets one day, for them and for the resident. Nobody gets a day to take it that is
    later than the day on which its resident hears something.
    """
    clock, now, days = content.desk.statuses[to].clock, turn.now, content.desk.days
    partner = turn.wijk.partners.get(inbox)
    claim_by, contact_by = lead.claim_by, lead.contact_by
    if clock == "claim" and (claim_by is None or claim_by <= now):
        hours = partner.urgent_claim_hours if partner else URGENT_HOURS
        usual = working_days(now, partner.claim_days if partner else days["claim"], partner)
        claim_by = office_hours(now, hours, partner) if lead.urgent else usual
    if not promises(content, to):
        contact_by = None
    elif contact_by is None or (contact_by <= now and tells):
        usual_days, urgent_days = (
            (partner.contact_days, partner.urgent_contact_days) if partner else (days["contact"], days["urgent"])
        )
        contact_by = working_days(now, urgent_days if lead.urgent else usual_days, partner)
        if inbox == COORDINATOR and clock != "contact":
            contact_by = claim_by if clock == "claim" else working_days(now, days[clock])
    if clock == "claim" and claim_by is not None and contact_by is not None:
        claim_by = min(claim_by, contact_by)
    return Moments(claim_by, contact_by)
