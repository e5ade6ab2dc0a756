"""The chores of people who write texts: check the content, draw the charts, bring the catalogs up to date.

Each command prints what it found and returns an exit code: 0 when all is well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from bot.content import checks
from bot.content.chores.impact import Impact
from bot.content.chores.printed import tell_loudly, tell_too, told, written
from bot.content.chores.translate import catalog_faults, not_offered, to_renew
from bot.content.files import FLOWS, LOCALE, Files, read_files
from bot.content.loaded import ZONE, Content, contents_of
from bot.content.offered import Offered
from bot.content.words import Words
from db.people import conversations
from db.store import Store
from db.tables.retention_page import retention_page
from flows.check import lines
from flows.check.diff import ADDED, CHANGED, REMOVED, RENAMED, differences
from flows.check.ready import gaps, old, unsaid
from flows.draw.charts import drawings
from flows.model.chart import Charts
from flows.model.desk import Desk
from flows.model.faults import Fault, FlowError
from flows.model.place import Place
from flows.model.wijk import Wijk
from flows.read.charts import read_charts
from flows.read.wijk import read_lines, read_wijk
from flows.texts.extract import messages

Draw = Callable[[Content], Iterable[lines.Shown]]
"""Draws the cards of many walks; given from above, because this floor draws none."""

DRAWN = FLOWS.parent / "docs" / "charts"


NOT_READY = 3
"""The exit code of `check --ready` when the content is sound, and people in the wijk must still fill something in."""


def check_command(
    folder: Path = FLOWS,
    locale: Path = LOCALE,
    only: str = "",
    ready: bool = False,
    today: date | None = None,
    draw: Draw | None = None,
) -> int:
    """Run `koppelkans check`: print whether the content is sound, with every mistake, and how much is not filled in.

    With `ready`, it also lists what people in the wijk must still fill in or ask again, and fails while there is any.
    With `only`, it checks one wijk and the charts that all share; mistakes of other wijken do not count. `draw` draws
    the cards of many walks, to see how long they are.
    """
    try:
        content = read_files(folder, [only] if only else ())
        words = Words(locale, content.phrases)
        owns = {wijk.id: words.with_own(content.homes[wijk.id]) for wijk in content.wijken}
    except FlowError as error:
        return told(error.faults, "")
    offered = Offered(content, words)
    found: list[Fault] = []
    for wijk in content.wijken:
        found += checks.faults(content, wijk, owns[wijk.id].say, wijk.languages)
    found += [*catalog_faults(content, locale), *offered.faults()]
    shown = [card for each in contents_of(content, words).values() for card in draw(each)] if draw and not found else []
    found += lines.too_long(shown)
    steps, offers = len(content.charts.steps), sum(len(getattr(s, "offers", ())) for s in content.charts.steps.values())
    code = told(
        dict.fromkeys(found),
        f"The content is in order: {len(content.charts.flows)} charts, {steps} steps, {offers} offers, "
        f"{len(content.languages)} languages.",
    )
    spoken = [each for wijk in content.wijken for each in offered.spoken(wijk, owns[wijk.id])]
    tell_loudly(not_offered(spoken))
    tell_too("To translate", "until then residents read Dutch, or the translation of before", to_renew(spoken))
    today = today or datetime.now(ZONE).date()
    lacking = [
        _in(content, wijk, each.fault()) for wijk in content.wijken for each in gaps(content.charts, wijk, today)
    ]
    again = list(
        dict.fromkeys(_in(content, wijk, each.fault()) for wijk in content.wijken for each in old(wijk, today))
    )
    code = max(code, _ready(content, lacking, again) if ready else _counted(lacking, again))
    print("".join(f"{each}\n" for each in lines.figures(shown)) if shown else "", end="")
    return code


def _in(content: Files, wijk: Wijk, fault: Fault) -> Fault:
    """Name the wijk with its file, when there are several."""
    alone = len(content.wijken) == 1 or fault.file == "lines.toml"
    return fault if alone else replace(fault, file=f"{wijk.id}/{fault.file}")


def _ready(content: Files, lacking: Sequence[Fault], again: Sequence[Fault]) -> int:
    """Print what people in the wijk must still do, and the exit code."""
    if not lacking and not again:
        print("Ready: nothing to fill in, nothing to ask again.")
        return 0
    print(f"Not ready yet: {len(lacking)} to fill in, {len(again)} to ask again.")
    silent = [each for wijk in content.wijken for each in unsaid(content.charts, wijk)]
    for title, facts in (("To fill in", lacking), ("To ask again", again), ("Not shown until then", silent)):
        print("".join([f"{title} ({len(facts)}):\n", *(f"  {each}\n" for each in facts)]) if facts else "", end="")
    return NOT_READY


def _counted(lacking: Sequence[Fault], again: Sequence[Fault]) -> int:
    if lacking or again:
        print(f"Not ready yet: {len(lacking)} to fill in, {len(again)} to ask again. See: koppelkans check --ready")
    return 0


def draw_command(
    check: bool = False, folder: Path = FLOWS, locale: Path = LOCALE, drawn: Path = DRAWN, only: str = ""
) -> int:
    """Run `koppelkans draw`: write every drawing and the page of what is kept; with `check`, only say what is old.

    The drawings hold the names of the first wijk; with `only`, those of that wijk, in a folder of its own.
    """
    try:
        content = read_files(folder, [only] if only else ())
    except FlowError as error:
        return told(error.faults, "")
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
        wanted[drawn.parent / "retention.md"] = retention_page()
    return written(wanted, set(drawn.glob("*.md")), check, "charts")


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
        return told(error.faults, "")
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
        lacking = [m.context for m in fresh if not any((name, m.text) in catalog.exact for name in (m.context, *m.was))]
        if lacking:
            yield f"{language}: {len(lacking)} texts to translate: {', '.join(lacking)}"
