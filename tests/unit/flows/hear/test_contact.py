"""Own words hold nothing by which somebody can be reached."""

from __future__ import annotations

import pytest

from flows.hear.contact import holds_contact


@pytest.mark.parametrize(
    "words",
    [
        "bel 06 12345678",
        "06-12 34 56 78",
        "+31 (0)6 123 456 78",
        "bel ٠٦١٢٣٤٥٦٧٨",
        "035 123456",
        "mail fatma@voorbeeld.nl",
        "fatma @ voorbeeld punt nl is niet te lezen, fatma@voorbeeld wel",
        "kijk op www.voorbeeld.nl",
        "https://t.me/iemand",
        "zie voorbeeld.nl",
        "stuur @iemand een bericht",
    ],
)
def test_what_leads_to_somebody_is_found(words: str) -> None:
    assert holds_contact(words)


@pytest.mark.parametrize(
    "words",
    [
        "Tent bij de flat",
        "Om 14.30 uur in De Plantage",
        "Van 9 tot 12, 20 bewoners, € 150",
        "Di 1-12 en do 3-12",
        "Koffie & thee in flat 3.",
        "",
    ],
)
def test_a_plain_name_is_taken(words: str) -> None:
    assert not holds_contact(words)
