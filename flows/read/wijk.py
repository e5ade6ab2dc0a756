"""Reads the files of a wijk into shapes; every mistake is a `Fault`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from flows.model.faults import Fault, FlowError, meant
from flows.model.wijk import (
    CONNECTOR,
    COORDINATOR,
    MOST_HELP,
    STATES,
    UNKNOWN,
    VALUES,
    Amount,
    Closure,
    Hours,
    Line,
    Partner,
    Service,
    Source,
    Switch,
    WalkIn,
    Wijk,
)
from flows.read.toml import read_toml

Table = Mapping[str, Any]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAST_HELP = 2
"""What one handover can make; with room for less, nothing could be offered."""

LONGEST = timedelta(days=366)
"""How long a partner can be closed at a stretch; one that stays away longer has left."""

CENTURY = 2099
"""The last year of an `until`: a later one is a slip of the pen."""

PARTNER_KEYS = {
    "name", "what", "person", "does", "place", "source", "checked", "open", "closed", "claim_days", "contact_days",
    "urgent_claim_hours", "urgent_contact_days", "instead", "line", "state", "until", "free",
    "matches",
}  # fmt: skip


SANE = {
    "€/m3": (0.3, 6), "€/kWh": (0.05, 2), "€/maand": (1, 1500), "m3/jaar": (50, 5000), "kWh/jaar": (200, 20000),
    "keer": (0.5, 5), "€/jaar": (1, 3000), "€/jaar per lamp": (1, 100),
}  # fmt: skip
"""The units of amounts, and between which figures each of them makes sense for one household."""

FIXED = "tariff.fixed", (1, 60)
"""The fixed costs are euros a month too, but far fewer than a bill."""

LINK = re.compile(r"(?!i_)[A-Za-z0-9_-]{1,64}")
"""The codes that an entry link can carry; those that begin with `i_` are invitations."""


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
        links={key: reader.link(key, row) for key, row in about.get("links", {}).items()},
        most_help=reader.number(about, "most_help", MOST_HELP),
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
                continue
            if not days or found[-1].opens >= found[-1].closes:
                wrong = f"{row['from']}–{row['to']}"
                self.fault(entry, f"opening hours run from early to late, on one day or more; now: {wrong}")
        return tuple(found)

    def closures(self, entry: str, rows: Any) -> tuple[Closure, ...]:
        found = []
        for row in rows or ():
            first, last = (row.get("from"), row.get("until")) if isinstance(row, dict) else (None, None)
            if type(first) is not date or type(last) is not date or set(row) != {"from", "until"}:
                self.fault(entry, "days off look like closed = [{ from = 2026-12-21, until = 2027-01-01 }]")
            elif first > last or last - first > LONGEST:
                self.fault(entry, f"days off run from the first day until the last; now: {first}–{last}")
            else:
                found.append(Closure(first, last))
        return tuple(found)

    def partner(self, key: str, row: Table) -> Partner:
        for word in row:
            if word not in PARTNER_KEYS:
                self.fault(key, f'"{word}" is not known for a partner.{meant(word, PARTNER_KEYS)}')
        state, until = row.get("state", "open"), row.get("until")
        if state not in STATES:
            self.fault(key, f"state is one of {', '.join(STATES)}")
        elif type(until) is not date or until.year > CENTURY if state != "open" else until is not None:
            self.fault(key, 'until is the last day of a state that is not "open": until = 2026-12-14')
            until = None
        return Partner(
            id=key,
            name=self.text(key, row, "name"),
            what=self.text(key, row, "what"),
            person=self.text(key, row, "person"),
            does=self.text(key, row, "does"),
            place=row.get("place", ""),
            known=self.source(key, row),
            hours=self.hours(key, row.get("open")),
            closed=self.closures(key, row.get("closed")),
            instead=row.get("instead", ""),
            line=row.get("line", ""),
            state=state,
            until=until,
            free=row.get("free", False) is True,
            matches=row.get("matches", False) is True,
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

    def link(self, key: str, row: Any) -> str:
        """Read `de_plantage = "Poster bij De Plantage"`: a code, and where it hangs."""
        if not LINK.fullmatch(key):
            self.fault(f"links.{key}", "a code has at most 64 characters of A-Z a-z 0-9 _ -, and no i_ in front")
        return self.text("links", {key: row}, key)

    def number(self, row: Table, key: str, usual: int) -> int:
        value = row.get(key, usual)
        if type(value) is not int or value < LEAST_HELP:
            self.fault("", f"{key} is a whole number, {LEAST_HELP} or more")
            return usual
        return value

    def switch(self, key: str, row: Table) -> Switch:
        entry, value = f"switches.{key}", row.get("value")
        if value not in VALUES:
            self.fault(entry, 'a switch has value = "open", "closed" or "unknown" (when nobody knows it)')
            value = UNKNOWN
        return Switch(key, str(value), self.source(entry, row))

    def amounts(self, table: Table) -> list[tuple[str, Amount]]:
        """Read the `[group.name]` tables: value or persons (1 to 5), unit, source, checked."""
        self.file = "amounts.toml"
        found = []
        for group, rows in table.items():
            for name, row in rows.items():
                entry = f"{group}.{name}"
                persons = {int(size): float(value) for size, value in row.get("persons", {}).items()}
                if not persons and type(row.get("value")) not in (int, float):
                    self.fault(entry, "an amount has a value, or persons with a figure for 1 to 5")
                    continue
                if persons and set(persons) != {1, 2, 3, 4, 5}:
                    self.fault(entry, "persons has a figure for each of 1, 2, 3, 4 and 5")
                unit = self.text(entry, row, "unit")
                value = float(row.get("value", persons.get(2, 0.0)))
                self.sane(entry, unit, persons or {2: value})
                found.append((entry, Amount(value, unit, self.source(entry, row), persons)))
        return found

    def sane(self, entry: str, unit: str, figures: Mapping[int, float]) -> None:
        """Refuse a figure that no household has: a slip such as 140 for 1.40."""
        if unit not in SANE:
            self.fault(entry, f'the unit "{unit}" is not known.{meant(unit, SANE)} There are: {", ".join(SANE)}')
            return
        low, high = FIXED[1] if entry == FIXED[0] else SANE[unit]
        for figure in figures.values():
            if not low <= figure <= high:
                self.fault(entry, f"{figure:g} {unit} cannot be right: it is between {low:g} and {high:g}")

    def refers(self, wijk: Wijk) -> None:
        """Check that everything to which a partner or the wijk points exists."""
        for key, partner in wijk.partners.items():
            if key in (COORDINATOR, CONNECTOR):
                wrong = "is the word for the coordination or the wijkverbinders, and no partner: choose another one"
                self.faults.append(Fault("partners.toml", key, wrong))
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
