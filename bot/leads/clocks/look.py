"""What the clock does when it looks at open leads: it climbs their ladders, and asks for calls and answers."""

from __future__ import annotations

import secrets as dice
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.content.loaded import Content
from bot.leads import notices
from bot.leads.afterwards import asking
from bot.leads.clocks.calling import remind
from bot.leads.clocks.doubt import believes
from bot.leads.clocks.ladder import climb
from bot.leads.consent import answers
from bot.leads.members import digest, weekly
from bot.leads.members.gone import leave_those_who_are_gone
from bot.leads.recipients import gathered
from bot.leads.talk import voice
from bot.leads.visits import clock
from bot.messages.message import Outgoing
from bot.messages.ticks import LookAtLeads
from bot.messages.turn import Turn
from bot.register import clock as register
from db.people.conversations import Conversation
from db.store import Tx
from flows.model.wijk import Wijk

CLOCK = "leads.clock"
"""The name under which the moment of the last look is kept among the switches."""

PROOF = timedelta(hours=1)
"""A clock that may have jumped is believed when so much has passed since the first doubt."""

SLICE = 100
"""The most of each kind that is looked at in one transaction: people who tap wait for it."""


def look(
    content: Content, tx: Tx, wijk: Wijk, now: datetime, choose: Callable[[str], str] = dice.choice
) -> tuple[dict[str, int], list[Outgoing]]:
    """Do what is due now; return how many of each kind, and the messages. `choose` picks a character at random.

    It may run at any time, any number of times; nothing is left when it returns nothing.
    """
    if not believes(tx, wijk.id, CLOCK, now, PROOF):
        return {}, []
    turn = Turn(tx, LookAtLeads(), "", "", wijk, content.words, now, Conversation(""), None, choose=choose)
    done: Counter[str] = leave_those_who_are_gone(content, turn, SLICE)
    done.update(climb(content, turn, SLICE))
    done.update(remind(content, turn, SLICE))
    done.update(asking.ask(content, turn, SLICE))
    done["no_yes"] += answers.remind(content, turn, SLICE)
    done.update(register.tick(content, turn, SLICE))
    done["visits"] += clock.look(content, turn, SLICE)
    done["sounds"] += voice.take_away(turn, SLICE)
    done["weekly"] += weekly.send(content, turn)
    done["digests"] += digest.send(content, turn, SLICE)
    done = +done
    return done, notices.discreet(content, tx, gathered(content, turn), turn.me, now)
