"""Draws the desk's table as a state diagram, in Dutch, for partners and the coordinator."""

from __future__ import annotations

from collections.abc import Mapping

from flows.model.desk import Desk, Move


def desk_page(desk: Desk, phrases: Mapping[str, str]) -> str:
    """Return a Markdown page with the statuses that a lead can reach and the moves, with the roles that make them."""
    there = _reached(desk)
    drawn = [status for status in desk.statuses.values() if status.id in there]
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(status.label)}" as {status.id}' for status in drawn]
    lines.append(f"    [*] --> {desk.start}")
    for move in desk.moves:
        if move.shown:
            lines += [
                f"    {source} --> {move.to}: {_words(move, phrases)}" for source in move.sources if source in there
            ]
    lines += [f"    {status.id} --> [*]" for status in drawn if status.final]
    page = ["<!-- make charts -->", f"# {phrases['moves.title']}", "", "```mermaid", *lines, "```", ""]
    return "\n".join(page)


def _reached(desk: Desk) -> set[str]:
    """Return the statuses that a lead can reach by moves that some role can make."""
    found, more = set[str](), {desk.start}
    while more:
        found |= more
        more = {move.to for move in desk.moves if move.shown and found.intersection(move.sources)} - found
    return found


def _words(move: Move, phrases: Mapping[str, str]) -> str:
    who = ", ".join(phrases.get(f"roles.{role}", role) for role in move.shown)
    return _plain(f"{move.label or phrases.get(f'moves.{move.name}', move.name)} ({who})")


def _plain(text: str) -> str:
    """Replace the signs that a label of a state diagram cannot hold at all."""
    return text.translate({ord(char): " " for char in '";:#\n'})
