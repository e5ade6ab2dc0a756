"""Ten days after a lead ended the clock asks its resident once whether they were helped: one question at a time.

Guards three rules: nobody is asked at night, twice, or after they erased everything; several leads are never a pile;
silence is no answer (`docs/decisions/0043-the-residents-word-counts.md`).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from bot.content.loaded import Content
from bot.leads.clocks import calls
from bot.leads.clocks.times import awake, next_morning
from bot.leads.clocks.word import ASKS, Word
from bot.leads.members.reachability import WAYS
from bot.leads.notices import language_of
from bot.leads.packet import topic_line
from bot.leads.recipients import close_views, first_readers, reads
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.residents import MineTap
from bot.messages.turn import Turn
from db.leads import calls as kept
from db.leads import leads
from db.leads.consent import verdicts
from db.leads.consent.verdicts import SAID, Verdict
from db.leads.lead import Lead

SAYS = "said_"
"""Before such a word in a button."""

SOON = timedelta(days=3)
"""Leads that ended within so many days are asked about on one card, one after another."""

STANDS = timedelta(days=7)
"""So long a question stands before the next one is asked anyway."""


def ask(content: Content, turn: Turn, limit: int) -> Counter[str]:
    """Ask the residents whose moment has come; return how many were asked, and how many later or never."""
    done: Counter[str] = Counter()
    for each in verdicts.due(turn.tx, turn.wijk.id, turn.now, limit):
        done[_ask(content, turn, each)] += 1
    return done


def question(content: Content, lead: Lead, language: str) -> tuple[str, Rows]:
    """Return the question about this lead, and the answers to it, a row each."""
    phrase = content.words.phrase
    text = phrase(language, "verdict.ask", code=lead.code, topics=topic_line(content, lead.topic, language))
    rows = tuple(
        (Choice(phrase(language, f"verdict.{said}"), MineTap(lead.token, SAYS + said, lead.version)),) for said in SAID
    )
    return text, rows


def stands(content: Content, lead: Lead | None, verdict: Verdict) -> bool:
    """Return whether this lead still stands at that end, with a resident who may be asked about it."""
    if lead is None or lead.resident is None or lead.packet is None or lead.version != verdict.n:
        return False
    return lead.closed_at is not None and content.desk.statuses[lead.status].stays


def next_one(content: Content, turn: Turn) -> Lead | None:
    """Return the lead about which this resident is asked next, on the card that they answer now; None for no other."""
    waiting = [(each, lead) for lead in _own(turn, turn.me) for each in _open(content, turn, lead)]
    soon = [(each.ask_at, each, lead) for each, lead in waiting if each.ask_at and each.ask_at <= turn.now + SOON]
    for _, each, lead in sorted(soon, key=lambda one: (one[0], one[2].id)):
        if verdicts.asked(turn.tx, turn.wijk.id, each, turn.now):
            return lead
    return None


def in_chat(content: Content, turn: Turn) -> None:
    """Let the clock ask in the chat what somebody was to ask by telephone: the resident reads it again."""
    for lead in _own(turn, turn.me):
        call = kept.of_lead(turn.tx, turn.wijk.id, lead.id) if lead.closed_at else None
        if call is not None and kept.done(turn.tx, turn.wijk.id, call.token):
            close_views(content, turn, lead)
            for each in verdicts.of_lead(turn.tx, turn.wijk.id, lead.id):
                if each.n == lead.version and each.said is None:
                    verdicts.put_off(turn.tx, turn.wijk.id, each, turn.now)


def _ask(content: Content, turn: Turn, verdict: Verdict) -> str:
    tx, wijk, lead = turn.tx, turn.wijk.id, leads.get(turn.tx, turn.wijk.id, verdict.lead)
    if lead is None or lead.resident is None or not stands(content, lead, verdict):
        return _later(turn, verdict, None)
    if not awake(turn.now) or _answers_another(content, turn, lead):
        return _later(turn, verdict, next_morning(turn.now))
    reads_chat = reads(turn, lead.resident)
    if not reads_chat and not _can_be_called(turn, lead):
        return _later(turn, verdict, None)
    if not verdicts.asked(tx, wijk, verdict, turn.now):
        return "changed"
    if reads_chat:
        language = language_of(tx, wijk, lead)
        text, rows = question(content, lead, language)
        turn.say(lead.resident, Card(text, rows), lead=lead.id, language=language)
    else:
        due = calls.next_moment(turn, lead)
        call = kept.put(tx, wijk, lead.id, lead.resident, Word(ASKS).to_dict(), turn.now, due)
        calls.tell(content, turn, lead, call)
    return "asked_after"


def _can_be_called(turn: Turn, lead: Lead) -> bool:
    """Return whether there is a number or an address, and a reader of the inbox who may see it."""
    ways = any((lead.packet or {}).get(way) for way in WAYS)
    return ways and bool(first_readers(turn, lead.inbox, but=lead.resident))


def _later(turn: Turn, verdict: Verdict, when: datetime | None) -> str:
    verdicts.put_off(turn.tx, turn.wijk.id, verdict, when)
    return "asks_later"


def _answers_another(content: Content, turn: Turn, lead: Lead) -> bool:
    """Return whether another question of this kind stands in front of the resident, not long ago."""
    since = turn.now - STANDS
    own = [one for one in _own(turn, lead.resident or "") if one.id != lead.id]
    others = (each for one in own for each in _open(content, turn, one))
    return any(each.asked_at is not None and each.asked_at > since for each in others)


def _open(content: Content, turn: Turn, lead: Lead) -> list[Verdict]:
    """Return what this resident did not say anything about yet, of the end at which this lead stands."""
    if lead.closed_at is None:
        return []
    found = verdicts.of_lead(turn.tx, turn.wijk.id, lead.id)
    return [each for each in found if each.said is None and stands(content, lead, each)]


def _own(turn: Turn, person: str) -> list[Lead]:
    return leads.of_resident(turn.tx, turn.wijk.id, person)
