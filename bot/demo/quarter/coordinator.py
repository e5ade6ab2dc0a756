"""The coordinator of a quarter: works on Monday and Thursday morning, through their own buttons."""

from __future__ import annotations

from collections import Counter

from bot.demo.quarter.habits import Habit
from bot.demo.quarter.members import AGAIN, Member
from bot.demo.quarter.street import Street, taps
from bot.messages.taps.members import DashboardTap

REACHES, FINISHES = {"contact": 8.0, "try": 1.0, "": 1.0}, {"complete": 5.0, "fail": 0.2, "": 5.0}
"""How likely each move is in help that the coordinator gives."""

FETCHES = 0.25
"""How likely a lead that waits at a partner is brought to the coordinator."""

DECISIONS = ("accept", "reopen", "end", "pass_on", "redirect", "decline", "return")
"""The moves by which a coordinator decides what becomes of a lead."""


class Coordinator(Member):
    """The coordinator: looks on Monday and Thursday morning, and decides what waits there."""

    def __init__(self, street: Street, address: str, name: str, organisation: str) -> None:
        super().__init__(street, address, name, organisation, Habit("coordinator", works=1.0, declines=0.0))
        self.decisions: Counter[int] = Counter()
        self.deciding = False

    def looks(self, again: float = AGAIN) -> None:
        """Decide what lies in the own inbox, and look at what waits at partners."""
        super().looks(again)
        self.fetches()

    def fetches(self) -> None:
        """Look at the first leads that wait elsewhere, and bring some of them here."""
        self.street.type(self.person, "/coordinator")
        message, seen = max(self.person.chat), set[str]()
        while True:
            here = [(tap, data) for tap, data in taps(self.person, message) if isinstance(tap, DashboardTap)]
            found = next(((tap, data) for tap, data in here if tap.act == "lead" and tap.subject not in seen), None)
            if found is None:
                return
            seen.add(found[0].subject)
            self.street.press(self.person, message, found[1])
            if self.dice.random() < FETCHES and self.press(
                lambda tap: isinstance(tap, DashboardTap) and tap.act == "fetch"
            ):
                self.decisions[self.street.week] += 1
            self.press(lambda tap: tap == DashboardTap())

    def decides(self, moves: list[str], likely: dict[str, float] | None = None) -> str:
        """Decide; what waits for a decision is not the same as help that the coordinator took."""
        self.deciding = likely is None and any(each in moves for each in DECISIONS)
        return super().decides(moves, likely)

    def likely(self, moves: list[str]) -> dict[str, float]:
        """Return how likely each move is: nothing that waits for a decision is left for another day."""
        if not self.deciding and "still" not in moves:
            return {**dict.fromkeys(moves, 0.0), **(REACHES if "contact" in moves else FINISHES)}
        found = super().likely(moves)
        return {**found, "": 0.0} if self.deciding else found

    def told(self) -> None:
        """Nothing but Monday and Thursday brings the coordinator here."""

    def did(self, move: str) -> None:
        """Count a decision in its week; the steps of help that the coordinator gives are none."""
        if move in DECISIONS:
            self.decisions[self.street.week] += 1
