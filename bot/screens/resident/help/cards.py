"""The cards of *Mijn hulp*: all leads of a resident, and one of them with what can be done.

Guards the rule that it fits on a small phone: a page has a few leads, and what can be done stands behind each.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.leads import notices
from bot.leads.afterwards.answers import on_card
from bot.leads.status import shown
from bot.messages.card import Card, Choice, Rows, arranged
from bot.messages.taps.residents import HelpTap, MineTap, NoticesTap, ReplyTap
from bot.messages.turn import Turn
from bot.screens.resident.help import visit
from bot.screens.resident.help.standing import block, details
from db.leads.lead import Lead
from flows.model.heard import ChartTap, StopHelpTap
from flows.model.place import Place
from flows.texts.lines import SCREEN, lines

PAGE = 3
"""Leads on one page: more would not fit on a small phone."""


def help_card(content: Content, turn: Turn, place: Place, offset: int = 0) -> Card:
    """Draw the leads of this resident, from `offset` on: what runs first, then what ended in the last 30 days.

    One that is alone stands there with all that can be done.
    """
    language, phrase = turn.language, content.words.phrase
    mine, menu = shown(content, turn), _menu(content, turn, place)
    if not mine:
        return Card(phrase(language, "overlays.help_none"), ((menu,),), replaces="help")
    if len(mine) == 1:
        return lead_card(content, turn, place, mine[0], phrase(language, "overlays.help"))
    page = mine[offset : offset + PAGE] or mine[:PAGE]
    parts = ["\n".join(block(content, turn, lead)) for lead in page]
    rows: Rows = tuple(
        (Choice(phrase(language, "my_help.open", code=lead.code), MineTap(lead.token, "view", lead.version)),)
        for lead in page
    )
    if len(mine) > PAGE:
        further = offset + PAGE if offset + PAGE < len(mine) else 0
        rows = (*rows, (Choice(phrase(language, "nav.next"), HelpTap(further)),))
    title = phrase(language, "overlays.help")
    text = "\n\n".join([title, *parts])
    if lines(text) > SCREEN:
        text = "\n\n".join([title, "\n".join(parts)])
    return Card(text, (*rows, (_names(content, turn),), (menu,)), replaces="help")


def lead_card(content: Content, turn: Turn, place: Place, lead: Lead, note: str = "") -> Card:
    """Draw one lead of this resident, with what they can do about it now."""
    said = on_card(content, turn, lead)[0] if lead.closed_at else ""
    text = "\n".join([*block(content, turn, lead), *filter(None, [said]), *details(content, turn, lead)])
    named = "notices_named" if _named(turn) else "notices_discreet"
    parts = [*([note] if note else []), text, content.words.phrase(turn.language, f"overlays.{named}")]
    acts = tuple(each for each in _acts(content, turn, place, lead) if each)
    if len(shown(content, turn)) > 1:
        rest: Rows = ((Choice(content.words.phrase(turn.language, "nav.my_help"), HelpTap()),),)
    else:
        rest = ((_names(content, turn),),)
    return Card("\n\n".join(parts), (*acts, *rest, (_menu(content, turn, place),)), replaces="help")


def _acts(content: Content, turn: Turn, place: Place, lead: Lead) -> Rows:
    """Return what this resident can do about their lead, a row each; what they can change of it shares one."""
    if lead.closed_at is not None:
        return tuple((each,) for each in on_card(content, turn, lead)[1])
    phrase, language = content.words.phrase, turn.language
    found = visit.on_card(content, turn, lead.id)
    found.append(Choice(phrase(language, "my_help.ask"), MineTap(lead.token, "ask", lead.version)))
    if lead.assignee:
        found.append(Choice(phrase(language, "overlays.write_button", code=lead.code), ReplyTap(lead.token)))
    changes = [
        Choice(phrase(language, f"my_help.{act}"), MineTap(lead.token, act, lead.version))
        for act in ("reach", *([] if lead.assignee else ["words"]))
    ]
    rows = (*((each,) for each in found), *arranged(changes, rtl=content.words.right_to_left(language)))
    if content.desk.move("withdraw", lead.status, "resident"):
        stop = StopHelpTap(lead.token, place.revision)
        rows = (*rows, (Choice(phrase(language, "overlays.stop_button", code=lead.code), stop),))
    return rows


def _names(content: Content, turn: Turn) -> Choice:
    """Return the button that lets notices name who helps, or not any more."""
    named = _named(turn)
    key = "overlays.hide_helper" if named else "overlays.name_helper"
    return Choice(content.words.phrase(turn.language, key), NoticesTap(not named))


def _named(turn: Turn) -> bool:
    return bool(notices.chosen(turn.tx, turn.wijk.id, turn.me))


def _menu(content: Content, turn: Turn, place: Place) -> Choice:
    return Choice(content.words.phrase(turn.language, "nav.menu"), ChartTap(place.step, "_menu", place.revision))


def ask_to_stop(content: Content, turn: Turn, place: Place, lead: Lead) -> Card:
    """Draw the question whether this resident is sure that the help of this lead must stop."""
    phrase, language = content.words.phrase, turn.language
    stop = StopHelpTap(lead.token, place.revision, sure=True)
    rows: Rows = (
        (Choice(phrase(language, "overlays.stop_help_yes"), stop),),
        (Choice(phrase(language, "overlays.erase_no"), ChartTap(place.step, "_stay")),),
    )
    return Card(phrase(language, "overlays.stop_help", code=lead.code), rows)
