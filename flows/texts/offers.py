"""The words about an offer: those of the chart, or the wijk's own words about that service."""

from __future__ import annotations

from flows.model.chart import Offer
from flows.model.wijk import Wijk


def bare(offer: Offer) -> str:
    """Return how the chart that holds this offer calls it: offer.cut_off."""
    return offer.id.partition(".")[2]


def warn_words(offer: Offer) -> tuple[str, str]:
    """Return the context by which translators know the warning, and the warning in Dutch."""
    return f"{offer.warned or offer.id}.warn", offer.warn


def offer_words(wijk: Wijk, offer: Offer) -> tuple[str, str]:
    """Return the context by which translators know the text, and the text in Dutch."""
    own = wijk.own_words(offer.to)
    if own:
        return f"service.{own.id}", own.say
    return offer.words or offer.id, offer.say
