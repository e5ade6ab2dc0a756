"""What the three hear of a visit, each in their own language, with the buttons to answer.

Guards two rules: a helper hears of the other one only as the organisation that stands on their card, and a resident who
does not read the chat is told by somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.loaded import ZONE, Content
from bot.leads import relay
from bot.leads.clocks import calls
from bot.leads.clocks.word import Word
from bot.leads.notices import language_of
from bot.leads.recipients import holders, inbox_name, reads
from bot.leads.visits.slots import asked_at
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import LeadTap
from bot.messages.taps.visits import PlanTap, VisitTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.consent.visits import CANCELLED, CHOSEN, DONE, MISSED, TICKED, Visit
from db.leads.lead import Lead
from flows.model.heard import ChartTap
from flows.model.names import MENU

REMIND = "visit.remind"
"""What nobody must be rung for: who comes reads that the resident does not read the chat."""


def party(turn: Turn, visit: Visit) -> list[Lead]:
    """Return the open leads of those who come, that of who proposed the times first."""
    found = (leads.get(turn.tx, turn.wijk.id, each) for each in (visit.lead, visit.other) if each is not None)
    return [each for each in found if each is not None and each.closed_at is None and each.assignee]


def moment(content: Content, language: str, slot: datetime) -> str:
    """Return a time as its reader writes it: donderdag 3 december 10:30."""
    return content.words.day_and_time(language, slot.astimezone(ZONE))


def stands(visit: Visit, now: datetime) -> datetime | None:
    """Return the agreed time, while it is to come and nobody cancelled it."""
    return visit.slot if visit.slot and visit.slot > now and visit.status not in (CANCELLED, DONE) else None


def word(turn: Turn, visit: Visit, key: str, moments: Sequence[datetime] = ()) -> Word:
    """Return what a resident is told of a visit, by whom they are visited."""
    names = [("" if each.volunteer else relay.helper_name(turn, each), each) for each in party(turn, visit)]
    who = [[name, each.inbox, each.code] for name, each in names]
    return Word(key, moments=[each.isoformat() for each in moments], who=who)


def tell_resident(
    content: Content, turn: Turn, visit: Visit, key: str, moments: Sequence[datetime] = (), rows: Rows = ()
) -> None:
    """Tell the resident this about a visit; one who does not read the chat is rung by who proposed it."""
    lead = leads.get(turn.tx, turn.wijk.id, visit.lead)
    if lead is None or lead.resident is None:
        return
    said = word(turn, visit, key, moments)
    if reads(turn, lead.resident):
        language = language_of(turn.tx, turn.wijk.id, lead)
        text = said.text(content, turn, lead, language)
        turn.say(lead.resident, Card(text, (*rows, help_row(content, language))), lead=lead.id, language=language)
    elif lead.closed_at is not None:
        _have_it_said(content, turn, lead, said)
    elif key != REMIND:
        in_words = f"{key}_call" if f"{key}_call" in content.words.phrases else key
        calls.ask(content, turn, lead, word(turn, visit, in_words, moments))


def _have_it_said(content: Content, turn: Turn, lead: Lead, said: Word) -> None:
    """Have who ended the help say this to a resident who does not read the chat: of a closed lead no call waits."""
    lines = [lead.code, content.words.phrase("nl", "desk.visit_away"), said.text(content, turn, lead, "nl")]
    view = (Choice(content.words.phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version)),)
    for person in holders(turn, lead) if lead.packet is not None else ():
        turn.say(person, Card("\n".join(lines), (view,)), lead=lead.id)


def ask_resident(content: Content, turn: Turn, visit: Visit) -> None:
    """Ask the resident which of the times that suit those who come suits them."""
    language = resident_language(turn, visit)
    key = "visit.ask_move" if stands(visit, turn.now) else "visit.ask"
    now = [visit.slot] if visit.slot and key == "visit.ask_move" else []
    tell_resident(content, turn, visit, key, [*now, *visit.fits], choices(content, visit, language, turn.now))


def choices(content: Content, visit: Visit, language: str, now: datetime) -> Rows:
    """Return what a resident can answer to the times: one that is still to come, another one, or rather not.

    What was agreed they can keep, and call off.
    """
    phrase = content.words.phrase
    rows = [
        (Choice(f"📅 {moment(content, language, each)}", VisitTap(visit.token, "choose", number, visit.version)),)
        for number, each in enumerate(visit.fits)
        if each > now
    ]
    for act in ("other", "keep", "cancel") if stands(visit, now) else ("other", "no"):
        rows.append((Choice(phrase(language, f"visit.{act}"), VisitTap(visit.token, act, 0, visit.version)),))
    return tuple(rows)


def help_row(content: Content, language: str) -> tuple[Choice, ...]:
    """Return the way to Mijn hulp."""
    return (Choice(content.words.phrase(language, "nav.my_help"), ChartTap(MENU, "_help", 0)),)


def agenda(content: Content, visit: Visit, language: str) -> Rows:
    """Return the button that gives the file for a calendar, if a time was agreed once."""
    if visit.slot is None or visit.sequence < 0:
        return ()
    key = "visit.agenda_out" if visit.status == CANCELLED else "visit.agenda"
    return ((Choice(content.words.phrase(language, key), VisitTap(visit.token, "agenda", 0, visit.version)),),)


def resident_language(turn: Turn, visit: Visit) -> str:
    """Return the language that the resident of a visit reads."""
    lead = leads.get(turn.tx, turn.wijk.id, visit.lead)
    return language_of(turn.tx, turn.wijk.id, lead) if lead is not None else "nl"


def tell_helpers(
    content: Content, turn: Turn, visit: Visit, key: str, *, slot: datetime | None = None, rows: Rows = ()
) -> None:
    """Tell those who come, but not who tapped, this about a visit: by the code of their own lead."""
    for lead in party(turn, visit):
        if lead.assignee and lead.assignee != turn.me:
            tell_helper(content, turn, visit, lead, key, slot=slot, rows=rows)


def tell_helper(
    content: Content,
    turn: Turn,
    visit: Visit,
    lead: Lead,
    key: str,
    *,
    slot: datetime | None = None,
    rows: Rows = (),
) -> None:
    """Tell who has this lead, with the way to the visit."""
    lines = [line(content, turn, visit, lead, key, slot)]
    if key in ("remind", "again") and not reads(turn, visit.resident):
        lines.append(content.words.phrase("nl", "desk.visit_away"))
    seen = (Choice(content.words.phrase("nl", "desk.visit"), VisitTap(visit.token, "view", 0, visit.version)),)
    turn.say(lead.assignee or "", Card("\n".join(lines), (*rows, seen)), lead=lead.id)


def line(content: Content, turn: Turn, visit: Visit, lead: Lead, key: str, slot: datetime | None = None) -> str:
    """Return a sentence of the desk about a visit, in Dutch."""
    others = [each for each in party(turn, visit) if each.id != lead.id]
    return content.words.phrase(
        "nl",
        f"desk.visit_{key}",
        code=lead.code,
        moment=moment(content, "nl", slot or visit.slot or turn.now),
        partner=inbox_name(content, turn, others[0].inbox) if others else "",
    )


def with_whom(content: Content, turn: Turn, visit: Visit, lead: Lead) -> list[str]:
    """Return who comes along, as who has this lead may know it."""
    others = [each for each in party(turn, visit) if each.id != lead.id]
    return [
        content.words.phrase("nl", "desk.beside_visit", partner=inbox_name(content, turn, each.inbox))
        for each in others
    ]


def ask_helper(content: Content, turn: Turn, visit: Visit, lead: Lead) -> None:
    """Ask the other helper which of the proposed times suit them."""
    turn.say(lead.assignee or "", ticking(content, turn, visit, lead, 0), lead=lead.id)


def ticking(content: Content, turn: Turn, visit: Visit, lead: Lead, ticked: int) -> Card:
    """Draw the proposed times for the other helper, each a button to tick; `ticked` is one bit for each."""
    phrase = content.words.phrase
    rows = [
        (
            Choice(
                ("✓ " if ticked >> number & 1 else "") + moment(content, "nl", each),
                VisitTap(visit.token, "tick", ticked ^ 1 << number, visit.version),
            ),
        )
        for number, each in enumerate(visit.slots)
        if each > asked_at(turn.now)
    ]
    if ticked:
        rows.append((Choice(phrase("nl", "desk.visit_fits"), VisitTap(visit.token, "fits", ticked, visit.version)),))
    rows.append((Choice(phrase("nl", "desk.visit_none"), VisitTap(visit.token, "none", 0, visit.version)),))
    key = "asks_move" if stands(visit, turn.now) else "asks"
    return Card(line(content, turn, visit, lead, key), tuple(rows))


def new_times(content: Content, lead: Lead) -> Rows:
    """Return the button with which a helper proposes other times."""
    return ((Choice(content.words.phrase("nl", "desk.visit_new"), PlanTap(lead.token, version=lead.version)),),)


def over(content: Content, visit: Visit) -> Rows:
    """Return what a helper can say of a visit whose time has passed."""
    acts = ("done", "nobody", "could_not")
    return tuple(
        (Choice(content.words.phrase("nl", f"desk.visit_{act}"), VisitTap(visit.token, act, 0, visit.version)),)
        for act in acts
    )


def status_line(content: Content, turn: Turn, visit: Visit | None, language: str, key: str) -> list[str]:
    """Return how a visit stands in a line, for the card of a lead; `key` begins the phrases of its reader."""
    if visit is None:
        return []
    if slot := stands(visit, turn.now):
        return [content.words.phrase(language, f"{key}at", moment=moment(content, language, slot))]
    if visit.status in (CHOSEN, CANCELLED, DONE, MISSED):
        return []
    return [content.words.phrase(language, f"{key}choose" if visit.status == TICKED else f"{key}searching")]
