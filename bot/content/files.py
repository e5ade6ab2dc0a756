"""All content, read in one place from the files of `flows/`; mistakes in charts and wijken are told together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import flows
from flows.model.alarm import Cry
from flows.model.chart import Charts
from flows.model.desk import Desk
from flows.model.faults import Fault, FlowError, meant
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.read.alarm import read_alarm
from flows.read.charts import read_charts, read_phrases, read_tips
from flows.read.desk import read_desk
from flows.read.typed import read_typed
from flows.read.wijk import read_lines, read_wijk
from flows.texts.extract import Message, messages

FLOWS = Path(flows.__file__).parent
LOCALE = FLOWS.parent / "locale"


@dataclass(frozen=True, slots=True)
class Files:
    """The content of all files; `drawing` holds the words of the drawings, `homes` the folder of each wijk."""

    charts: Charts
    wijken: tuple[Wijk, ...]
    tips: tuple[Tip, ...]
    phrases: Mapping[str, str]
    drawing: Mapping[str, str]
    alarm: tuple[Cry, ...]
    typed: Mapping[str, str]
    desk: Desk
    homes: Mapping[str, Path]

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages of all wijken, Dutch first."""
        return tuple(dict.fromkeys(["nl", *(code for wijk in self.wijken for code in wijk.languages)]))

    def messages(self) -> list[Message]:
        """Return everything to translate, including what only one wijk says."""
        return [*self.shared(), *(each for wijk in self.wijken for each in own_messages(wijk))]

    def shared(self) -> list[Message]:
        """Return the texts that all wijken share, to translate in `locale/`."""
        return list(messages(self.charts, (), self.tips, {**self.phrases, **self.drawing}, self.desk))


def own_messages(wijk: Wijk) -> list[Message]:
    """Return what this wijk says about its own partners, to translate in its own folder."""
    return list(messages(Charts({}, {}), (wijk,), (), {}, Desk({}, ())))


def wijk_folder(name: str, folder: Path = FLOWS) -> Path:
    """Return the folder of a wijk: by its name in `flows/wijken`, or as a path to a folder elsewhere."""
    home = folder / "wijken" / name
    return Path(name) if "/" in name and not home.is_dir() else home


def read_files(folder: Path = FLOWS, wijken: Sequence[str] = ()) -> Files:
    """Read every file of content, of all wijken or of these: their names, or paths to their folders.

    Raises FlowError with all mistakes of form together.
    """
    there = {path.name: path for path in sorted((folder / "wijken").iterdir()) if path.is_dir()}
    asked = {name: wijk_folder(name, folder) for name in wijken}
    faults = [
        Fault("wijken", name, f"there is no such folder.{meant(name, there)}")
        for name, home in asked.items()
        if not home.is_dir()
    ]
    homes = {home.name: home for home in asked.values()} if asked else there
    found = []
    lines = read_lines(folder / "lines.toml")
    for home in homes.values() if not faults else ():
        try:
            found.append(read_wijk(home, lines))
        except FlowError as error:
            faults += error.faults
    try:
        charts = read_charts(folder / "charts")
    except FlowError as error:
        raise FlowError([*error.faults, *faults]) from error
    if faults:
        raise FlowError(faults)
    return Files(
        charts=charts,
        wijken=tuple(found),
        tips=read_tips(folder / "tips.toml"),
        phrases={
            **read_phrases(folder / "phrases.toml"),
            **read_phrases(folder / "watchwords.toml"),
            **read_phrases(folder / "sayings.toml"),
            **{f"topics.{k}": v for k, v in charts.topics.items()},
        },
        drawing=read_phrases(folder / "draw.toml"),
        alarm=read_alarm(folder / "alarm.toml"),
        typed=read_typed(folder / "typed.toml") if (folder / "typed.toml").exists() else {},
        desk=read_desk(folder / "desk.toml"),
        homes=homes,
    )
