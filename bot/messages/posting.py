"""The last thing that a turn does: messages get their ids and go into the outbox.

Guards the rule that what members see cannot wander: whatever goes to somebody who works here cannot be forwarded or
saved. Telegram takes that only with a new message, so one that becomes a lead by an edit has it from the start
(`docs/decisions/0022-what-members-see.md`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.messages.message import DANGER, Outgoing, to_row
from db.people import conversations, members
from db.queue import held_messages, outbox, sequence
from db.store import Tx
from db.types.encrypted import fingerprint

RESERVED = 64
"""How many ids are drawn for each update before its turn, in the statement that also gives the wijk its turn."""


def post(
    tx: Tx,
    wijk: str,
    messages: Sequence[Outgoing],
    addresses: Mapping[str, str],
    now: datetime,
    ids: range,
    hidden: Mapping[str, bool] | None = None,
) -> list[Outgoing]:
    """Put these messages into the outbox under `ids`; when there are too few ids, draw those that are missing.

    `addresses` says where each person is reached; a message that cannot arrive is dropped. A group is nobody's id: from
    here on its address stands only in what is encrypted, beside a keyed fingerprint of it.
    What is replaced is not posted, and is taken out of the outbox where it waits. `hidden` says of the people whose
    turns were taken whether they keep the chat hidden; of all others it is asked. What comes for who does is held, and
    not given back.
    """
    newest = {(each.to, each.replaces): each for each in messages}
    arriving = [
        each
        for each in messages
        if (each.to in addresses or ":" in each.to) and (not each.replaces or newest[each.to, each.replaces] is each)
    ]
    if len(arriving) > len(ids):
        sequence.draw(tx, wijk, len(arriving) - len(ids))  # they follow on: nobody else draws in the meantime
    working = members.among(tx, wijk, {each.to for each in arriving if _stays(each)})
    posted = [
        replace(
            each,
            id=id,
            to=_kept(each.to),
            address=addresses.get(each.to, each.to if ":" in each.to else ""),
            protected=each.fleeting or (each.to in working and _stays(each)),
        )
        for id, each in enumerate(arriving, start=ids.start)
    ]
    known = hidden or {}
    others = {each.to for each in posted if each.can_be_held and each.to not in known and ":" not in each.to}
    away = {person for person, hides in known.items() if hides} | conversations.hidden(tx, wijk, others)
    held_messages.add(tx, wijk, [to_row(each.held) for each in posted if each.to in away and each.is_news], now)
    if away:
        posted = [each for each in posted if each.to not in away or _passes(each, tapped=each.to in known)]
    rows = [to_row(each) for each in posted]
    outbox.drop_replaced(tx, wijk, rows)
    outbox.add(tx, wijk, rows, now)
    return posted


def _passes(message: Outgoing, *, tapped: bool) -> bool:
    """Return whether this goes out while its reader keeps the chat hidden.

    The edit of a card that they `tapped` in this batch does not: were the card gone, it would come as a new message.
    """
    return not message.can_be_held and (message.edit is None or message.neutral or not tapped)


def _kept(to: str) -> str:
    return f"group:{fingerprint(to)[:16]}" if ":" in to else to


def _stays(message: Outgoing) -> bool:
    """Return whether this must stay where it is, if its reader works here.

    Numbers to call in danger need not, nor the charts, which everybody reads. What only takes buttons away is never a
    new message.
    """
    private = ":" not in message.to
    in_danger = message.priority == DANGER and not message.neutral
    return private and not message.free and not in_danger and bool(message.text)
