"""Albums: pictures that were sent together come as updates of their own, and get one answer.

Guards the rule that the rest is still heard: a cry for help may stand under any of the pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.messages.message import Incoming
from db.queue import updates
from db.store import Tx
from flows.model.heard import Media


def once_per_album(tx: Tx, wijk: str, channel: str, came: Sequence[Incoming], now: datetime) -> list[Incoming]:
    """Return the same updates; of an album only the first is answered, even when others came in an earlier batch."""
    albums = dict.fromkeys(each.album for each in came if each.album)
    new = updates.claim_albums(tx, wijk, channel, albums, now) if albums else set()
    heard = []
    for each in came:
        if isinstance(each.heard, Media) and each.album and each.album not in new:
            each = replace(each, heard=Media("album", each.heard.words))
        new.discard(each.album)
        heard.append(each)
    return heard
