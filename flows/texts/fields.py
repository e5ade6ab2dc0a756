"""The `{fields}` that texts may hold: one place that says which names the bot fills in where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from string import Formatter

from flows.model.chart import Outcome, Question, Step
from flows.model.wijk import Wijk

LANDLORD = "landlord_repair"
"""The service whose partner is the `{landlord}` of the wijk."""

SOME = ("money_desk", LANDLORD)
"""The services whose partners are named where residents read who we are."""

PLACES = frozenset({"place", "municipality", "wijk", "person", "landlord", "some"})
"""Fields that every text may hold: the door to walk to, the municipality, the wijk, whom to ask for, the landlord, and
some of those with whom we work."""

CONSENT = frozenset({"name", "partner", "packet", "fallback"})
MESSAGE, RELAYED = "message", frozenset({"to"})
"""What a step asks for whose words go to another person, and the field that names that person there."""

TIP = frozenset({"euros"})
NONE: frozenset[str] = frozenset()

CALLED = re.compile(r"(?<![\d-])(?:0[89]\d\d-\d{4,7}|0\d{1,3}-\d{5,8}|11[23])(?![\d-]|\.nl)")
"""Numbers to call as they are written in texts: 0800-9009, 088-1600300, 112."""


FIELD = re.compile(r"\{(\w+)\}")
"""One `{field}` in a text."""


def units(text: str) -> int:
    """Return the length of this text as Telegram counts it: in UTF-16 units, so that an emoji counts for two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=8192)
def fields_in(text: str) -> tuple[str, ...]:
    """Return the names of the `{fields}` in a text that was checked; cached, because every text is read many times."""
    return tuple(dict.fromkeys(FIELD.findall(text)))


def fields_of(text: str) -> frozenset[str]:
    """Return the names of the `{fields}` in a text; ValueError for an open brace or a field without a plain name."""
    found = set()
    for _literal, name, spec, conversion in Formatter().parse(text):
        if name is not None:
            if not name.isidentifier() or spec or conversion:
                raise ValueError(f"{{{name}}}")
            found.add(name)
    return frozenset(found)


def of_wijk(wijk: Wijk) -> dict[str, str | None]:
    """Return what any text of a chart may hold about the wijk: its door, landlord, numbers; None for what it lacks.

    A line of text with a field that is None is not shown, nor is such a button.
    """
    known: dict[str, str | None] = {
        "place": wijk.places[wijk.walk_in].name,
        "municipality": wijk.municipality,
        "wijk": wijk.name,
        "person": wijk.person,
        "landlord": landlord.name if (landlord := wijk.partners.get(wijk.partner_for(LANDLORD))) else None,
    }
    partners = dict.fromkeys(wijk.partner_for(service) for service in SOME)
    known["some"] = ", ".join(wijk.partners[each].name for each in partners if each in wijk.partners) or None
    for line in wijk.lines.values():
        known[f"line_{line.id}"] = line.phone or None
        known[f"line_{line.id}_name"] = line.name if line.phone else None
    return known


def without_unknown(text: str, fields: Mapping[str, object]) -> str:
    """Return the text without the lines that hold a field which is None."""
    kept = [line for line in text.split("\n") if not any(fields.get(name, "") is None for name in fields_in(line))]
    return "\n".join(kept)


def allowed(step: Step, lines: Iterable[str], *, anywhere: bool = False) -> frozenset[str]:
    """Return the fields that are filled in when this step is shown; `lines` are the numbers that the wijk has."""
    known = PLACES | {name for line in lines for name in (f"line_{line}", f"line_{line}_name")}
    match step:
        case Question(write=field) if field == MESSAGE:
            return known | {"name"} | RELAYED
        case Question() if not anywhere:
            return known | (CONSENT if step.consent else {"name"})
        case Outcome() if step.refer:
            return known | {"receipts"}
        case Outcome() if step.relay:
            return known | RELAYED
        case _:
            return known


def required(step: Step) -> frozenset[str]:
    """Return the fields that a step must hold: what is shared, the receipt after it, who reads what is written."""
    match step:
        case Question(consent=True):
            return frozenset({"packet", "partner"})
        case Outcome(refer=True):
            return frozenset({"receipts"})
        case Question(write=field) if field == MESSAGE:
            return RELAYED
        case Outcome(relay=to) if to:
            return RELAYED
        case _:
            return NONE
