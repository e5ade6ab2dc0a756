"""People in the simulator: short ways through the real charts, by answer and not by label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.content.loaded import ZONE, load_content
from bot.demo.simulator import Person, Shown, Simulator
from bot.leads.members.availability import agreed_days
from bot.messages.card import Card
from bot.messages.links import INVITATION
from bot.messages.message import Button
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import (
    AvailabilityTap,
    CallTap,
    DashboardTap,
    DaysTap,
    InboxTap,
    JoinTap,
    LeadTap,
    LeaveTap,
    PassTap,
    RegisterTap,
    WhoTap,
)
from bot.messages.taps.residents import (
    ChangeTap,
    HelpTap,
    HideTap,
    ListenTap,
    MineTap,
    NewsTap,
    NoticesTap,
    OpenTap,
    ReplyTap,
    ReturnTap,
    SayTap,
    SendAnywayTap,
    SendTap,
    YesTap,
)
from bot.messages.taps.visits import PlanTap, VisitTap
from db import tables
from db.leads import leads
from db.leads.lead import Lead
from db.people import conversations, invitations
from db.records import switches
from db.store import Store
from flows.model.desk import Move
from flows.model.heard import ChartTap, NoTap, StopHelpTap
from flows.model.place import Place

CONTENT = load_content("smitsveen")
WIJK = CONTENT.wijk.id
NOW = datetime(2026, 11, 25, 13, 2, tzinfo=UTC)
"""A Wednesday, two minutes past two in the afternoon in the wijk."""

BEGIN = ("nl", "begin")
ALONE = ("+people", "_next", "meet")
"""Answers that lead to an outcome with two separate offers: Balans first, De Binnenhof second."""

MONEY_AND_COLD = ("+bills", "+cold", "_next", "not_always", "none", "off_money", "no")
"""Answers that lead to the combined visit of SchuldHulpMaatje and Energie Actief Soest."""


def said_with(move: Move) -> list[str]:
    """All that a tap on this move can say: a reason, until when, both, or nothing more."""
    reasons = list(move.reasons) or [""]
    return [f"{reason}_{weeks}" for reason in reasons for weeks in move.weeks] if move.weeks else reasons


def changing(question: str) -> tuple[str, ...]:
    """Answers from the first consent card to a question of which the answer shall be another one."""
    return "handoff.consent:change", f"handoff.change:{question}"


ABOUT = ("handoff.about:yes",)
"""The answer from the first card of the handoff to the consent card."""

ABOUT_ME = (*ABOUT, *changing("when"), "evening", *changing("notices"), "handoff.notices:yes")
"""The same way, with two things changed: when it suits, and that notices may name who helps."""

TO_WORDS = (*ABOUT_ME, *changing("words"))
TO_PHONE = (*ABOUT_ME, *changing("reach"), "handoff.reach:phone")
"""The way to the question for words of their own, and for a phone number."""


@dataclass(slots=True)
class Clock:
    """A clock that stands still until a test moves it."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: int) -> None:
        """Move on by so many days, hours, …"""
        self.moment += timedelta(**by)


def simulator(store: Store, now: Callable[[], datetime] | None = None, since: int = 0) -> Simulator:
    """Make the real bot on this store, at `NOW` unless told otherwise; its updates are numbered from `since` on."""
    sim = Simulator(CONTENT, store, now or Clock())
    sim._updates = since
    return sim


def button(person: Person, answer: str) -> tuple[Shown, Button]:
    """Return the newest button with that answer, or with that `step:answer`. LookupError when there is none."""
    for shown in reversed(person.chat.values()):
        for row in shown.buttons:
            for each in row:
                if answer in names(each.data):
                    return shown, each
    raise LookupError(f"no button for {answer}; the last message is {list(person.chat.values())[-1:]}")


def names(data: str) -> tuple[str, ...]:
    """Return the names that tests have for a button: its answer, alone and with its question or lead before it."""
    match decode(data):
        case ChartTap(step, answer):
            return answer, f"{step}:{answer}"
        case LeadTap(lead, move, reason):
            act = f"{move}.{reason}" if reason else move
            return act, f"{lead}:{act}"
        case PassTap(lead, to, why, asks, offset=offset, back=back, keeps=keeps):
            way = "bring" if keeps else "pass"
            act = f"{way}_back" if back else ".".join(each for each in (way, to, why, asks, str(offset or "")) if each)
            return act, f"{way}.{to}", f"{way}.{to}.{why}", f"{lead}:{act}"
        case VisitTap(act=act, value=value):
            return f"visit.{act}", f"visit.{act}.{value}"
        case PlanTap(beside=beside, slots=slots, day=day, sends=sends):
            last = f"{slots[-1].astimezone(ZONE):%d %H:%M}" if slots else ""
            return ("plan_send",) if sends else (f"plan.{day or last or beside}", "plan")
        case YesTap(token, answer):
            return f"pass_{answer}", f"pass_{answer}:{token}"
        case InboxTap(digest=hour) if hour:
            return (f"digest.{hour}",)
        case InboxTap(offset, shows=shows):
            return f"{shows or 'inbox'}{offset or ''}", f"desk:{shows or 'inbox'}"
        case DashboardTap(act, subject, value):
            return (".".join(part for part in (act, subject, value) if part),)
        case ChangeTap(lead):
            return "change_yes", f"{lead}:change_yes"
        case MineTap(lead, act):
            return f"mine.{act}", f"{lead}:mine.{act}"
        case HelpTap(offset):
            return f"my_help{offset}", "my_help"
        case LeaveTap(handle, sure):
            return "leave_sure" if sure else "leave", f"leave:{handle}"
        case JoinTap(_, choice):
            return (f"join_{choice}",)
        case AvailabilityTap(_, state, day, pick):
            return (".".join(part for part in ("available", state, pick, str(day or "")) if part),)
        case DaysTap(_, days, lead):
            return f"days.{days}", f"days.{days}.{lead}"
        case RegisterTap(act, token, value):
            said = f"{act}.{value}" if value else act
            return f"register.{said}", f"{token}:{said}"
        case WhoTap(act, value):
            return f"who.{act}", f"who.{act}.{value}"
        case CallTap(call, said):
            return f"call.{said}" if said else "call", f"call:{call}.{said}"
        case ReplyTap(lead):
            return "reply", f"reply:{lead}"
        case SendAnywayTap(lead):
            return "send_anyway", f"send_anyway:{lead}"
        case ListenTap(token):
            return "listen", f"listen:{token}"
        case OpenTap(token):
            return "open", f"open:{token}"
        case NoticesTap(named):
            return ("notices.yes" if named else "notices.no",)
        case SayTap(_, phrase, on, part, page, sure):
            act = ".".join(each for each in ("say", phrase, str(on or ""), part, str(page or "")) if each)
            return ("say_sure",) if sure else (act, f"say.{phrase}.{on}" if on else act)
        case SendTap(lead):
            return "send" if lead else "keep", f"send:{lead}"
        case StopHelpTap(lead, sure=sure):
            return (f"{'withdraw' if sure else 'stop_help'}:{lead}",)
        case HideTap():
            return ("hide",)
        case ReturnTap():
            return ("open",)
        case NewsTap():
            return ("news",)
        case NoTap():
            return ()


def laid(card: Card, language: str = "nl") -> tuple[tuple[Button, ...], ...]:
    """The buttons under this card as a message carries them, with 🆘."""
    return card.message("", CONTENT.words, language).buttons


def under(lead: Lead, answer: str, version: int) -> str:
    """Return what a button under this lead carries: a move, or `move.reason`."""
    move, _, reason = answer.partition(".")
    return encode(LeadTap(lead.token, move, reason, version))


def go(sim: Simulator, person: Person, *answers: str) -> list[Shown]:
    """Tap these answers, one after another; return what came of the last."""
    for answer in answers:
        shown, found = button(person, answer)
        sim.press(person, shown.id, found.data)
    return list(person.news)


def resident(sim: Simulator, address: str = "telegram:1001", name: str = "Fatma") -> Person:
    """Make a resident who stands before the list of worries, in Dutch."""
    person = sim.person(address, name)
    sim.type(person, "/start")
    go(sim, person, *BEGIN)
    return person


def member(sim: Simulator, partner: str, address: str = "telegram:2001", name: str = "Ans") -> Person:
    """Make a member who joined this partner, or the coordinators, by an invitation."""
    person = sim.person(address, name)
    joins(sim, person, partner)
    return person


def joins(sim: Simulator, person: Person, partner: str, answer: str = "join_both") -> None:
    """Open an invitation for this partner; a person who works elsewhere is asked, and gives this answer."""
    agrees(sim, partner)
    sim.type(person, f"/start {INVITATION}{invitation(sim, partner)}")
    if any("join_both" in names(each.data) for shown in person.news for row in shown.buttons for each in row):
        go(sim, person, answer)


def agrees(sim: Simulator, partner: str) -> None:
    """Let this partner have agreed before to the days of the files, so that nobody is asked."""
    known = sim.content.wijk.partners.get(partner)
    if known is not None:
        with sim.store.write() as tx:
            days = agreed_days(sim.content, known)
            switches.put(tx, WIJK, f"partner.{partner}.contact_days", days, None, sim.handle.now())
        sim.handle.wijk.forget()


def invitation(sim: Simulator, partner: str, role: str = "") -> str:
    """Make an invitation and return its code."""
    role = role or ("coordinator" if partner == "coordinator" else "partner")
    with sim.store.write() as tx:
        return invitations.make(tx, WIJK, partner, role, None, sim.handle.now())


def asked(sim: Simulator, person: Person, way: tuple[str, ...] = ALONE, choice: str = "first") -> list[Shown]:
    """Walk a resident from the worries to the first consent card."""
    return go(sim, person, *way, choice, *ABOUT_ME)


def handed_over(sim: Simulator, person: Person, way: tuple[str, ...] = ALONE, choice: str = "first") -> Lead:
    """Walk a resident from the worries to a lead at one partner."""
    asked(sim, person, way, choice)
    go(sim, person, "handoff.consent:yes")
    return leads_of(sim, person)[-1]


def leads_of(sim: Simulator, person: Person) -> list[Lead]:
    """Return the leads of this resident, the oldest first."""
    with sim.store.read() as tx:
        return leads.of_resident(tx, WIJK, person.id)


def lead(sim: Simulator, id: int) -> Lead:
    """Return this lead as it is now."""
    with sim.store.read() as tx:
        found = leads.get(tx, WIJK, id)
    assert found is not None
    return found


def place(sim: Simulator, person: Person) -> Place:
    """Return the place where this person stands."""
    with sim.store.read() as tx:
        kept = conversations.look(tx, WIJK, [person.id])[person.id]
    assert kept.place is not None
    return Place.from_dict(kept.place)


def everything(store: Store) -> dict[str, list[str]]:
    """Return every row of every table as text, decrypted."""
    with store.read() as tx:
        return {
            name: [str(tuple(row)) for row in tx.execute(select(each))] for name, each in tables.metadata.tables.items()
        }


def found(store: Store, words: str) -> list[str]:
    """Return the tables in which these words stand somewhere."""
    return [name for name, rows in everything(store).items() if any(words in row for row in rows)]
