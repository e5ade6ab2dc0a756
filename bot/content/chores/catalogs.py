"""The translators' catalogs: writes them, and says what is wrong with them.

Texts that all wijken share are in `locale/`; what one wijk says about its partners is in its own folder, as `en.po`.

Guards the rule that a translation is never lost: a Dutch text that changed keeps its old translation, marked fuzzy. The
headers hold no dates, hosts or paths, so that the same content always gives the same bytes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from babel.messages import Message as Entry
from babel.messages.pofile import normalize

from bot.content.po import entries, entries_of, previous
from flows.model.faults import Fault, FlowError
from flows.read.text import read_text
from flows.texts.extract import Message
from flows.texts.fields import CALLED, fields_of

TEMPLATE = "bot.pot"
WIDTH = 76
"""The most characters in a line of a comment. Texts are never wrapped: a line is a line on the phone."""

ABOUT = {
    "": "# Koppelkans: everything that a resident reads. The source is Dutch; the context says where it stands.\n"
    "# Written by `make words` from flows/; translations belong in <language>/LC_MESSAGES/bot.po.\n",
    "po": "# Koppelkans: what residents read. Keep every {field}; one sentence a line; words that a child knows.\n",
}

USUAL = "nplurals=2; plural=(n != 1);"
SLAVIC = "(n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "fa": "nplurals=2; plural=(n > 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "pl": f"nplurals=3; plural=(n==1 ? 0 : {SLAVIC});",
    "ru": f"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : {SLAVIC});",
    "ti": "nplurals=2; plural=(n > 1);",
    "tr": "nplurals=2; plural=(n > 1);",
    "uk": f"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : {SLAVIC});",
}
"""The plural headers that translators' tools expect; Babel orders the Arabic forms differently."""


def template(messages: Iterable[Message]) -> str:
    """Return the text of `bot.pot`."""
    return "\n".join([_header("", ABOUT[""]), *(_entry(message) for message in messages)])


def catalog(messages: Iterable[Message], language: str, before: str = "", same: Sequence[str] = ()) -> str:
    """Return the text of a `bot.po`, with the translations of the one before.

    Of the contexts in `same` somebody said that the translation still means the same: they are not doubtful any more,
    unless the translation breaks the text.

    Raises FlowError when the one before cannot be read. A text that is the same keeps its translation, even when an
    offer moved to another line of its table. A text that changed keeps the old translation as fuzzy, with the old Dutch
    beside it. A text that is no longer said is left out.
    """
    old = _Old(before, language)
    header = _header(language, old.about or ABOUT["po"])
    return "\n".join(
        [header, *(_entry(message, old.of(message), same=message.context in same) for message in messages)]
    )


def wanted(
    messages: Sequence[Message], folder: Path, languages: Iterable[str], same: Sequence[str] = ()
) -> dict[Path, str]:
    """Return every file of `locale/` as it should be: the template, and a catalog per language or per folder there."""
    files = {folder / TEMPLATE: template(messages)}
    there = {path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/bot.po")}
    for language in sorted({*languages, *there} - {"nl"}):
        path = po(folder, language)
        files[path] = catalog(messages, language, read_text(path) if path.exists() else "", same)
    return files


def wanted_own(
    messages: Sequence[Message], folder: Path, languages: Iterable[str], same: Sequence[str] = ()
) -> dict[Path, str]:
    """Return the catalogs of one wijk as they should be, in its own folder."""
    files = {}
    for language in sorted({*languages, *(path.stem for path in folder.glob("*.po"))} - {"nl"}):
        path = own_po(folder, language)
        files[path] = catalog(messages, language, read_text(path) if path.exists() else "", same)
    return files


def po(folder: Path, language: str) -> Path:
    """Return the path of the catalog of a language that all wijken share."""
    return folder / language / "LC_MESSAGES" / "bot.po"


def own_po(folder: Path, language: str) -> Path:
    """Return the path of the catalog of a language with the words of one wijk."""
    return folder / f"{language}.po"


def translations(text: str, language: str) -> dict[str, Entry]:
    """Return the entries of a catalog by context. Raises FlowError when it cannot be read."""
    return {entry.context or "": entry for entry in entries(text, language, f"{language}.po")}


def _for(messages: Sequence[Message], entries: Sequence[Entry]) -> dict[Message, Entry]:
    """Return the entry for each message: the one with its own Dutch, or else one with its context."""
    near = {entry.context or "": entry for entry in entries}
    exact = {(entry.context or "", str(entry.id)): entry for entry in entries}
    found = ((each, exact.get((each.context, each.text)) or near.get(each.context)) for each in messages)
    return {message: entry for message, entry in found if entry is not None}


def faults(
    messages: Sequence[Message], folder: Path, languages: Iterable[str], place: Callable[[Path, str], Path] = po
) -> Iterator[Fault]:
    """Find the translations that break a text, and catalogs that cannot be read.

    `place` gives the path of the catalog of a language in the folder; one that is not there has no faults.
    """
    for language in languages:
        path = place(folder, language)
        if language == "nl" or not path.exists():
            continue
        name = path.relative_to(folder.parent).as_posix()
        try:
            found = _for(messages, entries_of(path, language))
        except FlowError as error:
            yield from (Fault(name, "", each.message) for each in error.faults)
            continue
        for message in messages:
            entry = found.get(message)
            if entry is not None and entry.string and not entry.fuzzy and entry.id == message.text:
                for wrong in broken(message, str(entry.string)):
                    yield Fault(name, message.context, wrong)
        yield from _twins(messages, found, name)


def broken(message: Message, translation: str) -> Iterator[str]:
    """Say what is wrong with one translation."""
    try:
        found = fields_of(translation)
    except ValueError:
        yield "a brace { or } is not closed, or a field has no plain name"
        return
    for field in sorted(message.fields - found):
        yield f"the field {{{field}}} of the Dutch text is missing"
    for field in sorted(found - message.fields):
        yield f"the field {{{field}}} is not in the Dutch text; write the name exactly as it is there"
    if message.limit and len(translation) > message.limit:
        yield f"{len(translation)} characters, at most {message.limit}"
    numbers, dutch = set(CALLED.findall(translation)), set(CALLED.findall(message.text))
    for number in sorted(dutch - numbers):
        yield f"the number {number} of the Dutch text is missing; numbers to call keep their usual digits"
    for number in sorted(numbers - dutch):
        yield f"the number {number} is not in the Dutch text"
    if translation != translation.strip():
        yield "begins or ends with a space or an empty line"


def _twins(messages: Sequence[Message], entries: Mapping[Message, Entry], name: str) -> Iterator[Fault]:
    """Find buttons of one card that read the same although they differ in Dutch."""
    seen: dict[tuple[str, str], Message] = {}
    for message in messages:
        entry = entries.get(message)
        if message.limit and message.comment.startswith("A button") and entry is not None and entry.string:
            key = (message.context.rpartition(".")[0], str(entry.string))
            twin = seen.setdefault(key, message)
            if twin.text != message.text:
                yield Fault(name, message.context, f'the same words as the button "{twin.context}"')


class _Old:
    """The catalog as it was before; it finds the translation that still fits a message."""

    def __init__(self, text: str, language: str) -> None:
        there = entries(text, language, f"{language}.po") if text else []
        self.entries = {entry.context or "": entry for entry in there}
        self.about = "".join(f"{line}\n" for line in text.split("\nmsgid", 1)[0].split("\n") if line.startswith("# "))
        self.same: dict[tuple[str, str], Entry] = {}
        for entry in there:
            if entry.string:
                self.same.setdefault((_table(entry.context or ""), str(entry.id)), entry)

    def of(self, message: Message) -> Entry | None:
        """Return the entry to take over: the same text first, then the same context, also under an earlier name."""
        known = [entry for each in (message.context, *message.was) if (entry := self.entries.get(each)) is not None]
        entry = next((each for each in known if each.id == message.text and each.string), None)
        if entry is not None:
            return entry
        entry = next(iter(known), None)
        return self.same.get((_table(message.context), message.text)) or entry


def _table(context: str) -> str:
    """Return the context without the number of an offer: only offers of one outcome may change places."""
    before, offer, number = context.rpartition(".offer.")
    return before if offer and number.isdigit() else context


def _entry(message: Message, old: Entry | None = None, *, same: bool = False) -> str:
    """Return the text of one entry, in the order that translators' tools use."""
    string = str(old.string) if old is not None and old.string else ""
    comments = [each for each in old.user_comments if not each.startswith("|")] if old is not None else []
    lines = [f"# {each}".rstrip() for each in comments]
    lines += [f"#. {each}" for each in textwrap.wrap(message.comment, WIDTH, break_long_words=False)]
    doubtful = old is not None and bool(string) and (old.fuzzy or old.id != message.text)
    doubtful = doubtful and not (same and not list(broken(message, string)))
    flags = ["fuzzy"] * doubtful + ["python-brace-format"] * bool(message.fields)
    lines += [f"#, {', '.join(flags)}"] if flags else []
    if old is not None and doubtful:
        before = (previous(old) if old.fuzzy else "") or (str(old.id) if old.id != message.text else "")
        lines += [f"#| {each}" for each in f"msgid {normalize(before, width=0)}".split("\n")] if before else []
    for word, text in (("msgctxt", message.context), ("msgid", message.text), ("msgstr", string)):
        lines.append(f"{word} {normalize(text, width=0)}")
    return "\n".join(lines) + "\n"


def _header(language: str, about: str) -> str:
    lines = ["Project-Id-Version: Koppelkans"]
    if language:
        lines.append(f"Language: {language}")
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    if language:
        lines.append(f"Plural-Forms: {PLURALS.get(language, USUAL)}")
    return about + 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)
