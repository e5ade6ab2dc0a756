"""The shapes of a flow: what a chart file holds once it is read. Frozen values, no behaviour but look-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

UNKNOWN = "unknown"
"""The answer id of "weet ik niet" in every question that has one."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a way, an offer or a tip counts; every part that is given must hold. Empty means always.

    `answered` maps a full step name (`chart.step`) to the answers of which at least one was given; `only` maps it to
    the answers besides which no other was given. `at_least` maps a point name to the lowest sum that counts. `facts`
    names functions of `flows.walk.facts` that must be true. One of `any_of` must hold, and none of `unless`.
    """

    answered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at_least: Mapping[str, int] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    any_of: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.answered or self.at_least or self.facts or self.only or self.any_of or self.unless)

    def parts(self) -> Iterator[Condition]:
        """Yield this condition and every one inside it."""
        yield self
        for inner in (*self.any_of, *self.unless):
            yield from inner.parts()

    @property
    def questions(self) -> tuple[str, ...]:
        """The full names of all questions that it looks at, each once."""
        return tuple(dict.fromkeys(name for part in self.parts() for name in (*part.answered, *part.only)))


@dataclass(frozen=True, slots=True)
class Answer:
    """A button of a question. One of `go` (a full step name) and `back` is set, or neither in a `many` question.

    `back` names an earlier question: the walk returns there to change its answer, and keeps what was said since.
    `gives` are answers to other steps that this one gives as well, so that nobody is asked; `was` are its earlier ids.
    """

    id: str
    text: str
    go: str | None = None
    back: str | None = None
    points: Mapping[str, int] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A box that waits for the resident.

    `many`: several answers may be picked before *verder*, which follows `go`; an answer with a `go` of its own is
    picked alone. `write` names the field that typed text fills (at most `limit` characters), and then `go`
    is where typing leads; `share` is the same for the phone number of the contact button.
    `sure` marks a question in which "weet ik niet" makes no sense (consent, a name). `consent` marks the card
    that asks for a yes to one destination; the yes counts only for exactly what was shown.
    `was` are its earlier full names: a resident who stands there under one, or answered there, loses nothing.
    """

    name: str
    ask: str
    answers: Mapping[str, Answer]
    many: bool = False
    go: str | None = None
    write: str | None = None
    limit: int = 200
    share: str | None = None
    sure: bool = False
    consent: bool = False
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One arrow out of a crossroads."""

    when: Condition
    go: str


@dataclass(frozen=True, slots=True)
class Crossroads:
    """A box in which nobody is asked anything: the first way that holds is taken; the last has no condition."""

    name: str
    ways: tuple[Way, ...]
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the decision table: who can help, and why.

    `id` is its full name, `chart.offer.name`, by which outcomes use it and translators know its words.
    `row` is the row of the decision table (M2, H1, …). `to` are services: one, or two who come together.
    `topic` is a key of `topics` in the phrases; `hand` are the questions whose answers are shared. `days` are the
    working days to claim and to make contact when this row differs from the partner's own. `own_yes` marks an offer
    that is never shared together with another: it gets a card and a yes of its own, also at a partner who helps with
    something else. `line` is a number of the wijk to call today, shown under the offer as soon as the wijk knows it.
    `warn` is what the resident must read whatever the offer is merged with. `meanwhile` marks a `say` that tells what
    to do until somebody comes: it stands on the receipt too, like `line` and `warn`. `words` and `warned` are the names
    of the offers whose `say` and whose `warn` it shares.
    """

    id: str
    row: str
    to: tuple[str, ...]
    say: str
    topic: str
    when: Condition = field(default_factory=Condition)
    urgent: bool = False
    hand: tuple[str, ...] = ()
    days: tuple[int, int] | None = None
    own_yes: bool = False
    line: str = ""
    warn: str = ""
    meanwhile: bool = False
    words: str = ""
    warned: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A box where the walk ends: what is said, and the offers that match (at most two destinations are shown).

    `yes` and `no` are the steps behind "Ja, graag" and "Liever niet" when there are offers; `answers` are further
    doors; `tips` asks for the tips that fit the answers; `refer` hands over what was agreed; `relay` (`resident` or
    `partner`) sends on what was typed. After `refer`, `relay` and `forget` the trail is empty: what was typed is not
    kept here.
    """

    name: str
    say: str
    offers: tuple[Offer, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    yes: str | None = None
    no: str | None = None
    tips: bool = False
    refer: bool = False
    relay: str = ""
    forget: bool = False
    was: tuple[str, ...] = ()


Step = Question | Crossroads | Outcome


@dataclass(frozen=True, slots=True)
class Score:
    """Points that follow from a named fact instead of from one answer (the bill against its baseline)."""

    fact: str
    points: Mapping[str, int]
    question: str
    """The full name of the question whose answer the fact looks at; "Waarom?" shows the points beside it."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One file of `flows/charts`. `anywhere`: its steps are shown from every step and never move the place."""

    name: str
    title: str
    start: str
    steps: Mapping[str, Step]
    scores: tuple[Score, ...] = ()
    anywhere: bool = False
    progress: bool = False
    """Show on its question cards how far the resident is, and count them for it."""
    offers: Mapping[str, Offer] = field(default_factory=dict)
    """Its offers by full name; outcomes of any chart use them by name."""
    worry: str = ""
    """The button under the first question that leads here, of a chart that is joined to the others by itself."""


@dataclass(frozen=True, slots=True)
class Charts:
    """All flows together; `steps` is keyed by full name, `chart.step`.

    `services` is what they may offer: an id with a few words for the person who looks for a partner. `topics` are the
    words for what a lead is about that charts bring along.
    """

    flows: Mapping[str, Flow]
    steps: Mapping[str, Step]
    services: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)

    def question(self, name: str) -> Question:
        """Return the question of that full name; KeyError when there is none."""
        step = self.steps[name]
        if not isinstance(step, Question):
            raise KeyError(name)
        return step
