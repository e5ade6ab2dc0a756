"""Call and say: a resident who does not read the chat is told by whoever has their lead, or else by the coordinator.

Guards two rules: what the bot promised to tell does not fall because nobody reads the chat, and only what is true now
is said (`docs/decisions/0035-call-and-say.md`).
"""

from __future__ import annotations

from datetime import datetime

from bot.content.loaded import ZONE, Content
from bot.leads.clocks.word import ASKS, Word
from bot.leads.deadlines import URGENT_HOURS, office_hours, working_days
from bot.leads.members.reachability import other_way
from bot.leads.notices import language_of
from bot.leads.recipients import holders
from bot.leads.talk import watchword
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import CallTap, LeadTap
from bot.messages.turn import Turn
from db.leads import calls, leads, sealed
from db.leads.calls import Call
from db.leads.lead import Lead

REACHED = ("self", "other", "none")
"""Who was reached: the resident, somebody else, nobody."""

TRIES = 3
"""So many times one organisation tries; then the coordinator does."""

SPOKEN, TRIED = "leads.in_progress", "leads.tried"
"""What nobody must be rung for: that there is contact, which ends a call, and that there was none."""


def ask(content: Content, turn: Turn, lead: Lead, word: Word) -> None:
    """Have this said to the resident by whoever has the lead now: it takes the place of what was not said yet."""
    lead = leads.get(turn.tx, turn.wijk.id, lead.id) or lead  # who says no more helps is not who must say so
    if lead.closed_at is not None or lead.resident is None or word.key == TRIED:
        return
    if word.key == SPOKEN:
        calls.drop(turn.tx, turn.wijk.id, lead.id)
        return
    due = next_moment(turn, lead)
    call = calls.put(turn.tx, turn.wijk.id, lead.id, lead.resident, word.to_dict(), turn.now, due)
    tell(content, turn, lead, call)


def ask_what_was_lost(content: Content, turn: Turn, lead: Lead, lost: set[int]) -> None:
    """Have it said how the lead stands, when something about it did not arrive, or was not opened."""
    if lead.id in lost or sealed.waiting(turn.tx, turn.wijk.id, lead.id):
        day = lead.due_at if lead.owner == "system" else lead.contact_by
        told = day is not None and day > turn.now
        key = "leads.stands" if told else "leads.stands_open"
        ask(content, turn, lead, Word(key, day=day_of(day) if told and day is not None else ""))


def next_moment(turn: Turn, lead: Lead) -> datetime:
    """Return before when it must be said: the next working day of whoever has the lead; some hours when urgent."""
    partner = turn.wijk.partners.get(lead.inbox)
    return office_hours(turn.now, URGENT_HOURS, partner) if lead.urgent else working_days(turn.now, 1, partner)


def day_of(moment: datetime) -> str:
    """Return the day of a moment in the wijk, as a word keeps it."""
    return moment.astimezone(ZONE).date().isoformat()


def tell(content: Content, turn: Turn, lead: Lead, call: Call) -> None:
    """Send whoever has the lead what must be said, and the word by which they are known, with the answers under it."""
    view = Choice(content.words.phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version))
    lines = [lead.code, text(content, turn, lead, call), *watchword.to_say(content, turn, lead)]
    card = Card("\n".join(lines), (*reached(content, call), (view,)))
    for person in holders(turn, lead):
        turn.say(person, card, lead=lead.id, kind="calls")


def text(content: Content, turn: Turn, lead: Lead, call: Call) -> str:
    """Return what must be said, in which language it is read, how, and before when."""
    phrase, words = content.words.phrase, content.words
    said = Word.from_dict(call.word).text(content, turn, lead, "nl")
    language = words.name_in(language_of(turn.tx, turn.wijk.id, lead), "nl")
    lines = [
        phrase("nl", "desk.call", language=language, text=said),
        phrase("nl", f"desk.{other_way(lead)}"),
        phrase("nl", "desk.call_by", deadline=words.day("nl", call.due_at.astimezone(ZONE).date())),
    ]
    if call.tries:
        lines.append(phrase("nl", "desk.call_tries", count=call.tries))
    return "\n".join(lines)


def reached(content: Content, call: Call) -> Rows:
    """Return the buttons that say who was reached, a row each."""
    phrase = content.words.phrase
    who = [each for each in REACHED if each != "other" or call.word["key"] != ASKS]  # only the resident can say it
    return tuple((Choice(phrase("nl", f"desk.call_{each}"), CallTap(call.token, each)),) for each in who)
