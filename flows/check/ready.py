"""Lists what people in the wijk must still fill in or ask again before the bot helps real residents. Pure.

None of it is a mistake: the content is sound, and texts leave out what nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flows.check.arrows import fault
from flows.model.chart import Charts, Outcome, Question
from flows.model.faults import Fault
from flows.model.memory import answers_of
from flows.model.wijk import UNKNOWN, Source, Wijk
from flows.texts.fields import FIELD, of_wijk

PHONE, ADDRESS, HOURS, SWITCH, SERVICE = "phone", "address", "hours", "switch", "service"
UNTIL, CLOSED = "until", "closed"
"""What can lack: a number to call, the address or the hours of a door, whether something is open, who does a service,
whether a partner that was full or away is back, and when it is closed next."""

FRESH = timedelta(days=60)
"""How long a fact counts as known after somebody asked."""

FRESH_AMOUNT = timedelta(days=365)
"""How long an amount counts as known after the day on which somebody looked it up."""

SAID = {
    PHONE: "no number to call yet: fill in phone, source and checked",
    ADDRESS: "no address yet: fill in address",
    HOURS: 'no opening hours yet: open = [{ days = ["mon"], from = "09:00", to = "12:00" }]',
    SWITCH: "nobody knows yet whether it is open; the coordinator says it in the chat, or fill in value and checked",
    SERVICE: "nobody does this here, so it goes to the coordinator: fill in a partner",
    UNTIL: "its last day is over, so the partner counts as open again: ask, and leave out state and until",
    CLOSED: "these days off are over: leave them out, and ask for the next ones",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that nobody filled in yet: where, which kind, and its Dutch name."""

    file: str
    entry: str
    kind: str
    name: str

    def fault(self) -> Fault:
        """Return it in the words of the check."""
        return Fault(self.file, self.entry, f"{self.name}: {SAID[self.kind]}")


@dataclass(frozen=True, slots=True)
class Old:
    """One fact that nobody asked again for a long time: where, its Dutch name, and when it was known."""

    file: str
    entry: str
    name: str
    known: Source

    def fault(self) -> Fault:
        """Return it in the words of the check."""
        if not self.known.checked:
            return Fault(self.file, self.entry, "never checked; ask, and write the day: checked = 2026-11-22")
        since = f"last known {self.known.checked} ({self.known.source})"
        return Fault(self.file, self.entry, f"{since}; ask again, and write the day: checked = 2026-11-22")


def gaps(charts: Charts, wijk: Wijk, today: date) -> Iterator[Gap]:
    """List what this wijk must still fill in."""
    for line in wijk.lines.values():
        if not line.phone:
            yield Gap("wijk.toml", f"lines.{line.id}", PHONE, line.name)
    for place in wijk.places.values():
        if not place.address:
            yield Gap("wijk.toml", f"places.{place.id}", ADDRESS, place.name)
        if not place.hours:
            yield Gap("wijk.toml", f"places.{place.id}", HOURS, place.name)
    for switch in wijk.switches.values():
        if switch.value == UNKNOWN:
            yield Gap("wijk.toml", f"switches.{switch.name}", SWITCH, switch.name)
    for service, words in charts.services.items():
        if service not in wijk.services:
            yield Gap("wijk.toml", f"services.{service}", SERVICE, words)
    for partner in wijk.partners.values():
        if partner.until and partner.until < today:
            yield Gap("partners.toml", partner.id, UNTIL, partner.name)
        if any(each.last < today for each in partner.closed):
            yield Gap("partners.toml", partner.id, CLOSED, partner.name)


def old(wijk: Wijk, today: date) -> Iterator[Old]:
    """List the partners, places, numbers, switches and amounts that nobody checked lately.

    A bare year says that a fact was known then, not that somebody asked on a day: it is always on the list. An amount
    with a bare year counts as known for the whole of that year.
    """
    entries = [
        *(Old("partners.toml", each.id, each.name, each.known) for each in wijk.partners.values()),
        *(Old("wijk.toml", f"places.{each.id}", each.name, each.known) for each in wijk.places.values()),
        *(
            Old("lines.toml" if each.shared else "wijk.toml", _line(each.id, each.shared), each.name, each.known)
            for each in wijk.lines.values()
            if each.phone
        ),
        *(
            Old("wijk.toml", f"switches.{each.name}", each.name, each.known)
            for each in wijk.switches.values()
            if each.value != UNKNOWN
        ),
    ]
    for entry in entries:
        if not isinstance(entry.known.checked, date) or today - entry.known.checked > FRESH:
            yield entry
    for key, amount in wijk.amounts.items():
        checked = amount.known.checked
        known = today - checked <= FRESH_AMOUNT if isinstance(checked, date) else checked >= today.year
        if not known:
            yield Old("amounts.toml", key, key, amount.known)


def _line(id: str, shared: bool) -> str:
    return id if shared else f"lines.{id}"


def unsaid(charts: Charts, wijk: Wijk) -> list[Fault]:
    """List the steps that hide a line or a button here, because the wijk lacks what it names."""
    values = of_wijk(wijk)
    found = []
    for name, step in charts.steps.items():
        texts = [step.ask if isinstance(step, Question) else step.say if isinstance(step, Outcome) else ""]
        texts += [offer.say for offer in getattr(step, "offers", ())]
        texts += [answer.text for answer in answers_of(step).values()]
        lacking = {each for text in texts for each in FIELD.findall(text) if values.get(each, "") is None}
        found += [fault(name, f"{{{each}}} is not known here: what names it is not shown") for each in sorted(lacking)]
    return found
