"""What a resident does with their help, and with what the bot told them about it.

Guards the rule that a button does something only for the resident whose lead it names; for all others it shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.content.loaded import Content
from bot.leads import notices
from bot.leads.afterwards import answers as verdict
from bot.leads.afterwards.asking import SAYS
from bot.leads.clocks import inquiry
from bot.leads.consent import answers, changing
from bot.leads.status import stays
from bot.messages.card import Card, Choice
from bot.messages.taps.residents import ChangeTap, MineTap, NoticeTap, OpenTap, YesTap
from bot.messages.turn import Turn
from bot.screens.resident.help.cards import ask_to_stop, help_card, lead_card
from db.leads import leads
from db.leads.lead import Lead
from flows.model.heard import ChartTap
from flows.model.place import Place


def hears(content: Content, turn: Turn, tap: NoticeTap, choose: Callable[[str], str]) -> None:
    """Open a notice, change whether notices name who helps, take an answer, or do something with one lead."""
    match tap:
        case YesTap():
            answers.hears(content, turn, tap, choose)
        case OpenTap():
            notices.show(content, turn, tap)
        case ChangeTap() if turn.place is not None:
            _change(content, turn, tap)
        case MineTap() if turn.place is not None:
            _act(content, turn, turn.place, tap)
        case _ if turn.place is not None and not isinstance(tap, MineTap | ChangeTap):
            notices.choose(turn, named=tap.named)
            turn.say(turn.me, help_card(content, turn, turn.place), edit=turn.incoming.message)


def stop(content: Content, turn: Turn, place: Place, token: str) -> None:
    """Ask whether this resident is sure that the help of the lead with this token must stop."""
    lead = _mine(content, turn, token)
    turn.say(turn.me, ask_to_stop(content, turn, place, lead) if lead else help_card(content, turn, place))


def show_again(content: Content, turn: Turn, place: Place) -> None:
    """Welcome a resident who reads the chat again: with their help, or the way to it if nothing may name it."""
    welcome = content.words.phrase(turn.language, "notices.welcome_back")
    if notices.chosen(turn.tx, turn.wijk.id, turn.me):
        card = help_card(content, turn, place)
        turn.say(turn.me, Card(f"{welcome}\n\n{card.text}", card.choices))
    else:
        mine = Choice(content.words.phrase(turn.language, "nav.my_help"), ChartTap(place.step, "_help", place.revision))
        turn.say(turn.me, Card(welcome, ((mine,),)))


def _act(content: Content, turn: Turn, place: Place, tap: MineTap) -> None:
    """Do what a button of one lead says, and show the lead as it is then; the whole list when it is gone."""
    lead, note = _mine(content, turn, tap.lead), ""
    if lead is None:
        card = help_card(content, turn, place)
        if tap.act.startswith(SAYS):
            gone = content.words.phrase(turn.language, "verdict.gone")
            card = Card(gone, card.choices[-1:])
        turn.say(turn.me, card, edit=turn.incoming.message)
        return
    if verdict.hears(content, turn, lead, tap):
        return
    if tap.act in changing.STEPS and lead.closed_at is None:
        changing.begin(content, turn, place, lead, tap.act)
        return
    if tap.act == changing.KEEP:
        changing.leave(content, turn)
        note = content.words.phrase(turn.language, "changing.kept")
    if tap.act == "ask" and lead.closed_at is None:
        note = content.words.phrase(turn.language, f"my_help.{inquiry.ask(content, turn, lead)}")
    turn.say(turn.me, lead_card(content, turn, place, lead, note), edit=turn.incoming.message)


def _change(content: Content, turn: Turn, tap: ChangeTap) -> None:
    """Take the yes to a change, and show the lead as it is then; or the card anew, when something else is on it now."""
    key, lead = changing.hears(content, turn, tap), _mine(content, turn, tap.lead)
    place = turn.place
    if place is None:
        return
    if not key:
        again = changing.card(content, turn, place)
        note = content.words.phrase(turn.language, "notices.look_again")
        turn.say(turn.me, replace(again, text=f"{note}\n\n{again.text}"), edit=turn.incoming.message)
    elif lead is None:
        gone, card = content.words.phrase(turn.language, "changing.gone"), help_card(content, turn, place)
        turn.say(turn.me, replace(card, text=f"{gone}\n\n{card.text}"), edit=turn.incoming.message)
    else:
        note = content.words.phrase(turn.language, key)
        turn.say(turn.me, lead_card(content, turn, place, lead, note), edit=turn.incoming.message)


def _mine(content: Content, turn: Turn, token: str) -> Lead | None:
    """Return the lead with this token, if it is this resident's and they may still see it."""
    lead = leads.by_token(turn.tx, turn.wijk.id, token)
    return lead if lead is not None and lead.resident == turn.me and stays(content, lead) else None
