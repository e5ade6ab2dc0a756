"""What was done, ticked by whoever completed a lead: words from a list, which are only counted. Dutch only.

Guards the rule that the lead is completed before anything is asked: a member who stops here has lost nothing.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.messages.card import Card, Choice, arranged
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads import counts
from db.leads.lead import Lead

DONE = "done"
"""What the ticks carry, in place of a move of the desk's table; the reason is the word, or that word with `NOT`."""

NOT = "no_"
"""Before a word that is ticked: the tap takes it away. So a double tap does not undo itself."""

WIDE = 16
"""Two ticks stand side by side when neither has more characters than this."""


def may_report(content: Content, lead: Lead, role: str) -> bool:
    """Return whether it may be ticked here what was done: by a reader of the inbox, until the lead is blanked."""
    return content.desk.reported(lead.status) and lead.packet is not None and content.desk.may("lead.report", role)


def ask(content: Content, turn: Turn, lead: Lead, said: str = "") -> None:
    """Show what can be ticked after the services that this lead is about; first carry out the tick that was `said`."""
    phrase, ticks = content.words.phrase, content.desk.ticks({service for service, _ in lead.needs or ()})
    now, word = set(lead.done or ()), said.removeprefix(NOT)
    if word in ticks:
        now = now - {word} if said.startswith(NOT) else now | {word}
        counts.note_done(turn.tx, turn.wijk.id, lead.id, lead.version, sorted(now))
    rows = arranged(
        [_tick(content, lead, key, label, key in now) for key, label in ticks.items()], rtl=False, wide=WIDE
    )
    ready = Choice(phrase("nl", "desk.done_ready"), LeadTap(lead.token, "view", version=lead.version))
    card = Card(phrase("nl", "desk.done", code=lead.code), (*rows, (ready,)))
    turn.say(turn.me, card, edit=turn.incoming.message, lead=lead.id)


def _tick(content: Content, lead: Lead, key: str, label: str, ticked: bool) -> Choice:
    text = content.words.phrase("nl", "desk.done_tick", label=label) if ticked else label
    return Choice(text, LeadTap(lead.token, DONE, f"{NOT if ticked else ''}{key}", lead.version))
