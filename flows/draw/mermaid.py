"""Words that are safe inside a Mermaid drawing or a Markdown table."""

from __future__ import annotations

import re

BREAK = "<br/>"

ESCAPES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "{": "#123;", "}": "#125;",
           "[": "#91;", "]": "#93;", "|": "#124;", "\\": "#92;"}  # fmt: skip


def escape(text: str) -> str:
    """Escape a text so that Mermaid shows it unchanged, also a line that it would take for a list."""
    safe = "".join(ESCAPES.get(char, char) for char in text)
    safe = re.sub(r"^(\d+)\.(?=\s)", r"\1#46;", safe, flags=re.MULTILINE)
    return re.sub(r"^([-*])(?=\s)", lambda found: f"#{ord(found.group())};", safe, flags=re.MULTILINE)


def label(text: str) -> str:
    """Quote a label; its line breaks stay."""
    return '"' + BREAK.join(escape(line.strip()) for part in text.split(BREAK) for line in part.split("\n")) + '"'


def node(name: str) -> str:
    """Return the id of a box: a step's full name, never a bare word that Mermaid keeps for itself, such as `end`."""
    return name.replace(".", "_")


def box(name: str, words: str, opens: str, closes: str) -> str:
    """Draw a box with its words."""
    return f"{node(name)}{opens}{label(words)}{closes}"


def cell(text: str) -> str:
    """Return one cell of a Markdown table."""
    safe = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return "<br>".join(line.strip() for line in safe.strip().split("\n"))
