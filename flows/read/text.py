"""Reads a file that people wrote, as text. A file that another program saved in its own way is named in plain words."""

from __future__ import annotations

from pathlib import Path

from flows.model.faults import Fault, FlowError

CURLY = "“”„‟«»‘’‚"
"""Quotes that word processors make; around a text they mean nothing."""

SAVE = "save it as UTF-8 (in the editor: Save as, Encoding, UTF-8)"


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark.

    Raises FlowError when the file is missing, or was saved in another encoding: it names the first line that shows it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FlowError([Fault(path.name, "", "this file is missing")]) from error
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FlowError([Fault(path.name, "", f"this file was saved as UTF-16 (Unicode): {SAVE}")])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = data.splitlines()[line - 1].decode("cp1252", "replace").strip()
        wrong = f"line {line}: this file was saved as ANSI, not as UTF-8: {SAVE}. The line is: {words}"
        raise FlowError([Fault(path.name, "", wrong)]) from error


def curly(line: str, at: int | None = None) -> bool:
    """Return whether curly quotes stand where straight ones belong, in a line that cannot be read.

    `at` is the place of the mistake, when it is known: counted from 0.
    """
    if at is not None and line[at : at + 1] and line[at] in CURLY:
        return True
    return line.count('"') % 2 == 1 and any(each in line for each in "“”„‟")
