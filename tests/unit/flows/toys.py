"""Toy charts and a toy wijk, written out in full, so that one rule of the engine can be seen by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

from flows.hear.alarm import Alarm
from flows.model.alarm import Cry
from flows.model.chart import Charts, Outcome
from flows.model.effects import Effect
from flows.model.heard import ChartTap, Command, Heard, Text
from flows.model.memory import Memory
from flows.model.place import Given, Place
from flows.model.wijk import Hours, Line, Partner, Service, Source, Switch, WalkIn, Wijk
from flows.read.charts import read_charts
from flows.walk.arrows import OFFERED
from flows.walk.facts import recall
from flows.walk.walk import Walk

MENU = """
title = "Menu"
start = "welcome"

[welcome]
ask = "Hallo."
sure = true
answers.begin = { text = "Begin", go = "worries" }

[worries]
ask = "Wat is er?"
many = true
go = "toy.home"
answers.cold = { text = "Kou", points = { coach = 2 } }
answers.bills = { text = "Rekeningen", points = { coach = 1 } }
answers.none = { text = "Niets", go = "toy.home" }
answers.unknown = { text = "Weet ik niet", go = "toy.home" }

[bye]
forget = true
say = "Dag."
"""

DANGER = """
title = "Gevaar"
start = "all"
anywhere = true

[all]
ask = "Gevaar? Bel 112."
sure = true
answers.gas = { text = "Gas", go = "gas" }
answers.cut_off = { text = "Afgesloten", go = "toy.cold" }

[gas]
say = "Ga naar buiten."
"""

TOY = """
title = "Speelgoed"
start = "home"
progress = true

[home]
ask = "Huur je?"
answers.rent = { text = "Ja", go = "whose", points = { home = 1 } }
answers.own = { text = "Nee", go = "whose" }
answers.unknown = { text = "Weet ik niet", go = "whose" }

[whose]
choose = [
  { if.home = "own", fact = "energiefonds_open", go = "fund" },
  { if.home = "rent", go = "poor" },
  { go = "cold" },
]

[poor]
choose = [
  { if."menu.worries" = ["bills"], at_least.coach = 3, go = "both" },
  { go = "cold" },
]

[fund]
say = "Er is een fonds."

[both]
say = "Allebei."
answers.on = { text = "Verder", go = "cold" }

[cold]
ask = "Is het koud?"
answers.often = { text = "Vaak", go = "words" }
answers.unknown = { text = "Weet ik niet", go = "words" }
answers.again = { text = "Opnieuw", back = "home" }

[words]
ask = "Wil je iets zeggen?"
sure = true
write = "words"
limit = 20
go = "phone"
answers.skip = { text = "Sla over", go = "phone" }

[phone]
ask = "Mogen we je bellen?"
sure = true
share = "phone"
go = "help"
answers.no = { text = "Nee", go = "help" }

[help]
say = "Dit kunnen we doen."
offers = ["bills", "energy"]
yes = "give.name"
no = "menu.bye"

[offer.bills]
row = "M2"
if.cold = ["often", "unknown"]
to = "money"
topic = "bills"
hand = ["cold"]
say = "Hulp bij geld."

[offer.energy]
row = "E1"
if.cold = "often"
to = "coach"
topic = "energy"
hand = ["home"]
say = "Een coach."
"""

GIVE = """
title = "Doorgeven"
start = "name"

[name]
ask = "Hoe heet je?"
sure = true
write = "name"
limit = 10
go = "consent"
answers.shown = { text = "{name}", go = "consent" }

[consent]
ask = "{partner}: {packet}"
sure = true
consent = true
answers.yes = { text = "Ja", go = "send" }
answers.change = { text = "Anders", back = "name" }
answers.no = { text = "Nee", go = "send" }

[send]
choose = [
  { fact = "anything_agreed", go = "done" },
  { go = "menu.bye" },
]

[done]
refer = true
say = "{receipts}"
"""

ALARM = Alarm([Cry("gas", "nl", "ruik gas"), Cry("gas", "nl", "gaslucht"), Cry("all", "nl", "help mij nu")])

KNOWN = Source("toy", 2026)


def charts(folder: Path, **files: str) -> Charts:
    """These chart files, by name, read from this folder; without any, the toys of this module."""
    for name, text in (files or {"menu": MENU, "danger": DANGER, "toy": TOY, "give": GIVE}).items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return read_charts(folder)


def partner(id: str, **changes: object) -> Partner:
    """A partner by that id, open and with somebody who reads."""
    one = Partner(id, id.title(), f"hulp van {id}", f"iemand van {id}", f"{id} helpt", "door", KNOWN)
    return replace(one, **changes)  # type: ignore[arg-type]


def wijk(**partners: Partner) -> Wijk:
    """A wijk with `money`, `coach` and `spare`, changed as asked."""
    own = {
        "money": partner("money", instead="spare"),
        "coach": partner("coach", instead="spare"),
        "spare": partner("spare"),
    }
    return Wijk(
        id="toy",
        name="Speelwijk",
        municipality="Speelstad",
        person="de buur",
        languages=("nl", "ar", "en"),
        walk_in="door",
        partners={**own, **partners},
        places={"door": WalkIn("door", "De Deur", "", (Hours((1,), time(9), time(12)),), KNOWN)},
        lines={"line": Line("line", "Lijn", "112", KNOWN)},
        switches={"energiefonds": Switch("energiefonds", "closed", KNOWN)},
        amounts={},
        services={key: Service(key, key) for key in (*own, *partners)},
    )


def closed(one: Wijk, *partners: str, state: str = "paused") -> Wijk:
    """The same wijk with these partners away."""
    return replace(
        one, partners={key: replace(p, state=state) if key in partners else p for key, p in one.partners.items()}
    )


def memory(of: Charts, here: Wijk, *given: tuple[str, str] | tuple[str, str, str]) -> Memory:
    """What these answers tell: (step, answer) or (step, answer, words)."""
    return recall(of, here, tuple(Given(one[0], (one[1],), one[2] if len(one) > 2 else "") for one in given))


class Pawn:
    """Somebody who walks: each act gives the effects, and `place` is where they then stand."""

    def __init__(self, walk: Walk, here: Wijk, name: str = "Fatma") -> None:
        self.walk, self.wijk, self.name = walk, here, name
        self.place: Place | None = None

    @property
    def at(self) -> Place:
        """Where they stand; they must have come in."""
        assert self.place is not None
        return self.place

    def hear(self, heard: Heard) -> tuple[Effect, ...]:
        """One update."""
        stepped = self.walk.step(self.place, heard, self.wijk, self.name)
        self.place = stepped.place
        return stepped.effects

    def tap(self, answer: str, *, step: str = "", revision: int | None = None, mark: str = "") -> tuple[Effect, ...]:
        """A button of the card as it stands now, unless another step or revision is given."""
        return self.hear(
            ChartTap(step or self.at.step, answer, self.at.revision if revision is None else revision, mark)
        )

    def type(self, words: str) -> tuple[Effect, ...]:
        """Typed words, or a command."""
        if words.startswith("/"):
            name, _, argument = words[1:].partition(" ")
            return self.hear(Command(name, argument))
        return self.hear(Text(words))

    def go(self, *answers: str) -> Place:
        """Come in if need be, and tap these answers; gives where that leads."""
        if self.place is None:
            self.type("/start")
            self.tap("nl", step="language")
        for answer in answers:
            self.tap(answer)
        return self.at


def offers(of: Charts) -> Outcome:
    """The outcome of the toys that has offers."""
    found = next(step for step in of.steps.values() if isinstance(step, Outcome) and step.offers)
    assert set(OFFERED) == {"all", "first", "second", "no"}
    return found
