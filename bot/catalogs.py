"""The catalogs of the translators: writes `locale/bot.pot` and each `bot.po`, and says what is wrong with them.

Guards the rule that a translation is never lost: a Dutch text that changed keeps its old translation, marked fuzzy.
No dates, hosts or paths in the headers, so that the same content always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages import Message as Entry
from babel.messages.pofile import PoFileError, read_po, write_po

from flows.extract import Message
from flows.faults import Fault
from flows.fields import CALLED, fields_of

TEMPLATE = "bot.pot"
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
    """The text of `bot.pot`."""
    catalog = Catalog()
    for message in messages:
        _add(catalog, message)
    return _text(catalog, _header("", ABOUT[""]))


def catalog(messages: Iterable[Message], language: str, before: str = "") -> str:
    """The text of a `bot.po`, with the translations of the one before. ValueError when that one cannot be read.

    A text that is the same keeps its translation, also when an offer moved to another line of its table. A text that
    changed keeps the old translation as fuzzy, with the old Dutch beside it. What is no longer said is left out.
    """
    old = _Old(before, language)
    fresh = Catalog()
    for message in messages:
        _add(fresh, message, old.of(message))
    return _text(fresh, _header(language, old.about or ABOUT["po"]))


def wanted(messages: Sequence[Message], folder: Path, languages: Iterable[str]) -> dict[Path, str]:
    """Every file of `locale/` as it should be: the template, and a catalog for each language or folder that is there."""
    files = {folder / TEMPLATE: template(messages)}
    there = {path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/bot.po")}
    for language in sorted({*languages, *there} - {"nl"}):
        path = po(folder, language)
        before = path.read_text("utf-8") if path.exists() else ""
        files[path] = catalog(messages, language, before)
    return files


def po(folder: Path, language: str) -> Path:
    """Where the catalog of a language lies."""
    return folder / language / "LC_MESSAGES" / "bot.po"


def translations(text: str, language: str) -> dict[str, Entry]:
    """The entries of a catalog by context. ValueError when it cannot be read."""
    try:
        read = read_po(BytesIO(text.encode()), locale=language, abort_invalid=True)
    except PoFileError as error:
        raise ValueError(str(error)) from error
    return {entry.context or "": entry for entry in read if entry.id}


def faults(messages: Sequence[Message], folder: Path, languages: Iterable[str]) -> Iterator[Fault]:
    """What a coordinator must know before a release: words that lack, are in doubt, or would break a text."""
    for language in languages:
        if language == "nl":
            continue
        name = po(folder, language).relative_to(folder.parent).as_posix()
        try:
            entries = translations(po(folder, language).read_text("utf-8"), language)
        except OSError:
            yield Fault(name, "", "this catalog is missing; make it with: make words")
            continue
        except ValueError as error:
            yield Fault(name, "", f"this catalog cannot be read: {error}")
            continue
        yield from _lacking(messages, entries, name)
        for message in messages:
            entry = entries.get(message.context)
            if entry is not None and entry.string and not entry.fuzzy and entry.id == message.text:
                for wrong in broken(message, str(entry.string)):
                    yield Fault(name, message.context, wrong)
        yield from _twins(messages, entries, name)


def broken(message: Message, translation: str) -> Iterator[str]:
    """What is wrong with one translation, in words."""
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


def _lacking(messages: Sequence[Message], entries: Mapping[str, Entry], name: str) -> Iterator[Fault]:
    def some(contexts: list[str]) -> str:
        return ", ".join(contexts[:3]) + (" …" if len(contexts) > 3 else "")

    empty, doubtful = [], []
    for message in messages:
        entry = entries.get(message.context)
        if entry is None or not entry.string:
            empty.append(message.context)
        elif entry.fuzzy or entry.id != message.text:
            doubtful.append(message.context)
    if empty:
        yield Fault(name, "", f"{len(empty)} texts are not translated: {some(empty)}")
    if doubtful:
        yield Fault(name, "", f"{len(doubtful)} texts changed in Dutch or are marked fuzzy: {some(doubtful)}")


def _twins(messages: Sequence[Message], entries: Mapping[str, Entry], name: str) -> Iterator[Fault]:
    """Two buttons of one card must not read the same when they differ in Dutch."""
    seen: dict[tuple[str, str], Message] = {}
    for message in messages:
        entry = entries.get(message.context)
        if message.limit and message.comment.startswith("A button") and entry is not None and entry.string:
            key = (message.context.rpartition(".")[0], str(entry.string))
            twin = seen.setdefault(key, message)
            if twin.text != message.text:
                yield Fault(name, message.context, f'the same words as the button "{twin.context}"')


class _Old:
    """The catalog before: finds the translation that still fits a message."""

    def __init__(self, text: str, language: str) -> None:
        self.entries = translations(text, language) if text else {}
        self.about = "".join(f"{line}\n" for line in text.split("\nmsgid", 1)[0].split("\n") if line.startswith("# "))
        self.same: dict[tuple[str, str], Entry] = {}
        for context, entry in self.entries.items():
            if entry.string:
                self.same.setdefault((_table(context), str(entry.id)), entry)

    def of(self, message: Message) -> Entry | None:
        """The entry to take over: the same text first, then the same context."""
        entry = self.entries.get(message.context)
        if entry is not None and entry.id == message.text and entry.string:
            return entry
        return self.same.get((_table(message.context), message.text)) or entry


def _table(context: str) -> str:
    """Offers of one outcome may change places; everything else stands where it stands."""
    before, offer, number = context.rpartition(".offer.")
    return before if offer and number.isdigit() else context


def _add(to: Catalog, message: Message, old: Entry | None = None) -> None:
    string, flags, previous = "", set[str](), list[str]()
    if old is not None and old.string:
        string, flags = str(old.string), {flag for flag in old.flags if flag == "fuzzy"}
        previous = [str(each) for each in old.previous_id] if flags else []
        if old.id != message.text:
            flags.add("fuzzy")
            previous = previous or [str(old.id)]
    to.add(
        message.text,
        string,
        flags=flags,
        auto_comments=[message.comment] if message.comment else [],
        user_comments=old.user_comments if old is not None else (),
        previous_id=previous,
        context=message.context,
    )


def _header(language: str, about: str) -> str:
    lines = ["Project-Id-Version: Koppelkans"]
    if language:
        lines.append(f"Language: {language}")
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    if language:
        lines.append(f"Plural-Forms: {PLURALS.get(language, USUAL)}")
    return about + 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"


def _text(entries: Catalog, header: str) -> str:
    file = BytesIO()
    write_po(file, entries, width=0, no_location=True, omit_header=True, include_previous=True)
    return header + file.getvalue().decode("utf-8").strip("\n") + "\n"
