"""The last thing that a turn does: messages get their ids and go into the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.messages.message import Outgoing, to_row
from db.queue import outbox, sequence
from db.store import Tx

RESERVED = 64
"""How many ids are drawn for each update before its turn, in the statement that also gives the wijk its turn."""


def post(
    tx: Tx, wijk: str, messages: Sequence[Outgoing], addresses: Mapping[str, str], now: datetime, ids: range
) -> list[Outgoing]:
    """Put these messages into the outbox under `ids`; when there are too few ids, draw those that are missing.

    `addresses` says where each person is reached; a message that cannot arrive is dropped. A group is its own address.
    What is replaced is not posted, and is taken out of the outbox where it waits.
    """
    newest = {(each.to, each.replaces): each for each in messages}
    arriving = [
        each
        for each in messages
        if (each.to in addresses or ":" in each.to) and (not each.replaces or newest[each.to, each.replaces] is each)
    ]
    if len(arriving) > len(ids):
        sequence.draw(tx, wijk, len(arriving) - len(ids))  # they follow on: nobody else draws in the meantime
    posted = [
        replace(each, id=id, address=addresses.get(each.to, "")) for id, each in enumerate(arriving, start=ids.start)
    ]
    rows = [to_row(each) for each in posted]
    outbox.drop_replaced(tx, wijk, rows)
    outbox.add(tx, wijk, rows, now)
    return posted
