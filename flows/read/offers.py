"""Reads the offers of a chart: `[offer.name]` tables, which outcomes use by name."""

from __future__ import annotations

from flows.model.chart import Offer
from flows.model.faults import meant
from flows.read.conditions import CONDITION_KEYS
from flows.read.rows import Rows, Table

OFFER_KEYS = CONDITION_KEYS | {
    "row", "to", "urgent", "topic", "hand", "say", "days", "own_yes", "line", "warn", "meanwhile", "like",
}  # fmt: skip
OWN = CONDITION_KEYS | {"like"}
"""What an offer never takes over from the one that it is `like`."""


def read_offers(rows: Rows, table: Table) -> dict[str, Offer]:
    """Return the offers of this chart by their full names, in the order of the file."""
    return {f"{rows.chart}.offer.{name}": _offer(rows, name, row, table) for name, row in table.items()}


def _offer(rows: Rows, name: str, row: Table, all: Table) -> Offer:
    """Read one. With `like` it takes over what it does not say itself from another offer of the same chart."""
    step, said, warned = f"offer.{name}", name, name
    rows.known(step, row, OFFER_KEYS)
    if "like" in row:
        like = all.get(row["like"], {})
        if not like or "like" in like:
            rows.fault(step, f'like = "{row["like"]}" is no offer that says all itself.{meant(row["like"], all)}')
        said, warned = (name if key in row else str(row["like"]) for key in ("say", "warn"))
        own = OWN | {"meanwhile"} if "say" in row else OWN
        row = {key: value for key, value in like.items() if key not in own} | dict(row)
    to = row.get("to", ())
    if not to:
        rows.fault(step, 'an offer names who helps: to = "…"')
    return Offer(
        id=f"{rows.chart}.offer.{name}",
        row=rows.text(step, row, "row"),
        to=(to,) if isinstance(to, str) else tuple(to),
        say=rows.text(step, row, "say"),
        topic=rows.text(step, row, "topic"),
        when=rows.condition(step, row),
        urgent=bool(row.get("urgent", False)),
        hand=tuple(rows.full(question) for question in row.get("hand", ())),
        days=_days(rows, step, row),
        own_yes=bool(row.get("own_yes", False)),
        line=str(row.get("line", "")),
        warn=str(row.get("warn", "")).strip(),
        meanwhile=bool(row.get("meanwhile", False)),
        words=f"{rows.chart}.offer.{said}",
        warned=f"{rows.chart}.offer.{warned}",
    )


def _days(rows: Rows, step: str, row: Table) -> tuple[int, int] | None:
    if "days" not in row:
        return None
    match row["days"]:
        case [int(claim), int(contact)]:
            return claim, contact
    rows.fault(step, "days are two whole numbers of working days, to pick up and to make contact: days = [2, 5]")
    return None
