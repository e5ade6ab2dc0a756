"""A lead and one of its moves, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

HANDED: Final = ("give", "take_over")
"""The reasons of events by which another member of the same inbox has a lead."""

KEEP: Final = "\0keep"
"""Stands for the assignee that the lead has already."""


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead. `resident`, `sender` and `packet` are None once it was erased. `token` names it in buttons, only there.

    `resident` is whom it is about, `sender` who tapped; they differ when a worker fills in. `needs` are the pairs of
    service and topic that it is about; None when it is older than they are. `inbox` is the one that really receives it:
    that of a partner, or `coordinator`. `together` is the code that the leads of a combined visit share. `consent` is
    the ledger entry that the lead rests on. An open lead has an `owner`, who must do something before `due_at`. `rung`
    is how far its ladder was climbed since it moved, `look_at` when the clock looks again, `postponed` how often it was
    moved on. With `open_notices` notices may name who helps. It may continue one that was passed on, and then `asked`
    is a word for what for. `done` are the words for what was done, `volunteer` the first name of who helps without a
    chat: the assignee reports for them. `watchwords` are the words of those who had it; the last one is said now.
    """

    id: int
    token: str
    code: str
    resident: str | None
    sender: str | None
    partner: str
    inbox: str
    row: str
    topic: list[str]
    needs: list[list[str]] | None
    urgent: bool
    status: str
    version: int
    assignee: str | None
    packet: dict[str, Any] | None
    language: str
    created_at: datetime
    claim_by: datetime | None
    contact_by: datetime | None
    first_viewed_at: datetime | None
    together: str | None
    closed_at: datetime | None
    reason: str | None
    consent: int | None
    open_notices: bool | None = None
    owner: str | None = None
    due_at: datetime | None = None
    rung: int | None = None
    look_at: datetime | None = None
    postponed: int | None = None
    done: list[str] | None = None
    continues: int | None = None
    asked: str | None = None
    volunteer: str | None = None
    notes: list[list[str]] | None = None
    watchwords: list[str] | None = None


@dataclass(frozen=True, slots=True)
class LeadEvent:
    """One move. `n` is the version that the lead got by it; `before` is None for the move that made the lead."""

    n: int
    before: str | None
    after: str
    actor: str
    reason: str | None
    at: datetime
