"""The messages that wait for one person, and which of them goes next.

Guards the order that a person sees: the most urgent message goes first and within one priority the oldest, an edit goes
past new messages that are held, and an older edit never comes after a newer one of the same message.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from bot.messages.message import DANGER, Outgoing


class ChatQueue:
    """One person's messages. `moved` says which new message took the place of an edited one.

    `tries` and `faults` count what went wrong with the message that is sent now; `held`: a message had to wait for the
    rate limit.
    """

    __slots__ = ("_edits", "_new", "_rested", "faults", "held", "moved", "tries")

    def __init__(self, tries: int) -> None:
        self._new: list[tuple[int, int, Outgoing]] = []
        self._edits: dict[tuple[int, bool], Outgoing] = {}
        self.tries, self.faults, self.held = tries, 0, False
        self.moved: dict[int, int] = {}
        self._rested: set[int] = set()

    def __bool__(self) -> bool:
        """Return whether anything waits."""
        return bool(self._new or self._edits)

    @property
    def danger(self) -> bool:
        """Return whether danger waits, which goes before all else."""
        return bool(self._new) and self._new[0][0] == DANGER

    def add(self, message: Outgoing) -> list[int]:
        """Add a message; return the ids of those that need not be sent any more, which may include its own.

        Of messages that replace the same only the newest is sent, and of edits of one message only the newest, but
        taking its buttons away takes no text away. A question is not sent as a new card when a newer edit of a card
        waits: only a message that arrived can be edited, so that card came through before a crash, or is not wanted
        now.
        """
        if message.edit is None:
            return self._add_new(message)
        whole, bare = (self._edits.get((message.edit, text)) for text in (True, False))
        if any(one.id > message.id for one in (whole, None if message.text else bare) if one is not None):
            return [message.id]
        same = whole if message.text else bare
        overtaken = [] if same is None else [same.id]
        if message.text and bare is not None and bare.id < message.id:
            overtaken.append(bare.id)
            del self._edits[message.edit, False]
        self._edits[message.edit, bool(message.text)] = message
        if message.card:
            overtaken += self._drop({one.id for one in self._questions() if one.id < message.id})
        return overtaken

    def _add_new(self, message: Outgoing) -> list[int]:
        heappush(self._new, (message.priority, message.id, message))
        if not message.replaces:
            return []
        alike = {each.id for _, _, each in self._new if each.replaces == message.replaces}
        newest = max(alike)
        shown = message.card and any(edit.card and edit.id > newest for edit in self._edits.values())
        return self._drop(alike if shown else alike - {newest})

    def _questions(self) -> list[Outgoing]:
        """Return the new cards that may be left out."""
        return [each for _, _, each in self._new if each.card and each.replaces]

    def _drop(self, ids: set[int]) -> list[int]:
        """Take these new messages out."""
        if ids:
            self._new = [entry for entry in self._new if entry[1] not in ids]
            heapify(self._new)
        return sorted(ids)

    def first(self) -> Outgoing | None:
        """Return the message that goes first, if anything waits."""
        new = self._new[0][2] if self._new else None
        edit = self.first_edit()
        return new or edit if new is None or edit is None else min(new, edit, key=lambda each: (each.priority, each.id))

    def first_edit(self) -> Outgoing | None:
        """Return the oldest edit, if there is one."""
        return min(self._edits.values(), key=lambda each: each.id, default=None)

    def take(self, message: Outgoing) -> None:
        """Take this message out, because it is under way: it is `first` or `first_edit`."""
        if message.edit is None:
            heappop(self._new)
        else:
            del self._edits[message.edit, bool(message.text)]

    def rested(self) -> None:
        """Note that this person's rest is over: all messages in here waited, and may have been taken back meanwhile."""
        self._rested = set(self._ids())

    def doubts(self, message: Outgoing) -> bool:
        """Return whether this waited so long that the outbox must be asked if it is still to be sent; never danger."""
        if message.priority == DANGER:
            return False
        return message.id in self._rested or (self.held and message.edit is None)

    def clear(self) -> list[int]:
        """Take everything out; return the ids."""
        ids = self._ids()
        self._new.clear()
        self._edits.clear()
        return ids

    def _ids(self) -> list[int]:
        return [id for _, id, _ in self._new] + [edit.id for edit in self._edits.values()]
