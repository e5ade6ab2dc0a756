"""Everything that is read once at the start and never changes while the bot runs: charts, words, the desk, the wijk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter, is_
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.content.files import FLOWS, LOCALE, Files, read_files
from bot.content.offered import Offered
from bot.content.words import INVISIBLE, Words
from flows.hear.alarm import Alarm
from flows.model.chart import Charts
from flows.model.desk import Desk
from flows.model.tip import Tip
from flows.model.wijk import Wijk, nothing_runs
from flows.texts.fields import LANDLORD, of_wijk
from flows.walk.progress import Progress
from flows.walk.walk import Walk

ZONE = ZoneInfo("Europe/Amsterdam")
"""The time zone of the wijk, in which deadlines and hours are told."""

_IN_TEXTS = attrgetter("name", "municipality", "person", "walk_in", "partners", "places", "lines", "services")


@dataclass(frozen=True, slots=True)
class Content:
    """The content, checked for form. `wijk` is as its files say; what the coordinator switched comes on top."""

    charts: Charts
    walk: Walk
    progress: Progress
    words: Words
    desk: Desk
    tips: tuple[Tip, ...]
    wijk: Wijk
    _places: dict[str, tuple[Wijk, dict[str, str | None]]] = field(default_factory=dict, compare=False, repr=False)

    def places(self, wijk: Wijk, language: str) -> dict[str, str | None]:
        """Return the `{fields}` that every text of a chart may hold: where to walk in, whom to ask for or call."""
        worked_out = self._places.get(language)
        if worked_out and _alike(worked_out[0], wijk):  # every card asks for it
            return worked_out[1]
        fields = of_wijk(wijk)
        fields["person"] = self.words.say(language, "wijk.person", wijk.person)
        fields |= {
            f"line_{key}_name": self.words.line(language, each) for key, each in wijk.lines.items() if each.phone
        }
        if landlord := wijk.partners.get(wijk.partner_for(LANDLORD)):
            fields["landlord"] = self.words.partner(language, landlord).strip(INVISIBLE)
        self._places[language] = replace(wijk, runs=nothing_runs), fields  # nothing of a person is kept
        return fields


def contents_of(files: Files, words: Words) -> dict[str, Content]:
    """Return the content of each wijk that was read; they share what is the same.

    Each wijk has only the languages that are offered there.
    """
    walk, progress = Walk(files.charts, Alarm(files.alarm), files.typed), Progress(files.charts)
    offered, found = Offered(files, words), {}
    for home, wijk in zip(files.homes.values(), files.wijken, strict=True):
        own = words.with_own(home)
        found[wijk.id] = Content(
            charts=files.charts,
            walk=walk,
            progress=progress,
            words=own,
            desk=files.desk,
            tips=files.tips,
            wijk=replace(wijk, languages=offered.languages(wijk, own)),
        )
    return found


def load_contents(wijken: Sequence[str], folder: Path = FLOWS, locale: Path = LOCALE) -> dict[str, Content]:
    """Read the content of these wijken. Raises FlowError naming file, step and mistake."""
    files = read_files(folder, wijken)
    return contents_of(files, Words(locale, files.phrases))


def load_content(wijk: str, folder: Path = FLOWS, locale: Path = LOCALE) -> Content:
    """Read all content for one wijk. Raises FlowError naming file, step and mistake."""
    (content,) = load_contents([wijk], folder, locale).values()
    return content


def _alike(one: Wijk, other: Wijk) -> bool:
    """Return whether texts about the wijk say the same in both, whatever runs there for whom."""
    return one is other or all(map(is_, _IN_TEXTS(one), _IN_TEXTS(other)))
