"""Everything that is wrong with the content of one wijk: what `flows` finds, and buttons that carry too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.content.files import Files
from bot.messages.taps.buttons import Tap, encode
from bot.messages.taps.members import DashboardTap, LeadTap, RegisterTap
from flows.check import lines
from flows.check.arrows import fault
from flows.check.content import check
from flows.model.chart import Outcome, Question, Step
from flows.model.faults import Fault
from flows.model.heard import ChartTap
from flows.model.memory import answers_of
from flows.model.names import DOORS
from flows.model.wijk import STATES, Wijk
from flows.texts.extract import Say

BYTES = 64
"""How many bytes Telegram lets a button carry."""

REVISION = 36**6 - 1
"""The highest revision of a place, and version of a lead, for which there must be room."""

TOKEN, MARK = "0" * 16, "0" * 8
"""Texts as long as the token of a lead in a button and the fingerprint of a consent card in its yes button."""


def faults(
    files: Files, wijk: Wijk, say: Say = lambda _language, _context, dutch: dutch, languages: Sequence[str] = ("nl",)
) -> list[Fault]:
    """Return every mistake once. `say` gives a text in a language, with its fields not filled in."""
    found = check(
        files.charts, wijk, files.tips, files.phrases, files.alarm, files.desk, say, languages, DOORS
    )  # fmt: skip
    long = lines.faults(files.charts, wijk, files.tips, say, languages)
    return [*found, *long, *lines.wordy(files.messages(), files.charts), *_buttons(files, wijk)]


def _buttons(files: Files, wijk: Wijk) -> Iterator[Fault]:
    for name, step in files.charts.steps.items():
        longest = max((encode(tap) for tap in _taps(name, step)), key=_size, default="")
        if _size(longest) > BYTES:
            more = f"{_size(longest)} bytes, at most {BYTES} ({longest}): give the step or the answer a shorter name"
            yield fault(name, f"a button carries {more}")
    for move in files.desk.moves:
        for reason in ("", *move.reasons):
            if _size(encode(LeadTap(TOKEN, move.name, reason, REVISION))) > BYTES:
                yield Fault("desk.toml", move.name, f'the button of "{reason}" carries more than {BYTES} bytes')
    for tick in files.desk.ticks(()):
        if _size(encode(LeadTap(TOKEN, "done", f"no_{tick}", REVISION))) > BYTES:
            yield Fault("desk.toml", "done", f'the button of "{tick}" carries more than {BYTES} bytes')
    for partner in wijk.partners:
        taps: list[Tap] = [DashboardTap("state", partner, state) for state in STATES]
        if max(_size(encode(tap)) for tap in (*taps, RegisterTap("party", TOKEN, partner, REVISION))) > BYTES:
            yield Fault("partners.toml", partner, f"a button carries more than {BYTES} bytes: shorten this name")


def _taps(name: str, step: Step) -> Iterator[Tap]:
    """Return what the buttons of this step carry; a crossroads has none."""
    if not isinstance(step, Question | Outcome):
        return
    yield ChartTap(name, "_language", REVISION)
    for answer in answers_of(step).values():
        sign = "+" if isinstance(step, Question) and step.many else ""
        mark = MARK if isinstance(step, Question) and step.consent and answer.id == "yes" else ""
        yield ChartTap(name, f"{sign}{answer.id}", REVISION, mark)


def _size(data: str) -> int:
    return len(data.encode())
