"""Calls: what a resident who does not read the chat must be told in another way; of a lead only the newest word.

Guards the rule that nothing is done twice: whoever is second to do something with a call finds it changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from db.records.codes import new_token
from db.store import Upsert
from db.tables import calls


@dataclass(frozen=True, slots=True)
class Call:
    """One call: about which lead, who must hear it, and the word itself. `token` names it in buttons.

    The clock looks at it at `due_at`; `rung` is how often it asked, `tries` how often the resident was not reached.
    """

    lead: int
    token: str
    person: str
    word: dict[str, Any]
    made_at: datetime
    due_at: datetime
    rung: int = 0
    tries: int = 0


_c = calls.c
_COLUMNS = [_c[field.name] for field in fields(Call)]
_NEWER = ("token", "person", "word", "made_at", "due_at", "rung", "tries")
_PUT = Upsert(
    lambda insert: (into := insert(calls)).on_conflict_do_update(
        index_elements=["wijk", "lead"], set_={name: into.excluded[name] for name in _NEWER}
    )
)
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_OF_LEAD = _ALL.where(_c.lead == bindparam("lead"))
_BY_TOKEN = _ALL.where(_c.token == bindparam("token"))
_DUE = _ALL.where(_c.due_at <= bindparam("now")).order_by(_c.due_at).limit(bindparam("limit"))


def put(
    tx: Connection, wijk: str, lead: int, person: str, word: Mapping[str, Any], now: datetime, due_at: datetime
) -> Call:
    """Keep what this person must be told about a lead; an older word about it that was not said goes."""
    call = Call(lead, new_token(), person, dict(word), now, due_at)
    tx.execute(_PUT.on(tx), {"wijk": wijk} | {field.name: getattr(call, field.name) for field in fields(Call)})
    return call


def of_lead(tx: Connection, wijk: str, lead: int) -> Call | None:
    """Return what must be said about this lead, or None."""
    row = tx.execute(_OF_LEAD, {"wijk": wijk, "lead": lead}).first()
    return Call(*row) if row is not None else None


def by_token(tx: Connection, wijk: str, token: str) -> Call | None:
    """Return the call that a button names; None when it was said, or a newer word took its place."""
    row = tx.execute(_BY_TOKEN, {"wijk": wijk, "token": token}).first()
    return Call(*row) if row is not None else None


def due(tx: Connection, wijk: str, now: datetime, limit: int) -> list[Call]:
    """Return at most `limit` calls at which it is time to look, those that wait longest first."""
    return [Call(*row) for row in tx.execute(_DUE, {"wijk": wijk, "now": now, "limit": limit})]


def note(tx: Connection, wijk: str, call: Call, due_at: datetime, *, rung: int, tries: int) -> bool:
    """Note how often the clock asked and how often nobody answered; False when it changed since it was read."""
    same = _c.token == call.token, _c.rung == call.rung, _c.tries == call.tries, _c.due_at == call.due_at
    values = {"rung": rung, "tries": tries, "due_at": due_at}
    return tx.execute(update(calls).where(_c.wijk == wijk, *same).values(values)).rowcount == 1


def done(tx: Connection, wijk: str, token: str) -> bool:
    """Let this call go, because it was said; False when it was gone."""
    return tx.execute(delete(calls).where(_c.wijk == wijk, _c.token == token)).rowcount == 1


def drop(tx: Connection, wijk: str, lead: int) -> None:
    """Let what must be said about this lead go, because it is not true any more or nobody has to say it."""
    tx.execute(delete(calls).where(_c.wijk == wijk, _c.lead == lead))
