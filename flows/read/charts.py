"""Reads chart files into shapes. The only reader of TOML; a mistake is a `Fault` with file, step and "did you mean"."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from flows.model.chart import Answer, Charts, Condition, Crossroads, Flow, Offer, Outcome, Question, Score, Step, Way
from flows.model.faults import Fault, FlowError, meant
from flows.model.tip import Tip

Table = Mapping[str, Any]

FLOW_KEYS = {"title", "start", "progress", "anywhere", "scores"}
KINDS = {
    "ask": {"ask", "answers", "many", "go", "write", "limit", "share", "sure", "consent", "was"},
    "choose": {"choose", "was"},
    "say": {"say", "offers", "answers", "yes", "no", "tips", "refer", "relay", "forget", "was"},
}
ANSWER_KEYS = {"text", "go", "back", "points", "was"}
CONDITION_KEYS = {"if", "at_least", "fact"}
OFFER_KEYS = CONDITION_KEYS | {"row", "to", "urgent", "topic", "hand", "say", "days", "own_yes", "line"}
TIP_KEYS = {"id", "say", "free", "saving", "when", "unless"}


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file as plain data; FlowError names the line when it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FlowError([Fault(path.name, "", f"this is not valid TOML: {error}")]) from error
    except OSError as error:
        raise FlowError([Fault(path.name, "", "this file is missing")]) from error


def read_charts(folder: Path) -> Charts:
    """Read all charts of a folder. Raises FlowError with every mistake of form; `flows.check` checks the arrows."""
    faults: list[Fault] = []
    flows: dict[str, Flow] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            flows[path.stem] = _Reader(path.name, path.stem, faults).flow(read_toml(path))
        except FlowError as error:
            faults.extend(error.faults)
    if not flows and not faults:
        faults.append(Fault(str(folder.name), "", "there is no chart in this folder"))
    if faults:
        raise FlowError(faults)
    steps = {step.name: step for flow in flows.values() for step in flow.steps.values()}
    return Charts(flows, steps, _services(folder.parent / "services.toml"))


def _services(path: Path) -> dict[str, str]:
    """Read the services that charts may offer, in the order of the file."""
    table = read_toml(path) if path.exists() else {}  # without it, the check reports each service by name
    wrong = [key for key, words in table.items() if not isinstance(words, str) or not words.strip()]
    if wrong:
        raise FlowError(
            [Fault(path.name, key, "a service has a few words between quotes: what is it?") for key in wrong]
        )
    return table


def read_tips(path: Path) -> tuple[Tip, ...]:
    """Read the tips in the order of the file; raises FlowError with every mistake."""
    faults: list[Fault] = []
    reader = _Reader(path.name, "", faults)
    tips = tuple(reader.tip(row) for row in read_toml(path).get("tip", []))
    if faults:
        raise FlowError(faults)
    return tips


def read_phrases(path: Path) -> dict[str, str]:
    """Read the phrases: the Dutch text by `section.key`; raises FlowError for anything that is not text."""
    phrases: dict[str, str] = {}
    for section, rows in read_toml(path).items():
        for key, text in rows.items():
            if not isinstance(text, str):
                raise FlowError([Fault(path.name, f"{section}.{key}", "this must be a text between quotes")])
            phrases[f"{section}.{key}"] = text.strip()
    return phrases


class _Reader:
    """Reads one file and collects its faults."""

    def __init__(self, file: str, chart: str, faults: list[Fault]) -> None:
        self.file, self.chart, self.faults = file, chart, faults

    def fault(self, step: str, message: str) -> None:
        self.faults.append(Fault(self.file, step, message))

    def full(self, name: str) -> str:
        """Return a step's full name; a bare name is a step of the same chart."""
        return name if "." in name else f"{self.chart}.{name}"

    def known(self, step: str, table: Table, keys: set[str]) -> None:
        for key in table:
            if key not in keys:
                self.fault(step, f'"{key}" is not a word of the chart language.{meant(key, keys)}')

    def text(self, step: str, table: Table, key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(step, f'"{key}" must be a text between quotes')
            return ""
        return value.strip()

    def flow(self, table: Table) -> Flow:
        rows = {key: value for key, value in table.items() if isinstance(value, dict)}
        self.known("", {key: value for key, value in table.items() if key not in rows}, FLOW_KEYS)
        steps = {name: self.step(name, row) for name, row in rows.items()}
        start = self.text("", table, "start")
        if start and start not in steps:
            self.fault("", f'start = "{start}" is not a step of this chart.{meant(start, steps)}')
        return Flow(
            name=self.chart,
            title=self.text("", table, "title"),
            start=self.full(start),
            steps={self.full(name): step for name, step in steps.items()},
            scores=tuple(
                Score(row.get("fact", ""), dict(row.get("points", {})), self.full(row.get("question", "")))
                for row in table.get("scores", [])
            ),
            anywhere=bool(table.get("anywhere", False)),
            progress=bool(table.get("progress", False)),
        )

    def step(self, name: str, row: Table) -> Step:
        kinds = [kind for kind in KINDS if kind in row]
        if len(kinds) != 1:
            self.fault(
                name, 'a step has exactly one of "ask" (a question), "choose" (a crossroads), "say" (an outcome)'
            )
            return Crossroads(self.full(name), ())
        self.known(name, row, KINDS[kinds[0]])
        if kinds[0] == "ask":
            return self.question(name, row)
        if kinds[0] == "choose":
            return self.crossroads(name, row)
        return self.outcome(name, row)

    def question(self, name: str, row: Table) -> Question:
        go = self.full(row["go"]) if "go" in row else None
        if go is None and any(key in row for key in ("many", "write", "share")):
            self.fault(name, 'a step with "many", "write" or "share" also says where it leads: go = "…"')
        return Question(
            name=self.full(name),
            ask=self.text(name, row, "ask"),
            answers=self.answers(name, row.get("answers", {}), many=bool(row.get("many", False))),
            many=bool(row.get("many", False)),
            go=go,
            write=row.get("write"),
            limit=int(row.get("limit", 200)),
            share=row.get("share"),
            sure=bool(row.get("sure", False)),
            consent=int(row.get("consent", 0)),
            was=self.before(name, row),
        )

    def answers(self, step: str, rows: Table, *, many: bool = False) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for key, row in rows.items():
            if not isinstance(row, dict):
                self.fault(step, f'answer "{key}" is written as {{ text = "…", go = "…" }}')
                continue
            self.known(f"{step}.{key}", row, ANSWER_KEYS)
            if key.startswith("_") or ":" in key or not key.isascii():
                self.fault(step, f'answer "{key}" must be a short word of plain letters')
            arrows = [word for word in ("go", "back") if word in row]
            if len(arrows) != 1 and not (many and not arrows):
                self.fault(step, f'answer "{key}" says where it leads with exactly one of go = "…" and back = "…"')
            answers[key] = Answer(
                id=key,
                text=self.text(f"{step}.{key}", row, "text"),
                go=self.full(row["go"]) if "go" in row else None,
                back=self.full(row["back"]) if "back" in row else None,
                points=dict(row.get("points", {})),
                was=self.earlier(f"{step}.{key}", row),
            )
        return answers

    def earlier(self, step: str, row: Table) -> tuple[str, ...]:
        """Read the names that a step or an answer had before."""
        match row.get("was", []):
            case str(name):
                return (name,)
            case [*names] if all(isinstance(name, str) for name in names):
                return tuple(names)
        self.fault(step, 'the earlier name stands between quotes: was = "cold", or was = ["cold", "chilly"]')
        return ()

    def before(self, name: str, row: Table) -> tuple[str, ...]:
        """Read the full names that a step had before."""
        return tuple(self.full(each) for each in self.earlier(name, row))

    def condition(self, step: str, row: Table) -> Condition:
        answered: dict[str, tuple[str, ...]] = {}
        for question, wanted in _flat(row.get("if", {})):
            answered[self.full(question)] = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        fact = row.get("fact", ())
        points = row.get("at_least", {})
        if any(not isinstance(value, int) for value in points.values()):
            self.fault(step, "points are whole numbers, as in at_least.coach = 6")
        return Condition(answered, dict(points), (fact,) if isinstance(fact, str) else tuple(fact))

    def crossroads(self, name: str, row: Table) -> Crossroads:
        ways: list[Way] = []
        for number, way in enumerate(row["choose"], start=1):
            self.known(name, way, CONDITION_KEYS | {"go"})
            ways.append(Way(self.condition(name, way), self.full(self.text(name, way, "go"))))
            if ways[-1].when.empty != (number == len(row["choose"])):
                self.fault(name, "the last way of a crossroads has no condition, and every other way has one")
        return Crossroads(self.full(name), tuple(ways), self.before(name, row))

    def outcome(self, name: str, row: Table) -> Outcome:
        offers = tuple(self.offer(f"{name} offer {n}", r) for n, r in enumerate(row.get("offers", []), start=1))
        if offers and not ("yes" in row and "no" in row):
            self.fault(
                name, 'an outcome with offers says where "Ja, graag" and "Liever niet" lead: yes = "…", no = "…"'
            )
        return Outcome(
            name=self.full(name),
            say=self.text(name, row, "say"),
            offers=offers,
            answers=self.answers(name, row.get("answers", {})),
            yes=self.full(row["yes"]) if "yes" in row else None,
            no=self.full(row["no"]) if "no" in row else None,
            tips=bool(row.get("tips", False)),
            refer=bool(row.get("refer", False)),
            relay=str(row.get("relay", "")),
            forget=bool(row.get("forget", False)),
            was=self.before(name, row),
        )

    def offer(self, step: str, row: Table) -> Offer:
        self.known(step, row, OFFER_KEYS)
        to = row.get("to", ())
        if not to:
            self.fault(step, 'an offer names who helps: to = "…"')
        return Offer(
            row=self.text(step, row, "row"),
            to=(to,) if isinstance(to, str) else tuple(to),
            say=self.text(step, row, "say"),
            topic=self.text(step, row, "topic"),
            when=self.condition(step, row),
            urgent=bool(row.get("urgent", False)),
            hand=tuple(self.full(question) for question in row.get("hand", ())),
            days=self.days(step, row),
            own_yes=bool(row.get("own_yes", False)),
            line=str(row.get("line", "")),
        )

    def days(self, step: str, row: Table) -> tuple[int, int] | None:
        if "days" not in row:
            return None
        match row["days"]:
            case [int(claim), int(contact)]:
                return claim, contact
        self.fault(step, "days are two whole numbers of working days, to pick up and to make contact: days = [2, 5]")
        return None

    def tip(self, row: Table) -> Tip:
        name = str(row.get("id", ""))
        self.known(name, row, TIP_KEYS)
        unless = row.get("unless", [])
        rows = [unless] if isinstance(unless, dict) else unless
        return Tip(
            id=name,
            say=self.text(name, row, "say"),
            free=bool(row.get("free", False)),
            saving=row.get("saving"),
            when=self.condition(name, row.get("when", {})),
            unless=tuple(self.condition(name, each) for each in rows),
        )


def _flat(table: Table, before: str = "") -> list[tuple[str, Any]]:
    """Flatten a table, so that `if.menu.worries = "x"` and `if."menu.worries" = "x"` are the same."""
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            rows.extend(_flat(cast(Table, value), f"{name}."))
        else:
            rows.append((name, value))
    return rows
