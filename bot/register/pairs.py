"""The koppelkans that reports itself: two worries, or two services, that come together often.

Guards the rule that only counts are kept: what comes together is counted when it happens, of nobody, so that an erasure
changes nothing. Fewer than `OFTEN` are never shown to anybody.
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


def count(turn: Turn, needs: Sequence[Need], before: Sequence[Lead], beside: Lead | None) -> None:
    """Count what comes together in a new lead with these needs: `before` are the resident's other open leads.

    `beside` is the one with which it makes one visit: of these the services count, too.
    """
    known = [(str(each[0]), str(each[1])) for lead in before for each in lead.needs or ()]
    found = set(worries(needs, known))
    if beside is not None:
        there = [str(each[0]) for each in beside.needs or ()]
        found |= {_pair(SERVICES, (one, one), (two, two)) for one, _ in needs for two in there if one != two}
    if found:
        pairs.add(turn.tx, turn.wijk.id, found, monday(turn))


def worries(new: Sequence[Need], known: Sequence[Need]) -> list[Pair]:
    """Return the pairs of worries that are new with these needs, each once."""
    before = _among(known)
    return [pair for key, pair in _among([*known, *new]).items() if key not in before]


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
    since = monday(turn) - timedelta(weeks=WEEKS - 1)
    return pairs.totals(turn.tx, turn.wijk.id, since, OFTEN)


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
