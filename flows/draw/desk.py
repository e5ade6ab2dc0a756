"""The desk's table as a state diagram, in Dutch, for partners and the coordinator."""

from __future__ import annotations

from collections.abc import Mapping

from flows.model.desk import Desk, Move


def desk_page(desk: Desk, phrases: Mapping[str, str]) -> str:
    """A Markdown page with the statuses of a lead and every move between them, with who may make it."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(status.label)}" as {status.id}' for status in desk.statuses.values()]
    first = next(iter(desk.statuses))
    lines.append(f"    [*] --> {first}")
    for move in desk.moves:
        lines += [f"    {source} --> {move.to}: {_words(move, phrases)}" for source in move.sources]
    lines += [f"    {status.id} --> [*]" for status in desk.statuses.values() if status.final]
    page = ["<!-- make charts -->", f"# {phrases['moves.title']}", "", "```mermaid", *lines, "```", ""]
    return "\n".join(page)


def _words(move: Move, phrases: Mapping[str, str]) -> str:
    who = ", ".join(phrases.get(f"roles.{role}", role) for role in move.who)
    return _plain(f"{move.label or phrases.get(f'moves.{move.name}', move.name)} ({who})")


def _plain(text: str) -> str:
    """A label of a state diagram cannot hold these signs at all."""
    return text.translate({ord(char): " " for char in '";:#\n'})
