"""The chores of whoever writes texts: check the content, draw the charts, bring the catalogs up to date.

Each command prints what it found and returns an exit code: 0 when all is well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.content import catalogs
from bot.content.impact import Impact
from bot.content.loaded import FLOWS, LOCALE, ZONE, wijk_folder
from bot.content.words import Words
from db.people import conversations
from db.store import Store
from flows.check.content import check, stale, unsaid, unserved
from flows.check.diff import ADDED, CHANGED, REMOVED, RENAMED, differences
from flows.draw.charts import drawings
from flows.model.chart import Charts
from flows.model.desk import Desk
from flows.model.faults import Fault, FlowError, meant
from flows.model.place import Place
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.read.charts import read_charts, read_phrases, read_tips
from flows.read.wijk import read_alarm, read_desk, read_lines, read_wijk
from flows.texts.extract import Message, messages
from flows.walk.names import DOORS

DRAWN = FLOWS.parent / "docs" / "charts"


@dataclass(frozen=True, slots=True)
class Content:
    """All content as it stands in the files; `drawing` holds the words of the drawings, `homes` each wijk's folder."""

    charts: Charts
    wijken: tuple[Wijk, ...]
    tips: tuple[Tip, ...]
    phrases: Mapping[str, str]
    drawing: Mapping[str, str]
    alarm: Mapping[str, tuple[str, ...]]
    desk: Desk
    homes: Mapping[str, Path]

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages of all wijken, Dutch first."""
        return tuple(dict.fromkeys(["nl", *(code for wijk in self.wijken for code in wijk.languages)]))

    def messages(self) -> list[Message]:
        """Everything to translate, also what only one wijk says."""
        return [*self.shared(), *(each for wijk in self.wijken for each in own_messages(wijk))]

    def shared(self) -> list[Message]:
        """What all wijken share, to translate in `locale/`."""
        return list(messages(self.charts, (), self.tips, {**self.phrases, **self.drawing}, self.desk))


def own_messages(wijk: Wijk) -> list[Message]:
    """What this wijk says about its own partners, to translate in its own folder."""
    return list(messages(Charts({}, {}), (wijk,), (), {}, Desk({}, ())))


def read_content(folder: Path = FLOWS, only: str = "") -> Content:
    """Read every file of content, of all wijken or of `only` one: its name, or a path to its folder.

    Raises FlowError with all mistakes of form together.
    """
    faults: list[Fault] = []
    wijken = []
    homes = {path.name: path for path in sorted((folder / "wijken").iterdir()) if path.is_dir()}
    if only:
        home = wijk_folder(only, folder)
        if not home.is_dir():
            raise FlowError([Fault("wijken", only, f"there is no such folder.{meant(only, homes)}")])
        homes = {home.name: home}
    lines = read_lines(folder / "lines.toml")
    for home in homes.values():
        try:
            wijken.append(read_wijk(home, lines))
        except FlowError as error:
            faults += error.faults
    try:
        charts = read_charts(folder / "charts")
    except FlowError as error:
        raise FlowError([*error.faults, *faults]) from error
    if faults:
        raise FlowError(faults)
    return Content(
        charts=charts,
        wijken=tuple(wijken),
        tips=read_tips(folder / "tips.toml"),
        phrases=read_phrases(folder / "phrases.toml"),
        drawing=read_phrases(folder / "draw.toml"),
        alarm=read_alarm(folder / "alarm.toml"),
        desk=read_desk(folder / "desk.toml"),
        homes=homes,
    )


def check_command(folder: Path = FLOWS, locale: Path = LOCALE, only: str = "") -> int:
    """`koppelkans check`: every mistake in the content and in the catalogs, and what was not checked for long.

    `only` looks at one wijk, with the charts that all share; mistakes of other wijken do not count.
    """
    try:
        content = read_content(folder, only)
    except FlowError as error:
        return _told(error.faults, "")
    words = Words(locale, content.phrases)
    found: list[Fault] = []
    for wijk in content.wijken:
        found += check(
            content.charts, wijk, content.tips, content.phrases, content.alarm, content.desk,
            words.with_own(content.homes[wijk.id]).say, wijk.languages, DOORS,
        )  # fmt: skip
    found += _catalog_faults(content, locale)
    today = datetime.now(ZONE).date()
    old = list(dict.fromkeys(each for wijk in content.wijken for each in stale(wijk, today)))
    if old:
        print(f"To ask again ({len(old)}): not checked for a long time. This is no mistake.")
        print("".join(f"  {each}\n" for each in old), end="")
    alone = [each for wijk in content.wijken for each in unserved(content.charts, wijk)]
    if alone:
        print(f"Goes to the coordinator ({len(alone)}): nobody offers this in the wijk. This is no mistake.")
        print("".join(f"  {each}\n" for each in alone), end="")
    silent = [each for wijk in content.wijken for each in unsaid(content.charts, wijk)]
    if silent:
        print(f"Not shown ({len(silent)}): the wijk lacks what it names. This is no mistake.")
        print("".join(f"  {each}\n" for each in silent), end="")
    steps, offers = len(content.charts.steps), sum(len(getattr(s, "offers", ())) for s in content.charts.steps.values())
    return _told(
        dict.fromkeys(found),
        f"The content is in order: {len(content.charts.flows)} charts, {steps} steps, {offers} offers, "
        f"{len(content.languages)} languages.",
    )


def draw_command(
    check: bool = False, folder: Path = FLOWS, locale: Path = LOCALE, drawn: Path = DRAWN, only: str = ""
) -> int:
    """`koppelkans draw`: write every drawing; with `check` only say which are not up to date.

    Drawn are the names of the first wijk; those of `only` another one go into a folder of its own.
    """
    try:
        content = read_content(folder, only)
    except FlowError as error:
        return _told(error.faults, "")
    wijk = content.wijken[0]
    words = Words(locale, content.phrases).with_own(content.homes[wijk.id])
    languages = wijk.languages if only else content.languages
    pages = drawings(content.charts, wijk, content.desk, {**content.phrases, **content.drawing}, words.say, languages)
    if only:
        drawn = drawn / wijk.id
    wanted = {drawn / name: text for name, text in pages.items()}
    readme = drawn.parent.parent / "README.md"
    if readme.exists() and not only:
        wanted[readme] = _with_drawing(readme.read_text("utf-8"), pages)
    return _written(wanted, set(drawn.glob("*.md")), check, "charts")


def words_command(check: bool = False, folder: Path = FLOWS, locale: Path = LOCALE, only: str = "") -> int:
    """`koppelkans words`: bring all catalogs up to date; with `check` only say what is old, missing or broken.

    With `only` one wijk nothing is written but the words in its own folder.
    """
    try:
        content = read_content(folder, only)
        wanted = {} if only else catalogs.wanted(content.shared(), locale, content.languages)
        for wijk in content.wijken:
            wanted |= catalogs.wanted_own(own_messages(wijk), content.homes[wijk.id], wijk.languages)
    except FlowError as error:
        return _told(error.faults, "")
    except ValueError as error:
        print(f"locale/: a catalog cannot be read: {error}")
        return 1
    code = _written(wanted, set(), check, "words")
    if not check:
        return code
    return max(code, _told(_catalog_faults(content, locale), "The catalogs are whole."))


def _catalog_faults(content: Content, locale: Path) -> Iterator[Fault]:
    """What is wrong with the words that all share, and then with those of each wijk."""
    yield from catalogs.faults(content.shared(), locale, content.languages)
    for wijk in content.wijken:
        yield from catalogs.faults(own_messages(wijk), content.homes[wijk.id], wijk.languages, catalogs.own_po)


def _with_drawing(page: str, pages: Mapping[str, str]) -> str:
    """The page with the drawing of the chart that it names between `<!-- chart: name -->` and `<!-- /chart -->`."""

    def fresh(found: re.Match[str]) -> str:
        drawing = re.search(r"```mermaid\n.*?\n```", pages[f"{found[1]}.nl.md"], re.DOTALL)
        return f"<!-- chart: {found[1]} -->\n{drawing[0] if drawing else ''}\n<!-- /chart -->"

    return re.sub(r"<!-- chart: (\w+) -->.*?<!-- /chart -->", fresh, page, flags=re.DOTALL)


def diff_command(
    old: Path, new: Path, store: Store | None = None, wijken: Sequence[str] = (), locale: Path = LOCALE
) -> int:
    """`koppelkans diff OLD NEW`: what changed between two folders with charts/, and whom and what it touches.

    With a store: how many conversations of these wijken stand there now, and what each of them would notice.
    """
    try:
        before, after = read_charts(old / "charts"), read_charts(new / "charts")
        found = differences(before, after)
        homes = {wijk: new if (new / "wijken" / wijk).is_dir() else FLOWS for wijk in wijken}
        shared = read_lines(FLOWS / "lines.toml")
        known = {wijk: read_wijk(home / "wijken" / wijk, shared) for wijk, home in homes.items()}
    except FlowError as error:
        return _told(error.faults, "")
    impact = Impact(after) if store else None
    if store and impact:
        with store.read() as tx:
            for name, wijk in known.items():
                for place in conversations.places(tx, name):
                    impact.count(Place.from_dict(place), wijk)
    signs = {ADDED: "+", REMOVED: "-", RENAMED: ">", CHANGED: "~"}
    for each in found:
        was = f", was {each.before}" if each.kind == RENAMED else ""
        print(f"{signs[each.kind]} {each.step}: {each.kind}{was}")
        lines = [*each.what, *(impact.at(each) if impact else ())]
        print("".join(f"    {line}\n" for line in lines), end="")
    print(f"{len(found)} differences." if found else "Nothing changed in the charts.")
    for line in [*(impact.told() if impact else ()), *_to_translate(before, after, locale)]:
        print(line)
    return 0


def _to_translate(before: Charts, after: Charts, locale: Path) -> Iterator[str]:
    """For each language the texts whose Dutch is new, and that its catalog does not have yet."""
    said = {(each.context, each.text) for each in messages(before, (), (), {}, Desk({}, ()))}
    fresh = [each for each in messages(after, (), (), {}, Desk({}, ())) if (each.context, each.text) not in said]
    for language, catalog in Words(locale, {}).catalogs.items():
        lacking = [m.context for m in fresh if not any((name, m.text) in catalog for name in (m.context, *m.was))]
        if lacking:
            yield f"{language}: {len(lacking)} texts to translate: {', '.join(lacking)}"


def _told(faults: Iterable[Fault], well: str) -> int:
    told = [str(fault) for fault in faults]
    print("\n".join(told) if told else well)
    if told:
        print(f"{len(told)} to repair.")
    return 1 if told else 0


def _written(wanted: Mapping[Path, str], there: set[Path], check: bool, chore: str) -> int:
    """Write what differs and remove what is no longer wanted; with `check` only name it."""
    old = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    gone = sorted(there - set(wanted))
    if check:
        for path in [*old, *gone]:
            print(f"{path.parent.name}/{path.name} is not up to date. Run: make {chore}")
        return 1 if old or gone else 0
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
    for path in gone:
        path.unlink()
    print(f"{len(wanted)} files, {len(old)} written, {len(gone)} removed.")
    return 0
