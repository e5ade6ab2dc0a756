"""The chore of translators: bring the catalogs up to date, say what lacks, and that a translation still fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.content.chores import catalogs
from bot.content.chores.printed import tell_loudly, told, written
from bot.content.files import FLOWS, LOCALE, Files, own_messages, read_files
from bot.content.offered import Offered, Spoken, some
from bot.content.words import Words
from flows.model.faults import Fault, FlowError, meant


def words_command(
    check: bool = False, folder: Path = FLOWS, locale: Path = LOCALE, only: str = "", same: Sequence[str] = ()
) -> int:
    """Run `koppelkans words`: bring all catalogs up to date; with `check`, only say what is old, missing or broken.

    Languages that are offered must be whole; another one is only named. Of the contexts in `same` the translations
    still mean the same, although the Dutch changed. With `only`, it writes nothing but the words in that wijk's own
    folder.
    """
    try:
        content = read_files(folder, [only] if only else ())
        if wrong := list(_not_doubtful(content, locale, same)):
            return told(wrong, "")
        wanted = {} if only else catalogs.wanted(content.shared(), locale, content.languages, same)
        for wijk in content.wijken:
            wanted |= catalogs.wanted_own(own_messages(wijk), content.homes[wijk.id], wijk.languages, same)
        code = written(wanted, set(), check, "words")
        if not check:
            return max(code, told(_not_same(content, locale, same), "These translations hold.") if same else 0)
        words = Words(locale, content.phrases)
        offered = Offered(content, words, drawings=True)
        spoken = [
            each for wijk in content.wijken for each in offered.spoken(wijk, words.with_own(content.homes[wijk.id]))
        ]
    except FlowError as error:
        return told(error.faults, "")
    faults = [*catalog_faults(content, locale), *to_renew([each for each in spoken if each.offered])]
    code = max(code, told(dict.fromkeys(faults), "The catalogs are whole."))
    tell_loudly(not_offered(spoken))
    return code


def _not_doubtful(content: Files, locale: Path, same: Sequence[str]) -> Iterator[Fault]:
    """Find the contexts of which no translation is doubtful, so that nothing can be said about it."""
    texts = {each.context: each.text for each in content.messages()}
    words = [Words(locale, {}).with_own(home) for home in content.homes.values()] if same else []
    for context in same:
        if context not in texts:
            yield Fault("words", context, f"there is no such text.{meant(context, texts)}")
        elif not any(each.outdated(code, context, texts[context]) for each in words for code in content.languages):
            yield Fault("words", context, "no translation of this text is doubtful")


def _not_same(content: Files, locale: Path, same: Sequence[str]) -> Iterator[Fault]:
    """Find the translations that cannot be kept, because they do not fit the new Dutch."""
    texts = {each.context: each.text for each in content.messages() if each.context in same}
    for home in content.homes.values():
        words = Words(locale, {}).with_own(home)
        for code in content.languages:
            for context, text in texts.items():
                if words.outdated(code, context, text):
                    yield Fault(
                        "words", context, f"the translation into {code} does not fit the Dutch; translate it anew"
                    )


def not_offered(spoken: Iterable[Spoken]) -> list[str]:
    """Return the languages that residents may not choose yet, each with what there is of it."""
    return list(dict.fromkeys(str(each) for each in spoken if not each.offered))


def to_renew(spoken: Iterable[Spoken]) -> list[Fault]:
    """Return what translators must do for each language: what lacks, and what changed in Dutch."""
    found = []
    for each in spoken:
        if each.lacking and each.offered:
            found.append(
                Fault(each.language, "", f"{len(each.lacking)} texts are not translated: {some(each.lacking)}")
            )
        if each.outdated:
            wrong = f"{len(each.outdated)} texts changed in Dutch: {some(each.outdated)}"
            found.append(Fault(each.language, "", f"{wrong}. Translate them, or: koppelkans words --same CONTEXT"))
    return list(dict.fromkeys(found))


def catalog_faults(content: Files, locale: Path) -> Iterator[Fault]:
    """Find what is wrong with the words that all share, and then with those of each wijk."""
    yield from catalogs.faults(content.shared(), locale, content.languages)
    for wijk in content.wijken:
        yield from catalogs.faults(own_messages(wijk), content.homes[wijk.id], wijk.languages, catalogs.own_po)
