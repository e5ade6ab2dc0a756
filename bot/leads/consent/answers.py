"""What a resident answers to the question whether their lead may go on, and who hears it, or that no answer came.

Guards the rule that silence is no yes: it ends nothing and moves nothing; a person rings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.content.loaded import Content
from bot.leads.clocks.times import awake
from bot.leads.consent import bringing, passing
from bot.leads.consent.card import consent_question, version_of
from bot.leads.consent.handoff import SHARE
from bot.leads.deadlines import working_days
from bot.leads.members.reachability import lead_card
from bot.leads.packet import topic_line
from bot.leads.recipients import holders, inbox_name, reads, role_at, tell_coordinators
from bot.leads.talk import watchword
from bot.messages.card import Card, Choice
from bot.messages.taps.residents import YesTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.consent import consents, passings
from db.leads.consent.passings import Passing
from db.leads.lead import Lead
from db.people import members
from flows.model.heard import ChartTap
from flows.model.names import MENU
from flows.model.wijk import COORDINATOR, Partner

THEN = 2
"""Working days after which the coordinator hears it too, when whoever asked heard that there is no answer."""

ASKER, EVERYBODY = 1, 2
"""Who heard that no answer came: whoever asked, and then the coordinators."""


def hears(content: Content, turn: Turn, tap: YesTap, choose: Callable[[str], str]) -> None:
    """Take the answer of a resident, where they tapped. A question that was answered or taken back says so."""
    asked = passings.by_token(turn.tx, turn.wijk.id, tap.token)
    lead = leads.get(turn.tx, turn.wijk.id, asked.lead) if asked is not None else None
    if asked is None or lead is None or lead.packet is None or lead.resident != turn.me:
        _answer(content, turn, content.words.phrase(turn.language, "passing.gone"))
        return
    match tap.answer:
        case "yes":
            _yes(content, turn, lead, asked, choose)
        case "no":
            _note(content, turn, lead, asked, given=False)
            passings.end(turn.tx, turn.wijk.id, lead.id)
            _say(content, turn, lead, asked, "refused")
            _tell(content, turn, lead, asked, "said_no")
        case _:
            if asked.said is None:
                passings.wants_to_talk(turn.tx, turn.wijk.id, asked.token)
                _tell(content, turn, lead, asked, "said_talk", coordinators=True)
            if not passing.can_take(turn.wijk, asked.to):
                _closed(content, turn, lead, asked)
                return
            asked = passings.by_token(turn.tx, turn.wijk.id, asked.token) or asked
            place = turn.wijk.places[turn.wijk.walk_in].name
            note = content.words.phrase(asked.language, "passing.talks", place=place)
            card = passing.card(content, turn, lead, asked, note)
            turn.say(turn.me, card, edit=turn.incoming.message, lead=lead.id, language=asked.language)


def remind(content: Content, turn: Turn, limit: int) -> int:
    """Tell whoever asked, and then the coordinators, which questions got no answer; return how many there were."""
    if not awake(turn.now):
        return 0
    done = 0
    for asked in passings.to_look_at(turn.tx, turn.wijk.id, turn.now, limit):
        lead, first = leads.get(turn.tx, turn.wijk.id, asked.lead), asked.rung < ASKER
        again: datetime | None = working_days(turn.now, THEN) if first else None
        if not passings.note(turn.tx, turn.wijk.id, asked, ASKER if first else EVERYBODY, again) or lead is None:
            continue
        done += 1
        if first:
            _tell(content, turn, lead, asked, "no_yes")
        else:
            mine = lead.inbox == COORDINATOR
            text = _line(content, turn, lead, asked, "no_yes" if mine else "no_yes_there")
            tell_coordinators(turn, lead_card(content, lead, text) if mine else Card(text), kind="no_yes")
    return done


def _yes(content: Content, turn: Turn, lead: Lead, asked: Passing, choose: Callable[[str], str]) -> None:
    """Pass a lead on with this yes, unless the other one cannot take it any more."""
    to = turn.wijk.partners.get(asked.to)
    if to is None or not passing.can_take(turn.wijk, asked.to):
        _closed(content, turn, lead, asked)
        return
    if asked.keeps:
        _brought(content, turn, lead, asked, to, choose)
        return
    told = [*_to_tell(content, turn, lead, asked), *holders(turn, lead)]
    consent = _note(content, turn, lead, asked, given=True)
    new = passing.pass_on(
        content,
        turn,
        lead,
        to,
        why=asked.why,
        asks=asked.asks,
        consent=consent,
        by="resident",
        tells=told,
        news="said_yes",
        choose=choose,
    )
    if new is None:
        _answer(content, turn, content.words.phrase(turn.language, "passing.gone"))
    else:
        _receipt(content, turn, new)


def _brought(
    content: Content, turn: Turn, lead: Lead, asked: Passing, to: Partner, choose: Callable[[str], str]
) -> None:
    """Let the other organisation come in with this yes, unless it helps with that already; the asker reads it."""
    if asked.why not in bringing.topics(content, turn, lead).get(to.id, {}):
        _closed(content, turn, lead, asked)
        return
    consent = _note(content, turn, lead, asked, given=True)
    new = bringing.bring(content, turn, lead, to, topic=asked.why, wanted=asked.asks, consent=consent, choose=choose)
    passings.end(turn.tx, turn.wijk.id, lead.id)
    if new is None:
        consents.withdraw(turn.tx, turn.wijk.id, consent, turn.now)
        _closed(content, turn, lead, asked)
        return
    _receipt(content, turn, new, "brought")
    text = content.words.phrase("nl", "desk.brought", code=lead.code, partner=to.name, new=new.code)
    for person in dict.fromkeys([*_to_tell(content, turn, lead, asked), *holders(turn, lead)]):
        turn.say(person, lead_card(content, lead, text), lead=lead.id, kind="brought")


def _closed(content: Content, turn: Turn, lead: Lead, asked: Passing) -> None:
    """End a question because the other one cannot take the lead any more; whoever asked reads it too."""
    passings.end(turn.tx, turn.wijk.id, lead.id)
    _say(content, turn, lead, asked, "closed")
    _tell(content, turn, lead, asked, "pass_closed")


def _receipt(content: Content, turn: Turn, new: Lead, key: str = "done") -> None:
    """Tell a resident where their lead is now, by its new code, and before when they hear something."""
    key, day = (key, new.contact_by) if new.contact_by else (f"{key}_looks", new.claim_by)
    partner = content.words.partner(turn.language, turn.wijk.partners[new.inbox])
    text = content.words.phrase(
        turn.language,
        f"passing.{key}",
        partner=partner,
        code=new.code,
        deadline=content.words.day(turn.language, (day or turn.now).date()),
    )
    word = watchword.told(content, turn, new, turn.language)
    _answer(content, turn, f"{text}\n\n{word}\n{watchword.asks(content, turn.language)}", new.id)


def _note(content: Content, turn: Turn, lead: Lead, asked: Passing, *, given: bool) -> int:
    """Write the yes or the no into the ledger, with what was shown; return the entry."""
    question = consent_question(content)
    wording = content.words.say(asked.language, question.name, question.ask) if question else ""
    return consents.add(
        turn.tx,
        turn.wijk.id,
        resident=turn.me,
        sender=turn.sender,
        purpose=SHARE,
        recipient=asked.to,
        fields=sorted(passing.packet_asked(lead, asked)),
        text_version=version_of(wording),
        shown=passing.shown(content, turn, lead, asked) if given else "",
        language=asked.language,
        given=given,
        now=turn.now,
    )


def _to_tell(content: Content, turn: Turn, lead: Lead, asked: Passing) -> list[str]:
    """Return whoever asked, while they may still see the lead and read the chat; else who has it before them."""
    here = members.of(turn.tx, turn.wijk.id, asked.by or "")
    theirs = any(role_at(content, each, lead) for each in here) and reads(turn, asked.by or "")
    return [asked.by] if asked.by and theirs else holders(turn, lead)


def _tell(content: Content, turn: Turn, lead: Lead, asked: Passing, key: str, *, coordinators: bool = False) -> None:
    """Tell whoever asked, with a button to the lead; with `coordinators` those too, who may not see it."""
    told = _to_tell(content, turn, lead, asked)
    text = _line(content, turn, lead, asked, key)
    for person in told:
        turn.say(person, lead_card(content, lead, text), lead=lead.id, kind=key)
    if coordinators:
        there = _line(content, turn, lead, asked, f"{key}_there")
        mine = lead.inbox == COORDINATOR
        tell_coordinators(turn, lead_card(content, lead, text) if mine else Card(there), lead=lead.id, but=told)


def _line(content: Content, turn: Turn, lead: Lead, asked: Passing, key: str) -> str:
    return content.words.phrase(
        "nl",
        f"desk.{key}",
        code=lead.code,
        topics=topic_line(content, lead.topic, "nl"),
        partner=inbox_name(content, turn, asked.to),
        at=inbox_name(content, turn, lead.inbox),
    )


def _say(content: Content, turn: Turn, lead: Lead, asked: Passing, key: str) -> None:
    """Answer a resident that nothing was passed on, and who has their lead."""
    known = turn.wijk.partners.get(asked.to)
    text = content.words.phrase(
        turn.language,
        f"passing.{key}",
        code=lead.code,
        partner=content.words.partner(turn.language, known) if known else asked.to,
        sender=passing.sender_name(content, turn, lead, turn.language),
    )
    _answer(content, turn, text, lead.id)


def _answer(content: Content, turn: Turn, text: str, lead: int | None = None) -> None:
    help = Choice(content.words.phrase(turn.language, "nav.my_help"), ChartTap(MENU, "_help", 0))
    turn.say(turn.me, Card(text, ((help,),)), edit=turn.incoming.message, lead=lead)
