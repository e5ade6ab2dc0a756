"""Reads chart files into shapes; a mistake is a `Fault` with file, step and "did you mean"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.model.chart import Answer, Charts, Crossroads, Flow, Offer, Outcome, Question, Score, Step, Way
from flows.model.faults import Fault, FlowError, meant
from flows.model.tip import Tip
from flows.read.conditions import CONDITION_KEYS, flat
from flows.read.offers import read_offers
from flows.read.rows import Rows, Table
from flows.read.toml import read_toml
from flows.read.worries import joined

FLOW_KEYS = {"title", "start", "progress", "anywhere", "scores", "worry"}
SECTIONS = ("offer", "services", "topics")
"""Tables of a chart that are no steps."""
KINDS = {
    "ask": {"ask", "answers", "many", "go", "write", "limit", "share", "sure", "consent", "was"},
    "choose": {"choose", "was"},
    "say": {"say", "offers", "answers", "yes", "no", "tips", "refer", "relay", "forget", "was"},
}
ANSWER_KEYS = {"text", "go", "back", "points", "gives", "was"}
TIP_KEYS = {"id", "say", "free", "saving", "when", "unless"}


def read_charts(folder: Path) -> Charts:
    """Read all charts of a folder. Raises FlowError with every mistake of form; `flows.check` checks the arrows."""
    faults: list[Fault] = []
    readers: list[_Reader] = []
    tables: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            tables.append(read_toml(path))
            readers.append(_Reader(path.name, path.stem, faults))
        except FlowError as error:
            faults.extend(error.faults)
    offers: dict[str, Offer] = {}
    for reader, table in zip(readers, tables, strict=True):
        offers |= reader.sections(table)
    flows = {reader.chart: reader.flow(table, offers) for reader, table in zip(readers, tables, strict=True)}
    if not flows and not faults:
        faults.append(Fault(str(folder.name), "", "there is no chart in this folder"))
    if faults:
        raise FlowError(faults)
    path = folder.parent / "services.toml"
    services = read_toml(path) if path.exists() else {}  # without it, the check reports each service by name
    topics: dict[str, str] = {}
    for reader in readers:
        services |= reader.services
        topics |= reader.topics
    wrong = [key for key, words in services.items() if not isinstance(words, str) or not words.strip()]
    if wrong:
        raise FlowError(
            [Fault(path.name, key, "a service has a few words between quotes: what is it?") for key in wrong]
        )
    steps = {step.name: step for flow in flows.values() for step in flow.steps.values()}
    return joined(Charts(flows, steps, services, topics))


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


class _Reader(Rows):
    """Reads one file and collects its faults."""

    def __init__(self, file: str, chart: str, faults: list[Fault]) -> None:
        super().__init__(file, chart, faults)
        self.own: dict[str, Offer] = {}
        self.all: Mapping[str, Offer] = {}
        self.services: dict[str, str] = {}
        self.topics: dict[str, str] = {}

    def sections(self, table: Table) -> dict[str, Offer]:
        """Read what is no step, so that every chart may use the offers of every other: return its own by full name."""
        self.services, self.topics = dict(table.get("services", {})), dict(table.get("topics", {}))
        self.own = read_offers(self, table.get("offer", {}))
        return self.own

    def flow(self, table: Table, offers: Mapping[str, Offer]) -> Flow:
        """Read the steps; `offers` are those of all charts."""
        self.all = offers
        rows = {key: value for key, value in table.items() if isinstance(value, dict) and key not in SECTIONS}
        table = {key: value for key, value in table.items() if key not in SECTIONS}
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
            offers=self.own,
            worry=str(table.get("worry", "")).strip(),
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
            consent=bool(row.get("consent", False)),
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
                gives={self.full(other): said for other, said in flat(row.get("gives", {}))},
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

    def crossroads(self, name: str, row: Table) -> Crossroads:
        ways: list[Way] = []
        for number, way in enumerate(row["choose"], start=1):
            self.known(name, way, CONDITION_KEYS | {"go"})
            ways.append(Way(self.condition(name, way), self.full(self.text(name, way, "go"))))
            if ways[-1].when.empty != (number == len(row["choose"])):
                self.fault(name, "the last way of a crossroads has no condition, and every other way has one")
        return Crossroads(self.full(name), tuple(ways), self.before(name, row))

    def outcome(self, name: str, row: Table) -> Outcome:
        offers = tuple(self.used(name, row.get("offers", [])))
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

    def used(self, step: str, names: Any) -> Iterator[Offer]:
        """Yield the offers that an outcome names; a bare name is an offer of the same chart."""
        for name in names if isinstance(names, list) else [names]:
            if not isinstance(name, str):
                self.fault(step, 'an outcome names its offers: offers = ["money"]; each stands under [offer.money]')
                continue
            chart, _, bare = name.rpartition(".")
            full = f"{chart or self.chart}.offer.{bare}"
            if full in self.all:
                yield self.all[full]
            else:
                known = [each.removeprefix(f"{self.chart}.").removeprefix("offer.") for each in self.all]
                self.fault(step, f'there is no offer "{name}": write [offer.{bare}].{meant(name, known)}')

    def tip(self, row: Table) -> Tip:
        name = str(row.get("id", ""))
        self.known(name, row, TIP_KEYS)
        when = self.condition(name, row.get("when", {}))
        return Tip(
            id=name,
            say=self.text(name, row, "say"),
            free=bool(row.get("free", False)),
            saving=row.get("saving"),
            when=replace(when, unless=self.condition(name, {"unless": row.get("unless", [])}).unless),
        )
