"""Files as people's own programs save them: they are read, or named with the line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.model.faults import FlowError
from flows.read.text import SAVE
from flows.read.toml import read_toml

TEXT = 'name = "Café"\nopen = true\n'


def told(path: Path) -> str:
    with pytest.raises(FlowError) as found:
        read_toml(path)
    return str(found.value)


@pytest.mark.parametrize("data", [TEXT.encode("utf-8-sig"), TEXT.replace("\n", "\r\n").encode()], ids=["BOM", "CRLF"])
def test_a_file_of_another_editor_reads_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "wijk.toml"
    path.write_bytes(data)
    assert read_toml(path) == {"name": "Café", "open": True}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_named_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wijk.toml"
    path.write_bytes(TEXT.encode(encoding))
    assert told(path) == f"wijk.toml: this file was saved as UTF-16 (Unicode): {SAVE}"


def test_a_file_in_ansi_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wijk.toml"
    path.write_bytes(f"open = true\n{TEXT}".encode("cp1252"))
    assert told(path) == (
        f'wijk.toml: line 2: this file was saved as ANSI, not as UTF-8: {SAVE}. The line is: name = "Café"'
    )


@pytest.mark.parametrize("line", ["name = “Café”", 'name = "Café”', "name = ‘Café’", 'name = “Café"', "name = „Café”"])
def test_curly_quotes_are_named_with_their_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "wijk.toml"
    path.write_text(f"open = true\n{line}\n", "utf-8")
    assert told(path) == (
        f'wijk.toml: line 2: put straight quotes " around the text, no curly ones. The line is: {line}'
    )


def test_curly_quotes_within_a_text_are_words_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "wijk.toml"
    path.write_text('say = "Zeg “ja”, liefst ’s avonds"\n', "utf-8")
    assert read_toml(path) == {"say": "Zeg “ja”, liefst ’s avonds"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('name = "Ja', 'a text has no quote " at its end'),
        ('name = """Ja', 'a text has no quote " at its end'),
        ("name = Ja", 'a text stands between straight quotes, as in "Ja"'),
        ('name "Ja"', "after a name comes ="),
        ("open = false", "this name stands twice in the file"),
        ("list = [1, 2", "a list has no ] at its end"),
    ],
)
def test_a_slip_is_named_with_its_line_in_plain_words(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "wijk.toml"
    path.write_text(f"open = true\n{line}\n", "utf-8")
    assert told(path) == f"wijk.toml: line 2 cannot be read: {words}. The line is: {line}"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert told(tmp_path / "wijk.toml") == "wijk.toml: this file is missing"
