"""The clock of what must be said by somebody: it reminds once, and then the coordinator has it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.content.loaded import Content
from bot.leads.clocks import moves
from bot.leads.clocks.calls import next_moment, tell
from bot.leads.clocks.ladder import hand_over
from bot.leads.clocks.times import awake, next_morning
from bot.leads.clocks.word import ASKS
from bot.leads.deadlines import working_days
from bot.leads.packet import topic_line
from bot.leads.recipients import close_views, inbox_name, tell_coordinators
from bot.messages.card import Card
from bot.messages.turn import Turn
from db.leads import calls, leads
from db.leads.calls import Call
from db.leads.lead import Lead
from flows.model.wijk import COORDINATOR

REMINDED, TOLD = 1, 2
"""How far it went: whoever has the lead was reminded, the coordinators were told."""


def remind(content: Content, turn: Turn, limit: int) -> Counter[str]:
    """Ask for the calls at which it is time to look, each a step further; return how many of each kind.

    A lead whose resident waits to hear something goes to the coordinator; help that goes on stays where it is.
    """
    done: Counter[str] = Counter()
    for call in calls.due(turn.tx, turn.wijk.id, turn.now, limit):
        lead = leads.get(turn.tx, turn.wijk.id, call.lead)
        if lead is not None and lead.closed_at is not None and call.word["key"] == ASKS:
            done[_asks(content, turn, lead, call)] += 1
        elif lead is None or lead.closed_at is not None:
            calls.drop(turn.tx, turn.wijk.id, call.lead)
        else:
            done[_step(content, turn, lead, call)] += 1
    return done


def _asks(content: Content, turn: Turn, lead: Lead, call: Call) -> str:
    """Remind once of the question whether a resident was helped; a week later nobody has to ask it any more."""
    tx, wijk, now = turn.tx, turn.wijk.id, turn.now
    if not awake(now):
        calls.note(tx, wijk, call, next_morning(now), rung=call.rung, tries=call.tries)
        return "call_slept"
    if call.rung >= REMINDED:
        calls.drop(tx, wijk, lead.id)
        close_views(content, turn, lead)
        return "call_dropped"
    if calls.note(tx, wijk, call, now + timedelta(weeks=1), rung=REMINDED, tries=call.tries):
        tell(content, turn, lead, calls.of_lead(tx, wijk, lead.id) or call)
    return "call_reminded"


def _step(content: Content, turn: Turn, lead: Lead, call: Call) -> str:
    tx, wijk, now = turn.tx, turn.wijk.id, turn.now
    if not awake(now) and not lead.urgent:
        calls.note(tx, wijk, call, next_morning(now), rung=call.rung, tries=call.tries)
        return "call_slept"
    mine = lead.inbox == COORDINATOR
    if call.rung < REMINDED or mine:
        due = working_days(now, content.desk.days["look"]) if call.rung else next_moment(turn, lead)
        if calls.note(tx, wijk, call, due, rung=REMINDED, tries=call.tries):
            tell(content, turn, lead, calls.of_lead(tx, wijk, lead.id) or call)
        return "call_reminded"
    if moves.promises(content, lead.status):
        calls.drop(tx, wijk, lead.id)  # what the resident is told now takes its place
        hand_over(content, turn, lead, "system", "silent")
        return "call_returned"
    if calls.note(tx, wijk, call, now + timedelta(weeks=1), rung=TOLD, tries=call.tries):
        card = Card(
            content.words.phrase(
                "nl",
                "desk.call_waits",
                code=lead.code,
                topics=topic_line(content, lead.topic, "nl"),
                partner=inbox_name(content, turn, lead.inbox),
            )
        )
        tell_coordinators(turn, card, lead=lead.id, kind="call_waits")
    return "call_told"
