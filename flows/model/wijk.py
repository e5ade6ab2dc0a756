"""The shapes of one neighbourhood: its partners, places, numbers, amounts and switches. Facts with a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

COORDINATOR = "coordinator"
"""The inbox of the leads that nobody else can receive."""

STATES = ("open", "paused", "full")


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
    urgent claim in office hours. `instead` takes over while this partner is paused or full. `state` is one of
    `STATES`; `staffed` says whether its inbox has a reader: if not, the coordinator receives the lead.
    """

    id: str
    name: str
    what: str
    person: str
    does: str
    place: str
    known: Source
    hours: tuple[Hours, ...] = ()
    claim_days: int = 2
    contact_days: int = 5
    urgent_claim_hours: int = 4
    urgent_contact_days: int = 1
    instead: str = ""
    line: str = ""
    state: str = "open"
    staffed: bool = True


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
    """Something that is true or not for a while, such as an open fund; the coordinator turns it."""

    name: str
    on: bool
    known: Source


@dataclass(frozen=True, slots=True)
class Wijk:
    """One neighbourhood. Keys of the mappings are ids; `languages` are in the order of the list that residents see."""

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

    def with_switches(self, settings: Mapping[str, object], staffed: frozenset[str]) -> Wijk:
        """Return the wijk as it stands now: with what the coordinator switched, and which inboxes have a reader.

        Settings are named `partner.<id>.state` (one of `STATES`) and `switch.<name>` (true or false).
        """
        partners = {
            key: replace(p, state=str(settings.get(f"partner.{key}.state", p.state)), staffed=key in staffed)
            for key, p in self.partners.items()
        }
        switches = {key: replace(s, on=bool(settings.get(f"switch.{key}", s.on))) for key, s in self.switches.items()}
        return replace(self, partners=partners, switches=switches)
