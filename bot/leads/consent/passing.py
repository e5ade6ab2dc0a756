"""A lead goes on to another organisation: at once where its resident's yes covers that, else after a new yes.

Guards three rules: nobody gets what its resident did not agree to, nothing moves before the answer, and what the
organisation before knew it sees no more (`docs/decisions/0034-passing-on-keeps-consent.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.content.loaded import ZONE, Content
from bot.leads import notices
from bot.leads.clocks import moves
from bot.leads.consent import bringing, together
from bot.leads.consent.card import consent_text
from bot.leads.consent.handoff import hand_out
from bot.leads.deadlines import passed_on, working_days
from bot.leads.notices import language_of
from bot.leads.recipients import closing, inbox_name, shut_out
from bot.leads.status import needs_of
from bot.messages.card import Card, Choice
from bot.messages.taps.residents import YesTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.consent import consents, passings
from db.leads.consent.passings import Passing
from db.leads.due import Moments
from db.leads.lead import Lead
from flows.model.desk import Move
from flows.model.wijk import COORDINATOR, Partner, Wijk

MOVES = ("redirect", "pass_on")
"""The moves of the desk's table by which a lead goes on: by its organisation, and by the coordinator."""

WAIT = 3
"""Working days after which whoever asked hears that there is no answer yet."""

OF_THE_READER = ("partner", "inbox", "together")
"""The fields of a packet that say who gets it: all others stay as they were agreed to."""


def way_on(content: Content, lead: Lead) -> Move:
    """Return the move by which this lead goes on: what lies with the coordinator goes on as what they pass on."""
    return content.desk.moves_by_name[MOVES[lead.inbox == COORDINATOR]]


def possible(wijk: Wijk, lead: Lead) -> list[Partner]:
    """Return the organisations to which a lead can go on: open, with somebody who reads the inbox."""
    return [each for each in wijk.partners.values() if can_take(wijk, each.id) and each.id != lead.inbox]


def can_take(wijk: Wijk, partner: str) -> bool:
    """Return whether this organisation takes part now, is open, and somebody reads its inbox."""
    known = wijk.partners.get(partner)
    return known is not None and known.staffed and known.state == "open"


def packet_for(lead: Lead, to: str) -> dict[str, Any]:
    """Return what that organisation would get to see: what was agreed to before, and nobody who comes along."""
    kept = {key: value for key, value in (lead.packet or {}).items() if key not in OF_THE_READER}
    return {**kept, "partner": to, "inbox": to}


def packet_asked(lead: Lead, asked: Passing) -> dict[str, Any]:
    """Return what the organisation would get to see about which the resident of this lead is asked."""
    return bringing.packet_for(lead, asked.to, asked.why) if asked.keeps else packet_for(lead, asked.to)


def agreed(turn: Turn, lead: Lead, to: str) -> int | None:
    """Return the yes that covers this organisation and exactly this packet, if there is one that still holds.

    An organisation does not send back by it what was passed on from there: else a lead could go round, with a new day
    each time, and no word of its resident. The coordinator may.
    """
    packet = packet_for(lead, to)
    if lead.inbox != COORDINATOR and to in {each.inbox for each in passings.chain(turn.tx, turn.wijk.id, lead)[1:]}:
        return None
    for each in reversed(leads.of_resident(turn.tx, turn.wijk.id, lead.resident or "")):
        same = each.packet is not None and packet_for(each, to) == packet
        yes = consents.live(turn.tx, turn.wijk.id, each.consent) if same and each.consent is not None else None
        if yes is not None and yes.recipient == to and set(packet) <= set(yes.fields):
            return yes.id
    return None


def pass_on(
    content: Content,
    turn: Turn,
    lead: Lead,
    to: Partner,
    *,
    why: str,
    asks: str,
    consent: int,
    by: str,
    tells: Sequence[str],
    news: str,
    choose: Callable[[str], str],
) -> Lead | None:
    """End a lead here, and make one that goes on from it there; None when another member was first.

    It keeps what was agreed to, and gets the days of who takes it. Whoever had it sees it no more. These people
    are told the `news`.
    """
    packet = packet_for(lead, to.id)
    others = together.known_beside(turn, lead)
    old = moves.move(content, turn, lead, way_on(content, lead).to, actor=by, assignee=None, reason=why)
    if old is None:
        return None
    notices.take_back(content, turn, old)
    moments = Moments(*passed_on(turn.now, to, urgent=lead.urgent))
    new = leads.create(
        turn.tx,
        turn.wijk.id,
        resident=lead.resident or "",
        sender=turn.subject if by == "resident" else lead.sender or lead.resident or "",
        partner=to.id,
        inbox=to.id,
        row=lead.row,
        topic=lead.topic,
        needs=sorted(needs_of(turn.wijk, lead)),
        urgent=lead.urgent,
        packet=packet,
        language=language_of(turn.tx, turn.wijk.id, lead),
        now=turn.now,
        next=moves.what_comes(content, turn, content.desk.start, to.id, moments),
        consent=consent,
        open_notices=lead.open_notices,
        claim_by=moments.claim_by,
        contact_by=moments.contact_by,
        reason=why,
        actor=by,
        continues=lead.id,
        asked=asks,
        choose=choose,
    )
    hand_out(content, turn, new)
    shut_out(content, turn, old)
    gone = closing(content, content.words.phrase("nl", f"desk.{news}", code=old.code, partner=to.name))
    for person in dict.fromkeys(tells):
        turn.say(person, gone, kind="passed")
    together.tell_who_goes_on(content, turn, old, others)
    return new


def ask(
    content: Content, turn: Turn, lead: Lead, to: Partner, *, why: str, asks: str, keeps: bool = False
) -> Passing | None:
    """Ask the resident, in their language, whether their lead may go on, or that one may come in beside (`keeps`).

    None when they are asked already.
    """
    language = language_of(turn.tx, turn.wijk.id, lead)
    asked = passings.add(
        turn.tx,
        turn.wijk.id,
        lead=lead.id,
        to=to.id,
        why=why,
        asks=asks,
        by=turn.me,
        language=language,
        now=turn.now,
        look_at=working_days(turn.now, WAIT),
        keeps=keeps,
    )
    if asked is not None:
        turn.say(lead.resident or "", card(content, turn, lead, asked), lead=lead.id, language=language)
    return asked


def ask_again(content: Content, turn: Turn, lead: Lead) -> None:
    """Ask a resident who reads the chat again what they are asked about this lead, if anything: it may be lost.

    Without a yes to notices that name who helps, it waits to be opened.
    """
    asked = passings.of_lead(turn.tx, turn.wijk.id, lead.id)
    if asked is not None:
        message = card(content, turn, lead, asked).message(turn.me, content.words, asked.language, lead=lead.id)
        named = lead.open_notices
        turn.out.append(message if named else notices.seal(content, turn.tx, lead, message, turn.now))


def card(content: Content, turn: Turn, lead: Lead, asked: Passing, note: str = "") -> Card:
    """Draw the card that asks for a yes: who passes it on, why, and exactly what the other one would see."""
    language, phrase = asked.language, content.words.phrase
    about = phrase(
        language,
        "passing.brings" if asked.keeps else "passing.asks",
        sender=sender_name(content, turn, lead, language),
        code=lead.code,
        why=phrase(language, f"topics.{asked.why}" if asked.keeps else f"passing.why_{asked.why}"),
        asks=phrase(language, f"passing.asks_{asked.asks}"),
    )
    parts = [*([note] if note else []), about, shown(content, turn, lead, asked), phrase(language, "passing.until")]
    answers = ["yes", "no", *([] if asked.said else ["talk"])]
    labels = {"yes": "brings_yes", "no": "brings_no"} if asked.keeps else {}
    rows = tuple(
        (Choice(phrase(language, f"passing.{labels.get(each, each)}"), YesTap(asked.token, each)),) for each in answers
    )
    return Card("\n\n".join(parts), rows)


def shown(content: Content, turn: Turn, lead: Lead, asked: Passing) -> str:
    """Return the words of the consent card of the charts, filled with what would be shared."""
    return consent_text(content, packet_asked(lead, asked), turn.wijk, asked.language)


def sender_name(content: Content, turn: Turn, lead: Lead, language: str) -> str:
    """Return who has this lead now, as the resident calls them."""
    partner = turn.wijk.partners.get(lead.inbox)
    if partner is not None:
        return content.words.partner(language, partner)
    name = content.words.phrase(language, "packet.coordinator")
    return name[:1].upper() + name[1:]


def waits(content: Content, turn: Turn, lead: Lead) -> str:
    """Return what stands on the card of a lead while its resident is asked; empty when they are not."""
    asked = passings.of_lead(turn.tx, turn.wijk.id, lead.id)
    if asked is None:
        return ""
    day = content.words.day("nl", asked.asked_at.astimezone(ZONE).date())
    key = "desk.bring_waits" if asked.keeps else "desk.pass_waits"
    lines = [content.words.phrase("nl", key, day=day, partner=inbox_name(content, turn, asked.to))]
    return "\n".join([*lines, *([content.words.phrase("nl", "desk.pass_talk")] if asked.said else [])])


def history(content: Content, turn: Turn, lead: Lead) -> list[str]:
    """Return from whom a lead came, why, and what is asked now, in words of the lists; empty when it began here."""
    labels = {key: text for name in MOVES for key, text in content.desk.moves_by_name[name].reasons.items()}
    lines = [
        content.words.phrase(
            "nl",
            "desk.passed_from",
            partner=inbox_name(content, turn, each.inbox),
            why=labels.get(each.reason or "", "-"),
        )
        for each in passings.chain(turn.tx, turn.wijk.id, lead)[1:]
    ]
    wanted = bringing.asks(content).get(lead.asked or "")
    return [*lines, *([content.words.phrase("nl", "desk.passed_for", asks=wanted)] if wanted else [])]
