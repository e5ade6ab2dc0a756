"""The chore of a coordinator who must account for what was done: how many homes, talks and strips there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from bot.content import verdicts as said
from bot.content.loaded import ZONE, Content
from db.leads import counts
from db.store import Store


def figures_command(store: Store, contents: Iterable[Content], since: date, until: date) -> int:
    """Run `koppelkans counts`: print for each wijk what was done from the first day up to and with the last one.

    What residents say themselves stands beside it; that is what counts. A home that two partners visited together
    counts once. Only numbers are printed, with the labels of the desk.
    """
    with store.read() as tx:
        for content in contents:
            found = counts.completed(tx, content.wijk.id, _begin(since), _begin(until + timedelta(days=1)))
            ends = said.found(content, tx, _begin(since), _begin(until + timedelta(days=1)))
            both = [*said.residents(content, ends), *said.beside(content, ends)]
            lines = [*_lines(content, found), *(f"  {label}: {number}" for label, number in both)]
            print("\n".join([f"{content.wijk.name}, {since} - {until}", *lines]))
    return 0


def _lines(content: Content, found: list[counts.Completed]) -> list[str]:
    desk = content.desk
    outcomes = Counter(each.outcome for each in found)
    ticks = Counter(word for each in found for word in each.done or ())
    labels = {key: label for move in desk.moves if move.reports for key, label in move.reasons.items()}
    lines = [(group.figure, _figure(group.ticks.keys(), found)) for group in desk.done if group.figure]
    lines += [(label, outcomes[key]) for key, label in labels.items()]
    lines += [(label, ticks[key]) for key, label in desk.ticks(()).items()]
    return [f"  {label}: {number}" for label, number in lines]


def _figure(words: Iterable[str], found: list[counts.Completed]) -> int:
    """Count the visits of which one of these words was ticked."""
    return len({each.visit for each in found if {*words} & {*(each.done or ())}})


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
