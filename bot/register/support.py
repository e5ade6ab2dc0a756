"""What a koppelkans asks all others for: everybody hears it once, and the first yes is enough.

Guards the rule that a request never waits for ever: after ten working days who asked and the coordinator hear that
nobody answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.loaded import Content
from bot.leads.deadlines import working_days
from bot.leads.recipients import first_readers, inbox_name
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import RegisterTap
from bot.messages.turn import Turn
from bot.register import notices
from bot.register.moves import is_open
from bot.register.parties import keeps, present, tell, title
from db.records.register import opportunities, support
from db.records.register.opportunities import YES, Opportunity
from db.records.register.support import SupportRequest
from flows.model.wijk import COORDINATOR

DAYS = 10
"""So many working days an answer is awaited."""

KIND = "support"
"""The kind of the notice; who reads a digest finds it there."""

WHAT = "register.what_"
"""What can be asked for: the phrases that begin so."""

NAMED = 2
"""So many requests stand in a digest, and so many that ended on a card."""


def things(content: Content) -> list[str]:
    """Return what can be asked for, in the order of the file."""
    return [key.removeprefix(WHAT) for key in content.words.phrases if key.startswith(WHAT)]


def asker(one: Opportunity, organisations: Sequence[str]) -> str:
    """Return the organisation for which somebody of these may ask; empty when they may not."""
    if not is_open(one):
        return ""
    mine = next((each for each in organisations if each in one.said(YES)), "")
    return mine or (one.owner if keeps(one, organisations) else "")


def ask(content: Content, turn: Turn, one: Opportunity, by: str, what: str) -> SupportRequest | None:
    """Ask everybody but this organisation for something; None while the same is asked already.

    When a coordinator asks in its name, it reads so.
    """
    if any(each.what == what and each.ended_at is None for each in support.of(turn.tx, turn.wijk.id, one.id)):
        return None
    due = working_days(turn.now, DAYS)
    asked = support.make(turn.tx, turn.wijk.id, one.id, what, by, turn.now, due)
    others = [each for each in present(turn) if each != by]
    known = tell(turn, others, notices.request(content, turn, one, asked), kind=KIND)
    if turn.me not in first_readers(turn, by):
        card = notices.news(content, turn, one, "asked_for", what=notices.phrase(content, f"what_{what}"))
        tell(turn, [by], card, but=known)
    return asked


def help_with(content: Content, turn: Turn, token: str, organisations: Sequence[str]) -> Card | None:
    """Say yes to a request for one of these organisations; who asked hears it. None for a request that never was.

    Whoever is second reads who helps already.
    """
    asked = support.by_token(turn.tx, turn.wijk.id, token)
    one = opportunities.get(turn.tx, turn.wijk.id, asked.opportunity) if asked else None
    if asked is None or one is None:
        return None
    helper = next((each for each in organisations if each != asked.asker), "")
    what = notices.phrase(content, f"what_{asked.what}")
    if helper and one.closed_at is None and support.end(turn.tx, turn.wijk.id, token, turn.now, helper):
        name = inbox_name(content, turn, helper)
        tell(turn, [asked.asker], notices.news(content, turn, one, "helps", name=name, what=what))
        return notices.news(content, turn, one, "helps_noted", what=what)
    now = support.by_token(turn.tx, turn.wijk.id, token) or asked
    if now.helper:
        return notices.news(content, turn, one, "helped", name=inbox_name(content, turn, now.helper), what=what)
    return notices.news(content, turn, one, "asked_over", what=what)


def leave(content: Content, turn: Turn, organisation: str) -> None:
    """Take an organisation at which nobody reads any more out of what open koppelkansen ask for.

    Who owns the koppelkans waits for the answer to what it asked; who counted on its help hears that it is gone.
    """
    for one in opportunities.open_ones(turn.tx, turn.wijk.id):
        counted = [each for each in support.of(turn.tx, turn.wijk.id, one.id) if each.helper == organisation]
        support.leave(turn.tx, turn.wijk.id, one.id, organisation, one.owner)
        for asked in counted:
            name, what = inbox_name(content, turn, organisation), notices.phrase(content, f"what_{asked.what}")
            tell(turn, [asked.asker], notices.news(content, turn, one, "helps_not", name=name, what=what))


def tick(content: Content, turn: Turn, limit: int) -> int:
    """End the requests that nobody answered in time, and say so; return how many."""
    found = support.due(turn.tx, turn.wijk.id, turn.now, limit)
    for asked in found:
        one = opportunities.get(turn.tx, turn.wijk.id, asked.opportunity)
        support.end(turn.tx, turn.wijk.id, asked.token, turn.now, None)
        if one is not None and one.closed_at is None:
            what = notices.phrase(content, f"what_{asked.what}")
            card = notices.news(content, turn, one, "nobody", what=what)
            tell(turn, [asked.asker, COORDINATOR], card)
    return len(found)


def lines(content: Content, turn: Turn, one: Opportunity) -> list[str]:
    """Return what this koppelkans asks for in one line, and what came of the newest that ended."""
    found = support.of(turn.tx, turn.wijk.id, one.id)
    waiting = [notices.phrase(content, f"what_{each.what}") for each in found if each.ended_at is None]
    out = [notices.phrase(content, "card_open", what=content.words.in_row(waiting, "nl"))] if waiting else []
    for asked in [each for each in found if each.ended_at is not None][-NAMED:]:
        what = notices.phrase(content, f"what_{asked.what}")
        key = "card_helped" if asked.helper else "card_unhelped"
        name = inbox_name(content, turn, asked.helper) if asked.helper else ""
        out.append(notices.phrase(content, key, what=what, name=name))
    return out


def buttons(content: Content, asked: Sequence[SupportRequest], organisations: Sequence[str]) -> Rows:
    """Return *Wij helpen* for each of these requests that is open and was made by somebody else."""
    free = [each for each in asked if each.ended_at is None and any(org != each.asker for org in organisations)]
    return tuple(
        (
            Choice(
                notices.phrase(content, "helping", what=notices.phrase(content, f"what_{each.what}")),
                RegisterTap("help", each.token),
            ),
        )
        for each in free
    )


def news(content: Content, turn: Turn, organisations: Sequence[str], since: datetime) -> tuple[list[str], Rows]:
    """Return what a digest says of requests since that moment: lines, and a button for each; of many, how many more."""
    told: list[str] = []
    open_ones: list[SupportRequest] = []
    more = 0
    for asked in support.since(turn.tx, turn.wijk.id, since):
        one = opportunities.get(turn.tx, turn.wijk.id, asked.opportunity) if asked.ended_at is None else None
        if one is None or one.closed_at is not None or asked.asker in organisations:
            continue
        if len(told) == NAMED:
            more += 1
            continue
        what = notices.phrase(content, f"what_{asked.what}")
        told.append(notices.phrase(content, "digest", what=what, title=title(content, turn, one)))
        open_ones.append(asked)
    if more:
        told.append(notices.phrase(content, "digest_more", count=more))
    return told, buttons(content, open_ones, organisations)
