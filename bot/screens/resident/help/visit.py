"""What a resident does with a visit: choose a time, ask for another one, keep it in their calendar, call it off.

Guards the rule that a button does something only for the resident who is visited, and only as the visit stands now.
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.loaded import Content
from bot.leads.visits import agreeing
from bot.leads.visits.clock import settle
from bot.leads.visits.ics import calendar_file
from bot.leads.visits.telling import agenda, choices, help_row, stands, word
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.visits import VisitTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.consent import visits
from db.leads.consent.visits import AGAIN, CHOSEN, MISSED, OVER, PROPOSED, TICKED, Visit
from db.people import members


def hears(content: Content, turn: Turn, tap: VisitTap) -> bool:
    """Carry out a tap of the resident who is visited, or of one whose visit is not kept any more; else return False."""
    visit = visits.by_token(turn.tx, turn.wijk.id, tap.visit)
    if visit is None and not members.of(turn.tx, turn.wijk.id, turn.sender):
        card = Card(content.words.phrase(turn.language, "visit.gone"), (help_row(content, turn.language),))
        turn.say(turn.me, card, edit=turn.incoming.message)
        return True
    if visit is None or visit.resident != turn.me:
        return False
    if visit.gone:
        visit = settle(content, turn, visit)
    if tap.act == "agenda":
        _file(content, turn, visit)
    elif tap.act != "view" and tap.version != visit.version:
        _show(content, turn, visit, "visit.too_late")
    else:
        _does(content, turn, visit, tap)
    return True


def on_card(content: Content, turn: Turn, lead: int) -> list[Choice]:
    """Return the button to the visit, for the card of a lead in Mijn hulp, while there is something to do with it."""
    visit = visits.of_lead(turn.tx, turn.wijk.id, lead)
    if visit is None or visit.status in OVER or (visit.status != TICKED and stands(visit, turn.now) is None):
        return []
    label = content.words.phrase(turn.language, "visit.open")
    return [Choice(label, VisitTap(visit.token, "view", 0, visit.version))]


def _does(content: Content, turn: Turn, visit: Visit, tap: VisitTap) -> None:
    """Change a visit as its resident says, if it stands so that they can; then show how it stands."""
    slot, said = stands(visit, turn.now), ""
    new: Visit | None = visit
    asked = visit.status == TICKED
    match tap.act:
        case "choose" if asked and tap.value < len(visit.fits) and visit.fits[tap.value] > turn.now:
            if agreeing.is_taken(content, turn, visit, visit.fits[tap.value]):
                _answer(content, turn, visit, "visit.taken", choices(content, visit, turn.language, turn.now))
                return
            said = "visit.moved" if visit.sequence >= 0 else "visit.agreed"
            new = agreeing.choose(content, turn, visit, visit.fits[tap.value])
        case "other" if asked or slot is not None or visit.status == MISSED:
            said = "visit.other_asked_stands" if slot else "visit.other_asked"
            new = agreeing.other_time(content, turn, visit)
        case "keep" if asked and slot is not None:
            new = agreeing.keep(content, turn, visit)
        case "no" if asked and slot is None:
            said = "visit.no_said"
            new = agreeing.cancel(content, turn, visit)
        case "cancel" if slot is not None:
            sure = VisitTap(visit.token, "cancel_yes", 0, visit.version)
            yes = Choice(content.words.phrase(turn.language, "visit.cancel_yes"), sure)
            back = Choice(content.words.phrase(turn.language, "nav.back"), replace(sure, act="view"))
            _answer(content, turn, visit, "visit.sure", ((yes,), (back,)))
            return
        case "cancel_yes" if slot is not None:
            said = "visit.cancelled_self"
            new = agreeing.cancel(content, turn, visit)
        case _:
            pass
    if new is None:
        new, said = visits.by_token(turn.tx, turn.wijk.id, visit.token) or visit, "visit.too_late"
    _show(content, turn, new, said)


def _show(content: Content, turn: Turn, visit: Visit, said: str = "") -> None:
    """Show a resident how their visit stands, and what they can do with it now."""
    slot, language = stands(visit, turn.now), turn.language
    rows: Rows = ()
    if visit.status == TICKED:
        key = "visit.ask_move" if slot else "visit.ask"
        rows = choices(content, visit, language, turn.now)
    elif slot is not None and visit.status in (PROPOSED, CHOSEN, AGAIN):
        key = "visit.is"
        rows = agenda(content, visit, language)
        acts = ("other", "cancel") if visit.status == CHOSEN else ("cancel",)
        rows += tuple(
            (Choice(content.words.phrase(language, f"visit.{act}"), VisitTap(visit.token, act, 0, visit.version)),)
            for act in acts
        )
    elif visit.status in OVER:
        key = "visit.is_over"
        rows = agenda(content, visit, language) if said == "visit.cancelled_self" else ()
    else:
        key = "visit.is" if slot else "visit.searching"
    _answer(content, turn, visit, said or key, rows, below=key if said == "visit.too_late" else "")


def _answer(content: Content, turn: Turn, visit: Visit, key: str, rows: Rows, below: str = "") -> None:
    lead = leads.get(turn.tx, turn.wijk.id, visit.lead)
    if lead is None:
        return
    moments = [visit.slot] if visit.slot else []
    parts = [word(turn, visit, each, moments).text(content, turn, lead, turn.language) for each in (key, below) if each]
    card = Card("\n\n".join(parts), (*rows, help_row(content, turn.language)))
    turn.say(turn.me, card, edit=turn.incoming.message, lead=lead.id)


def _file(content: Content, turn: Turn, visit: Visit) -> None:
    """Give a resident the file for their calendar, in a message that names nobody."""
    file = calendar_file(content, visit, turn.language, turn.now)
    if file is None:
        _show(content, turn, visit)
        return
    card = Card(content.words.phrase(turn.language, "visit.file"), free=True)
    turn.out.append(replace(card.message(turn.me, content.words, turn.language), attachment=file))
