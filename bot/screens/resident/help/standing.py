"""How a lead stands, in a resident's words: who has it, what comes and when, or how it ended."""

from __future__ import annotations

from bot.content.loaded import ZONE, Content
from bot.leads import relay
from bot.leads.clocks import moves
from bot.leads.packet import topic_line
from bot.leads.recipients import inbox_name
from bot.leads.status import status_of
from bot.leads.talk import watchword
from bot.leads.visits.agreeing import current
from bot.leads.visits.telling import status_line
from bot.messages.turn import Turn
from db.leads.lead import Lead
from flows.model.wijk import COORDINATOR


def block(content: Content, turn: Turn, lead: Lead) -> list[str]:
    """Return a lead in three lines at most: its code and who has it, how it stands, and the next day."""
    head = content.words.phrase(
        turn.language, "my_help.head", code=lead.code, partner=having(content, turn, lead, turn.language)
    )
    rest = _ended(content, turn, lead) if lead.closed_at else [_status(content, turn, lead), _day(content, turn, lead)]
    return [head, *filter(None, rest)]


def details(content: Content, turn: Turn, lead: Lead) -> list[str]:
    """Return what a lead is about, the word that its resident shares with who helps, and how they are reached."""
    phrase, language, packet = content.words.phrase, turn.language, lead.packet or {}
    lines = [phrase(language, "packet.topics", value=topic_line(content, lead.topic, language))]
    if lead.closed_at is None and packet:
        lines += status_line(content, turn, current(turn, lead), language, "visit.")
        lines += [each for each in (watchword.line(content, lead, language),) if each]
        lines.append(phrase(language, "packet.reach", value=phrase(language, f"packet.{packet['reach']}")))
    return lines


def having(content: Content, turn: Turn, lead: Lead, language: str) -> str:
    """Return who has this lead now, as its reader calls them: an organisation, or the coordinator."""
    known = turn.wijk.partners.get(lead.inbox)
    if known is not None:
        return content.words.partner(language, known)
    at = content.words.phrase(language, "packet.coordinator")
    return at if lead.inbox == COORDINATOR else inbox_name(content, turn, lead.inbox)


def _status(content: Content, turn: Turn, lead: Lead) -> str:
    """Return how it stands, with the first name of the member who helps; a volunteer without a chat is not named."""
    status, language = status_of(content, lead, turn.language), turn.language
    if lead.assignee is None:
        return status
    name = content.words.phrase(language, "my_help.volunteer") if lead.volunteer else relay.helper_name(turn, lead)
    return content.words.phrase(language, "my_help.who", status=status, name=name) if name else status


def _day(content: Content, turn: Turn, lead: Lead) -> str:
    """Return the next day that this resident may count on, while it is to come."""
    if lead.owner == "system":
        key, moment = "my_help.goes_on", lead.due_at
    elif not moves.promises(content, lead.status):
        return ""
    else:
        key, moment = ("offer.day", lead.contact_by) if lead.contact_by else ("offer.looks", lead.due_at)
    if moment is None or moment <= turn.now:
        return ""
    return content.words.phrase(
        turn.language, key, day=content.words.short_day(turn.language, moment.astimezone(ZONE).date())
    )


def _ended(content: Content, turn: Turn, lead: Lead) -> list[str]:
    """Return on which day it ended, and how, in the words of whoever ended it."""
    phrase, language = content.words.phrase, turn.language
    day = (lead.closed_at or turn.now).astimezone(ZONE).date()
    lines = [phrase(language, "my_help.ended", day=content.words.short_day(language, day))]
    if f"my_help.how_{lead.reason}" in content.words.phrases:
        lines.append(phrase(language, f"my_help.how_{lead.reason}"))
    return lines
