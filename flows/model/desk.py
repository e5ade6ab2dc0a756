"""The statuses of a lead and the moves between them: one table, read from `desk.toml` (field.md §1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLES = ("resident", "worker", "partner", "coordinator", "system")


@dataclass(frozen=True, slots=True)
class Status:
    """Where a lead stands. `next` is who owns the next step, `clock` which clock runs; `final`: nothing runs on."""

    id: str
    label: str
    resident: str
    next: str = ""
    clock: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that somebody may do with a lead. `tell` is the phrase that the resident then gets."""

    name: str
    sources: tuple[str, ...]
    to: str
    who: tuple[str, ...]
    label: str = ""
    tell: str = ""
    shown: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole table."""

    statuses: Mapping[str, Status]
    moves: tuple[Move, ...]

    def move(self, name: str, status: str, role: str) -> Move | None:
        """The move of that name if this role may make it from this status, else None."""
        return next((m for m in self.moves if m.name == name and status in m.sources and role in m.who), None)

    def buttons(self, status: str, role: str) -> tuple[Move, ...]:
        """The moves that stand as buttons under a lead, in the order of the table."""
        return tuple(m for m in self.moves if m.shown and status in m.sources and role in m.who)

    @property
    def open(self) -> frozenset[str]:
        """The statuses in which a lead still waits for somebody."""
        return frozenset(key for key, status in self.statuses.items() if not status.final)
