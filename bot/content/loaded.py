"""Everything that is read once at the start and never changes while the bot runs: charts, words, the desk, the wijk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import flows
from bot.content.words import INVISIBLE, Words
from flows.model.chart import Charts
from flows.model.desk import Desk
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.read.charts import read_charts, read_phrases, read_tips
from flows.read.wijk import read_alarm, read_desk, read_lines, read_wijk
from flows.texts.fields import LANDLORD, of_wijk
from flows.walk.progress import Progress
from flows.walk.walk import Walk

FLOWS = Path(flows.__file__).parent
LOCALE = FLOWS.parent / "locale"
ZONE = ZoneInfo("Europe/Amsterdam")
"""The clock on the wall of the wijk: deadlines and hours are told in it."""


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
        """The `{fields}` that every text of a chart may hold: where to walk to, whom to ask for, whom to call."""
        worked_out = self._places.get(language)
        if worked_out and worked_out[0] is wijk:  # every card asks for it
            return worked_out[1]
        fields = of_wijk(wijk)
        fields["person"] = self.words.say(language, "wijk.person", wijk.person)
        if landlord := wijk.partners.get(wijk.partner_for(LANDLORD)):
            fields["landlord"] = self.words.partner(language, landlord).strip(INVISIBLE)
        self._places[language] = wijk, fields
        return fields


def wijk_folder(name: str, folder: Path = FLOWS) -> Path:
    """The folder of a wijk: by its name in `flows/wijken`, or as a path to a folder elsewhere."""
    home = folder / "wijken" / name
    return Path(name) if "/" in name and not home.is_dir() else home


def load_content(wijk: str, folder: Path = FLOWS, locale: Path = LOCALE) -> Content:
    """Read all content for one wijk. Raises FlowError naming file, step and mistake."""
    charts, home = read_charts(folder / "charts"), wijk_folder(wijk, folder)
    return Content(
        charts=charts,
        walk=Walk(charts, read_alarm(folder / "alarm.toml")),
        progress=Progress(charts),
        words=Words(locale, read_phrases(folder / "phrases.toml")).with_own(home),
        desk=read_desk(folder / "desk.toml"),
        tips=read_tips(folder / "tips.toml"),
        wijk=read_wijk(home, read_lines(folder / "lines.toml")),
    )


def load_contents(wijken: Sequence[str], folder: Path = FLOWS, locale: Path = LOCALE) -> dict[str, Content]:
    """Read the content of each wijk; they share what is the same. Raises FlowError naming file, step and mistake."""
    first = load_content(wijken[0], folder, locale)
    lines = {key: line for key, line in first.wijk.lines.items() if line.shared}
    homes = {name: wijk_folder(name, folder) for name in wijken[1:]}
    rest = {
        name: replace(first, wijk=read_wijk(home, lines), words=first.words.with_own(home), _places={})
        for name, home in homes.items()
    }
    return {wijken[0]: first, **rest}
