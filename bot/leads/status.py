"""How a resident's leads stand: in the words of the desk's table, and for the walk, which offers nothing twice."""

from __future__ import annotations

from dataclasses import replace

from bot.content.loaded import Content
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.lead import Lead
from db.store import Tx
from flows.model.wijk import Running, Wijk


def status_of(content: Content, lead: Lead, language: str) -> str:
    """Return the status in the resident's words."""
    return content.words.say(language, f"status.{lead.status}", content.desk.statuses[lead.status].resident)


def running(content: Content, turn: Turn) -> list[Lead]:
    """Return the resident's leads for which a member or the coordinator still has to do something."""
    own = leads.of_resident(turn.tx, turn.wijk.id, turn.subject)
    return [lead for lead in own if content.desk.statuses[lead.status].next]


def stays(content: Content, lead: Lead) -> bool:
    """Return whether its resident sees this lead: while it runs, and when it ended, until it is blanked."""
    return lead.closed_at is None or content.desk.statuses[lead.status].stays


def shown(content: Content, turn: Turn) -> list[Lead]:
    """Return the leads that this resident sees: those that run, and then what ended, the newest first."""
    own = [each for each in leads.of_resident(turn.tx, turn.wijk.id, turn.subject) if stays(content, each)]
    ended = sorted((each for each in own if each.closed_at), key=lambda each: each.closed_at or turn.now, reverse=True)
    return [*(each for each in own if each.closed_at is None), *ended]


def for_resident(tx: Tx, wijk: Wijk, person: str) -> Wijk:
    """Return the wijk as this resident finds it: with what is open for them, which is read when the walk asks."""

    known: list[tuple[Running, ...]] = []

    def runs() -> tuple[Running, ...]:
        if not known:
            found = (lead for lead in leads.of_resident(tx, wijk.id, person) if lead.closed_at is None)
            known.append(tuple(Running(lead.code, frozenset(needs_of(wijk, lead)), lead.urgent) for lead in found))
        return known[0]

    return replace(wijk, runs=runs)


def beside(turn: Turn, lead: Lead) -> list[Lead]:
    """Return the open leads of the same resident that go together with this one: a combined visit."""
    if lead.together is None:
        return []
    own = leads.of_resident(turn.tx, turn.wijk.id, lead.resident or "")
    return [each for each in own if each.together == lead.together and each.id != lead.id and each.closed_at is None]


def needs_of(wijk: Wijk, lead: Lead) -> set[tuple[str, str]]:
    """Return what a lead is about; one that does not say so, about all its topics at all that its partner does."""
    if lead.needs is not None:
        return {(service, topic) for service, topic in lead.needs}
    services = [key for key, each in wijk.services.items() if each.partner == lead.partner]
    return {(service, topic) for service in services for topic in lead.topic}
