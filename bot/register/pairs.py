"""The koppelkans that reports itself: two worries, or two services, that come together often.

Guards the rule that only counts are kept: what comes together is counted when it happens, of nobody, so that an erasure
changes nothing. What a resident withdraws before anybody took it counts no more. Fewer than `OFTEN` are never shown to
anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, product

from bot.content.loaded import ZONE, Content
from bot.leads.deadlines import working_days
from bot.messages.turn import Turn
from bot.register import notices
from bot.register.moves import ITSELF
from bot.register.parties import present, tell
from db.leads.lead import Lead
from db.records.register import opportunities, pairs
from db.records.register.opportunities import ALONE, ASKED, CLOSED, Party
from db.records.register.pairs import SERVICES, WORRIES, Counted, Pair
from flows.model.wijk import COORDINATOR, Need

OFTEN, WEEKS = 10, 13
"""So often in so many weeks two things come together before anybody is asked."""

AND = "_and_"
"""Between the two worries of a topic that is about both."""

DAYS = 10
"""So many working days the two are waited for."""


def count(turn: Turn, lead: Lead, others: Sequence[Lead], beside: Lead | None) -> None:
    """Count what comes together in a new lead; `others` are all other leads of its resident that are still known.

    `beside` is the one with which it makes one visit: of these the services count, too. Of one resident a pair counts
    once in a quarter, as far as is known.
    """
    if found := _new_with(turn, lead, others, beside):
        pairs.add(turn.tx, turn.wijk.id, found, monday(turn))


def take_back(turn: Turn, lead: Lead, others: Sequence[Lead]) -> None:
    """Count a lead no more that its resident withdrew before anybody took it; `others` are as in `count`.

    So nobody makes a pair come together often by asking again and again. One of before this quarter counts no more
    as it is: nothing of others is taken back for it.
    """
    if lead.created_at < turn.now - timedelta(weeks=WEEKS):
        return
    beside = next((each for each in others if each.closed_at is None and _are_one(lead, each)), None)
    if found := _new_with(turn, lead, others, beside):
        pairs.take_back(turn.tx, turn.wijk.id, found, _since(turn))


def _new_with(turn: Turn, lead: Lead, others: Sequence[Lead], beside: Lead | None) -> set[Pair]:
    """Return what comes together by this lead, and did not in the resident's other leads of this quarter."""
    quarter = turn.now - timedelta(weeks=WEEKS)
    here = sorted([*(each for each in others if each.closed_at is None), lead], key=lambda each: each.id)
    known = [each for each in others if each.closed_at is None or each.created_at >= quarter]
    found = set(worries(_needs(here), _needs(known)))
    if beside is not None:
        before = {
            each.pair for one, two in combinations(known, 2) if _are_one(one, two) for each in _services(one, two)
        }
        found |= {each for each in _services(lead, beside) if each.pair not in before}
    return found


def worries(now: Sequence[Need], before: Sequence[Need]) -> list[Pair]:
    """Return the pairs of worries among these needs that were not among those before, each once."""
    known = _among(before)
    return [pair for key, pair in _among(now).items() if key not in known]


def _needs(found: Sequence[Lead]) -> list[Need]:
    return [(str(each[0]), str(each[1])) for lead in found for each in lead.needs or ()]


def _services(one: Lead, two: Lead) -> set[Pair]:
    """Return the pairs of services of two leads that make one visit."""
    both = product({each for each, _ in _needs([one])}, {each for each, _ in _needs([two])})
    return {_pair(SERVICES, (first, first), (second, second)) for first, second in both if first != second}


def _are_one(one: Lead, two: Lead) -> bool:
    return one.code == two.together or two.code == one.together


def _among(needs: Sequence[Need]) -> dict[str, Pair]:
    """Return the pairs of worries among these needs, each with two services rather than one if there are two.

    A worry such as `bills_and_cold` is two, and a pair only beside another need: alone it is one kind of help.
    """
    found: dict[str, Pair] = {}
    for (one_service, one), (two_service, two) in combinations(needs, 2):
        for first, second in product(one.split(AND), two.split(AND)):
            pair = _pair(WORRIES, (first, one_service), (second, two_service))
            if first != second and (pair.pair not in found or one_service != two_service):
                found.setdefault(pair.pair, pair)
                if len({*found[pair.pair].services.split("+")}) == 1:
                    found[pair.pair] = pair
    return found


def _pair(kind: str, one: tuple[str, str], two: tuple[str, str]) -> Pair:
    first, second = sorted((one, two))
    return Pair(kind, f"{first[0]}+{second[0]}", f"{first[1]}+{second[1]}")


def monday(turn: Turn) -> date:
    """Return the Monday of this week."""
    today = turn.now.astimezone(ZONE).date()
    return today - timedelta(days=today.weekday())


def often(turn: Turn) -> list[Counted]:
    """Return what came together often in the running quarter, the most first."""
    return pairs.totals(turn.tx, turn.wijk.id, _since(turn), OFTEN)


def _since(turn: Turn) -> date:
    return monday(turn) - timedelta(weeks=WEEKS - 1)


def tick(content: Content, turn: Turn) -> int:
    """Ask the two organisations of each pair that came together often, once a quarter; return how many pairs.

    They are not asked while they try something for it. What one organisation does alone, or nobody who reads, only the
    coordinator is told, in the list of the week.
    """
    found, since = often(turn), turn.now - timedelta(weeks=WEEKS)
    asked = opportunities.reported(turn.tx, turn.wijk.id, since) if found else []
    done = {(each.title, each.pair) for each in asked}
    found = [each for each in found if (each.pair.kind, each.pair.pair) not in done]
    found.sort(key=lambda each: each.pair.kind == SERVICES)
    both = [{party.organisation for party in each.parties} for each in asked]
    here = [each for each in present(turn) if each != COORDINATOR] if found else []
    reported = 0
    for counted in found:
        two = list(dict.fromkeys(turn.wijk.partner_for(each) for each in counted.pair.services.split("+")))
        if counted.pair.kind == SERVICES and {*two} in both:
            continue  # they were asked about the worries behind it
        both.append({*two})
        reported += 1
        parties = tuple(Party(each, "", turn.now.isoformat()) for each in two)
        one = opportunities.make(
            turn.tx,
            turn.wijk.id,
            title=counted.pair.kind,
            pair=counted.pair.pair,
            status=ASKED,
            owner=COORDINATOR,
            parties=parties,
            named_in=ITSELF,
            now=turn.now,
            due_at=working_days(turn.now, DAYS),
        )
        if len(two) < 2 or any(each not in here for each in two):
            end = {"status": CLOSED, "result": ALONE, "closed_at": turn.now}
            opportunities.change(turn.tx, turn.wijk.id, one, **end)
        else:
            known: list[str] = []
            for each in two:
                known += tell(turn, [each], notices.question(content, turn, one, counted.many, each), but=known)
    return reported
