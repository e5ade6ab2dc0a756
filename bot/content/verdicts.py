"""Both words about help that ended, in figures: that of whoever ended it, and the resident's, which is the one that
counts. Silence is unknown.

Guards the rule that nobody is named: a code stands there only while its lead is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.content.loaded import Content
from db.leads.consent import verdicts
from db.leads.consent.verdicts import SAID, Both
from db.store import Tx

UNKNOWN = "unknown"

GOOD = {"helped", "partly", "not_needed", "elsewhere"}
"""The words of whoever ended it which say that all is well."""


def found(content: Content, tx: Tx, since: datetime, until: datetime) -> list[Both]:
    """Return both words about each time that a lead ended in this time."""
    ends = [key for key, each in content.desk.statuses.items() if each.stays]
    return verdicts.both(tx, content.wijk.id, ends, since, until)


def differs(both: Both) -> bool:
    """Return whether one says that the resident was helped, and the other that they were not."""
    if both.theirs in GOOD:
        return both.said == "not_yet"
    return both.said in ("yes", "bit")


def residents(content: Content, ends: Sequence[Both]) -> list[tuple[str, int]]:
    """Return about how many leads their residents said what last, and how often both words differed."""
    counts = Counter(each.said or UNKNOWN for each in {each.lead: each for each in ends}.values())
    lines = [(f"said_{key}", counts[key]) for key in (*SAID, UNKNOWN)]
    lines.append(("said_differs", sum(map(differs, ends))))
    return [(content.words.phrase("nl", f"coordinator.{key}"), number) for key, number in lines]


def beside(content: Content, ends: Sequence[Both]) -> list[tuple[str, int]]:
    """Return how often each pair of words was said: that of whoever ended it, and the resident's."""
    pairs = Counter((each.theirs or "", each.said or UNKNOWN) for each in ends)
    labels = {key: text for move in content.desk.moves for key, text in move.reasons.items()}
    return [
        (f"{labels.get(theirs, '-')} | {word(content, said)}", many) for (theirs, said), many in sorted(pairs.items())
    ]


def word(content: Content, said: str) -> str:
    """Return what a resident said in a word or two, as partners read it."""
    return content.words.phrase("nl", f"coordinator.word_{said}")
