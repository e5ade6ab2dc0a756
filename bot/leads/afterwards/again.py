"""*Nog niet*: a lead that ended goes on, with who had it or with the coordinator.

Guards two rules: nothing that a resident said is lost, so it goes on at once; and nobody else gets to see it without a
new yes (`docs/decisions/0043-the-residents-word-counts.md`).
"""

from __future__ import annotations

from bot.content.loaded import ZONE, Content
from bot.leads import relay
from bot.leads.clocks import ladder, moves
from bot.leads.consent.passing import can_take
from bot.leads.packet import topic_line
from bot.leads.recipients import holders, reads
from bot.leads.status import needs_of
from bot.messages.card import Card, Choice
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.consent import passings, verdicts
from db.leads.lead import KEEP, Lead
from db.people import members

NOT_YET, ELSE = "not_yet", "wants_else"
"""The reasons of the moves: the resident was not helped yet, and they would rather have somebody else."""


def go_on(content: Content, turn: Turn, lead: Lead, *, by: str, tells: bool = True) -> Lead | None:
    """Let a lead go on where it was, or at the coordinator's when it was said before.

    None when it changed meanwhile, or other help about the same runs already.

    The resident reads before which day they hear something, unless they hear it on the telephone (`tells`).
    """
    if _runs(turn, lead):
        return None
    before = [
        each
        for one in passings.chain(turn.tx, turn.wijk.id, lead)
        for each in verdicts.of_lead(turn.tx, turn.wijk.id, one.id)
        if each.said == NOT_YET and (each.lead, each.n) != (lead.id, lead.version)
    ]
    if before or not can_take(turn.wijk, lead.inbox):
        key = "said_not_yet_twice" if before else "said_not_yet"
        note = content.words.phrase("nl", f"desk.{key}")
        return ladder.hand_over(content, turn, lead, by, NOT_YET, tell="leads.not_yet_coordinator", note=note)
    here = members.of(turn.tx, turn.wijk.id, lead.assignee) if lead.assignee else []
    stays = any(each.organisation == lead.inbox for each in here) and reads(turn, lead.assignee or "")
    to = content.desk.moves_by_name["not_yet" if stays else "not_yet_free"].to
    moved = moves.move(
        content, turn, lead, to, actor=by, assignee=KEEP if stays else None, reason=NOT_YET, inbox=lead.inbox
    )
    if moved is None:
        return None
    day = (moved.contact_by or moved.due_at or turn.now).astimezone(ZONE).date()
    topics = topic_line(content, moved.topic, "nl")
    text = content.words.phrase(
        "nl", "desk.not_yet", code=moved.code, topics=topics, deadline=content.words.day("nl", day)
    )
    view = Choice(content.words.phrase("nl", "desk.view"), LeadTap(moved.token, "view", version=moved.version))
    for person in holders(turn, moved):
        if person != turn.me:
            turn.say(person, Card(text, ((view,),)), lead=moved.id, kind="not_yet")
    if tells:
        relay.tell_resident(content, turn, moved, "leads.not_yet", partner=moved.partner)
    return moved


def _runs(turn: Turn, lead: Lead) -> bool:
    """Return whether other help runs for this resident about the same: then nothing goes on twice."""
    own = leads.of_resident(turn.tx, turn.wijk.id, lead.resident or "")
    needs = needs_of(turn.wijk, lead)
    return any(each.closed_at is None and each.id != lead.id and needs & needs_of(turn.wijk, each) for each in own)


def somebody_else(content: Content, turn: Turn, lead: Lead) -> Lead | None:
    """Give a lead that goes on to the coordinator, because its resident would rather have somebody else."""
    note = content.words.phrase("nl", "desk.said_else")
    return ladder.hand_over(content, turn, lead, "resident", ELSE, tell="leads.wants_else", note=note)
