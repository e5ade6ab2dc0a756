"""What came of a quarter, in lines: the funnel, each partner, how long people waited, what the coordinator decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.content.loaded import ZONE, Content
from bot.leads.deadlines import works
from bot.register.moves import RESULTS
from db.leads import leads
from db.leads.lead import Lead, LeadEvent
from db.records.register import opportunities
from db.store import Store

GOAL = 10
"""So many decisions a week a coordinator can make beside other work."""


TAKEN, CONTACT = ("accepted",), ("in_progress", "completed")
"""The statuses at which a lead was taken, and at which there was contact."""


@dataclass(frozen=True, slots=True)
class Told:
    """One lead with its moves."""

    lead: Lead
    events: Sequence[LeadEvent]

    def at(self, *statuses: str) -> datetime | None:
        """Return when it first stood at one of these statuses."""
        return next((each.at for each in self.events if each.after in statuses), None)

    def was(self, *statuses: str) -> bool:
        """Return whether it ever stood at one of these statuses."""
        return self.at(*statuses) is not None

    @property
    def fell_silent(self) -> bool:
        """Whether the clock gave it to the coordinator, because nobody did anything by its moment."""
        return any((each.actor, each.reason) == ("system", "silent") for each in self.events)


def told(store: Store, wijk: str, ids: Iterable[int]) -> list[Told]:
    """Read these leads and what happened to them."""
    found = []
    with store.read() as tx:
        for id in sorted(ids):
            lead = leads.get(tx, wijk, id)
            if lead is not None:
                found.append(Told(lead, leads.events(tx, wijk, id)))
    return found


def report(
    content: Content, seen: Counter[str], found: Sequence[Told], habits: Mapping[str, str], decisions: Sequence[int]
) -> list[str]:
    """Return the lines of the report, without the verdict."""
    average, most = f"{sum(decisions) / max(1, len(decisions)):.1f}", max(decisions, default=0)
    return [
        *_funnel(seen, found),
        "",
        *_partners(content, found, habits),
        "",
        *_waits(found),
        f"decisions of the coordinator: {average} a week, at most {most}; the goal is {GOAL} a week",
    ]


def _funnel(seen: Counter[str], found: Sequence[Told]) -> list[str]:
    ends = Counter(each.lead.reason for each in found if each.lead.status == "completed")
    lines = [
        ("residents who began", seen["started"]),
        ("finished a chart", seen["finished"]),
        ("were offered help", seen["offered"]),
        ("said yes to an offer", seen["yes"]),
        ("let it be passed on", seen["handed_over"]),
        ("leads that were made", len(found)),
        ("taken", sum(each.was(*TAKEN) for each in found)),
        ("with contact", sum(each.was(*CONTACT) for each in found)),
        ("done, helped", ends["helped"]),
        ("done, helped in part", ends["partly"]),
        ("done, not needed any more", ends["not_needed"]),
        ("declined at first", sum(each.was("declined") for each in found)),
        ("without success at first", sum(each.was("unsuccessful") for each in found)),
        ("came to the coordinator by the clock", sum(each.fell_silent for each in found)),
        ("passed on to another", sum(each.lead.status == "redirected" for each in found)),
        ("ended by the coordinator", sum(each.lead.status == "ended" for each in found)),
        ("withdrawn by the resident", sum(each.lead.status == "withdrawn" for each in found)),
        ("still open", sum(each.lead.closed_at is None for each in found)),
    ]
    heads = ("residents who began", "leads that were made")
    return [("" if name in heads else "- ") + f"{name}: {count}" for name, count in lines]


def _partners(content: Content, found: Sequence[Told], habits: Mapping[str, str]) -> list[str]:
    lines = []
    for key, partner in content.wijk.partners.items():
        own = [each for each in found if each.lead.partner == key]
        taken, contact = (sum(each.was(*these) for each in own) for these in (TAKEN, CONTACT))
        done, declined = (sum(each.was(these) for each in own) for these in ("completed", "declined"))
        waiting = sum(each.lead.closed_at is None for each in own)
        lines.append(
            f"{partner.name} ({habits.get(key, 'nobody reads there')}): {len(own)} leads, {taken} taken, "
            f"{contact} with contact, {done} done, {declined} declined, {waiting} open"
        )
    return lines


def _waits(found: Sequence[Told]) -> list[str]:
    lines = []
    for name, statuses in (
        ("until somebody took it", TAKEN),
        ("until there was contact", CONTACT),
    ):
        days = sorted(
            working_days_between(each.lead.created_at, at) for each in found if (at := each.at(*statuses)) is not None
        )
        if days:
            middle, most = days[len(days) // 2], days[min(len(days) - 1, len(days) * 9 // 10)]
            lines.append(f"working days {name}: at most {middle} for half of the leads, {most} for nine of ten")
    return lines


def working_days_between(start: datetime, end: datetime) -> int:
    """Count the working days of the wijk after the day of `start`, up to the day of `end`."""
    first, last = (each.astimezone(ZONE).date() for each in (start, end))
    return sum(works(first + timedelta(days=number)) for number in range(1, (last - first).days + 1))


def koppelkansen(store: Store, wijk: str, since: datetime) -> str:
    """Say how many koppelkansen were named, run, have a result, and reported themselves."""
    with store.read() as tx:
        found = [*opportunities.open_ones(tx, wijk), *opportunities.closed(tx, wijk, since)]
    named = sum(each.pair is None for each in found)
    runs = sum(each.status == opportunities.RUNNING for each in found)
    ended = sum(each.result in RESULTS for each in found)
    itself = sum(each.pair is not None for each in found)
    return f"koppelkansen: {named} named, {runs} running, {ended} with a result, {itself} reported themselves"
