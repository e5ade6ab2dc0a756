"""What the clock does with koppelkansen, in working hours: it asks their owners how it goes, and lets go of questions.

Guards the rule that nothing in the register waits for ever: a review, a request and a question have a moment each.
"""

from __future__ import annotations

from collections import Counter

from bot.content.loaded import ZONE, Content
from bot.leads.clocks.times import awake
from bot.leads.deadlines import works
from bot.leads.recipients import first_readers
from bot.messages.turn import Turn
from bot.register import moves, notices, pairs, support
from bot.register.parties import tell
from db.records.register import opportunities
from db.records.register.opportunities import ASKED, CLOSED, SILENT, Opportunity


def tick(content: Content, turn: Turn, limit: int) -> Counter[str]:
    """Do what is due; return how many of each kind. At night and on free days nothing is."""
    done: Counter[str] = Counter()
    if not (awake(turn.now) and works(turn.now.astimezone(ZONE).date())):
        return done
    for one in opportunities.due(turn.tx, turn.wijk.id, turn.now, limit):
        done["reviews"] += 1
        if one.status == ASKED:
            to = {"status": CLOSED, "result": SILENT, "closed_at": turn.now}
            opportunities.change(turn.tx, turn.wijk.id, one, **to)
        else:
            ask(content, turn, one)
    done["requests"] += support.tick(content, turn, limit)
    done["pairs"] += pairs.tick(content, turn)
    return +done


def ask(content: Content, turn: Turn, one: Opportunity) -> None:
    """Ask the owner how it goes; where nobody reads, somebody else goes on with it first."""
    to: dict[str, object] = {"asked_at": turn.now}
    if not first_readers(turn, one.owner):
        to["owner"] = moves.heir(turn, one)
    changed = opportunities.change(turn.tx, turn.wijk.id, one, **to)
    if changed is not None:
        tell(turn, [changed.owner], notices.review(content, turn, changed))
