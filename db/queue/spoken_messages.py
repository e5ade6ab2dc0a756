"""What was spoken about a lead, and may be listened to: what the channel calls each sound, for 30 days.

Guards the rule that the bot keeps no sound itself; who may hear one is said in `bot/leads/talk/voice.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from db.records.codes import new_token
from db.tables import spoken_messages


@dataclass(frozen=True, slots=True)
class SpokenMessage:
    """One message that was spoken, to the resident of the lead or to who helps; `token` names it in its button."""

    token: str
    lead: int
    speaker: str
    to_resident: bool
    sound: str
    language: str
    made_at: datetime


_c = spoken_messages.c
_COLUMNS = [_c[each.name] for each in fields(SpokenMessage)]
_GET = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"), _c.token == bindparam("token"))


def add(
    tx: Connection, wijk: str, *, lead: int, speaker: str, to_resident: bool, sound: str, language: str, now: datetime
) -> str:
    """Keep what the channel calls this sound; return the token of its button."""
    row = SpokenMessage(new_token(), lead, speaker, to_resident, sound, language, now)
    values = {each.name: getattr(row, each.name) for each in fields(SpokenMessage)}
    tx.execute(insert(spoken_messages), {"wijk": wijk, **values})
    return row.token


def get(tx: Connection, wijk: str, token: str) -> SpokenMessage | None:
    """Return the message that a button names, or None when it is not kept (any more)."""
    row = tx.execute(_GET, {"wijk": wijk, "token": token}).first()
    return None if row is None else SpokenMessage(*row)
