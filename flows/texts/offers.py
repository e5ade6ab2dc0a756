"""The words about an offer: those of the chart, or the wijk's own words about that service."""

from __future__ import annotations

from flows.model.chart import Offer, Outcome
from flows.model.wijk import Wijk


def offer_words(wijk: Wijk, step: Outcome, offer: Offer) -> tuple[str, str]:
    """Return the context by which translators know the text, and the text in Dutch."""
    own = wijk.own_words(offer.to)
    if own:
        return f"service.{own.id}", own.say
    return f"{step.name}.offer.{step.offers.index(offer) + 1}", offer.say
