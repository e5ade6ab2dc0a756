"""Bring new content into use: check it, say what changes for whom, and put its files in the place of the old ones.

Guards the rule that content with a fault never takes the place of content without one. The bot reads its content once,
when it starts, and checks it again then; what is published is read at the next start.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.content import checks
from bot.content.chores.commands import diff_command
from bot.content.chores.printed import told
from bot.content.chores.translate import catalog_faults
from bot.content.files import FLOWS, LOCALE, Files, read_files
from bot.content.loaded import ZONE
from bot.content.offered import Offered, Spoken
from bot.content.words import Words
from db.store import Store
from flows.model.faults import Fault, FlowError
from flows.model.wijk import Wijk
from flows.texts.extract import messages

KINDS = ("*.toml", "*.po", "*.pot")
"""The files that are content; everything else in these folders is code."""

FACTS = ("partners", "places", "lines", "switches", "amounts", "services", "links")
"""What a wijk file can hold, by the id of each."""


def publish_command(
    folder: Path,
    kept: Path,
    yes: bool = False,
    store: Store | None = None,
    wijken: Sequence[str] = (),
    flows: Path = FLOWS,
    locale: Path = LOCALE,
) -> int:
    """Run `koppelkans publish FOLDER`: a folder with `flows` and `locale`, or a copy of `flows` alone.

    Without `yes` it only says what would change. With it, the new files are put in use, and a copy of the old ones is
    kept in the folder `kept`, from which they can be published again.
    """
    new = folder / "flows" if (folder / "flows").is_dir() else folder
    words = folder / "locale" if (folder / "locale").is_dir() else locale
    if new.resolve() == flows.resolve():
        return told([Fault(folder.name, "", "this is what the bot reads already; change a copy, and publish that")], "")
    try:
        after = read_files(new)
        faults = list(_faults(after, words))
    except (FlowError, OSError) as error:
        faults = list(error.faults) if isinstance(error, FlowError) else [Fault(folder.name, "", "no content is here")]
        return _refused(faults)
    try:
        before = read_files(flows)
        faults += _left_out(before, after)
    except FlowError:
        before = None  # what is there now has faults itself: anything without them is better
    if faults:
        return _refused(faults)
    print("The new content is in order.")
    if before:
        diff_command(flows, new, store, wijken, words)
        print("".join(f"~ {each}\n" for each in _others(before, after)), end="")
        print("".join(f"! {each}\n" for each in _withdrawn(before, locale, after, words)), end="")
    if not yes:
        print(f"Nothing has changed yet. To publish it: koppelkans publish {folder} --yes")
        return 0
    saved = kept / datetime.now(ZONE).strftime("%Y-%m-%d_%H%M%S_%f")
    try:
        for place, there, name in ((new, flows, "flows"), (words, locale, "locale")):
            _copy(there, saved / name)
            _replace(place, there)
    except OSError as error:
        return _refused([Fault(str(error.filename), "", f"cannot be written ({error.strerror})")])
    print(f"Published. Start the bot again: it reads its content when it starts.\nThe old content is in {saved}.")
    return 0


def _refused(faults: Sequence[Fault]) -> int:
    code = told(dict.fromkeys(faults), "")
    print("Nothing was published: the bot keeps what it has.")
    return code


def _faults(files: Files, locale: Path) -> Iterator[Fault]:
    words = Words(locale, files.phrases)
    for wijk in files.wijken:
        yield from checks.faults(files, wijk, words.with_own(files.homes[wijk.id]).say, wijk.languages)
    yield from catalog_faults(files, locale)
    yield from Offered(files, words).faults()


def _left_out(before: Files, after: Files) -> Iterator[Fault]:
    """Find what the bot itself looks up, and what is gone."""
    for key in before.phrases:
        if key not in after.phrases:
            yield Fault("phrases.toml", key, "the bot says this itself: change the text, but do not leave it out")
    wijken = {each.id for each in after.wijken}
    for wijk in before.wijken:
        if wijk.id not in wijken:
            yield Fault("wijken", wijk.id, "this wijk is gone; its residents would have no bot")


def _withdrawn(before: Files, old: Path, after: Files, new: Path) -> Iterator[str]:
    """Name the languages that residents can choose now, and not with the new content; and what lacks in each."""
    was = {wijk.id: [each.language for each in spoken if each.offered] for wijk, spoken in _spoken(before, old)}
    for wijk, spoken in _spoken(after, new):
        lost = [str(each) for each in spoken if not each.offered and each.language in was.get(wijk.id, ())]
        gone = [code for code in was.get(wijk.id, ()) if code not in wijk.languages]
        yield from (f"{wijk.id}: residents can no longer choose {each}" for each in [*lost, *gone])


def _spoken(files: Files, locale: Path) -> Iterator[tuple[Wijk, list[Spoken]]]:
    """Yield each wijk with how much there is of its languages."""
    words = Words(locale, files.phrases)
    offered = Offered(files, words)
    for wijk in files.wijken:
        yield wijk, list(offered.spoken(wijk, words.with_own(files.homes[wijk.id])))


def _others(before: Files, after: Files) -> Iterator[str]:
    """Name what changed outside the charts: sentences, tips, statuses, and the facts of each wijk."""
    old, new = _texts(before), _texts(after)
    for context in new | old:
        if old.get(context) != new.get(context):
            yield f"{context}: " + _how(old, new, context)
    wijken = {each.id: each for each in before.wijken}
    for wijk in after.wijken:
        if was := wijken.get(wijk.id):
            yield from _wijk(was, wijk)
        else:
            yield f"{wijk.id}: a new wijk"


def _texts(files: Files) -> dict[str, str]:
    found = messages(type(files.charts)({}, {}), (), files.tips, files.phrases, files.desk)
    return {each.context: each.text for each in found}


def _wijk(before: Wijk, after: Wijk) -> Iterator[str]:
    for kind in FACTS:
        old, new = getattr(before, kind), getattr(after, kind)
        for key in new | old:
            if old.get(key) != new.get(key):
                yield f"{after.id} {kind}.{key}: " + _how(old, new, key)
    if before.languages != after.languages:
        yield f"{after.id} languages: {', '.join(before.languages)} → {', '.join(after.languages)}"


def _how(old: Mapping[str, object], new: Mapping[str, object], key: str) -> str:
    return "added" if key not in old else "removed" if key not in new else "changed"


def _content(folder: Path) -> Iterator[Path]:
    """List the files of content, relative to the folder; those of the check are a part of the code."""
    found = (path.relative_to(folder) for kind in KINDS for path in sorted(folder.rglob(kind)))
    yield from (path for path in found if path.parts[0] != "texts")


def _copy(folder: Path, to: Path) -> None:
    for path in _content(folder):
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, to / path)


def _replace(folder: Path, there: Path) -> None:
    """Put all files beside the old ones first, and then each in its place, so that no file is ever half there."""
    if folder.resolve() == there.resolve():
        return
    fresh = list(_content(folder))
    for path in fresh:
        (there / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, there / f"{path}.new")
    gone = set(_content(there)) - set(fresh)
    for path in fresh:
        (there / f"{path}.new").replace(there / path)
    for path in gone:
        (there / path).unlink()
