"""When residents are asked whether they were helped: ten days after the end, at an hour when people are awake."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.content.loaded import ZONE

AFTER = timedelta(days=10)
"""So long after the end: then it shows whether it helped, and there is time to go on before the lead is forgotten."""

HOUR = time(10)


def ask_at(ended: datetime) -> datetime:
    """Return when the resident of a lead that ended then is asked."""
    return datetime.combine((ended.astimezone(ZONE) + AFTER).date(), HOUR, ZONE)
