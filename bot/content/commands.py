"""The chores of people who write texts: check the content, draw the charts, bring the catalogs up to date.

Each command prints what it found and returns an exit code: 0 when all is well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.content import catalogs, checks
from bot.content.files import FLOWS, LOCALE, Files, own_messages, read_files
from bot.content.impact import Impact
from bot.content.loaded import ZONE
from bot.content.words import Words
from db.people import conversations
from db.store import Store
from flows.check.content import stale, unsaid, unserved
from flows.check.diff import ADDED, CHANGED, REMOVED, RENAMED, differences
from flows.draw.charts import drawings
from flows.model.chart import Charts
from flows.model.desk import Desk
from flows.model.faults import Fault, FlowError
from flows.model.place import Place
from flows.read.charts import read_charts
from flows.read.wijk import read_lines, read_wijk
from flows.texts.extract import messages

DRAWN = FLOWS.parent / "docs" / "charts"


def check_command(folder: Path = FLOWS, locale: Path = LOCALE, only: str = "") -> int:
    """Run `koppelkans check`: print the verdict, every mistake in content and catalogs, and what is no mistake.

    That is: facts that were not checked for a long time, what goes to the coordinator, and what is not shown. With
    `only`, it checks one wijk and the charts that all share; mistakes of other wijken do not count.
    """
    try:
        content = read_files(folder, [only] if only else ())
    except FlowError as error:
        return _told(error.faults, "")
    words = Words(locale, content.phrases)
    found: list[Fault] = []
    for wijk in content.wijken:
        found += checks.faults(content, wijk, words.with_own(content.homes[wijk.id]).say, wijk.languages)
    found += _catalog_faults(content, locale)
    today = datetime.now(ZONE).date()
    old = [each for wijk in content.wijken for each in stale(wijk, today)]
    alone = [each for wijk in content.wijken for each in unserved(content.charts, wijk)]
    silent = [each for wijk in content.wijken for each in unsaid(content.charts, wijk)]
    steps, offers = len(content.charts.steps), sum(len(getattr(s, "offers", ())) for s in content.charts.steps.values())
    code = _told(
        dict.fromkeys(found),
        f"The content is in order: {len(content.charts.flows)} charts, {steps} steps, {offers} offers, "
        f"{len(content.languages)} languages.",
    )
    _tell_too("To ask again", "not checked for a long time", list(dict.fromkeys(old)))
    _tell_too("Goes to the coordinator", "nobody offers this in the wijk", alone)
    _tell_too("Not shown", "the wijk lacks what it names", silent)
    return code


def draw_command(
    check: bool = False, folder: Path = FLOWS, locale: Path = LOCALE, drawn: Path = DRAWN, only: str = ""
) -> int:
    """Run `koppelkans draw`: write every drawing; with `check`, only say which are not up to date.

    The drawings hold the names of the first wijk; with `only`, those of that wijk, in a folder of its own.
    """
    try:
        content = read_files(folder, [only] if only else ())
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
    """Run `koppelkans words`: bring all catalogs up to date; with `check`, only say what is old, missing or broken.

    With `only`, it writes nothing but the words in that wijk's own folder.
    """
    try:
        content = read_files(folder, [only] if only else ())
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


def _catalog_faults(content: Files, locale: Path) -> Iterator[Fault]:
    """Find what is wrong with the words that all share, and then with those of each wijk."""
    yield from catalogs.faults(content.shared(), locale, content.languages)
    for wijk in content.wijken:
        yield from catalogs.faults(own_messages(wijk), content.homes[wijk.id], wijk.languages, catalogs.own_po)


def _with_drawing(page: str, pages: Mapping[str, str]) -> str:
    """Return the page with a fresh drawing between each `<!-- chart: name -->` and `<!-- /chart -->`."""

    def fresh(found: re.Match[str]) -> str:
        drawing = re.search(r"```mermaid\n.*?\n```", pages[f"{found[1]}.nl.md"], re.DOTALL)
        return f"<!-- chart: {found[1]} -->\n{drawing[0] if drawing else ''}\n<!-- /chart -->"

    return re.sub(r"<!-- chart: (\w+) -->.*?<!-- /chart -->", fresh, page, flags=re.DOTALL)


def diff_command(
    old: Path, new: Path, store: Store | None = None, wijken: Sequence[str] = (), locale: Path = LOCALE
) -> int:
    """Run `koppelkans diff OLD NEW`: print what changed between two folders with charts/, and whom and what it touches.

    With a store, it counts how many conversations of these wijken stand there now, and what each would notice.
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
    """Name for each language the texts with new Dutch that its catalog does not have yet."""
    said = {(each.context, each.text) for each in messages(before, (), (), {}, Desk({}, ()))}
    fresh = [each for each in messages(after, (), (), {}, Desk({}, ())) if (each.context, each.text) not in said]
    for language, catalog in Words(locale, {}).catalogs.items():
        lacking = [m.context for m in fresh if not any((name, m.text) in catalog for name in (m.context, *m.was))]
        if lacking:
            yield f"{language}: {len(lacking)} texts to translate: {', '.join(lacking)}"


def _told(faults: Iterable[Fault], well: str) -> int:
    """Print the verdict on the first line, and then each fault; the exit code."""
    told = [str(fault) for fault in faults]
    print("\n".join([f"{len(told)} to repair:", *told]) if told else well)
    return 1 if told else 0


def _tell_too(what: str, why: str, facts: Sequence[object]) -> None:
    """Print what the coordinator should know although it is no mistake, when there is any."""
    if facts:
        print(f"{what} ({len(facts)}): {why}. This is no mistake.")
        print("".join(f"  {each}\n" for each in facts), end="")


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
