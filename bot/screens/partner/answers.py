"""What a member answers to the question of the clock, whether it will be done by the day. Dutch only.

Yes, another day, or give it back: none of them needs a reason, and nobody has to be ashamed of any.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.content.loaded import ZONE, Content
from bot.leads import relay
from bot.leads.clocks import inquiry, ladder, moves
from bot.leads.deadlines import working_days
from bot.leads.recipients import closing
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads.lead import Lead
from db.people.members import Member
from flows.model.wijk import COORDINATOR

ANSWERS = ("still", "later", "return")
"""What the buttons of the question carry, besides a move of the desk's table."""

DAYS = 3
"""How many later days are offered."""


def may_answer(content: Content, lead: Lead, member: Member, role: str) -> bool:
    """Return whether this member may say how it stands: the one who took the lead, or a reader of its inbox."""
    waits = lead.status in content.desk.moves_by_name["return"].sources
    asks = waits and lead.owner != "system"  # nobody is asked about what waits until a day
    return asks and content.desk.may("lead.answer", role) and lead.assignee in (None, member.person)


def asked(content: Content, turn: Turn, lead: Lead, member: Member, role: str) -> Rows:
    """Return the answers that stand on the lead itself while the clock waits for one of this member.

    To take it is not among them: that is a move, which stands there already.
    """
    waits = (lead.rung or 0) >= ladder.ASKED and lead.owner in ("inbox", "assignee")
    if not waits or not may_answer(content, lead, member, role):
        return ()
    answers = ladder.answers_to(content, turn, lead)
    return answers if lead.owner == "assignee" else answers[1:]


def hears(content: Content, turn: Turn, member: Member, lead: Lead, tap: LeadTap) -> Card | None:
    """Do what a member answered, and return the card that they then see; None when the lead changed meanwhile."""
    if tap.move == "return":
        if ladder.hand_over(content, turn, lead, member.person, "returned") is None:
            return None
        key = "with_others" if lead.inbox == COORDINATOR else "with_coordinator"
        return closing(content, content.words.phrase("nl", f"desk.{key}", code=lead.code))
    if lead.assignee is None or lead.due_at is None:
        return None
    if tap.move == "still":
        return _goes_on(content, turn, member, lead, lead.due_at, asked=tap.reason == inquiry.ASKED)
    return _later(content, turn, member, lead, tap.reason)


def _goes_on(content: Content, turn: Turn, member: Member, lead: Lead, due: datetime, *, asked: bool) -> Card | None:
    """Take the yes: what was said stays as it is; help that goes on gets a new day to ask again.

    After the moment the day is the one that the resident was told since, which counts as another day. When that one is
    over too, the member names one. A resident who `asked` reads the yes, once.
    """
    moved: Lead | None = lead
    if not moves.promises(content, lead.status):
        moved = moves.move(content, turn, lead, lead.status, actor=member.person, reason="still")
        if moved is None or moved.due_at is None:
            return None
        due = moved.due_at
    elif due <= turn.now or (lead.rung or 0) >= ladder.TOLD:
        if lead.contact_by is None or lead.contact_by <= turn.now:
            return _later(content, turn, member, lead, "")
        due = lead.contact_by
        if (lead.postponed or 0) < ladder.MOST:
            moved = moves.postpone(content, turn, lead, due, member.person, "still")
            if moved is None:
                return None
    if asked and moved is not None:
        if moved.version == lead.version:  # so that a second tap finds it answered
            moved = moves.attempt(content, turn, lead, member.person, "still")
        if moved is None:
            return None
        waits = moves.promises(content, moved.status)
        told = "leads.still" if waits else "leads.still_going"
        at = COORDINATOR if lead.inbox == COORDINATOR else lead.partner
        name = relay.helper_name(turn, moved) or member.name
        relay.tell_resident(content, turn, moved, told, partner=at, member=name, deadline=due)
    return closing(content, _text(content, lead, "stays", due.astimezone(ZONE).date()))


def _later(content: Content, turn: Turn, member: Member, lead: Lead, reason: str) -> Card | None:
    """Let a member choose one of some later days; then the resident reads it too.

    A partner that is paused still does what it took: its days count as if it were open.
    """
    if not moves.promises(content, lead.status) or (lead.postponed or 0) >= ladder.MOST:
        return None
    partner = turn.wijk.partners.get(lead.inbox)
    partner = replace(partner, state="open", until=None) if partner else None
    start = max(turn.now, lead.due_at or turn.now)
    days = {f"{day:%Y%m%d}": day for n in range(1, DAYS + 1) if (day := working_days(start, n, partner))}
    if reason not in days:
        rows: Rows = tuple(
            (Choice(content.words.day("nl", day.date()), LeadTap(lead.token, "later", key, lead.version)),)
            for key, day in days.items()
        )
        back = LeadTap(lead.token, "view", version=lead.version)
        rows = (*rows, (Choice(content.words.phrase("nl", "nav.back"), back),))
        return Card(content.words.phrase("nl", "desk.which_day", code=lead.code), rows)
    moved = moves.postpone(content, turn, lead, days[reason], member.person)
    if moved is None:
        return None
    relay.tell_resident(content, turn, moved, "leads.later", deadline=days[reason])
    return closing(content, _text(content, lead, "new_day", days[reason].date()))


def _text(content: Content, lead: Lead, key: str, day: date) -> str:
    return content.words.phrase("nl", f"desk.{key}", code=lead.code, deadline=content.words.day("nl", day))
