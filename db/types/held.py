"""What each table and column may hold of a person: why, on which ground, until when, and what an erasure does with it.

Guards the rule that nothing is kept of which nobody said until when. It is said beside the column, and from there come
the erasure (`db/people/personal_data.py`), what /mijngegevens shows, the clock that forgets
(`bot/leads/clocks/retention.py`), `docs/retention.md` (`make charts`), and a test: a column or table without a line
fails `make check`.

A new table has `info=kept(…)` behind its columns. A new column has `info=` one of four:

- `names("who took it", Then.EMPTY)`: it holds the id of a person; when they are erased, this happens to it.
- `tells("what they answered", of="person")`: it says something of the person whose id is in the column `of`.
- `of_lead("what it is about", Then.ROW)`: it holds the number of a lead; this happens when that lead is blanked:
  it was withdrawn or erased, or closed long ago.
- `nothing("what it is")`: it says nothing of anybody.

What must go earlier than its row has an `Until` of its own; when that says after how long, the clock sees to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, MetaData, Table

ANSWERS, SEEN, GROUPS = timedelta(days=7), timedelta(hours=48), timedelta(days=1)
"""How long answers of somebody idle, the ids of updates (Telegram repeats them for a day), and that a group was
answered, are kept."""

SAID, HIDDEN = timedelta(hours=48), timedelta(days=14)
"""How long the ids of what people wrote are kept (a bot can delete it for so long), and what came while they kept the
chat hidden."""

LEADS, SENT, INVITED = timedelta(days=30), timedelta(days=30), timedelta(days=30)
"""How long the content of a lead is kept after it closed, which message was sent to whom, and an invitation that was
used or is too old."""

SOUND, SPOKEN = timedelta(hours=24), timedelta(days=30)
"""How long a sound stands in a chat (a bot can delete it for 48 hours), and can be asked for again."""

NOTICES = timedelta(days=14)
"""How long a notice that names no helper waits to be opened."""

AUDIT, FAULTS, COUNTS = timedelta(days=365), timedelta(days=90), timedelta(days=800)
"""How long it is known who did what (domain.md §4.3), what went wrong, and how often a link was used on a day."""

MOST_FAULTS = 10_000
"""So many faults of one kind are kept at most, whatever goes wrong."""


class Then(StrEnum):
    """What happens to a value when the person, or the content of the lead, is erased."""

    ROW = "the row is deleted"
    EMPTY = "emptied"
    WRITTEN_OVER = "written over with `erased`"
    STAYS = "stays"


class Ground(StrEnum):
    """On which ground something is kept. Whoever is responsible decides; these are the grounds that the code is made
    for."""

    ASKED = "the person wrote to the bot and wants an answer"
    YES = "the resident's yes on the consent card"
    WORK = "working for an organisation that takes part"
    ACCOUNT = "being able to account for what was done"
    NOBODY = "none is needed: it says nothing of anybody"


@dataclass(frozen=True, slots=True)
class Until:
    """Until when: in words, and where the clock can tell, after how long and since when.

    `since` is a column of the same table. `where` is a condition in SQL to say more: true of a row that is too old;
    `:before` in it is the moment of `after` ago.
    """

    words: str
    after: timedelta | None = None
    since: str = ""
    where: str = ""

    @property
    def condition(self) -> str:
        return self.where or f"{self.since} < :before"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is said of a table: what its rows are for, the ground, until when a row stays, and what bounds their number.

    Of more than `most` rows in a wijk the oldest go; None where the bound is another one.
    """

    what: str
    ground: Ground
    until: Until
    bound: str
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What is said of a column. `of` is the column that names the person: itself, another one, or none.

    `then` is what an erasure of that person does, `blanked` what happens when the lead that it names is blanked.
    `until` is None where the value stays as long as its row.
    """

    what: str
    of: str = ""
    then: Then = Then.STAYS
    blanked: Then | None = None
    until: Until | None = None


def kept(what: str, ground: Ground, until: Until | str, bound: str, most: int | None = None) -> dict[str, Any]:
    """Say this of a table."""
    return {"kept": Kept(what, ground, Until(until) if isinstance(until, str) else until, bound, most)}


def names(what: str, then: Then, until: Until | None = None) -> dict[str, Any]:
    """Say of a column that it holds the id of a person."""
    return {"held": Held(what, "itself", then, until=until)}


def tells(what: str, of: str, then: Then = Then.ROW, until: Until | None = None) -> dict[str, Any]:
    """Say of a column that it tells something of the person whose id is in the column `of`.

    With `Then.ROW` it goes with the row of that person, with `Then.EMPTY` it is emptied when that id is; what stays
    must say nothing of anybody once the id is gone.
    """
    return {"held": Held(what, of, then, until=until)}


def of_lead(what: str, blanked: Then) -> dict[str, Any]:
    """Say of a column that it holds the number of a lead."""
    return {"held": Held(what, blanked=blanked)}


def nothing(what: str) -> dict[str, Any]:
    """Say of a column that it says nothing of anybody."""
    return {"held": Held(what)}


def said_of(column: Column[Any]) -> Held:
    """Return what is said of this column; KeyError when nobody said anything."""
    held: Held = column.info["held"]
    return held


def naming(tables: MetaData) -> Iterator[tuple[Table, Column[Any], Held]]:
    """Yield every column that holds the id of a person; what refers to a table comes before it."""
    for table in reversed(tables.sorted_tables):
        for column in table.columns:
            if said_of(column).of == "itself":
                yield table, column, said_of(column)


def told_of(table: Table, column: Column[Any]) -> list[Column[Any]]:
    """Return the columns of this table that tell something of the person whose id is in that column."""
    return [each for each in table.columns if said_of(each).of == column.name]


def unsaid(tables: MetaData) -> list[str]:
    """Return every table and column of which nobody said what it holds, and every line that contradicts itself."""
    faults = []
    for table in tables.sorted_tables:
        if not isinstance(table.info.get("kept"), Kept):
            faults.append(f"{table.name}: no kept(…)")
        for column in table.columns:
            where = f"{table.name}.{column.name}"
            held = column.info.get("held")
            if not isinstance(held, Held):
                faults.append(f"{where}: no names(…), tells(…), of_lead(…) or nothing(…)")
            elif held.of not in ("", "itself", *table.columns.keys()):
                faults.append(f"{where}: there is no column {held.of}")
            elif Then.EMPTY in (held.then, held.blanked) and not column.nullable:
                faults.append(f"{where}: it cannot be emptied")
    return faults
