"""The shapes of advice: what can be done for a resident, who would receive it, and what was asked already of two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from flows.model.chart import Offer
from flows.model.place import Given
from flows.model.wijk import COORDINATOR, Need, Running, Wijk

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Help:
    """One thing that can be done: merged from all offers that lead to the same partners, but for `own_yes`.

    `to` are the partners who would receive it now; `closed` are partners in the table that are paused or full, so that
    the resident can be told.
    """

    offers: tuple[Offer, ...]
    to: tuple[str, ...]
    closed: tuple[str, ...] = ()

    needs: tuple[tuple[str, Need], ...] = ()
    """Who would receive which need: what runs already is not among them."""
    partly: tuple[Offer, ...] = ()
    """The offers of which a part runs already, so that their words are not true any more."""

    def merged(
        self, offer: Offer, closed: tuple[str, ...], needs: tuple[tuple[str, Need], ...], partly: tuple[Offer, ...]
    ) -> Help:
        """Return it with an offer more, which goes to the same partners."""
        return replace(
            self,
            offers=(*self.offers, offer),
            closed=distinct((*self.closed, *closed)),
            needs=(*self.needs, *needs),
            partly=(*self.partly, *partly),
        )

    def needing(self, needs: Iterable[tuple[str, Need]]) -> Help:
        """Return it with the needs for which it is asked already, because it goes to the same partner."""
        return replace(self, needs=(*self.needs, *(each for each in needs if each[0] in self.to)))

    @property
    def urgent(self) -> bool:
        return any(offer.urgent for offer in self.offers)

    @property
    def apart(self) -> str:
        """The topic that needs a yes of its own, or an empty text; offers are merged only when they agree in this."""
        return apart(self.offers[0])


@dataclass(frozen=True, slots=True)
class Advice:
    """What an outcome offers: `now` holds at most `MOST` destinations in all, `later` is kept for another time.

    `running` are the open leads about what would have been offered, each with the topics that it covers. With `full`
    the resident has as many as they may have, and nothing is offered.
    """

    now: tuple[Help, ...]
    later: tuple[Help, ...] = ()
    running: tuple[tuple[Running, tuple[str, ...]], ...] = ()
    full: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """One partner that the resident chose, and why."""

    partner: str
    help: Help

    def inbox(self, wijk: Wijk) -> str:
        """Return whose inbox gets it: the partner's, or the coordinator's when nobody reads the partner's."""
        return self.partner if self.partner in wijk.partners and wijk.partners[self.partner].staffed else COORDINATOR

    @property
    def needs(self) -> tuple[Need, ...]:
        """What the lead would be about."""
        return tuple(dict.fromkeys(need for to, need in self.help.needs if to == self.partner))


def apart(offer: Offer) -> str:
    """Return the topic of an offer that needs a yes of its own, or an empty text."""
    return offer.topic if offer.own_yes else ""


def distinct(items: Iterable[T]) -> tuple[T, ...]:
    """Return each of these once, in their order."""
    return tuple(dict.fromkeys(items))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a resident said on the card of the first of two: its key and their answer, and the key of the one to come.

    It stands under their choice. `sent` are the needs that run now, and would change what is offered; `wanted` are
    those of the one to come. `together` says that the next one would come along.
    """

    first: str
    answer: str
    next: str
    together: bool
    sent: frozenset[Need]
    wanted: frozenset[Need]

    def __str__(self) -> str:
        sent, wanted = (",".join(sorted(map("+".join, needs))) for needs in (self.sent, self.wanted))
        return f"{self.first} {self.answer} {self.next} {int(self.together)} {sent} {wanted}"

    def rest(self, one: Destination) -> Destination:
        """Return the destination with only what the resident chose it for: not what another one was asked."""
        help = one.help
        needs = tuple((to, need) for to, need in help.needs if to != one.partner or need in self.wanted)
        offers = tuple(o for o in help.offers if any((service, o.topic) in self.wanted for service in o.to))
        return replace(one, help=replace(help, offers=offers or help.offers, needs=needs))


def asked_before(choice: Given) -> Asked | None:
    """Return what the resident said on the card of the first of two; None while that is the one they read."""
    if not choice.text:
        return None
    first, answer, following, together, sent, wanted = choice.text.split(" ")
    return Asked(first, answer, following, together == "1", _needs(sent), _needs(wanted))


def _needs(text: str) -> frozenset[Need]:
    pairs = (each.partition("+") for each in text.split(",") if each)
    return frozenset((service, topic) for service, _, topic in pairs)


def asked_too(choice: Given, one: Destination, answer: str, other: Destination) -> Given:
    """Return the choice with what the resident said about the first of two; the `other` is still to come."""
    sent = answer == "yes"
    together = sent and one.help is other.help
    needs = frozenset(one.needs if sent else ())
    asked = Asked(key_of(one), answer, key_of(other), together, needs, frozenset(other.needs) - needs)
    return replace(choice, text=str(asked))


def key_of(one: Destination) -> str:
    """Return what tells this destination from the others behind one choice; one partner may stand behind two yeses."""
    return f"{one.partner}/{one.help.apart}" if one.help.apart else one.partner
