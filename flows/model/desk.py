"""The desk: the statuses of a lead, the moves between them, and which role may do which act (field.md §1.3).

One table, read from `desk.toml`; the code, the drawing and the tests follow it, and what is not in it is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import time

ROLES = ("resident", "worker", "partner", "coordinator", "deputy", "connector", "system")

OWNERS = ("inbox", "assignee", "coordinator", "resident", "system")
"""Who may own the next step of an open lead; `system` when it waits for a day."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where a lead stands. `next` is who owns the next step, `clock` which clock runs until then.

    A `final` status closes the lead and has neither; every other one has both. With `stays` its resident still sees
    what ended so, for as long as it is kept.
    """

    id: str
    label: str
    resident: str
    next: str = ""
    clock: str = ""
    final: bool = False
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a lead. `who` may make it by the rules of the field; `shown` are the roles that have a button for it.

    `tell` is the phrase that the resident then gets. With `takes`, the member who makes the move takes the lead; with
    `drops` nobody has it any more. `weeks` are asked too: so many weeks from now it goes on. With `more` its button
    stands behind *Meer*. With `reports` it is asked afterwards what was done. `asks` are what somebody else can be
    asked to do, when it is passed on.
    """

    name: str
    sources: tuple[str, ...]
    to: str
    who: tuple[str, ...]
    label: str = ""
    tell: str = ""
    shown: tuple[str, ...] = ()
    takes: bool = False
    drops: bool = False
    more: bool = False
    reports: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)
    weeks: tuple[int, ...] = ()
    asks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """Some of what can have been done, by key with the label: after these services, or after every one.

    A lead with one of these ticks counts once for `figure`, if there is one.
    """

    ticks: Mapping[str, str]
    services: tuple[str, ...] = ()
    figure: str = ""


@dataclass(frozen=True, slots=True)
class VisitTimes:
    """When a visit can be: at these `hours`, within so many `days`; it takes so many `minutes`.

    Whoever is asked about one answers within `answer` working days; then who proposed it hears that no answer came.
    """

    hours: tuple[time, ...] = ()
    days: int = 14
    answer: int = 2
    minutes: int = 60


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole table. A new lead stands at `start`; `acts` are the roles that may do each act besides moves.

    `days` says how many working days each clock runs, `done` what can be ticked once a lead is completed, `visit` when
    a visit can be.
    """

    statuses: Mapping[str, Status]
    moves: tuple[Move, ...]
    acts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: str = ""
    days: Mapping[str, int] = field(default_factory=dict)
    done: tuple[Done, ...] = ()
    visit: VisitTimes = VisitTimes()

    def may(self, act: str, role: str) -> bool:
        """Return whether this role may do this act; no role may do an act that is not in the table."""
        return role in self.acts.get(act, ())

    @property
    def moves_by_name(self) -> Mapping[str, Move]:
        """The moves by their names."""
        return {move.name: move for move in self.moves}

    def move(self, name: str, status: str, role: str) -> Move | None:
        """Return the move of that name if this role has a button for it at this status, else None."""
        return next((m for m in self.buttons(status, role) if m.name == name), None)

    def buttons(self, status: str, role: str) -> tuple[Move, ...]:
        """Return the moves that this role can make from this status, in the order of the table."""
        return tuple(m for m in self.moves if status in m.sources and role in m.shown)

    def ticks(self, services: Collection[str]) -> Mapping[str, str]:
        """Return what can be ticked under a lead about these services; everything when it does not say which."""
        groups = (each for each in self.done if not (services and each.services) or {*each.services} & {*services})
        return {key: label for each in groups for key, label in each.ticks.items()}

    def reported(self, status: str) -> bool:
        """Return whether it is asked at this status what was done."""
        return any(move.reports and move.to == status for move in self.moves)

    def falls(self, status: str) -> bool:
        """Return whether a lead at this status fell to the coordinator, who must find other help."""
        return self.statuses[status].next == "coordinator"

    def closes(self, status: str) -> bool:
        """Return whether this status ends a lead."""
        return self.statuses[status].final

    @property
    def open(self) -> frozenset[str]:
        """The statuses in which a lead still waits for somebody."""
        return frozenset(key for key, status in self.statuses.items() if not status.final)
