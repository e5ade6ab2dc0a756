"""Draws each chart as a Mermaid flowchart with its real words, in every language, and the table of the desk.

Pure and stable: the same content gives the same text, so that a stale drawing shows as a difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from unicodedata import bidirectional

from flows.draw.desk import desk_page
from flows.draw.matrix import matrix_page
from flows.draw.mermaid import BREAK, box, cell, label, node
from flows.model.chart import Charts, Condition, Crossroads, Flow, Offer, Outcome, Question, Step
from flows.model.desk import Desk
from flows.model.memory import answers_of
from flows.model.wijk import Wijk
from flows.texts.extract import Say
from flows.texts.fields import LANDLORD, of_wijk, without_unknown
from flows.texts.offers import offer_words, warn_words

INDEX = "README.md"
MADE = "<!-- make charts -->"


def drawings(
    charts: Charts, wijk: Wijk, desk: Desk, phrases: Mapping[str, str], say: Say, languages: Sequence[str]
) -> dict[str, str]:
    """Return all Markdown pages by file name: `<chart>.<language>.md`, `desk.md`, `matrix.md` and the index.

    `phrases` are those of the bot together with those of `draw.toml`; `say` gives a text in a language.
    """
    pages = {
        f"{name}.{language}.md": _Page(charts, wijk, phrases, say, language, flow).text()
        for name, flow in charts.flows.items()
        for language in languages
    }
    pages["desk.md"] = desk_page(desk, phrases)
    pages["matrix.md"] = matrix_page(desk, phrases)
    pages[INDEX] = _index(charts, phrases, languages)
    return pages


def _index(charts: Charts, phrases: Mapping[str, str], languages: Sequence[str]) -> str:
    lines = [f"# {phrases['draw.index']}", "", phrases["draw.intro"], ""]
    for name, flow in charts.flows.items():
        links = " · ".join(f"[{language}]({name}.{language}.md)" for language in languages)
        lines.append(f"- **{flow.title}** ({name}): {links}")
    lines.append(f"- **{phrases['moves.title']}**: [nl](desk.md)")
    lines.append(f"- **{phrases['matrix.title']}**: [nl](matrix.md)")
    return "\n".join([MADE, *lines]) + "\n"


class _Page:
    """One chart in one language."""

    def __init__(
        self, charts: Charts, wijk: Wijk, phrases: Mapping[str, str], say: Say, language: str, flow: Flow
    ) -> None:
        self.charts, self.wijk, self.phrases, self.flow = charts, wijk, phrases, flow
        self.language, self._say = language, say
        self.everywhere = of_wijk(wijk)
        self.everywhere["person"] = say(language, "wijk.person", wijk.person)
        if landlord := wijk.partners.get(wijk.partner_for(LANDLORD)):
            name = say(language, f"partner.{landlord.id}.name", landlord.name)
            self.everywhere["landlord"] = name.strip("\u2068\u2069\u200f")
        self.elsewhere: dict[str, None] = {}

    def say(self, context: str, dutch: str) -> str:
        """Return a text of the charts in this language, filled in with what is the same for everybody in the wijk."""
        text = without_unknown(self._say(self.language, context, dutch), self.everywhere)
        mirrored = any(bidirectional(letter) in ("R", "AL") for letter in text)
        for name, value in self.everywhere.items():
            text = text.replace(f"{{{name}}}", f"\u2068{value}\u2069" if mirrored else value or "")
        return text

    def word(self, key: str, **values: object) -> str:
        """Return a phrase in this language."""
        text = self._say(self.language, key, self.phrases[key]) if key in self.phrases else key.rpartition(".")[2]
        return text.format_map(values) if values else text

    def text(self) -> str:
        """Return the whole page."""
        drawn = self.flowchart()
        lines = [MADE, f"# {self.title(self.flow.name)}", ""]
        if self.flow.anywhere:
            lines += [self.word("draw.anywhere"), ""]
        lines += ["```mermaid", *drawn, "```", ""]
        if self.elsewhere:
            others = dict.fromkeys(name.partition(".")[0] for name in self.elsewhere)
            links = ", ".join(f"[{self.title(other)}]({other}.{self.language}.md)" for other in others)
            lines += [f"{self.word('draw.onward')}: {links}", ""]
        for step in self.flow.steps.values():
            if isinstance(step, Outcome) and step.offers:
                lines += self.table(step)
        return "\n".join(lines)

    def title(self, chart: str) -> str:
        """Return the title of a chart in this language."""
        return self.say(f"{chart}.title", self.charts.flows[chart].title)

    def flowchart(self) -> list[str]:
        """Return the lines of the drawing."""
        lines = ["flowchart TD", f"    start(({label(self.word('draw.start'))})) --> {node(self.flow.start)}"]
        for name, step in self.flow.steps.items():
            lines.append(f"    {self.box(name, step)}")
        for name, step in self.flow.steps.items():
            lines += [f"    {line}" for line in (*self.arrows(name, step), *self.notes(name, step))]
        for name in self.elsewhere:
            chart = name.partition(".")[0]
            words = f"{self.title(chart)}\n{self.first_line(name)}".strip()
            lines.append(f"    {box(name, words, '([', '])')}")
        return lines

    def box(self, name: str, step: Step) -> str:
        """Draw a step: a question as a box, a crossroads as a diamond, an end as a box with double sides."""
        match step:
            case Question():
                return box(name, self.say(name, step.ask), "[", "]")
            case Crossroads():
                return box(name, self.asked(step), "{", "}")
            case Outcome():
                words = [self.say(name, step.say)]
                helpers = dict.fromkeys(self.partners(offer) for offer in step.offers)
                words += [f"• {names}" for names in helpers]
                words += [f"({self.word('draw.tips')})"] if step.tips else []
                words += [f"({self.word('draw.refer')})"] if step.refer else []
                return box(name, "\n".join(words), "[[", "]]")

    def arrows(self, name: str, step: Step) -> list[str]:
        """Draw everything that leads away from a box; answers that lead to the same place share an arrow."""
        found: dict[tuple[str, bool], list[str]] = {}

        def add(target: str | None, words: str, dashed: bool = False) -> None:
            if target:
                found.setdefault((target, dashed), []).append(words)

        match step:
            case Crossroads():
                for number, way in enumerate(step.ways, start=1):
                    turn = f"{number}: " if len(step.ways) > 2 else ""
                    add(way.go, turn + self.condition(way.when, short=len(_questions(step)) == 1))
            case Question():
                for answer in step.answers.values():
                    words = self.say(f"{name}.{answer.id}", answer.text)
                    alone = f" ({self.word('draw.alone')})" if step.many and answer.go else ""
                    add(answer.go or step.go, words + alone)
                    add(answer.back, words, dashed=True)
                if step.write or step.share:
                    add(step.go, self.word("draw.typed" if step.write else "draw.shared"))
            case Outcome():
                if step.offers:
                    add(step.yes, self.word("offer.all"))
                    add(step.no, self.word("offer.no"))
                for answer in step.answers.values():
                    add(answer.go, self.say(f"{name}.{answer.id}", answer.text))
        lines = []
        for (target, dashed), said in found.items():
            if target not in self.flow.steps and target in self.charts.steps:
                self.elsewhere[target] = None
            arrow = "-.->" if dashed else "-->"
            lines.append(f"{node(name)} {arrow}|{label(BREAK.join(dict.fromkeys(said)))}| {node(target)}")
        return lines

    def notes(self, name: str, step: Step) -> list[str]:
        """Draw a note beside a box for each answer that answers other steps as well."""
        lines = []
        for answer in answers_of(step).values():
            if answer.gives:
                words = [self.word("draw.gives", answer=self.say(f"{name}.{answer.id}", answer.text))]
                words += [f"{self.first_line(other)} {self.given(other, said)}" for other, said in answer.gives.items()]
                note = box(f"{name}.{answer.id}.gives", "\n".join(words), ">", "]")
                lines.append(f"{node(name)} -.- {note}")
        return lines

    def given(self, step: str, answer: str) -> str:
        """Return an answer in words; that to an outcome with offers is a phrase of the bot itself."""
        known = answers_of(self.charts.steps[step])
        return self.say(f"{step}.{answer}", known[answer].text) if answer in known else self.word(f"offer.{answer}")

    def asked(self, step: Crossroads) -> str:
        """Return the one question that a crossroads looks at, or only a question mark."""
        questions = _questions(step)
        return self.question(questions[0]) if len(questions) == 1 else "?"

    def condition(self, when: Condition, *, short: bool = False) -> str:
        """Put a condition into words, short ones where the question stands in the diamond already."""
        parts = []
        for name, wanted in when.answered.items():
            known = getattr(self.charts.steps.get(name), "answers", {})
            said = [self.say(f"{name}.{each}", known[each].text) if each in known else each for each in wanted]
            answers = f" {self.word('draw.or')} ".join(said)
            parts.append(answers if short else f"{self.question(name)} {answers}")
        for name, least in when.at_least.items():
            words = self.word(f"why.{name}") if f"why.{name}" in self.phrases else name
            parts.append(self.word("draw.points", name=words, points=least))
        parts += [self.word(f"facts.{name}") for name in when.facts]
        for name, wanted in when.only.items():
            inner = self.condition(Condition(answered={name: wanted}), short=short)
            parts.append(self.word("draw.only", condition=inner))
        if when.any_of:
            parts.append(f" {self.word('draw.or')} ".join(f"({self.condition(each)})" for each in when.any_of))
        parts += [self.word("draw.unless", condition=self.condition(each)) for each in when.unless]
        return f" {self.word('draw.and')} ".join(parts) if parts else self.word("draw.otherwise")

    def question(self, name: str) -> str:
        """Return the line of a question that asks."""
        step = self.charts.steps.get(name)
        lines = self.say(name, step.ask).split("\n") if isinstance(step, Question) else [name]
        return next((line for line in lines if line.endswith(("?", "؟"))), lines[0])

    def first_line(self, name: str) -> str:
        """Return the first words of a box of another chart; nothing for a crossroads."""
        step = self.charts.steps[name]
        match step:
            case Question():
                return self.question(name)
            case Outcome():
                return self.say(name, step.say).split("\n")[0]
            case _:
                return ""

    def partners(self, offer: Offer) -> str:
        """Name the partners who come; two who come together are joined by a word."""
        known = self.wijk.partners
        keys = [self.wijk.partner_for(service) for service in offer.to]
        names = [
            self.say(f"partner.{key}.name", known[key].name) if key in known else self.word("packet.coordinator")
            for key in keys
        ]
        return f" {self.word('draw.together')} ".join(names)

    def said(self, offer: Offer) -> str:
        """Return what the resident reads about an offer, with its warning."""
        words = self.say(*offer_words(self.wijk, offer))
        return f"{words}\n⚠️ {self.say(*warn_words(offer))}" if offer.warn else words

    def table(self, step: Outcome) -> list[str]:
        """Return the offers of an outcome as a table: row, who, when, about what, and what the resident reads."""
        heads = [self.word(f"draw.{key}") for key in ("row", "who", "when", "topic", "says")]
        lines = [f"## {self.word('draw.offers')}: {cell(self.say(step.name, step.say).split(chr(10))[0])}", ""]
        lines += ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        for offer in step.offers:
            when = self.word("draw.always") if offer.when.empty else self.condition(offer.when)
            marks = [self.word(f"draw.{word}") for word in ("urgent", "own_yes") if getattr(offer, word)]
            urgent = f" ({', '.join(marks)})" if marks else ""
            cells = [
                f"{offer.row}{urgent}",
                self.partners(offer),
                when,
                self.word(f"topics.{offer.topic}"),
                self.said(offer),
            ]
            lines.append("| " + " | ".join(cell(each) for each in cells) + " |")
        return [*lines, ""]


def _questions(step: Crossroads) -> list[str]:
    """Return the questions that a crossroads looks at; none when points or facts count as well."""
    if any(way.when.facts or way.when.at_least for way in step.ways):
        return []
    return list(dict.fromkeys(name for way in step.ways for name in way.when.questions))
