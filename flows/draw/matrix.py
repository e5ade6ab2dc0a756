"""Draws every status against every move, a table for each role: what becomes of a lead. In Dutch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.draw.mermaid import cell
from flows.model.desk import ROLES, Desk, Move, Status

AS = {"deputy": "coordinator"}
"""The role that another one plays at the desk: a deputy stands in for the coordinator."""


def matrix_page(desk: Desk, phrases: Mapping[str, str]) -> str:
    """Return a Markdown page with a table for each role: statuses down, moves across, and the new status in each cell.

    What the rules allow a role that has no button for it stands between brackets.
    """
    lines = ["<!-- make charts -->", f"# {phrases['matrix.title']}", "", phrases["matrix.intro"]]
    for role in ROLES:
        lines += ["", f"## {phrases[f'roles.{role}'].capitalize()}", "", *_table(desk, phrases, AS.get(role, role))]
    return "\n".join([*lines, ""])


def _table(desk: Desk, phrases: Mapping[str, str], role: str) -> Sequence[str]:
    moves = [move for move in desk.moves if role in (*move.who, *move.shown)]
    if not moves:
        return [phrases["matrix.nothing"]]
    names = [cell(move.label or phrases.get(f"moves.{move.name}", move.name)) for move in moves]
    rows = [
        [cell(status.label), *(_becomes(desk, status, move, role) for move in moves)]
        for status in desk.statuses.values()
    ]
    ruler = ["---"] * (len(moves) + 1)
    return [f"| {' | '.join(row)} |" for row in ([phrases["matrix.status"], *names], ruler, *rows)]


def _becomes(desk: Desk, status: Status, move: Move, role: str) -> str:
    """Return the label of the status that this move leads to from here; nothing when it cannot be made from here."""
    if status.id not in move.sources:
        return ""
    label = cell(desk.statuses[move.to].label)
    return label if role in move.shown else f"({label})"
