"""The shapes of one neighbourhood: its partners, places, numbers, amounts and switches. Facts with a date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

COORDINATOR = "coordinator"
"""The inbox of the leads that nobody else can receive."""

CONNECTOR = "connector"
"""The organisation of the wijkverbinders: residents who bring neighbours in. No lead ever lies there."""

STATES = ("open", "paused", "full")

VALUES = OPEN, CLOSED, UNKNOWN = ("open", "closed", "unknown")
"""What a switch can say. Unknown is not closed: residents read that nobody knows it yet."""

MOST_HELP = 12
"""Leads that one resident may have open at once, unless the wijk says otherwise."""

Need = tuple[str, str]
"""What a lead is about, whoever does it here: a service and a topic."""


@dataclass(frozen=True, slots=True)
class Running:
    """A lead that is open for the resident who is at it now: its code, what it is about, whether it cannot wait."""

    code: str
    needs: frozenset[Need]
    urgent: bool = False

    def covers(self, need: Need, *, urgent: bool) -> bool:
        """Return whether this need runs already. What cannot wait is not covered by a lead that can."""
        return need in self.needs and (self.urgent or not urgent)


def nothing_runs() -> tuple[Running, ...]:
    """Return no leads: those of a resident for whom nothing runs."""
    return ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from and when it was last known to be true: a whole year, or a day."""

    source: str
    checked: date | int

    @property
    def year(self) -> int:
        return self.checked if isinstance(self.checked, int) else self.checked.year


@dataclass(frozen=True, slots=True)
class Hours:
    """Open on these weekdays (0 is Monday) between two times, in the wijk's own time zone."""

    days: tuple[int, ...]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which nobody works at a partner: a holiday, a day off. Both are part of it."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class WalkIn:
    """A door in the wijk where somebody can simply walk in; an unknown address is empty."""

    id: str
    name: str
    address: str
    hours: tuple[Hours, ...]
    known: Source


@dataclass(frozen=True, slots=True)
class Line:
    """A number to call; an unknown number is empty, and then no text names it.

    `shared` marks a number of `lines.toml`, which all wijken have.
    """

    id: str
    name: str
    phone: str
    known: Source
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation that helps.

    `what` is one word of explanation, `does` one sentence on what happens. The clocks are in working days, the
    urgent claim in office hours: both are its own, by `hours` and without the days of `closed`. `instead` takes over
    while this partner is paused or full. `state` is one of `STATES`; after `until`, its last day, the partner is open
    again. `staffed` says whether its inbox has a reader: if not, the coordinator receives the lead. `agreed` says
    whether one of its members agreed to be in touch within `least_days`: no resident reads a day that is sooner, and if
    nobody agreed, none at all.
    `free` says that it is known to cost nothing. `matches` says that it looks for a volunteer who fits: its residents
    read so when a lead is given to one.
    """

    id: str
    name: str
    what: str
    person: str
    does: str
    place: str
    known: Source
    hours: tuple[Hours, ...] = ()
    closed: tuple[Closure, ...] = ()
    claim_days: int = 2
    contact_days: int = 5
    urgent_claim_hours: int = 4
    urgent_contact_days: int = 1
    instead: str = ""
    line: str = ""
    state: str = "open"
    until: date | None = None
    staffed: bool = True
    agreed: bool = True
    least_days: int = 0
    free: bool = False
    matches: bool = False

    def away(self, day: date) -> bool:
        """Return whether nobody works there on that day: it is closed, or paused until a later day."""
        paused = self.state == "paused" and self.until is not None and day <= self.until
        return paused or any(each.first <= day <= each.last for each in self.closed)


@dataclass(frozen=True, slots=True)
class Service:
    """Something that the charts offer, and the partner who does it here. `say` are the wijk's own words about it."""

    id: str
    partner: str
    say: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure with its unit and source; `persons` holds it per household size (1 to 5), or `value` once for all."""

    value: float
    unit: str
    known: Source
    persons: Mapping[int, float] = field(default_factory=dict)

    def for_household(self, persons: int) -> float:
        """Return the figure for that many people (5 stands for five or more)."""
        return self.persons.get(min(max(persons, 1), 5), self.value)


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that is open or closed for a while, such as a fund; the coordinator turns it to one of `VALUES`."""

    name: str
    value: str
    known: Source


@dataclass(frozen=True, slots=True)
class Wijk:
    """One neighbourhood. Keys of the mappings are ids; `languages` are in the order of the list that residents see.

    `links` are the codes of its entry links, each with what it stands for. `runs` tells what is open there for the
    resident in hand, when it is asked; of that they may have `most_help`.
    At `digest_hour` new members read once a day what waits, until they choose otherwise; 0 is at once.
    """

    id: str
    name: str
    municipality: str
    person: str
    languages: tuple[str, ...]
    walk_in: str
    partners: Mapping[str, Partner]
    places: Mapping[str, WalkIn]
    lines: Mapping[str, Line]
    switches: Mapping[str, Switch]
    amounts: Mapping[str, Amount]
    services: Mapping[str, Service] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    most_help: int = MOST_HELP
    runs: Callable[[], tuple[Running, ...]] = nothing_runs
    digest_hour: int = 0

    def partner_for(self, service: str) -> str:
        """Return the partner who does this service here; the coordinator when nobody does."""
        return self.services[service].partner if service in self.services else COORDINATOR

    def own_words(self, services: Sequence[str]) -> Service | None:
        """Return the service of which this wijk has its own words, which residents read instead of the chart's."""
        own = self.services.get(services[0]) if len(services) == 1 else None
        return own if own and own.say else None

    def language(self, app: str) -> str:
        """Return the language of a person's app (`ar`, `en-GB`) if this wijk speaks it, else Dutch."""
        return app[:2] if app[:2] in self.languages else "nl"

    def with_switches(self, settings: Mapping[str, object], staffed: frozenset[str], today: date | None = None) -> Wijk:
        """Return the wijk as it stands now: with what the coordinator switched, and which inboxes have a reader.

        Settings are named `partner.<id>.state` (one of `STATES`), `partner.<id>.until` (its last day, as 2026-12-14),
        `partner.<id>.contact_days` (to which it agreed) and `switch.<name>` (one of `VALUES`). A state whose last day
        is before today is over.
        """
        partners = {
            key: replace(_switched(p, settings, today), staffed=key in staffed) for key, p in self.partners.items()
        }
        switches = {
            key: replace(s, value=str(settings.get(f"switch.{key}", s.value))) for key, s in self.switches.items()
        }
        return replace(self, partners=partners, switches=switches)


def _switched(partner: Partner, settings: Mapping[str, object], today: date | None) -> Partner:
    state, until = partner.state, partner.until
    if f"partner.{partner.id}.state" in settings:
        state = str(settings[f"partner.{partner.id}.state"])
        last = settings.get(f"partner.{partner.id}.until")
        until = date.fromisoformat(last) if isinstance(last, str) and last else None
    if until and today and today > until:
        state = "open"
    agreed = settings.get(f"partner.{partner.id}.contact_days")
    least = agreed if isinstance(agreed, int) else 0
    return replace(
        partner,
        state=state,
        until=until if state != "open" else None,
        agreed=least > 0,
        least_days=least,
        contact_days=max(partner.contact_days, least),
    )
