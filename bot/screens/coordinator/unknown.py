"""What the wijk does not know yet: what the coordinator must fill in or ask again. Dutch only."""

from __future__ import annotations

from datetime import date

from bot.content.loaded import Content
from bot.messages.card import Card, Choice
from bot.messages.taps.members import DashboardTap
from flows.check.ready import SWITCH, Gap, Old, gaps, old
from flows.model.wijk import Wijk

AMOUNTS = "amounts.toml"
MOST = 60
"""Names on the card; more would not fit into one message."""


class Unknown:
    """Draws the list of what nobody filled in or asked again, and the button that leads to it."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the dashboard, in Dutch."""
        return self.content.words.phrase("nl", f"coordinator.{key}", **fields)

    def button(self, wijk: Wijk, today: date) -> Choice | None:
        """Return the button that counts what is not filled in, or else what is old; none when all is known."""
        for key, found in (
            ("gaps_button", list[object](gaps(self.content.charts, wijk, today))),
            ("old_button", list[object](old(wijk, today))),
        ):
            if found:
                return Choice(self.phrase(key, count=len(found)), DashboardTap("gaps"))
        return None

    def card(self, wijk: Wijk, today: date) -> Card:
        """Draw the list: first what is not filled in, then what is old."""
        lacking, again = list(gaps(self.content.charts, wijk, today)), list(old(wijk, today))
        lines = [self.phrase("gap_line", line=self.gap(each)) for each in lacking[:MOST]]
        parts = ["\n".join([self.phrase("gaps", count=len(lacking)), *lines])]
        if again:
            parts.append(self.phrase("old", count=len(again), names=", ".join(self.names(again)[:MOST])))
        parts.append(self.phrase("gaps_where"))
        back = Choice(self.phrase("back"), DashboardTap())
        return Card("\n\n".join(parts), ((back,),), replaces="dashboard")

    def gap(self, gap: Gap) -> str:
        """Say what lacks, in one line."""
        name = self.phrase(gap.name) if gap.kind == SWITCH else gap.name
        return self.phrase(f"gap_{gap.kind}", name=name)

    def names(self, again: list[Old]) -> list[str]:
        """Name what is old; amounts, of which there are many, are counted."""
        named = [each.name for each in again if each.file != AMOUNTS and not each.entry.startswith("switches.")]
        named += [self.phrase(each.name) for each in again if each.entry.startswith("switches.")]
        amounts = sum(each.file == AMOUNTS for each in again)
        return [*dict.fromkeys(named), *([self.phrase("old_amounts", count=amounts)] if amounts else [])]
