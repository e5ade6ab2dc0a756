"""Whoever watches the quarter: does every open lead have an owner, and did each promise pass with a word?

It trusts nothing of the code that keeps promises. What was promised it reads in the messages that residents got, and in
the day that the store has for them at that moment; what counts as a word is a message about that lead that the resident
did not ask for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.content.loaded import ZONE, Content
from db.leads import counts, due, leads
from db.leads.lead import Lead
from db.people import members
from db.store import Store, Tx
from flows.model.wijk import COORDINATOR

CODE = re.compile(r"\bKOP-[0-9A-Z]+\b")
ABANDONED = timedelta(days=7)
"""So long after its moment an open lead has nobody who looks after it: a weekend and the days of Christmas fit in."""

FAR = 120
"""So many days ahead a day in a text is looked for."""

RING = ("📞", "📵")
"""The signs of a notice that somebody must ring a resident who does not read the chat. Such a task counts as a word."""

AGREED = "✅"
"""What a message begins with that says which visit was agreed. Its reader chose the time, so it is an answer; and it is
the contact that was promised."""


class Watch:
    """Reads along with residents, and looks at the store once a day."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.store: Store | None = None
        self.residents: dict[str, str] = {}
        self.known: dict[str, tuple[int, str]] = {}
        self.owed: dict[str, date] = {}
        self.away: set[str] = set()
        self.silent: list[tuple[str, date]] = []
        self.ownerless: dict[str, date] = {}
        self.promised = self.moved = 0
        self._days_in: dict[tuple[str, date], dict[str, date]] = {}

    def lives_here(self, address: str, language: str) -> None:
        """Note that this is a resident, who reads this language now."""
        self.residents[address] = language

    def reads(self, address: str, text: str, now: datetime, *, answer: bool) -> None:
        """Note a message that arrived; `answer` says whether its reader just did something."""
        codes = list(dict.fromkeys(CODE.findall(text)))
        if address not in self.residents:
            for code in codes if any(sign in text for sign in RING) else ():
                if code in self.known and self.known[code][1] in self.away:
                    self._word(code, now)
            return
        days = self._days(text, address, now)
        for code in codes:
            first = code not in self.known
            self.known.setdefault(code, (self._id(code), address))
            if first:  # the receipt, or the new code of a lead that was passed on
                self._goes_on(address)
                self._promise(code, self._day(code, now))
            elif not answer or text.startswith(AGREED):
                self._word(code, now)
            if first or not answer:  # a notice that is opened may be an old one, after which came another
                for day in (day for named, day in days if named == code):
                    self._promise(code, day)

    def looks(self, now: datetime) -> None:
        """Look at a day that is over: which promises passed without a word, and which open leads have no owner."""
        today = now.astimezone(ZONE).date()
        for code, day in sorted(self.owed.items()):
            lead = self._lead(code)
            if lead is None or lead.packet is None or lead.status == "withdrawn":  # the resident wants nothing more
                del self.owed[code]
            elif day < today:
                del self.owed[code]
                rung = self.known[code][1] in self.away and lead.contact_by is None  # there was contact
                if not rung:
                    self.silent.append((code, day))
        for code in self._without_owner(now):
            self.ownerless.setdefault(code, today)

    @property
    def kept(self) -> bool:
        """Whether every lead had an owner, and every promise passed with a word."""
        return not self.ownerless and not self.silent

    def verdict(self) -> list[str]:
        """Return what went wrong, and two lines that programs may look for: they are the same in every language."""
        wrong = [f"{code}: no owner since {since}" for code, since in self.ownerless.items()]
        wrong += [f"{code}: promised by {day}, and not a word" for code, day in self.silent]
        return [
            *wrong,
            f"{len(self.ownerless)} leads without an owner",
            f"{len(self.silent)} promises passed in silence",
        ]

    def _goes_on(self, address: str) -> None:
        """Note that what was owed about leads of this resident that were passed on is owed about the new ones."""
        for code in [each for each in self.owed if self.known[each][1] == address]:
            lead = self._lead(code)
            if lead is not None and lead.status == "redirected":
                del self.owed[code]

    def _word(self, code: str, now: datetime) -> None:
        """Note a word to a resident: what was owed is kept, and what the store says now is owed."""
        before = self.owed.pop(code, None)
        day = self._day(code, now)
        self.moved += before is not None and day is not None and day > before
        self._promise(code, day)

    def _promise(self, code: str, day: date | None) -> None:
        """Note that a word is owed by this day; of two days the first counts."""
        if day is not None:
            self.promised += code not in self.owed
            self.owed[code] = min(day, self.owed.get(code, day))

    def _days(self, text: str, address: str, now: datetime) -> list[tuple[str, date]]:
        """Return the days that a text names as a promise, each with the code before it.

        A line that asks (no news by then?) says what the resident can do, and promises nothing.
        """
        known = self._written(self.residents[address], now.astimezone(ZONE).date())
        found, code = [], ""
        for line in text.split("\n"):
            code = next(iter(CODE.findall(line)), code)
            if code and not line.rstrip(" \u200f\u2069").endswith(("?", "؟")):
                found += [(code, day) for words, day in known.items() if words in line]
        return found

    def _day(self, code: str, now: datetime) -> date | None:
        """Return the day by which this resident is to hear something, if it is still to come."""
        lead = self._lead(code)
        if lead is None or lead.closed_at or lead.contact_by is None or lead.contact_by <= now:
            return None
        return lead.contact_by.astimezone(ZONE).date()

    def _without_owner(self, now: datetime) -> list[str]:
        """Return the codes of open leads for which nobody does anything."""
        assert self.store is not None
        wijk, desk = self.content.wijk.id, self.content.desk
        with self.store.read() as tx:
            fell = {status: desk.falls(status) for status in desk.open}
            found = [each.code for each in due.stuck(tx, wijk, fell, now - ABANDONED)]
            inboxes = [*self.content.wijk.partners, COORDINATOR]
            total = counts.count_open(tx, wijk)
            open_ones = leads.open_of_inboxes(tx, wijk, inboxes, total + 1)
            found += [each.code for each in open_ones if not _somebody(tx, wijk, each)]
            found += ["?"] * (total - len(open_ones))  # it lies in an inbox that does not exist
        return found

    def _written(self, language: str, today: date) -> Mapping[str, date]:
        """Return how the coming days are written in this language."""
        if (language, today) not in self._days_in:
            days = (today + timedelta(days=number) for number in range(FAR))
            self._days_in[language, today] = {self.content.words.day(language, day): day for day in days}
        return self._days_in[language, today]

    def _lead(self, code: str) -> Lead | None:
        assert self.store is not None
        with self.store.read() as tx:
            return leads.by_code(tx, self.content.wijk.id, code)

    def _id(self, code: str) -> int:
        found = self._lead(code)
        return found.id if found else 0


def _somebody(tx: Tx, wijk: str, lead: Lead) -> bool:
    """Return whether whoever must do something for this lead is there."""
    match lead.owner:
        case "assignee":
            return any(each.organisation == lead.inbox for each in members.of(tx, wijk, lead.assignee or ""))
        case "inbox":
            return bool(members.members_of(tx, wijk, lead.inbox))
        case "coordinator":
            return bool(members.coordinators(tx, wijk))
    return lead.owner in ("system", "resident")
