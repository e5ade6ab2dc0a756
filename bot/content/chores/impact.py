"""How many conversations a change of the charts touches: counts only, never who they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.check.diff import Difference
from flows.hear.alarm import Alarm
from flows.model.chart import Charts
from flows.model.place import Place
from flows.model.wijk import Wijk
from flows.walk.walk import Walk


@dataclass(slots=True)
class Impact:
    """Counts what would happen, under the new charts, to places that were kept under the old ones."""

    charts: Charts
    walk: Walk = field(init=False)
    stands: dict[str, Counter[str]] = field(default_factory=dict)
    answered: dict[str, Counter[str]] = field(default_factory=dict)
    notice: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.walk = Walk(self.charts, Alarm())

    def count(self, place: Place, wijk: Wijk) -> None:
        """Count one more conversation, of this wijk."""
        language = place.language or "?"
        self.stands.setdefault(place.step, Counter())[language] += 1
        for given in place.trail:
            self.answered.setdefault(given.step, Counter())[language] += 1
        renamed = self.walk.renames.place(place)
        now = self.walk.replay.now(renamed, wijk)
        if now.step == renamed.step:
            self.notice["nothing"] += 1
        else:
            self.notice["again" if now.trail or now.kept else "anew"] += 1

    def at(self, each: Difference) -> Iterator[str]:
        """Say how many conversations stand at this step, and how many answered it, by language."""
        for counts, what in ((self.stands, "stand here"), (self.answered, "answered here")):
            found = counts.get(each.before)
            if found:
                languages = ", ".join(f"{language} {count}" for language, count in sorted(found.items()))
                yield f"{found.total()} conversations {what} ({languages})"

    def told(self) -> Iterator[str]:
        """Say what all conversations together would notice."""
        yield (
            f"{self.notice.total()} open conversations: {self.notice['nothing']} go on where they are, "
            f"{self.notice['again']} are asked something again, {self.notice['anew']} begin anew."
        )
