"""Reads the desk: the statuses of a lead, and what each role may do; every mistake is a `Fault`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Any

from flows.model.desk import OWNERS, ROLES, Desk, Done, Move, Status, VisitTimes
from flows.model.faults import Fault, FlowError, meant
from flows.read.toml import read_toml

Table = Mapping[str, Any]


def read_desk(path: Path) -> Desk:
    """Read the table of statuses and moves. Raises FlowError with every mistake."""
    table, faults = read_toml(path), []
    statuses = {key: Status(id=key, **row) for key, row in table.get("status", {}).items()}
    days = dict(table.get("days", {}))
    for key, each in statuses.items():
        faults += [Fault(path.name, f"status.{key}", lacks) for lacks in _unowned(each, days)]
    moves = []
    for row in table.get("move", []):
        move = Move(
            name=row["name"],
            sources=tuple(row["from"]),
            to=row["to"],
            who=tuple(row["who"]),
            label=row.get("label", ""),
            tell=row.get("tell", ""),
            shown=tuple(row.get("shown", ())),
            takes=row.get("takes", False),
            drops=row.get("drops", False),
            more=row.get("more", False),
            reports=row.get("reports", False),
            reasons=dict(row.get("reasons", {})),
            weeks=tuple(row.get("weeks", ())),
            asks=dict(row.get("asks", {})),
        )
        moves.append(move)
        for status in (*move.sources, move.to):
            if status not in statuses:
                faults.append(Fault(path.name, move.name, f'"{status}" is no status.{meant(status, statuses)}'))
        for role in move.who:
            if role not in ROLES:
                faults.append(Fault(path.name, move.name, f'"{role}" is no role.{meant(role, ROLES)}'))
        for role in move.shown:
            if role not in move.who and {role, *move.who} <= {*ROLES}:
                faults.append(Fault(path.name, move.name, f'it is shown to "{role}", who may not do it'))
    acts = dict(_acts(table.get("may", {})))
    for act, roles in acts.items():
        for role in roles:
            if role not in ROLES:
                faults.append(Fault(path.name, f"may.{act}", f'"{role}" is no role.{meant(role, ROLES)}'))
    start = table.get("start", "")
    if start not in statuses:
        faults.append(Fault(path.name, "start", f'"{start}" is no status.{meant(start, statuses)}'))
    visit = table.get("visit", {})
    faults += [
        Fault(path.name, "visit", f'"{each}" is no time, such as "9.00"') for each in _odd(visit.get("hours", ()))
    ]
    if faults:
        raise FlowError(faults)
    done = tuple(
        Done(dict(row["ticks"]), tuple(row.get("services", ())), row.get("figure", ""))
        for row in table.get("done", {}).values()
    )
    times = VisitTimes(**visit | {"hours": tuple(sorted(_time(each) for each in visit.get("hours", ())))})
    return Desk(statuses, tuple(moves), acts, start, days, done, times)


def _unowned(status: Status, days: Mapping[str, int]) -> Iterator[str]:
    """Say what lacks at a status, so that a lead there would wait for nobody, or for ever."""
    if status.final:
        if status.next or status.clock:
            yield "a final status has no `next` and no `clock`: nobody has to do anything"
        return
    if status.next not in OWNERS:
        yield f'"{status.next}" owns no next step.{meant(status.next, OWNERS)}'
    if status.clock not in days:
        yield f'"{status.clock}" is no clock of [days].{meant(status.clock, days)}'


def _odd(hours: Iterable[str]) -> Iterator[str]:
    """Yield what is no time of the day."""
    for each in hours:
        try:
            _time(each)
        except ValueError:
            yield each


def _time(written: str) -> time:
    hour, _, minute = written.partition(".")
    return time(int(hour), int(minute))


def _acts(table: Table, before: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, roles in table.items():
        if isinstance(roles, dict):
            yield from _acts(roles, f"{before}{name}.")
        else:
            yield f"{before}{name}", tuple(roles)
