"""Reads the files of a wijk and the desk into shapes; every mistake is a `Fault`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

from flows.model.desk import ROLES, Desk, Move, Status
from flows.model.faults import Fault, FlowError, meant
from flows.model.wijk import STATES, Amount, Hours, Line, Partner, Service, Source, Switch, WalkIn, Wijk
from flows.read.charts import read_toml

Table = Mapping[str, Any]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTNER_KEYS = {
    "name", "what", "person", "does", "place", "source", "checked", "open", "claim_days", "contact_days",
    "urgent_claim_hours", "urgent_contact_days", "instead", "line", "state",
}  # fmt: skip


def read_wijk(folder: Path, shared: Mapping[str, Line]) -> Wijk:
    """Read one neighbourhood: `wijk.toml`, `partners.toml` and `amounts.toml`, with the lines that all wijken share.

    Raises FlowError with every mistake.
    """
    reader = _Reader()
    about = read_toml(folder / "wijk.toml")
    partners = {key: reader.partner(key, row) for key, row in read_toml(folder / "partners.toml").items()}
    amounts = dict(reader.amounts(read_toml(folder / "amounts.toml")))
    reader.file = "wijk.toml"
    places = {key: reader.place(key, row) for key, row in about.get("places", {}).items()}
    wijk = Wijk(
        id=folder.name,
        name=reader.text("", about, "name"),
        municipality=reader.text("", about, "municipality"),
        person=reader.text("", about, "person"),
        languages=tuple(about.get("languages", ("nl",))),
        walk_in=reader.text("", about, "walk_in"),
        partners=partners,
        places=places,
        lines={**shared, **{key: reader.line(f"lines.{key}", row) for key, row in about.get("lines", {}).items()}},
        switches={key: reader.switch(key, row) for key, row in about.get("switches", {}).items()},
        amounts=amounts,
        services={key: reader.service(key, row) for key, row in about.get("services", {}).items()},
    )
    reader.refers(wijk)
    if reader.faults:
        raise FlowError(reader.faults)
    return wijk


def read_lines(path: Path) -> dict[str, Line]:
    """Read the numbers that all wijken share. Raises FlowError with every mistake."""
    reader = _Reader()
    reader.file = path.name
    lines = {key: replace(reader.line(key, row), shared=True) for key, row in read_toml(path).items()}
    if reader.faults:
        raise FlowError(reader.faults)
    return lines


def read_desk(path: Path) -> Desk:
    """Read the table of statuses and moves. Raises FlowError with every mistake."""
    table, faults = read_toml(path), []
    statuses = {key: Status(id=key, **row) for key, row in table.get("status", {}).items()}
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
            reasons=dict(row.get("reasons", {})),
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
    if faults:
        raise FlowError(faults)
    return Desk(statuses, tuple(moves), acts, start)


def _acts(table: Table, before: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, roles in table.items():
        if isinstance(roles, dict):
            yield from _acts(roles, f"{before}{name}.")
        else:
            yield f"{before}{name}", tuple(roles)


class _Reader:
    """Reads the tables of one wijk and collects its faults."""

    def __init__(self) -> None:
        self.file = "partners.toml"
        self.faults: list[Fault] = []

    def fault(self, entry: str, message: str) -> None:
        self.faults.append(Fault(self.file, entry, message))

    def text(self, entry: str, row: Table, key: str) -> str:
        if not isinstance(row.get(key), str) or not row[key].strip():
            self.fault(entry, f'"{key}" must be a text between quotes')
            return ""
        return str(row[key]).strip()

    def source(self, entry: str, row: Table) -> Source:
        checked = row.get("checked")
        if not isinstance(row.get("source"), str) or not isinstance(checked, int | date):
            self.fault(
                entry, 'says where it comes from and when it was last checked: source = "…", checked = 2026-11-22'
            )
            return Source("", 0)
        return Source(row["source"], checked)

    def hours(self, entry: str, rows: Any) -> tuple[Hours, ...]:
        found = []
        for row in rows or ():
            try:
                days = tuple(DAYS.index(day) for day in row["days"])
                found.append(Hours(days, time.fromisoformat(row["from"]), time.fromisoformat(row["to"])))
            except (KeyError, ValueError, TypeError):
                self.fault(entry, 'hours look like { days = ["tue", "wed"], from = "09:00", to = "12:00" }')
        return tuple(found)

    def partner(self, key: str, row: Table) -> Partner:
        for word in row:
            if word not in PARTNER_KEYS:
                self.fault(key, f'"{word}" is not known for a partner.{meant(word, PARTNER_KEYS)}')
        if row.get("state", "open") not in STATES:
            self.fault(key, f"state is one of {', '.join(STATES)}")
        return Partner(
            id=key,
            name=self.text(key, row, "name"),
            what=self.text(key, row, "what"),
            person=self.text(key, row, "person"),
            does=self.text(key, row, "does"),
            place=row.get("place", ""),
            known=self.source(key, row),
            hours=self.hours(key, row.get("open")),
            instead=row.get("instead", ""),
            line=row.get("line", ""),
            state=row.get("state", "open"),
            claim_days=int(row.get("claim_days", 2)),
            contact_days=int(row.get("contact_days", 5)),
            urgent_claim_hours=int(row.get("urgent_claim_hours", 4)),
            urgent_contact_days=int(row.get("urgent_contact_days", 1)),
        )

    def place(self, key: str, row: Table) -> WalkIn:
        address = row.get("address", "")
        return WalkIn(
            key, self.text(key, row, "name"), address, self.hours(key, row.get("open")), self.source(key, row)
        )

    def service(self, key: str, row: Any) -> Service:
        """Read `money_desk = "goos"`, or a table with the partner and with words of the wijk's own."""
        entry = f"services.{key}"
        if isinstance(row, str):
            return Service(key, row)
        for word in row:
            if word not in ("partner", "say"):
                self.fault(entry, f'"{word}" is not known for a service.{meant(word, ("partner", "say"))}')
        return Service(key, self.text(entry, row, "partner"), self.text(entry, row, "say") if "say" in row else "")

    def line(self, key: str, row: Table) -> Line:
        phone = row.get("phone")
        if not isinstance(phone, str):
            self.fault(key, 'a line has a number between quotes, or phone = "" while nobody knows it')
            phone = ""
        name = self.text(key, row, "name")
        return Line(key.rpartition(".")[2], name, phone.strip(), self.source(key, row))

    def switch(self, key: str, row: Table) -> Switch:
        if not isinstance(row.get("value"), bool):
            self.fault(key, "a switch has value = true or value = false")
        return Switch(key, bool(row.get("value")), self.source(key, row))

    def amounts(self, table: Table) -> list[tuple[str, Amount]]:
        """Read the `[group.name]` tables: value or persons (1 to 5), unit, source, checked."""
        self.file = "amounts.toml"
        found = []
        for group, rows in table.items():
            for name, row in rows.items():
                entry = f"{group}.{name}"
                persons = {int(size): float(value) for size, value in row.get("persons", {}).items()}
                if not persons and not isinstance(row.get("value"), int | float):
                    self.fault(entry, "an amount has a value, or persons with a figure for 1 to 5")
                if persons and set(persons) != {1, 2, 3, 4, 5}:
                    self.fault(entry, "persons has a figure for each of 1, 2, 3, 4 and 5")
                unit = self.text(entry, row, "unit")
                value = float(row.get("value", persons.get(2, 0.0)))
                found.append((entry, Amount(value, unit, self.source(entry, row), persons)))
        return found

    def refers(self, wijk: Wijk) -> None:
        """Check that everything to which a partner or the wijk points exists."""
        for key, partner in wijk.partners.items():
            for word, value, known in (
                ("place", partner.place, wijk.places),
                ("instead", partner.instead, wijk.partners),
                ("line", partner.line, wijk.lines),
            ):
                if value and value not in known:
                    self.faults.append(
                        Fault("partners.toml", key, f'{word} = "{value}" does not exist.{meant(value, known)}')
                    )
        for service in wijk.services.values():
            if service.partner not in wijk.partners:
                wrong = f'"{service.partner}" is not in partners.toml.{meant(service.partner, wijk.partners)}'
                self.fault(f"services.{service.id}", wrong)
        if wijk.walk_in and wijk.walk_in not in wijk.places:
            self.fault("", f'walk_in = "{wijk.walk_in}" is no place.{meant(wijk.walk_in, wijk.places)}')
